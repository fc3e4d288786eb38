"""Tracing reports (the traceability plan's table 2), the signatures that make them final, and the marks of stale ones.

Triggers refuse every change but one: a draft that is signed becomes final.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from desktop.db.base import Base


class TracingReportRow(Base):
    """The filter that made a report, and its file (`row_count`, `unit_count`, `sha256`). Never deleted.

    `supersedes_report_id` is the report of the same content that this one was made to replace.
    """

    __tablename__ = "tracing_reports"
    __table_args__ = (
        CheckConstraint("report_format = 'csv'", name="ck_tracing_reports_format"),
        CheckConstraint("status IN ('draft', 'final')", name="ck_tracing_reports_status"),
        Index("idx_tracing_reports_generated_at", "generated_at"),
        Index("idx_tracing_reports_status", "status"),
        Index(
            "idx_tracing_reports_filters_json", "filters_json", postgresql_using="gin", info={"only_on": "postgresql"}
        ).ddl_if("postgresql"),
        {"sqlite_autoincrement": True, "info": {"audited_as": "tracing_report"}},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    generated_at: Mapped[datetime] = mapped_column(server_default=func.current_timestamp())
    generated_by_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    filters_json: Mapped[dict[str, Any]] = mapped_column()
    report_storage_key: Mapped[str] = mapped_column(Text)
    report_format: Mapped[str] = mapped_column(Text, server_default="csv")
    status: Mapped[str] = mapped_column(Text, server_default="draft")
    created_at: Mapped[datetime] = mapped_column(server_default=func.current_timestamp())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.current_timestamp())
    row_count: Mapped[int] = mapped_column(Integer, server_default="0")
    unit_count: Mapped[int] = mapped_column(Integer, server_default="0")
    sha256: Mapped[str] = mapped_column(Text, server_default="")
    supersedes_report_id: Mapped[int | None] = mapped_column(ForeignKey("tracing_reports.id"))


class SignatureRow(Base):
    """One signature: printed name, moment, meaning and the SHA-256 of the exact bytes that were signed."""

    __tablename__ = "signatures"
    __table_args__ = (
        CheckConstraint("meaning IN ('approved', 'reviewed', 'authored')", name="ck_signatures_meaning"),
        Index("idx_signatures_report_id", "report_id"),
        {"sqlite_autoincrement": True, "info": {"audited_as": "tracing_report"}},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("tracing_reports.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    printed_name: Mapped[str] = mapped_column(Text)
    meaning: Mapped[str] = mapped_column(Text)
    signed_at: Mapped[datetime] = mapped_column()
    sha256: Mapped[str] = mapped_column(Text)


class ReportChangeRow(Base):
    """Something that happened to the lines of a report after it was made: the report is stale.

    `kind` is what became of `lines` lines that match the report's filter: of one entry (`entry_id`), or of an import
    as a whole. Who, why, before and after stand in the audit event of the same entry or import and moment.
    """

    __tablename__ = "report_changes"
    __table_args__ = (
        CheckConstraint("kind IN ('added', 'changed', 'removed')", name="ck_report_changes_kind"),
        Index("idx_report_changes_report_id", "report_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("tracing_reports.id"))
    changed_at: Mapped[datetime] = mapped_column()
    kind: Mapped[str] = mapped_column(Text)
    lines: Mapped[int] = mapped_column(Integer)
    entry_id: Mapped[int | None] = mapped_column(Integer)
    import_batch_id: Mapped[int | None] = mapped_column(Integer)
