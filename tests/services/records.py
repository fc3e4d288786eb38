"""Records for tests of the services: shipments, people, files and mails, all invented."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from desktop.db.base import Base
from desktop.db.tables import AuditEventRow
from desktop.domain.distributions import NewLine, NewShipment
from desktop.domain.permissions import Role
from desktop.domain.users import Actor, NewUser
from desktop.services import distributions, users
from desktop.services.unit_of_work import Workspace

HEADER = ("Ship Date", "Order #", "Facility", "SKU", "Lot", "Quantity")
# A day that is past wherever and whenever the tests run, and its month.
SHIPPED = date(2026, 1, 5)
MONTH = "2026-01"
_numbers = itertools.count(1)

# For what hardly depends on the engine, or takes long: both engines in the slow tier, SQLite alone in the quick one.
postgresql_when_slow = pytest.mark.parametrize(
    "engine_name", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)], indirect=True
)


def shipment(*lines: tuple[str, str, int], **changes: Any) -> NewShipment:
    """A shipment to Lakeside Urology; each line is (SKU, lot, quantity)."""
    wanted = NewShipment(
        ship_date=SHIPPED,
        order_number="SO 0000901",
        facility_name="Lakeside Urology",
        lines=tuple(
            NewLine(sku, lot, str(quantity)) for sku, lot, quantity in lines or (("211810SPT", "SLQ-12345", 10),)
        ),
        allow_repeats=True,
    )
    return replace(wanted, **changes)


def log(workspace: Workspace, *lines: tuple[str, str, int], **changes: Any) -> tuple[int, ...]:
    """The ids of the lines of a shipment that was just logged."""
    return distributions.create_shipment(workspace, shipment(*lines, **changes)).ids


def person(workspace: Workspace, role: Role | None, password: str | None = None, name: str = "") -> Actor:
    """A person with one role, or none; added by whoever is signed in."""
    email = f"person.{next(_numbers)}@example.com"
    name = name or f"{(role or 'nobody').title()} Person"
    changes = users.add_user(workspace, NewUser(email, name, () if role is None else (role,), password))
    return Actor(changes.ids[0], name, email)


def ticking(start: datetime = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)) -> Callable[[], datetime]:
    """A clock that is one second further each time it is asked."""
    seconds = itertools.count()
    return lambda: start + timedelta(seconds=next(seconds))


def csv_file(path: Path, rows: Iterable[Iterable[object]], header: Iterable[str] = HEADER) -> Path:
    """A CSV file as people export it."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def mail(subject: str = "Re: tracing report", text: str = "Approved.", attached: bytes | None = None) -> bytes:
    """A mail as a mail program saves it; `attached` is a CSV."""
    message = EmailMessage()
    message["From"] = "Quinn Quality <quinn.quality@example.org>"
    message["To"] = "ada.admin@example.com"
    message["Subject"] = subject
    message["Date"] = "Mon, 02 Mar 2026 09:30:00 +0100"
    message["Message-ID"] = f"<{next(_numbers)}@example.org>"
    message.set_content(text)
    if attached is not None:
        message.add_attachment(attached, "text", "csv", filename="report.csv")
    return message.as_bytes()


def events(workspace: Workspace, *actions: str) -> list[AuditEventRow]:
    """The audit events, oldest first; only those of `actions` when some are named."""
    query = select(AuditEventRow).order_by(AuditEventRow.position)
    if actions:
        query = query.where(AuditEventRow.action.in_(actions))
    with workspace.sessions.reading() as session:
        return list(session.scalars(query))


def dump(workspace: Workspace) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, and the keys in the evidence store: for "nothing was written"."""
    with workspace.sessions.reading() as session:
        rows = {table.name: sorted(map(repr, session.execute(select(table)))) for table in Base.metadata.sorted_tables}
    return {**rows, "evidence": list(workspace.store.keys())}
