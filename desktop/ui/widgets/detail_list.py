"""Labels and values under each other, for reading and copying one record."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from desktop.ui.formats import or_blank
from desktop.ui.widgets.named import muted


class DetailList(QWidget):
    """The labels are given once; the values change with the record."""

    def __init__(self, name: str, labels: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        self._values: list[QLabel] = []
        for row, text in enumerate(labels):
            label = muted(QLabel(text))
            value = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
            value.setAccessibleName(text)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            value.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, row, 1)
            self._values.append(value)

    @property
    def values(self) -> tuple[str, ...]:
        """What is shown, in the order of the labels."""
        return tuple(value.text() for value in self._values)

    def set_values(self, values: Sequence[str | None]) -> None:
        """One value per label; a dash stands for nothing."""
        for label, text in zip(self._values, values, strict=True):
            label.setText(or_blank(text))
