"""One shipment, entered by hand: several SKU, lot and quantity lines that share date, order and facility."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.domain.distributions import FIELD_LABELS, CheckedShipment, DistributionEntry, NewShipment
from desktop.domain.errors import KnownTrouble, RuleBroken
from desktop.domain.facilities import KnownFacility
from desktop.domain.imports import LINE_FIELDS, Problem
from desktop.domain.users import Person
from desktop.ui.dialogs.entry_form import field_grid, said_of
from desktop.ui.dialogs.facility_offers import FacilityOffers
from desktop.ui.dialogs.shipment_line import LINE_LABELS, LINE_SPACING, LINE_WIDTHS, ShipmentLine
from desktop.ui.dialogs.typed_form import TypedForm
from desktop.ui.formats import counted, shown_date, shown_time
from desktop.ui.icons import icon
from desktop.ui.theme import Tone
from desktop.ui.widgets.date_field import DateWithToday
from desktop.ui.widgets.form_field import FormField
from desktop.ui.widgets.named import muted, named
from desktop.ui.widgets.notice import Notice

_REPEATS_NAMED = 5
# Rows of the form: each field with the number of columns, out of six, that it is wide.
_SHIPMENT_FIELDS = (
    (("ship_date", 2), ("order_number", 2), ("rep", 2)),
    (("facility_name", 4), ("tracking_number", 2)),
)
_ADDRESS_FIELDS = (
    (("address1", 3), ("address2", 3)),
    (("city", 2), ("state", 1), ("zip", 1), ("country", 2)),
    (("contact_name", 2), ("contact_phone", 2), ("contact_email", 2)),
)
# Typed as text; the others have editors of their own, or none.
_TEXT_FIELDS = tuple(
    name for name in LINE_FIELDS if name not in ("ship_date", "sku", "lot_number", "quantity", "rep", "ss_shipment_id")
)


class NewShipmentDialog(TypedForm):
    """Emits `submitted` with a `NewShipment`; whoever saves it calls `accept`, `show_trouble` or `show_repeats`.

    With `wants_another` it is not closed when it was saved: `start_next` makes it ready for the next shipment to the
    same facility. `check_asked` carries the shipment whenever a field was left, for `show_checked`; `facility_typed`
    what is typed as facility, for `offer_facilities`. What was typed stays until the shipment is saved: closing a form
    with something in it emits `discard_asked` instead, and `reject` closes it. `people` are the reps to choose from.
    """

    submitted = Signal(object)
    check_asked = Signal(object)
    facility_typed = Signal(str)

    def __init__(self, today: date, people: Sequence[Person], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("newShipmentDialog")
        self.setWindowTitle("New shipment")
        self._typed = False
        self.wants_another = False
        self._left: set[tuple[int | None, str]] = set()
        self._date = DateWithToday(today)
        self._texts = {name: QLineEdit() for name in _TEXT_FIELDS}
        self._texts["order_number"].setPlaceholderText("Leave blank for MAN-…")
        self._texts["country"].setText("USA")
        self._rep = QComboBox()
        self._rep.addItem("", None)
        for person in people:
            if person.is_active:
                self._rep.addItem(person.name, person.id)
        self._fields = self._make_fields()
        self._lines: list[ShipmentLine] = []
        self._lines_column = QVBoxLayout()
        self._lines_column.setSpacing(6)
        self._add = named(QPushButton("Add line"), "addLineButton", "Add line")
        self._add.setIcon(icon("add"))
        self._add.setAutoDefault(False)
        self._add.setShortcut(QKeySequence("Alt+A"))
        self._add.setToolTip("Add another SKU, lot and quantity (Alt+A, or Enter in the last quantity)")
        self._add.clicked.connect(self.add_line)
        self._trouble = Notice("shipmentProblem", Tone.PROBLEM)
        self._repeats = Notice("shipmentRepeats", Tone.WARNING)
        self._save_anyway = named(QPushButton("Save anyway"), "saveAnywayButton")
        self._save_anyway.setAutoDefault(False)
        self._save_anyway.clicked.connect(lambda: self._submit(allow_repeats=True))
        self._repeats.column.addWidget(self._save_anyway, 0, Qt.AlignmentFlag.AlignLeft)
        self._save = named(QPushButton("Save"), "saveButton")
        self._save.setProperty("primary", True)
        self._save.setToolTip("Save the shipment (Ctrl+Return)")
        self._save.setAutoDefault(False)
        self._save.clicked.connect(lambda: self._submit(allow_repeats=False))
        self._save_next = named(QPushButton("Save and enter another"), "saveNextButton", "Save and enter another")
        self._save_next.setToolTip("Save, and enter the next shipment to this facility (Ctrl+Shift+Return)")
        self._save_next.setAutoDefault(False)
        self._save_next.clicked.connect(lambda: self._submit(allow_repeats=False, another=True))
        self._saved = Notice("shipmentSaved", Tone.SUCCESS)
        self._facilities = FacilityOffers(self._texts["facility_name"])
        self._facilities.typed.connect(self.facility_typed)
        self._facilities.address_taken.connect(self._take_address)
        self._cancel = named(QPushButton("Cancel"), "cancelButton")
        self._cancel.setAutoDefault(False)
        self._cancel.clicked.connect(self.close_or_ask)
        self._arrange()
        self.add_line()
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, lambda: self._submit(allow_repeats=False))
        for keys in ("Ctrl+Shift+Return", "Ctrl+Shift+Enter"):
            QShortcut(QKeySequence(keys), self, lambda: self._submit(allow_repeats=False, another=True))
        QShortcut(QKeySequence("Ctrl+Delete"), self, self._remove_focused)
        self._date.field.editingFinished.connect(lambda: self._leave(None, "ship_date"))
        for name, editor in self._texts.items():
            editor.editingFinished.connect(lambda name=name: self._leave(None, name))
        self._date.field.textChanged.connect(self._note_typing)
        self._rep.currentIndexChanged.connect(self._note_typing)
        for editor in self._texts.values():
            editor.textChanged.connect(self._note_typing)
        self._date.field.setFocus()

    # What whoever opened the dialog uses.

    @property
    def value(self) -> NewShipment:
        """The shipment as typed."""
        texts = {name: editor.text() for name, editor in self._texts.items()}
        lines = tuple(line.value for line in self._lines)
        return NewShipment(
            ship_date=self._date.field.value,
            lines=lines,
            rep_id=self._rep.currentData(),
            **texts,  # type: ignore[arg-type]  # every name in `texts` is a text of NewShipment
        )

    @property
    def lines(self) -> tuple[ShipmentLine, ...]:
        """The lines of the form, from top to bottom."""
        return tuple(self._lines)

    @property
    def trouble(self) -> str:
        """What is said to be wrong with the whole shipment; "" when nothing is."""
        return self._trouble.text

    @property
    def repeats(self) -> str:
        """What is said of lines that the log has already; "" when nothing is."""
        return self._repeats.text

    def problem(self, field: str) -> str:
        """What is said to be wrong with a field of the shipment; "" when nothing is."""
        return self._fields[field].problem

    def set_busy(self, busy: bool) -> None:
        """While the shipment is saved nothing can be changed or sent again."""
        self.busy = busy
        self._form.setEnabled(not busy)
        for button in (self._save, self._save_next, self._save_anyway):
            button.setEnabled(not busy)
        self._save.setText("Saving…" if busy else "Save")

    def show_trouble(self, trouble: KnownTrouble) -> None:
        """Says what is wrong, beside each field where that is known; nothing that was typed is lost."""
        self.set_busy(False)
        problems = trouble.problems if isinstance(trouble, RuleBroken) else ()
        rest = [problem for problem in problems if not self._has_place(problem)]
        self._show_problems([problem for problem in problems if self._has_place(problem)])
        if not problems:
            self._trouble.say(str(trouble))
        elif rest:
            self._trouble.say("; ".join(problem.message for problem in rest))

    def show_checked(self, shipment: NewShipment, checked: CheckedShipment) -> None:
        """Says what was found of `shipment`, at the fields that were left, if that is still what is typed."""
        if shipment != self.value or self.busy:
            return
        problems = self._by_place(checked.problems)
        notes = self._by_place(checked.notes)
        for number, name in self._left:
            wrong = problems.get((number, name))
            if number is None:
                kept = getattr(checked.lines[0], name) if checked.lines and name in self._texts else None
                said = said_of(getattr(shipment, name), kept, notes.get((None, name))) if name in self._texts else None
                self._fields[name].set_problem(wrong)
                self._fields[name].set_note(None if wrong else said)
            elif number < len(self._lines):
                typed, kept = getattr(shipment.lines[number], name), getattr(checked.lines[number], name)
                said = said_of(typed, kept, notes.get((number, name)))
                self._lines[number].show_checked(name, wrong, said)

    def offer_facilities(self, text: str, found: Sequence[KnownFacility]) -> None:
        """Offers facilities of earlier shipments whose name holds `text`."""
        self._facilities.offer(text, found)

    def start_next(self, sentence: str) -> None:
        """The shipment was saved: says so, and is ready for the next one to the same facility."""
        self.set_busy(False)
        self._left.clear()
        self._show_problems([])
        for name in ("order_number", "tracking_number"):
            self._texts[name].clear()
        for line in list(self._lines):
            self._lines.remove(line)
            self._lines_column.removeWidget(line)
            line.setParent(None)  # at once: the next line takes its names
            line.deleteLater()
        self.add_line()
        self._saved.say(sentence)
        self._typed = False
        self._texts["order_number"].setFocus()
        self._scroll.ensureVisible(0, 0)

    def show_repeats(self, existing: Sequence[DistributionEntry]) -> None:
        """Shows the lines that are in the log already, and offers to save the shipment all the same."""
        self.set_busy(False)
        known = [
            f"{shown_date(entry.ship_date)}   {entry.order_number}   {entry.sku}   {entry.lot_number}   "
            f"{counted(entry.quantity, 'unit', 'units')}, entered {shown_time(entry.created_at)}"
            for entry in existing[:_REPEATS_NAMED]
        ]
        if len(existing) > _REPEATS_NAMED:
            known.append(f"and {counted(len(existing) - _REPEATS_NAMED, 'more line', 'more lines')}")
        heading = "The log has this line already:" if len(existing) == 1 else "The log has these lines already:"
        self._repeats.say("\n".join([heading, *known]))
        self._scroll.ensureWidgetVisible(self._repeats)
        self._save_anyway.setFocus()

    def add_line(self) -> None:
        """Adds an empty line below the others and goes there."""
        line = ShipmentLine()
        line.changed.connect(self._note_typing)
        line.left.connect(lambda name: self._leave(self._lines.index(line), name) if line in self._lines else None)
        line.remove_asked.connect(lambda: self._remove_line(line))
        line.quantity.installEventFilter(self)
        self._lines.append(line)
        self._lines_column.addWidget(line)
        self._number_lines()
        line.sku.setFocus()

    # How it works.

    def has_typed(self) -> bool:
        """Whether something was typed that is not saved."""
        return self._typed

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        is_enter = (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        )
        if is_enter and self._lines and watched is self._lines[-1].quantity:
            self.add_line()
            return True
        return super().eventFilter(watched, event)

    def _make_fields(self) -> dict[str, FormField]:
        fields = {name: FormField(name, FIELD_LABELS[name], text) for name, text in self._texts.items()}
        fields["ship_date"] = FormField("ship_date", FIELD_LABELS["ship_date"], self._date.field, self._date)
        fields["rep"] = FormField("rep", FIELD_LABELS["rep"], self._rep)
        return fields

    def _arrange(self) -> None:
        self._form = named(QWidget(), "shipmentForm")
        column = QVBoxLayout(self._form)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(7)
        column.addWidget(self._saved)
        column.addWidget(self._trouble)
        column.addLayout(field_grid(self._fields, _SHIPMENT_FIELDS))
        column.addWidget(self._facilities.notice)
        column.addWidget(self._section("What was shipped"))
        column.addLayout(self._line_captions())
        column.addLayout(self._lines_column)
        column.addWidget(self._add, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._repeats)
        column.addWidget(self._section("Where it went"))
        column.addLayout(field_grid(self._fields, _ADDRESS_FIELDS))
        column.addStretch(1)
        self._scroll = QScrollArea(widgetResizable=True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._form)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(12, 8, 12, 12)
        buttons.setSpacing(8)
        buttons.addWidget(muted(QLabel("Ctrl+Return saves")))
        buttons.addStretch(1)
        buttons.addWidget(self._cancel)
        buttons.addWidget(self._save_next)
        buttons.addWidget(self._save)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._scroll, 1)
        outer.addLayout(buttons)
        self.resize(720, 570)

    def _section(self, text: str) -> QLabel:
        label = QLabel(text)
        label.setProperty("section", True)
        label.setContentsMargins(0, 6, 0, 0)
        return label

    def _line_captions(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(LINE_SPACING)
        for field, width in LINE_WIDTHS.items():
            caption = QLabel(LINE_LABELS[field])
            caption.setFixedWidth(width)
            row.addWidget(caption)
        row.addStretch(1)
        return row

    def _number_lines(self) -> None:
        for number, line in enumerate(self._lines, start=1):
            line.set_number(number, removable=len(self._lines) > 1)

    def _remove_line(self, line: ShipmentLine) -> None:
        if len(self._lines) == 1:
            return
        place = self._lines.index(line)
        self._lines.remove(line)
        self._lines_column.removeWidget(line)
        line.hide()
        line.deleteLater()
        self._number_lines()
        self._note_typing()
        self._lines[min(place, len(self._lines) - 1)].sku.setFocus()

    def _remove_focused(self) -> None:
        focused = self.focusWidget()
        for line in self._lines:
            if focused is not None and line.isAncestorOf(focused):
                self._remove_line(line)
                return

    def _note_typing(self) -> None:
        self._typed = True
        self._repeats.say("")
        self._saved.say("")

    def _leave(self, number: int | None, name: str) -> None:
        """A field was left: from now on it is said what is wrong with it."""
        if self.busy or (not self._typed and (number, name) not in self._left):
            return
        self._left.add((number, name))
        self.check_asked.emit(self.value)

    def _by_place(self, said: Sequence[Problem]) -> dict[tuple[int | None, str], str]:
        by_place = {(problem.line, str(problem.field)): problem.message for problem in said}
        if (None, "ship_date") in by_place and not self._date.field.is_readable:
            by_place[None, "ship_date"] = self._not_a_date()
        return by_place

    def _not_a_date(self) -> str:
        return f"“{self._date.field.text()}” is not a date written as YYYY-MM-DD"

    def _take_address(self, address: Mapping[str, str]) -> None:
        for name, text in address.items():
            self._texts[name].setText(text)
            self._leave(None, name)

    def _submit(self, *, allow_repeats: bool, another: bool | None = None) -> None:
        if self.busy:
            return
        if another is not None or not allow_repeats:
            self.wants_another = bool(another)
        self._trouble.say("")
        self._repeats.say("")
        self._show_problems([])
        self.set_busy(True)
        shipment = self.value
        self.submitted.emit(replace(shipment, allow_repeats=allow_repeats))

    def _has_place(self, problem: Problem) -> bool:
        if problem.line is None:
            return problem.field in self._fields
        return problem.line < len(self._lines) and problem.field in LINE_WIDTHS

    def _show_problems(self, problems: Sequence[Problem]) -> None:
        shared = {str(problem.field): problem.message for problem in problems if problem.line is None}
        if "ship_date" in shared and not self._date.field.is_readable:
            shared["ship_date"] = self._not_a_date()
        by_line: list[dict[str, str]] = [{} for _ in self._lines]
        for problem in problems:
            if problem.line is not None:
                by_line[problem.line][str(problem.field)] = problem.message
        for name, field in self._fields.items():
            field.set_problem(shared.get(name))
            field.set_note(None)
        for line, messages in zip(self._lines, by_line, strict=True):
            line.set_problems(messages)
        wrong = [self._fields[name].editor for name in self._fields if name in shared] + [
            editor
            for line, messages in zip(self._lines, by_line, strict=True)
            for name, editor in line.editors()
            if name in messages
        ]
        if wrong:
            wrong[0].setFocus()
            self._scroll.ensureWidgetVisible(wrong[0])
