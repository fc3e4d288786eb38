"""Lists that are read whole: cells, sorting, and what keeps its place."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from desktop.ui.tables.short_list import ShortListModel
from desktop.ui.tables.windowed import NATIVE_ROLE, ROW_ROLE, Column


@dataclass(frozen=True)
class Mail:
    subject: str
    size: int | None


COLUMNS = (
    Column("subject", "Subject", attrgetter("subject"), attrgetter("subject"), 20),
    Column("size", "Size", lambda mail: f"{mail.size or ''}", attrgetter("size"), 9, align_right=True),
)
ROWS = (Mail("b", 20), Mail("c", None), Mail("a", 3))


@pytest.fixture
def model(qtbot: QtBot) -> ShortListModel:  # noqa: ARG001
    made = ShortListModel(COLUMNS)
    QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal, made)
    made.show(ROWS)
    return made


def texts(model: ShortListModel, section: int) -> list[str]:
    return [model.data(model.index(row, section)) for row in range(model.rowCount())]


def test_rows_stand_as_given_until_a_column_is_chosen(model: ShortListModel) -> None:
    assert texts(model, 0) == ["b", "c", "a"]
    assert [model.headerData(section, Qt.Orientation.Horizontal) for section in (0, 1)] == ["Subject", "Size"]


def test_a_cell_knows_its_value_its_row_and_its_side(model: ShortListModel) -> None:
    cell = model.index(0, 1)
    assert model.data(cell, NATIVE_ROLE) == 20
    assert model.data(cell, ROW_ROLE) is ROWS[0]
    assert model.data(cell, Qt.ItemDataRole.TextAlignmentRole) & int(Qt.AlignmentFlag.AlignRight)
    assert model.headerData(1, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole) & int(
        Qt.AlignmentFlag.AlignRight
    )


def test_numbers_are_sorted_as_numbers_with_nothing_first(model: ShortListModel) -> None:
    model.sort(1)
    assert texts(model, 0) == ["c", "a", "b"]
    model.sort(1, Qt.SortOrder.DescendingOrder)
    assert texts(model, 0) == ["b", "a", "c"]


def test_what_points_at_a_row_follows_it(model: ShortListModel) -> None:
    pointing = QPersistentModelIndex(model.index(0, 1))
    model.sort(0)
    assert (pointing.row(), pointing.column()) == (1, 1)
    assert model.row_object(pointing.row()) is ROWS[0]


def test_rows_shown_anew_keep_the_chosen_order(model: ShortListModel) -> None:
    model.sort(0)
    model.show((*ROWS, Mail("aa", 1)))
    assert texts(model, 0) == ["a", "aa", "b", "c"]
    assert model.row_where(lambda mail: mail.size == 1) == 1
    assert model.row_where(lambda mail: mail.size == 99) is None
    assert model.row_object(4) is None


def test_other_columns_can_be_shown(model: ShortListModel) -> None:
    model.show((("x",),), (Column("first", "First", lambda row: row[0], lambda row: row[0], 5),))
    assert (model.columnCount(), texts(model, 0)) == (1, ["x"])
