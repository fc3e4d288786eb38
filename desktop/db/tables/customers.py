"""Customers (baseline 56a470f9ee55): who a facility belongs to, linked on purpose and never guessed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Integer, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from desktop.db.base import Base


class CustomerRow(Base):
    """One customer; an entry keeps its facility name as shipped, whether linked or not.

    `version` counts the states of the customer from 1, so that a stale edit is seen.
    """

    __tablename__ = "customers"
    __table_args__ = (
        Index("idx_customers_name", "name"),
        {"sqlite_autoincrement": True, "info": {"audited_as": "customer"}},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    address1: Mapped[str | None] = mapped_column(Text)
    address2: Mapped[str | None] = mapped_column(Text)
    city: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str | None] = mapped_column(Text)
    zip: Mapped[str | None] = mapped_column(Text)
    # A country that was left blank on purpose stays blank: without evaluates_none the default would take its place.
    country: Mapped[str | None] = mapped_column(Text().evaluates_none(), server_default="USA")
    contact_name: Mapped[str | None] = mapped_column(Text)
    contact_phone: Mapped[str | None] = mapped_column(Text)
    contact_email: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(server_default=func.current_timestamp())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.current_timestamp())
    version: Mapped[int] = mapped_column(Integer, server_default="1")
