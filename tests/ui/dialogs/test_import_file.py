"""Importing a file through the real dialog, with real services on a real database."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QLineEdit,
    QMenu,
    QProgressBar,
    QPushButton,
    QTreeWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.domain.changes import Changes, Subject
from desktop.domain.distributions import NewLine
from desktop.domain.filters import EVERYTHING, SortOrder
from desktop.domain.import_review import ImportChoices, ImportPreview, ImportReceipt
from desktop.domain.progress import Progress
from desktop.services import distributions, imports
from desktop.services.unit_of_work import Workspace
from desktop.ui.tasks import BackgroundTasks
from desktop.ui.theme import Look, Theme
from desktop.ui.widgets.empty_state import EmptyState
from desktop.ui.widgets.notice import Notice
from tests.ui.conftest import ScriptedPrompter, log_shipment
from tests.ui.dialogs.import_desk import HEADER, MARCH, Gate, Opener, logged, work_on, written

# The way through.


def test_a_month_from_the_office(open_import: Opener, march: Path, workspace: Workspace) -> None:
    desk = open_import(march)
    assert desk.label("importKind").startswith("CSV file, ")
    assert desk.label("importLines") == "10: 7 new, 1 duplicate, 1 conflict, 1 problem"
    assert desk.label("importSeparator").startswith("Comma")
    assert desk.label("importEncodingShown") == "UTF-8"
    assert desk.label("importDates").startswith("Year first")
    assert "1 blank row was skipped." in desk.label("importNotes")
    assert "Columns that are not used: Remark." in desk.label("importNotes")
    columns = desk.find(QTreeWidget, "importColumns")
    found = {item.text(0): item.text(1) for item in map(columns.topLevelItem, range(columns.topLevelItemCount()))}
    assert found["Order number"] == "Order #"
    assert "Zip" in desk.label("importMissing")

    desk.click("importNext")
    assert desk.filters() == ["All 10", "New 7", "Duplicate 1", "Conflict 1", "Problem 1"]
    assert desk.button == "Import 7 lines"
    assert desk.summary == ("2 lines are left out: 1 problem, 1 undecided conflict. 1 duplicate is in the log already.")
    desk.click("importFilter_problem")
    assert desk.cell(0, "Remarks") == "Lot number must match format: SLQ-#####"
    desk.correct(0, "Lot", "SLQ-12349")
    assert desk.filters() == ["All 10", "New 8", "Duplicate 1", "Conflict 1", "Problem 0"]
    assert desk.cell(0, "Status") == "New"
    assert desk.button == "Import 8 lines"

    desk.click("importFilter_conflict")
    assert desk.label("importSays") == "Row 3, conflict. The log has this line with 10 units: decide which to keep."
    desk.click("importDecide_keep")
    assert desk.button == "Import 9 lines"
    assert desk.summary == "1 duplicate is in the log already."
    assert logged(workspace) == 2, "nothing is written before Import"

    desk.click("importNow")
    assert desk.label("importedHeading") == "9 lines were imported"
    assert (desk.label("importedLines"), desk.label("importedUnits")) == ("9", str(7 + 4 + sum(range(6, 13))))
    [(changes, receipt)] = desk.imported
    assert changes.subjects >= {Subject.DISTRIBUTIONS, Subject.IMPORTS}
    assert (receipt.imported, logged(workspace)) == (9, 11)
    lots = {entry.lot_number for entry in distributions.first_entries(workspace, EVERYTHING, SortOrder(), 50)}
    assert "SLQ-12349" in lots
    desk.click("importShowInLog")
    assert desk.to_log == [receipt]
    assert not desk.dialog.isVisible()


def test_the_same_file_again_has_nothing_to_import(open_import: Opener, tmp_path: Path) -> None:
    path = written(tmp_path / "good.csv", [HEADER, *MARCH[5:]])
    first = open_import(path)
    first.click("importNext")
    first.click("importNow")
    again = open_import(path)
    earlier = again.find(Notice, "importEarlier").text
    assert "The same file was imported on" in earlier
    assert "Ada Admin" in earlier
    again.click("importNext")
    assert again.filters()[:3] == ["All 7", "New 0", "Duplicate 7"]
    button = again.find(QPushButton, "importNow")
    assert not button.isEnabled()
    assert button.toolTip() == "There is nothing to import. 7 duplicates are in the log already."


def test_without_a_file_it_asks_for_one(open_import: Opener, march: Path, prompter: ScriptedPrompter) -> None:
    desk = open_import(None)
    assert prompter.asked == ["Choose a file to import"]
    assert desk.find(EmptyState, "importStart").isVisible()
    prompter.files = (march,)
    desk.click("importChoose")
    assert desk.label("importTitle") == "march.csv"
    assert desk.find(QPushButton, "importNext").isVisible()


def test_it_is_done_with_the_keyboard_and_enter_never_imports(
    open_import: Opener, march: Path, workspace: Workspace, qtbot: QtBot
) -> None:
    desk = open_import(march)
    with qtbot.waitActive(desk.dialog):
        desk.dialog.activateWindow()
    desk.press(Qt.Key.Key_Return)
    assert desk.table.isVisible(), "Enter goes on to the review"
    QtBot.keyClick(desk.dialog, Qt.Key.Key_P, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: desk.table.model().rowCount() == 1)
    desk.press(Qt.Key.Key_Return, "importTable")
    assert desk.find(QLineEdit, "importCell").text() == "SLQ-1234", "the cell that is wrong is the current one"
    desk.press(Qt.Key.Key_Escape, "importCell")
    qtbot.waitUntil(lambda: desk.dialog.findChild(QLineEdit, "importCell") is None)
    desk.table.setCurrentIndex(desk.table.model().index(0, 0))
    desk.press(Qt.Key.Key_Return, "importTable")
    assert logged(workspace) == 2
    QtBot.keyClick(desk.dialog, Qt.Key.Key_C, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: desk.cell(0, "Status") == "Conflict")
    QtBot.keyClick(desk.dialog, Qt.Key.Key_S, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: desk.cell(0, "Status") == "Conflict: skip")
    QtBot.keyClick(desk.dialog, Qt.Key.Key_I, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: logged(workspace) == 2 + 7)


def test_a_cell_that_is_being_edited_is_taken_in_before_anything_is_imported(
    open_import: Opener, march: Path, workspace: Workspace
) -> None:
    desk = open_import(march)
    desk.click("importNext")
    desk.click("importFilter_problem")
    desk.press(Qt.Key.Key_F2, "importTable")
    editor = desk.find(QLineEdit, "importCell")
    editor.clear()
    QtBot.keyClicks(editor, "SLQ-12349")
    desk.click("importNow")
    assert (logged(workspace), desk.button) == (2, "Import 8 lines")
    desk.click("importNow")
    assert logged(workspace) == 2 + 8


# Files that cannot be read.


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "PDF"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_with_a_way_out(
    open_import: Opener, tmp_path: Path, march: Path, content: bytes, sentence: str
) -> None:
    path = tmp_path / "other.csv"
    path.write_bytes(content)
    desk = open_import(path)
    state = desk.find(EmptyState, "importUnreadable")
    assert state.isVisible()
    assert sentence in state.sentence
    assert not desk.find(QPushButton, "importNext").isVisible()
    desk.prompter.files = (march,)
    desk.click("importChooseInstead")
    assert desk.label("importTitle") == "march.csv"
    assert desk.find(QPushButton, "importNext").isVisible()


def test_a_file_corrected_meanwhile_is_tried_again(open_import: Opener, tmp_path: Path) -> None:
    path = tmp_path / "late.csv"
    desk = open_import(path)
    assert "late.csv" in desk.find(EmptyState, "importUnreadable").sentence
    written(path, [HEADER, *MARCH[5:]])
    desk.click("importReadAgain")
    assert desk.find(QPushButton, "importNext").text() == "&Review 7 lines"


def test_a_file_of_two_encodings_can_be_read_in_one_of_them(open_import: Opener, tmp_path: Path) -> None:
    path = tmp_path / "mixed.csv"
    lines = [HEADER, "2025-03-04,SO-1,Clínica Sur,211610SPT,SLQ-12345,5,,", "2025-03-04,SO-2,Caf"]
    path.write_bytes("\r\n".join(lines).encode() + b"\xe9 du Nord,211610SPT,SLQ-12345,5,,\r\n")
    desk = open_import(path)
    assert "two encodings" in desk.find(EmptyState, "importUnreadable").sentence
    desk.choose("importEncodingMenu", "Windows-1252 (Western Europe)")
    desk.click("importNext")
    assert desk.cell(1, "Facility") == "Café du Nord"


def test_a_file_without_rows_cannot_be_reviewed(open_import: Opener, tmp_path: Path) -> None:
    desk = open_import(written(tmp_path / "header.csv", [HEADER, ""]))
    assert "The file holds no rows below its header." in desk.label("importNotes")
    assert desk.label("importDates") == "—"
    button = desk.find(QPushButton, "importNext")
    assert (button.isEnabled(), button.toolTip()) == (False, "The file holds no lines")


# The review.


def test_a_correction_leaves_selection_and_place_as_they_are(open_import: Opener, tmp_path: Path) -> None:
    lines = [f"2025-03-04,SO-{number},Cedar Clinic,211610SPT,SLQ-1234,5,," for number in range(200)]
    desk = open_import(written(tmp_path / "long.csv", [HEADER, *lines]))
    desk.click("importNext")
    desk.table.verticalScrollBar().setValue(120)
    desk.correct(130, "Lot", "SLQ-12345")
    assert desk.cell(130, "Status") == "New"
    assert desk.table.verticalScrollBar().value() == 120
    assert desk.table.currentIndex().row() == 130
    assert list(desk.table.selected_rows()) == [130]


def test_what_the_file_has_no_column_for_is_not_shown(open_import: Opener, march: Path) -> None:
    desk = open_import(march)
    desk.click("importNext")
    assert not desk.table.isColumnHidden(desk.column("City"))
    assert desk.table.isColumnHidden(desk.column("Rep"))


@pytest.mark.qt_log_ignore("plugin does not support")  # said of every menu that opens
def test_conflicts_are_decided_alike_or_one_by_one(open_import: Opener, tmp_path: Path, workspace: Workspace) -> None:
    lines = []
    for number in range(3):
        log_shipment(workspace, f"SO-{number}", NewLine("211610SPT", "SLQ-12345", "10"))
        lines.append(f"2025-03-04,SO-{number},Cedar Clinic,211610SPT,SLQ-12345,7,,")
    desk = open_import(written(tmp_path / "conflicts.csv", [HEADER, *lines]))
    desk.click("importNext")
    assert desk.summary == "3 lines are left out: 3 undecided conflicts."
    assert not desk.find(QPushButton, "importNow").isEnabled()
    desk.choose("importDecideAllMenu", "importDecideAll_keep")
    assert desk.button == "Import 3 lines"
    desk.table.setCurrentIndex(desk.table.model().index(1, 3))
    assert desk.find(QPushButton, "importDecide_keep").isChecked()
    desk.table.customContextMenuRequested.emit(desk.table.visualRect(desk.table.currentIndex()).center())
    menu = desk.find(QMenu, "importMenu")
    skip = menu.findChild(QAction, "importMenu_skip")
    assert isinstance(skip, QAction)
    skip.trigger()
    menu.close()
    assert [desk.cell(row, "Status") for row in range(3)] == ["Conflict: keep", "Conflict: skip", "Conflict: keep"]
    assert (desk.button, desk.summary) == ("Import 2 lines", "1 conflict is skipped.")
    desk.table.selectAll()
    assert desk.label("importSays") == "3 lines selected, 3 conflicts among them."
    desk.click("importDecide_keep")
    desk.click("importNow")
    assert logged(workspace) == 6


# What goes wrong.


def test_a_log_that_changed_meanwhile_is_told_and_reviewed_again(
    open_import: Opener, march: Path, workspace: Workspace
) -> None:
    desk = open_import(march)
    desk.click("importNext")
    desk.click("importFilter_problem")
    desk.correct(0, "Lot", "SLQ-12349")
    line = NewLine("211410SPT", "SLQ-12349", "4")
    log_shipment(workspace, "SO-3", line, ship_date=date(2025, 3, 5), facility_name="Lakeside Urology")
    desk.click("importNow")
    assert desk.notice == "The log changed since this file was reviewed. Review it again."
    assert logged(workspace) == 3, "nothing of the file is written"
    button = desk.find(QPushButton, "importNow")
    assert (button.isEnabled(), button.toolTip()) == (False, "The lines must be reviewed again first")
    desk.click("importAgain")
    assert desk.notice == ""
    assert (desk.cell(0, "Status"), desk.cell(0, "Lot")) == ("Duplicate", "SLQ-12349")
    desk.click("importNow")
    assert logged(workspace) == 3 + 7


def test_a_file_that_changed_meanwhile_is_read_again(open_import: Opener, march: Path, workspace: Workspace) -> None:
    desk = open_import(march)
    desk.click("importNext")
    written(march, [HEADER, *MARCH[5:8]])
    desk.click("importNow")
    assert "march.csv was changed since it was reviewed" in desk.notice
    assert logged(workspace) == 2
    desk.click("importAgain")
    assert desk.filters()[0] == "All 3"
    desk.click("importNow")
    assert logged(workspace) == 2 + 3


def test_corrections_are_never_put_on_rows_of_another_file(open_import: Opener, march: Path) -> None:
    desk = open_import(march)
    desk.click("importNext")
    written(march, [HEADER, *reversed(MARCH[5:])])
    desk.correct(2, "Lot", "SLQ-12349")
    desk.click("importNow")
    desk.click("importAgain")
    assert desk.notice == "The file was changed since it was first read: it was read again, without your corrections."
    assert desk.label("importLines").startswith("7: 7 new")
    desk.click("importNext")
    assert "SLQ-12349" not in [desk.cell(row, "Lot") for row in range(7)]


def test_a_full_or_broken_disk_is_told_and_nothing_is_lost(
    open_import: Opener, march: Path, workspace: Workspace, tmp_path: Path
) -> None:
    evidence = tmp_path / "evidence"
    if evidence.exists():
        shutil.rmtree(evidence)
    evidence.write_bytes(b"a file where the folder should be")
    desk = open_import(march)
    desk.click("importNext")
    desk.click("importNow")
    assert "Could not keep a file in the evidence store" in desk.notice
    assert (logged(workspace), desk.button) == (2, "Import 7 lines")
    evidence.unlink()
    desk.click("importNow")
    assert logged(workspace) == 2 + 7


# Background work.


def test_reading_shows_progress_and_can_be_cancelled(
    open_import: Opener, march: Path, workspace: Workspace, tasks: BackgroundTasks, qtbot: QtBot
) -> None:
    gate = Gate()

    def preview(path: Path, choices: ImportChoices, progress: Progress) -> ImportPreview:
        return imports.preview(workspace, path, choices, gate.hold(progress))

    desk = open_import(march, work=replace(work_on(workspace), preview=preview), tasks=tasks)
    bar = desk.find(QProgressBar, "importProgress")
    qtbot.waitUntil(lambda: bar.isVisible() and bar.value() * 10 == bar.maximum() * 3)
    assert desk.label("importProgressText") == "Reading march.csv…"
    desk.click("importCancel")
    qtbot.waitUntil(lambda: desk.notice == "Cancelled. Nothing was changed.")
    assert desk.find(EmptyState, "importStart").isVisible()

    gate.open()
    desk.prompter.files = (march,)
    desk.click("importChoose")
    qtbot.waitUntil(lambda: desk.find(QPushButton, "importNext").isVisible())
    assert desk.label("importLines").startswith("10: 7 new")


def test_an_import_that_runs_is_stopped_or_left_alone(
    open_import: Opener, march: Path, workspace: Workspace, tasks: BackgroundTasks, qtbot: QtBot
) -> None:
    gate = Gate()

    def write(path: Path, preview: ImportPreview, progress: Progress) -> tuple[Changes, ImportReceipt]:
        return imports.import_lines(workspace, path, preview, gate.hold(progress))

    desk = open_import(march, work=replace(work_on(workspace), write=write), tasks=tasks)
    qtbot.waitUntil(lambda: desk.find(QPushButton, "importNext").isVisible())
    desk.click("importNext")
    desk.click("importNow")
    bar = desk.find(QProgressBar, "importProgress")
    qtbot.waitUntil(lambda: bar.isVisible() and bar.value() > 0)
    assert not desk.table.isEnabled()
    desk.click("importCancel")
    qtbot.waitUntil(lambda: desk.notice == "Cancelled. Nothing was changed.")
    assert (logged(workspace), desk.button, desk.imported) == (2, "Import 7 lines", [])
    assert list(workspace.store.keys()) == [], "the copy of the file is not kept either"

    desk.click("importNow")
    QtBot.keyClick(desk.dialog, Qt.Key.Key_Escape)
    assert desk.prompter.asked == ["Stop the import that is running?"]
    assert desk.dialog.isVisible()
    desk.prompter.yes = True
    desk.dialog.close()
    qtbot.waitUntil(lambda: not desk.dialog.isVisible())
    assert logged(workspace) == 2


def test_corrections_are_checked_while_the_review_stays_usable(
    open_import: Opener, march: Path, workspace: Workspace, tasks: BackgroundTasks, qtbot: QtBot
) -> None:
    gate = Gate()
    gate.open()

    def review_again(reviewed: ImportPreview, choices: ImportChoices, progress: Progress) -> ImportPreview:
        gate.hold(progress)(0, None)
        return imports.review_again(workspace, reviewed, choices, progress)

    desk = open_import(march, work=replace(work_on(workspace), review_again=review_again), tasks=tasks)
    qtbot.waitUntil(lambda: desk.find(QPushButton, "importNext").isVisible())
    desk.click("importNext")
    gate.close()
    desk.correct(2, "Lot", "SLQ-1")
    assert (desk.cell(2, "Status"), desk.cell(2, "Lot")) == ("Checking…", "SLQ-1")
    button = desk.find(QPushButton, "importNow")
    assert (button.isEnabled(), button.toolTip()) == (False, "The lines are being checked")
    desk.correct(2, "Lot", "SLQ-12349")
    desk.correct(2, "City", "Keokuk")
    qtbot.waitUntil(desk.find(QProgressBar, "importProgress").isVisible)
    gate.open()
    qtbot.waitUntil(lambda: desk.cell(2, "Status") == "New")
    assert (desk.cell(2, "Lot"), desk.cell(2, "City")) == ("SLQ-12349", "Keokuk")
    assert desk.button == "Import 8 lines"

    gate.close()
    desk.correct(3, "City", "Ely")
    qtbot.waitUntil(desk.find(QProgressBar, "importProgress").isVisible)
    desk.click("importCancel")
    qtbot.waitUntil(lambda: desk.notice == "Cancelled. Nothing was changed.")
    assert (desk.cell(3, "Status"), desk.cell(3, "City")) == ("Checking…", "Ely"), "what was typed stays"
    assert not button.isEnabled()
    gate.open()
    desk.click("importAgain")
    qtbot.waitUntil(button.isEnabled)
    assert desk.cell(3, "City") == "Ely"


# Leaving, and who cannot see it.


def test_closing_asks_before_corrections_are_lost(open_import: Opener, march: Path, workspace: Workspace) -> None:
    desk = open_import(march)
    desk.click("importNext")
    desk.correct(2, "Lot", "SLQ-12349")
    desk.click("importClose")
    assert desk.prompter.asked == ["Close without importing?"]
    assert desk.dialog.isVisible()
    desk.click("importAnother")
    assert desk.prompter.asked[1:] == ["Leave this file without importing it?"]
    desk.prompter.yes = True
    desk.dialog.close()
    assert not desk.dialog.isVisible()
    assert logged(workspace) == 2


def test_closing_an_untouched_review_asks_nothing(open_import: Opener, march: Path) -> None:
    desk = open_import(march)
    desk.click("importNext")
    desk.press(Qt.Key.Key_Escape, "importTable")
    assert (desk.dialog.isVisible(), desk.prompter.asked) == (False, [])


def test_everything_to_act_on_has_its_names(open_import: Opener, march: Path) -> None:
    desk = open_import(march)
    desk.click("importNext")
    kinds = (QAbstractButton, QAbstractItemView, QComboBox, QLineEdit)
    own = [
        widget
        for widget in desk.dialog.findChildren(QWidget)
        if isinstance(widget, kinds)
        and widget.window() is desk.dialog
        and not isinstance(widget.parent(), QAbstractItemView | QLineEdit)
    ]
    unnamed = [widget for widget in own if not widget.objectName() or not widget.accessibleName()]
    assert unnamed == []
    names = [widget.objectName() for widget in own]
    assert len(names) == len(set(names))


def test_both_looks_are_painted_in_every_step(open_import: Opener, march: Path, theme: Theme) -> None:
    desk = open_import(march)
    for step in ("importNext", "importNow"):
        for look in (Look.DARK, Look.LIGHT):
            theme.choose(look)
            assert not desk.dialog.grab().isNull()
        desk.click(step)
    theme.choose(Look.DARK)
    assert not desk.dialog.grab().isNull()
