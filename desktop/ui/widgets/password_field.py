"""A password that can be shown while it is typed."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.ui.icons import icon


class PasswordField(QLineEdit):
    """Hides what is typed until the eye is clicked, or Ctrl+H pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self._show = QAction("Show password", self, checkable=True, shortcut=QKeySequence("Ctrl+H"))
        self._show.setToolTip("Show the password (Ctrl+H)")
        self._show.toggled.connect(self._apply)
        self.addAction(self._show, QLineEdit.ActionPosition.TrailingPosition)
        self._apply(False)

    def set_shown(self, shown: bool) -> None:
        """Shows the password, or dots."""
        self._show.setChecked(shown)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_show"):
            self._show.setIcon(icon("eye_off" if self._show.isChecked() else "eye"))

    def _apply(self, shown: bool) -> None:
        self.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        self._show.setIcon(icon("eye_off" if shown else "eye"))
