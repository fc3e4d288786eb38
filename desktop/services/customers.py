"""Customers: the list, and the fields of each. Linking them to entries of the log is in `customer_links`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from desktop.db.base import storable
from desktop.db.tables import CustomerRow
from desktop.domain.audit import AuditAction, EntityType
from desktop.domain.changes import Changes, Subject
from desktop.domain.customers import CUSTOMER_FIELDS, Customer, NewCustomer, SameName, StaleCustomer, read_customer
from desktop.domain.distributions import fold_facility
from desktop.domain.errors import NotFound, RuleBroken
from desktop.domain.imports import Problem
from desktop.domain.permissions import Permission
from desktop.services.access import requires
from desktop.services.log_query import ENTRY
from desktop.services.unit_of_work import UnitOfWork, Workspace, reading, snapshot, unit_of_work

_KEPT = ("id", *CUSTOMER_FIELDS, "created_at", "updated_at", "version")


@requires(Permission.DISTRIBUTION_LOG_VIEW)
def list_customers(workspace: Workspace, text: str = "") -> tuple[Customer, ...]:
    """The customers whose name, city or contact holds every word of `text`, without case, by name; all for ""."""
    with reading(workspace) as session:
        found = [customer for customer in all_customers(session) if customer.mentions(text)]
    return tuple(sorted(found, key=lambda customer: (fold_facility(customer.name), customer.id)))


@requires(Permission.DISTRIBUTION_LOG_VIEW)
def get_customer(workspace: Workspace, customer_id: int) -> Customer:
    """One customer. Raises `NotFound`."""
    with reading(workspace) as session:
        return customer_of(session, customer_id)


@requires(Permission.DISTRIBUTION_LOG_VIEW)
def customer_names(workspace: Workspace) -> tuple[tuple[int, str], ...]:
    """The id and the name of every customer, by name: to choose from, without looking into the log."""
    with reading(workspace) as session:
        found = session.execute(_names()).all()
    return tuple(sorted(((number, name) for number, name in found), key=lambda pair: (fold_facility(pair[1]), pair[0])))


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


@requires(Permission.DISTRIBUTION_LOG_EDIT)
def create_customer(workspace: Workspace, new: NewCustomer) -> Changes:
    """Add a customer. Raises `RuleBroken`, and `SameName` unless a name that is there already is meant."""
    with unit_of_work(workspace) as work:
        customer_id = add_customer(work, new)
        work.commit()
    return Changes.of(Subject.CUSTOMERS, ids=(customer_id,))


@requires(Permission.DISTRIBUTION_LOG_EDIT)
def edit_customer(workspace: Workspace, customer_id: int, version: int, new: NewCustomer) -> Changes:
    """Give a customer other fields; `version` is the state that was seen.

    Entries keep their facility name as shipped. Raises `StaleCustomer` when somebody changed it meanwhile,
    `RuleBroken` (also for an edit that changes nothing), `SameName` and `NotFound`.
    """
    with unit_of_work(workspace) as work:
        row = work.session.get(CustomerRow, customer_id)
        if row is None or row.version != version:
            raise StaleCustomer(customer_of(work.session, customer_id))
        values = _checked(new)
        changed = {name: value for name, value in values.items() if getattr(row, name) != value}
        if not changed:
            raise RuleBroken([Problem(None, "", "Nothing was changed: the customer says this already")])
        if "name" in changed and fold_facility(row.name) != fold_facility(new.name):
            _refuse_same_name(work.session, new)
        before = snapshot(row)
        for name, value in changed.items():
            setattr(row, name, value)
        row.version += 1
        row.updated_at = work.now
        work.session.flush()
        work.record(AuditAction.CUSTOMER_UPDATE, EntityType.CUSTOMER, row.id, before=before, after=snapshot(row))
        work.commit()
    return Changes.of(Subject.CUSTOMERS, Subject.DISTRIBUTIONS, ids=(customer_id,))


def add_customer(work: UnitOfWork, new: NewCustomer) -> int:
    """The id of a customer added by the work, with its audit event. Raises `RuleBroken` and `SameName`."""
    values = _checked(new)
    _refuse_same_name(work.session, new)
    row = CustomerRow(**values, version=1, created_at=work.now, updated_at=work.now)
    work.session.add(row)
    work.session.flush()
    work.record(AuditAction.CUSTOMER_CREATE, EntityType.CUSTOMER, row.id, after=snapshot(row))
    return row.id


def customer_of(session: Session, customer_id: int) -> Customer:
    """One customer with what the log holds for it. Raises `NotFound`."""
    found = all_customers(session, customer_id)
    if not found:
        raise NotFound("This customer is not in the database.")
    return found[0]


def named_alike(session: Session, name: str) -> list[int]:
    """The ids of the customers with this name, compared without case and repeated spaces."""
    wanted = fold_facility(name)
    return [number for number, kept in session.execute(_names()) if fold_facility(kept) == wanted]


def _checked(new: NewCustomer) -> dict[str, str | None]:
    values, problems = read_customer(new)
    if problems:
        raise RuleBroken(problems)
    return {name: None if value is None else storable(value) for name, value in values.items()}


def _refuse_same_name(session: Session, new: NewCustomer) -> None:
    if not new.keep_same_name and (existing := named_alike(session, new.name)):
        raise SameName([customer_of(session, customer_id) for customer_id in existing])


def _names() -> Select[int, str]:
    return select(CustomerRow.id, CustomerRow.name).order_by(CustomerRow.id)


def all_customers(session: Session, customer_id: int | None = None) -> list[Customer]:
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
