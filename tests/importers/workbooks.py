"""Workbooks for tests, written as a spreadsheet writes them, and rebuilt from altered parts."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

import xlsxwriter

from tests.importers.csv_texts import GOOD, HEADER

NAMES = tuple(HEADER.split(","))
Row = Sequence[object]


def workbook(
    path: Path, sheets: Mapping[str, Iterable[Row]], finish: Callable[[xlsxwriter.Workbook], None] | None = None
) -> Path:
    """A workbook: texts as texts, numbers as numbers, dates as dates; `finish` may add more before it is closed."""
    book = xlsxwriter.Workbook(path)
    day = book.add_format({"num_format": "m/d/yyyy"})
    moment = book.add_format({"num_format": "m/d/yyyy h:mm"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write_datetime(number, place, cell, moment)
                elif isinstance(cell, date):
                    sheet.write_datetime(number, place, cell, day)
                elif isinstance(cell, str) and cell:
                    sheet.write_string(number, place, cell)
                elif isinstance(cell, bool):
                    sheet.write_boolean(number, place, cell)
                elif isinstance(cell, int | float):
                    sheet.write_number(number, place, cell)
    if finish is not None:
        finish(book)
    book.close()
    return path


def plain(path: Path, *rows: Row) -> Path:
    """A workbook with one sheet: the required columns and some rows, else the usual good one."""
    return workbook(path, {"March": [NAMES, *(rows or (GOOD,))]})


def rebuilt(content: bytes, parts: Mapping[str, bytes | None], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A workbook with some parts replaced, added, or left out when None."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", method) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, part in parts.items():
            if part is not None:
                new.writestr(name, part)
    return target.getvalue()


def part(content: bytes, name: str = "xl/worksheets/sheet1.xml") -> bytes:
    """One part of a workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as container:
        return container.read(name)
