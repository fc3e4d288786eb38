"""The list of imports: what was imported, its source file, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop.domain.changes import Changes, Subject
from desktop.domain.import_review import ImportRecord
from desktop.services import imports
from desktop.services.unit_of_work import Workspace
from desktop.ui.dialogs.imports import ImportsDialog, ImportsWork
from desktop.ui.dialogs.reason import ReasonDialog
from desktop.ui.tables.record_table import RecordTable
from desktop.ui.tasks import InlineTasks
from desktop.ui.theme import Theme
from desktop.ui.widgets.empty_state import EmptyState
from desktop.ui.widgets.notice import Notice
from desktop.ui.widgets.view_states import ViewStates
from tests.ui.conftest import ScriptedPrompter
from tests.ui.dialogs.import_desk import HEADER, logged, written

OpenImports = Callable[..., ImportsDialog]


def work_on(workspace: Workspace) -> ImportsWork:
    return ImportsWork(
        partial(imports.list_imports, workspace),
        partial(imports.undo_import, workspace),
        partial(imports.export_source, workspace),
    )


@pytest.fixture
def open_imports(qtbot: QtBot, theme: Theme, workspace: Workspace, prompter: ScriptedPrompter) -> OpenImports:  # noqa: ARG001
    def make(work: ImportsWork | None = None) -> ImportsDialog:
        dialog = ImportsDialog(work or work_on(workspace), InlineTasks(), prompter)
        qtbot.addWidget(dialog)
        dialog.open()
        return dialog

    return make


@pytest.fixture
def two(workspace: Workspace, tmp_path: Path) -> tuple[Path, Path]:
    """Two files that were imported: one line of 5 units, two of 6 and 7 with a problem among them."""
    line = "2025-03-04,{order},Cedar Clinic,211610SPT,{lot},{units},Toledo,"
    first = written(tmp_path / "march.csv", [HEADER, line.format(order="SO-1", lot="SLQ-12345", units=5)])
    rows = [line.format(order=f"SO-{units}", lot="SLQ-12345", units=units) for units in (6, 7)]
    bad = line.format(order="SO-9", lot="SLQ-1", units=9)
    second = written(tmp_path / "april.csv", [HEADER, *rows, bad])
    for path in (first, second):
        imports.import_lines(workspace, path, imports.preview(workspace, path))
    return first, second


def cells(dialog: ImportsDialog) -> list[list[str]]:
    model = dialog.findChild(RecordTable, "importsTable").model()
    return [[str(model.index(row, at).data()) for at in range(model.columnCount())] for row in range(model.rowCount())]


def about(dialog: ImportsDialog) -> str:
    return dialog.findChild(QLabel, "importAbout").text()


def notice(dialog: ImportsDialog) -> str:
    return dialog.findChild(Notice, "importsNotice").text


def button(dialog: ImportsDialog, name: str) -> QPushButton:
    return dialog.findChild(QPushButton, name)


def undo(dialog: ImportsDialog, reason: str) -> ReasonDialog:
    QtBot.mouseClick(button(dialog, "importsUndo"), Qt.MouseButton.LeftButton)
    asked = dialog.findChild(ReasonDialog, "reasonDialog")
    QtBot.keyClicks(asked.findChild(QPlainTextEdit, "reason"), reason)
    QtBot.mouseClick(asked.findChild(QPushButton, "reasonYes"), Qt.MouseButton.LeftButton)
    return asked


def test_every_import_is_listed_newest_first(open_imports: OpenImports, two: tuple[Path, Path]) -> None:  # noqa: ARG001
    dialog = open_imports()
    assert [[row[1], row[2], *row[4:]] for row in cells(dialog)] == [
        ["april.csv", "CSV", "Ada Admin", "3", "2", "1", "In the log"],
        ["march.csv", "CSV", "Ada Admin", "1", "1", "0", "In the log"],
    ]
    assert about(dialog).startswith("Imported: 2 lines with 13 units. Among its 3 lines: 1 problem. SHA-256")
    assert dialog.focusWidget() is dialog.table
    QtBot.keyClick(dialog.table, Qt.Key.Key_Down)
    assert about(dialog).startswith("Imported: 1 line with 5 units.")


def test_an_import_is_undone_with_a_reason(
    open_imports: OpenImports,
    two: tuple[Path, Path],  # noqa: ARG001
    workspace: Workspace,
) -> None:
    dialog = open_imports()
    announced: list[Changes] = []
    dialog.changed.connect(announced.append)
    QtBot.mouseClick(button(dialog, "importsUndo"), Qt.MouseButton.LeftButton)
    asked = dialog.findChild(ReasonDialog, "reasonDialog")
    assert "april.csv" in asked.findChild(QLabel, "reasonSentence").text()
    assert "2 lines with 13 units" in asked.findChild(QLabel, "reasonDetail").text()
    QtBot.keyClick(asked, Qt.Key.Key_Return)
    assert (asked.isVisible(), logged(workspace)) == (False, 3), "Enter is Cancel"
    undo(dialog, "Twice")
    assert logged(workspace) == 1
    assert notice(dialog) == "Import 2 was undone: 2 lines were taken out of the log."
    assert [changes.subjects >= {Subject.IMPORTS, Subject.DISTRIBUTIONS} for changes in announced] == [True]
    assert cells(dialog)[0][-1].startswith("Undone ")
    assert about(dialog).endswith(" by Ada Admin: Twice")
    assert (button(dialog, "importsUndo").isEnabled(), button(dialog, "importsUndo").toolTip()) == (
        False,
        "This import was undone already",
    )
    assert button(dialog, "importsSave").isEnabled()


def test_what_stands_in_the_way_of_undo_is_told_and_the_reason_stays(
    open_imports: OpenImports,
    two: tuple[Path, Path],  # noqa: ARG001
    workspace: Workspace,
) -> None:
    dialog = open_imports()
    imports.undo_import(workspace, 2, "Somebody was faster")
    asked = undo(dialog, "Twice")
    assert asked.isVisible()
    assert "undone already" in asked.findChild(Notice, "reasonTrouble").text
    assert asked.findChild(QPlainTextEdit, "reason").toPlainText() == "Twice"


def test_the_source_file_is_saved_byte_for_byte(
    open_imports: OpenImports, two: tuple[Path, Path], prompter: ScriptedPrompter, tmp_path: Path
) -> None:
    dialog = open_imports()
    target = tmp_path / "copy.csv"
    prompter.files = (target,)
    QtBot.mouseClick(button(dialog, "importsSave"), Qt.MouseButton.LeftButton)
    assert target.read_bytes() == two[1].read_bytes()
    assert notice(dialog).startswith("Saved as copy.csv")


def test_a_source_file_that_was_altered_is_told(
    open_imports: OpenImports,
    two: tuple[Path, Path],  # noqa: ARG001
    prompter: ScriptedPrompter,
    tmp_path: Path,
) -> None:
    for kept in (tmp_path / "evidence").rglob("*.csv"):
        kept.chmod(0o600)
        kept.write_bytes(b"altered")
    dialog = open_imports()
    prompter.files = (tmp_path / "copy.csv",)
    QtBot.mouseClick(button(dialog, "importsSave"), Qt.MouseButton.LeftButton)
    assert notice(dialog) != ""
    assert not (tmp_path / "copy.csv").exists()
    assert button(dialog, "importsSave").isEnabled()


def test_who_may_not_is_told_why(open_imports: OpenImports, two: tuple[Path, Path], workspace: Workspace) -> None:  # noqa: ARG001
    work = replace(work_on(workspace), why_not_undo="You may not undo", why_not_save="You may not save")
    dialog = open_imports(work)
    tips = [
        (button(dialog, name).isEnabled(), button(dialog, name).toolTip()) for name in ("importsUndo", "importsSave")
    ]
    assert tips == [(False, "You may not undo"), (False, "You may not save")]


def test_an_empty_list_says_what_to_do_next(open_imports: OpenImports) -> None:
    dialog = open_imports()
    assert dialog.findChild(EmptyState, "noImports").isVisible()
    assert not button(dialog, "importsUndo").isEnabled()
    QtBot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_a_list_that_cannot_be_read_is_told_with_a_way_out(open_imports: OpenImports, workspace: Workspace) -> None:
    readable = False

    def list_imports() -> tuple[ImportRecord, ...]:
        return imports.list_imports(workspace if readable else workspace.signed_out())

    dialog = open_imports(replace(work_on(workspace), list_imports=list_imports))
    assert dialog.findChild(ViewStates).error != ""
    readable = True
    QtBot.mouseClick(button(dialog, "retryButton"), Qt.MouseButton.LeftButton)
    assert dialog.findChild(ViewStates).error == ""
