"""reports, their approvals and their marks refuse change; which report supersedes which

A report is never deleted, and only one thing about it may change: a draft that carries a signature of its exact bytes
becomes final. An approval mail is never deleted; its notes may change while its report is a draft.

Revision ID: 7e25b8c1f093
Revises: 9d4e1c70b5a2
Create Date: 2026-11-22 19:05:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "7e25b8c1f093"
down_revision: str | None = "9d4e1c70b5a2"
branch_labels: None = None
depends_on: None = None

# Every column but `status` and `updated_at`.
REPORT_FIXED = (
    "id",
    "generated_at",
    "generated_by_user_id",
    "filters_json",
    "report_storage_key",
    "report_format",
    "created_at",
    "row_count",
    "unit_count",
    "sha256",
    "supersedes_report_id",
)
# Every column but `notes`.
APPROVAL_FIXED = (
    "id",
    "report_id",
    "storage_key",
    "original_filename",
    "subject",
    "from_email",
    "to_email",
    "email_date",
    "uploaded_at",
    "uploaded_by_user_id",
    "binding",
)


def upgrade() -> None:
    op.create_table(
        "report_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("import_batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('added', 'changed', 'removed')", name="ck_report_changes_kind"),
        sa.ForeignKeyConstraint(
            ["report_id"], ["tracing_reports.id"], name="fk_report_changes_report_id_tracing_reports"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_report_changes"),
        sqlite_autoincrement=True,
    )
    op.create_index("idx_report_changes_report_id", "report_changes", ["report_id"])
    # SQLite adds a column with its foreign key in line, but cannot add a constraint afterwards; in line it has no name.
    op.add_column(
        "tracing_reports",
        sa.Column(
            "supersedes_report_id",
            sa.Integer(),
            sa.ForeignKey("tracing_reports.id", name="fk_tracing_reports_supersedes_report_id_tracing_reports"),
            nullable=True,
        ),
        inline_references=on_sqlite(),
    )
    create_triggers()


def downgrade() -> None:
    op.refuse_to_destroy("report_changes")  # type: ignore[attr-defined]
    drop_triggers()
    op.drop_column("tracing_reports", "supersedes_report_id")
    op.drop_table("report_changes")


def on_sqlite() -> bool:
    return op.get_context().dialect.name == "sqlite"


def create_triggers() -> None:
    differs = "IS NOT" if on_sqlite() else "IS DISTINCT FROM"
    # JSON text on SQLite, JSONB on PostgreSQL: both compare.
    report_differs = " OR ".join(f"NEW.{column} {differs} OLD.{column}" for column in REPORT_FIXED)
    approval_differs = " OR ".join(f"NEW.{column} {differs} OLD.{column}" for column in APPROVAL_FIXED)
    signed = "EXISTS (SELECT 1 FROM signatures WHERE report_id = OLD.id AND sha256 = OLD.sha256)"
    report_refused = f"OLD.status = 'final' OR {report_differs} OR (NEW.status = 'final' AND NOT {signed})"
    of_final = "EXISTS (SELECT 1 FROM tracing_reports WHERE id = OLD.report_id AND status = 'final')"
    approval_refused = f"{approval_differs} OR {of_final}"
    if on_sqlite():
        create_on_sqlite("tracing_reports", "no_change", "UPDATE", report_refused, "a report is fixed")
        create_on_sqlite("tracing_reports", "no_delete", "DELETE", "1", "a report is never deleted")
        create_on_sqlite("approvals_eml", "no_change", "UPDATE", approval_refused, "an approval mail is fixed")
        create_on_sqlite("approvals_eml", "no_delete", "DELETE", "1", "an approval mail is never deleted")
        for verb in ("UPDATE", "DELETE"):
            kind = f"no_{verb.lower()}"
            create_on_sqlite("report_changes", kind, verb, "1", "report_changes is append-only")
        return
    create_on_postgresql("tracing_reports", report_refused, "a report is fixed")
    create_on_postgresql("approvals_eml", approval_refused, "an approval mail is fixed")
    for table in ("tracing_reports", "approvals_eml"):
        op.execute(
            f"CREATE TRIGGER tr_{table}_no_delete BEFORE DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION silqeqms_append_only()"
        )
    op.execute(
        "CREATE TRIGGER tr_report_changes_append_only BEFORE UPDATE OR DELETE ON report_changes "
        "FOR EACH ROW EXECUTE FUNCTION silqeqms_append_only()"
    )
    for table in ("tracing_reports", "approvals_eml", "report_changes"):
        op.execute(
            f"CREATE TRIGGER tr_{table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION silqeqms_append_only()"
        )


def create_on_sqlite(table: str, kind: str, verb: str, refused: str, sentence: str) -> None:
    op.execute(
        f"CREATE TRIGGER tr_{table}_{kind} BEFORE {verb} ON {table} WHEN {refused} "
        f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
    )


def create_on_postgresql(table: str, refused: str, sentence: str) -> None:
    op.execute(
        f"CREATE FUNCTION silqeqms_fixed_{table}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF {refused} THEN RAISE EXCEPTION '{sentence}'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        f"CREATE TRIGGER tr_{table}_no_change BEFORE UPDATE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION silqeqms_fixed_{table}()"
    )


def drop_triggers() -> None:
    if on_sqlite():
        for table in ("tracing_reports", "approvals_eml"):
            for kind in ("no_change", "no_delete"):
                op.execute(f"DROP TRIGGER tr_{table}_{kind}")
        return  # those of report_changes go with it
    for table in ("tracing_reports", "approvals_eml"):
        for kind in ("no_change", "no_delete", "no_truncate"):
            op.execute(f"DROP TRIGGER tr_{table}_{kind} ON {table}")
        op.execute(f"DROP FUNCTION silqeqms_fixed_{table}()")
