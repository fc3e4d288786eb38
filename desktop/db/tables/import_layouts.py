"""How files with a certain header row were last read, so that the next one of the kind is read alike."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from desktop.db.base import JSON_DOCUMENT, Base


class ImportLayoutRow(Base):
    """The columns and the date order chosen for one header row.

    Not audited by itself: the event of each import says how its file was read. `header_sha256` is that of the header's
    canonical JSON; `columns_json` maps fields to headers.
    """

    __tablename__ = "import_layouts"

    header_sha256: Mapped[str] = mapped_column(Text, primary_key=True)
    header_json: Mapped[list[str]] = mapped_column(JSON_DOCUMENT)
    columns_json: Mapped[dict[str, Any]] = mapped_column()
    date_order: Mapped[str | None] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column()
    updated_by_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
