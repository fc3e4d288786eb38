"""Every field of one entry that can be changed, with what is wrong or noteworthy beside each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QCompleter, QGridLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from desktop.domain.entry_edits import ENTRY_LABELS, VALUE_FIELDS, CheckedValues, EditableEntry, EntryValues
from desktop.domain.products import PRODUCTS
from desktop.ui.widgets.date_field import DateWithToday
from desktop.ui.widgets.form_field import FormField

# Whom or what can be chosen: id and name, in the order of the list.
Choices = Sequence[tuple[int, str]]

# Rows of the form: each field with the number of columns, out of six, that it is wide.
_SECTIONS = (
    (
        "What was shipped",
        (
            (("ship_date", 2), ("order_number", 2), ("tracking_number", 2)),
            (("sku", 2), ("lot_number", 2), ("quantity", 2)),
            (("rep_id", 2), ("customer_id", 2), ("ss_shipment_id", 2)),
        ),
    ),
    (
        "Where it went",
        (
            (("facility_name", 6),),
            (("address1", 3), ("address2", 3)),
            (("city", 2), ("state", 1), ("zip", 1), ("country", 2)),
            (("contact_name", 2), ("contact_phone", 2), ("contact_email", 2)),
        ),
    ),
)
_CHOSEN = ("rep_id", "customer_id")
_TEXTS = tuple(name for name in VALUE_FIELDS if name not in ("ship_date", "sku", *_CHOSEN))


def said_of(typed: str, kept: object, note: str | None) -> str | None:
    """What is said of a value that is kept otherwise than typed, or that has a note; None for all others."""
    if kept is not None and str(kept) != typed and typed.strip():
        return f"Kept as “{kept}”"
    return note


def choice_box(choices: Choices, current: tuple[int, str] | None = None) -> QComboBox:
    """A list to choose from or to type into; blank means none. `current` is there even when it can be no more chosen.

    Typing narrows the list to what holds the typed words; what is in no list is refused by `chosen_id`.
    """
    box = QComboBox(editable=True, insertPolicy=QComboBox.InsertPolicy.NoInsert)
    box.addItem("", None)
    if current is not None and all(choice_id != current[0] for choice_id, _ in choices):
        box.addItem(current[1], current[0])
    for choice_id, name in choices:
        box.addItem(name, choice_id)
    completer = QCompleter(box.model(), box)
    completer.setFilterMode(Qt.MatchFlag.MatchContains)
    completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
    box.setCompleter(completer)
    return box


def is_chosen(box: QComboBox) -> bool:
    """Whether the text of a choice box is one of its choices."""
    return box.findText(box.currentText().strip(), Qt.MatchFlag.MatchFixedString) >= 0


def chosen_id(box: QComboBox) -> int | None:
    """The id behind the text of a choice box; None for blank, and for what is no choice."""
    text = box.currentText().strip()
    if box.itemText(box.currentIndex()) == text:
        return box.currentData()  # type: ignore[no-any-return]
    place = box.findText(text, Qt.MatchFlag.MatchFixedString)
    return None if place < 0 else box.itemData(place)


class EntryForm(QWidget):
    """`value` holds what is typed. `left` follows when a field with another value was left: then it is checked."""

    changed = Signal()
    left = Signal()

    def __init__(
        self, today: date, read: EditableEntry, people: Choices, customers: Choices, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._date = DateWithToday(today)
        self._texts = {name: QLineEdit() for name in _TEXTS}
        self._sku = QComboBox(editable=True, insertPolicy=QComboBox.InsertPolicy.NoInsert)
        for product in PRODUCTS:
            self._sku.addItem(product.sku)
        self._chosen = {
            "rep_id": choice_box(people, _named(read.values.rep_id, read.entry.rep_name)),
            "customer_id": choice_box(customers, _named(read.values.customer_id, read.entry.customer_name)),
        }
        self._fields: dict[str, FormField] = {
            name: FormField(name, ENTRY_LABELS[name], editor)
            for name, editor in (self._texts | self._chosen | {"sku": self._sku}).items()
        }
        self._fields["ship_date"] = FormField("ship_date", ENTRY_LABELS["ship_date"], self._date.field, self._date)
        self._left: set[str] = set()
        self._arrange()
        self.set_values(read.values)
        self._checked = self.value
        self._listen()

    @property
    def value(self) -> EntryValues:
        """The values as typed and chosen."""
        return EntryValues(
            ship_date=self._date.field.value,
            sku=self._sku.currentText(),
            rep_id=chosen_id(self._chosen["rep_id"]),
            customer_id=chosen_id(self._chosen["customer_id"]),
            **{name: editor.text() for name, editor in self._texts.items()},
        )

    def set_values(self, values: EntryValues) -> None:
        """Fills the form."""
        self._date.field.set_value(values.ship_date)
        self._sku.setCurrentText(values.sku)
        for name, editor in self._texts.items():
            editor.setText(getattr(values, name))
        for name, box in self._chosen.items():
            box.setCurrentIndex(max(0, box.findData(getattr(values, name))))

    def names(self, values: EntryValues) -> Mapping[str, str]:
        """Values as people read them: rep and customer by name."""
        shown = {name: str(getattr(values, name) or "") for name in VALUE_FIELDS}
        for name, box in self._chosen.items():
            shown[name] = box.itemText(max(0, box.findData(getattr(values, name))))
        return shown

    def problem(self, field: str) -> str:
        """What is said to be wrong with a field; "" when nothing is."""
        return self._fields[field].problem

    def note(self, field: str) -> str:
        """What is said about a field that is not wrong; "" when nothing is."""
        return self._fields[field].note

    def unreadable(self) -> dict[str, str]:
        """What no value can be made of, by field: a text that is no date, a name that is in no list."""
        said = {}
        if not self._date.field.is_readable:
            said["ship_date"] = f"“{self._date.field.text()}” is not a date written as YYYY-MM-DD"
        for name, box in self._chosen.items():
            if not is_chosen(box):
                said[name] = f"“{box.currentText()}” is not in the list: choose one, or leave it blank"
        return said

    def show_checked(self, checked: CheckedValues) -> None:
        """Says what is wrong with, and what becomes of, the fields that were left so far."""
        self._show(checked, self._left)

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Says what is wrong, field by field, and goes to the first."""
        problems = {**problems, **self.unreadable()}
        self._left |= set(VALUE_FIELDS)
        for name, field in self._fields.items():
            field.set_problem(problems.get(name))
        if first := next((name for name in self._fields_in_order() if name in problems), None):
            self._fields[first].editor.setFocus()

    def first_wrong(self) -> QWidget | None:
        """The first field with a problem, from top to bottom."""
        return next((self._fields[name] for name in self._fields_in_order() if self._fields[name].problem), None)

    def _show(self, checked: CheckedValues, names: set[str]) -> None:
        problems = {str(problem.field): problem.message for problem in checked.problems} | self.unreadable()
        notes = {str(note.field): note.message for note in checked.notes}
        typed = self.value
        for name in names:
            wrong = problems.get(name)
            self._fields[name].set_problem(wrong)
            is_text = name in self._texts or name == "sku"
            said = said_of(getattr(typed, name), checked.columns[name], notes.get(name)) if is_text else None
            self._fields[name].set_note(None if wrong else said)

    def _listen(self) -> None:
        self._date.field.editingFinished.connect(lambda: self._leave("ship_date"))
        self._date.field.textChanged.connect(self.changed)
        for name, editor in self._texts.items():
            editor.editingFinished.connect(lambda name=name: self._leave(name))
            editor.textChanged.connect(self.changed)
        for name, box in (self._chosen | {"sku": self._sku}).items():
            if (line := box.lineEdit()) is not None:
                line.editingFinished.connect(lambda name=name: self._leave(name))
            box.activated.connect(lambda _index, name=name: self._leave(name))
            box.currentTextChanged.connect(self.changed)

    def _leave(self, name: str) -> None:
        self._left.add(name)
        value = self.value
        if value != self._checked or self.unreadable():
            self._checked = replace(value)
            self.left.emit()

    def _fields_in_order(self) -> list[str]:
        return [name for _, rows in _SECTIONS for row in rows for name, _ in row]

    def _arrange(self) -> None:
        self._texts["quantity"].setAlignment(Qt.AlignmentFlag.AlignRight)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(7)
        for title, rows in _SECTIONS:
            label = QLabel(title)
            label.setProperty("section", True)
            column.addWidget(label)
            column.addLayout(field_grid(self._fields, rows))
        column.addStretch(1)


def field_grid(fields: Mapping[str, QWidget], rows: Sequence[Sequence[tuple[str, int]]]) -> QGridLayout:
    """Fields in rows of six equal columns; each row gives names and how many columns each takes."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(10)
    grid.setVerticalSpacing(6)
    for row, names in enumerate(rows):
        place = 0
        for name, width in names:
            grid.addWidget(fields[name], row, place, 1, width)
            place += width
    for place in range(6):
        grid.setColumnStretch(place, 1)
    return grid


def _named(choice_id: int | None, name: str | None) -> tuple[int, str] | None:
    return None if choice_id is None else (choice_id, name or "")
