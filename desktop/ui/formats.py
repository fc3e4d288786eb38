"""Dates, quantities and blanks as people read them."""

from __future__ import annotations

from datetime import date, datetime
from html import escape

BLANK = "—"


def shown_date(value: date | None) -> str:
    """`2025-03-04`: sorts as it reads, and cannot be read as another day in another country."""
    return "" if value is None else value.isoformat()


def shown_time(value: datetime | None) -> str:
    """A UTC time as the clock on the wall said it, to the minute: `2025-03-04 16:05`."""
    return "" if value is None else f"{value.astimezone():%Y-%m-%d %H:%M}"


def shown_number(value: int | None) -> str:
    """`1,234,567`."""
    return "" if value is None else f"{value:,}"


def counted(count: int, one: str, many: str) -> str:
    """`1 entry`, `1,204 entries`."""
    return f"{count:,} {one if count == 1 else many}"


def or_blank(text: str | None) -> str:
    """A dash where nothing is recorded, so that an empty field is seen to be empty."""
    return text or BLANK


def shown_size(size: int) -> str:
    """A size in bytes with the unit that people use for it: `812 bytes`, `1.4 MB`."""
    if size < 1000:
        return counted(size, "byte", "bytes")
    value = float(size)
    for unit in ("kB", "MB", "GB"):
        value /= 1000
        if value < 999.95 or unit == "GB":
            break
    return f"{value:.1f} {unit}"


def plain_tool_tip(text: str) -> str:
    """A tool tip that shows imported text as it is: Qt would take what looks like HTML for HTML, and read its files."""
    return f"<p>{escape(text)}</p>" if text else ""
