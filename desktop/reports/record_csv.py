"""The record CSV: log lines as fixed bytes, equal for the same log and filter, and importable back to equal rows.

UTF-8 without BOM, CRLF, RFC 4180, text exactly as recorded. Nothing is prefixed against spreadsheets that run
formulas: this file is the record, the workbook is the one for spreadsheets.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from desktop.domain.files import whole_file
from desktop.domain.reports import RECORD_COLUMNS

_ROWS_PER_CHUNK = 1_000
_NEEDS_QUOTES = re.compile(r'[,"\r\n]')


def record_csv_chunks(rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """The file's bytes, header first, a thousand lines at a time.

    A row holds one value per RECORD_COLUMNS, in that order: text, a whole number, a date (written YYYY-MM-DD) or None
    (an empty cell).
    """
    yield _lines([[column.header] for column in RECORD_COLUMNS])
    remaining = iter(rows)
    while chunk := list(islice(remaining, _ROWS_PER_CHUNK)):
        yield _lines([_cells(column) for column in zip(*chunk, strict=True)])


def write_record_csv(rows: Iterable[Sequence[object]], path: Path) -> str:
    """Write the file, whole or not at all, and return its SHA-256. Raises `StorageTrouble`."""
    digest = hashlib.sha256()
    with whole_file(path) as file:
        for chunk in record_csv_chunks(rows):
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest()


def _lines(columns: Sequence[Sequence[str]]) -> bytes:
    return ("\r\n".join(map(",".join, zip(*columns, strict=True))) + "\r\n").encode()


def _cells(column: Sequence[object]) -> Sequence[str]:
    """One column of a chunk as CSV cells: whole columns at a time take 0.4 of the time of `csv.writer`."""
    try:
        cells: Sequence[str] = column  # type: ignore[assignment]
        joined = "\n".join(cells)
    except TypeError:  # not all of it is text
        cells = ["" if value is None else str(value) for value in column]
        joined = "\n".join(cells)
    if "," in joined or '"' in joined or "\r" in joined or joined.count("\n") >= len(cells):
        quoted = {cell: '"' + cell.replace('"', '""') + '"' for cell in set(cells) if _NEEDS_QUOTES.search(cell)}
        cells = [quoted.get(cell, cell) for cell in cells]
    return cells
