"""A form whose typed values are not dropped by a slip of the hand."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QDialog, QWidget


class TypedForm(QDialog):
    """Closing it with something typed emits `discard_asked` instead, and `reject` closes it.

    A subclass says in `has_typed` whether something would be lost. While `busy` nothing closes it.
    """

    discard_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.busy = False

    def has_typed(self) -> bool:
        """Whether something was typed that is not saved."""
        raise NotImplementedError

    def close_or_ask(self) -> None:
        """Closes the form, or asks first."""
        if self.busy:
            return
        if self.has_typed():
            self.discard_asked.emit()
        else:
            self.reject()

    def reject(self) -> None:
        """Closes the form; what was typed is dropped."""
        if not self.busy:
            super().reject()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.close_or_ask()
            return
        super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        if self.isVisible():
            event.ignore()
            self.close_or_ask()
