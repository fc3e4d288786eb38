"""What became of several things that were handed in together: one line each, until it is closed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.ui.icons import icon
from desktop.ui.theme import Tone, tokens_in_use
from desktop.ui.widgets.named import named

_MOST_HEIGHT = 132  # about five lines, so that the page below stays usable; the rest is scrolled


class Result(NamedTuple):
    """The line of one thing: its name ("" for none), the verdict in a word or two, the sentence that explains it."""

    tone: Tone
    name: str
    verdict: str
    sentence: str


class ResultPanel(QFrame):
    """Hidden until there is something to show."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("surface", True)
        self._results: tuple[Result, ...] = ()
        self._pictures: list[QLabel] = []
        self._heading = named(QLabel(textFormat=Qt.TextFormat.PlainText), f"{name}Heading")
        self._heading.setProperty("section", True)
        self._close = named(QToolButton(), f"{name}Close", "Close the results")
        self._close.setToolTip("Close the results")
        self._close.clicked.connect(self.clear)
        self._scroll = QScrollArea(widgetResizable=True)
        self._scroll.setObjectName(f"{name}Lines")
        self._scroll.setAccessibleName("Results")
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._lines = QWidget()
        self._scroll.setWidget(self._lines)
        top = QHBoxLayout()
        top.addWidget(self._heading, 1)
        top.addWidget(self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 6, 6)
        column.setSpacing(2)
        column.addLayout(top)
        column.addWidget(self._scroll)
        self.hide()

    @property
    def heading(self) -> str:
        """What stands above the lines."""
        return self._heading.text()

    @property
    def results(self) -> tuple[Result, ...]:
        """The lines that are shown."""
        return self._results

    def show_results(self, heading: str, results: Sequence[Result]) -> None:
        """Shows these lines in place of those before, and has them read out."""
        self._results = tuple(results)
        self._heading.setText(heading)
        self._lines = QWidget()
        self._lines.setProperty("surface", True)
        grid = QGridLayout(self._lines)
        grid.setContentsMargins(0, 0, 6, 2)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(2, 1)
        self._pictures = []
        top = Qt.AlignmentFlag.AlignTop
        for row, result in enumerate(self._results):
            picture = QLabel()
            self._pictures.append(picture)
            verdict = QLabel(result.verdict)
            verdict.setProperty("tone", result.tone.value)
            text = result.sentence
            if result.name and not text.startswith(f"“{result.name}”"):
                text = f"{result.name}: {text}"
            sentence = QLabel(text, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
            sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(picture, row, 0, top)
            grid.addWidget(verdict, row, 1, top)
            grid.addWidget(sentence, row, 2, top)
        grid.setRowStretch(len(self._results), 1)
        self._scroll.setWidget(self._lines)
        self._paint_icons()
        self.show()
        self._fit()
        spoken = [f"{result.name} {result.verdict}. {result.sentence}".strip() for result in self._results]
        self.setAccessibleName(" ".join([heading, *spoken]))
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def clear(self) -> None:
        """Shows nothing."""
        self._results = ()
        self.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_pictures"):
            self._paint_icons()

    def _fit(self) -> None:
        """As high as the lines need at this width, up to a bound."""
        layout = self._lines.layout()
        if layout is not None:
            needed = layout.heightForWidth(self._scroll.viewport().width())
            self._scroll.setFixedHeight(min(needed, _MOST_HEIGHT))

    def _paint_icons(self) -> None:
        self._close.setIcon(icon("close"))
        for picture, result in zip(self._pictures, self._results, strict=True):
            ink, _ = tokens_in_use().tone(result.tone)
            picture.setPixmap(icon(result.tone.value, ink).pixmap(16, 16))
