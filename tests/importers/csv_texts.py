"""CSV files for tests: a header with the required columns, rows that keep every rule, and how they are read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from desktop.domain.import_review import ImportChoices
from desktop.domain.imports import ParsedFile
from desktop.importers.read_file import read_file

HEADER = "Ship Date,Order #,Facility,SKU,Lot,Quantity"
GOOD = ("2025-03-04", "SO-1001", "Lakeside Urology", "211810SPT", "SLQ-12345", "10")


def row(
    ship_date: str = GOOD[0],
    order_number: str = GOOD[1],
    facility_name: str = GOOD[2],
    sku: str = GOOD[3],
    lot_number: str = GOOD[4],
    quantity: str = GOOD[5],
) -> str:
    """One line of a file; nothing is quoted."""
    return ",".join((ship_date, order_number, facility_name, sku, lot_number, quantity))


def read(folder: Path, content: bytes | str | Iterable[str], choices: ImportChoices | None = None) -> ParsedFile:
    """Writes a file (lines end with CRLF) and reads it."""
    if not isinstance(content, bytes):
        text = content if isinstance(content, str) else "".join(f"{line}\r\n" for line in content)
        content = text.encode()
    path = folder / "shipments.csv"
    path.write_bytes(content)
    return read_file(path, choices or ImportChoices())


def required(parsed: ParsedFile) -> list[tuple[str, ...]]:
    """The six required values of every row."""
    return [found.values[:6] for found in parsed.rows]
