"""Painting cells that are nothing but a line of text, which are nearly all cells of a long list.

Qt's own delegate asks the model for seven roles a cell and lays the text out anew each time; in Python that takes
twice as long. Here a cell is one question and one line of text, the same to the pixel. Whatever is more than that
(selected, under the mouse, with the focus, several lines, other scripts) is left to Qt.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

Index = QModelIndex | QPersistentModelIndex

_State = QStyle.StateFlag
_LEFT_TO_QT = _State.State_Selected.value | _State.State_HasFocus.value | _State.State_MouseOver.value
_CHOOSES_THE_COLOUR = _State.State_Enabled.value | _State.State_Active.value
_TEXT = QPalette.ColorRole.Text
_TEXTS_KEPT = 8_192


class _Fitted(NamedTuple):
    """A text as it fits into a cell, and where it begins: from the cell's left edge, and from its top."""

    text: str
    right: float
    down: int


class PlainCells(QStyledItemDelegate):
    """`cell` tells of an index the text that is shown, and whether it stands at the right."""

    def __init__(self, view: QTableView, cell: Callable[[Index], tuple[str, bool]]) -> None:
        super().__init__(view)
        self._view = view
        self._cell = cell
        self._fitted: dict[tuple[str, bool, int], _Fitted] = {}
        self._colours: dict[int, QColor] = {}

    def forget(self) -> None:
        """Measure all texts anew, and take other colours: the font, the style or the palette changed."""
        self._fitted.clear()
        self._colours.clear()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        # A screen has some hundred cells: flags are integers, and texts and colours are found out once.
        text, at_right = self._cell(index)
        state = option.state.value
        if state & _LEFT_TO_QT or not text.isascii() or not text.isprintable():
            super().paint(painter, option, index)
            return
        if not text:
            return
        place = option.rect
        key = (text, at_right, place.width())
        fitted = self._fitted.get(key) or self._fit(key, option)
        painter.setFont(option.font)
        colour = self._colours.get(state & _CHOOSES_THE_COLOUR)
        if colour is None:
            colour = self._colours[state & _CHOOSES_THE_COLOUR] = option.palette.color(_TEXT)
        painter.setPen(colour)
        painter.drawText(QPointF(place.x() + fitted.right, place.y() + fitted.down), fitted.text)

    def _fit(self, key: tuple[str, bool, int], option: QStyleOptionViewItem) -> _Fitted:
        text, at_right, width = key
        margin = self._view.style().pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin, option, self._view) + 1
        metrics = option.fontMetrics
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width - 2 * margin)
        right: float = margin
        if at_right:
            right = width - margin - QFontMetricsF(option.font).horizontalAdvance(text)
        down = int((option.rect.height() - metrics.height()) / 2) + metrics.ascent()
        if len(self._fitted) >= _TEXTS_KEPT:
            self._fitted.clear()
        fitted = self._fitted[key] = _Fitted(text, right, down)
        return fitted
