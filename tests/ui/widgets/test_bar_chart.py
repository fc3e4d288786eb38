"""Bars are drawn in the theme's colours and said in words."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from desktop.ui.theme import Look, Theme, tokens_in_use
from desktop.ui.widgets.bar_chart import Bar, BarChart, _round_up


def test_bars_are_said_in_words(qtbot: QtBot, theme: Theme) -> None:  # noqa: ARG001
    chart = BarChart("chart", "Units per month")
    qtbot.addWidget(chart)
    chart.show_bars(("18 Fr", "16 Fr"), [Bar("2025-01", (1200, 0)), Bar("2025-02", (0, 0))])
    assert chart.accessibleDescription() == "2025-01: 18 Fr 1,200; 2025-02: none"


@pytest.mark.parametrize("look", [Look.LIGHT, Look.DARK])
def test_a_bar_is_as_high_as_its_value(qtbot: QtBot, theme: Theme, look: Look) -> None:
    theme.choose(look)
    chart = BarChart("chart", "Units per month")
    qtbot.addWidget(chart)
    chart.resize(400, 200)
    chart.show_bars(("18 Fr", "16 Fr"), [Bar("2025-01", (50, 50)), Bar("2025-02", (25, 0))])
    picture = chart.grab().toImage()
    inks = [QColor(tokens_in_use().accent), QColor(tokens_in_use().warning)]
    heights = [[sum(picture.pixelColor(x, y) == ink for y in range(20, 178)) for ink in inks] for x in (137, 307)]
    whole = sum(heights[0])
    assert heights[0][0] == pytest.approx(whole / 2, abs=2)
    assert heights[1] == pytest.approx([whole / 4, 0], abs=2)


def test_without_bars_nothing_is_drawn(qtbot: QtBot, theme: Theme) -> None:  # noqa: ARG001
    chart = BarChart("chart", "Units per month")
    qtbot.addWidget(chart)
    chart.show_bars(("18 Fr",), [])
    assert not chart.grab().isNull()


@pytest.mark.parametrize(("value", "scale"), [(0, 2), (1, 2), (3, 4), (5, 10), (11, 20), (399, 400), (401, 1000)])
def test_a_scale_reads_well(value: int, scale: int) -> None:
    assert _round_up(value) == scale
