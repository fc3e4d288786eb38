"""An order number for the lines of an import that have none."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from desktop.domain.distributions import read_order_number
from desktop.ui.formats import counted
from desktop.ui.widgets.fit_height import fit_height
from desktop.ui.widgets.named import named
from desktop.ui.widgets.problem_label import ProblemLabel

_WIDTH = 460


class OrderNumberDialog(QDialog):
    """Emits `submitted` with the number that was typed for all of the `lines`, or with "" when each of their
    `shipments` is to get a free one.
    """

    submitted = Signal(str)

    def __init__(self, lines: int, shipments: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("orderNumberDialog")
        self.setWindowTitle("Give order number")
        self.setFixedWidth(_WIDTH)
        verb = "has" if lines == 1 else "have"
        about = QLabel(f"{counted(lines, 'line', 'lines')} {verb} no order number.", textFormat=Qt.TextFormat.PlainText)
        about.setProperty("section", True)
        self._free = named(QRadioButton(), "orderFree")
        numbers = "A &free number for the shipment" if shipments == 1 else "A &free number for each shipment"
        self._free.setText(f"{numbers}: {counted(shipments, 'number', 'numbers')}")
        self._free.setToolTip("MAN- and today's date. The lines of one facility and ship date are one shipment.")
        self._free.setChecked(True)
        self._one = named(QRadioButton("&One number for all of them:"), "orderOne")
        self._number = named(QLineEdit(), "orderNumber", "Order number")
        self._number.textEdited.connect(lambda: self._one.setChecked(True))
        self._one.toggled.connect(lambda on: self._number.setFocus() if on else None)
        self._problem = ProblemLabel(self._number)
        kinds = QButtonGroup(self)
        kinds.addButton(self._free)
        kinds.addButton(self._one)
        cancel = named(QPushButton("Cancel", autoDefault=False), "orderCancel", "Cancel")
        cancel.clicked.connect(self.reject)
        give = named(QPushButton("Give order number", default=True), "orderGive", "Give order number")
        give.setProperty("primary", True)
        give.clicked.connect(self._submit)
        typed = QHBoxLayout()
        typed.addWidget(self._one)
        typed.addWidget(self._number, 1)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(give)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(8)
        column.addWidget(about)
        column.addWidget(self._free)
        column.addLayout(typed)
        column.addWidget(self._problem)
        column.addSpacing(6)
        column.addLayout(buttons)
        fit_height(self)
        self._free.setFocus()

    @property
    def problem(self) -> str:
        """What is said to be wrong with the number; "" when nothing is."""
        return self._problem.text()

    def _submit(self) -> None:
        number = ""
        if self._one.isChecked():
            reading = read_order_number(self._number.text())
            self._problem.set_problem(reading.problem)
            fit_height(self)
            if reading.problem is not None:
                self._number.setFocus()
                return
            number = str(reading.value)
        self.submitted.emit(number)
        self.accept()
