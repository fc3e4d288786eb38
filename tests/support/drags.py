"""Drags as the platform delivers them: real events, sent to the window in its own coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QWidget

_COPY_OR_MOVE = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
_BUTTON = Qt.MouseButton.LeftButton
_NO_KEYS = Qt.KeyboardModifier.NoModifier


def files(*paths: Path) -> QMimeData:
    """What a file manager, or Thunderbird on Linux, hands over."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


class Drag:
    """One drag over a window that is shown; it keeps the data alive. Each step returns the action that was accepted.

    `offered` are the actions of the source. IgnoreAction means that the step was not accepted.
    """

    def __init__(self, mime: QMimeData, offered: Qt.DropAction = _COPY_OR_MOVE) -> None:
        self.mime = mime
        self._offered = offered
        self._window: QWidget | None = None

    def over(self, widget: QWidget, place: QPoint | None = None) -> Qt.DropAction:
        """Comes into the window, or moves on in it, to a place in the widget (its middle unless told)."""
        kind = QDragEnterEvent if self._window is None else QDragMoveEvent
        self._window = widget.window()
        return self._send(kind(self._place(widget, place).toPoint(), self._offered, self.mime, _BUTTON, _NO_KEYS))

    def drop(self, widget: QWidget, place: QPoint | None = None) -> Qt.DropAction:
        """Comes over the widget and is let go there; like a platform, lets nothing go where the drag was refused."""
        self.over(widget, place)
        if self.over(widget, place) == Qt.DropAction.IgnoreAction:
            return Qt.DropAction.IgnoreAction
        return self._send(QDropEvent(self._place(widget, place), self._offered, self.mime, _BUTTON, _NO_KEYS))

    def leave(self) -> None:
        """Leaves the window."""
        if self._window is not None:
            QCoreApplication.sendEvent(self._window.windowHandle(), QDragLeaveEvent())
            self._window = None

    def _place(self, widget: QWidget, place: QPoint | None) -> QPointF:
        return QPointF(widget.mapTo(widget.window(), place or widget.rect().center()))

    def _send(self, event: QDropEvent) -> Qt.DropAction:
        if self._window is None:
            raise ValueError("the drag is not over a window")
        QCoreApplication.sendEvent(self._window.windowHandle(), event)
        return event.dropAction() if event.isAccepted() else Qt.DropAction.IgnoreAction


def windows_virtual_files(named: Sequence[tuple[str, bytes]]) -> QMimeData:
    """What Qt makes of files that a Windows program has only in its memory: descriptors, and contents by number."""
    mime = QMimeData()
    prefix = "application/x-qt-windows-mime;value="
    descriptors = len(named).to_bytes(4, "little")
    for number, (name, content) in enumerate(named):
        size = len(content).to_bytes(8, "little")
        head = (0x40).to_bytes(4, "little") + bytes(60) + size[4:] + size[:4]
        descriptors += head + name.encode("utf-16-le").ljust(520, b"\0")
        mime.setData(f'{prefix}"FileContents";index={number}', content)
    mime.setData(f'{prefix}"FileGroupDescriptorW"', descriptors)
    return mime
