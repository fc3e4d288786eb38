"""Names for widgets: tests find a widget by its objectName, a screen reader says its accessibleName."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QWidget

W = TypeVar("W", bound=QWidget)


def named(widget: W, name: str, spoken: str = "") -> W:
    """The same widget with its names; `spoken` is not needed where the widget's own text says what it is."""
    widget.setObjectName(name)
    if spoken:
        widget.setAccessibleName(spoken)
    return widget


def muted(widget: W) -> W:
    """The same widget in the quieter text colour."""
    widget.setProperty("muted", True)
    return widget
