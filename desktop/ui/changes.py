"""Tells open pages what a write touched, so that they stay fresh without knowing each other."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from desktop.domain.changes import Changes


class ChangeFeed(QObject):
    """Whoever made a write announces it here; every page that shows such records listens to `changed`."""

    changed = Signal(object)  # Changes

    def announce(self, changes: Changes) -> None:
        """Called on the GUI thread with what a committed write returned."""
        self.changed.emit(changes)
