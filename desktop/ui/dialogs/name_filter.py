"""The name under which a filter is saved, or saved again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop.ui.widgets.fit_height import fit_height
from desktop.ui.widgets.form_field import FormField
from desktop.ui.widgets.named import muted, named

_MOST_LETTERS = 60


@dataclass(frozen=True, slots=True)
class FilterName:
    """A trimmed name, and whether the filter is the one to begin with."""

    name: str
    at_start: bool


class NameFilterDialog(QDialog):
    """Emits `submitted` with a `FilterName`.

    `words` say what the filter asks for. A name that is among `taken` replaces that filter when a filter is saved,
    and is refused when one is renamed.
    """

    submitted = Signal(object)

    def __init__(
        self,
        words: str,
        taken: Sequence[str],
        name: str = "",
        *,
        at_start: bool = False,
        renames: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("nameFilterDialog")
        self.setWindowTitle("Rename the filter" if renames else "Save the filter")
        self.setFixedWidth(420)
        self._renames = renames
        self._before = name
        self._taken = {other.casefold(): other for other in taken}
        self._name = QLineEdit(name, maxLength=_MOST_LETTERS, placeholderText="Such as: Last month, no phone")
        self._field = FormField("filterName", "Name", self._name)
        self._at_start = named(QCheckBox("Begin with this filter"), "beginWithFilter", "Begin with this filter")
        self._at_start.setToolTip("The log is opened with this filter")
        self._at_start.setChecked(at_start)
        self._at_start.setVisible(not renames)
        self._replaces = named(muted(QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)), "replacesFilter")
        cancel = named(QPushButton("Cancel"), "cancelButton")
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self._save = named(QPushButton(), "saveButton")
        self._save.setProperty("primary", True)
        self._save.setDefault(True)
        self._save.clicked.connect(self._submit)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self._save)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(10)
        said = QLabel(f"{words[0].upper()}{words[1:]}", wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        column.addWidget(muted(said))
        column.addWidget(self._field)
        column.addWidget(self._at_start)
        column.addWidget(self._replaces)
        column.addLayout(buttons)
        self._name.textChanged.connect(self._follow)
        self._follow()
        self._name.selectAll()
        self._name.setFocus()

    @property
    def problem(self) -> str:
        """What is said to be wrong with the name; "" when nothing is."""
        return self._field.problem

    def _follow(self) -> None:
        self._field.set_problem(None)
        replaced = None if self._renames else self._taken.get(self._typed.casefold())
        self._replaces.setText(f"“{replaced}” is replaced by this filter." if replaced else "")
        self._replaces.setVisible(bool(replaced))
        self._save.setText("Rename" if self._renames else "Replace" if replaced else "Save")
        self._save.setAccessibleName(self._save.text())
        fit_height(self)

    @property
    def _typed(self) -> str:
        return " ".join(self._name.text().split())

    def _submit(self) -> None:
        name = self._typed
        if not name:
            self._field.set_problem("Name is required")
        elif self._renames and name.casefold() != self._before.casefold() and name.casefold() in self._taken:
            self._field.set_problem("Another filter has this name")
        else:
            self.submitted.emit(FilterName(name, self._at_start.isChecked()))
            self.accept()
            return
        fit_height(self)
        self._name.setFocus()
