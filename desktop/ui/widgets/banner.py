"""The line at the top of the window that says what happened: routine success is said here, not in a box."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from desktop.ui.icons import icon
from desktop.ui.theme import Tone, restyle, tokens_in_use
from desktop.ui.widgets.named import named

_MILLISECONDS_SHOWN = 8000
_PASSING = (Tone.INFO, Tone.SUCCESS)


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence and its tone; `action` is the text of a button that calls `on_action`."""

    tone: Tone
    text: str
    action: str | None = None
    on_action: Callable[[], object] | None = None


class Banner(QFrame):
    """Shows the newest message. Good news goes away by itself; a warning or a problem stays until it is closed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._message: Message | None = None
        self._picture = QLabel()
        self._text = named(QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText), "bannerText")
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._action = named(QPushButton(), "bannerAction")
        self._action.clicked.connect(self._act)
        self._close = named(QToolButton(), "bannerClose", "Close this message")
        self._close.setToolTip("Close this message")
        self._close.clicked.connect(self.clear)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 6, 4)
        row.addWidget(self._picture)
        row.addWidget(self._text, 1)
        row.addWidget(self._action)
        row.addWidget(self._close)
        self._timer = QTimer(self, singleShot=True, interval=_MILLISECONDS_SHOWN)
        self._timer.timeout.connect(self.clear)
        self.hide()

    @property
    def message(self) -> Message | None:
        """What is shown, or None."""
        return self._message

    def say(self, message: Message) -> None:
        """Shows a message in place of the one before."""
        goes_on = self._message is not None and (self._message.tone, self._message.action) == (
            message.tone,
            message.action,
        )
        self._message = message
        self.setProperty("tone", message.tone.value)
        self._text.setText(message.text)
        self._action.setText(message.action or "")
        self._action.setAccessibleName(message.action or "")
        self._action.setVisible(message.action is not None)
        self.setAccessibleName(message.text)
        if not goes_on:
            restyle(self)
            restyle(self._text)
        self._paint()
        self.show()
        self._timer.stop()
        if message.tone in _PASSING:
            self._timer.start()
        if message.action is None or not goes_on:  # progress is not read aloud at every step
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def clear(self) -> None:
        """Shows nothing."""
        self._message = None
        self._timer.stop()
        self.hide()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._message is not None:
            self._paint()

    def _paint(self) -> None:
        if self._message is None:
            return
        ink, _ = tokens_in_use().tone(self._message.tone)
        self._picture.setPixmap(icon(self._message.tone.value, ink).pixmap(20, 20))
        self._close.setIcon(icon("close", ink))

    def _act(self) -> None:
        act = self._message.on_action if self._message is not None else None
        self.clear()
        if act is not None:
            act()
