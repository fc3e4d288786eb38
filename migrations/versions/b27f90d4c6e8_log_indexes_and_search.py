"""the log's indexes also order by ship date; an index for free text

The indexes of the traceability plan keep their names and their first columns. With the ship date behind it, an index
gives the entries of one SKU, say, in their usual order without sorting a third of the log.

The free-text index is derived from the entries and can be dropped and built again at any time. On SQLite it is filled
later, in parts: rows up to `indexed_to` are in it, those written since are in log_search_changed. On PostgreSQL it
needs the extension pg_trgm, and where that cannot be installed a search goes through all entries.

Revision ID: b27f90d4c6e8
Revises: 7e25b8c1f093
Create Date: 2026-11-22 19:20:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

revision: str = "b27f90d4c6e8"
down_revision: str | None = "7e25b8c1f093"
branch_labels: None = None
depends_on: None = None

TABLE = "distribution_log_entries"
ORDERED = {
    "idx_distribution_log_source": "source",
    "idx_distribution_log_rep_id": "rep_id",
    "idx_distribution_log_customer_id": "customer_id",
    "idx_distribution_log_sku": "sku",
    "idx_distribution_log_lot_number": "lot_number",
}
FACILITY = "idx_distribution_log_facility_name"
SEARCHED = ("facility_name", "order_number", "tracking_number", "city")
COLUMNS = ", ".join(SEARCHED)


def upgrade() -> None:
    for name, column in ORDERED.items():
        op.drop_index(name, TABLE)
        op.create_index(name, TABLE, [column, "ship_date"])
    op.create_index(FACILITY, TABLE, ["facility_name", "ship_date"])
    if op.get_context().dialect.name == "postgresql":
        if can_install_trigrams():
            op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            op.execute(
                f"CREATE INDEX log_search ON {TABLE} USING gin "
                f"({', '.join(f'{column} gin_trgm_ops' for column in SEARCHED)})"
            )
    else:
        create_search_index()


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP INDEX IF EXISTS log_search")
        op.execute("DROP EXTENSION IF EXISTS pg_trgm")
    else:
        op.execute("DROP TRIGGER tr_log_search_insert")
        op.execute("DROP TRIGGER tr_log_search_update")
        op.execute("DROP TABLE log_search_changed")
        op.execute("DROP TABLE log_search_state")
        op.execute("DROP TABLE log_search")
    op.drop_index(FACILITY, TABLE)
    for name, column in ORDERED.items():
        op.drop_index(name, TABLE)
        op.create_index(name, TABLE, [column])


def can_install_trigrams() -> bool:
    """Whether the extension is there already, or shipped with the server and this role may install it."""
    if context.is_offline_mode():
        return False
    found = op.get_bind().execute(
        sa.text(
            "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') OR EXISTS ("
            " SELECT FROM pg_available_extension_versions WHERE name = 'pg_trgm'"
            " AND (trusted AND has_database_privilege(current_database(), 'CREATE')"
            " OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)))"
        )
    )
    return bool(found.scalar())


def create_search_index() -> None:
    # Contentless: only the pieces are kept, no second copy of the texts.
    op.execute(
        f"CREATE VIRTUAL TABLE log_search USING fts5({COLUMNS}, "
        "content='', columnsize=0, detail=none, tokenize='trigram')"
    )
    op.execute("CREATE TABLE log_search_state (indexed_to INTEGER NOT NULL)")
    # The triggers do not write into the index itself: with an untrusted schema no trigger may use a virtual table.
    op.execute("CREATE TABLE log_search_changed (id INTEGER NOT NULL PRIMARY KEY)")
    for verb, event in (("insert", "INSERT"), ("update", f"UPDATE OF id, {COLUMNS}")):
        op.execute(  # every name is one of ours
            f"CREATE TRIGGER tr_log_search_{verb} AFTER {event} ON {TABLE} "  # noqa: S608
            "WHEN new.id <= (SELECT indexed_to FROM log_search_state) "
            "BEGIN INSERT OR IGNORE INTO log_search_changed (id) VALUES (new.id); END"
        )
