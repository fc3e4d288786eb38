"""What stands where rows would stand: why there are none, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.ui.icons import icon
from desktop.ui.theme import tokens_in_use
from desktop.ui.widgets.named import muted


class EmptyState(QWidget):
    """A picture, a heading, a sentence and the buttons that lead on."""

    def __init__(
        self,
        name: str,
        picture: str,
        heading: str,
        sentence: str,
        buttons: Sequence[QAbstractButton] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("surface", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._picture_name = picture
        self._picture = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        title = QLabel(heading, alignment=Qt.AlignmentFlag.AlignCenter)
        title.setProperty("heading", True)
        self._sentence = muted(QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText))
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._sentence.setMinimumWidth(420)
        self._sentence.setMaximumWidth(520)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        for button in buttons:
            row.addWidget(button)
        row.addStretch(1)
        # Not an alignment in the column: that would give the sentence the height it needs at the column's full width.
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self._sentence)
        middle.addStretch(1)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addStretch(2)
        column.addWidget(self._picture)
        column.addWidget(title)
        column.addLayout(middle)
        column.addLayout(row)
        column.addStretch(3)
        self.set_sentence(sentence)
        self._heading = heading
        self._paint()

    @property
    def sentence(self) -> str:
        """What is said below the heading."""
        return self._sentence.text()

    def set_sentence(self, sentence: str) -> None:
        """Says something else below the heading."""
        self._sentence.setText(sentence)
        self.setAccessibleName(sentence)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_heading"):
            self._paint()

    def _paint(self) -> None:
        self._picture.setPixmap(icon(self._picture_name, tokens_in_use().muted).pixmap(48, 48))
