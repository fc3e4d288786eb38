"""The view of every list: selecting, hiding and remembering columns."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, QSettings, Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from desktop.ui.tables.record_table import RecordTable
from desktop.ui.tables.windowed import WindowedModel
from desktop.ui.tasks import InlineTasks
from tests.ui.tables.test_windowed import COLUMNS, Rows


@pytest.fixture
def table(qtbot: QtBot) -> RecordTable:
    view = RecordTable("records", "Records")
    qtbot.addWidget(view)
    view.setModel(WindowedModel(COLUMNS, lambda row: row.key, InlineTasks()))
    view.model().setParent(view)
    view.set_columns(COLUMNS)
    view.model().show(Rows(count=500))
    view.show()
    return view


def test_a_screen_reader_and_a_test_find_it(table: RecordTable) -> None:
    assert table.objectName() == "records"
    assert table.accessibleName() == "Records"


def test_selected_rows_come_from_top_to_bottom(table: RecordTable) -> None:
    assert list(table.selected_rows()) == []
    table.select_rows([7, 3, 400])
    assert list(table.selected_rows()) == [3, 7, 400]
    assert table.currentIndex().row() == 7
    table.selectAll()
    assert table.selected_rows() == range(500)


def test_selecting_brings_the_row_into_view(table: RecordTable) -> None:
    table.select_rows([480])
    assert table.viewport().rect().intersects(table.visualRect(table.model().index(480, 0)))


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_column_is_hidden_by_a_right_click_on_the_header_but_never_the_last(table: RecordTable) -> None:
    header = table.horizontalHeader()
    header.customContextMenuRequested.emit(header.rect().center())
    menu = table.findChild(QMenu, "columnMenu")
    menu.actions()[0].trigger()
    menu.close()
    assert table.visible_sections() == [1]
    header.customContextMenuRequested.emit(header.rect().center())
    menu = [found for found in table.findChildren(QMenu, "columnMenu") if found.isVisible()][-1]
    assert [action.isEnabled() for action in menu.actions()] == [True, False]
    menu.close()


def test_a_selection_of_any_size_is_told_as_stretches(table: RecordTable) -> None:
    assert table.selected_ranges() == []
    table.select_rows([7, 3, 4, 400])
    assert table.selected_ranges() == [range(3, 5), range(7, 8), range(400, 401)]
    table.selectAll()
    assert table.selected_ranges() == [range(500)]
    model, rows = table.model(), QItemSelectionModel.SelectionFlag.Rows
    table.selectionModel().select(model.index(100, 0), QItemSelectionModel.SelectionFlag.Deselect | rows)
    assert table.selected_ranges() == [range(100), range(101, 500)]


def test_columns_are_placed_and_come_back_as_at_first(table: RecordTable) -> None:
    first = table.placed_columns()
    assert first == table.default_columns()
    width = table.columnWidth(1)
    table.setColumnWidth(1, 321)
    table.place_columns([first[1], first[0]._replace(shown=False)])
    assert table.placed_columns() == (first[1], first[0]._replace(shown=False))
    assert table.visible_sections() == [1]
    table.reset_columns()
    assert table.placed_columns() == first
    assert table.columnWidth(1) == width


def test_a_column_that_was_hidden_stays_hidden_and_keeps_its_width(
    qtbot: QtBot, table: RecordTable, tmp_path: Path
) -> None:
    table.set_columns(COLUMNS, hidden=[COLUMNS[1].name])
    assert table.visible_sections() == [0]
    settings = QSettings(str(tmp_path / "columns.ini"), QSettings.Format.IniFormat)
    table.remember(settings, "columns")
    table.setColumnHidden(1, False)
    width = table.columnWidth(1)
    table.setColumnHidden(1, True)
    other = RecordTable("records", "Records")
    qtbot.addWidget(other)
    other.setModel(table.model())
    other.set_columns(COLUMNS)
    other.remember(settings, "columns")
    assert other.visible_sections() == [0]
    other.setColumnHidden(1, False)
    assert other.columnWidth(1) == width


@pytest.mark.parametrize(
    "kept",
    [
        "", "[]", "nothing", '{"columns": [], "sort": null, "descending": true}',
        '{"columns": [{"name": "gone", "width": 5, "shown": true}], "sort": "gone", "descending": true}',
    ],
)  # fmt: skip
def test_columns_that_cannot_be_restored_are_as_at_first(table: RecordTable, tmp_path: Path, kept: str) -> None:
    settings = QSettings(str(tmp_path / "columns.ini"), QSettings.Format.IniFormat)
    settings.setValue("columns", kept)
    table.remember(settings, "columns")
    assert table.placed_columns() == table.default_columns()


def test_columns_are_as_they_were_left(qtbot: QtBot, table: RecordTable, tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "columns.ini"), QSettings.Format.IniFormat)
    table.remember(settings, "columns")
    table.setColumnWidth(0, 123)
    table.horizontalHeader().moveSection(0, 1)
    table.horizontalHeader().setSortIndicator(1, Qt.SortOrder.DescendingOrder)

    other = RecordTable("records", "Records")
    qtbot.addWidget(other)
    other.setModel(table.model())
    other.set_columns(COLUMNS)
    other.remember(settings, "columns")
    assert other.columnWidth(0) == 123
    assert other.visible_sections() == [1, 0]
    assert other.horizontalHeader().sortIndicatorSection() == 1
    assert other.horizontalHeader().sortIndicatorOrder() == Qt.SortOrder.DescendingOrder
