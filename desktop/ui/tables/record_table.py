"""The table view that every list of records uses: dense rows, sorting by the header, columns as a person left them."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QPoint,
    QSettings,
    Qt,
    Signal,
)
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QWidget

from desktop.ui.tables.plain_cells import PlainCells
from desktop.ui.tables.windowed import Column, WindowedModel
from desktop.ui.widgets.named import named

_ROW_PADDING = 7
_CELL_PADDING = 14
_CHANGES_CELLS = (QEvent.Type.StyleChange, QEvent.Type.FontChange, QEvent.Type.PaletteChange)


class PlacedColumn(NamedTuple):
    """A column of a table as it stands there, from left to right."""

    name: str
    title: str
    shown: bool


class RecordTable(QTableView):
    """Rows are selected as a whole. Columns can be moved, resized, and hidden by a right click on the header.

    `menu_asked` asks for the menu of a cell (a model index, and where on the screen), by mouse or by key.
    """

    menu_asked = Signal(object, QPoint)

    def __init__(self, name: str, spoken: str, parent: QWidget | None = None) -> None:
        self._columns: tuple[Column[Any], ...] = ()
        self._cells: PlainCells | None = None
        super().__init__(parent)
        named(self, name, spoken)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + _ROW_PADDING)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._offer_columns)
        self._hidden_at_first: frozenset[str] = frozenset()
        self._widths: dict[str, int] = {}
        self._header_actions: tuple[QAction, ...] = ()
        header.sectionResized.connect(self._note_width)

    def setModel(self, model: QAbstractItemModel | None) -> None:  # noqa: N802
        super().setModel(model)
        if model is None:
            return
        if isinstance(model, WindowedModel):
            self._cells = PlainCells(self, model.plain_cell)
            self.setItemDelegate(self._cells)
        # A header with the table's own selection asks every row of every column, each time it is painted, whether it
        # is selected: seconds when a hundred thousand rows are. It shows no selection, so it gets one that is empty.
        header = self.horizontalHeader()
        header.setSelectionModel(QItemSelectionModel(model, header))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if self._cells is not None and event.type() in _CHANGES_CELLS:
            self._cells.forget()
        super().changeEvent(event)

    def set_columns(self, columns: Sequence[Column[Any]], hidden: Collection[str] = ()) -> None:
        """Gives every column its width, and hides those with these names; call it after `setModel`."""
        self._columns = tuple(columns)
        self._hidden_at_first = frozenset(hidden)
        self.reset_columns()

    def offer_in_header(self, actions: Sequence[QAction]) -> None:
        """More to choose from by a right click on the header."""
        self._header_actions = tuple(actions)

    def placed_columns(self) -> tuple[PlacedColumn, ...]:
        """Every column from left to right."""
        header = self.horizontalHeader()
        sections = (header.logicalIndex(place) for place in range(header.count()))
        return tuple(
            PlacedColumn(column.name, column.title, not header.isSectionHidden(section))
            for section in sections
            for column in (self._columns[section],)
        )

    def default_columns(self) -> tuple[PlacedColumn, ...]:
        """Every column as it stands until somebody moves or hides it."""
        hidden = self._hidden_at_first
        return tuple(PlacedColumn(column.name, column.title, column.name not in hidden) for column in self._columns)

    def place_columns(self, placed: Sequence[PlacedColumn]) -> None:
        """Moves, shows and hides the columns; their widths stay. One that is not among `placed` comes last."""
        header = self.horizontalHeader()
        sections = {column.name: section for section, column in enumerate(self._columns)}
        for place, column in enumerate(column for column in placed if column.name in sections):
            section = sections[column.name]
            header.moveSection(header.visualIndex(section), place)
            header.setSectionHidden(section, not column.shown)

    def reset_columns(self) -> None:
        """Every column stands, and is as wide, as at first."""
        digit = self.fontMetrics().horizontalAdvance("0")
        self.place_columns(self.default_columns())
        for section, column in enumerate(self._columns):
            width = self._widths[column.name] = column.width * digit + _CELL_PADDING
            self.setColumnWidth(section, width)

    def remember(self, settings: QSettings, key: str) -> None:
        """Restores columns and sort order as they were left, and keeps them from now on.

        They are kept by the columns' names, so that a column that is new in a later version disturbs nothing.
        """
        header = self.horizontalHeader()
        with suppress(ValueError, TypeError, KeyError, AttributeError):  # nothing kept yet, or not by us
            self._restore(json.loads(str(settings.value(key, ""))))

        def keep() -> None:
            settings.setValue(key, json.dumps(self._state()))

        header.sectionResized.connect(keep)
        header.sectionMoved.connect(keep)
        header.sortIndicatorChanged.connect(keep)

    def _state(self) -> dict[str, Any]:
        header = self.horizontalHeader()
        sections = [header.logicalIndex(place) for place in range(header.count())]
        sorted_by = header.sortIndicatorSection()
        # By its size: a column that is being hidden has none before Qt calls it hidden.
        return {
            "columns": [
                {"name": column.name, "width": self._widths[column.name], "shown": header.sectionSize(section) > 0}
                for section in sections
                for column in (self._columns[section],)
            ],
            "sort": self._columns[sorted_by].name if 0 <= sorted_by < len(self._columns) else None,
            "descending": header.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder,
        }

    def _restore(self, state: dict[str, Any]) -> None:
        sections = {column.name: section for section, column in enumerate(self._columns)}
        placed = [PlacedColumn(str(kept["name"]), "", bool(kept["shown"])) for kept in state["columns"]]
        if any(column.shown and column.name in sections for column in placed):
            self.place_columns(placed)
        for kept in state["columns"]:
            if kept["name"] in sections and int(kept["width"]) > 0:
                self._widths[kept["name"]] = int(kept["width"])
                self.setColumnWidth(sections[kept["name"]], int(kept["width"]))
        if state["sort"] in sections:
            order = Qt.SortOrder.DescendingOrder if state["descending"] else Qt.SortOrder.AscendingOrder
            self.horizontalHeader().setSortIndicator(sections[state["sort"]], order)

    def _note_width(self, section: int, _before: int, width: int) -> None:
        if width and section < len(self._columns):  # a column that is hidden has none
            self._widths[self._columns[section].name] = width

    def selected_rows(self) -> range | list[int]:
        """The selected rows from top to bottom; cheap even when a million are selected at once."""
        selection = self.selectionModel().selection()
        parts = (selection.at(place) for place in range(selection.count()))
        ranges = sorted((part.top(), part.bottom() + 1) for part in parts)
        if len(ranges) == 1:
            return range(*ranges[0])
        return sorted({row for begin, end in ranges for row in range(begin, end)})

    def selected_ranges(self) -> list[range]:
        """The selected rows from top to bottom as stretches, however many rows they hold."""
        selection = self.selectionModel().selection()
        parts = (selection.at(place) for place in range(selection.count()))
        found: list[range] = []
        for begin, end in sorted((part.top(), part.bottom() + 1) for part in parts):
            if found and begin <= found[-1].stop:
                found[-1] = range(found[-1].start, max(end, found[-1].stop))
            else:
                found.append(range(begin, end))
        return found

    def visible_sections(self) -> list[int]:
        """The columns that are shown, from left to right."""
        header = self.horizontalHeader()
        sections = (header.logicalIndex(place) for place in range(header.count()))
        return [section for section in sections if not header.isSectionHidden(section)]

    def select_rows(self, rows: Sequence[int]) -> None:
        """Selects these rows and nothing else; the first of them comes into view."""
        model, selection = self.model(), QItemSelection()
        last = model.columnCount() - 1
        for row in rows:
            selection.select(model.index(row, 0), model.index(row, last))
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if rows:
            first = model.index(rows[0], 0)
            self.selectionModel().setCurrentIndex(first, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.scrollTo(first)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            index = self.currentIndex()
            place = self.viewport().mapToGlobal(self.visualRect(index).bottomLeft())
        else:
            index, place = self.indexAt(self.viewport().mapFromGlobal(event.globalPos())), event.globalPos()
        self.menu_asked.emit(index, place)

    def _offer_columns(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setObjectName("columnMenu")
        shown = sum(not self.isColumnHidden(section) for section in range(len(self._columns)))
        for section, column in enumerate(self._columns):
            action = menu.addAction(column.title)
            action.setCheckable(True)
            action.setChecked(not self.isColumnHidden(section))
            action.setEnabled(shown > 1 or self.isColumnHidden(section))
            action.toggled.connect(partial(self._show_column, section))
        if self._header_actions:
            menu.addSeparator()
            menu.addActions(self._header_actions)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.horizontalHeader().mapToGlobal(place))

    def _show_column(self, section: int, shown: bool) -> None:
        self.setColumnHidden(section, not shown)
