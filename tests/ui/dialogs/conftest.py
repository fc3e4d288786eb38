"""The import dialog on a real database, opened as the log page opens it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.domain.distributions import NewLine
from desktop.services.unit_of_work import Workspace
from desktop.ui.dialogs.import_file import ImportDialog
from desktop.ui.dialogs.import_work import ImportWork
from desktop.ui.tasks import InlineTasks, Tasks
from desktop.ui.theme import Look, Theme
from tests.ui.conftest import ScriptedPrompter, log_shipment
from tests.ui.dialogs.import_desk import MARCH, Desk, Opener, work_on, written


@pytest.fixture
def open_import(qtbot: QtBot, theme: Theme, workspace: Workspace, prompter: ScriptedPrompter) -> Opener:
    """Opens the dialog; what it does is done at once unless other tasks are given."""
    assert theme.look is Look.LIGHT

    def make(path: Path | None, *, work: ImportWork | None = None, tasks: Tasks | None = None) -> Desk:
        dialog = ImportDialog(work or work_on(workspace), tasks or InlineTasks(), prompter, path)
        qtbot.addWidget(dialog)
        desk = Desk(dialog, prompter, qtbot)
        dialog.open()
        return desk

    return make


@pytest.fixture
def march(tmp_path: Path, workspace: Workspace) -> Path:
    """The file `MARCH`, and the two lines of the log that it meets."""
    log_shipment(workspace, "SO-1", NewLine("211610SPT", "SLQ-12345", "5"))
    log_shipment(workspace, "SO-2", NewLine("211610SPT", "SLQ-12345", "10"), facility_name="Harbor Hospital")
    return written(tmp_path / "march.csv", MARCH)
