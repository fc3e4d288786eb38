"""What is built from the settings: the windows of one run, and what is said when the database cannot be opened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QListWidget
from pytestqt.qtbot import QtBot

from desktop.app import DesktopApp, open_workspace, page_specs
from desktop.domain.permissions import ROLE_PERMISSIONS, Role
from desktop.services.unit_of_work import Workspace
from desktop.settings import Settings
from desktop.ui.dialogs.sign_in import SignInDialog
from desktop.ui.tasks import BackgroundTasks
from desktop.ui.theme import Look, Theme
from tests.ui.conftest import ScriptedPrompter


@pytest.fixture
def start(qapp: QApplication, tmp_path: Path) -> Iterator[Callable[[str], DesktopApp]]:
    """Starts the application on a database."""
    tasks = BackgroundTasks()
    started: list[DesktopApp] = []

    def begin(url: str) -> DesktopApp:
        settings = Settings(url, tmp_path / "evidence", tmp_path / "state")
        app = DesktopApp(settings, tasks=tasks, prompter=ScriptedPrompter(), theme=Theme(qapp, Look.LIGHT))
        started.append(app)
        app.start()
        return app

    yield begin
    tasks.shutdown()
    for app in started:
        app.close()


def test_a_file_that_is_no_database_is_told_and_left_as_it_is(
    start: Callable[[str], DesktopApp], qtbot: QtBot, tmp_path: Path
) -> None:
    file = tmp_path / "holiday.db"
    file.write_bytes(b"a picture of the sea" * 100)
    app = start(f"sqlite:///{file}")
    dialog = app.dialog
    assert isinstance(dialog, SignInDialog)
    qtbot.waitUntil(lambda: dialog.problem == "The file is not a database.")
    assert file.read_bytes() == b"a picture of the sea" * 100


@pytest.mark.parametrize(
    ("role", "pages"),
    [
        (
            Role.ADMIN,
            ["Distribution Log", "Trace a Lot", "Tracing Reports", "Customers", "Integrity", "Administration"],
        ),
        (Role.OPS, ["Distribution Log", "Trace a Lot", "Tracing Reports", "Customers"]),
        (Role.READONLY, ["Distribution Log", "Trace a Lot", "Tracing Reports", "Customers"]),
        (Role.REP, []),
    ],
)
def test_what_a_person_may_not_see_is_absent(
    role: Role,
    pages: list[str],
    start: Callable[[str], DesktopApp],
    workspace: Workspace,
    qtbot: QtBot,
) -> None:
    app = start(workspace.sessions.engine.url.render_as_string())
    qtbot.waitUntil(lambda: app.is_open)
    app.show_window(replace(workspace.person, permissions=ROLE_PERMISSIONS[role]))
    assert app.window is not None
    navigation = app.window.findChild(QListWidget, "navigation")
    assert navigation is not None
    assert [navigation.item(row).text() for row in range(navigation.count())] == pages
    assert {spec.title for spec in page_specs()} >= set(pages)


def test_a_new_database_gets_its_roles_and_asks_for_an_administrator(tmp_path: Path) -> None:
    settings = Settings(f"sqlite:///{tmp_path / 'deep' / 'down' / 'silqeqms.db'}", tmp_path / "evidence", tmp_path)
    opened = open_workspace(settings)
    opened.workspace.sessions.close()
    assert opened.new
    assert opened.workspace.actor is None
