"""One field of several entries: what they say now is counted, and what somebody else changed is shown."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop.domain.entry_edits import EntryVersion, FieldEdit, StaleEntries
from desktop.domain.errors import RuleBroken, StorageTrouble
from desktop.domain.imports import Problem
from desktop.ui.dialogs.edit_selected import EditSelectedDialog
from tests.ui.tables.test_distributions import ENTRY

ENTRIES = (
    ENTRY,
    ENTRY._replace(id=2, facility_name="Cedar  clinic", quantity=5),
    ENTRY._replace(id=3, rep_name="Rita Rep"),
)
SEEN = (EntryVersion(1, 1), EntryVersion(2, 1), EntryVersion(3, 1))


@pytest.fixture
def dialog(qtbot: QtBot) -> EditSelectedDialog:
    made = EditSelectedDialog(ENTRIES, ((7, "Rita Rep"),), ((3, "Northgate Group"),))
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.open()
    return made


def save(dialog: EditSelectedDialog, value: str | None = None, reason: str = "one spelling") -> None:
    if value is not None:
        dialog.findChild(QLineEdit, "newText").setText(value)
    dialog.findChild(QLineEdit, "reason").setText(reason)
    dialog.findChild(QPushButton, "saveButton").click()


def test_what_the_entries_say_now_is_counted_for_each_field(dialog: EditSelectedDialog) -> None:
    assert dialog.now == "Now:\nCedar Clinic  (2 entries)\nCedar  clinic  (1 entry)"
    dialog.choose_field("rep_id")
    assert dialog.now == "Now:\n—  (2 entries)\nRita Rep  (1 entry)"


def test_one_value_is_handed_over_with_the_versions_that_were_seen(qtbot: QtBot, dialog: EditSelectedDialog) -> None:
    with qtbot.waitSignal(dialog.submitted) as blocker:
        save(dialog, "Cedar Clinic")
    assert blocker.args == [FieldEdit(SEEN, "facility_name", "Cedar Clinic", "one spelling")]
    dialog.show_repeats([ENTRY])
    with qtbot.waitSignal(dialog.submitted) as blocker:
        dialog.findChild(QPushButton, "saveAnywayButton").click()
    assert blocker.args[0].allow_repeats is True


def test_a_rep_or_customer_is_chosen_by_name(qtbot: QtBot, dialog: EditSelectedDialog) -> None:
    dialog.choose_field("customer_id")
    box = dialog.findChild(QComboBox, "newCustomer")
    box.setEditText("nobody")
    with qtbot.assertNotEmitted(dialog.submitted):
        save(dialog)
    assert dialog.problem == "“nobody” is not in the list: choose one"
    box.setEditText("northgate group")
    with qtbot.waitSignal(dialog.submitted) as blocker:
        qtbot.keyClick(box, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert blocker.args[0].value == 3
    dialog.set_busy(False)
    dialog.choose_field("rep_id")
    with qtbot.waitSignal(dialog.submitted) as blocker:
        save(dialog)
    assert (blocker.args[0].field, blocker.args[0].value) == ("rep_id", None)


def test_enter_in_a_field_presses_no_button(qtbot: QtBot, dialog: EditSelectedDialog) -> None:
    reason = dialog.findChild(QLineEdit, "reason")
    reason.setFocus()
    with qtbot.assertNotEmitted(dialog.submitted):
        qtbot.keyClick(reason, Qt.Key.Key_Return)
    assert dialog.isVisible()


def test_what_will_be_kept_is_shown_while_typing(dialog: EditSelectedDialog) -> None:
    dialog.findChild(QLineEdit, "newText").setText(" Cedar Clinic ")
    assert "Kept as “Cedar Clinic”" in [label.text() for label in dialog.findChildren(QLabel)]


def test_without_a_reason_nothing_is_sent(qtbot: QtBot, dialog: EditSelectedDialog) -> None:
    with qtbot.assertNotEmitted(dialog.submitted):
        save(dialog, "Cedar Clinic", " ")
    assert dialog.focusWidget().objectName() == "reason"


def test_trouble_is_told_where_it_belongs(dialog: EditSelectedDialog) -> None:
    save(dialog, "x")
    dialog.show_progress(50, 3000)
    assert dialog.findChild(QPushButton, "saveButton").text() == "Saving 50 of 3,000…"
    dialog.show_trouble(RuleBroken([Problem("facility_name", "", "Facility name is required")]))
    assert (dialog.problem, dialog.trouble) == ("Facility name is required", "")
    dialog.show_trouble(StorageTrouble("The disk is full."))
    assert dialog.trouble == "The disk is full."


def test_both_versions_of_what_somebody_else_changed_are_shown(qtbot: QtBot, dialog: EditSelectedDialog) -> None:
    save(dialog, "Cedar Clinic")
    theirs = ENTRY._replace(version=2, facility_name="Cedar Klinik")
    dialog.show_stale(StaleEntries([theirs], [3]), [theirs, ENTRIES[1]])
    assert "Cedar Clinic when you opened this, now Cedar Klinik" in dialog.trouble
    assert "1 entry is deleted" in dialog.trouble
    with qtbot.waitSignal(dialog.submitted) as blocker:
        dialog.findChild(QPushButton, "saveButton").click()
    assert blocker.args[0].entries == (EntryVersion(1, 2), EntryVersion(2, 1))
