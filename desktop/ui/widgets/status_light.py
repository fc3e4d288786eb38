"""A small light with its meaning in words: colour is never the only sign."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from desktop.ui.icons import icon
from desktop.ui.theme import Tone, restyle, tokens_in_use


class StatusLight(QWidget):
    """Shows a tone as an icon in its colour and a text beside it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone = Tone.INFO
        self._picture = QLabel()
        self._text = QLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self._picture)
        row.addWidget(self._text, 1)

    @property
    def text(self) -> str:
        """The words beside the light."""
        return self._text.text()

    def set_status(self, tone: Tone, text: str) -> None:
        """Shows a status."""
        self._tone = tone
        self._text.setText(text)
        self._text.setProperty("tone", tone.value)
        self.setAccessibleName(text)
        restyle(self._text)
        self._paint()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_text") and self._text.text():
            self._paint()

    def _paint(self) -> None:
        ink, _ = tokens_in_use().tone(self._tone)
        self._picture.setPixmap(icon(self._tone.value, ink).pixmap(16, 16))
