"""One SKU, lot and quantity of a shipment that is entered by hand."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QLineEdit, QToolButton, QWidget

from desktop.domain.distributions import NewLine
from desktop.domain.products import PRODUCTS
from desktop.ui.icons import icon
from desktop.ui.widgets.named import muted, named
from desktop.ui.widgets.problem_label import ProblemLabel

LINE_WIDTHS = {"sku": 190, "lot_number": 280, "quantity": 150}
LINE_SPACING = 10
LINE_LABELS = {"sku": "SKU", "lot_number": "Lot", "quantity": "Quantity (single units)"}


class ShipmentLine(QWidget):
    """The fields of one line; `NewLine` as typed comes out of `value`."""

    changed = Signal()
    left = Signal(str)
    remove_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sku = QComboBox(editable=True, insertPolicy=QComboBox.InsertPolicy.NoInsert)
        for product in PRODUCTS:
            self.sku.addItem(product.sku)
            self.sku.setItemData(self.sku.count() - 1, f"{product.french} Fr", Qt.ItemDataRole.ToolTipRole)
        self.sku.setCurrentIndex(-1)
        self.lot = QLineEdit()
        self.quantity = QLineEdit()
        self.quantity.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.remove = QToolButton()
        self.remove.setIcon(icon("remove"))
        self.remove.setToolTip("Remove this line (Ctrl+Delete)")
        self.remove.clicked.connect(self.remove_asked)
        self.sku.currentTextChanged.connect(self.changed)
        self.lot.textChanged.connect(self.changed)
        self.quantity.textChanged.connect(self.changed)
        if (sku := self.sku.lineEdit()) is not None:
            sku.editingFinished.connect(lambda: self.left.emit("sku"))
        self.sku.activated.connect(lambda: self.left.emit("sku"))
        self.lot.editingFinished.connect(lambda: self.left.emit("lot_number"))
        self.quantity.editingFinished.connect(lambda: self.left.emit("quantity"))
        self._editors: dict[str, QWidget] = {"sku": self.sku, "lot_number": self.lot, "quantity": self.quantity}
        self._problems: dict[str, ProblemLabel] = {}
        self._notes: dict[str, QLabel] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(2)
        grid.setHorizontalSpacing(LINE_SPACING)
        for place, (field, editor) in enumerate(self._editors.items()):
            editor.setObjectName(field)
            editor.setFixedWidth(LINE_WIDTHS[field])
            self._problems[field] = ProblemLabel(editor)
            self._problems[field].setFixedWidth(LINE_WIDTHS[field])
            grid.addWidget(editor, 0, place)
            self._notes[field] = muted(QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText))
            self._notes[field].setFixedWidth(LINE_WIDTHS[field])
            self._notes[field].hide()
            grid.addWidget(self._problems[field], 1, place, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(self._notes[field], 1, place, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.remove, 0, len(self._editors))
        grid.setColumnStretch(len(self._editors) + 1, 1)

    @property
    def value(self) -> NewLine:
        """The line as typed."""
        return NewLine(self.sku.currentText(), self.lot.text(), self.quantity.text())

    def set_number(self, number: int, *, removable: bool) -> None:
        """Names the fields after the line's place, counted from 1 for people and from 0 for tests."""
        for field, editor in self._editors.items():
            named(editor, f"{field}_{number - 1}", f"{LINE_LABELS[field]}, line {number}")
            self._problems[field].setObjectName(f"{field}_{number - 1}Problem")
        named(self.remove, f"remove_{number - 1}", f"Remove line {number}")
        self.remove.setEnabled(removable)

    def set_problems(self, messages: dict[str, str]) -> None:
        """Shows what is wrong, by field name."""
        for field, label in self._problems.items():
            label.set_problem(messages.get(field))

    def show_checked(self, field: str, problem: str | None, note: str | None) -> None:
        """Says what is wrong with one field, or what becomes of it."""
        self._problems[field].set_problem(problem)
        self._notes[field].setText("" if problem else note or "")
        self._notes[field].setVisible(bool(self._notes[field].text()))

    def problem(self, field: str) -> str:
        """What is said to be wrong with a field; "" when nothing is."""
        return self._problems[field].text()

    def note(self, field: str) -> str:
        """What is said about a field that is not wrong; "" when nothing is."""
        return self._notes[field].text()

    def editors(self) -> Iterator[tuple[str, QWidget]]:
        """The editors by field name, in the order they are filled in."""
        yield from self._editors.items()
