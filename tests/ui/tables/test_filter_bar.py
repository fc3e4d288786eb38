"""The filter row: what is typed and chosen becomes one filter value, said again by the chips."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.distributions import Source
from desktop.domain.filters import EVERYTHING, DistributionFilter, MissingField
from desktop.domain.periods import FilterChoice, Period
from desktop.domain.users import Person
from desktop.ui.tables.filter_bar import FilterBar
from desktop.ui.theme import Theme

PEOPLE = (
    Person(7, "ruth@example.com", "Ruth Rivers", True, ("rep",)),
    Person(8, "sam@example.com", "Sam Stone", False, ("rep",)),
    Person(9, "ann.a@example.com", "Ann Ash", True, ()),
    Person(10, "ann.b@example.com", "Ann Ash", True, ()),
)
CUSTOMERS = ((1, "Lakeside Group"), (2, "Twin"), (3, "Twin"), (4, "Northgate & Sons"))
FULL = DistributionFilter(
    month="2025-03",
    source=Source.MANUAL,
    rep_id=7,
    rep_name="Ruth Rivers",
    sku="211610SPT",
    lot_number="SLQ-12345",
    text="cedar",
    customer_id=1,
    customer_name="Lakeside Group",
    facility_name="Cedar & Co",
    order_number="SO-1",
    missing=MissingField.RECALL_CONTACT,
)


@pytest.fixture
def bar(qtbot: QtBot, theme: Theme) -> FilterBar:
    made = FilterBar(date(2025, 6, 15))
    qtbot.addWidget(made)
    made.set_people(PEOPLE)
    made.set_customers(CUSTOMERS)
    made.show()
    assert theme is not None
    return made


def choose(bar: FilterBar, name: str, text: str) -> None:
    box = bar.findChild(QComboBox, name)
    box.setCurrentIndex(box.findText(text))


def field(bar: FilterBar, name: str) -> QLineEdit:
    return bar.findChild(QLineEdit, name)


def test_nothing_is_asked_for_at_first(bar: FilterBar) -> None:
    assert bar.value == EVERYTHING
    assert bar.chips == ()


@pytest.mark.parametrize(
    ("name", "text", "wanted", "chip"),
    [
        ("filterPeriod", "2025-03 March", DistributionFilter(month="2025-03"), "March 2025"),
        ("filterSku", "211810SPT", DistributionFilter(sku="211810SPT"), "SKU 211810SPT"),
        ("filterSource", "CSV import", DistributionFilter(source=Source.CSV_IMPORT), "source CSV import"),
        ("filterRep", "Ruth Rivers", DistributionFilter(rep_id=7, rep_name="Ruth Rivers"), "rep Ruth Rivers"),
        ("filterRep", "Sam Stone (not active)", DistributionFilter(rep_id=8, rep_name="Sam Stone"), "rep Sam Stone"),
        ("filterRep", "Ann Ash, ann.b@example.com", DistributionFilter(rep_id=10, rep_name="Ann Ash"), "rep Ann Ash"),
        ("filterMissing", "Customer", DistributionFilter(missing=MissingField.CUSTOMER), "without customer"),
        (
            "filterPeriod",
            "Last month",
            DistributionFilter(month="2025-05"),
            "last month: May 2025",
        ),
        (
            "filterPeriod",
            "This quarter",
            DistributionFilter(date_from=date(2025, 4, 1), date_to=date(2025, 6, 30)),
            "this quarter: shipped 2025-04-01 to 2025-06-30",
        ),
    ],
)
def test_a_choice_is_used_at_once(
    qtbot: QtBot, bar: FilterBar, name: str, text: str, wanted: DistributionFilter, chip: str
) -> None:
    with qtbot.waitSignal(bar.changed) as blocker:
        choose(bar, name, text)
    assert blocker.args == [wanted]
    assert bar.value == wanted
    assert bar.chips == (chip,)


def test_text_is_used_when_typing_pauses_and_once(qtbot: QtBot, bar: FilterBar) -> None:
    changes: list[DistributionFilter] = []
    bar.changed.connect(changes.append)
    qtbot.keyClicks(field(bar, "filterText"), " cedar ")
    assert changes == []
    qtbot.waitUntil(lambda: changes == [DistributionFilter(text="cedar")])
    assert bar.chips == ("text “cedar”",)


def test_a_lot_counts_once_it_is_entered_and_is_shown_as_it_is_looked_for(qtbot: QtBot, bar: FilterBar) -> None:
    lot = field(bar, "filterLot")
    lot.insert("slq–1234")
    choose(bar, "filterSku", "211810SPT")
    assert bar.value == DistributionFilter(sku="211810SPT")
    qtbot.keyClicks(lot, "5")
    with qtbot.waitSignal(bar.changed, timeout=100):
        qtbot.keyClick(lot, Qt.Key.Key_Return)
    assert bar.value == DistributionFilter(sku="211810SPT", lot_number="SLQ-12345")
    assert lot.text() == "SLQ-12345"


def test_enter_does_not_wait(qtbot: QtBot, bar: FilterBar) -> None:
    qtbot.keyClicks(field(bar, "filterText"), "cedar")
    with qtbot.waitSignal(bar.changed, timeout=100):
        qtbot.keyClick(field(bar, "filterText"), Qt.Key.Key_Return)
    assert bar.value == DistributionFilter(text="cedar")


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_customer_is_found_by_a_part_of_the_name(qtbot: QtBot, bar: FilterBar) -> None:
    customer = field(bar, "filterCustomer")
    qtbot.keyClicks(customer, "GATE &")
    assert bar.value == EVERYTHING
    with qtbot.waitSignal(bar.changed):
        qtbot.keyClick(customer, Qt.Key.Key_Return)
    assert bar.value == DistributionFilter(customer_id=4, customer_name="Northgate & Sons")
    assert bar.chips == ("customer Northgate & Sons",)
    assert bar.findChild(QToolButton, "chip_customer_id").text() == "customer Northgate && Sons"


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_customers_of_one_name_are_told_apart(qtbot: QtBot, bar: FilterBar) -> None:
    customer = field(bar, "filterCustomer")
    qtbot.keyClicks(customer, "twin (no. 3)")
    qtbot.keyClick(customer, Qt.Key.Key_Return)
    assert bar.value == DistributionFilter(customer_id=3, customer_name="Twin")


@pytest.mark.parametrize(
    ("letter", "name"),
    [
        ("T", "filterText"), ("D", "filterPeriod"), ("L", "filterLot"), ("S", "filterSku"), ("C", "filterCustomer"),
        ("R", "filterRep"), ("O", "filterSource"), ("M", "filterMissing"), ("F", "filterFrom"), ("U", "filterUntil"),
    ],
)  # fmt: skip
def test_every_field_has_its_letter(qtbot: QtBot, bar: FilterBar, letter: str, name: str) -> None:
    bar.activateWindow()
    qtbot.waitUntil(bar.isActiveWindow)
    qtbot.keyClick(bar, letter, Qt.KeyboardModifier.AltModifier)
    assert bar.focusWidget().objectName() == name
    assert bar.focusWidget().isVisible()


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("filterText", "text"), ("filterLot", "lot_number"), ("filterSku", "sku"), ("filterCustomer", "customer_id"),
        ("filterRep", "rep_id"), ("filterSource", "source"), ("filterMissing", "missing"), ("filterPeriod", "month"),
    ],
)  # fmt: skip
def test_esc_empties_a_field_and_then_leaves_it(qtbot: QtBot, bar: FilterBar, name: str, key: str) -> None:
    bar.set_value(FULL)
    editor = bar.findChild(QWidget, name)
    with qtbot.assertNotEmitted(bar.left):
        qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert key not in bar.value.to_json()
    assert len(bar.chips) == 9
    with qtbot.waitSignal(bar.left):
        qtbot.keyClick(editor, Qt.Key.Key_Escape)


def test_esc_empties_a_date(qtbot: QtBot, bar: FilterBar) -> None:
    bar.set_value(DistributionFilter(date_from=date(2025, 1, 1), date_to=date(2025, 2, 1)))
    qtbot.keyClick(field(bar, "filterFrom"), Qt.Key.Key_Escape)
    assert bar.value == DistributionFilter(date_to=date(2025, 2, 1))


def test_a_moving_period_is_known_as_one(bar: FilterBar) -> None:
    choose(bar, "filterPeriod", "This month")
    assert bar.choice == FilterChoice(EVERYTHING, Period.THIS_MONTH)
    choose(bar, "filterPeriod", "2025-06 June")
    assert bar.choice == FilterChoice(DistributionFilter(month="2025-06"))
    bar.set_choice(FilterChoice(DistributionFilter(sku="211610SPT"), Period.LAST_12_MONTHS))
    assert bar.value.dates() == (date(2024, 6, 16), date(2025, 6, 15))
    assert bar.findChild(QComboBox, "filterPeriod").currentText() == "Last 12 months"
    assert not field(bar, "filterFrom").isVisible()
    bar.findChild(QToolButton, "chip_dates").click()
    assert bar.value == DistributionFilter(sku="211610SPT")


def test_a_range_that_ends_before_it_begins_is_marked(bar: FilterBar) -> None:
    bar.set_value(DistributionFilter(date_from=date(2025, 2, 1), date_to=date(2025, 1, 1)))
    assert field(bar, "filterFrom").property("problem") is True
    field(bar, "filterUntil").setText("2025-02-01")
    assert field(bar, "filterFrom").property("problem") is False


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_chips_are_taken_away_by_keys_one_after_the_other(qtbot: QtBot, bar: FilterBar, key: Qt.Key) -> None:
    bar.set_value(DistributionFilter(sku="211610SPT", lot_number="SLQ-1"))
    bar.activateWindow()
    qtbot.waitUntil(bar.isActiveWindow)
    bar.findChild(QToolButton, "chip_lot_number").setFocus()
    qtbot.keyClick(bar.focusWidget(), key)
    assert bar.focusWidget().objectName() == "chip_sku"
    qtbot.keyClick(bar.focusWidget(), key)
    assert bar.value == EVERYTHING
    assert bar.focusWidget().objectName() == "filterText"


def test_a_range_has_its_fields_and_takes_only_dates(qtbot: QtBot, bar: FilterBar) -> None:
    assert not field(bar, "filterFrom").isVisible()
    choose(bar, "filterPeriod", "Date range…")
    assert field(bar, "filterFrom").isVisible()
    field(bar, "filterFrom").setText("2025-01-31")
    field(bar, "filterUntil").setText("31.03.2025")
    assert bar.value == DistributionFilter(date_from=date(2025, 1, 31))
    assert field(bar, "filterUntil").property("problem") is True
    field(bar, "filterUntil").setText("2025-03-31")
    assert field(bar, "filterUntil").property("problem") is False
    assert bar.value == DistributionFilter(date_from=date(2025, 1, 31), date_to=date(2025, 3, 31))
    with qtbot.waitSignal(bar.changed):
        choose(bar, "filterPeriod", "Any")
    assert bar.value == EVERYTHING


def test_a_filter_given_from_outside_is_shown_whole(qtbot: QtBot, bar: FilterBar) -> None:
    with qtbot.waitSignal(bar.changed) as blocker:
        bar.set_value(FULL)
    assert blocker.args == [FULL]
    assert field(bar, "filterText").text() == "cedar"
    assert field(bar, "filterLot").text() == "SLQ-12345"
    assert bar.chips == (
        "text “cedar”", "March 2025", "lot SLQ-12345", "SKU 211610SPT", "facility Cedar & Co", "order SO-1",
        "customer Lakeside Group", "rep Ruth Rivers", "source Manual", "without address or phone",
    )  # fmt: skip


def test_what_the_lists_do_not_offer_is_still_shown(bar: FilterBar) -> None:
    wanted = DistributionFilter(month="1999-12", rep_id=99, rep_name="Long Gone")
    bar.set_value(wanted)
    assert bar.findChild(QComboBox, "filterPeriod").currentText() == "1999-12 December"
    assert bar.findChild(QComboBox, "filterRep").currentText() == "Long Gone"
    bar.set_people(PEOPLE)
    assert bar.value == wanted
    assert bar.findChild(QComboBox, "filterRep").currentText() == "Long Gone"


@pytest.mark.parametrize(
    "key", ["text", "month", "sku", "lot_number", "source", "rep_id", "customer_id", "facility_name"]
)
def test_a_click_on_a_chip_takes_its_condition_away(qtbot: QtBot, bar: FilterBar, key: str) -> None:
    bar.set_value(FULL)
    qtbot.mouseClick(bar.findChild(QToolButton, f"chip_{key}"), Qt.MouseButton.LeftButton)
    expected = {name: value for name, value in FULL.to_json().items() if name not in (key, key.replace("_id", "_name"))}
    assert bar.value.to_json() == expected


def test_clearing_asks_for_everything(qtbot: QtBot, bar: FilterBar) -> None:
    bar.set_value(FULL)
    with qtbot.waitSignal(bar.changed) as blocker:
        bar.clear()
    assert blocker.args == [EVERYTHING]
    assert bar.chips == ()
    assert field(bar, "filterText").text() == ""


def test_the_row_wraps_instead_of_forcing_a_wide_window(qtbot: QtBot, bar: FilterBar) -> None:
    assert bar.minimumSizeHint().width() < 320
    bar.resize(1200, bar.height())
    wide = bar.layout().heightForWidth(1200)
    assert bar.layout().heightForWidth(500) > wide
    assert qtbot is not None
