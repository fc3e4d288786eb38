"""A thin line between two parts of a screen."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame


def hairline() -> QFrame:
    """A horizontal line in the theme's colour, one pixel high."""
    line = QFrame()
    line.setProperty("line", True)
    line.setFixedHeight(1)
    return line
