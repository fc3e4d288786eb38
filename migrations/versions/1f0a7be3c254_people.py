"""people: display names, failed sign-ins, forced change of password

Revision ID: 1f0a7be3c254
Revises: 8c1d2f6a4b70
Create Date: 2026-11-22 16:00:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "1f0a7be3c254"
down_revision: str | None = "8c1d2f6a4b70"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.add_column("users", sa.Column("display_name", sa.Text(), nullable=False, server_default=""))
    op.add_column("users", sa.Column("must_change_password", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("users", sa.Column("failed_sign_ins", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("users", sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.refuse_to_destroy("users")  # type: ignore[attr-defined]
    for column in ("locked_until", "failed_sign_ins", "must_change_password", "display_name"):
        op.drop_column("users", column)
