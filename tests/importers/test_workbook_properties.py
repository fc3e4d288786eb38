"""Whatever the bytes of a workbook: a sentence or rows, never an exception; and the same rows as from a CSV."""

from __future__ import annotations

import csv
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.distributions import is_blank
from desktop.domain.imports import FileKind
from desktop.importers.read_file import read_file
from tests.importers.csv_texts import GOOD
from tests.importers.test_csv_properties import check_promises
from tests.importers.workbooks import NAMES, part, rebuilt, workbook

# What XML and a spreadsheet keep as it is: no control characters but the line feed, no lone surrogates.
CELLS = st.text(
    st.sampled_from(",;\t|\"'\n =+é€\u00a0\u2028\u200b<>&_x") | st.characters(exclude_categories=["Cc", "Cs", "Cn"]),
    max_size=8,
).filter(lambda text: "\ufffd" not in text and "\ufeff" not in text and not text.startswith("<r>"))
DATES = st.dates(date(1901, 1, 1), date(2100, 1, 1))
ROWS = st.lists(st.tuples(CELLS | DATES, *[CELLS | st.integers(-(10**12), 10**12)] * 5), max_size=6)
ALTERATIONS = st.lists(
    st.tuples(
        st.integers(0, 10_000),
        st.integers(0, 30),
        st.sampled_from([b"", b"9", b"-1", b"1e999", b"99999999999", b"XFD1048576", b'"', b"<", b"&x;", b"\xff"])
        | st.binary(max_size=6),
    ),
    min_size=1,
    max_size=5,
)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A workbook with two sheets, a date, numbers and merged cells."""
    path = tmp_path_factory.mktemp("workbook") / "a.xlsx"
    sheets = {"A": [NAMES, (date(2025, 3, 4), *GOOD[1:5], 5), GOOD], "B": [NAMES]}
    return workbook(path, sheets, lambda made: made.get_worksheet_by_name("A").merge_range("B4:B6", "x")).read_bytes()


def altered(content: bytes, alterations: list[tuple[int, int, bytes]]) -> bytes:
    changed = bytearray(content)
    for at, length, by in alterations:
        at %= len(changed) + 1
        changed[at : at + length] = by
    return bytes(changed)


@given(ROWS)
def test_a_workbook_reads_as_the_same_table_in_a_csv(tmp_path: Path, rows: list[tuple[object, ...]]) -> None:
    with (tmp_path / "a.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([NAMES, *rows])
    text = read_file(tmp_path / "a.csv")
    made = read_file(workbook(tmp_path / "a.xlsx", {"March": [NAMES, *rows]}))
    assert (text.kind, made.kind) == (FileKind.CSV, FileKind.XLSX)
    assert [found.values for found in text.rows] == [found.values for found in made.rows]
    assert (text.date_order, text.sample_rows, text.columns) == (made.date_order, made.sample_rows, made.columns)
    kept = [number for number, row in enumerate(rows, start=2) if not all(is_blank(str(cell)) for cell in row)]
    assert [found.line for found in made.rows] == kept


@given(ALTERATIONS)
def test_no_bytes_of_a_container_raise(tmp_path: Path, book: bytes, alterations: list[tuple[int, int, bytes]]) -> None:
    content = altered(book, alterations)
    (tmp_path / "a.xlsx").write_bytes(content)
    check_promises(read_file(tmp_path / "a.xlsx"), content)


@given(st.sampled_from(["workbook.xml", "worksheets/sheet1.xml", "styles.xml", "sharedStrings.xml"]), ALTERATIONS)
def test_no_bytes_of_its_parts_raise(
    tmp_path: Path, book: bytes, name: str, alterations: list[tuple[int, int, bytes]]
) -> None:
    content = rebuilt(book, {f"xl/{name}": altered(part(book, f"xl/{name}"), alterations)}, method=zipfile.ZIP_STORED)
    (tmp_path / "a.xlsx").write_bytes(content)
    check_promises(read_file(tmp_path / "a.xlsx"), content)
