"""One field of several entries, given the same value: what they say now is counted before anything is changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.domain.distributions import DistributionEntry
from desktop.domain.entry_edits import (
    ENTRY_LABELS,
    FIELDS_TOGETHER,
    EntryVersion,
    FieldEdit,
    StaleEntries,
    check_field,
    check_reason,
)
from desktop.domain.errors import KnownTrouble, RuleBroken
from desktop.ui.dialogs.entry_form import Choices, choice_box, chosen_id, is_chosen, said_of
from desktop.ui.formats import counted, or_blank
from desktop.ui.theme import Tone
from desktop.ui.widgets.fit_height import fit_height
from desktop.ui.widgets.form_field import FormField
from desktop.ui.widgets.named import muted, named
from desktop.ui.widgets.notice import Notice

_WIDTH = 540
_VALUES_NAMED = 5
_SHOWN_AS = {"rep_id": "rep_name", "customer_id": "customer_name"}


class EditSelectedDialog(QDialog):
    """Emits `submitted` with a `FieldEdit`; whoever saves it calls `accept` or one of the `show_…`."""

    submitted = Signal(object)

    def __init__(
        self,
        entries: Sequence[DistributionEntry],
        people: Choices,
        customers: Choices,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("editSelectedDialog")
        self.setWindowTitle("Edit selected entries")
        self.setFixedWidth(_WIDTH)
        self._entries = tuple(entries)
        self._busy = False
        self._heading = QLabel()
        self._heading.setProperty("section", True)
        self._trouble = Notice("editSelectedProblem", Tone.PROBLEM)
        self._repeats = Notice("editSelectedRepeats", Tone.WARNING)
        self._save_anyway = named(QPushButton("Save anyway"), "saveAnywayButton", "Save anyway")
        self._save_anyway.setAutoDefault(False)
        self._save_anyway.clicked.connect(lambda: self._submit(allow_repeats=True))
        self._repeats.column.addWidget(self._save_anyway, 0, Qt.AlignmentFlag.AlignLeft)
        self._field = QComboBox()
        for name in FIELDS_TOGETHER:
            self._field.addItem(ENTRY_LABELS[name], name)
        self._now = named(QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText), "valuesNow")
        self._now.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text = QLineEdit()
        self._rep = choice_box(people)
        self._customer = choice_box(customers)
        self._editors = QStackedWidget()
        for name, editor in (("newText", self._text), ("newRep", self._rep), ("newCustomer", self._customer)):
            self._editors.addWidget(named(editor, name, "New value"))
        self._value_field = FormField("newValue", "New value for all of them", self._editors)
        self._reason = QLineEdit()
        self._reason.setPlaceholderText("Why is it changed? It is kept with each entry in the audit trail.")
        self._reason_field = FormField("reason", "Reason", self._reason)
        self._save = named(QPushButton("Save"), "saveButton", "Save")
        self._save.setProperty("primary", True)
        self._save.setToolTip("Change the entries (Ctrl+Return)")
        self._save.setAutoDefault(False)
        self._save.clicked.connect(lambda: self._submit(allow_repeats=False))
        cancel = named(QPushButton("Cancel"), "cancelButton", "Cancel")
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addWidget(muted(QLabel("Each entry gets its own audit event.")), 1)
        buttons.addWidget(cancel)
        buttons.addWidget(self._save)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        for widget in (self._heading, self._trouble, FormField("field", "Field", self._field), self._now):
            column.addWidget(widget)
        for widget in (self._value_field, self._repeats, self._reason_field):
            column.addWidget(widget)
        column.addLayout(buttons)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, lambda: self._submit(allow_repeats=False))
        self._field.currentIndexChanged.connect(self._show_field)
        self._text.textChanged.connect(self._show_note)
        self._show_field()
        self._field.setFocus()

    @property
    def field(self) -> str:
        """The field that is to be changed."""
        return str(self._field.currentData())

    @property
    def now(self) -> str:
        """What the entries say now, counted."""
        return self._now.text()

    @property
    def trouble(self) -> str:
        """What is said to be wrong; "" when nothing is."""
        return self._trouble.text

    @property
    def problem(self) -> str:
        """What is said to be wrong with the new value; "" when nothing is."""
        return self._value_field.problem

    def choose_field(self, name: str) -> None:
        """Chooses the field to change."""
        self._field.setCurrentIndex(self._field.findData(name))

    def set_busy(self, busy: bool) -> None:
        """While the entries are saved nothing can be changed or sent again."""
        self._busy = busy
        for widget in (self._field, self._value_field, self._reason_field, self._save, self._save_anyway):
            widget.setEnabled(not busy)
        self._save.setText("Saving…" if busy else "Save")

    def show_progress(self, done: int, total: int | None) -> None:
        """Says how far the saving is."""
        self._save.setText("Saving…" if total is None else f"Saving {done:,} of {total:,}…")

    def show_trouble(self, trouble: KnownTrouble) -> None:
        """Says why nothing was changed; what was typed stays."""
        self.set_busy(False)
        problems = trouble.problems if isinstance(trouble, RuleBroken) else ()
        by_field = {problem.field: problem.message for problem in problems}
        self._reason_field.set_problem(by_field.pop("reason", None))
        self._value_field.set_problem(by_field.pop(self.field, None))
        self._trouble.say("; ".join(by_field.values()) if problems else str(trouble))
        fit_height(self)

    def show_stale(self, stale: StaleEntries, now: Sequence[DistributionEntry]) -> None:
        """Says which entries somebody else changed; saving again changes what is there `now`."""
        changed = {entry.id: entry for entry in stale.now}
        was = {entry.id: entry for entry in self._entries}
        said = [
            f"{entry.order_number}, {entry.facility_name}: {or_blank(self._shown(was[entry.id]))} when you opened "
            f"this, now {or_blank(self._shown(entry))}"
            for entry in list(changed.values())[:_VALUES_NAMED]
        ]
        if stale.gone:
            said.append(f"{counted(len(stale.gone), 'entry is', 'entries are')} deleted.")
        self._entries = tuple(now)
        self.show_trouble(stale)
        self._trouble.say("\n".join([str(stale), *said]))
        self._show_field()

    def show_repeats(self, existing: Sequence[DistributionEntry]) -> None:
        """Says that an entry would say the same as another, and offers to save all the same."""
        self.set_busy(False)
        first = existing[0]
        self._repeats.say(
            f"Order {first.order_number} would have two lines that say the same: {first.sku}, lot {first.lot_number}, "
            f"{counted(first.quantity, 'unit', 'units')}."
        )
        fit_height(self)
        self._save_anyway.setFocus()

    def reject(self) -> None:
        """Closes the dialog unless it is saving."""
        if not self._busy:
            super().reject()

    def _shown(self, entry: DistributionEntry) -> str | None:
        return getattr(entry, _SHOWN_AS.get(self.field, self.field))  # type: ignore[no-any-return]

    def _show_field(self) -> None:
        number = {"rep_id": 1, "customer_id": 2}.get(self.field, 0)
        self._editors.setCurrentIndex(number)
        self._value_field.set_problem(None)
        self._repeats.say("")
        values = Counter(self._shown(entry) for entry in self._entries)
        listed = [
            f"{or_blank(value)}  ({counted(count, 'entry', 'entries')})"
            for value, count in values.most_common(_VALUES_NAMED)
        ]
        if len(values) > _VALUES_NAMED:
            listed.append(f"and {len(values) - _VALUES_NAMED:,} other values")
        self._now.setText("\n".join(["Now:", *listed]))
        units = sum(entry.quantity for entry in self._entries)
        self._heading.setText(f"{counted(len(self._entries), 'entry', 'entries')}, {counted(units, 'unit', 'units')}")
        completer = QCompleter(sorted({value for value in values if value}), self._text)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._text.setCompleter(completer)
        self._show_note()

    def _show_note(self) -> None:
        checked = check_field(FieldEdit((), self.field, self._text.text(), ""))
        notes = {note.field: note.message for note in checked.notes}
        is_text = self._editors.currentWidget() is self._text
        said = said_of(self._text.text(), checked.columns[self.field], notes.get(self.field)) if is_text else None
        self._value_field.set_note(said)
        self._repeats.say("")
        fit_height(self)

    def _submit(self, *, allow_repeats: bool) -> None:
        if self._busy:
            return
        self._trouble.say("")
        self._repeats.say("")
        box = self._editors.currentWidget()
        wrong = None
        value: str | int | None = self._text.text()
        if isinstance(box, QComboBox):
            value = chosen_id(box)
            wrong = None if is_chosen(box) else f"“{box.currentText()}” is not in the list: choose one"
        missing = check_reason(self._reason.text())
        self._value_field.set_problem(wrong)
        self._reason_field.set_problem(missing[0].message if missing else None)
        fit_height(self)
        if wrong or missing:
            if not wrong:
                self._reason.setFocus()
            elif box is not None:
                box.setFocus()
            return
        self.set_busy(True)
        versions = tuple(EntryVersion(entry.id, entry.version) for entry in self._entries)
        edit = FieldEdit(versions, self.field, value, self._reason.text())
        self.submitted.emit(replace(edit, allow_repeats=allow_repeats))
