"""One piece of work: a session, the person in whose name it is done, and the audit entries it owes.

A unit of work rolls back unless it is told to commit, and refuses to commit a change that recorded no audit entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any, cast

from sqlalchemy import Connection, Table, event, insert, inspect, select
from sqlalchemy.orm import Session

from desktop.db.base import Base, storable
from desktop.db.engine import SessionFactory
from desktop.db.tables import AuditEventRow, StoredFileRow
from desktop.db.trouble import known_trouble
from desktop.domain.audit import GENESIS_HASH, AuditAction, AuditEvent, EntityType
from desktop.domain.errors import SignInRefused
from desktop.domain.users import SYSTEM, Actor
from desktop.services.stale_reports import mark_changed_reports
from desktop.storage.evidence_store import EvidenceStore, StoredFile

# Keys are ours, and so are their endings.
_MEDIA_TYPES = {"csv": "text/csv", "eml": "message/rfc822"}


def utc_now() -> datetime:
    """This moment, aware, UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Workspace:
    """What every verb works with: the database, the evidence store, the clock, and who is signed in."""

    sessions: SessionFactory
    store: EvidenceStore
    actor: Actor | None = None
    clock: Callable[[], datetime] = field(default=utc_now)

    def signed_in(self, actor: Actor) -> Workspace:
        """The same workspace in the name of `actor`."""
        return replace(self, actor=actor)

    def signed_out(self) -> Workspace:
        """The same workspace in nobody's name."""
        return replace(self, actor=None)

    def today(self) -> date:
        """The local date: what people mean by "not in the future"."""
        return self.clock().astimezone().date()

    @property
    def person(self) -> Actor:
        """Who is signed in. Raises `SignInRefused` when nobody is."""
        if self.actor is None:
            raise SignInRefused("Sign in first.")
        return self.actor


class UnauditedChange(RuntimeError):
    """A bug: something was written of which the audit trail would know nothing."""


class UnitOfWork:
    """A session that writes, and the audit entries that go with what it writes."""

    def __init__(self, session: Session, workspace: Workspace) -> None:
        self.session = session
        self.now = workspace.clock()
        self.actor = workspace.actor or SYSTEM
        self._store = workspace.store
        self._entries: list[dict[str, Any]] = []
        self._touched: set[str] = set()
        self._audited: set[str] = set()
        self._stored: list[str] = []
        self.committed = False
        self._perhaps_committed = False
        event.listen(session.connection(), "before_execute", self._note_table)

    def _note_table(self, _connection: Connection, statement: Any, *_rest: Any) -> None:
        if getattr(statement, "is_dml", False):
            self._note(statement.table)

    def _note(self, table: Table) -> None:
        if (subject := table.info.get("audited_as")) is not None:
            self._touched.add(subject)

    def touched(self, table: type[Base]) -> None:
        """Say that `table` was written through the driver's own connection, where no statement is seen."""
        self._note(cast(Table, table.__table__))

    def record(
        self,
        action: AuditAction,
        entity_type: EntityType,
        entity_id: object,
        *,
        reason: str | None = None,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        details: Mapping[str, Any] | None = None,
        covers: tuple[EntityType, ...] = (),
    ) -> None:
        """Owe an audit entry; it is written, in order, by `commit`.

        `covers` names further kinds of record that this one entry speaks for: an import's, say, for its lines.
        """
        self._audited |= {entity_type.value, *covers}
        self._entries.append(
            {
                "action": action.value,
                "entity_type": entity_type.value,
                "entity_id": None if entity_id is None else str(entity_id),
                "reason": reason,
                "before": _storable_json(before),
                "after": _storable_json(after),
                "details": _storable_json(details),
            }
        )

    def store(self, key: str, content: bytes) -> StoredFile:
        """Put a file into the evidence store; it is taken out again unless this work commits."""
        stored = self._store.put(key, content)
        self.adopt(stored)
        return stored

    def adopt(self, stored: StoredFile) -> None:
        """Register a file that was put into the evidence store; it is taken out again unless this work commits."""
        self._stored.append(stored.key)
        self.session.execute(
            insert(StoredFileRow).values(
                key=stored.key,
                sha256=stored.sha256,
                size=stored.size,
                media_type=_MEDIA_TYPES[stored.key.rpartition(".")[2]],
                stored_at=self.now,
            )
        )

    def commit(self) -> None:
        """Write the audit entries and commit, once. Raises `UnauditedChange` when a change has none."""
        if self.committed:
            raise RuntimeError("This work was committed already: the changes after that would be noted nowhere")
        self.session.flush()
        unaudited = self._touched - self._audited
        if unaudited:
            raise UnauditedChange(f"No audit entry for a change of {', '.join(sorted(unaudited))}")
        if self._entries:
            mark_changed_reports(self.session, self.now, self._entries)
            append_events(self.session, self.actor, self.now, self._entries)
        self._perhaps_committed = self.session.get_bind().dialect.name == "postgresql"
        self.session.commit()
        self.committed = True

    def discard(self) -> None:
        """Roll back, and take out what was put into the evidence store.

        A server may have committed although the connection broke before it could say so: then the files stay, since
        a file without a record is found by `verify`, and a record without its file is a loss.
        """
        self.session.rollback()
        if self._perhaps_committed:
            return
        for key in self._stored:
            self._store.remove_uncommitted(key)


@contextmanager
def unit_of_work(workspace: Workspace, written: StoredFile | None = None) -> Iterator[UnitOfWork]:
    """A unit of work that rolls back unless `commit` was called. Raises `StorageTrouble` for known trouble.

    `written` is a file that was put into the evidence store before, so that the write lock is not held while a large
    file is written; it is adopted, and taken out again unless the work commits.
    """
    work = None
    try:
        with known_trouble(), workspace.sessions.writing() as session:
            work = UnitOfWork(session, workspace)
            try:
                if written is not None:
                    work.adopt(written)
                yield work
            finally:
                if not work.committed:
                    work.discard()
    finally:
        if work is None and written is not None:
            workspace.store.remove_uncommitted(written.key)


@contextmanager
def reading(workspace: Workspace) -> Iterator[Session]:
    """A session for reading. Raises `StorageTrouble` for known trouble."""
    with known_trouble(), workspace.sessions.reading() as session:
        yield session


def append_events(session: Session, actor: Actor, now: datetime, entries: list[dict[str, Any]]) -> None:
    """Chain `entries` to the audit trail; the write lock keeps a second writer from taking the same place in it."""
    head = session.execute(
        select(AuditEventRow.position, AuditEventRow.event_hash).order_by(AuditEventRow.position.desc()).limit(1)
    ).first()
    position, previous_hash = (0, GENESIS_HASH) if head is None else head
    rows = []
    for entry in entries:
        position += 1
        unsealed = AuditEvent(position, previous_hash, now, actor.user_id, actor.name, **entry)
        previous_hash = unsealed.computed_hash()
        rows.append(
            {
                "position": position,
                "previous_hash": unsealed.previous_hash,
                "event_hash": previous_hash,
                "created_at": now,
                "actor_user_id": actor.user_id,
                "actor_name": actor.name,
                "action": unsealed.action,
                "entity_type": unsealed.entity_type,
                "entity_id": unsealed.entity_id,
                "reason": unsealed.reason,
                "before_json": unsealed.before,
                "after_json": unsealed.after,
                "metadata_json": unsealed.details,
            }
        )
    session.execute(insert(AuditEventRow), rows)


def _storable_json(value: Any) -> Any:
    """A JSON value whose texts any database keeps: names and values come from outside."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, Mapping):
        return {name: _storable_json(inner) for name, inner in value.items()}
    return [_storable_json(inner) for inner in value] if isinstance(value, list) else value


def snapshot(row: Base) -> dict[str, Any]:
    """Every column of a row as JSON values, for an audit entry's before and after."""
    values = {column.key: getattr(row, column.key) for column in inspect(type(row)).column_attrs}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
