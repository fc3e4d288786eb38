"""How a file is read, in the words that people use for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from PySide6.QtCore import QLocale

from desktop.domain.distributions import read_ship_date
from desktop.domain.import_review import EarlierImport, ImportCounts
from desktop.domain.imports import LINE_FIELDS, DateOrder, FileKind, ParsedFile
from desktop.ui.formats import counted, shown_number, shown_time

KIND_LABELS: Mapping[FileKind, str] = {
    FileKind.CSV: "CSV file",
    FileKind.XLSX: "Workbook (XLSX)",
    FileKind.PDF: "PDF",
    FileKind.SHIPSTATION: "ShipStation export",
}
ENCODING_LABELS: Mapping[str, str] = {
    "utf-8": "UTF-8",
    "cp1252": "Windows-1252 (Western Europe)",
    "cp1250": "Windows-1250 (Central Europe)",
    "iso8859-1": "ISO 8859-1 (Latin 1)",
    "mac-roman": "Mac Roman",
    "cp437": "DOS (code page 437)",
    "utf-16-le": "UTF-16, little endian",
    "utf-16-be": "UTF-16, big endian",
}
SEPARATOR_LABELS: Mapping[str, str] = {",": "Comma  ,", ";": "Semicolon  ;", "\t": "Tab", "|": "Vertical bar  |"}
DATE_ORDER_LABELS: Mapping[DateOrder, str] = {
    DateOrder.ISO: "Year first (2025-03-04 is 4 March)",
    DateOrder.MDY: "Month first (3/4/2025 is 4 March)",
    DateOrder.DMY: "Day first (3/4/2025 is 3 April)",
}
ORDER_NAMES: Mapping[DateOrder, str] = {DateOrder.MDY: "Month first", DateOrder.DMY: "Day first"}


def encoding_label(encoding: str) -> str:
    """What people call an encoding."""
    return ENCODING_LABELS.get(encoding, encoding.upper())


def encoding_choices(recognised: str | None) -> list[tuple[str, str]]:
    """Encodings to choose from, each its name and what people call it; the recognised one comes first and is marked."""
    choices = [(name, label) for name, label in ENCODING_LABELS.items() if name != recognised]
    if recognised is not None:
        choices.insert(0, (recognised, f"{encoding_label(recognised)}, as recognised"))
    return choices


def date_example(file: ParsedFile) -> str | None:
    """A date of a file that can be read both ways; "" when only the order is in doubt, None when nothing is."""
    if file.date_order is not None:
        return None
    place = LINE_FIELDS.index("ship_date")
    return _example(row.values[place] for row in file.rows)


def _example(texts: Iterable[str]) -> str | None:
    found: str | None = None
    for text in map(str.strip, texts):
        readings = {read_ship_date(text, order, date.max).value for order in (DateOrder.MDY, DateOrder.DMY)} - {None}
        if len(readings) == 2:
            return text
        if readings and found is None and read_ship_date(text, None, date.max).value is None:
            found = ""
    return found


def date_in_words(example: str | None, order: DateOrder) -> str:
    """`4 March 2025`; "" when there is no example."""
    day = read_ship_date(example or "", order, date.max).value
    return f"{day.day} {QLocale.c().monthName(day.month)} {day.year}" if isinstance(day, date) else ""


def lines_in_words(counts: ImportCounts) -> str:
    """`10: 7 new, 1 duplicate, 1 conflict, 1 problem`."""
    parts = [
        f"{shown_number(counts.new)} new",
        counted(counts.duplicate, "duplicate", "duplicates"),
        counted(counts.conflict, "conflict", "conflicts"),
        counted(counts.problem, "problem", "problems"),
    ]
    return f"{shown_number(counts.lines)}: {', '.join(parts)}" if counts.lines else "None"


def earlier_sentence(earlier: EarlierImport) -> str:
    """That the same file was imported before."""
    by = f" by {earlier.imported_by}" if earlier.imported_by else ""
    return (
        f"The same file was imported on {shown_time(earlier.imported_at)}{by} (import {earlier.batch_id}). "
        "Lines that are in the log already are not imported again."
    )
