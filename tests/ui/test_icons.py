"""Every icon that is asked for is there, in the colours of the theme."""

from __future__ import annotations

from collections import Counter
from xml.etree import ElementTree

import pytest
from PySide6.QtGui import QIcon

from desktop.paths import resources_folder
from desktop.ui.actions import COMMANDS
from desktop.ui.icons import icon
from desktop.ui.theme import DARK, LIGHT, Look, Theme, Tone

DRAWINGS = sorted((resources_folder() / "icons").glob("*.svg"))


def ink(drawn: QIcon, mode: QIcon.Mode = QIcon.Mode.Normal) -> str:
    """The colour of most fully covered pixels; where two strokes cross it can be rounded off by one."""
    image = drawn.pixmap(48, 48, mode).toImage()
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return Counter(pixel.name() for pixel in pixels if pixel.alpha() == 255).most_common(1)[0][0]


@pytest.mark.parametrize("name", sorted({command.icon for command in COMMANDS} | set(Tone)))
def test_every_command_and_tone_has_its_icon(theme: Theme, name: str) -> None:  # noqa: ARG001
    assert ink(icon(name)) == LIGHT.text


def test_an_icon_has_the_colours_of_the_theme_it_was_made_in(theme: Theme) -> None:
    theme.choose(Look.DARK)
    drawn = icon("log")
    assert ink(drawn) == DARK.text
    assert ink(drawn, QIcon.Mode.Disabled) == DARK.disabled
    assert ink(icon("log", DARK.problem)) == DARK.problem


@pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda path: path.stem)
def test_a_drawing_is_a_plain_drawing(drawing: object) -> None:
    names = {element.tag.rpartition("}")[2] for element in ElementTree.parse(str(drawing)).iter()}  # noqa: S314
    assert names <= {"svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline"}
