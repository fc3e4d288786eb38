"""The fields of one customer, new or to be edited."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QWidget

from desktop.domain.customers import (
    CUSTOMER_FIELDS,
    CUSTOMER_LABELS,
    Customer,
    NewCustomer,
    SameName,
    StaleCustomer,
    read_customer,
)
from desktop.domain.errors import KnownTrouble
from desktop.ui.dialogs.form_dialog import FormDialog
from desktop.ui.formats import or_blank
from desktop.ui.theme import Tone
from desktop.ui.widgets.form_field import FormField
from desktop.ui.widgets.named import named
from desktop.ui.widgets.notice import Notice

_WIDTH = 560
_CREATE, _SAVE, _KEEP_BOTH = "Create customer", "Save", "Keep both"
# Two fields beside each other where they are short.
_ROWS = (
    ("name",),
    ("address1",),
    ("address2",),
    ("city", "state"),
    ("zip", "country"),
    ("contact_name", "contact_phone"),
    ("contact_email",),
)


class CustomerDialog(FormDialog):
    """Emits `submitted` with a `NewCustomer` and the version that was seen (0 for a new customer).

    A name that another customer has is kept only by a second click. When somebody else changed the customer
    meanwhile, both versions are shown, and the person chooses.
    """

    submitted = Signal(object, int)

    def __init__(self, customer: Customer | None = None, parent: QWidget | None = None) -> None:
        title = "New customer" if customer is None else f"Edit {customer.name}"
        self._word = _CREATE if customer is None else _SAVE
        super().__init__("customerDialog", title, self._word, _WIDTH, parent)
        self._version = 0 if customer is None else customer.version
        self._theirs: Customer | None = None
        self._same = Notice("sameNameNotice", Tone.WARNING)
        self._stale = self._make_stale_notice()
        self._editors = {name: QLineEdit() for name in CUSTOMER_FIELDS}
        for name in CUSTOMER_FIELDS:
            self.fields[name] = FormField(name, CUSTOMER_LABELS[name], self._editors[name])
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(6)
        for row, names in enumerate(_ROWS):
            for place, name in enumerate(names):
                grid.addWidget(self.fields[name], row, place, 1, 2 // len(names))
        self.body.addWidget(self._same)
        self.body.addWidget(self._stale)
        self.body.addLayout(grid)
        self._show(NewCustomer("") if customer is None else customer.as_typed())
        self._editors["name"].textChanged.connect(self._forget_same_name)
        self._editors["name"].setFocus()
        self.fit()

    @property
    def warning(self) -> str:
        """What is said of another customer with the name, or of another version; "" when nothing is."""
        return self._same.text or self._stale.text

    @property
    def value(self) -> NewCustomer:
        """What is typed now."""
        typed = {name: editor.text() for name, editor in self._editors.items()}
        return NewCustomer(**typed, keep_same_name=bool(self._same.text))

    def submit(self) -> None:
        value = self.value
        _, problems = read_customer(value)
        self.show_problems(problems)
        if not problems and self._theirs is None:
            self.set_busy(True)
            self.submitted.emit(value, self._version)

    def show_trouble(self, trouble: KnownTrouble) -> None:
        if isinstance(trouble, SameName):
            self.set_busy(False)
            listed = "\n".join(_in_one_line(customer) for customer in trouble.existing)
            self._same.say(f"{trouble} Keep both only if they are two.\n{listed}")
            self.yes_button.setText(_KEEP_BOTH)
            self.fit()
        elif isinstance(trouble, StaleCustomer):
            self.set_busy(False)
            self._theirs = trouble.theirs
            differing = "\n".join(_differences(self.value, trouble.theirs))
            self._stale.say(f"{trouble}\n{differing}" if differing else f"{trouble} It says the same as yours now.")
            self.yes_button.setEnabled(False)
            self.fit()
        else:
            super().show_trouble(trouble)

    def _make_stale_notice(self) -> Notice:
        notice = Notice("staleNotice", Tone.WARNING)
        mine = named(QPushButton("Keep mine"), "keepMineButton")
        theirs = named(QPushButton("Take theirs"), "takeTheirsButton")
        for button, take in ((mine, self._keep_mine), (theirs, self._take_theirs)):
            button.setAutoDefault(False)
            button.clicked.connect(take)
        row = QHBoxLayout()
        row.addWidget(mine)
        row.addWidget(theirs)
        row.addStretch(1)
        notice.column.addLayout(row)
        return notice

    def _keep_mine(self) -> None:
        """What is typed stays and can be saved over the other version, knowingly."""
        if self._theirs is not None:
            self._version = self._theirs.version
        self._end_stale()

    def _take_theirs(self) -> None:
        if self._theirs is not None:
            self._version = self._theirs.version
            self._show(self._theirs.as_typed())
        self._end_stale()

    def _end_stale(self) -> None:
        self._theirs = None
        self._stale.say("")
        self.yes_button.setEnabled(True)
        self.fit()

    def _show(self, values: NewCustomer) -> None:
        for name, editor in self._editors.items():
            editor.setText(getattr(values, name))

    def _forget_same_name(self) -> None:
        if self._same.text:
            self._same.say("")
            self.yes_button.setText(self._word)
            self.fit()


def _in_one_line(customer: Customer) -> str:
    place = " ".join(part for part in (customer.state, customer.zip) if part)
    return ", ".join(part for part in (customer.name, customer.address1, customer.city, place) if part)


def _differences(mine: NewCustomer, theirs: Customer) -> Iterator[str]:
    for name in CUSTOMER_FIELDS:
        ours, others = getattr(mine, name).strip(), getattr(theirs, name) or ""
        if ours != others:
            yield f"{CUSTOMER_LABELS[name]}: yours is “{or_blank(ours)}”, theirs “{or_blank(others)}”"
