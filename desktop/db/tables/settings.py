"""Settings that change how the product judges, each changed with a reason and audited."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from desktop.db.base import Base


class SettingRow(Base):
    """One setting as text; a missing row means the built-in default."""

    __tablename__ = "settings"
    __table_args__ = {"info": {"audited_as": "setting"}}

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    value: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column()
    updated_by_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
