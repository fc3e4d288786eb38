"""The chain of audit events: its links one after another, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from desktop.db.tables import AuditEventRow
from desktop.domain.audit import GENESIS_HASH, AuditEvent
from desktop.domain.reports import ChainHead

_ROWS_PER_FETCH = 2_000


def chained_events(session: Session) -> Iterator[AuditEvent]:
    """Every event as it is kept, in the order of the chain."""
    rows = session.scalars(
        select(AuditEventRow)
        .order_by(AuditEventRow.position, AuditEventRow.id)
        .execution_options(yield_per=_ROWS_PER_FETCH)
    )
    for row in rows:
        yield AuditEvent(
            position=row.position,
            previous_hash=row.previous_hash,
            created_at=row.created_at,
            actor_user_id=row.actor_user_id,
            actor_name=row.actor_name,
            action=row.action,
            entity_type=row.entity_type,
            entity_id=row.entity_id,
            reason=row.reason,
            before=row.before_json,
            after=row.after_json,
            details=row.metadata_json,
            event_hash=row.event_hash,
        )
        session.expunge(row)


def chain_head(session: Session) -> ChainHead:
    """The latest event's position and hash; position 0 before the first."""
    latest = session.execute(
        select(AuditEventRow.position, AuditEventRow.event_hash).order_by(AuditEventRow.position.desc()).limit(1)
    ).first()
    return ChainHead(0, GENESIS_HASH) if latest is None else ChainHead(latest.position, latest.event_hash)
