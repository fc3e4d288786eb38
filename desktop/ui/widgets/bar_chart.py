"""Bars that stand on each other, one for each month, say: a small drawing that needs no chart library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from desktop.ui.theme import tokens_in_use

_LEFT, _TOP, _BELOW, _RIGHT = 52, 24, 22, 8
_WIDEST_BAR = 46
_GAP = 0.25  # of the room of one bar
_SERIES_INKS = ("accent", "warning", "success", "muted")
_LEGEND_BOX = 10


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: the label below it and one value, zero or more, for each series."""

    label: str
    values: tuple[int, ...]


class BarChart(QWidget):
    """Says every number in its tool tip and, for who cannot see it, in its accessible description."""

    def __init__(self, name: str, spoken: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(spoken)
        self.setMinimumHeight(130)
        self._series: tuple[str, ...] = ()
        self._bars: tuple[Bar, ...] = ()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(420, 170)

    def show_bars(self, series: Sequence[str], bars: Sequence[Bar]) -> None:
        """Draws other bars; `series` names the values of each bar, from the bottom up."""
        self._series, self._bars = tuple(series), tuple(bars)
        self.setAccessibleDescription("; ".join(map(self._in_words, self._bars)))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        tokens = tokens_in_use()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        field = self._field()
        if not self._bars or field.width() <= 0 or field.height() <= 0:
            return
        top = _round_up(max(sum(bar.values) for bar in self._bars))
        painter.setPen(QPen(QColor(tokens.line), 1))
        for part in (0, top // 2, top):
            y = field.bottom() - field.height() * part / top
            painter.drawLine(QPointF(field.left(), y), QPointF(field.right(), y))
        painter.setPen(QColor(tokens.muted))
        for part in {0, top // 2, top}:
            y = field.bottom() - field.height() * part / top
            painter.drawText(QRectF(0, y - 9, _LEFT - 6, 18), _RIGHT_ALIGNED, f"{part:,}")
        self._paint_legend(painter)
        every = self._labelled_every(painter)
        for place, bar in enumerate(self._bars):
            room = self._room(place)
            y = field.bottom()
            for number, value in enumerate(bar.values):
                height = field.height() * value / top
                painter.fillRect(
                    QRectF(room.left(), y - height, room.width(), height), QColor(getattr(tokens, _ink(number)))
                )
                y -= height
            if place % every == 0:
                painter.setPen(QColor(tokens.muted))
                label = QRectF(room.center().x() - 60, field.bottom() + 4, 120, _BELOW - 4)
                painter.drawText(label, Qt.AlignmentFlag.AlignHCenter, bar.label)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = next((p for p in range(len(self._bars)) if self._column(p).contains(event.pos())), None)
            QToolTip.showText(event.globalPos(), "" if place is None else self._in_words(self._bars[place]), self)
            return True
        return super().event(event)

    def _in_words(self, bar: Bar) -> str:
        values = (f"{name} {value:,}" for name, value in zip(self._series, bar.values, strict=True) if value)
        return f"{bar.label}: {', '.join(values) or 'none'}"

    def _field(self) -> QRectF:
        return QRectF(_LEFT, _TOP, self.width() - _LEFT - _RIGHT, self.height() - _TOP - _BELOW)

    def _column(self, place: int) -> QRectF:
        field = self._field()
        width = field.width() / len(self._bars)
        return QRectF(field.left() + place * width, field.top(), width, field.height())

    def _room(self, place: int) -> QRectF:
        column = self._column(place)
        width = min(column.width() * (1 - _GAP), _WIDEST_BAR)
        return QRectF(column.center().x() - width / 2, column.top(), width, column.height())

    def _labelled_every(self, painter: QPainter) -> int:
        """How many bars share one label, so that labels never run into each other."""
        widest = max(painter.fontMetrics().horizontalAdvance(bar.label) for bar in self._bars) + 12
        return max(1, -(-widest // max(1, int(self._column(0).width()))))

    def _paint_legend(self, painter: QPainter) -> None:
        tokens = tokens_in_use()
        x = float(_LEFT)
        for number, name in enumerate(self._series):
            painter.fillRect(QRectF(x, 6, _LEGEND_BOX, _LEGEND_BOX), QColor(getattr(tokens, _ink(number))))
            painter.setPen(QColor(tokens.text))
            painter.drawText(QPointF(x + _LEGEND_BOX + 5, 6 + _LEGEND_BOX), name)
            x += _LEGEND_BOX + 5 + painter.fontMetrics().horizontalAdvance(name) + 18


_RIGHT_ALIGNED = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def _ink(number: int) -> str:
    return _SERIES_INKS[number % len(_SERIES_INKS)]


def _round_up(value: int) -> int:
    """The next number that reads well on a scale and has a whole half: 2, 4, 10, 20, 40, 100, …"""
    step = 1
    while True:
        for factor in (2, 4, 10):
            if factor * step >= value:
                return factor * step
        step *= 10
