"""Whether everything kept is still what was kept: database, audit chain, stored files, rules and history."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from desktop.db.checks import broken_database, missing_triggers
from desktop.db.search import unindexed_entries
from desktop.db.tables import StoredFileRow
from desktop.domain.audit import GENESIS_HASH, AuditAction, EntityType
from desktop.domain.errors import EvidenceAltered
from desktop.domain.permissions import Permission
from desktop.domain.products import SKUS
from desktop.domain.progress import Progress, no_progress
from desktop.services.access import requires
from desktop.services.audit_chain import chained_events
from desktop.services.entry_history import contradictions
from desktop.services.log_query import ENTRY
from desktop.services.record_history import contradicted_records
from desktop.services.settings import lot_rule
from desktop.services.unit_of_work import Workspace, reading, unit_of_work

_NAMED = 20
_ROWS_PER_FETCH = 2_000


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `detail` says what is wrong, or how much was looked at."""

    name: str
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Verification:
    """The result of all checks."""

    ok: bool
    checks: tuple[Check, ...]


@requires(Permission.AUDIT_VIEW)
def verify(workspace: Workspace, progress: Progress = no_progress) -> Verification:
    """Check everything; what is wrong is named, never raised. The run itself is audited."""
    looks: tuple[tuple[str, Callable[[Session], Iterator[str]]], ...] = (
        ("database", broken_database),
        ("triggers", missing_triggers),
        ("audit chain", _broken_chain),
        ("stored files", lambda session: _broken_files(session, workspace)),
        ("rules", _broken_rules),
        ("search index", unindexed_entries),
        ("history", lambda session: chain(contradictions(session), contradicted_records(session))),
    )
    checks = []
    with reading(workspace) as session:
        for number, (name, look) in enumerate(looks):
            progress(number, len(looks))
            checks.append(_check(name, look(session)))
    progress(len(looks), len(looks))
    result = Verification(all(check.ok for check in checks), tuple(checks))
    with unit_of_work(workspace) as work:
        work.record(
            AuditAction.DATA_VERIFIED,
            EntityType.DATABASE,
            None,
            details={"ok": result.ok, "failed": [check.name for check in checks if not check.ok]},
        )
        work.commit()
    return result


def _check(name: str, wrong: Iterator[str]) -> Check:
    """The first things that are wrong, named; a damaged database can have millions, and values nobody can read."""
    named: list[str] = []
    try:
        named.extend(islice(wrong, _NAMED + 1))
    except (ValueError, TypeError, LookupError) as error:
        named.append(f"A value cannot be read, and nothing after it was looked at: {error}")
    more = ", and more" if len(named) > _NAMED else ""
    return Check(name, not named, "; ".join(named[:_NAMED]) + more if named else "as it should be")


def _broken_chain(session: Session) -> Iterator[str]:
    previous_hash, expected = GENESIS_HASH, 1
    for event in chained_events(session):
        if event.position != expected:
            yield f"Audit event {event.position} stands where event {expected} should be: events were removed or added"
        elif event.previous_hash != previous_hash:
            yield f"Audit event {event.position} does not follow the event before it"
        if event.computed_hash() != event.event_hash:
            yield f"Audit event {event.position} was changed"
        previous_hash, expected = event.event_hash, event.position + 1
    if expected == 1:
        yield "The audit trail is empty: its events were removed"


def _broken_files(session: Session, workspace: Workspace) -> Iterator[str]:
    recorded = dict(session.execute(select(StoredFileRow.key, StoredFileRow.sha256)).all())
    for key, sha256 in recorded.items():
        try:
            workspace.store.verify(key, sha256)
        except EvidenceAltered as altered:
            yield str(altered)
    for key in workspace.store.keys():  # noqa: SIM118  not a mapping
        if key not in recorded:
            yield f"The file “{key}” is in the evidence store, but no record knows it"


def _broken_rules(session: Session) -> Iterator[str]:
    rule = lot_rule(session)
    rows = session.execute(
        select(ENTRY.id, ENTRY.sku, ENTRY.lot_number, ENTRY.quantity, ENTRY.facility_name, ENTRY.order_number)
        .order_by(ENTRY.id)
        .execution_options(yield_per=_ROWS_PER_FETCH)
    )
    accepted: dict[str, bool] = {}
    for entry_id, sku, lot_number, quantity, facility_name, order_number in rows:
        if lot_number not in accepted:
            accepted[lot_number] = rule.accepts(lot_number)
        if not accepted[lot_number]:
            yield f"Entry {entry_id}: lot {lot_number} does not match the lot rule"
        if sku not in SKUS or not isinstance(quantity, int) or quantity < 1:
            yield f"Entry {entry_id}: SKU or quantity is not allowed"
        if not facility_name.strip() or not order_number.strip():
            yield f"Entry {entry_id}: facility or order number is blank"
