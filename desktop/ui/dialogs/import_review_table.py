"""The grid of an import's review: cells are edited, filled and pasted as in a spreadsheet."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from desktop.ui.tables.import_lines import REVIEW_COLUMNS
from desktop.ui.tables.record_table import RecordTable
from desktop.ui.theme import tokens_in_use
from desktop.ui.widgets.named import named

_Index = QModelIndex | QPersistentModelIndex


class _Cells(QStyledItemDelegate):
    """Frames the current cell, and edits it as text in an editor that is named after its column."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: _Index) -> None:  # noqa: N802
        super().initStyleOption(option, index)
        # The style shades the current cell until its text is hard to read: `paint` frames it instead.
        option.state &= ~QStyle.StateFlag.State_HasFocus

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        super().paint(painter, option, index)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.save()
            painter.setPen(QPen(QColor(tokens_in_use().accent), 2))
            painter.drawRect(option.rect.adjusted(1, 1, -1, -1))
            painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:  # noqa: N802
        editor = super().createEditor(parent, option, index)
        return named(editor, "importCell", REVIEW_COLUMNS[index.column()].title)


class ReviewTable(RecordTable):
    """Enter or a letter edits the current cell; neither reaches the dialog, where it would press a button.

    `pasted` carries the rows of cells that are on the clipboard.
    """

    pasted = Signal(object)

    def __init__(self) -> None:
        super().__init__("importTable", "Lines of the file")
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed | triggers.AnyKeyPressed)
        self.setItemDelegate(_Cells(self))
        self.horizontalHeader().setSectionsMovable(False)

    def go_to(self, index: QModelIndex) -> None:
        """Makes a cell the current one and selects its row alone, whichever keys are held."""
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.scrollTo(index)

    def finish_editing(self) -> None:
        """Takes in the cell that is being edited, if one is."""
        editor = self.indexWidget(self.currentIndex())
        if editor is not None:
            self.commitData(editor)
            self.closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.matches(QKeySequence.StandardKey.Paste):
            cells = _cells(QGuiApplication.clipboard().text())
            if cells:
                self.pasted.emit(cells)
            return
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and self.state() != QAbstractItemView.State.EditingState:
            index = self.currentIndex()
            if self.model().flags(index) & Qt.ItemFlag.ItemIsEditable:
                self.edit(index)
            return
        super().keyPressEvent(event)


def _cells(text: str) -> list[list[str]]:
    """Rows of cells as spreadsheets put them on the clipboard: tabs between cells, line ends between rows."""
    rows = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
    return [row.split("\t") for row in rows.split("\n")] if text else []
