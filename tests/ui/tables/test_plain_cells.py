"""Cells that are painted here are the same to the pixel as those that Qt paints, and the rest is left to Qt."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QStyledItemDelegate
from pytestqt.qtbot import QtBot

from desktop.ui.tables.plain_cells import PlainCells
from desktop.ui.tables.record_table import RecordTable
from desktop.ui.tables.windowed import Column, WindowedModel
from desktop.ui.tasks import InlineTasks
from desktop.ui.theme import Look, Theme

TEXTS = (
    "2026-03-04",
    "",
    "Lakeside Urology, a name that is much too long for the width of its column and must be cut",
    "SO 0000001",
    "Zoë's Clínica",
    "عيادة ليكسايد",
    "two\nlines",
    "tab\tinside",
    "=1+1 <b>not bold</b> &amp;",
    "1,234",
)


class Rows:
    def first(self, limit: int) -> Sequence[int]:
        return range(min(limit, 60))

    def keys(self) -> array[int]:
        return array("q", range(60))

    def rows(self, keys: Sequence[int]) -> Sequence[int]:
        return list(keys)


def text(row: int) -> str:
    return TEXTS[row % len(TEXTS)]


COLUMNS = (
    Column[int]("left", "Left", text, text, 14),
    Column[int]("right", "Right", text, text, 9, align_right=True),
    Column[int]("wide", "Wide", text, text, 90),
)


def painted(table: RecordTable) -> QImage:
    return table.viewport().grab().toImage()


@pytest.mark.parametrize("look", [Look.LIGHT, Look.DARK])
@pytest.mark.parametrize("size", [0, 4])
def test_it_paints_what_qt_would_paint(qtbot: QtBot, theme: Theme, look: Look, size: int) -> None:
    theme.choose(look)
    table = RecordTable("cells", "Cells")
    qtbot.addWidget(table)
    font = table.font()
    font.setPointSize(font.pointSize() + size)
    table.setFont(font)
    model = WindowedModel(COLUMNS, lambda row: row, InlineTasks())
    table.setModel(model)
    table.set_columns(COLUMNS)
    model.show(Rows())
    table.resize(900, 500)
    table.show()
    assert isinstance(table.itemDelegate(), PlainCells)
    select = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    for step in ("plain", "selected", "narrower", "disabled", "other colours"):
        if step == "selected":
            table.selectionModel().select(model.index(2, 0), select)
            table.setCurrentIndex(model.index(4, 1))
        elif step == "narrower":
            table.setColumnWidth(2, 120)
        elif step == "disabled":
            table.setEnabled(False)
        elif step == "other colours":
            table.setEnabled(True)
            theme.choose(Look.DARK if look is Look.LIGHT else Look.LIGHT)
        table.setItemDelegate(table._cells)
        ours = painted(table)
        table.setItemDelegate(QStyledItemDelegate(table))
        assert ours == painted(table), step


def test_a_change_of_font_measures_anew(qtbot: QtBot, theme: Theme) -> None:  # noqa: ARG001
    table = RecordTable("cells", "Cells")
    qtbot.addWidget(table)
    model = WindowedModel(COLUMNS, lambda row: row, InlineTasks())
    table.setModel(model)
    model.show(Rows())
    table.show()
    before = painted(table)
    font = table.font()
    font.setBold(True)
    table.setFont(font)
    ours = painted(table)
    assert ours != before
    table.setItemDelegate(QStyledItemDelegate(table))
    assert ours == painted(table)
    assert table.model().headerData(0, Qt.Orientation.Horizontal) == "Left"
