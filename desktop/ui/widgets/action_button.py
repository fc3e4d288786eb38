"""A button that does what an action does, and is enabled and explained as the action is."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton, QWidget


class ActionButton(QPushButton):
    """`primary` marks the one button of a screen that is most likely wanted. One with `picture_only` has no text."""

    def __init__(
        self, action: QAction, parent: QWidget | None = None, *, primary: bool = False, picture_only: bool = False
    ) -> None:
        super().__init__(parent)
        self._picture_only = picture_only
        self._action = action
        self.setObjectName(f"{action.objectName()}Button")
        self.setProperty("primary", primary)
        action.changed.connect(self._follow)
        self.clicked.connect(action.trigger)
        self._follow()

    def _follow(self) -> None:
        self.setText("" if self._picture_only else self._action.text())
        self.setAccessibleName(self._action.text().rstrip("…"))
        self.setToolTip(self._action.toolTip())
        self.setEnabled(self._action.isEnabled())
        if not self.property("primary"):
            self.setIcon(self._action.icon())
