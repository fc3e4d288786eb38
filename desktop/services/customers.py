"""Customers: who a facility belongs to."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from desktop.db.base import storable
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
    """Every customer by name, or those whose name holds `text`, compared without case."""
    query = select(CustomerRow.id, CustomerRow.name).order_by(func.lower(CustomerRow.name), CustomerRow.id)
    if wanted := storable(text).strip():
        query = query.where(CustomerRow.name.icontains(wanted, autoescape=True))
    with reading(workspace) as session:
        return tuple(Customer(customer_id, name) for customer_id, name in session.execute(query))


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
