"""Panes stay as wide as a person left them."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QSplitter


def remember_panes(splitter: QSplitter, settings: QSettings, key: str) -> None:
    """Restores the panes as they were left, and keeps them from now on."""
    state = settings.value(key)
    if isinstance(state, QByteArray):
        splitter.restoreState(state)
    splitter.splitterMoved.connect(lambda: settings.setValue(key, splitter.saveState()))
