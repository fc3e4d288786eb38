"""Every command once; one function says whether it can be used, and why not."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.permissions import ROLE_PERMISSIONS, Permission, Role
from desktop.ui import actions
from desktop.ui.actions import COMMANDS, LOG, ActionBoard, Command, Needs, Situation, why_not
from desktop.ui.theme import Theme

EVERYTHING = Situation(shown=5, selected=1)


def test_every_command_of_the_module_is_listed_once() -> None:
    constants = [value for value in vars(actions).values() if isinstance(value, Command)]
    assert sorted(constants, key=lambda command: command.id) == sorted(COMMANDS, key=lambda command: command.id)
    assert len({command.id for command in COMMANDS}) == len(COMMANDS)


def test_no_shortcut_means_two_things() -> None:
    for page in {command.page for command in COMMANDS}:
        keys = [command.shortcut for command in COMMANDS if command.page in (None, page) and command.shortcut]
        assert len(keys) == len(set(keys))


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
def test_a_command_asks_for_its_permission(command: Command, role: Role) -> None:
    reason = why_not(command, ROLE_PERMISSIONS[role], EVERYTHING)
    if command.permission is None or command.permission in ROLE_PERMISSIONS[role]:
        assert reason is None
    else:
        assert reason == f"Your account does not have the permission “{command.permission.label}”"


def test_changing_the_log_is_for_those_who_may() -> None:
    readonly = ROLE_PERMISSIONS[Role.READONLY]
    for command in (actions.NEW_SHIPMENT, actions.IMPORT_FILE, actions.EXPORT_ENTRIES):
        assert why_not(command, readonly, EVERYTHING) is not None


@pytest.mark.parametrize(
    ("needs", "situation", "reason"),
    [
        (Needs.NOTHING, Situation(), None),
        (Needs.SOMETHING_SHOWN, Situation(), "Nothing is shown"),
        (Needs.SOMETHING_SHOWN, Situation(shown=1), None),
        (Needs.ONE_SELECTED, Situation(shown=3), "Select an entry first"),
        (Needs.ONE_SELECTED, Situation(shown=3, selected=1), None),
        (Needs.ONE_SELECTED, Situation(shown=3, selected=2), "Select only one"),
        (Needs.SOME_SELECTED, Situation(shown=3), "Select an entry first"),
        (Needs.SOME_SELECTED, Situation(shown=3, selected=2), None),
    ],
)
def test_a_command_says_what_must_be_there_first(needs: Needs, situation: Situation, reason: str | None) -> None:
    assert why_not(Command("x", "X", "add", needs=needs), frozenset(), situation) == reason


@pytest.fixture
def window(qtbot: QtBot, theme: Theme) -> QWidget:  # noqa: ARG001
    made = QWidget()
    qtbot.addWidget(made)
    column = QVBoxLayout(made)
    for name in ("page", "other"):
        part = QWidget()
        part.setObjectName(name)
        part.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        column.addWidget(part)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def page(window: QWidget) -> QWidget:
    found = window.findChild(QWidget, "page")
    assert isinstance(found, QWidget)
    return found


def test_an_action_is_enabled_and_explained_as_the_situation_changes(page: QWidget) -> None:
    board = ActionBoard(frozenset())
    action = board.bind(actions.COPY_ENTRIES, lambda: None, page)
    assert not action.isEnabled()
    assert "Select an entry first" in action.toolTip()
    assert "Ctrl+C" in action.toolTip()
    board.set_situation(LOG, Situation(shown=3, selected=2))
    assert action.isEnabled()
    assert "Select" not in action.toolTip()
    board.set_situation("another page", Situation())
    assert action.isEnabled()


def test_a_missing_permission_is_named_in_the_tooltip(page: QWidget) -> None:
    action = ActionBoard(frozenset()).bind(actions.NEW_SHIPMENT, lambda: None, page)
    assert not action.isEnabled()
    assert Permission.DISTRIBUTION_LOG_CREATE.label in action.toolTip()


def test_a_page_has_its_shortcuts_and_the_window_its_own(qtbot: QtBot, page: QWidget) -> None:
    done: list[str] = []
    board = ActionBoard(frozenset(Permission))
    board.bind(actions.NEW_SHIPMENT, lambda: done.append("new"), page)
    board.bind(actions.FIND_COMMAND, lambda: done.append("find"), page.window())
    page.setFocus()
    qtbot.keyClick(page, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(page, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert done == ["new", "find"]
    other = page.window().findChild(QWidget, "other")
    other.setFocus()
    qtbot.keyClick(other, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(other, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert done == ["new", "find", "find"]


def test_icons_follow_the_theme(page: QWidget) -> None:
    board = ActionBoard(frozenset(Permission))
    action = board.bind(actions.NEW_SHIPMENT, lambda: None, page)
    before = action.icon().cacheKey()
    board.paint_icons()
    assert action.icon().cacheKey() != before
