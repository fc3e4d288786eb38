"""The frame of a dialog that asks for values: what is wrong stands beside the fields, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.domain.errors import KnownTrouble, RuleBroken
from desktop.domain.imports import Problem
from desktop.ui.theme import Tone
from desktop.ui.widgets.fit_height import fit_height
from desktop.ui.widgets.form_field import FormField
from desktop.ui.widgets.named import named
from desktop.ui.widgets.notice import Notice

MARGIN = 20


class FormDialog(QDialog):
    """A subclass puts its fields into `body` and `fields`, and says in `submit` what is sent.

    Whoever opened it ends it by `accept` or `show_trouble`. Enter in a line, or Ctrl+Enter anywhere, submits.
    """

    def __init__(self, name: str, title: str, yes: str, width: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWindowTitle(title)
        self.setMinimumWidth(width)
        self.resize(width, 10)
        self.notice = Notice("dialogProblem", Tone.PROBLEM)
        self.fields: dict[str, FormField] = {}
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        self.cancel_button = named(QPushButton("Cancel"), "cancelButton")
        self.cancel_button.setAutoDefault(False)
        self.cancel_button.clicked.connect(self.reject)
        self.yes_button = named(QPushButton(yes), "yesButton")
        self.yes_button.setProperty("primary", True)
        self.yes_button.setDefault(True)
        self.yes_button.clicked.connect(self._submit)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self._submit)
        self.foot = QHBoxLayout()
        self.foot.addStretch(1)
        self.foot.addWidget(self.cancel_button)
        self.foot.addWidget(self.yes_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 16, MARGIN, 16)
        column.setSpacing(10)
        column.addWidget(self.notice)
        column.addLayout(self.body, 1)
        column.addLayout(self.foot)

    def submit(self) -> None:
        """Send what was entered, or show what is wrong with it."""
        raise NotImplementedError

    def problem(self, field: str) -> str:
        """What is said to be wrong with a field; "" when nothing is."""
        return self.fields[field].problem

    def set_busy(self, busy: bool) -> None:
        """While it is done nothing can be changed or sent again."""
        for widget in (*self.fields.values(), self.yes_button):
            widget.setEnabled(not busy)

    def show_trouble(self, trouble: KnownTrouble) -> None:
        """Says what is wrong, beside the fields where that is known; what was typed stays."""
        self.set_busy(False)
        if isinstance(trouble, RuleBroken):
            self.show_problems(trouble.problems)
        else:
            self.notice.say(str(trouble))
            self.fit()

    def show_problems(self, problems: Iterable[Problem]) -> None:
        """Says each problem beside its field, and in the notice what concerns the whole."""
        beside: dict[str, str] = {}
        whole = []
        for problem in problems:
            if problem.field in self.fields:
                beside[str(problem.field)] = problem.message
            else:
                whole.append(problem.message)
        self.notice.say("; ".join(dict.fromkeys(whole)))
        self._mark(beside)

    def fit(self) -> None:
        """As high as its texts need: called after some came or went."""
        fit_height(self)

    def _mark(self, beside: Mapping[str, str]) -> None:
        for name, field in self.fields.items():
            field.set_problem(beside.get(name))
        self.fit()
        first = next((name for name in self.fields if name in beside), None)
        if first is not None:
            self.fields[first].editor.setFocus()

    def _submit(self) -> None:
        if self.yes_button.isEnabled():
            self.submit()
