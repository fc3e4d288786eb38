"""The form that changes an entry: problems and notes at their fields, a reason, nothing lost, two versions decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QPushButton, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.entry_edits import ChangeNote, EditableEntry, EntryEdit, EntryValues, check_values
from desktop.domain.errors import RuleBroken, StorageTrouble
from desktop.domain.imports import Problem
from desktop.domain.lots import LotRule
from desktop.ui.dialogs.edit_entry import EditEntryDialog
from desktop.ui.dialogs.stale_entry import StaleEntryDialog
from tests.ui.tables.test_distributions import ENTRY

TODAY = date(2026, 3, 1)
VALUES = EntryValues(date(2025, 3, 4), "SO-12344", "Cedar Clinic", "211610SPT", "SLQ-12345", "1200", rep_id=9)
READ = EditableEntry(ENTRY._replace(rep_name="Gone Rep"), VALUES)
PEOPLE = ((7, "Ruth Rivers"), (8, "Rita Rep"))
CUSTOMERS = ((3, "Northgate Group"),)


@pytest.fixture
def dialog(qtbot: QtBot) -> EditEntryDialog:
    made = EditEntryDialog(TODAY, READ, PEOPLE, CUSTOMERS)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.open()
    return made


def field(dialog: QWidget, name: str) -> QLineEdit:
    found = dialog.findChild(QWidget, name)
    if isinstance(found, QComboBox):
        found = found.lineEdit()
    assert isinstance(found, QLineEdit)
    return found


def save(dialog: EditEntryDialog) -> None:
    dialog.findChild(QPushButton, "saveButton").click()


def test_the_form_holds_the_entry_and_a_rep_who_left(dialog: EditEntryDialog) -> None:
    assert dialog.form.value == VALUES
    assert field(dialog, "rep_id").text() == "Gone Rep"
    assert dialog.windowTitle() == "Edit entry"


def test_enter_in_a_field_presses_no_button(qtbot: QtBot, dialog: EditEntryDialog) -> None:
    for name in ("city", "reason"):
        field(dialog, name).setFocus()
        with qtbot.assertNotEmitted(dialog.submitted):
            qtbot.keyClick(field(dialog, name), Qt.Key.Key_Return)
        assert dialog.form.value == VALUES
        assert dialog.isVisible()


def test_the_edit_is_handed_over_with_its_version_and_reason(qtbot: QtBot, dialog: EditEntryDialog) -> None:
    field(dialog, "quantity").setText("12")
    field(dialog, "rep_id").setText("rita rep")
    field(dialog, "customer_id").setText("Northgate Group")
    field(dialog, "reason").setText("the slip says 12")
    with qtbot.waitSignal(dialog.submitted) as blocker:
        qtbot.keyClick(field(dialog, "reason"), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    values = replace(VALUES, quantity="12", rep_id=8, customer_id=3)
    assert blocker.args == [EntryEdit(ENTRY.id, ENTRY.version, values, "the slip says 12")]
    with qtbot.assertNotEmitted(dialog.submitted):
        save(dialog)


def test_without_a_reason_nothing_is_sent_and_the_rules_are_said_with_it(qtbot: QtBot, dialog: EditEntryDialog) -> None:
    field(dialog, "quantity").setText("-5")
    with qtbot.assertNotEmitted(dialog.submitted), qtbot.waitSignal(dialog.check_asked) as asked:
        save(dialog)
    values = asked.args[0]
    dialog.show_checked(values, check_values(values, today=TODAY, lot_rule=LotRule()))
    assert dialog.problem("reason") == "Say why: a reason is required"
    assert dialog.problem("quantity") == "Quantity must be a positive integer"


def test_a_name_in_no_list_and_a_text_that_is_no_date_are_told(qtbot: QtBot, dialog: EditEntryDialog) -> None:
    field(dialog, "ship_date").setText("03/04/25")
    field(dialog, "customer_id").setText("Nobody")
    field(dialog, "reason").setText("r")
    with qtbot.assertNotEmitted(dialog.submitted):
        save(dialog)
    assert dialog.problem("ship_date") == "“03/04/25” is not a date written as YYYY-MM-DD"
    assert dialog.problem("customer_id").startswith("“Nobody” is not in the list")


def test_a_field_is_checked_when_it_is_left_and_not_before(qtbot: QtBot, dialog: EditEntryDialog) -> None:
    lot = field(dialog, "lot_number")
    lot.setFocus()
    lot.selectAll()
    with qtbot.waitSignal(dialog.check_asked) as asked:
        qtbot.keyClicks(lot, "slq-54321")
        qtbot.keyClick(lot, Qt.Key.Key_Tab)
    values = asked.args[0]
    wrong = replace(values, quantity="x")
    dialog.show_checked(wrong, check_values(wrong, today=TODAY, lot_rule=LotRule()))
    assert dialog.form.note("lot_number") == ""  # that is not what is typed any more
    dialog.show_checked(values, check_values(values, today=TODAY, lot_rule=LotRule()))
    assert dialog.form.note("lot_number") == "Kept as “SLQ-54321”"
    assert dialog.problem("facility_name") == ""


def test_every_problem_stands_beside_its_field_and_nothing_is_lost(dialog: EditEntryDialog) -> None:
    field(dialog, "reason").setText("r")
    field(dialog, "facility_name").setText(" ")
    save(dialog)
    dialog.show_trouble(
        RuleBroken(
            [
                Problem("facility_name", " ", "Facility name is required"),
                Problem("rep_id", "9", "This rep is not there any more: choose another one"),
                Problem(None, "", "Nothing was changed"),
            ]
        )
    )
    assert dialog.problem("facility_name") == "Facility name is required"
    assert dialog.problem("rep_id").startswith("This rep is not there")
    assert dialog.trouble == "Nothing was changed"
    assert field(dialog, "reason").text() == "r"
    dialog.show_trouble(StorageTrouble("The disk is full."))
    assert (dialog.trouble, dialog.problem("facility_name")) == ("The disk is full.", "")


def test_a_repeat_is_saved_only_on_purpose(qtbot: QtBot, dialog: EditEntryDialog) -> None:
    field(dialog, "reason").setText("r")
    field(dialog, "quantity").setText("5")
    save(dialog)
    dialog.show_repeats([ENTRY])
    assert "SO-12344" in dialog.repeats
    with qtbot.waitSignal(dialog.submitted) as blocker:
        dialog.findChild(QPushButton, "saveAnywayButton").click()
    assert blocker.args[0].allow_repeats is True
    dialog.show_repeats([ENTRY])
    field(dialog, "quantity").setText("6")
    assert dialog.repeats == ""


@pytest.mark.parametrize("way", ["escape", "button", "close"])
def test_a_form_with_something_changed_asks_before_it_closes(qtbot: QtBot, dialog: EditEntryDialog, way: str) -> None:
    field(dialog, "city").setText("Toledo")
    with qtbot.waitSignal(dialog.discard_asked):
        if way == "escape":
            qtbot.keyClick(dialog, Qt.Key.Key_Escape)
        elif way == "button":
            dialog.findChild(QPushButton, "cancelButton").click()
        else:
            dialog.close()
    assert dialog.isVisible()


def test_a_form_with_nothing_changed_closes_at_once(qtbot: QtBot, dialog: EditEntryDialog) -> None:
    with qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)


def test_everything_to_act_on_has_its_names(dialog: EditEntryDialog) -> None:
    for kind in (QLineEdit, QComboBox, QPushButton):
        for widget in dialog.findChildren(kind):
            if not isinstance(widget.parent(), QComboBox):
                assert widget.objectName(), widget
                assert widget.accessibleName() or (isinstance(widget, QAbstractButton) and widget.text()), widget


# -- two versions


THEIRS = EditableEntry(
    ENTRY._replace(version=5, rep_name="Rita Rep"),
    replace(VALUES, city="Akron", quantity="7", rep_id=8),
    ChangeNote("Quinn Quality", datetime(2026, 3, 1, 12, 5, tzinfo=UTC), "the customer called"),
)
MINE = replace(VALUES, city="Toledo", tracking_number="7946")


def stale_dialog(qtbot: QtBot, mine: EntryValues = MINE) -> StaleEntryDialog:
    names = [
        {name: str(getattr(values, name) or "") for name in values.__dataclass_fields__}
        for values in (VALUES, mine, THEIRS.values)
    ]
    names[2]["rep_id"] = "Rita Rep"
    made = StaleEntryDialog(VALUES, mine, THEIRS, (names[0], names[1], names[2]))
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.open()
    return made


def test_what_only_one_side_changed_is_chosen_and_what_both_changed_is_decided(qtbot: QtBot) -> None:
    dialog = stale_dialog(qtbot)
    assert dialog.fields == ("quantity", "rep_id", "city", "tracking_number")
    decide = dialog.findChild(QPushButton, "decideButton")
    assert not decide.isEnabled()
    assert dialog.findChild(QRadioButton, "quantity_theirs").isChecked()
    assert dialog.findChild(QRadioButton, "tracking_number_mine").isChecked()
    assert dialog.findChild(QRadioButton, "rep_id_theirs").text() == "Rita Rep"
    assert dialog.findChild(QRadioButton, "city_theirs").accessibleName() == "City, theirs: Akron"
    assert dialog.focusWidget() is dialog.findChild(QRadioButton, "city_mine")
    qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Space)
    with qtbot.waitSignal(dialog.decided) as blocker:
        decide.click()
    assert blocker.args == [replace(THEIRS.values, city="Toledo", tracking_number="7946")]


def test_all_of_one_side_can_be_taken(qtbot: QtBot) -> None:
    dialog = stale_dialog(qtbot)
    dialog.findChild(QPushButton, "allTheirsButton").click()
    assert dialog.decision == THEIRS.values
    dialog.findChild(QPushButton, "allMineButton").click()
    assert dialog.decision == MINE


def test_two_versions_that_say_the_same_leave_nothing_to_save(qtbot: QtBot) -> None:
    dialog = stale_dialog(qtbot, THEIRS.values)
    assert dialog.fields == ()
    assert not dialog.findChild(QPushButton, "decideButton").isEnabled()


def test_the_decision_is_saved_from_the_version_that_was_decided_on(qtbot: QtBot, dialog: EditEntryDialog) -> None:
    field(dialog, "reason").setText("r")
    field(dialog, "city").setText("Toledo")
    save(dialog)
    decided = replace(THEIRS.values, city="Toledo")
    with qtbot.waitSignal(dialog.submitted) as blocker:
        dialog.take_decision(THEIRS, decided)
    assert blocker.args == [EntryEdit(ENTRY.id, 5, decided, "r")]
    assert dialog.read is THEIRS
