"""A small caption above a field, whose underlined letter goes to the field."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from desktop.ui.widgets.named import muted


class Captioned(QWidget):
    """`caption` marks its letter with `&`: Alt and the letter go to the field."""

    def __init__(self, caption: str, field: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        label = muted(QLabel(caption))
        label.setBuddy(field)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        column.addWidget(label)
        column.addWidget(field)
