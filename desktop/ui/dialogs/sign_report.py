"""Signing a report: what the signature means, and the password once more."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from desktop.domain.errors import KnownTrouble, RuleBroken
from desktop.domain.reports import Meaning, TracingReport
from desktop.ui.formats import counted
from desktop.ui.theme import Tone
from desktop.ui.widgets.fit_height import fit_height
from desktop.ui.widgets.form_field import FormField
from desktop.ui.widgets.named import muted, named
from desktop.ui.widgets.notice import Notice
from desktop.ui.widgets.password_field import PasswordField

_MEANINGS = {
    Meaning.APPROVED: "&Approved: I approve this report for release",
    Meaning.REVIEWED: "&Reviewed: I checked it against the log",
    Meaning.AUTHORED: "A&uthored: I made it",
}


@dataclass(frozen=True, slots=True)
class SignatureRequest:
    """What was chosen and typed. The password is not in the `repr`, so it cannot reach a log."""

    meaning: Meaning
    password: str = field(repr=False)


class SignReportDialog(QDialog):
    """Emits `submitted` with a `SignatureRequest`; checking a password takes a moment: `set_busy` meanwhile.

    Nothing is chosen and nothing is the default: a signature is an act, not the Enter key.
    """

    submitted = Signal(object)

    def __init__(self, report: TracingReport, signer: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("signReportDialog")
        self.setWindowTitle("Finalise report")
        self.setFixedWidth(460)
        title = QLabel(f"Sign {report.reference}", textFormat=Qt.TextFormat.PlainText)
        title.setProperty("heading", True)
        content = QLabel(
            f"{report.filter.in_words()}: {counted(report.rows, 'line', 'lines')}, "
            f"{counted(report.units, 'unit', 'units')}.",
            wordWrap=True,
            textFormat=Qt.TextFormat.PlainText,
        )
        fixed = muted(
            QLabel(
                "A final report can never be changed, nor can the approvals that are attached to it now. "
                "The signature keeps your name, the time, its meaning and the SHA-256 of the file.",
                wordWrap=True,
            )
        )
        self._warning = Notice("signWarning", Tone.WARNING)
        self._notice = Notice("signProblem", Tone.PROBLEM)
        self._meanings = QButtonGroup(self)
        choices = QVBoxLayout()
        for meaning, words in _MEANINGS.items():
            button = named(QRadioButton(words), f"meaning_{meaning.value}", words.replace("&", ""))
            self._meanings.addButton(button, list(Meaning).index(meaning))
            choices.addWidget(button)
        self._password = PasswordField()
        self._password_field = FormField("password", f"Password of {signer}", self._password)
        self._cancel = named(QPushButton("Cancel", autoDefault=False), "signCancel")
        self._cancel.clicked.connect(self.reject)
        self._sign = named(QPushButton("Sign and finalise", autoDefault=False), "signButton")
        self._sign.setProperty("primary", True)
        self._sign.clicked.connect(self._submit)
        self._password.returnPressed.connect(self._submit)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self._cancel)
        buttons.addWidget(self._sign)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        for part in (title, content, self._warning, fixed, self._notice):
            column.addWidget(part)
        column.addLayout(choices)
        column.addWidget(self._password_field)
        column.addSpacing(4)
        column.addLayout(buttons)
        self._warn(report)
        self._meanings.buttons()[0].setFocus()

    @property
    def problem(self) -> str:
        """What is said to be wrong; "" when nothing is."""
        return self._notice.text or self._password_field.problem or ""

    @property
    def warning(self) -> str:
        """What should be known before signing."""
        return self._warning.text

    def set_busy(self, busy: bool) -> None:
        """While the password is checked nothing can be changed or sent again."""
        for widget in (self._password_field, self._sign, *self._meanings.buttons()):
            widget.setEnabled(not busy)
        self._sign.setText("Signing…" if busy else "Sign and finalise")

    def show_trouble(self, trouble: KnownTrouble) -> None:
        """Says why nothing was signed; the password is there to be corrected."""
        self.set_busy(False)
        about_password = isinstance(trouble, RuleBroken) and all(
            problem.field == "password" for problem in trouble.problems
        )
        self._password_field.set_problem(str(trouble) if about_password else None)
        self._notice.say("" if about_password else str(trouble))
        fit_height(self)
        self._password.setFocus()
        self._password.selectAll()

    def _warn(self, report: TracingReport) -> None:
        warnings = []
        if report.is_stale:
            lines = counted(report.changes, "line of the log has", "lines of the log have")
            warnings.append(f"This report is stale: {lines} changed since it was made.")
        if not report.bound_approvals:
            warnings.append("No bound approval e-mail is attached.")
        self._warning.say(" ".join(warnings))

    def _submit(self) -> None:
        chosen, password = self._meanings.checkedId(), self._password.text()
        self._notice.say("" if chosen >= 0 else "Choose what your signature means")
        self._password_field.set_problem(None if password else "Enter your password")
        fit_height(self)
        if chosen < 0:
            self._meanings.buttons()[0].setFocus()
        elif not password:
            self._password.setFocus()
        else:
            self.set_busy(True)
            self.submitted.emit(SignatureRequest(list(Meaning)[chosen], password))
