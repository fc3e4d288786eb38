"""The shell: only what a person may see, every command found, the window as it was left."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QListWidget, QToolButton
from pytestqt.qtbot import QtBot

from desktop.domain.errors import KnownTrouble
from desktop.domain.filters import DistributionFilter
from desktop.domain.permissions import ROLE_PERMISSIONS, Permission, Role
from desktop.domain.users import Actor
from desktop.services.unit_of_work import Workspace
from desktop.ui import actions
from desktop.ui.actions import LOG, Situation
from desktop.ui.dialogs.command_palette import CommandPalette
from desktop.ui.main_window import MainWindow
from desktop.ui.page import Page, PageContext, PageSpec
from desktop.ui.tasks import BackgroundTasks, Lane
from desktop.ui.theme import Look, Theme, Tone
from desktop.ui.widgets.banner import Message
from tests.ui.conftest import ScriptedPrompter


class PlainPage(Page):
    """A page with one command; counts how often it came to the front."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.entered = 0
        self.exported = 0
        self.wanted: DistributionFilter | None = None
        context.actions.bind(actions.EXPORT_ENTRIES, self._export, self)

    def enter(self) -> None:
        self.entered += 1
        self.status_changed.emit("4 entries", "Selected: 1 entry")

    def show_entries(self, wanted: DistributionFilter) -> None:
        self.wanted = wanted

    def _export(self) -> None:
        self.exported += 1


class OtherPage(Page):
    """A page that says nothing."""


SPECS = (
    PageSpec("tracing_reports", "Tracing Reports", "report", Permission.TRACING_REPORTS_VIEW, OtherPage),
    PageSpec(LOG, "Distribution Log", "log", Permission.DISTRIBUTION_LOG_VIEW, PlainPage),
    PageSpec("audit_trail", "Audit Trail", "success", Permission.AUDIT_VIEW, OtherPage),
)


@pytest.fixture
def open_window(
    qtbot: QtBot,
    theme: Theme,
    tasks: BackgroundTasks,
    prompter: ScriptedPrompter,
    workspace: Workspace,
    tmp_path: Path,
) -> Iterator[Callable[..., MainWindow]]:
    opened: list[MainWindow] = []

    def make(permissions: frozenset[Permission] = frozenset(Permission), *, demo: bool = False) -> MainWindow:
        person = workspace.person
        actor = Actor(person.user_id, person.name, person.email, permissions)
        window = MainWindow(
            workspace.signed_in(actor),
            SPECS,
            tasks=tasks,
            prompter=prompter,
            theme=theme,
            state_folder=tmp_path,
            database="silqeqms.db",
            demo=demo,
        )
        with qtbot.waitExposed(window):
            window.show()
        opened.append(window)
        return window

    yield make
    for window in opened:
        window.hide()
        window.deleteLater()


@pytest.fixture
def window(open_window: Callable[..., MainWindow]) -> MainWindow:
    return open_window()


def navigation(window: MainWindow) -> list[str]:
    found = window.findChild(QListWidget, "navigation")
    return [found.item(row).text() for row in range(found.count())]


def label(window: MainWindow, name: str) -> str:
    return window.findChild(QLabel, name).text()


def test_a_page_that_asks_for_entries_brings_the_log_to_the_front(window: MainWindow) -> None:
    asking, wanted = window.open_page("audit_trail"), DistributionFilter(lot_number="SLQ-12345")
    asking.log_asked.emit(wanted)
    log = window.page
    assert isinstance(log, PlainPage)
    assert (log.wanted, log.entered) == (wanted, 1)


def test_the_first_page_is_open_and_the_others_are_made_when_they_are_opened(window: MainWindow) -> None:
    assert navigation(window) == ["Tracing Reports", "Distribution Log", "Audit Trail"]
    assert isinstance(window.page, OtherPage)
    assert window.windowTitle() == "Tracing Reports — SilqeQMS"
    log = window.open_page(LOG)
    assert isinstance(log, PlainPage)
    assert window.page is log
    assert log.entered == 1
    assert window.windowTitle() == "Distribution Log — SilqeQMS"
    window.open_page("audit_trail")
    assert window.open_page(LOG) is log
    assert log.entered == 2


def test_what_a_person_may_not_see_is_absent(open_window: Callable[..., MainWindow]) -> None:
    assert navigation(open_window(ROLE_PERMISSIONS[Role.READONLY])) == ["Tracing Reports", "Distribution Log"]


def test_a_person_without_any_page_is_told_what_to_do(open_window: Callable[..., MainWindow]) -> None:
    window = open_window(frozenset())
    assert navigation(window) == []
    assert window.page is None
    assert window.banner.message is not None
    assert "ask an administrator" in window.banner.message.text


def test_the_status_bar_says_who_where_and_how_much(window: MainWindow) -> None:
    assert label(window, "statusDatabase") == "silqeqms.db"
    person = window.findChild(QToolButton, "personMenu")
    assert person.text() == "Ada Admin"
    assert "ada.admin@example.com" in person.toolTip()
    window.open_page(LOG)
    assert label(window, "statusShown") == "4 entries"
    assert label(window, "statusSelected") == "Selected: 1 entry"
    window.open_page("audit_trail")
    assert label(window, "statusShown") == ""
    window.open_page(LOG).context.say(Message(Tone.SUCCESS, "Saved."))
    assert window.banner.message == Message(Tone.SUCCESS, "Saved.")


def test_only_the_page_in_front_writes_into_the_status_bar(window: MainWindow) -> None:
    log = window.open_page(LOG)
    window.open_page("audit_trail")
    log.status_changed.emit("5 entries", "")
    assert label(window, "statusShown") == ""


def test_a_number_opens_its_page(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert isinstance(window.page, PlainPage)


def palette(window: MainWindow) -> CommandPalette:
    found = window.findChildren(CommandPalette)[-1]
    assert isinstance(found, CommandPalette)
    return found


def test_ctrl_k_finds_the_commands_of_every_page_and_goes_there(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette(window).chosen.emit(actions.EXPORT_ENTRIES.id)
    assert isinstance(window.page, PlainPage)
    assert window.page.exported == 0
    assert window.banner.message is not None
    assert window.banner.message.text == "Export: Nothing is shown."
    window.context.actions.set_situation(LOG, Situation(shown=3))
    window.open_palette()
    palette(window).chosen.emit(actions.EXPORT_ENTRIES.id)
    assert window.page.exported == 1


def test_the_palette_names_the_place_and_the_reason(open_window: Callable[..., MainWindow]) -> None:
    window = open_window(ROLE_PERMISSIONS[Role.READONLY])
    lines = {line.id: line for line in window.palette_lines()}
    assert lines["sign_out"].place == "Everywhere"
    assert lines["new_shipment"].place == "Distribution Log"
    assert "permission" in str(lines["new_shipment"].reason)
    assert lines["copy_entries"].reason is None


def test_the_window_comes_back_as_it_was_left(open_window: Callable[..., MainWindow], theme: Theme) -> None:
    window = open_window()
    window.resize(700, 555)
    window.open_page("audit_trail")
    window.context.actions.action(actions.DARK_LOOK).trigger()
    assert theme.look is Look.DARK
    assert window.close()
    theme.choose(Look.LIGHT)
    again = open_window()
    assert (again.width(), again.height()) == (700, 555)
    assert again.windowTitle().startswith("Audit Trail")
    assert theme.look is Look.DARK


def test_demo_data_cannot_be_taken_for_records(open_window: Callable[..., MainWindow]) -> None:
    assert "DEMO" in open_window(demo=True).windowTitle()


def test_signing_out_is_asked_of_whoever_opened_the_window(qtbot: QtBot, window: MainWindow) -> None:
    with qtbot.waitSignal(window.signed_out):
        window.context.actions.action(actions.SIGN_OUT).trigger()


def test_trouble_of_work_that_nobody_waits_for_is_said(qtbot: QtBot, window: MainWindow) -> None:
    def work(_progress: object) -> None:
        raise KnownTrouble("The disk is full.")

    window.context.tasks.submit(work)
    qtbot.waitUntil(lambda: window.banner.message == Message(Tone.PROBLEM, "The disk is full."))


@pytest.mark.parametrize("way", ["close", "sign out"])
def test_running_work_is_not_stopped_without_asking(
    qtbot: QtBot, window: MainWindow, prompter: ScriptedPrompter, way: str
) -> None:
    gate, failed = threading.Event(), list[KnownTrouble]()
    left: list[str] = []
    window.signed_out.connect(lambda: left.append("signed out"))

    def work(progress: Callable[[int, int | None], None]) -> None:
        gate.wait(5)
        progress(1, 2)

    def leave() -> None:
        if way == "close":
            window.close()
        else:
            window.context.actions.action(actions.SIGN_OUT).trigger()

    window.context.tasks.submit(work, None, failed.append, lane=Lane.WRITE)
    leave()
    assert prompter.asked == ["Stop the work that is still running?"]
    assert window.isVisible()
    assert left == []
    prompter.yes = True
    leave()
    gate.set()
    qtbot.waitUntil(lambda: bool(failed) and (left == ["signed out"] or not window.isVisible()))
