"""Every file of the evidence store: its key, SHA-256, size in bytes and media type."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from desktop.db.base import Base


class StoredFileRow(Base):
    """One write-once file. Its event is that of the record it belongs to, which names key and SHA-256."""

    __tablename__ = "stored_files"
    __table_args__ = {"info": {"audited_as": None}}

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    sha256: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(Text)
    stored_at: Mapped[datetime] = mapped_column()
