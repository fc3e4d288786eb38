"""Lets a widget take what is dragged onto it, always as a copy."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget


class DropTarget(QObject):
    """Takes drags of every kind onto `widget` and onto its children that take none themselves.

    `hovered` carries the place (a QPoint in the widget) while something is dragged over it, and None when that ends.
    `dropped` carries the QMimeData and the place; the data is gone after the slot returns.
    """

    hovered = Signal(object)
    dropped = Signal(object, object)

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.DragLeave:
            self.hovered.emit(None)
            return True
        if not isinstance(event, QDropEvent):
            return super().eventFilter(watched, event)
        # After a Move some programs delete what was dragged; Qt takes it all the same where nothing else is offered.
        event.setDropAction(Qt.DropAction.CopyAction)
        if event.dropAction() == Qt.DropAction.MoveAction:
            event.ignore()
            return True
        event.accept()
        place = event.position().toPoint()
        if event.type() == QEvent.Type.Drop:
            self.hovered.emit(None)
            self.dropped.emit(event.mimeData(), place)
        else:
            self.hovered.emit(place)
        return True
