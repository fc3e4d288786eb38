"""Every text can be read on its ground, in both themes; the theme follows the choice."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from desktop.ui.theme import (
    CONTRAST_PAIRS,
    DARK,
    EDGE_PAIRS,
    LIGHT,
    Look,
    Theme,
    Tokens,
    contrast,
    restyle,
    tokens_in_use,
)

THEMES = pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == 1


@THEMES
@pytest.mark.parametrize(("text", "ground"), CONTRAST_PAIRS)
def test_text_can_be_read(tokens: Tokens, text: str, ground: str) -> None:
    assert contrast(getattr(tokens, text), getattr(tokens, ground)) >= 4.5


@THEMES
@pytest.mark.parametrize(("edge", "ground"), EDGE_PAIRS)
def test_the_edge_of_a_field_can_be_seen(tokens: Tokens, edge: str, ground: str) -> None:
    assert contrast(getattr(tokens, edge), getattr(tokens, ground)) >= 3


@THEMES
def test_a_disabled_command_can_still_be_made_out(tokens: Tokens) -> None:
    assert contrast(tokens.disabled, tokens.button) >= 2.5


def test_choosing_a_look_changes_palette_and_tokens(qtbot: QtBot, theme: Theme, qapp: QApplication) -> None:
    with qtbot.waitSignal(theme.changed):
        theme.choose(Look.DARK)
    assert tokens_in_use() is DARK
    assert qapp.palette().color(QPalette.ColorRole.Text).name() == DARK.text
    with qtbot.waitSignal(theme.changed):
        theme.choose(Look.LIGHT)
    assert tokens_in_use() is LIGHT
    assert theme.look is Look.LIGHT


def test_choosing_the_same_look_again_repaints_nothing(qtbot: QtBot, theme: Theme) -> None:
    with qtbot.assertNotEmitted(theme.changed):
        theme.choose(Look.LIGHT)


def test_a_selection_keeps_its_colours_in_an_inactive_window(theme: Theme, qapp: QApplication) -> None:
    role, group = QPalette.ColorRole.Highlight, QPalette.ColorGroup
    assert qapp.palette().color(group.Inactive, role) == qapp.palette().color(group.Active, role)
    assert theme.look is Look.LIGHT


def test_a_property_changes_how_a_widget_looks_once_it_is_restyled(qtbot: QtBot, theme: Theme) -> None:
    field = QLineEdit()
    qtbot.addWidget(field)
    field.show()
    plain = field.grab().toImage()
    field.setProperty("problem", True)
    restyle(field)
    assert field.grab().toImage() != plain
    assert theme.look is Look.LIGHT
