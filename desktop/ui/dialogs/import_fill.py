"""One value into the same field of many lines of an import: the lot of an export that has none, for example."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from desktop.domain.distributions import FIELD_LABELS
from desktop.domain.imports import REQUIRED_FIELDS
from desktop.ui.formats import counted
from desktop.ui.widgets.fit_height import fit_height
from desktop.ui.widgets.form_field import FormField
from desktop.ui.widgets.named import named

_WIDTH = 420


class FillWanted(NamedTuple):
    """What to write where: into the lines that are selected, or all that are shown."""

    field: str
    text: str
    all_shown: bool
    only_problems: bool


class FillDialog(QDialog):
    """Emits `submitted` with a `FillWanted`; `selected` and `shown` count lines."""

    submitted = Signal(object)

    def __init__(
        self, fields: Sequence[str], field: str, selected: int, shown: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("fillDialog")
        self.setWindowTitle("Fill")
        self.setFixedWidth(_WIDTH)
        self._fields = QComboBox()
        for name in fields:
            self._fields.addItem(FIELD_LABELS[name], name)
        self._fields.setCurrentIndex(self._fields.findData(field))
        self._text = QLineEdit()
        self._value = FormField("fillValue", "Value", self._text)
        self._selected = named(QRadioButton(), "fillSelected")
        self._selected.setText(f"Into the &selected {'line' if selected == 1 else counted(selected, 'line', 'lines')}")
        self._shown = named(QRadioButton(), "fillShown")
        self._shown.setText(f"Into &all {counted(shown, 'line', 'lines')} that are shown")
        (self._selected if selected > 1 else self._shown).setChecked(True)
        scope = QButtonGroup(self)
        scope.addButton(self._selected)
        scope.addButton(self._shown)
        self._problems = named(QCheckBox("Only where it is a &problem"), "fillOnlyProblems")
        self._problems.setChecked(True)
        cancel = named(QPushButton("Cancel", autoDefault=False), "fillCancel", "Cancel")
        cancel.clicked.connect(self.reject)
        fill = named(QPushButton("Fill", default=True), "fillNow", "Fill")
        fill.setProperty("primary", True)
        fill.clicked.connect(self._submit)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(fill)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(8)
        column.addWidget(FormField("fillField", "Field", self._fields))
        for widget in (self._value, self._selected, self._shown, self._problems):
            column.addWidget(widget)
        column.addSpacing(6)
        column.addLayout(buttons)
        fit_height(self)
        self._text.setFocus()

    @property
    def problem(self) -> str:
        """What is said to be wrong with the value; "" when nothing is."""
        return self._value.problem

    def _submit(self) -> None:
        field, text = self._fields.currentData(), self._text.text().strip()
        if not text and field in REQUIRED_FIELDS:
            self._value.set_problem(f"{FIELD_LABELS[field]} is required")
            fit_height(self)
            self._text.setFocus()
            return
        self.submitted.emit(FillWanted(field, text, self._shown.isChecked(), self._problems.isChecked()))
        self.accept()
