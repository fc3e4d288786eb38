"""Where the audit trail stands: what is printed on what leaves the product."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from desktop.db.tables import AuditEventRow
from desktop.domain.audit import GENESIS_HASH
from desktop.domain.reports import ChainHead


def chain_head(session: Session) -> ChainHead:
    """The latest event's position and hash; position 0 before the first."""
    latest = session.execute(
        select(AuditEventRow.position, AuditEventRow.event_hash).order_by(AuditEventRow.position.desc()).limit(1)
    ).first()
    return ChainHead(0, GENESIS_HASH) if latest is None else ChainHead(latest.position, latest.event_hash)
