"""Dialogs of a fixed width whose texts come and go."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


def fit_height(window: QWidget) -> None:
    """Makes a window as high as its texts need at its width: a layout does not grow a window for wrapped lines."""
    layout = window.layout()
    if layout is not None:
        layout.activate()
        window.resize(window.width(), layout.totalHeightForWidth(window.width()))
