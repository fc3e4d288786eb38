"""Writing entries from the log's page on a real database: edit, several, delete, undo, evidence, history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QLineEdit, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import insert

from desktop.db.tables import CustomerRow
from desktop.domain.distributions import NewLine
from desktop.domain.entry_edits import EntryEdit, EntryVersion
from desktop.domain.permissions import ROLE_PERMISSIONS, Role
from desktop.services import audit_trail, distributions, entry_edits, entry_evidence
from desktop.services.unit_of_work import Workspace
from desktop.ui import actions
from desktop.ui.dialogs.edit_entry import EditEntryDialog
from desktop.ui.dialogs.edit_selected import EditSelectedDialog
from desktop.ui.dialogs.new_shipment import NewShipmentDialog
from desktop.ui.dialogs.reason import ReasonDialog
from desktop.ui.dialogs.stale_entry import StaleEntryDialog
from desktop.ui.pages.distribution_log import DistributionLogPage, page_spec
from desktop.ui.theme import Tone
from tests.services.tampering import stored_path
from tests.support.drags import Drag, files
from tests.ui.conftest import Desk, log_shipment


@pytest.fixture
def open_page(qtbot: QtBot) -> Callable[[Desk], DistributionLogPage]:
    def make(desk: Desk) -> DistributionLogPage:
        page = page_spec(lambda _page, _path: None, lambda _page: None).make(desk.context)
        assert isinstance(page, DistributionLogPage)
        qtbot.addWidget(page)
        page.resize(1200, 700)
        with qtbot.waitExposed(page):
            page.show()
        page.enter()
        return page

    return make


@pytest.fixture
def page(open_page: Callable[[Desk], DistributionLogPage], desk: Desk, workspace: Workspace) -> DistributionLogPage:
    """The log with two shipments of three lines, 17 units; the first row is SO-2."""
    log_shipment(workspace, "SO-1", NewLine("211610SPT", "SLQ-10001", "5"), NewLine("211410SPT", "SLQ-10002", "7"))
    log_shipment(workspace, "SO-2", ship_date=date(2025, 4, 1), facility_name="Harbor Hospital", city="Duluth")
    return open_page(desk)


def select(qtbot: QtBot, page: DistributionLogPage, *rows: int) -> None:
    """Selects rows and waits until the pane has read one, or counts several."""
    page.table.select_rows(rows)
    if len(rows) == 1:
        qtbot.waitUntil(lambda: page.pane.history.toPlainText() != "")
    else:
        text = f"{len(rows)} entries are selected"
        qtbot.waitUntil(lambda: page.pane.entry is None and page.pane.currentWidget().text() == text)


def opened(page: DistributionLogPage, kind: type[QDialog]) -> QDialog:
    """The dialog of a kind that is open on the page."""
    return next(dialog for dialog in page.findChildren(kind) if dialog.isVisible())


def press(dialog: QWidget, button: str) -> None:
    dialog.findChild(QPushButton, button).click()


def give_reason(dialog: QDialog, reason: str, button: str = "reasonYes") -> None:
    dialog.findChild(QPlainTextEdit, "reason").setPlainText(reason)
    press(dialog, button)


def edit_form(qtbot: QtBot, page: DistributionLogPage, row: int = 0) -> EditEntryDialog:
    select(qtbot, page, row)
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_F2)
    dialog = opened(page, EditEntryDialog)
    assert isinstance(dialog, EditEntryDialog)
    return dialog


def change(dialog: EditEntryDialog, reason: str = "typo", **texts: str) -> None:
    for name, text in texts.items():
        dialog.findChild(QLineEdit, name).setText(text)
    dialog.findChild(QLineEdit, "reason").setText(reason)
    press(dialog, "saveButton")


def change_elsewhere(workspace: Workspace, entry_id: int, **changes: str) -> None:
    """Another window changes the entry."""
    read = entry_edits.entry_to_edit(workspace, entry_id)
    values = replace(read.values, **changes)  # type: ignore[arg-type]
    entry_edits.edit_entry(workspace, EntryEdit(entry_id, read.entry.version, values, "theirs"))


# -- edit


def test_an_edit_is_seen_at_once_in_the_list_and_in_the_history(
    qtbot: QtBot, page: DistributionLogPage, desk: Desk, workspace: Workspace
) -> None:
    with workspace.sessions.writing() as session:
        session.execute(insert(CustomerRow).values(name="Harbor Group"))
        session.commit()
    dialog = edit_form(qtbot, page)
    dialog.findChild(QWidget, "customer_id").setEditText("Harbor Group")
    change(dialog, "the slip says 12", quantity="12")
    assert desk.said[-1].text == "Changed the entry of order SO-2."
    qtbot.waitUntil(lambda: page.pane.details["Quantity"] == "12")
    assert page.pane.details["Customer"] == "Harbor Group"
    qtbot.keyClick(page.table, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)
    assert page.pane.tabs.currentWidget() is page.pane.history
    told = page.pane.history.toPlainText()
    assert "Quantity: 5 → 12" in told
    assert "Customer: — → Harbor Group" in told
    assert "Why: the slip says 12" in told


def test_what_is_wrong_is_told_in_the_form_when_a_field_is_left(qtbot: QtBot, page: DistributionLogPage) -> None:
    dialog = edit_form(qtbot, page)
    dialog.findChild(QLineEdit, "lot_number").setText("SLQ-1")
    dialog.findChild(QLineEdit, "lot_number").editingFinished.emit()
    assert dialog.problem("lot_number") == "Lot number must match format: SLQ-#####"
    change(dialog, " ", quantity="0")
    assert dialog.problem("quantity") == "Quantity must be a positive integer"
    assert dialog.problem("reason") == "Say why: a reason is required"
    change(dialog, "r", quantity="0")
    assert dialog.isVisible()
    assert dialog.problem("quantity") == "Quantity must be a positive integer"


def test_two_people_who_change_one_entry_decide_field_by_field(
    qtbot: QtBot, page: DistributionLogPage, workspace: Workspace
) -> None:
    dialog = edit_form(qtbot, page)
    entry_id = dialog.read.entry.id
    change_elsewhere(workspace, entry_id, city="Akron", contact_phone="419-555-0101")
    change(dialog, "mine", city="Toledo", quantity="12")
    stale = opened(page, StaleEntryDialog)
    assert isinstance(stale, StaleEntryDialog)
    assert stale.fields == ("quantity", "city", "contact_phone")
    change_elsewhere(workspace, entry_id, state="OH")  # and once more, while it is being decided
    stale.choose("city", mine=True)
    press(stale, "decideButton")
    again = opened(page, StaleEntryDialog)
    assert isinstance(again, StaleEntryDialog)
    assert again.fields == ("quantity", "city", "state")
    press(again, "decideButton")
    assert not dialog.isVisible()
    (entry,) = distributions.entries(workspace, [entry_id])
    assert (entry.city, entry.quantity, entry.contact_phone, entry.state) == ("Toledo", 12, "419-555-0101", "OH")
    assert [event.reason for event in audit_trail.history_of_entry(workspace, entry_id)][:3] == [
        "mine",
        "theirs",
        "theirs",
    ]


def test_an_edit_that_the_filter_hides_is_not_lost_sight_of(
    qtbot: QtBot, page: DistributionLogPage, desk: Desk
) -> None:
    page.filter_bar.set_value(replace(page.filter_bar.value, lot_number="SLQ-12345"))
    dialog = edit_form(qtbot, page)
    change(dialog, lot_number="SLQ-54321")
    assert any(message.text == "Saved. The filter hides it." for message in desk.said)


def test_an_entry_that_is_gone_is_said_to_be(
    qtbot: QtBot, page: DistributionLogPage, desk: Desk, workspace: Workspace
) -> None:
    select(qtbot, page, 0)
    entry = page.pane.entry
    assert entry is not None
    entry_edits.delete_entries(workspace, [EntryVersion(entry.id, entry.version)], "twice")
    page.work.edit()
    assert desk.said[-1].text.endswith(": twice")
    assert desk.said[-1].tone is Tone.PROBLEM


@pytest.mark.parametrize("yes", [True, False])
def test_a_changed_form_is_dropped_only_on_purpose(
    qtbot: QtBot, page: DistributionLogPage, desk: Desk, yes: bool
) -> None:
    dialog = edit_form(qtbot, page)
    dialog.findChild(QLineEdit, "city").setText("Toledo")
    desk.prompter.yes = yes
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert desk.prompter.asked == ["Close without saving?"]
    assert dialog.isVisible() is not yes


# -- several


def test_several_entries_are_given_one_spelling(
    qtbot: QtBot, page: DistributionLogPage, desk: Desk, workspace: Workspace
) -> None:
    select(qtbot, page, 0, 1, 2)
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_F2, Qt.KeyboardModifier.ShiftModifier)
    dialog = opened(page, EditSelectedDialog)
    dialog.findChild(QLineEdit, "newText").setText("Cedar Clinic")
    dialog.findChild(QLineEdit, "reason").setText("one spelling")
    press(dialog, "saveButton")
    assert desk.said[-1].text == "Changed 1 entry. 2 entries had it already."
    entries = distributions.entries(workspace, [1, 2, 3])
    assert {entry.facility_name for entry in entries} == {"Cedar Clinic"}
    assert desk.said[-1].action == "Undo"
    desk.said[-1].on_action()  # type: ignore[misc]
    assert distributions.entries(workspace, [3])[0].facility_name == "Harbor Hospital"


def test_several_of_which_somebody_changed_one_are_shown_again(
    qtbot: QtBot, page: DistributionLogPage, workspace: Workspace
) -> None:
    select(qtbot, page, 0, 1)
    page.work.edit_selected()
    dialog = opened(page, EditSelectedDialog)
    assert isinstance(dialog, EditSelectedDialog)
    change_elsewhere(workspace, 3, facility_name="Harbour Hospital")
    dialog.findChild(QLineEdit, "newText").setText("Harbor Hospital East")
    dialog.findChild(QLineEdit, "reason").setText("r")
    press(dialog, "saveButton")
    assert "Harbor Hospital when you opened this, now Harbour Hospital" in dialog.trouble
    press(dialog, "saveButton")
    assert distributions.entries(workspace, [3])[0].facility_name == "Harbor Hospital East"


# -- delete and undo


def test_deleting_says_what_goes_asks_why_and_can_be_undone(
    qtbot: QtBot, page: DistributionLogPage, desk: Desk, workspace: Workspace
) -> None:
    select(qtbot, page, 1, 2)
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_Delete)
    dialog = opened(page, ReasonDialog)
    assert dialog.findChild(QWidget, "reasonSentence").text() == "Delete 2 entries, 12 units?"
    assert "order SO-1" in dialog.findChild(QWidget, "reasonDetail").text()
    assert dialog.findChild(QPushButton, "reasonCancel").isDefault()
    give_reason(dialog, "entered twice")
    assert desk.said[-1].text == "Deleted 2 entries, 12 units."
    assert page.table.model().rowCount() == 1
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert desk.said[-1].text == "Undone for 2 entries."
    assert page.table.model().rowCount() == 3
    assert [event.action for event in audit_trail.history_of_entry(workspace, 4)] == [
        "distribution_log.create",
        "distribution_log.delete",
        "distribution_log.create",
    ]
    qtbot.keyClick(page.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert desk.said[-1].text.startswith("There is nothing to undo")


def test_what_somebody_changed_meanwhile_is_not_deleted_unseen(
    qtbot: QtBot, page: DistributionLogPage, desk: Desk, workspace: Workspace
) -> None:
    select(qtbot, page, 0)
    page.work.delete()
    change_elsewhere(workspace, 3, quantity="99")
    give_reason(opened(page, ReasonDialog), "twice")
    assert "changed or deleted by somebody else" in desk.said[-1].text
    assert "99 units" in desk.said[-1].text
    assert len(distributions.entries(workspace, [3])) == 1


def test_an_edit_that_somebody_changed_since_is_not_undone(
    qtbot: QtBot, page: DistributionLogPage, desk: Desk, workspace: Workspace
) -> None:
    change(edit_form(qtbot, page), city="Toledo")
    change_elsewhere(workspace, 3, state="OH")
    page.work.undo()
    assert desk.said[-1].text.startswith("Not undone. One of these entries was changed")


# -- new shipment


def test_the_next_shipment_is_entered_in_the_same_form(page: DistributionLogPage, workspace: Workspace) -> None:
    page.work.new_shipment()
    dialog = opened(page, NewShipmentDialog)
    assert isinstance(dialog, NewShipmentDialog)
    for order in ("SO-8", "SO-9"):
        for name, text in {
            "ship_date": "2025-06-01",
            "facility_name": "Mesa Home Care",
            "order_number": order,
            "lot_number_0": "SLQ-20001",
            "quantity_0": "3",
        }.items():
            dialog.findChild(QLineEdit, name).setText(text)
        dialog.findChild(QWidget, "sku_0").setEditText("211610SPT")
        press(dialog, "saveNextButton")
        assert dialog.isVisible()
    assert {entry.order_number for entry in distributions.entries(workspace, [4, 5])} == {"SO-8", "SO-9"}
    assert page.table.model().rowCount() == 5


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_facilities_of_the_log_are_offered(qtbot: QtBot, page: DistributionLogPage) -> None:
    page.work.new_shipment()
    dialog = opened(page, NewShipmentDialog)
    editor = dialog.findChild(QLineEdit, "facility_name")
    editor.setFocus()
    qtbot.keyClicks(editor, "harb")
    qtbot.waitUntil(lambda: editor.completer().model().rowCount() == 1)
    assert editor.completer().model().index(0, 0).data() == "Harbor Hospital"
    assert editor.text() == "harb"


def test_a_lot_is_checked_when_it_is_left(page: DistributionLogPage) -> None:
    page.work.new_shipment()
    dialog = opened(page, NewShipmentDialog)
    assert isinstance(dialog, NewShipmentDialog)
    dialog.lines[0].lot.setText("slq-1")
    dialog.lines[0].lot.editingFinished.emit()
    assert dialog.lines[0].problem("lot_number") == "Lot number must match format: SLQ-#####"


# -- evidence


@pytest.fixture
def slip(tmp_path: Path) -> Path:
    file = tmp_path / "packing slip.pdf"
    file.write_bytes(b"%PDF-1.7 slip")
    return file


def test_a_file_dropped_on_the_pane_is_copied_and_kept(
    qtbot: QtBot, page: DistributionLogPage, desk: Desk, slip: Path
) -> None:
    select(qtbot, page, 0)
    drag = Drag(files(slip))
    assert drag.over(page.pane) == Qt.DropAction.CopyAction
    assert page.findChild(QWidget, "evidenceDropMark").isVisible()
    assert drag.drop(page.pane) == Qt.DropAction.CopyAction
    assert slip.exists()
    assert desk.said[-1].text == "Attached “packing slip.pdf” to the entry."
    qtbot.waitUntil(lambda: page.pane.evidence.current is not None)
    assert page.pane.tabs.tabText(2) == "Evidence 1"
    assert not page.findChild(QWidget, "evidenceDropMark").isVisible()


def test_a_second_file_asks_why_and_the_first_stays(
    qtbot: QtBot, page: DistributionLogPage, desk: Desk, slip: Path, tmp_path: Path
) -> None:
    select(qtbot, page, 0)
    desk.prompter.files = (slip,)
    page.table.setFocus()
    attach = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(page.table, Qt.Key.Key_A, attach)
    qtbot.waitUntil(lambda: page.pane.evidence.current is not None)
    better = tmp_path / "better.pdf"
    better.write_bytes(b"%PDF-1.7 better")
    QGuiApplication.clipboard().setMimeData(files(better))
    qtbot.keyClick(page.table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    dialog = opened(page, ReasonDialog)
    assert "Replace “packing slip.pdf” by “better.pdf”?" in dialog.findChild(QWidget, "reasonSentence").text()
    give_reason(dialog, "a better scan")
    qtbot.waitUntil(lambda: page.pane.tabs.tabText(2) == "Evidence 2")
    assert page.pane.evidence.details["Why"] == "a better scan"
    qtbot.keyClick(page.table, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    assert desk.prompter.shown == b"%PDF-1.7 better"


def test_evidence_is_opened_as_a_copy_or_saved(
    qtbot: QtBot, page: DistributionLogPage, desk: Desk, slip: Path, tmp_path: Path
) -> None:
    select(qtbot, page, 0)
    page.evidence_work.take_dropped(files(slip))
    qtbot.waitUntil(lambda: page.pane.evidence.current is not None)
    page.evidence_work.open()
    assert desk.prompter.shown == b"%PDF-1.7 slip"
    assert desk.prompter.asked[-1].endswith("_packing_slip.pdf")
    desk.prompter.has_viewer = False
    page.evidence_work.open()
    assert "no program that opens" in desk.said[-1].text
    desk.prompter.files = (tmp_path / "kept.pdf",)
    page.evidence_work.ask_where_to_save()
    assert (tmp_path / "kept.pdf").read_bytes() == b"%PDF-1.7 slip"
    assert desk.said[-1].action == "Show in folder"


def test_what_could_run_is_only_saved(qtbot: QtBot, page: DistributionLogPage, desk: Desk, tmp_path: Path) -> None:
    program = tmp_path / "invoice.exe"
    program.write_bytes(b"MZ")
    select(qtbot, page, 0)
    page.evidence_work.take_dropped(files(program))
    qtbot.waitUntil(lambda: page.pane.evidence.current is not None)
    page.evidence_work.open()
    assert "Save a copy instead" in desk.said[-1].text
    assert desk.prompter.asked == []


def test_altered_evidence_is_said_in_red_and_never_opened(
    qtbot: QtBot, page: DistributionLogPage, desk: Desk, workspace: Workspace, slip: Path
) -> None:
    select(qtbot, page, 0)
    page.evidence_work.take_dropped(files(slip))
    qtbot.waitUntil(lambda: page.pane.evidence.current is not None)
    (file,) = entry_evidence.list_evidence(workspace, 3)
    stored_path(workspace, file.storage_key).write_bytes(b"%PDF-1.7 slop")
    page.evidence_work.open()
    assert page.pane.evidence.alarm.isVisible()
    assert "was altered" in page.pane.evidence.alarm.finding.replace("\N{ZERO WIDTH SPACE}", "")
    assert desk.prompter.asked[-1].startswith("“packing slip.pdf” was not opened")
    assert desk.prompter.shown == b""


def test_what_cannot_be_evidence_is_answered(
    qtbot: QtBot, page: DistributionLogPage, desk: Desk, slip: Path, tmp_path: Path
) -> None:
    page.evidence_work.take_dropped(files(slip))
    assert desk.said[-1].text.startswith("Select one entry first")
    select(qtbot, page, 0)
    empty = tmp_path / "empty.pdf"
    empty.touch()
    page.evidence_work.take_dropped(files(empty))
    assert desk.said[-1].text == "“empty.pdf” is empty: there is nothing in it to keep."
    page.evidence_work.take_dropped(files(slip, empty))
    assert desk.said[-1].text.startswith("An entry has one evidence file at a time")
    page.evidence_work.take_dropped(files(tmp_path))
    assert desk.said[-1].text.endswith("This is a folder. Drop a file of it.")
    QGuiApplication.clipboard().setText("words")
    page.evidence_work.paste()
    assert desk.said[-1].text.startswith("The clipboard holds no file")


# -- who may


def test_who_may_only_read_sees_everything_and_changes_nothing(
    qtbot: QtBot,
    open_page: Callable[[Desk], DistributionLogPage],
    page: DistributionLogPage,
    desk_for: Callable[..., Desk],
    slip: Path,
    tmp_path: Path,
) -> None:
    select(qtbot, page, 0)
    page.evidence_work.take_dropped(files(slip))
    desk = desk_for(ROLE_PERMISSIONS[Role.READONLY])
    reader = open_page(desk)
    select(qtbot, reader, 0)
    for command in (
        actions.EDIT_ENTRY,
        actions.EDIT_SELECTED,
        actions.DELETE_ENTRIES,
        actions.UNDO_CHANGE,
        actions.ATTACH_EVIDENCE,
        actions.PASTE_EVIDENCE,
    ):
        action = desk.context.actions.action(command)
        assert not action.isEnabled()
        assert "permission" in action.toolTip()
    reader.table.activated.emit(reader.table.model().index(0, 0))
    assert not [dialog for dialog in reader.findChildren(QDialog) if dialog.isVisible()]
    other = tmp_path / "other.pdf"
    other.write_bytes(b"x")
    reader.evidence_work.take_dropped(files(other))
    assert "permission" in desk.said[-1].text
    reader.evidence_work.open()
    assert desk.prompter.shown == b"%PDF-1.7 slip"


def test_open_and_save_wait_for_evidence(qtbot: QtBot, page: DistributionLogPage, desk: Desk, slip: Path) -> None:
    opens = desk.context.actions.action(actions.OPEN_EVIDENCE)
    select(qtbot, page, 0)
    assert not opens.isEnabled()
    assert "Select an entry with evidence first" in opens.toolTip()
    page.evidence_work.take_dropped(files(slip))
    qtbot.waitUntil(opens.isEnabled)
    page.table.select_rows([1])
    qtbot.waitUntil(lambda: not opens.isEnabled())


def test_rows_that_are_only_passed_are_painted_and_not_read(qtbot: QtBot, page: DistributionLogPage) -> None:
    page.table.select_rows([0])
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_Down)
    qtbot.keyClick(page.table, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: page.pane.entry is not None and page.pane.entry.order_number == "SO-1")
    assert page.pane.history.toPlainText() == ""
    qtbot.waitUntil(lambda: "Entered" in page.pane.history.toPlainText())
