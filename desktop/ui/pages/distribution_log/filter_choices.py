"""Who can be chosen in the filter row: the reps, and the customers once somebody is about to choose one."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject

from desktop.domain.changes import Changes, Subject
from desktop.domain.customers import Customer
from desktop.domain.users import Person
from desktop.services import customers, users
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
            lambda _progress: customers.list_customers(workspace, text=""),
            lambda found: self._bar.set_customers([(customer.id, customer.name) for customer in found]),
            lane=Lane.READ,
            owner=self,
        )

    def _narrow_to(self, customer: Customer) -> None:
        choice = self._bar.choice
        wanted = replace(choice.filter, customer_id=customer.id, customer_name=customer.name)
        self._bar.set_choice(replace(choice, filter=wanted))

    def _take_changes(self, changes: Changes) -> None:
        if Subject.CUSTOMERS in changes.subjects:
            self._has_customers = False
