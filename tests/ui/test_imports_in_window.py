"""A month from the office, and an import that is taken back, through the real window with real workers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop.app import page_specs
from desktop.domain.distributions import NewLine
from desktop.domain.filters import EVERYTHING
from desktop.services import distributions
from desktop.services.unit_of_work import Workspace
from desktop.ui.actions import LOG
from desktop.ui.dialogs.import_file import ImportDialog
from desktop.ui.dialogs.imports import ImportsDialog
from desktop.ui.dialogs.reason import ReasonDialog
from desktop.ui.main_window import MainWindow
from desktop.ui.tables.record_table import RecordTable
from desktop.ui.tasks import BackgroundTasks
from desktop.ui.theme import Theme
from tests.support.drags import Drag, files
from tests.ui.conftest import ScriptedPrompter, log_shipment
from tests.ui.dialogs.import_desk import MARCH, written
from tests.ui.dialogs.test_import_columns import workbook

Found = TypeVar("Found", bound=QWidget)


class Person:
    """Somebody at the window."""

    def __init__(self, window: MainWindow, tasks: BackgroundTasks, qtbot: QtBot) -> None:
        self.window = window
        self._tasks = tasks
        self._qtbot = qtbot

    def waits(self) -> None:
        self._qtbot.waitUntil(lambda: not self._tasks.is_busy(), timeout=20_000)

    def sees(self, kind: type[Found]) -> Found:
        self._qtbot.waitUntil(
            lambda: any(found.isVisible() for found in self.window.findChildren(kind)), timeout=20_000
        )
        self.waits()
        return next(found for found in self.window.findChildren(kind) if found.isVisible())

    def presses(self, keys: str) -> None:
        self.window.activateWindow()
        self._qtbot.waitUntil(lambda: QApplication.activeWindow() is self.window)
        self._qtbot.keySequence(QApplication.focusWidget() or self.window, keys)

    def clicks(self, place: QWidget, name: str) -> None:
        button = next(found for found in place.findChildren(QAbstractButton, name) if found.isVisible())
        assert button.isEnabled(), button.toolTip()
        self._qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        self.waits()


@pytest.fixture
def person(
    qtbot: QtBot, theme: Theme, workspace: Workspace, prompter: ScriptedPrompter, tasks: BackgroundTasks, tmp_path: Path
) -> Iterator[Person]:
    window = MainWindow(
        workspace,
        page_specs(),
        tasks=tasks,
        prompter=prompter,
        theme=theme,
        state_folder=tmp_path / "state",
        database="test",
    )
    qtbot.addWidget(window)
    window.show()
    found = Person(window, tasks, qtbot)
    found.waits()
    yield found
    found.waits()


def logged(workspace: Workspace) -> int:
    return distributions.totals(workspace, EVERYTHING).lines


def test_last_years_file_is_taken_back(
    person: Person, workspace: Workspace, prompter: ScriptedPrompter, tmp_path: Path
) -> None:
    log_shipment(workspace, "SO-77", NewLine("211610SPT", "SLQ-12345", "5"), NewLine("211810SPT", "SLQ-12345", "6"))
    prompter.files = (written(tmp_path / "last-year.csv", MARCH),)
    person.presses("Ctrl+I")
    dialog = person.sees(ImportDialog)
    person.clicks(dialog, "importNext")
    person.clicks(dialog, "importNow")
    person.clicks(dialog, "importShowInLog")
    assert logged(workspace) == 2 + 9
    log = person.window.findChild(RecordTable, "logTable")
    assert isinstance(log, RecordTable)
    person.waits()
    assert log.model().rowCount() == 9, "only what was imported is shown"

    person.presses("Ctrl+Shift+I")
    imports = person.sees(ImportsDialog)
    person.clicks(imports, "importsShow")
    assert log.model().rowCount() == 9
    person.presses("Ctrl+Shift+I")
    imports = person.sees(ImportsDialog)
    person.clicks(imports, "importsUndo")
    asked = person.sees(ReasonDialog)
    editor = asked.findChild(QPlainTextEdit, "reason")
    QtBot.keyClicks(editor, "It was last year's file")
    person.clicks(asked, "reasonYes")
    assert logged(workspace) == 2
    about = imports.findChild(QLabel, "importAbout")
    assert isinstance(about, QLabel)
    assert about.text().endswith("It was last year's file")
    assert log.model().rowCount() == 0


def test_a_workbook_that_is_dropped_on_the_log_opens_the_import(
    person: Person, workspace: Workspace, tmp_path: Path
) -> None:
    path = workbook(tmp_path / "office.xlsx", Sheet1=[line.split(",") for line in [MARCH[0], *MARCH[5:]]])
    assert Drag(files(path)).drop(person.window.open_page(LOG)) == Qt.DropAction.CopyAction
    dialog = person.sees(ImportDialog)
    person.clicks(dialog, "importNext")
    person.clicks(dialog, "importNow")
    assert logged(workspace) == 7
