"""A marked place to drop something, with a button for who does not drag."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QFrame, QLabel, QVBoxLayout

from desktop.ui.icons import icon
from desktop.ui.theme import tokens_in_use
from desktop.ui.widgets.named import muted, named

_RADIUS = 6.0


class DropZone(QFrame):
    """Says what can be dropped, and lights up while something is dragged over it.

    The drop itself is taken by the `DropTarget` of the widget that holds the zone.
    """

    def __init__(self, name: str, picture: str, sentence: str, button: QAbstractButton, hint: str) -> None:
        super().__init__()
        named(self, name, sentence)
        self._picture_name = picture
        self._lit = False
        self._picture = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._sentence = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint = muted(QLabel(hint, wordWrap=True, textFormat=Qt.TextFormat.PlainText))
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 14, 8)
        column.setSpacing(6)
        column.addStretch(1)
        column.addWidget(self._picture)
        column.addWidget(self._sentence)
        column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._hint)
        column.addStretch(1)
        self.say(sentence)
        self._paint_picture()

    @property
    def sentence(self) -> str:
        """What is said now."""
        return self._sentence.text()

    @property
    def is_lit(self) -> bool:
        """Whether something is dragged over it."""
        return self._lit

    def say(self, sentence: str) -> None:
        """Says what can be dropped, or what is being done with what was."""
        self._sentence.setText(sentence)
        self.setAccessibleName(sentence)

    def set_lit(self, lit: bool) -> None:
        """Shows that a drop would land here."""
        if lit != self._lit:
            self._lit = lit
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        tokens = tokens_in_use()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(tokens.info_ground if self._lit else tokens.surface))
        width = 2.0 if self._lit else 1.0
        painter.setPen(QPen(QColor(tokens.accent if self._lit else tokens.edge), width, Qt.PenStyle.DashLine))
        inset = width / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), _RADIUS, _RADIUS)
        painter.end()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_picture"):
            self._paint_picture()

    def _paint_picture(self) -> None:
        self._picture.setPixmap(icon(self._picture_name, tokens_in_use().muted).pixmap(32, 32))
