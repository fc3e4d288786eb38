"""Any command is found by some letters of its words."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QTreeWidget
from pytestqt.qtbot import QtBot

from desktop.ui.dialogs.command_palette import CommandPalette, PaletteLine

LINES = (
    PaletteLine("new", "New shipment", "Distribution Log", "Ctrl+N"),
    PaletteLine("export", "Export", "Distribution Log", "Ctrl+E", "Nothing is shown"),
    PaletteLine("out", "Sign out", "Everywhere"),
)


@pytest.fixture
def palette(qtbot: QtBot) -> CommandPalette:
    made = CommandPalette(LINES)
    qtbot.addWidget(made)
    made.open()
    return made


def listed(palette: CommandPalette) -> list[str]:
    tree = palette.findChild(QTreeWidget, "paletteList")
    return [tree.topLevelItem(row).text(0) for row in range(tree.topLevelItemCount())]


def search(palette: CommandPalette) -> QLineEdit:
    return palette.findChild(QLineEdit, "paletteSearch")


def reason(palette: CommandPalette) -> str:
    return palette.findChild(QLabel, "paletteReason").text()


def test_everything_is_listed_at_first(palette: CommandPalette) -> None:
    assert listed(palette) == ["New shipment", "Export", "Sign out"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ship", ["New shipment"]),
        ("LOG new", ["New shipment"]),
        ("distribution", ["New shipment", "Export"]),
        ("x z", []),
    ],
)
def test_every_word_must_be_found(qtbot: QtBot, palette: CommandPalette, typed: str, found: list[str]) -> None:
    qtbot.keyClicks(search(palette), typed)
    assert listed(palette) == found


def test_enter_runs_the_command(qtbot: QtBot, palette: CommandPalette) -> None:
    qtbot.keyClick(search(palette), Qt.Key.Key_Down)
    qtbot.keyClick(search(palette), Qt.Key.Key_Down)
    with qtbot.waitSignal(palette.chosen) as blocker:
        qtbot.keyClick(search(palette), Qt.Key.Key_Return)
    assert blocker.args == ["out"]
    assert not palette.isVisible()


def test_a_command_that_cannot_be_used_says_why(qtbot: QtBot, palette: CommandPalette) -> None:
    qtbot.keyClicks(search(palette), "export")
    assert reason(palette) == "Nothing is shown"
    with qtbot.assertNotEmitted(palette.chosen):
        qtbot.keyClick(search(palette), Qt.Key.Key_Return)
    assert palette.isVisible()


def test_nothing_found_is_said(qtbot: QtBot, palette: CommandPalette) -> None:
    qtbot.keyClicks(search(palette), "zzz")
    assert reason(palette) == "No command has these words"
    with qtbot.assertNotEmitted(palette.chosen):
        qtbot.keyClick(search(palette), Qt.Key.Key_Return)
