"""import layouts, remembered per header row; a version of each customer, so that a stale edit is seen

Revision ID: 9d4e1c70b5a2
Revises: e48b6c20f7d1
Create Date: 2026-11-22 18:55:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "9d4e1c70b5a2"
down_revision: str | None = "e48b6c20f7d1"
branch_labels: None = None
depends_on: None = None

JSON_DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "import_layouts",
        sa.Column("header_sha256", sa.Text(), nullable=False),
        sa.Column("header_json", JSON_DOCUMENT, nullable=False),
        sa.Column("columns_json", JSON_DOCUMENT, nullable=False),
        sa.Column("date_order", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by_user_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["updated_by_user_id"], ["users.id"], name="fk_import_layouts_updated_by_user_id_users", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("header_sha256", name="pk_import_layouts"),
    )
    op.add_column("customers", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))


def downgrade() -> None:
    op.refuse_to_destroy("import_layouts")  # type: ignore[attr-defined]
    op.drop_column("customers", "version")
    op.drop_table("import_layouts")
