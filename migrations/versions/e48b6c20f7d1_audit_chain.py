"""audit chain, and triggers that let nobody change or remove a record

Events that were kept before get their place in the chain here, in the order of their ids.

Revision ID: e48b6c20f7d1
Revises: c7705e3b9d18
Create Date: 2026-11-22 16:20:00
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision: str = "e48b6c20f7d1"
down_revision: str | None = "c7705e3b9d18"
branch_labels: None = None
depends_on: None = None

JSON_DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
APPEND_ONLY = ("audit_events", "stored_files", "signatures")


def upgrade() -> None:
    op.add_column("audit_events", sa.Column("actor_name", sa.Text(), nullable=False, server_default=""))
    op.add_column("audit_events", sa.Column("before_json", JSON_DOCUMENT, nullable=True))
    op.add_column("audit_events", sa.Column("after_json", JSON_DOCUMENT, nullable=True))
    op.add_column("audit_events", sa.Column("position", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("audit_events", sa.Column("previous_hash", sa.Text(), nullable=False, server_default=""))
    op.add_column("audit_events", sa.Column("event_hash", sa.Text(), nullable=False, server_default=""))
    if not context.is_offline_mode():
        chain_earlier_events()
    op.create_index("uq_audit_events_position", "audit_events", ["position"], unique=True)
    create_triggers()


def downgrade() -> None:
    op.refuse_to_destroy("audit_events")  # type: ignore[attr-defined]
    drop_triggers()
    op.drop_index("uq_audit_events_position", "audit_events")
    for column in ("event_hash", "previous_hash", "position", "after_json", "before_json", "actor_name"):
        op.drop_column("audit_events", column)


def chain_earlier_events() -> None:
    connection = op.get_bind()
    events = sa.table(
        "audit_events",
        sa.column("id", sa.Integer),
        sa.column("created_at", sa.DateTime(timezone=True)),
        sa.column("actor_user_id", sa.Integer),
        sa.column("action", sa.Text),
        sa.column("entity_type", sa.Text),
        sa.column("entity_id", sa.Text),
        sa.column("reason", sa.Text),
        sa.column("metadata_json", JSON_DOCUMENT),
        sa.column("actor_name", sa.Text),
        sa.column("position", sa.Integer),
        sa.column("previous_hash", sa.Text),
        sa.column("event_hash", sa.Text),
    )
    users = sa.table("users", sa.column("id", sa.Integer), sa.column("email", sa.Text))
    emails = {row.id: row.email for row in connection.execute(sa.select(users.c.id, users.c.email))}
    previous_hash = "0" * 64
    for position, event in enumerate(connection.execute(sa.select(events).order_by(events.c.id)).all(), start=1):
        actor_name = emails.get(event.actor_user_id, "")
        content = {
            "position": position,
            "previous_hash": previous_hash,
            "created_at": as_utc(event.created_at).isoformat(timespec="microseconds"),
            "actor_user_id": event.actor_user_id,
            "actor_name": actor_name,
            "action": event.action,
            "entity_type": event.entity_type,
            "entity_id": event.entity_id,
            "reason": event.reason,
            "before": None,
            "after": None,
            "details": event.metadata_json,
        }
        canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        event_hash = hashlib.sha256(canonical.encode()).hexdigest()
        connection.execute(
            sa.update(events)
            .where(events.c.id == event.id)
            .values(actor_name=actor_name, position=position, previous_hash=previous_hash, event_hash=event_hash)
        )
        previous_hash = event_hash


def as_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def create_triggers() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION silqeqms_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
        for table in APPEND_ONLY:
            op.execute(
                f"CREATE TRIGGER tr_{table}_append_only BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION silqeqms_append_only()"
            )
            op.execute(
                f"CREATE TRIGGER tr_{table}_no_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION silqeqms_append_only()"
            )
        return
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER tr_{table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def drop_triggers() -> None:
    if op.get_context().dialect.name == "postgresql":
        for table in APPEND_ONLY:
            op.execute(f"DROP TRIGGER tr_{table}_append_only ON {table}")
            op.execute(f"DROP TRIGGER tr_{table}_no_truncate ON {table}")
        op.execute("DROP FUNCTION silqeqms_append_only()")
        return
    for table in APPEND_ONLY:
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER tr_{table}_no_{verb}")
