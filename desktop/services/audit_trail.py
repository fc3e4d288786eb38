"""Reading the audit trail: the life of one entry, in the words people read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from desktop.db.tables import AuditEventRow, CustomerRow, DistributionEntryRow, UserRow
from desktop.domain.audit import AuditAction, EntityType
from desktop.domain.entry_life import FieldChange, HistoryEvent, Origin
from desktop.domain.permissions import Permission
from desktop.services.access import requires
from desktop.services.entry_edits import ENTERED_AGAIN
from desktop.services.unit_of_work import Workspace, reading

_IMPORTS = (AuditAction.LOG_IMPORT_CSV, AuditAction.LOG_IMPORT_PDF)
# Who only looked is in the audit trail, not in the history of the entry.
_LOOKS = (AuditAction.EVIDENCE_OPEN.value, AuditAction.EVIDENCE_DOWNLOAD.value)
# What every change changes says nothing: the event itself has the moment and the person.
_OF_EVERY_CHANGE = ("version", "updated_at", "updated_by_user_id")


@requires(Permission.DISTRIBUTION_LOG_VIEW)
def history_of_entry(workspace: Workspace, entry_id: int) -> tuple[HistoryEvent, ...]:
    """What happened to an entry, newest first; before an undone deletion it had another number."""
    with reading(workspace) as session:
        names = Names(session)
        found: list[HistoryEvent] = []
        for life in numbers_of(session, entry_id):
            rows = session.scalars(_events(EntityType.ENTRY, life).where(AuditEventRow.action.not_in(_LOOKS)))
            found += [_as_history(row, names) for row in rows]
            if (imported := _import_event(session, life)) is not None:
                found.append(imported)
        return tuple(sorted(found, key=lambda event: event.position, reverse=True))


@requires(Permission.DISTRIBUTION_LOG_VIEW)
def origin_of_entry(workspace: Workspace, entry_id: int) -> Origin | None:
    """The import that brought an entry; None for one that was entered by hand."""
    with reading(workspace) as session:
        row = session.get(DistributionEntryRow, entry_id)
        if row is None or row.import_batch_id is None:
            return None
        event = _event_of_import(session, row.import_batch_id)
        if event is None:
            return None
        details = event.metadata_json or {}
        file_name, sha256 = details["file"], details["sha256"]
        return Origin(row.import_batch_id, file_name, row.import_line, event.created_at, event.actor_name, sha256)


def numbers_of(session: Session, entry_id: int) -> Sequence[int]:
    """The numbers an entry has had, the present one first: an undone deletion gives it a new one."""
    numbers = [entry_id]
    while True:
        details = session.scalar(
            select(AuditEventRow.metadata_json).where(
                AuditEventRow.entity_type == EntityType.ENTRY.value,
                AuditEventRow.entity_id == str(numbers[-1]),
                AuditEventRow.action == AuditAction.LOG_CREATE.value,
            )
        )
        before = (details or {}).get(ENTERED_AGAIN)
        if not isinstance(before, int) or before in numbers:
            return numbers
        numbers.append(before)


class Names:
    """Names for the ids of people and customers, each asked once, for whoever tells what changed."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[tuple[str, object], object] = {}

    def shown(self, field: str, value: object) -> object:
        """The value as people read it."""
        if value is None or field not in ("rep_id", "customer_id"):
            return value
        if (field, value) not in self._known:
            self._known[field, value] = self._look_up(field, value)
        return self._known[field, value]

    def _look_up(self, field: str, value: object) -> object:
        if field == "customer_id":
            customer = self._session.get(CustomerRow, value)
            return f"customer {value}" if customer is None else customer.name
        person = self._session.get(UserRow, value)
        return f"person {value}" if person is None else person.display_name or person.email


def _events(entity_type: EntityType, number: int) -> Select[AuditEventRow]:
    return select(AuditEventRow).where(
        AuditEventRow.entity_type == entity_type.value, AuditEventRow.entity_id == str(number)
    )


def _as_history(row: AuditEventRow, names: Names) -> HistoryEvent:
    is_attached = row.action == AuditAction.EVIDENCE_ATTACH
    changes = () if is_attached else tuple(changes_between(row.before_json, row.after_json, names))
    return HistoryEvent(
        row.position, row.created_at, row.actor_name, row.action, row.reason, changes, row.metadata_json or {}
    )


def changes_between(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, names: Names
) -> Iterator[FieldChange]:
    """What an edit changed, as people read it; an entry that came or went whole changed nothing of itself."""
    if before is None or after is None:
        return
    for field in after:
        if field not in _OF_EVERY_CHANGE and before.get(field) != after[field]:
            yield FieldChange(field, names.shown(field, before.get(field)), names.shown(field, after[field]))


def _import_event(session: Session, entry_id: int) -> HistoryEvent | None:
    """The import that brought an entry, with what was corrected of its line; also for an entry that is deleted."""
    row = session.get(DistributionEntryRow, entry_id)
    if row is None:
        first = session.scalar(_events(EntityType.ENTRY, entry_id).order_by(AuditEventRow.position).limit(1))
        kept = {} if first is None else first.before_json or {}
        batch_id, line = kept.get("import_batch_id"), kept.get("import_line")
    else:
        batch_id, line = row.import_batch_id, row.import_line
    event = None if batch_id is None else _event_of_import(session, batch_id)
    if event is None:
        return None
    details = event.metadata_json or {}
    corrected = tuple(
        FieldChange(correction["field"], correction["read"], correction["corrected"])
        for correction in details.get("corrections", ())
        if correction["row"] == line
    )
    shown = {"import": batch_id, "file": details["file"], "line": line, "sha256": details["sha256"]}
    return HistoryEvent(event.position, event.created_at, event.actor_name, event.action, None, corrected, shown)


def _event_of_import(session: Session, batch_id: int) -> AuditEventRow | None:
    return session.scalar(
        _events(EntityType.IMPORT, batch_id).where(AuditEventRow.action.in_([action.value for action in _IMPORTS]))
    )
