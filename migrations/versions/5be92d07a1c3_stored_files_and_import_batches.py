"""stored files, import batches, and what reports and approvals know of their files

Revision ID: 5be92d07a1c3
Revises: 1f0a7be3c254
Create Date: 2026-11-22 16:05:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "5be92d07a1c3"
down_revision: str | None = "1f0a7be3c254"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.create_table(
        "stored_files",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_stored_files"),
    )
    op.create_table(
        "import_batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("storage_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_by_user_id", sa.Integer(), nullable=True),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("imported", sa.Integer(), nullable=False),
        sa.Column("duplicates", sa.Integer(), nullable=False),
        sa.Column("conflicts", sa.Integer(), nullable=False),
        sa.Column("problems", sa.Integer(), nullable=False),
        sa.Column("rows_digest", sa.Text(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_user_id", sa.Integer(), nullable=True),
        sa.Column("undo_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["storage_key"], ["stored_files.key"], name="fk_import_batches_storage_key_stored_files"
        ),
        sa.ForeignKeyConstraint(
            ["imported_by_user_id"],
            ["users.id"],
            name="fk_import_batches_imported_by_user_id_users",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["undone_by_user_id"], ["users.id"], name="fk_import_batches_undone_by_user_id_users", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_import_batches"),
        sqlite_autoincrement=True,
    )
    op.create_index("idx_import_batches_sha256", "import_batches", ["sha256"])

    # SQLite adds a column with its foreign key in line, but cannot add a constraint afterwards; in line it has no name.
    op.add_column(
        "distribution_log_entries",
        sa.Column(
            "import_batch_id",
            sa.Integer(),
            sa.ForeignKey("import_batches.id", name="fk_distribution_log_entries_import_batch_id_import_batches"),
            nullable=True,
        ),
        inline_references=op.get_context().dialect.name == "sqlite",
    )
    op.add_column("distribution_log_entries", sa.Column("import_line", sa.Integer(), nullable=True))
    op.add_column("distribution_log_entries", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.create_index("idx_distribution_log_lot_number", "distribution_log_entries", ["lot_number"])
    op.create_index("idx_distribution_log_import_batch_id", "distribution_log_entries", ["import_batch_id"])

    op.add_column("tracing_reports", sa.Column("row_count", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("tracing_reports", sa.Column("unit_count", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("tracing_reports", sa.Column("sha256", sa.Text(), nullable=False, server_default=""))
    op.add_column(
        "approvals_eml",
        sa.Column(
            "binding",
            sa.Text(),
            sa.CheckConstraint("binding IN ('bound', 'not_verified')", name="ck_approvals_eml_binding"),
            nullable=False,
            server_default="not_verified",
        ),
    )


def downgrade() -> None:
    op.refuse_to_destroy("import_batches", "stored_files")  # type: ignore[attr-defined]
    op.drop_column("approvals_eml", "binding")
    for column in ("sha256", "unit_count", "row_count"):
        op.drop_column("tracing_reports", column)
    op.drop_index("idx_distribution_log_import_batch_id", "distribution_log_entries")
    op.drop_index("idx_distribution_log_lot_number", "distribution_log_entries")
    for column in ("version", "import_line", "import_batch_id"):
        op.drop_column("distribution_log_entries", column)
    op.drop_table("import_batches")
    op.drop_table("stored_files")
