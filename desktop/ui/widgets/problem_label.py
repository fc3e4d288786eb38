"""What is wrong with a field, said beside it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from desktop.ui.theme import Tone, restyle


class ProblemLabel(QLabel):
    """Hidden while nothing is wrong. The field gets a red edge, and says the problem to a screen reader."""

    def __init__(self, field: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._field = field
        self.setObjectName(f"{field.objectName()}Problem")
        self.setProperty("tone", Tone.PROBLEM.value)
        self.hide()

    def set_problem(self, sentence: str | None) -> None:
        """Shows the sentence, or nothing."""
        self.setText(sentence or "")
        self.setVisible(bool(sentence))
        self._field.setAccessibleDescription(sentence or "")
        self._field.setProperty("problem", bool(sentence))
        restyle(self._field)
