"""Changing and deleting entries: with a reason, never over what somebody else changed meanwhile, and undone again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desktop.db.base import storable
from desktop.db.tables import AuditEventRow, CustomerRow, DistributionEntryRow, UserRow
from desktop.domain.audit import AuditAction, EntityType
from desktop.domain.changes import Changes, Subject
from desktop.domain.distributions import DistributionEntry, Identity, identity
from desktop.domain.entry_edits import (
    ENTRY_LABELS,
    MOST_AT_ONCE,
    VALUE_FIELDS,
    ChangeNote,
    CheckedValues,
    EditableEntry,
    EntryEdit,
    EntryValues,
    EntryVersion,
    FieldEdit,
    StaleEntries,
    StaleEntry,
    check_field,
    check_reason,
    check_values,
)
from desktop.domain.errors import KnownTrouble, NotFound, RuleBroken, StaleEdit
from desktop.domain.imports import Problem
from desktop.domain.permissions import Permission
from desktop.domain.progress import Progress, no_progress
from desktop.services.access import requires
from desktop.services.distributions import RepeatsFound, repeats
from desktop.services.log_query import ENTRY, fetch_entries, select_entries
from desktop.services.settings import lot_rule, refuse_older_lot
from desktop.services.unit_of_work import UnitOfWork, Workspace, reading, snapshot, unit_of_work

_ENTRIES_PER_PROGRESS = 50
_KEYS_PER_QUERY = 500
# In the details of an entry that was entered again after its deletion: the number it had before.
ENTERED_AGAIN = "entered_again"


@requires(Permission.DISTRIBUTION_LOG_EDIT)
def entry_to_edit(workspace: Workspace, entry_id: int) -> EditableEntry:
    """An entry as it is now. Raises `NotFound`, which says who deleted it."""
    with reading(workspace) as session:
        return _editable(session, entry_id)


@requires(Permission.DISTRIBUTION_LOG_EDIT)
def check_edit(workspace: Workspace, values: EntryValues) -> CheckedValues:
    """What would be wrong with these values, and what would be changed to read them; nothing is saved."""
    with reading(workspace) as session:
        return check_values(values, today=workspace.today(), lot_rule=lot_rule(session))


@requires(Permission.DISTRIBUTION_LOG_EDIT)
def edit_entry(workspace: Workspace, edit: EntryEdit) -> Changes:
    """Change one entry, all of the edit or nothing.

    Raises `StaleEntry` when somebody changed it since `edit.version`, `NotFound` when it is gone, `RuleBroken` (also
    for an edit that changes nothing), and `RepeatsFound` when it would say the same as another line.
    """
    with unit_of_work(workspace) as work:
        row = work.session.get(DistributionEntryRow, edit.entry_id)
        if row is None or row.version != edit.version:
            raise StaleEntry(_editable(work.session, edit.entry_id))
        checked = check_values(edit.values, today=workspace.today(), lot_rule=lot_rule(work.session))
        problems = (*checked.problems, *_unknown_ids(work.session, row, checked.columns), *check_reason(edit.reason))
        if problems:
            raise RuleBroken(problems)
        if not _differs(row, checked.columns):
            raise RuleBroken([Problem(None, "", "Nothing was changed: the entry says this already")])
        _change(work, [(row, checked.columns)], [edit.reason], allow_repeats=edit.allow_repeats)
        work.commit()
    return Changes.of(Subject.DISTRIBUTIONS, ids=(edit.entry_id,))


@requires(Permission.DISTRIBUTION_LOG_EDIT)
def edit_field(workspace: Workspace, edit: FieldEdit, progress: Progress = no_progress) -> Changes:
    """Give several entries the same value in one field, all of them or none; each gets its own audit event.

    Entries that have the value already stay as they are and are not in `Changes.ids`. Raises `StaleEntries`,
    `RuleBroken` and `RepeatsFound` as `edit_entry` does.
    """
    _not_too_many(edit.entries)
    with unit_of_work(workspace) as work:
        rows = _rows_as_seen(work.session, edit.entries)
        checked = check_field(edit)
        unknown = _unknown_ids(work.session, None, checked.columns)
        if problems := (*checked.problems, *unknown, *check_reason(edit.reason)):
            raise RuleBroken(problems)
        changes = [(row, checked.columns) for row in rows if _differs(row, checked.columns)]
        if not changes:
            raise RuleBroken([Problem(None, "", "Nothing was changed: the entries say this already")])
        reasons = [edit.reason] * len(changes)
        _change(work, changes, reasons, allow_repeats=edit.allow_repeats, progress=progress)
        ids = tuple(row.id for row, _ in changes)
        work.commit()
    return Changes.of(Subject.DISTRIBUTIONS, ids=ids)


@requires(Permission.DISTRIBUTION_LOG_DELETE)
def delete_entries(
    workspace: Workspace, entries: Sequence[EntryVersion], reason: str, progress: Progress = no_progress
) -> Changes:
    """Take entries out of the log, all of them or none; every column of each stays in its audit event.

    Raises `StaleEntries` when one was changed since it was read, and `RuleBroken` without a reason.
    """
    _not_too_many(entries)
    with unit_of_work(workspace) as work:
        rows = _rows_as_seen(work.session, entries)
        if problems := check_reason(reason):
            raise RuleBroken(problems)
        for number, row in enumerate(rows):
            if number % _ENTRIES_PER_PROGRESS == 0:
                progress(number, len(rows))
            work.record(
                AuditAction.LOG_DELETE, EntityType.ENTRY, row.id, reason=storable(reason).strip(), before=snapshot(row)
            )
            work.session.delete(row)
        progress(len(rows), len(rows))
        work.commit()
    return Changes.of(Subject.DISTRIBUTIONS, ids=tuple(entry.entry_id for entry in entries))


@requires(Permission.DISTRIBUTION_LOG_EDIT)
def undo_edit(workspace: Workspace, entries: Sequence[EntryVersion]) -> Changes:
    """Edit entries back to what they said before the edit that made these versions, with an audit event each.

    Raises `StaleEdit` when anything happened to one of them since, and `RuleBroken` when the rules changed.
    """
    with unit_of_work(workspace) as work:
        changes, reasons, details = [], [], []
        for row in _rows_as_seen(work.session, entries):
            event = _last_change(work.session, row.id)
            if event is None or event.action != AuditAction.LOG_UPDATE:
                raise StaleEdit(f"The last change of entry {row.id} was no edit. Nothing was undone.")
            checked = check_values(
                _values(event.before_json or {}), today=workspace.today(), lot_rule=lot_rule(work.session)
            )
            if checked.problems:
                raise RuleBroken(checked.problems)
            changes.append((row, checked.columns))
            reasons.append(f"Undone: {event.reason}")
            details.append({"undoes": event.position})
        _change(work, changes, reasons, allow_repeats=True, details=details)
        work.commit()
    return Changes.of(Subject.DISTRIBUTIONS, ids=tuple(entry.entry_id for entry in entries))


@requires(Permission.DISTRIBUTION_LOG_DELETE)
def undo_delete(workspace: Workspace, entry_ids: Sequence[int]) -> Changes:
    """Enter deleted entries again, as new entries whose audit events name the deleted ones.

    `Changes.ids` are the new ones. Raises `StaleEdit` for an entry that is not deleted or was entered again already,
    and `RuleBroken` when the rules changed or the shipment id is another entry's by now.
    """
    ids = []
    with unit_of_work(workspace) as work:
        for entry_id in entry_ids:
            event = _last_change(work.session, entry_id)
            if event is None or event.action != AuditAction.LOG_DELETE:
                raise StaleEdit(f"Entry {entry_id} is not deleted. Nothing was undone.")
            if _entered_again(work.session, entry_id, event.position):
                raise StaleEdit(f"Entry {entry_id} was entered again already. Nothing was undone.")
            before = event.before_json or {}
            checked = check_values(_values(before), today=workspace.today(), lot_rule=lot_rule(work.session))
            if checked.problems:
                raise RuleBroken(checked.problems)
            # An import's lines are those of its file: what is entered again is a line of its own.
            row = DistributionEntryRow(
                **checked.columns,
                source=before["source"],
                evidence_file_storage_key=before.get("evidence_file_storage_key"),
                version=1,
                created_at=work.now,
                updated_at=work.now,
                created_by_user_id=work.actor.user_id,
                updated_by_user_id=work.actor.user_id,
            )
            work.session.add(row)
            with _taken_shipment_id():
                work.session.flush()
            work.record(
                AuditAction.LOG_CREATE,
                EntityType.ENTRY,
                row.id,
                reason=f"Undone: {event.reason}",
                after=snapshot(row),
                details={"undoes": event.position, ENTERED_AGAIN: entry_id},
            )
            ids.append(row.id)
        work.commit()
    return Changes.of(Subject.DISTRIBUTIONS, ids=tuple(ids))


def _change(
    work: UnitOfWork,
    changes: Sequence[tuple[DistributionEntryRow, Mapping[str, Any]]],
    reasons: Sequence[str],
    *,
    allow_repeats: bool,
    details: Sequence[Mapping[str, Any] | None] | None = None,
    progress: Progress = no_progress,
) -> None:
    """Write new columns over rows, all at once, and owe an audit event each.

    Raises `RepeatsFound` unless they may repeat other lines, and `RuleBroken` for a lot of an earlier lot rule.
    """
    rule = lot_rule(work.session)
    before = [(snapshot(row), _identity(row)) for row, _ in changes]
    for row, columns in changes:
        for name, value in columns.items():
            setattr(row, name, storable(value) if isinstance(value, str) else value)
        row.version += 1
        row.updated_at = work.now
        row.updated_by_user_id = work.actor.user_id
        refuse_older_lot(rule, row)
    with _taken_shipment_id():
        work.session.flush()
    for number, (row, _) in enumerate(changes):
        if number % _ENTRIES_PER_PROGRESS == 0:
            progress(number, len(changes))
        said, was = before[number]
        work.record(
            AuditAction.LOG_UPDATE,
            EntityType.ENTRY,
            row.id,
            reason=storable(reasons[number]).strip(),
            before=said,
            after=snapshot(row),
            details=None if details is None else details[number],
        )
        if not allow_repeats and _identity(row) != was:
            others = [entry for entry in repeats(work.session, [_entry(work.session, row.id)]) if entry.id != row.id]
            if others:
                raise RepeatsFound(tuple(others))
    progress(len(changes), len(changes))


def _identity(row: DistributionEntryRow) -> Identity:
    return identity(cast(DistributionEntry, row))  # it has the same fields


def _differs(row: DistributionEntryRow, columns: Mapping[str, object]) -> bool:
    return any(getattr(row, name) != value for name, value in columns.items())


def _rows_as_seen(session: Session, entries: Sequence[EntryVersion]) -> list[DistributionEntryRow]:
    """The rows, in the order given. Raises `StaleEntries` unless each is still in the state that was seen."""
    found: dict[int, DistributionEntryRow] = {}
    ids = [entry.entry_id for entry in entries]
    for start in range(0, len(ids), _KEYS_PER_QUERY):
        part = ids[start : start + _KEYS_PER_QUERY]
        found |= {row.id: row for row in session.scalars(select(DistributionEntryRow).where(ENTRY.id.in_(part)))}
    gone = [entry_id for entry_id in ids if entry_id not in found]
    changed = [seen.entry_id for seen in entries if seen.entry_id in found and found[seen.entry_id].version != seen[1]]
    if gone or changed:
        raise StaleEntries([_entry(session, entry_id) for entry_id in changed], gone)
    return [found[entry_id] for entry_id in ids]


def _not_too_many(entries: Sequence[EntryVersion]) -> None:
    if len(entries) > MOST_AT_ONCE:
        raise KnownTrouble(f"At most {MOST_AT_ONCE:,} entries can be changed at once; {len(entries):,} are selected.")


def _unknown_ids(
    session: Session, row: DistributionEntryRow | None, columns: Mapping[str, object]
) -> Iterator[Problem]:
    """Problems of a rep or customer that is not there, or no longer active; what the entry has already may stay."""
    rep_id, customer_id = columns.get("rep_id"), columns.get("customer_id")
    if rep_id is not None and (row is None or rep_id != row.rep_id):
        active = select(UserRow.is_active).where(UserRow.id == rep_id)
        if not session.scalar(active):
            yield Problem("rep_id", str(rep_id), "This rep is not there any more: choose another one")
    if customer_id is not None and session.get(CustomerRow, customer_id) is None:
        yield Problem("customer_id", str(customer_id), "This customer is not there any more: choose another one")


@contextmanager
def _taken_shipment_id() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        if "ss_shipment_id" not in str(error.orig):
            raise
        message = f"{ENTRY_LABELS['ss_shipment_id']} is that of another entry already"
        raise RuleBroken([Problem("ss_shipment_id", "", message)]) from error


def _editable(session: Session, entry_id: int) -> EditableEntry:
    row = session.get(DistributionEntryRow, entry_id)
    event = _last_change(session, entry_id)
    note = None if event is None else ChangeNote(event.actor_name, event.created_at, event.reason)
    if row is None:
        if event is None or note is None or event.action != AuditAction.LOG_DELETE:
            raise NotFound(f"There is no entry {entry_id}.")
        raise NotFound(f"{note.actor} deleted this entry on {note.moment.astimezone():%Y-%m-%d %H:%M}: {note.reason}")
    return EditableEntry(_entry(session, entry_id), _values({name: getattr(row, name) for name in VALUE_FIELDS}), note)


def _entry(session: Session, entry_id: int) -> DistributionEntry:
    return fetch_entries(session, select_entries().where(ENTRY.id == entry_id))[0]


def _last_change(session: Session, entry_id: int) -> AuditEventRow | None:
    """The last event that changed the entry; opening its evidence changes nothing."""
    changing = (AuditAction.LOG_UPDATE, AuditAction.LOG_DELETE, AuditAction.EVIDENCE_ATTACH)
    return session.scalar(
        select(AuditEventRow)
        .where(
            AuditEventRow.entity_type == EntityType.ENTRY.value,
            AuditEventRow.entity_id == str(entry_id),
            AuditEventRow.action.in_([action.value for action in changing]),
        )
        .order_by(AuditEventRow.position.desc())
        .limit(1)
    )


def _entered_again(session: Session, entry_id: int, deleted_at: int) -> bool:
    """Whether a deletion was undone already: such an event is younger than it, so that few are looked at."""
    created = session.scalars(
        select(AuditEventRow.metadata_json).where(
            AuditEventRow.action == AuditAction.LOG_CREATE.value, AuditEventRow.position > deleted_at
        )
    )
    return any((details or {}).get(ENTERED_AGAIN) == entry_id for details in created)


def _values(columns: Mapping[str, Any]) -> EntryValues:
    """A form's values from a row's columns, or from their snapshot in an audit event."""
    day = columns["ship_date"]
    values: dict[str, Any] = {name: "" if columns[name] is None else str(columns[name]) for name in VALUE_FIELDS}
    values |= {name: columns[name] for name in ("rep_id", "customer_id")}
    values["ship_date"] = date.fromisoformat(day) if isinstance(day, str) else day
    return EntryValues(**values)
