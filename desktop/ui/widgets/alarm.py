"""Something is badly wrong with what would stand below: said so that it cannot be overlooked."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.ui.icons import icon
from desktop.ui.theme import Tone, tokens_in_use
from desktop.ui.widgets.named import named


class Alarm(QFrame):
    """A red panel with a heading, what was found and what to do. Hidden until it is raised."""

    def __init__(self, name: str, advice: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("tone", Tone.PROBLEM.value)
        self._picture = QLabel()
        self._heading = named(QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText), f"{name}Heading")
        self._heading.setProperty("heading", True)
        self._finding = named(QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText), f"{name}Finding")
        self._finding.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._advice = QLabel(advice, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        words = QVBoxLayout()
        words.setSpacing(4)
        for label in (self._heading, self._finding, self._advice):
            words.addWidget(label)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 12, 14, 12)
        row.setSpacing(14)
        row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        self._paint()
        self.hide()

    @property
    def finding(self) -> str:
        """What was found; "" while all is well."""
        return self._finding.text()

    def raise_alarm(self, heading: str, finding: str) -> None:
        """Shows the panel and has it read out."""
        self._heading.setText(heading)
        self._finding.setText(finding)
        self.setAccessibleName(f"{heading}. {finding}")
        self.show()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def clear(self) -> None:
        """All is well, or not known yet."""
        self._finding.clear()
        self.hide()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_advice"):
            self._paint()

    def _paint(self) -> None:
        ink, _ = tokens_in_use().tone(Tone.PROBLEM)
        self._picture.setPixmap(icon("problem", ink).pixmap(32, 32))
