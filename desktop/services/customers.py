"""Customers: who a facility belongs to."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from desktop.db.tables import CustomerRow
from desktop.domain.distributions import fold_facility
from desktop.domain.errors import NotFound
from desktop.domain.permissions import Permission
from desktop.services.access import requires
from desktop.services.unit_of_work import Workspace, reading


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer as lists name it."""

    id: int
    name: str


@requires(Permission.DISTRIBUTION_LOG_VIEW)
def list_customers(workspace: Workspace, text: str = "") -> tuple[Customer, ...]:
    """The customers whose name holds `text`, without case, by name; all of them for ""."""
    wanted = fold_facility(text)
    with reading(workspace) as session:
        rows = session.execute(select(CustomerRow.id, CustomerRow.name))
        found = [Customer(customer_id, name) for customer_id, name in rows if wanted in fold_facility(name)]
    return tuple(sorted(found, key=lambda customer: (fold_facility(customer.name), customer.id)))


@requires(Permission.DISTRIBUTION_LOG_VIEW)
def find_customer(workspace: Workspace, name: str) -> Customer:
    """The customer of that name, compared without case and repeated spaces.

    Raises `NotFound`, also when several customers have the name: a guess could hide a lot.
    """
    wanted = fold_facility(name)
    with reading(workspace) as session:
        rows = session.execute(select(CustomerRow.id, CustomerRow.name))
        found = [Customer(customer_id, kept) for customer_id, kept in rows if fold_facility(kept) == wanted]
    if not found:
        raise NotFound(f"No customer is called “{name}”.")
    if len(found) > 1:
        raise NotFound(f"{len(found)} customers are called “{name}”.")
    return found[0]
