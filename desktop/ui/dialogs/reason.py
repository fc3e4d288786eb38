"""Asking why, before something is done that takes records out of the log. What will change is said first."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from desktop.domain.errors import KnownTrouble, RuleBroken
from desktop.ui.theme import Tone
from desktop.ui.widgets.fit_height import fit_height
from desktop.ui.widgets.form_field import FormField
from desktop.ui.widgets.named import muted, named
from desktop.ui.widgets.notice import Notice

_WIDTH = 480
_LINES_OF_REASON = 3


class ReasonDialog(QDialog):
    """Emits `submitted` with the reason, trimmed and never blank; whoever listens calls `accept` or `show_trouble`.

    `sentence` says what is about to happen and `detail` what becomes of it; `yes` is the word on the button that does
    it. Cancel is what Enter presses, except on that button itself; Ctrl+Enter submits from the field.
    """

    submitted = Signal(str)

    def __init__(self, title: str, sentence: str, detail: str, yes: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reasonDialog")
        self.setWindowTitle(title)
        self.setFixedWidth(_WIDTH)
        asked = named(QLabel(sentence, wordWrap=True, textFormat=Qt.TextFormat.PlainText), "reasonSentence")
        asked.setProperty("section", True)
        what = named(muted(QLabel(detail, wordWrap=True, textFormat=Qt.TextFormat.PlainText)), "reasonDetail")
        what.setVisible(bool(detail))
        self._notice = Notice("reasonTrouble", Tone.PROBLEM)
        self._reason = QPlainTextEdit(tabChangesFocus=True)
        self._reason.setFixedHeight(_LINES_OF_REASON * self._reason.fontMetrics().lineSpacing() + 18)
        self._field = FormField("reason", "Reason", self._reason)
        hint = muted(QLabel("It is kept in the audit trail."))
        self._cancel = named(QPushButton("Cancel"), "reasonCancel", "Cancel")
        self._cancel.setDefault(True)
        self._cancel.clicked.connect(self.reject)
        self._yes = named(QPushButton(yes), "reasonYes", yes.replace("&", ""))
        self._yes.clicked.connect(self._submit)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self._submit)
        self._yes.setToolTip("Ctrl+Enter")
        buttons = QHBoxLayout()
        buttons.addWidget(hint, 1)
        buttons.addWidget(self._cancel)
        buttons.addWidget(self._yes)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        for widget in (asked, what, self._notice, self._field):
            column.addWidget(widget)
        column.addLayout(buttons)
        fit_height(self)
        self._reason.setFocus()

    @property
    def problem(self) -> str:
        """What is said to be wrong with the reason; "" when nothing is."""
        return self._field.problem

    def set_busy(self, busy: bool) -> None:
        """While it is done nothing can be changed or sent again."""
        for widget in (self._field, self._yes):
            widget.setEnabled(not busy)

    def show_trouble(self, trouble: KnownTrouble) -> None:
        """Says why it was not done; the reason stays."""
        self.set_busy(False)
        problems = trouble.problems if isinstance(trouble, RuleBroken) else ()
        about_reason = next((problem.message for problem in problems if problem.field == "reason"), None)
        self._notice.say("" if about_reason else str(trouble))
        self._show_problem(about_reason)

    def _submit(self) -> None:
        if not self._yes.isEnabled():
            return
        reason = self._reason.toPlainText().strip()
        self._notice.say("")
        self._show_problem(None if reason else "Say why: a reason is required")
        if reason:
            self.set_busy(True)
            self.submitted.emit(reason)

    def _show_problem(self, sentence: str | None) -> None:
        self._field.set_problem(sentence)
        fit_height(self)
        if sentence:
            self._reason.setFocus()
