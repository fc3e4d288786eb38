"""A sentence inside a form or dialog that concerns all of it, with room for what follows from it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from desktop.ui.theme import Tone
from desktop.ui.widgets.named import named


class Notice(QFrame):
    """Hidden while there is nothing to say. More widgets can be put into `column`, below the sentence."""

    def __init__(self, name: str, tone: Tone, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, name)
        self.setProperty("tone", tone.value)
        self._text = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(10, 6, 10, 6)
        self.column.addWidget(self._text)
        self.hide()

    @property
    def text(self) -> str:
        """What is said; "" when nothing is."""
        return self._text.text()

    def say(self, sentence: str) -> None:
        """Shows a sentence; "" hides the notice."""
        self._text.setText(sentence)
        self.setAccessibleName(sentence)
        self.setVisible(bool(sentence))
        if sentence:
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))
