"""Which customer an entry's facility belongs to: likely matches are offered, and people link, with a reason.

The facility name stays as shipped. Each entry that is linked has its own audit event.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from desktop.db.base import storable
from desktop.db.tables import CustomerRow, DistributionEntryRow
from desktop.domain.audit import AuditAction, EntityType
from desktop.domain.changes import Changes, Subject
from desktop.domain.customers import (
    CUSTOMER_FIELDS,
    Customer,
    Facility,
    FacilityUse,
    LikelyFacility,
    Match,
    NewCustomer,
)
from desktop.domain.distributions import fold_facility
from desktop.domain.errors import NotFound, RuleBroken
from desktop.domain.filters import DistributionFilter
from desktop.domain.imports import Problem
from desktop.domain.permissions import Permission
from desktop.domain.progress import Progress, no_progress
from desktop.services.access import requires
from desktop.services.customer_matching import LIKELY, matcher_of
from desktop.services.customers import add_customer, all_customers
from desktop.services.log_query import ENTRY, conditions
from desktop.services.settings import lot_rule, refuse_older_lot
from desktop.services.unit_of_work import UnitOfWork, Workspace, reading, snapshot, unit_of_work

MOST_AT_ONCE = 50_000  # each entry has its own audit event
MOST_MATCHES = 8
_KEYS_PER_QUERY = 500
_PLACE = (ENTRY.facility_name, ENTRY.city, ENTRY.state, ENTRY.zip)


@requires(Permission.DISTRIBUTION_LOG_EDIT)
def link_entries(
    workspace: Workspace,
    wanted: Sequence[int] | DistributionFilter,
    customer_id: int | None,
    reason: str,
    progress: Progress = no_progress,
) -> Changes:
    """Link entries to a customer, or (None) to none: all of them or nothing; `wanted` is ids or a filter.

    Entries that are linked so already stay as they are and are not in `Changes.ids`. Raises `RuleBroken` (no reason,
    nothing to change, too many, or a lot that the lot rule refuses), and `NotFound` for the customer.
    """
    with unit_of_work(workspace) as work:
        if isinstance(wanted, DistributionFilter):
            wanted = _found(work.session, conditions(work.session, wanted))
        linked = _link(work, wanted, customer_id, reason, progress)
        work.commit()
    return Changes.of(Subject.DISTRIBUTIONS, Subject.CUSTOMERS, ids=linked)


@requires(Permission.DISTRIBUTION_LOG_EDIT)
def link_facilities(
    workspace: Workspace,
    facilities: Iterable[Facility],
    customer_id: int,
    reason: str,
    progress: Progress = no_progress,
) -> Changes:
    """Link every entry of these facilities that has no customer, as `link_entries` does."""
    with unit_of_work(workspace) as work:
        ids = [entry_id for found in _unlinked(work.session, facilities).values() for entry_id in found]
        linked = _link(work, sorted(ids), customer_id, reason, progress)
        work.commit()
    return Changes.of(Subject.DISTRIBUTIONS, Subject.CUSTOMERS, ids=linked)


@requires(Permission.DISTRIBUTION_LOG_EDIT)
def create_from_facilities(
    workspace: Workspace,
    facilities: Iterable[Facility],
    reason: str,
    progress: Progress = no_progress,
    *,
    keep_same_name: bool = False,
) -> Changes:
    """Make a customer of each facility, with the address of its last entry, and link its entries, all with one reason.

    `Changes.ids` are the customers. Raises `RuleBroken` as `link_entries` does, and, unless `keep_same_name`,
    `SameName` for a facility whose name a customer has already.
    """
    made = []
    with unit_of_work(workspace) as work:
        unlinked = _unlinked(work.session, facilities)
        total, done = sum(map(len, unlinked.values())), 0
        _not_too_many(total)
        for facility, ids in unlinked.items():
            if not ids:
                continue
            new = _from_last_entry(work.session, facility, ids, keep_same_name=keep_same_name)
            customer_id = add_customer(work, new)
            made.append(customer_id)
            progress(done, total)
            _link(work, ids, customer_id, reason, no_progress)
            done += len(ids)
        if not made:
            raise _nothing("The log has no entry without customer for these facilities")
        progress(total, total)
        work.commit()
    return Changes.of(Subject.CUSTOMERS, Subject.DISTRIBUTIONS, ids=tuple(made))


@requires(Permission.DISTRIBUTION_LOG_VIEW)
def likely_matches(
    workspace: Workspace, facility_name: str, city: str | None = None, zip_code: str | None = None
) -> tuple[Match, ...]:
    """The customers that a facility may belong to, the likeliest first, at most MOST_MATCHES; () when none is near."""
    with reading(workspace) as session:
        customers = all_customers(session)
    matcher = matcher_of(Facility(facility_name, city, None, zip_code))
    scores = matcher.scores([customer.name for customer in customers])
    found = []
    for customer, score in zip(customers, scores, strict=True):
        likeness = matcher.likeness(score, customer.city, customer.zip)
        if likeness.score >= LIKELY:
            found.append(Match(customer, likeness.score, likeness.why))
    found.sort(key=lambda match: (-match.score, fold_facility(match.customer.name), match.customer.id))
    return tuple(found[:MOST_MATCHES])


@requires(Permission.DISTRIBUTION_LOG_VIEW)
def unlinked_facilities(workspace: Workspace, like: Customer | None = None) -> tuple[LikelyFacility, ...]:
    """The facilities of the entries without customer: those that look like a customer first, then by entries.

    Those that do not look like it, and all of them when no customer is meant, have a score of 0.
    """
    with reading(workspace) as session:
        uses = _uses(session, ENTRY.customer_id.is_(None))
    found = [LikelyFacility(use, 0, "") for use in uses]
    if like is not None:
        matcher = matcher_of(like)
        scores = matcher.scores([use.facility.name for use in uses])
        for number, (use, score) in enumerate(zip(uses, scores, strict=True)):
            likeness = matcher.likeness(score, use.facility.city, use.facility.zip)
            if likeness.score >= LIKELY:
                found[number] = LikelyFacility(use, likeness.score, likeness.why)
    found.sort(key=lambda likely: (-likely.score, -likely.use.entries, likely.use.facility.in_words()))
    return tuple(found)


@requires(Permission.DISTRIBUTION_LOG_VIEW)
def facilities_of(workspace: Workspace, customer_id: int) -> tuple[FacilityUse, ...]:
    """The facilities, as shipped, of the entries that are linked to a customer; the latest shipment first."""
    with reading(workspace) as session:
        uses = _uses(session, ENTRY.customer_id == customer_id)
    return tuple(sorted(uses, key=lambda use: (-use.last_shipment.toordinal(), use.facility.in_words())))


def _link(
    work: UnitOfWork, ids: Sequence[int], customer_id: int | None, reason: str, progress: Progress
) -> tuple[int, ...]:
    """Link entries and owe an audit event each; returns those that were changed, in order."""
    if not reason.strip():
        raise RuleBroken([Problem("reason", reason, "Say why: a reason is required")])
    if customer_id is not None and work.session.get(CustomerRow, customer_id) is None:
        raise NotFound("This customer is not in the database.")
    _not_too_many(len(ids))
    rule = lot_rule(work.session)
    linked: list[int] = []
    for start in range(0, len(ids), _KEYS_PER_QUERY):
        progress(start, len(ids))
        part = ids[start : start + _KEYS_PER_QUERY]
        query = select(DistributionEntryRow).where(ENTRY.id.in_(part)).order_by(ENTRY.id)
        rows = [row for row in work.session.scalars(query) if row.customer_id != customer_id]
        for row in rows:
            refuse_older_lot(rule, row)
            before = snapshot(row)
            row.customer_id = customer_id
            row.version += 1
            row.updated_at = work.now
            row.updated_by_user_id = work.actor.user_id
            work.record(
                AuditAction.LOG_UPDATE,
                EntityType.ENTRY,
                row.id,
                reason=storable(reason).strip(),
                before=before,
                after=snapshot(row),
            )
            linked.append(row.id)
        work.session.flush()
        for row in rows:
            work.session.expunge(row)
    if not linked:
        raise _nothing("Nothing was changed: the entries are linked so already")
    progress(len(ids), len(ids))
    return tuple(linked)


def _nothing(message: str) -> RuleBroken:
    return RuleBroken([Problem(None, "", message)])


def _not_too_many(count: int) -> None:
    if count > MOST_AT_ONCE:
        raise _nothing(f"At most {MOST_AT_ONCE:,} entries can be linked at once; these are {count:,}")


def _found(session: Session, where: Sequence[ColumnElement[bool]]) -> list[int]:
    """The ids of the entries for which all of `where` holds; reading stops once there are too many."""
    return list(session.scalars(select(ENTRY.id).where(*where).order_by(ENTRY.id).limit(MOST_AT_ONCE + 1)))


def _unlinked(session: Session, facilities: Iterable[Facility]) -> dict[Facility, list[int]]:
    """The ids of the entries without customer, by facility."""
    found: dict[Facility, list[int]] = {facility: [] for facility in facilities}
    names = sorted({storable(facility.name) for facility in found})
    for start in range(0, len(names), _KEYS_PER_QUERY):
        part = names[start : start + _KEYS_PER_QUERY]
        query = (
            select(ENTRY.id, *_PLACE)
            .where(ENTRY.customer_id.is_(None), ENTRY.facility_name.in_(part))
            .order_by(ENTRY.id)
        )
        for row in session.connection().execute(query):
            if (facility := Facility(*row[1:])) in found:
                found[facility].append(row[0])
    return found


def _uses(session: Session, where: ColumnElement[bool]) -> list[FacilityUse]:
    totals = (func.count(), func.sum(ENTRY.quantity), func.min(ENTRY.ship_date), func.max(ENTRY.ship_date))
    rows = session.connection().execute(select(*_PLACE, *totals).where(where).group_by(*_PLACE))
    return [FacilityUse(Facility(*row[:4]), row[4], int(row[5]), row[6], row[7]) for row in rows]


def _from_last_entry(session: Session, facility: Facility, ids: Sequence[int], *, keep_same_name: bool) -> NewCustomer:
    """The customer that a facility's last entry describes."""
    row = session.get_one(DistributionEntryRow, max(ids))
    values: dict[str, Any] = {name: getattr(row, name) or "" for name in CUSTOMER_FIELDS[1:]}
    return NewCustomer(name=facility.name, keep_same_name=keep_same_name, **values)
