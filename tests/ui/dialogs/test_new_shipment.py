"""The form for a shipment entered by hand: problems beside their fields, repeats on purpose only, nothing lost."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.distributions import NewLine, NewShipment, check_shipment
from desktop.domain.errors import RuleBroken, StorageTrouble
from desktop.domain.facilities import ADDRESS_FIELDS, KnownFacility
from desktop.domain.imports import Problem
from desktop.domain.lots import LotRule
from desktop.domain.users import Person
from desktop.ui.dialogs.new_shipment import NewShipmentDialog
from tests.ui.tables.test_distributions import ENTRY

TODAY = date(2025, 6, 15)
PEOPLE = (Person(7, "ruth@example.com", "Ruth Rivers", True, ("rep",)),)


@pytest.fixture
def dialog(qtbot: QtBot) -> NewShipmentDialog:
    made = NewShipmentDialog(TODAY, PEOPLE)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.open()
    return made


def fill(dialog: NewShipmentDialog, **texts: str) -> None:
    for name, text in texts.items():
        editor = dialog.findChild(QWidget, name)
        if isinstance(editor, QComboBox):
            editor.setEditText(text)
        else:
            assert isinstance(editor, QLineEdit)
            editor.setText(text)


def save(dialog: NewShipmentDialog) -> None:
    dialog.findChild(QPushButton, "saveButton").click()


def test_there_is_no_date_until_somebody_gives_one(dialog: NewShipmentDialog) -> None:
    assert dialog.value.ship_date is None
    dialog.findChild(QPushButton, "todayButton").click()
    assert dialog.value.ship_date == TODAY


def test_enter_in_a_field_presses_no_button(qtbot: QtBot, dialog: NewShipmentDialog) -> None:
    city = dialog.findChild(QLineEdit, "city")
    city.setFocus()
    with qtbot.assertNotEmitted(dialog.submitted):
        qtbot.keyClick(city, Qt.Key.Key_Return)
    assert dialog.value.ship_date is None


def test_the_shipment_is_handed_over_as_typed(qtbot: QtBot, dialog: NewShipmentDialog) -> None:
    fill(dialog, ship_date="2025-03-04", facility_name="Cedar Clinic", sku_0="211610SPT", lot_number_0="slq-12345")
    fill(dialog, quantity_0="5", city="Toledo", state="OH", contact_email="dana@example.org", tracking_number="7946")
    dialog.findChild(QComboBox, "rep").setCurrentIndex(1)
    with qtbot.waitSignal(dialog.submitted) as blocker:
        save(dialog)
    assert blocker.args == [
        NewShipment(
            ship_date=date(2025, 3, 4),
            order_number="",
            facility_name="Cedar Clinic",
            lines=(NewLine("211610SPT", "slq-12345", "5"),),
            rep_id=7,
            city="Toledo",
            state="OH",
            contact_email="dana@example.org",
            tracking_number="7946",
        )
    ]


def test_the_keyboard_is_enough(qtbot: QtBot, dialog: NewShipmentDialog) -> None:
    qtbot.keyClicks(dialog.findChild(QLineEdit, "ship_date"), "2025-03-04")
    qtbot.keyClicks(dialog.findChild(QLineEdit, "facility_name"), "Cedar Clinic")
    qtbot.keyClicks(dialog.findChild(QComboBox, "sku_0"), "211610SPT")
    qtbot.keyClicks(dialog.findChild(QLineEdit, "lot_number_0"), "SLQ-12345")
    qtbot.keyClicks(dialog.findChild(QLineEdit, "quantity_0"), "5")
    qtbot.keyClick(dialog.findChild(QLineEdit, "quantity_0"), Qt.Key.Key_Return)
    assert dialog.focusWidget().objectName() == "sku_1"
    qtbot.keyClicks(dialog.findChild(QComboBox, "sku_1"), "211410SPT")
    qtbot.keyClicks(dialog.findChild(QLineEdit, "lot_number_1"), "SLQ-54321")
    qtbot.keyClicks(dialog.findChild(QLineEdit, "quantity_1"), "7")
    with qtbot.waitSignal(dialog.submitted) as blocker:
        qtbot.keyClick(
            dialog.findChild(QLineEdit, "quantity_1"), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier
        )
    assert blocker.args[0].lines == (NewLine("211610SPT", "SLQ-12345", "5"), NewLine("211410SPT", "SLQ-54321", "7"))


def test_lines_come_and_go_but_one_stays(qtbot: QtBot, dialog: NewShipmentDialog) -> None:
    assert not dialog.findChild(QToolButton, "remove_0").isEnabled()
    qtbot.keyClick(dialog, Qt.Key.Key_A, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: len(dialog.lines) == 2)
    fill(dialog, lot_number_0="first", lot_number_1="second")
    dialog.findChild(QToolButton, "remove_0").click()
    assert [line.lot_number for line in dialog.value.lines] == ["second"]
    assert dialog.lines[0].lot.objectName() == "lot_number_0"
    assert dialog.lines[0].lot.accessibleName() == "Lot, line 1"
    dialog.add_line()
    dialog.lines[1].lot.setFocus()
    qtbot.keyClick(dialog.lines[1].lot, Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    assert len(dialog.lines) == 1
    dialog.lines[0].lot.setFocus()
    qtbot.keyClick(dialog.lines[0].lot, Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    assert len(dialog.lines) == 1


def test_every_problem_stands_beside_its_field_and_nothing_is_lost(dialog: NewShipmentDialog) -> None:
    tomorrow = (TODAY + timedelta(days=1)).isoformat()
    dialog.add_line()
    fill(dialog, ship_date=tomorrow, sku_0="211610SPT", lot_number_0="SLQ-12345", quantity_0="5")
    fill(dialog, sku_1="999", lot_number_1="SLQ-1234", quantity_1="-5")
    save(dialog)
    problems = check_shipment(dialog.value, today=TODAY, lot_rule=LotRule()).problems
    dialog.show_trouble(RuleBroken(problems))
    assert dialog.problem("ship_date") == "Ship date cannot be in the future"
    assert dialog.problem("facility_name") == "Facility name is required"
    first, second = dialog.lines
    assert [first.problem(field) for field in ("sku", "lot_number", "quantity")] == ["", "", ""]
    assert second.problem("sku") == "SKU must be one of: 211810SPT, 211610SPT, 211410SPT"
    assert second.problem("lot_number") == "Lot number must match format: SLQ-#####"
    assert second.problem("quantity") == "Quantity must be a positive integer"
    assert second.lot.accessibleDescription() == second.problem("lot_number")
    assert dialog.value.lines[1] == NewLine("999", "SLQ-1234", "-5")
    assert dialog.isVisible()
    assert dialog.findChild(QPushButton, "saveButton").isEnabled()


def test_saving_again_forgets_the_old_problems(dialog: NewShipmentDialog) -> None:
    save(dialog)
    dialog.show_trouble(RuleBroken([Problem("facility_name", "", "Facility name is required")]))
    fill(dialog, facility_name="Cedar Clinic")
    save(dialog)
    assert dialog.problem("facility_name") == ""


def test_a_text_that_is_no_date_is_told_as_such(dialog: NewShipmentDialog) -> None:
    fill(dialog, ship_date="03/04/25")
    save(dialog)
    dialog.show_trouble(RuleBroken([Problem("ship_date", "", "Ship date is required")]))
    assert dialog.problem("ship_date") == "“03/04/25” is not a date written as YYYY-MM-DD"


def test_a_problem_without_a_field_is_told_above_the_form(dialog: NewShipmentDialog) -> None:
    save(dialog)
    dialog.show_trouble(RuleBroken([Problem(None, "", "Enter at least one SKU, lot and quantity")]))
    assert dialog.trouble == "Enter at least one SKU, lot and quantity"
    save(dialog)
    assert dialog.trouble == ""
    dialog.show_trouble(StorageTrouble("The disk is full."))
    assert dialog.trouble == "The disk is full."


def test_repeats_are_shown_and_saved_only_on_purpose(qtbot: QtBot, dialog: NewShipmentDialog) -> None:
    fill(dialog, facility_name="Cedar Clinic")
    save(dialog)
    dialog.show_repeats([ENTRY])
    assert "The log has this line already" in dialog.repeats
    assert "SO-12344" in dialog.repeats
    assert "1,200 units" in dialog.repeats
    with qtbot.waitSignal(dialog.submitted) as blocker:
        dialog.findChild(QPushButton, "saveAnywayButton").click()
    assert blocker.args[0].allow_repeats is True


def test_many_repeats_are_counted(dialog: NewShipmentDialog) -> None:
    dialog.show_repeats([ENTRY._replace(id=number) for number in range(8)])
    assert dialog.repeats.endswith("and 3 more lines")


def test_a_change_after_the_warning_is_checked_afresh(qtbot: QtBot, dialog: NewShipmentDialog) -> None:
    dialog.show_repeats([ENTRY])
    fill(dialog, quantity_0="6")
    assert dialog.repeats == ""
    with qtbot.waitSignal(dialog.submitted) as blocker:
        save(dialog)
    assert blocker.args[0].allow_repeats is False


def test_nothing_is_sent_twice_while_it_is_saved(qtbot: QtBot, dialog: NewShipmentDialog) -> None:
    save(dialog)
    with qtbot.assertNotEmitted(dialog.submitted):
        qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        dialog.findChild(QPushButton, "saveButton").click()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()


@pytest.mark.parametrize("way", ["escape", "button", "close"])
def test_a_form_with_something_in_it_asks_before_it_closes(qtbot: QtBot, dialog: NewShipmentDialog, way: str) -> None:
    def leave() -> None:
        if way == "escape":
            qtbot.keyClick(dialog, Qt.Key.Key_Escape)
        elif way == "button":
            dialog.findChild(QPushButton, "cancelButton").click()
        else:
            dialog.close()

    fill(dialog, facility_name="Cedar Clinic")
    with qtbot.waitSignal(dialog.discard_asked):
        leave()
    assert dialog.isVisible()
    dialog.reject()
    assert not dialog.isVisible()


def test_an_empty_form_closes_at_once(qtbot: QtBot, dialog: NewShipmentDialog) -> None:
    with qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)


def test_every_field_has_a_name_for_the_screen_reader(dialog: NewShipmentDialog) -> None:
    for editor in dialog.findChildren(QLineEdit):
        if not isinstance(editor.parent(), QComboBox):
            assert editor.accessibleName(), editor.objectName()
    for box in dialog.findChildren(QComboBox):
        assert box.accessibleName(), box.objectName()


def check(dialog: NewShipmentDialog, shipment: NewShipment) -> None:
    dialog.show_checked(shipment, check_shipment(shipment, today=TODAY, lot_rule=LotRule()))


def test_a_field_is_checked_when_it_is_left_and_the_others_wait(qtbot: QtBot, dialog: NewShipmentDialog) -> None:
    lot = dialog.lines[0].lot
    lot.setFocus()
    with qtbot.waitSignal(dialog.check_asked) as asked:
        qtbot.keyClicks(lot, "slq-1")
        qtbot.keyClick(lot, Qt.Key.Key_Tab)
    check(dialog, asked.args[0])
    assert dialog.lines[0].problem("lot_number") == "Lot number must match format: SLQ-#####"
    assert dialog.lines[0].problem("sku") == ""
    assert dialog.problem("facility_name") == ""
    old = dialog.value
    fill(dialog, lot_number_0="slq-12345")
    check(dialog, old)
    assert dialog.lines[0].problem("lot_number") != ""
    check(dialog, dialog.value)
    assert dialog.lines[0].problem("lot_number") == ""
    assert dialog.lines[0].note("lot_number") == "Kept as “SLQ-12345”"


def test_a_field_that_is_only_passed_in_an_empty_form_is_not_complained_of(
    qtbot: QtBot, dialog: NewShipmentDialog
) -> None:
    with qtbot.assertNotEmitted(dialog.check_asked):
        qtbot.keyClick(dialog.findChild(QLineEdit, "ship_date"), Qt.Key.Key_Tab)


def test_what_is_kept_otherwise_than_typed_is_shown(qtbot: QtBot, dialog: NewShipmentDialog) -> None:
    with qtbot.waitSignal(dialog.check_asked):
        fill(dialog, facility_name=" Cedar Clinic", quantity_0="1,000")
        dialog.findChild(QLineEdit, "facility_name").editingFinished.emit()
        dialog.lines[0].quantity.editingFinished.emit()
    check(dialog, dialog.value)
    assert dialog.lines[0].note("quantity") == "Kept as “1000”"
    assert dialog.findChild(QLabel, "facility_nameNote").text() == "Kept as “Cedar Clinic”"


def test_the_next_shipment_of_the_facility_keeps_what_they_share(qtbot: QtBot, dialog: NewShipmentDialog) -> None:
    fill(dialog, ship_date="2025-03-04", facility_name="Cedar Clinic", order_number="SO-1", tracking_number="7946")
    fill(dialog, sku_0="211610SPT", lot_number_0="SLQ-12345", quantity_0="5", city="Toledo")
    dialog.add_line()
    modifiers = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    with qtbot.waitSignal(dialog.submitted):
        qtbot.keyClick(dialog.lines[0].lot, Qt.Key.Key_Return, modifiers)
    assert dialog.wants_another
    dialog.start_next("Saved 1 line of order SO-1, Cedar Clinic.")
    assert dialog.value == NewShipment(
        date(2025, 3, 4), "", "Cedar Clinic", (NewLine("", "", ""),), city="Toledo", country="USA"
    )
    assert dialog.findChild(QWidget, "shipmentSaved").accessibleName() == "Saved 1 line of order SO-1, Cedar Clinic."
    with qtbot.waitSignal(dialog.rejected):  # what was saved is not asked about again
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)


def test_an_ordinary_save_wants_no_other(qtbot: QtBot, dialog: NewShipmentDialog) -> None:
    dialog.findChild(QPushButton, "saveNextButton").click()
    dialog.show_repeats([ENTRY])
    dialog.findChild(QPushButton, "saveAnywayButton").click()
    assert dialog.wants_another
    dialog.set_busy(False)
    with qtbot.waitSignal(dialog.submitted):
        save(dialog)
    assert not dialog.wants_another


ADDRESS = dict.fromkeys(ADDRESS_FIELDS, "") | {"address1": "12 Example Street", "city": "Toledo", "country": "USA"}
KNOWN = (
    KnownFacility("Cedar Clinic", 75, date(2025, 3, 4), ADDRESS),
    KnownFacility("Cedar Clinc", 1, date(2025, 3, 4), ADDRESS),
)


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_known_facilities_are_offered_and_their_address_only_on_purpose(
    qtbot: QtBot, dialog: NewShipmentDialog
) -> None:
    editor = dialog.findChild(QLineEdit, "facility_name")
    editor.setFocus()
    with qtbot.waitSignal(dialog.facility_typed) as typed:
        qtbot.keyClicks(editor, "ced")
    assert typed.args == ["ced"]
    dialog.offer_facilities("ce", KNOWN)
    popup = editor.completer().popup()
    assert not popup.isVisible()  # that was asked for another text
    dialog.offer_facilities("ced", KNOWN)
    assert popup.isVisible()
    assert popup.model().rowCount() == 2
    qtbot.keyClick(popup, Qt.Key.Key_Down)
    qtbot.keyClick(popup, Qt.Key.Key_Return)
    assert dialog.value.facility_name == "Cedar Clinic"
    assert dialog.value.city == ""
    assert "75 lines in the log" in dialog.findChild(QWidget, "facilityKnown").accessibleName()
    dialog.findChild(QPushButton, "useAddressButton").click()
    assert (dialog.value.address1, dialog.value.city) == ("12 Example Street", "Toledo")
    assert not dialog.findChild(QWidget, "facilityKnown").isVisible()
