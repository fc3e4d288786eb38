"""The record CSV: exact text, the same bytes for the same rows, and back to equal rows."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.errors import StorageTrouble
from desktop.domain.imports import LINE_FIELDS
from desktop.domain.progress import Cancelled
from desktop.domain.reports import RECORD_COLUMNS
from desktop.importers.read_file import read_file
from desktop.reports.record_csv import record_csv_chunks, write_record_csv
from tests.reports.rows import ROWS, row

HEADER = (
    b"Ship Date,Order #,Facility,City,State,SKU,Lot,Quantity,Rep,Source,"
    b"Address 1,Address 2,Zip,Country,Contact Name,Contact Phone,Contact Email,Tracking #\r\n"
)

# What a log can hold: required fields are there, and text is trimmed.
_WORD = st.text(st.characters(blacklist_categories=("C", "Z"), blacklist_characters="\ufffd"), min_size=1, max_size=8)
_VALUE = st.lists(_WORD, min_size=1, max_size=3).map(" ".join) | st.sampled_from(
    ["=1+1", "0000901", "O'Hare, “North”", 'the "big" one', "a,b;c|d", "two\r\nlines", "two\nlines", "1.5", "-"]
)
_LOGGED = {
    "ship_date": st.dates(date(1990, 1, 1), date(2025, 1, 1)),
    "order_number": _VALUE,
    "facility_name": _VALUE,
    "sku": st.sampled_from(["211810SPT", "211610SPT", "211410SPT"]),
    "lot_number": st.from_regex(r"SLQ-[0-9]{5}", fullmatch=True),
    "quantity": st.integers(1, 999_999_999),
    "source": st.sampled_from(["manual", "csv_import"]),
}
LOGGED_ROWS = st.tuples(*(_LOGGED.get(column.field, st.none() | _VALUE) for column in RECORD_COLUMNS))


def csv_of(rows: Sequence[Sequence[object]]) -> bytes:
    return b"".join(record_csv_chunks(rows))


def test_an_empty_log_is_a_header() -> None:
    assert csv_of([]) == HEADER


def test_text_stands_as_it_was_recorded() -> None:
    line = row(
        ship_date=date(2025, 3, 4),
        order_number="0000901",
        facility_name='St. Example, "North"',
        city="=HYPERLINK(1)",
        sku="211610SPT",
        lot_number="SLQ-12345",
        quantity=10,
        source="manual",
        address1="first\r\nsecond",
        address2=" é ",
    )
    assert csv_of([line]) == HEADER + (
        b'2025-03-04,0000901,"St. Example, ""North""",=HYPERLINK(1),,211610SPT,SLQ-12345,10,,manual,'
        b'"first\r\nsecond", \xc3\xa9 ,,,,,,\r\n'
    )


@given(st.lists(ROWS, max_size=6))
def test_every_row_is_written_as_the_standard_library_would(rows: list[tuple[object, ...]]) -> None:
    expected = io.StringIO(newline="")
    csv.writer(expected).writerows(rows)
    assert csv_of(rows) == HEADER + expected.getvalue().encode()


@given(st.lists(ROWS, max_size=6))
def test_the_standard_library_reads_the_same_text_back(rows: list[tuple[object, ...]]) -> None:
    _header, *read = csv.reader(io.StringIO(csv_of(rows).decode(), newline=""), strict=True)
    assert read == [["" if value is None else str(value) for value in line] for line in rows]


@given(st.lists(LOGGED_ROWS, min_size=1, max_size=6))
def test_the_importer_reads_equal_rows_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[object, ...]]
) -> None:
    path = tmp_path_factory.mktemp("export") / "export.csv"
    write_record_csv(rows, path)
    read = read_file(path)
    assert read.file_problem is None
    taken = [column.field if column.field != "rep_name" else "rep" for column in RECORD_COLUMNS]
    for line, found in zip(rows, read.rows, strict=True):
        written = dict(zip(taken, line, strict=True))
        expected = tuple("" if written.get(name) is None else str(written[name]) for name in LINE_FIELDS)
        assert found.values == expected
        assert found.problems == ()


def test_many_rows_come_in_large_chunks_and_lose_nothing() -> None:
    rows = [row(ship_date="2025-03-04", order_number=str(number), quantity=1) for number in range(2_500)]
    chunks = list(record_csv_chunks(iter(rows)))
    assert len(chunks) == 4
    assert b"".join(chunks).count(b"\r\n") == 2_501


def test_a_file_is_there_with_its_sha256(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    sha256 = write_record_csv([row(order_number="1")], path)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == sha256


def test_a_cancelled_export_leaves_the_target_as_it_was(tmp_path: Path) -> None:
    def rows() -> Iterator[tuple[object, ...]]:
        yield from [row(order_number="1")] * 5_000
        raise Cancelled

    path = tmp_path / "export.csv"
    path.write_bytes(b"before")
    with pytest.raises(Cancelled):
        write_record_csv(rows(), path)
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StorageTrouble, match="the folder does not exist"):
        write_record_csv([], tmp_path / "none" / "export.csv")
