"""A text field whose text is used a moment after the typing stops, or once it is entered."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.ui.icons import icon

_MILLISECONDS = 200


class SearchField(QLineEdit):
    """`settled` follows the text once typing pauses, or at once on Enter. Esc empties the field.

    With `whole`, only Enter and leaving the field count: a part of what is typed or scanned would mean nothing.
    """

    settled = Signal(str)

    def __init__(
        self, placeholder: str, parent: QWidget | None = None, *, picture: str = "", whole: bool = False
    ) -> None:
        super().__init__(parent)
        self.setPlaceholderText(placeholder)
        self.setClearButtonEnabled(True)
        self._picture_name = picture
        self._picture = QAction(self)
        if picture:
            self._picture.setIcon(icon(picture))
            self.addAction(self._picture, QLineEdit.ActionPosition.LeadingPosition)
        self._told = ""
        self._timer = QTimer(self, singleShot=True, interval=_MILLISECONDS)
        self._timer.timeout.connect(self._tell)
        if whole:
            self.editingFinished.connect(self._tell)
        else:
            self.textChanged.connect(lambda: self._timer.start())
            self.returnPressed.connect(self._tell)

    @property
    def in_use(self) -> str:
        """The text that counts; what is still being typed does not yet."""
        return self._told

    def set_text_silently(self, text: str) -> None:
        """Shows a text that is already in use."""
        self._told = text.strip()
        self.setText(text)
        self._timer.stop()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            self._tell()
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_picture") and self._picture_name:
            self._picture.setIcon(icon(self._picture_name))

    def _tell(self) -> None:
        self._timer.stop()
        text = self.text().strip()
        if text != self._told:
            self._told = text
            self.settled.emit(text)
