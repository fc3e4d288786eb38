"""settings, and the lot CHECK as the default of the lot-rule setting writes it

On PostgreSQL the CHECK is re-created with the text that the application writes for the default rule, ASCII digits
only, so that a changed rule and the first one look alike in the catalog.

Revision ID: a3d46f1985e2
Revises: 5be92d07a1c3
Create Date: 2026-11-22 16:10:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "a3d46f1985e2"
down_revision: str | None = "5be92d07a1c3"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.create_table(
        "settings",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by_user_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["updated_by_user_id"], ["users.id"], name="fk_settings_updated_by_user_id_users", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("key", name="pk_settings"),
    )
    replace_lot_check("lot_number ~ '^(SLQ-[0-9]{5})$'")


def downgrade() -> None:
    op.refuse_to_destroy("settings")  # type: ignore[attr-defined]
    replace_lot_check(r"lot_number ~ '^SLQ-\d{5}$'")
    op.drop_table("settings")


def replace_lot_check(condition: str) -> None:
    if op.get_context().dialect.name == "postgresql":
        op.drop_constraint("ck_distribution_log_lot", "distribution_log_entries", type_="check")
        op.create_check_constraint("ck_distribution_log_lot", "distribution_log_entries", condition)
