"""signatures on tracing reports

Revision ID: c7705e3b9d18
Revises: a3d46f1985e2
Create Date: 2026-11-22 16:15:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "c7705e3b9d18"
down_revision: str | None = "a3d46f1985e2"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.create_table(
        "signatures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("printed_name", sa.Text(), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["tracing_reports.id"], name="fk_signatures_report_id_tracing_reports"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_signatures_user_id_users"),
        sa.CheckConstraint("meaning IN ('approved', 'reviewed', 'authored')", name="ck_signatures_meaning"),
        sa.PrimaryKeyConstraint("id", name="pk_signatures"),
        sqlite_autoincrement=True,
    )
    op.create_index("idx_signatures_report_id", "signatures", ["report_id"])


def downgrade() -> None:
    op.refuse_to_destroy("signatures")  # type: ignore[attr-defined]
    op.drop_table("signatures")
