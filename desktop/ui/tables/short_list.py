"""A table model for lists that are short enough to be read whole and sorted in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from desktop.ui.formats import plain_tool_tip
from desktop.ui.tables.windowed import NATIVE_ROLE, ROW_ROLE, Column

Index = QModelIndex | QPersistentModelIndex

_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_ALIGNMENT = int(Qt.ItemDataRole.TextAlignmentRole)
_TOOL_TIP = int(Qt.ItemDataRole.ToolTipRole)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_NO_PARENT = QModelIndex()


class ShortListModel(QAbstractTableModel):
    """Rows are any frozen values; they are sorted by a column's `native` value, None first.

    Rows that are shown anew keep the order that was chosen by a header; until one is chosen they stand as given.
    """

    def __init__(self, columns: Sequence[Column[Any]] = ()) -> None:
        super().__init__()
        self._columns = tuple(columns)
        self._rows: Sequence[Any] = ()
        self._order: tuple[int, Qt.SortOrder] | None = None

    # What a page asks.

    @property
    def rows(self) -> Sequence[Any]:
        """The rows in the order in which they are shown."""
        return self._rows

    def show(self, rows: Sequence[Any], columns: Sequence[Column[Any]] | None = None) -> None:
        """Shows other rows, and with `columns` other columns too."""
        self.beginResetModel()
        if columns is not None:
            self._columns = tuple(columns)
        self._rows = self._sorted(rows)
        self.endResetModel()

    def row_object(self, row: int) -> Any | None:
        """The row at this place, or None."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def row_where(self, holds: Callable[[Any], bool]) -> int | None:
        """The place of the first row for which `holds`, or None."""
        return next((place for place, row in enumerate(self._rows) if holds(row)), None)

    # What the view asks.

    def rowCount(self, parent: Index = _NO_PARENT) -> int:  # noqa: N802
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NO_PARENT) -> int:  # noqa: N802
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = _DISPLAY) -> Any:
        if role == _ALIGNMENT:
            return _RIGHT if self._columns[index.column()].align_right else _LEFT
        if role not in (_DISPLAY, _TOOL_TIP, NATIVE_ROLE, ROW_ROLE):
            return None
        row, column = self._rows[index.row()], self._columns[index.column()]
        if role == ROW_ROLE:
            return row
        if role == NATIVE_ROLE:
            return column.native(row)
        return plain_tool_tip(column.text(row)) if role == _TOOL_TIP else column.text(row)

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and 0 <= section < len(self._columns):
            if role == _DISPLAY:
                return self._columns[section].title
            if role == _ALIGNMENT:
                return _RIGHT if self._columns[section].align_right else _LEFT
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if not 0 <= column < len(self._columns):
            return
        self._order = (column, order)
        self.layoutAboutToBeChanged.emit()
        before = self._rows
        self._rows = self._sorted(before)
        place = {id(row): number for number, row in enumerate(self._rows)}
        old = self.persistentIndexList()
        new = [self.index(place[id(before[index.row()])], index.column()) for index in old]
        self.changePersistentIndexList(old, new)
        self.layoutChanged.emit()

    def _sorted(self, rows: Sequence[Any]) -> Sequence[Any]:
        if self._order is None:
            return rows
        column, order = self._order
        native = self._columns[column].native

        def key(row: Any) -> tuple[bool, Any]:
            value = native(row)
            return value is not None, value

        return sorted(rows, key=key, reverse=order == Qt.SortOrder.DescendingOrder)
