"""Approval evidence, by the traceability plan's names (its table 3)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from desktop.db.base import Base


class ApprovalRow(Base):
    """One e-mail, kept as received, on one report. `binding` says whether the mail speaks of that report."""

    __tablename__ = "approvals_eml"
    __table_args__ = (
        CheckConstraint("binding IN ('bound', 'not_verified')", name="ck_approvals_eml_binding"),
        Index("idx_approvals_eml_report_id", "report_id"),
        Index("idx_approvals_eml_uploaded_at", "uploaded_at"),
        {"sqlite_autoincrement": True, "info": {"audited_as": "approval_eml"}},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("tracing_reports.id", ondelete="CASCADE"))
    storage_key: Mapped[str] = mapped_column(Text)
    original_filename: Mapped[str] = mapped_column(Text)
    subject: Mapped[str | None] = mapped_column(Text)
    from_email: Mapped[str | None] = mapped_column(Text)
    to_email: Mapped[str | None] = mapped_column(Text)
    email_date: Mapped[datetime | None] = mapped_column()
    uploaded_at: Mapped[datetime] = mapped_column(server_default=func.current_timestamp())
    uploaded_by_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    notes: Mapped[str | None] = mapped_column(Text)
    binding: Mapped[str] = mapped_column(Text, server_default="not_verified")
