"""Customers: the list, and the fields of each. Linking them to entries of the log is in `customer_links`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from desktop.db.tables import CustomerRow
from desktop.domain.customers import CUSTOMER_FIELDS, Customer
from desktop.domain.distributions import fold_facility
from desktop.domain.errors import NotFound
from desktop.domain.permissions import Permission
from desktop.services.access import requires
from desktop.services.log_query import ENTRY
from desktop.services.unit_of_work import Workspace, reading

_KEPT = ("id", *CUSTOMER_FIELDS, "created_at", "updated_at", "version")


@requires(Permission.DISTRIBUTION_LOG_VIEW)
def list_customers(workspace: Workspace, text: str = "") -> tuple[Customer, ...]:
    """The customers whose name, city or contact holds every word of `text`, without case, by name; all for ""."""
    with reading(workspace) as session:
        found = [customer for customer in _customers(session) if customer.mentions(text)]
    return tuple(sorted(found, key=lambda customer: (fold_facility(customer.name), customer.id)))


@requires(Permission.DISTRIBUTION_LOG_VIEW)
def get_customer(workspace: Workspace, customer_id: int) -> Customer:
    """One customer. Raises `NotFound`."""
    with reading(workspace) as session:
        return customer_of(session, customer_id)


@requires(Permission.DISTRIBUTION_LOG_VIEW)
def find_customer(workspace: Workspace, name: str) -> Customer:
    """The customer of that name, compared without case and repeated spaces.

    Raises `NotFound`, also when several customers have the name: a guess could hide a lot.
    """
    with reading(workspace) as session:
        found = named_alike(session, name)
        if not found:
            raise NotFound(f"No customer is called “{name}”.")
        if len(found) > 1:
            raise NotFound(f"{len(found)} customers are called “{name}”.")
        return customer_of(session, found[0])


def customer_of(session: Session, customer_id: int) -> Customer:
    """One customer with what the log holds for it. Raises `NotFound`."""
    found = _customers(session, customer_id)
    if not found:
        raise NotFound("This customer is not in the database.")
    return found[0]


def named_alike(session: Session, name: str) -> list[int]:
    """The ids of the customers with this name, compared without case and repeated spaces."""
    wanted = fold_facility(name)
    return [number for number, kept in session.execute(_names()) if fold_facility(kept) == wanted]


def _names() -> Select[int, str]:
    return select(CustomerRow.id, CustomerRow.name).order_by(CustomerRow.id)


def _customers(session: Session, customer_id: int | None = None) -> list[Customer]:
    """Every customer, or one, each with what the log holds for it."""
    kept: Select[Any] = select(*(getattr(CustomerRow, name) for name in _KEPT))
    used = (
        select(ENTRY.customer_id, func.count(), func.sum(ENTRY.quantity), func.max(ENTRY.ship_date))
        .where(ENTRY.customer_id.is_not(None))
        .group_by(ENTRY.customer_id)
    )
    if customer_id is not None:
        kept, used = kept.where(CustomerRow.id == customer_id), used.where(ENTRY.customer_id == customer_id)
    uses = {row[0]: (row[1], int(row[2]), row[3]) for row in session.execute(used)}
    return [Customer(*row, *uses.get(row[0], (0, 0, None))) for row in session.execute(kept)]
