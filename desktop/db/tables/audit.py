"""The audit trail (baseline 56a470f9ee55; the chain's columns and the append-only triggers in later revisions)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from desktop.db.base import Base


class AuditEventRow(Base):
    """One act. `metadata_json` holds the details; `previous_hash` and `event_hash` form the chain."""

    __tablename__ = "audit_events"
    __table_args__ = (
        Index("idx_audit_events_created_at", "created_at"),
        Index("idx_audit_events_action", "action"),
        Index("idx_audit_events_entity", "entity_type", "entity_id"),
        Index("uq_audit_events_position", "position", unique=True),
        {"sqlite_autoincrement": True, "info": {"audited_as": None}},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.current_timestamp())
    actor_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    action: Mapped[str] = mapped_column(Text)
    entity_type: Mapped[str] = mapped_column(Text)
    entity_id: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    metadata_json: Mapped[dict[str, Any] | None] = mapped_column()
    actor_name: Mapped[str] = mapped_column(Text, server_default="")
    before_json: Mapped[dict[str, Any] | None] = mapped_column()
    after_json: Mapped[dict[str, Any] | None] = mapped_column()
    position: Mapped[int] = mapped_column(Integer, server_default="0")
    previous_hash: Mapped[str] = mapped_column(Text, server_default="")
    event_hash: Mapped[str] = mapped_column(Text, server_default="")
