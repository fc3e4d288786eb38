"""The table view that every list of records uses: dense rows, sorting by the header, columns as a person left them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QByteArray,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QPoint,
    QSettings,
    Qt,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QWidget

from desktop.ui.tables.plain_cells import PlainCells
from desktop.ui.tables.windowed import Column, WindowedModel
from desktop.ui.widgets.named import named

_ROW_PADDING = 7
_CELL_PADDING = 14
_CHANGES_CELLS = (QEvent.Type.StyleChange, QEvent.Type.FontChange, QEvent.Type.PaletteChange)


class RecordTable(QTableView):
    """Rows are selected as a whole. Columns can be moved, resized, and hidden by a right click on the header."""

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

    def set_columns(self, columns: Sequence[Column[Any]]) -> None:
        """Gives every column its width; call it after `setModel`."""
        self._columns = tuple(columns)
        digit = self.fontMetrics().horizontalAdvance("0")
        for section, column in enumerate(columns):
            self.setColumnWidth(section, column.width * digit + _CELL_PADDING)

    def remember(self, settings: QSettings, key: str) -> None:
        """Restores the columns as they were left, and keeps them from now on."""
        header = self.horizontalHeader()
        state = settings.value(key)
        if isinstance(state, QByteArray):
            header.restoreState(state)

        def keep() -> None:
            settings.setValue(key, header.saveState())

        header.sectionResized.connect(keep)
        header.sectionMoved.connect(keep)
        header.sortIndicatorChanged.connect(keep)

    def selected_rows(self) -> range | list[int]:
        """The selected rows from top to bottom; cheap even when a million are selected at once."""
        selection = self.selectionModel().selection()
        parts = (selection.at(place) for place in range(selection.count()))
        ranges = sorted((part.top(), part.bottom() + 1) for part in parts)
        if len(ranges) == 1:
            return range(*ranges[0])
        return sorted({row for begin, end in ranges for row in range(begin, end)})

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
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.horizontalHeader().mapToGlobal(place))

    def _show_column(self, section: int, shown: bool) -> None:
        self.setColumnHidden(section, not shown)
