"""Which columns a table shows, and in which order."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.ui.tables.record_table import PlacedColumn
from desktop.ui.theme import Tone
from desktop.ui.widgets.named import muted, named
from desktop.ui.widgets.notice import Notice

_NAME = Qt.ItemDataRole.UserRole


class ColumnsDialog(QDialog):
    """Emits `submitted` with the columns from left to right, as `PlacedColumn`. At least one of them is shown."""

    submitted = Signal(object)

    def __init__(
        self, placed: Sequence[PlacedColumn], default: Sequence[PlacedColumn], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("columnsDialog")
        self.setWindowTitle("Columns")
        self.resize(400, 560)
        self._default = tuple(default)
        self._problem = Notice("columnsProblem", Tone.PROBLEM)
        self._list = named(QListWidget(), "columnList", "Columns, from left to right")
        self._list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self._list.setAlternatingRowColors(True)
        up = self._button("Move up", "moveUp", "Move the column up, to the left (Alt+Up)", lambda: self._move(-1))
        down = self._button("Move down", "moveDown", "Move the column down, to the right (Alt+Down)", self._move_down)
        QShortcut(QKeySequence("Alt+Up"), self, lambda: self._move(-1))
        QShortcut(QKeySequence("Alt+Down"), self, self._move_down)
        reset = self._button("Reset", "resetColumns", "As the columns were at first", lambda: self._fill(self._default))
        cancel = self._button("Cancel", "cancelButton", "", self.reject)
        use = self._button("Use these columns", "useColumns", "", self._submit)
        use.setProperty("primary", True)
        use.setDefault(True)
        tools = QHBoxLayout()
        for button in (up, down, reset):
            tools.addWidget(button)
        tools.addStretch(1)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(use)
        hint = muted(
            QLabel("Space shows or hides a column. Alt+Up and Alt+Down, or the mouse, move it.", wordWrap=True)
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(10)
        column.addWidget(hint)
        column.addWidget(self._problem)
        column.addWidget(self._list, 1)
        column.addLayout(tools)
        column.addLayout(buttons)
        self._fill(placed)
        self._list.setCurrentRow(0)
        self._list.setFocus()

    @property
    def placed(self) -> tuple[PlacedColumn, ...]:
        """The columns as they are chosen now."""
        items = (self._list.item(row) for row in range(self._list.count()))
        return tuple(
            PlacedColumn(item.data(_NAME), item.text(), item.checkState() == Qt.CheckState.Checked) for item in items
        )

    @property
    def problem(self) -> str:
        """What is said to be wrong; "" when nothing is."""
        return self._problem.text

    def _button(self, text: str, name: str, tip: str, pressed: object) -> QPushButton:
        button = named(QPushButton(text), name, text)
        button.setToolTip(tip)
        button.setAutoDefault(False)
        button.clicked.connect(pressed)
        return button

    def _fill(self, placed: Sequence[PlacedColumn]) -> None:
        row = max(self._list.currentRow(), 0)
        self._list.clear()
        for column in placed:
            item = QListWidgetItem(column.title)
            item.setData(_NAME, column.name)
            item.setFlags(
                Qt.ItemFlag.ItemIsEnabled
                | Qt.ItemFlag.ItemIsSelectable
                | Qt.ItemFlag.ItemIsUserCheckable
                | Qt.ItemFlag.ItemIsDragEnabled
            )
            item.setCheckState(Qt.CheckState.Checked if column.shown else Qt.CheckState.Unchecked)
            self._list.addItem(item)
        self._list.setCurrentRow(row)

    def _move_down(self) -> None:
        self._move(1)

    def _move(self, by: int) -> None:
        row = self._list.currentRow()
        if 0 <= row + by < self._list.count():
            item = self._list.takeItem(row)
            self._list.insertItem(row + by, item)
            self._list.setCurrentRow(row + by)

    def _submit(self) -> None:
        placed = self.placed
        if not any(column.shown for column in placed):
            self._problem.say("At least one column must be shown.")
            return
        self.submitted.emit(placed)
        self.accept()
