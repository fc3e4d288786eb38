"""The filter row: what is typed and chosen becomes one filter value, said again by the chips."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QToolButton
from pytestqt.qtbot import QtBot

from desktop.domain.distributions import Source
from desktop.domain.filters import EVERYTHING, DistributionFilter
from desktop.domain.users import Person
from desktop.ui.tables.filter_bar import FilterBar
from desktop.ui.theme import Theme

PEOPLE = (Person(7, "ruth@example.com", "Ruth Rivers", True, ("rep",)),)
FULL = DistributionFilter(
    month="2025-03",
    source=Source.MANUAL,
    rep_id=7,
    rep_name="Ruth Rivers",
    sku="211610SPT",
    lot_number="SLQ-12345",
    text="cedar",
)


@pytest.fixture
def bar(qtbot: QtBot, theme: Theme) -> FilterBar:
    made = FilterBar(date(2025, 6, 15))
    qtbot.addWidget(made)
    made.set_people(PEOPLE)
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


def test_enter_does_not_wait(qtbot: QtBot, bar: FilterBar) -> None:
    field(bar, "filterLot").setText("slq–12345")
    with qtbot.waitSignal(bar.changed, timeout=100):
        qtbot.keyClick(field(bar, "filterLot"), Qt.Key.Key_Return)
    assert bar.value == DistributionFilter(lot_number="SLQ-12345")


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
        choose(bar, "filterPeriod", "Any date")
    assert bar.value == EVERYTHING


def test_a_filter_given_from_outside_is_shown_whole(qtbot: QtBot, bar: FilterBar) -> None:
    with qtbot.waitSignal(bar.changed) as blocker:
        bar.set_value(FULL)
    assert blocker.args == [FULL]
    assert field(bar, "filterText").text() == "cedar"
    assert field(bar, "filterLot").text() == "SLQ-12345"
    assert bar.chips == (
        "text “cedar”", "March 2025", "SKU 211610SPT", "lot SLQ-12345", "source Manual", "rep Ruth Rivers",
    )  # fmt: skip


def test_what_the_lists_do_not_offer_is_still_shown(bar: FilterBar) -> None:
    wanted = DistributionFilter(month="1999-12", rep_id=99, rep_name="Long Gone")
    bar.set_value(wanted)
    assert bar.findChild(QComboBox, "filterPeriod").currentText() == "1999-12 December"
    assert bar.findChild(QComboBox, "filterRep").currentText() == "Long Gone"
    bar.set_people(PEOPLE)
    assert bar.value == wanted
    assert bar.findChild(QComboBox, "filterRep").currentText() == "Long Gone"


@pytest.mark.parametrize("key", ["text", "month", "sku", "lot_number", "source", "rep_id"])
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
