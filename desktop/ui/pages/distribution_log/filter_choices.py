"""What the filter row asks the log: who can be chosen in it, and which lot a scanned code holds."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject

from desktop.domain.changes import Changes, Subject
from desktop.domain.customers import Customer
from desktop.domain.lots import normalise_lot
from desktop.domain.users import Person
from desktop.services import customers, lot_trace, users
from desktop.ui.page import PageContext
from desktop.ui.tables.filter_bar import FilterBar
from desktop.ui.tasks import Lane


class FilterChoices(QObject):
    """Reads people and customers for a filter row. `people` are those who are active: they can be given entries."""

    def __init__(self, context: PageContext, bar: FilterBar, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._bar = bar
        self._has_customers = False
        self.people: tuple[Person, ...] = ()
        bar.customers_wanted.connect(self._read_customers)
        bar.lot_entered.connect(self._read_code)
        context.changes.changed.connect(self._take_changes)

    def read_people(self) -> None:
        """Reads everybody; the entries of somebody who left can be looked for as well."""
        workspace = self._context.workspace
        self._context.tasks.submit(
            lambda _progress: users.people(workspace, also_inactive=True),
            self._take_people,
            lane=Lane.READ,
            owner=self,
        )

    def only_customer(self, name: str) -> None:
        """Narrows the filter to the customer of that name; where several have it, that is said instead."""
        workspace = self._context.workspace
        self._context.tasks.submit(
            lambda _progress: customers.find_customer(workspace, name), self._narrow_to, lane=Lane.READ, owner=self
        )

    def _take_people(self, people: tuple[Person, ...]) -> None:
        self.people = tuple(person for person in people if person.is_active)
        self._bar.set_people(people)

    def _read_customers(self) -> None:
        if self._has_customers:
            return
        self._has_customers = True
        workspace = self._context.workspace
        self._context.tasks.submit(
            lambda _progress: customers.customer_names(workspace),
            self._bar.set_customers,
            lane=Lane.READ,
            owner=self,
        )

    def _read_code(self, typed: str) -> None:
        """A scanner may send more than the lot: a GS1 code that holds it."""
        workspace = self._context.workspace

        def use(lot: str) -> None:
            if lot and self._bar.value.lot_number == normalise_lot(typed):
                self._bar.use_lot(lot)

        self._context.tasks.submit(
            lambda _progress: lot_trace.read_code(workspace, typed).lot, use, lane=Lane.READ, owner=self
        )

    def _narrow_to(self, customer: Customer) -> None:
        choice = self._bar.choice
        wanted = replace(choice.filter, customer_id=customer.id, customer_name=customer.name)
        self._bar.set_choice(replace(choice, filter=wanted))

    def _take_changes(self, changes: Changes) -> None:
        if Subject.CUSTOMERS in changes.subjects:
            self._has_customers = False
