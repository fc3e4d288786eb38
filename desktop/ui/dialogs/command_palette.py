"""Finds any command by some letters of its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop.ui.widgets.named import muted, named

_ID = Qt.ItemDataRole.UserRole
_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


@dataclass(frozen=True, slots=True)
class PaletteLine:
    """A command as the palette lists it: where it is found, its shortcut, and why it cannot be used now, if so."""

    id: str
    text: str
    place: str
    shortcut: str = ""
    reason: str | None = None

    def matches(self, words: Sequence[str]) -> bool:
        """Whether every word is found in the text or the place, without case."""
        searched = f"{self.text} {self.place}".casefold()
        return all(word in searched for word in words)


class CommandPalette(QDialog):
    """`chosen` carries the id of the command that was chosen; the dialog is closed by then."""

    chosen = Signal(str)

    def __init__(self, lines: Sequence[PaletteLine], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("commandPalette")
        self.setWindowTitle("Find a command")
        self.resize(560, 380)
        self._lines = tuple(lines)
        self._search = named(QLineEdit(placeholderText="Type what you want to do"), "paletteSearch", "Find a command")
        self._search.textChanged.connect(self._fill)
        self._search.returnPressed.connect(self._choose)
        self._search.installEventFilter(self)
        self._list = named(QTreeWidget(), "paletteList", "Commands")
        self._list.setRootIsDecorated(False)
        self._list.setUniformRowHeights(True)
        self._list.setHeaderHidden(True)
        self._list.setColumnCount(3)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.header().setStretchLastSection(False)
        self._list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self._list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self._list.header().setSectionResizeMode(2, QHeaderView.ResizeMode.ResizeToContents)
        self._list.itemClicked.connect(self._choose)
        self._list.currentItemChanged.connect(self._explain)
        self._reason = named(muted(QLabel(wordWrap=True)), "paletteReason")
        column = QVBoxLayout(self)
        column.addWidget(self._search)
        column.addWidget(self._list, 1)
        column.addWidget(self._reason)
        self._fill()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if watched is self._search and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            moves = event.key() in _MOVES
            if moves:
                self._list.keyPressEvent(event)
            return moves
        return super().eventFilter(watched, event)

    def _fill(self) -> None:
        words = self._search.text().casefold().split()
        self._list.clear()
        for line in self._lines:
            if not line.matches(words):
                continue
            item = QTreeWidgetItem([line.text, line.place, line.shortcut])
            item.setData(0, _ID, line)
            if line.reason is not None:
                for column in range(3):
                    item.setForeground(column, self.palette().placeholderText())
            self._list.addTopLevelItem(item)
        if (first := self._list.topLevelItem(0)) is not None:
            self._list.setCurrentItem(first)
        self._explain()

    def _explain(self) -> None:
        item = self._list.currentItem()
        line = item.data(0, _ID) if item is not None else None
        self._reason.setText("No command has these words" if line is None else line.reason or "Enter runs the command")

    def _choose(self) -> None:
        item = self._list.currentItem()
        line = item.data(0, _ID) if item is not None else None
        if line is not None and line.reason is None:
            self.accept()
            self.chosen.emit(line.id)
