"""One entry of the log, changed with a reason. How it came (its source) stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.domain.distributions import DistributionEntry
from desktop.domain.entry_edits import CheckedValues, EditableEntry, EntryEdit, EntryValues, check_reason
from desktop.domain.errors import KnownTrouble, RuleBroken
from desktop.ui.dialogs.entry_form import Choices, EntryForm
from desktop.ui.dialogs.typed_form import TypedForm
from desktop.ui.formats import counted, shown_date, shown_time
from desktop.ui.tables.distributions import SOURCE_LABELS
from desktop.ui.theme import Tone
from desktop.ui.widgets.form_field import FormField
from desktop.ui.widgets.named import muted, named
from desktop.ui.widgets.notice import Notice

_REPEATS_NAMED = 3


class EditEntryDialog(TypedForm):
    """Emits `submitted` with an `EntryEdit`; whoever saves it calls `accept` or one of the `show_…`.

    `check_asked` carries the values whenever a field was left, for `show_checked`. What was typed stays until it is
    saved: closing a form with something changed emits `discard_asked` instead, and `reject` closes it.
    """

    submitted = Signal(object)
    check_asked = Signal(object)

    def __init__(
        self, today: date, read: EditableEntry, people: Choices, customers: Choices, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("editEntryDialog")
        self.setWindowTitle("Edit entry")
        self._read = read
        self.form = EntryForm(today, read, people, customers)
        self.form.setObjectName("entryForm")
        self._about = muted(QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True))
        self._say_about()
        self._trouble = Notice("editProblem", Tone.PROBLEM)
        self._repeats = Notice("editRepeats", Tone.WARNING)
        self._save_anyway = named(QPushButton("Save anyway"), "saveAnywayButton", "Save anyway")
        self._save_anyway.setAutoDefault(False)
        self._save_anyway.clicked.connect(lambda: self._submit(allow_repeats=True))
        self._repeats.column.addWidget(self._save_anyway, 0, Qt.AlignmentFlag.AlignLeft)
        self._reason = QLineEdit()
        self._reason.setPlaceholderText("Why is it changed? It is kept in the audit trail.")
        self._reason_field = FormField("reason", "Reason", self._reason)
        self._save = named(QPushButton("Save"), "saveButton", "Save")
        self._save.setProperty("primary", True)
        self._save.setToolTip("Save the entry (Ctrl+Return)")
        self._save.setAutoDefault(False)
        self._save.clicked.connect(lambda: self._submit(allow_repeats=False))
        self._cancel = named(QPushButton("Cancel"), "cancelButton", "Cancel")
        self._cancel.setAutoDefault(False)
        self._cancel.clicked.connect(self.close_or_ask)
        self._arrange()
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, lambda: self._submit(allow_repeats=False))
        self.form.changed.connect(lambda: self._repeats.say(""))
        self.form.left.connect(lambda: self.check_asked.emit(self.form.value))

    # What whoever opened the dialog uses.

    @property
    def read(self) -> EditableEntry:
        """The entry from which the form was filled, or which it was brought up to since."""
        return self._read

    @property
    def reason(self) -> str:
        """The reason as typed."""
        return self._reason.text()

    @property
    def trouble(self) -> str:
        """What is said to be wrong with the whole edit; "" when nothing is."""
        return self._trouble.text

    @property
    def repeats(self) -> str:
        """What is said of lines that say the same; "" when nothing is."""
        return self._repeats.text

    def problem(self, field: str) -> str:
        """What is said to be wrong with a field, or with the reason; "" when nothing is."""
        return self._reason_field.problem if field == "reason" else self.form.problem(field)

    def set_busy(self, busy: bool) -> None:
        """While the entry is saved nothing can be changed or sent again."""
        self.busy = busy
        for widget in (self.form, self._reason_field, self._save, self._save_anyway):
            widget.setEnabled(not busy)
        self._save.setText("Saving…" if busy else "Save")

    def show_checked(self, values: EntryValues, checked: CheckedValues) -> None:
        """Says what was found of `values`, if that is still what is typed."""
        if values == self.form.value and not self.busy:
            self.form.show_checked(checked)

    def show_trouble(self, trouble: KnownTrouble) -> None:
        """Says what is wrong, beside each field where that is known; nothing that was typed is lost."""
        self.set_busy(False)
        problems = trouble.problems if isinstance(trouble, RuleBroken) else ()
        by_field = {problem.field: problem.message for problem in problems if problem.field is not None}
        self._reason_field.set_problem(by_field.pop("reason", None))
        if self._reason_field.problem:
            self._reason.setFocus()
        self.form.show_problems(by_field)
        if (wrong := self.form.first_wrong()) is not None:
            self._scroll.ensureWidgetVisible(wrong)
        rest = [problem.message for problem in problems if problem.field is None] or [str(trouble)] * (not problems)
        self._trouble.say("; ".join(rest))

    def show_repeats(self, existing: Sequence[DistributionEntry]) -> None:
        """Shows the lines that would say the same, and offers to save all the same."""
        self.set_busy(False)
        known = [
            f"{shown_date(entry.ship_date)}   {entry.order_number}   {entry.sku}   {entry.lot_number}   "
            f"{counted(entry.quantity, 'unit', 'units')}"
            for entry in existing[:_REPEATS_NAMED]
        ]
        self._repeats.say("\n".join(["The log has a line that says the same:", *known]))
        self._save_anyway.setFocus()

    def take_decision(self, now: EditableEntry, decided: EntryValues) -> None:
        """After a stale edit: goes on from the entry as it is now, with the values that were decided on, and saves."""
        self.set_busy(False)
        self._read = now
        self._say_about()
        self.form.set_values(decided)
        self._submit(allow_repeats=False)

    # How it works.

    def has_typed(self) -> bool:
        """Whether something was changed that is not saved."""
        return bool(self.form.value != self._read.values or self.form.unreadable() or self._reason.text().strip())

    def _submit(self, *, allow_repeats: bool) -> None:
        if self.busy:
            return
        self._trouble.say("")
        self._repeats.say("")
        wrong = self.form.unreadable()
        missing = check_reason(self._reason.text())
        self._reason_field.set_problem(missing[0].message if missing else None)
        self.form.show_problems(wrong)
        if wrong or missing:
            if not wrong:
                self._reason.setFocus()
            # Every problem is said at once, those of the rules too.
            self.check_asked.emit(self.form.value)
            return
        self.set_busy(True)
        entry = self._read.entry
        edit = EntryEdit(entry.id, entry.version, self.form.value, self._reason.text())
        self.submitted.emit(replace(edit, allow_repeats=allow_repeats))

    def _say_about(self) -> None:
        entry, changed = self._read.entry, self._read.changed
        text = f"Entry {entry.id}, {SOURCE_LABELS[entry.source]}, entered {shown_time(entry.created_at)}"
        if changed is not None:
            text += f"; changed by {changed.actor} {shown_time(changed.moment)}"
        self._about.setText(f"{text}.")

    def _arrange(self) -> None:
        self._scroll = QScrollArea(widgetResizable=True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self.form)
        head = QVBoxLayout()
        head.setContentsMargins(12, 10, 12, 0)
        head.setSpacing(8)
        for widget in (self._about, self._trouble):
            head.addWidget(widget)
        foot = QVBoxLayout()
        foot.setContentsMargins(12, 8, 12, 12)
        foot.setSpacing(8)
        foot.addWidget(self._repeats)
        foot.addWidget(self._reason_field)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(muted(QLabel("Ctrl+Return saves")))
        buttons.addStretch(1)
        buttons.addWidget(self._cancel)
        buttons.addWidget(self._save)
        foot.addLayout(buttons)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(head)
        outer.addWidget(self._scroll, 1)
        outer.addLayout(foot)
        self.resize(720, 610)
