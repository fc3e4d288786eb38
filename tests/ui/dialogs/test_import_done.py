"""After an import: what was written, and the way back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop.domain.changes import Subject
from desktop.services import imports
from desktop.services.unit_of_work import Workspace
from desktop.ui.dialogs.reason import ReasonDialog
from tests.ui.dialogs.import_desk import Desk, Opener, logged, work_on


@pytest.fixture
def desk(open_import: Opener, march: Path) -> Desk:
    """March, imported."""
    opened = open_import(march)
    opened.click("importNext")
    opened.click("importNow")
    return opened


def undo(desk: Desk, reason: str) -> ReasonDialog:
    desk.click("importUndoAll")
    asked = desk.find(ReasonDialog, "reasonDialog")
    QtBot.keyClicks(asked.findChild(QPlainTextEdit, "reason"), reason)
    QtBot.mouseClick(asked.findChild(QPushButton, "reasonYes"), Qt.MouseButton.LeftButton)
    return asked


def test_an_import_is_undone_where_it_was_made(desk: Desk, workspace: Workspace) -> None:
    announced = []
    desk.dialog.undone.connect(announced.append)
    assert logged(workspace) == 2 + 7
    undo(desk, "Last year's file")
    assert logged(workspace) == 2
    assert desk.label("importedHeading") == "The import was undone"
    assert desk.label("importedSentence").startswith("7 lines were taken out of the log.")
    assert [changes.subjects >= {Subject.DISTRIBUTIONS, Subject.IMPORTS} for changes in announced] == [True]
    assert not desk.find(QPushButton, "importUndoAll").isVisible()
    assert not desk.find(QPushButton, "importShowInLog").isVisible()
    [record] = imports.list_imports(workspace)
    assert record.undo_reason == "Last year's file"


def test_what_will_be_taken_out_is_said_first(desk: Desk, workspace: Workspace) -> None:
    desk.click("importUndoAll")
    asked = desk.find(ReasonDialog, "reasonDialog")
    assert asked.findChild(QPushButton, "reasonCancel").isDefault()
    QtBot.keyClick(asked, Qt.Key.Key_Escape)
    assert logged(workspace) == 2 + 7


def test_an_import_that_was_undone_elsewhere_is_told(desk: Desk, workspace: Workspace) -> None:
    [record] = imports.list_imports(workspace)
    imports.undo_import(workspace, record.id, "Somebody was faster")
    asked = undo(desk, "Last year's file")
    assert asked.isVisible()
    assert asked.findChild(QPlainTextEdit, "reason").toPlainText() == "Last year's file"


def test_whoever_may_not_delete_is_not_offered_it(open_import: Opener, march: Path, workspace: Workspace) -> None:
    desk = open_import(march, work=replace(work_on(workspace), undo=None))
    desk.click("importNext")
    desk.click("importNow")
    assert not desk.find(QPushButton, "importUndoAll").isVisible()


def test_problem_rows_are_saved_after_the_import_too(desk: Desk, tmp_path: Path) -> None:
    desk.prompter.files = (tmp_path / "left.csv",)
    desk.click("importSaveLeftOut")
    assert desk.notice.startswith("1 problem row saved to left.csv.")
    assert "SLQ-1234," in (tmp_path / "left.csv").read_text("utf-8-sig")


def test_the_file_of_an_undone_import_is_imported_again(
    desk: Desk, open_import: Opener, march: Path, workspace: Workspace
) -> None:
    undo(desk, "Too early")
    again = open_import(march)
    assert not again.dialog.findChild(QPushButton, "importShowInLog").isVisible()
    assert again.label("importLines").startswith("10: 7 new")
    again.click("importNext")
    again.click("importNow")
    assert logged(workspace) == 2 + 7
