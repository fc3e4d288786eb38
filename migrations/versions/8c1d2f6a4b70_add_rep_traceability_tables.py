"""add rep traceability tables

The three tables of the traceability plan, every column, constraint and index by its name there. Where the plan's
text cannot run: the partial unique constraint is a partial unique index; the lot's regular expression is a CHECK
on PostgreSQL only; SQLite also checks that a quantity is an integer; filters_json is JSONB with a GIN index on
PostgreSQL.

Revision ID: 8c1d2f6a4b70
Revises: 56a470f9ee55
Create Date: 2026-01-15 09:00:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "8c1d2f6a4b70"
down_revision: str | None = "56a470f9ee55"
branch_labels: None = None
depends_on: None = None

JSON_DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
NOW = sa.func.current_timestamp()


def upgrade() -> None:
    on_postgresql = op.get_context().dialect.name == "postgresql"
    by_engine = (
        sa.CheckConstraint(r"lot_number ~ '^SLQ-\d{5}$'", name="ck_distribution_log_lot")
        if on_postgresql
        else sa.CheckConstraint("typeof(quantity) = 'integer'", name="ck_distribution_log_quantity_type")
    )
    op.create_table(
        "distribution_log_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ship_date", sa.Date(), nullable=False),
        sa.Column("order_number", sa.Text(), nullable=False),
        sa.Column("facility_name", sa.Text(), nullable=False),
        sa.Column("rep_id", sa.Integer(), nullable=True),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("lot_number", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("address1", sa.Text(), nullable=True),
        sa.Column("address2", sa.Text(), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("zip", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True, server_default="USA"),
        sa.Column("contact_name", sa.Text(), nullable=True),
        sa.Column("contact_phone", sa.Text(), nullable=True),
        sa.Column("contact_email", sa.Text(), nullable=True),
        sa.Column("tracking_number", sa.Text(), nullable=True),
        sa.Column("ss_shipment_id", sa.Text(), nullable=True),
        sa.Column("evidence_file_storage_key", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("created_by_user_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_user_id", sa.Integer(), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=f"fk_distribution_log_entries_{column}_{table}", ondelete="SET NULL"
            )
            for column, table in (
                ("rep_id", "users"),
                ("customer_id", "customers"),
                ("created_by_user_id", "users"),
                ("updated_by_user_id", "users"),
            )
        ),
        sa.CheckConstraint("sku IN ('211810SPT', '211610SPT', '211410SPT')", name="ck_distribution_log_sku"),
        by_engine,
        sa.CheckConstraint("quantity > 0", name="ck_distribution_log_quantity"),
        sa.CheckConstraint(
            "source IN ('shipstation', 'manual', 'csv_import', 'pdf_import')", name="ck_distribution_log_source"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_distribution_log_entries"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_distribution_log_ss_shipment_id",
        "distribution_log_entries",
        ["ss_shipment_id"],
        unique=True,
        sqlite_where=sa.text("ss_shipment_id IS NOT NULL"),
        postgresql_where=sa.text("ss_shipment_id IS NOT NULL"),
    )
    for column in ("ship_date", "source", "rep_id", "customer_id", "sku", "order_number"):
        op.create_index(f"idx_distribution_log_{column}", "distribution_log_entries", [column])

    op.create_table(
        "tracing_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("generated_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("generated_by_user_id", sa.Integer(), nullable=True),
        sa.Column("filters_json", JSON_DOCUMENT, nullable=False),
        sa.Column("report_storage_key", sa.Text(), nullable=False),
        sa.Column("report_format", sa.Text(), nullable=False, server_default="csv"),
        sa.Column("status", sa.Text(), nullable=False, server_default="draft"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.ForeignKeyConstraint(
            ["generated_by_user_id"],
            ["users.id"],
            name="fk_tracing_reports_generated_by_user_id_users",
            ondelete="SET NULL",
        ),
        sa.CheckConstraint("report_format = 'csv'", name="ck_tracing_reports_format"),
        sa.CheckConstraint("status IN ('draft', 'final')", name="ck_tracing_reports_status"),
        sa.PrimaryKeyConstraint("id", name="pk_tracing_reports"),
        sqlite_autoincrement=True,
    )
    op.create_index("idx_tracing_reports_generated_at", "tracing_reports", ["generated_at"])
    op.create_index("idx_tracing_reports_status", "tracing_reports", ["status"])
    if on_postgresql:
        op.create_index("idx_tracing_reports_filters_json", "tracing_reports", ["filters_json"], postgresql_using="gin")

    op.create_table(
        "approvals_eml",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("storage_key", sa.Text(), nullable=False),
        sa.Column("original_filename", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("from_email", sa.Text(), nullable=True),
        sa.Column("to_email", sa.Text(), nullable=True),
        sa.Column("email_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("uploaded_by_user_id", sa.Integer(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["tracing_reports.id"],
            name="fk_approvals_eml_report_id_tracing_reports",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by_user_id"],
            ["users.id"],
            name="fk_approvals_eml_uploaded_by_user_id_users",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_approvals_eml"),
        sqlite_autoincrement=True,
    )
    op.create_index("idx_approvals_eml_report_id", "approvals_eml", ["report_id"])
    op.create_index("idx_approvals_eml_uploaded_at", "approvals_eml", ["uploaded_at"])


def downgrade() -> None:
    op.refuse_to_destroy("approvals_eml", "tracing_reports", "distribution_log_entries")  # type: ignore[attr-defined]
    op.drop_table("approvals_eml")
    op.drop_table("tracing_reports")
    op.drop_table("distribution_log_entries")
