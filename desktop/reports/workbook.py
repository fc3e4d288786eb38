"""The workbook: log lines for people and their spreadsheets. No cell can be a formula, a link or a guessed number."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]

from desktop.domain.errors import RuleBroken
from desktop.domain.files import whole_file
from desktop.domain.imports import Problem
from desktop.domain.reports import RECORD_COLUMNS, check_workbook_lines

# Excel's own limit: support.microsoft.com, "Excel specifications and limits".
_MAX_TEXT_UNITS = 32_767
_FIRST_DATE = date(1900, 1, 1)

_WIDTHS = {
    "ship_date": 11,
    "order_number": 16,
    "facility_name": 36,
    "city": 18,
    "state": 8,
    "sku": 12,
    "lot_number": 18,
    "quantity": 9,
    "rep_name": 20,
    "source": 12,
    "address1": 28,
    "address2": 18,
    "zip": 11,
    "country": 9,
    "contact_name": 20,
    "contact_phone": 16,
    "contact_email": 28,
    "tracking_number": 22,
}


def write_workbook(rows: Iterable[Sequence[object]], path: Path) -> str:
    """Write an .xlsx, whole or not at all, and return its SHA-256.

    A row holds one value per RECORD_COLUMNS, in that order: text, a whole number, a date or None. Raises `RuleBroken`
    for what a workbook cannot hold (nothing is cut), and `StorageTrouble`.
    """
    with whole_file(path) as file, tempfile.TemporaryDirectory() as folder:
        book = xlsxwriter.Workbook(file, {"constant_memory": True, "tmpdir": folder})
        try:
            _fill(book, rows)
            book.close()
        except xlsxwriter.exceptions.FileCreateError as error:
            raise error.args[0] from None
        finally:
            # A workbook that was given up keeps the file of its rows open, which Windows could not remove.
            for sheet in book.worksheets():
                sheet._opt_close()
        file.seek(0)
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fill(book: xlsxwriter.Workbook, rows: Iterable[Sequence[object]]) -> None:
    sheet = book.add_worksheet("Distribution log")
    heading = book.add_format({"bold": True})
    plain = book.add_format()
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for index, column in enumerate(RECORD_COLUMNS):
        sheet.set_column(index, index, _WIDTHS[column.field])
        sheet.write_string(0, index, column.header, heading)
    sheet.freeze_panes(1, 0)
    number = 0
    for number, row in enumerate(rows, start=1):
        check_workbook_lines(number)
        for index, value in enumerate(row):
            if isinstance(value, str):
                _write_text(sheet, number, index, value, plain)
            elif isinstance(value, date) and value >= _FIRST_DATE:
                sheet.write_datetime(number, index, value, day)
            elif isinstance(value, date):  # before the first day that a spreadsheet knows
                sheet.write_string(number, index, value.isoformat())
            elif isinstance(value, int):
                sheet.write_number(number, index, value)
    sheet.autofilter(0, 0, number, len(RECORD_COLUMNS) - 1)
    # Order numbers and zips are text on purpose: no green corner that offers to turn them into numbers.
    sheet.ignore_errors({"number_stored_as_text": f"A1:R{number + 1}"})


def _write_text(
    sheet: xlsxwriter.worksheet.Worksheet, row: int, index: int, text: str, plain: xlsxwriter.format.Format
) -> None:
    if len(text) > _MAX_TEXT_UNITS // 2 and len(text.encode("utf-16-le")) // 2 > _MAX_TEXT_UNITS:
        column = RECORD_COLUMNS[index]
        message = f"Line {row}: {column.header} is longer than the {_MAX_TEXT_UNITS:,} characters a workbook cell holds"
        raise RuleBroken([Problem(column.field, text[:100], message)])
    if text.startswith("<r>") and text.endswith("</r>"):
        # XlsxWriter takes such a text for markup of its own and would write it into the sheet unescaped.
        sheet.write_rich_string(row, index, text[:1], plain, text[1:])
    else:
        sheet.write_string(row, index, text)
