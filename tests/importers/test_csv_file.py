"""Reading a CSV file: lines and records, quotation marks, limits, what a person chose, and what can stop it."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from desktop.domain.errors import StorageTrouble
from desktop.domain.import_review import ImportChoices
from desktop.domain.imports import LINE_FIELDS, DateOrder, FileProblemKind
from desktop.domain.progress import Cancelled
from desktop.domain.reports import RECORD_COLUMNS
from desktop.importers.read_file import read_file
from desktop.importers.table import MAX_ROWS
from tests.importers.csv_texts import GOOD, HEADER, read, required, row

NEW_LINE = "\r\n"


def test_rows_and_what_was_recognised(tmp_path: Path) -> None:
    content = f"{HEADER},Tracking #\r\n{row()},000000000017\r\n".encode()
    parsed = read(tmp_path, content)
    assert (parsed.name, parsed.size, parsed.sha256) == (
        "shipments.csv",
        len(content),
        hashlib.sha256(content).hexdigest(),
    )
    assert parsed.header == ("Ship Date", "Order #", "Facility", "SKU", "Lot", "Quantity", "Tracking #")
    assert parsed.columns["lot_number"] == "Lot"
    assert parsed.columns["tracking_number"] == "Tracking #"
    [only] = parsed.rows
    assert (only.record, only.line, only.problems, only.page, only.part) == (1, 2, (), None, None)
    assert dict(zip(LINE_FIELDS, only.values, strict=True)) == dict.fromkeys(LINE_FIELDS, "") | dict(
        zip(LINE_FIELDS, GOOD, strict=False), tracking_number="000000000017"
    )


def test_values_stand_as_they_were_written(tmp_path: Path) -> None:
    odd = (" 2025-03-04 ", "\u200b", "a\tb", "\u00ad", "\x1f", " ")
    assert required(read(tmp_path, [HEADER, ",".join(odd)])) == [odd]


def test_lines_and_records_are_both_counted(tmp_path: Path) -> None:
    quoted = row(facility_name='"Lakeside\r\nUrology\rNorth\nWing"')
    parsed = read(tmp_path, ["sep=,", "", HEADER, quoted, "", row(), quoted, row()])
    assert [(found.record, found.line) for found in parsed.rows] == [(1, 4), (2, 9), (3, 10), (4, 14)]


def test_a_header_over_two_lines_moves_the_rows(tmp_path: Path) -> None:
    parsed = read(tmp_path, [HEADER.replace("Ship Date", '"Ship\nDate"'), row()])
    assert [found.line for found in parsed.rows] == [3]


@pytest.mark.parametrize("not_a_break", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c"])
def test_only_cr_and_lf_break_lines(tmp_path: Path, not_a_break: str) -> None:
    parsed = read(tmp_path, [HEADER, row(facility_name=f"Lakeside{not_a_break}Urology")])
    assert required(parsed)[0][2] == f"Lakeside{not_a_break}Urology"


def test_the_record_columns_are_all_known(tmp_path: Path) -> None:
    parsed = read(tmp_path, [",".join(column.header for column in RECORD_COLUMNS)])
    fields = {column.field for column in RECORD_COLUMNS} - {"source"}
    assert set(parsed.columns) == {"rep" if field == "rep_name" else field for field in fields}
    assert parsed.notes == ("The file holds no rows below its header.",)


# -- rows across the pieces in which a file is read


def test_long_files_keep_their_lines(tmp_path: Path) -> None:
    lines, expected = [HEADER], []
    line = 2
    for number in range(4_000):
        breaks = number % 5 if number % 3 == 0 else 0
        name = f'"Lakeside{NEW_LINE * breaks}{number}"'
        lines.append(row(order_number=f"SO-{number}", facility_name=name))
        expected.append((number + 1, line, f"SO-{number}"))
        line += 1 + breaks
        if number % 1_000 == 999:
            lines.append(",,,,,")
            line += 1
    parsed = read(tmp_path, lines)
    assert [(found.record, found.line, found.values[1]) for found in parsed.rows] == expected
    assert parsed.notes == ("4 blank rows were skipped.",)


def test_a_value_may_be_a_megabyte_over_many_lines(tmp_path: Path) -> None:
    text = "Example Street 1\n" * 60_000
    parsed = read(tmp_path, [HEADER, row(), row(facility_name=f'"{text}"'), row(order_number="SO-1002")])
    assert [found.line for found in parsed.rows] == [2, 3, 60_004]
    assert parsed.rows[1].values[2] == text
    assert not any(found.problems for found in parsed.rows)


def test_a_longer_value_is_a_problem_of_its_row(tmp_path: Path) -> None:
    parsed = read(tmp_path, [HEADER, row(), row(facility_name="x" * 1_100_000), row(order_number="SO-1002")])
    assert [[problem.message for problem in found.problems] for found in parsed.rows] == [
        [],
        ["A value of this row is longer than 1 MB"],
        [],
    ]


def test_an_open_quotation_mark_costs_one_row_however_long_the_file(tmp_path: Path) -> None:
    orders = [f"SO-{number}" for number in range(5_000)]
    lines = [HEADER, *(row(order_number=order) for order in orders)]
    lines[8] = row(order_number="SO-7", facility_name='"Lakeside')
    parsed = read(tmp_path, lines)
    assert [found.values[1] for found in parsed.rows] == orders
    assert [(found.line, found.problems[0].message) for found in parsed.rows if found.problems] == [
        (9, "A quotation mark in this row is opened and not closed")
    ]
    assert parsed.rows[7].problems[0].value == lines[8]


def test_broken_quotation_marks_throughout_are_a_problem_of_the_file(tmp_path: Path) -> None:
    parsed = read(tmp_path, [HEADER, *[row(facility_name='"Lakeside" Urology')] * 10_001])
    assert parsed.file_problem is not None
    assert parsed.file_problem.kind is FileProblemKind.DAMAGED
    assert len(parsed.rows) == 0


def test_marks_that_never_close_end_in_reasonable_time(tmp_path: Path) -> None:
    parsed = read(tmp_path, [HEADER, *['a","c'] * 1_000_000])
    assert parsed.file_problem is not None
    assert parsed.file_problem.kind is FileProblemKind.DAMAGED


# -- limits


def test_a_file_of_more_than_200_mb_is_not_even_hashed(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    path.touch()
    os.truncate(path, 200 * 1024 * 1024 + 1)
    parsed = read_file(path)
    assert parsed.file_problem == (
        FileProblemKind.TOO_LARGE,
        "The file is larger than 200 MB: split it and import its parts.",
    )
    assert (parsed.sha256, parsed.size) == ("", 200 * 1024 * 1024 + 1)


def test_a_line_without_end_is_refused(tmp_path: Path) -> None:
    content = f"{HEADER}\n{'x' * 5_000_000}".encode()
    parsed = read(tmp_path, content)
    assert parsed.file_problem == (FileProblemKind.TOO_LARGE, "A line of the file is longer than 4 MB.")
    assert parsed.sha256 == hashlib.sha256(content).hexdigest()


def test_too_many_columns(tmp_path: Path) -> None:
    parsed = read(tmp_path, HEADER + "," * 20_000)
    assert parsed.file_problem == (FileProblemKind.TOO_LARGE, "The file has more than 16,384 columns.")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_five_million_rows_are_read_and_one_more_is_not(tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_text("\n".join([HEADER, *["2025-03-04,1,a,b,c,1"] * MAX_ROWS]))
    assert len(read_file(path).rows) == MAX_ROWS
    with path.open("a") as file:
        file.write("\n2025-03-04,1,a,b,c,1")
    assert read_file(path).file_problem == (FileProblemKind.TOO_LARGE, "The file holds more than 5,000,000 rows.")


# -- what a person chose


def test_the_chosen_encoding_is_taken(tmp_path: Path) -> None:
    content = f"{HEADER}\r\n{row(facility_name='Clínica Example')}".encode()
    assert required(read(tmp_path, content, ImportChoices(encoding="cp1252")))[0][2] == "ClÃ\xadnica Example"
    assert required(read(tmp_path, content, ImportChoices(encoding="UTF8")))[0][2] == "Clínica Example"


def test_mixed_encodings_can_be_read_on_purpose(tmp_path: Path) -> None:
    content = f"{HEADER}\n{row(facility_name='é')}\n".encode() + row(facility_name="é").encode("cp1252")
    assert read(tmp_path, content).file_problem is not None
    parsed = read(tmp_path, content, ImportChoices(encoding="cp1252"))
    assert [values[2] for values in required(parsed)] == ["Ã©", "é"]


@pytest.mark.parametrize("encoding", ["no-such-encoding", "hex", "rot13", "a\0b", "", "undefined"])
def test_an_encoding_that_is_none_is_said(tmp_path: Path, encoding: str) -> None:
    parsed = read(tmp_path, [HEADER, row()], ImportChoices(encoding=encoding))
    assert parsed.file_problem is not None
    assert parsed.file_problem.kind is FileProblemKind.ENCODING
    assert parsed.sha256 == hashlib.sha256((tmp_path / "shipments.csv").read_bytes()).hexdigest()


@pytest.mark.parametrize("mark", [b"", b"\xff\xfe"])
def test_utf16_can_be_chosen_with_and_without_its_mark(tmp_path: Path, mark: bytes) -> None:
    content = mark + f"{HEADER}\r\n{row()}".encode("utf-16-le")
    assert required(read(tmp_path, content, ImportChoices(encoding="utf-16"))) == [GOOD]


def test_the_chosen_date_order_is_taken(tmp_path: Path) -> None:
    lines = [HEADER, row(ship_date="3/4/2025"), row(ship_date="3/14/2025")]
    assert read(tmp_path, lines).date_order is DateOrder.MDY
    assert read(tmp_path, lines, ImportChoices(date_order=DateOrder.DMY)).date_order is DateOrder.DMY


def test_chosen_columns_come_before_known_names(tmp_path: Path) -> None:
    lines = [HEADER.replace("Facility", "Facility,Customer,Where"), row(facility_name="a,b,c")]
    assert read(tmp_path, lines).file_problem is not None
    parsed = read(tmp_path, lines, ImportChoices(columns={"facility_name": "Where"}))
    assert required(parsed)[0][2] == "c"
    assert parsed.notes == ("Columns that are not used: Facility, Customer.",)


def test_a_table_in_other_words_can_be_read_with_chosen_columns(tmp_path: Path) -> None:
    names = ("Datum", "Auftrag", "Klinik", "Artikel", "Charge", "Menge")
    lines = [";".join(names), ";".join(GOOD)]
    refused = read(tmp_path, lines)
    assert refused.file_problem is not None
    assert refused.file_problem.kind is FileProblemKind.NO_HEADER
    assert (refused.header, refused.delimiter) == (names, ";")
    chosen = ImportChoices(columns=dict(zip(LINE_FIELDS, names, strict=False)))
    assert required(read(tmp_path, lines, chosen)) == [GOOD]


def test_a_chosen_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    parsed = read(tmp_path, [HEADER, row()], ImportChoices(columns={"rep": "Salesperson"}))
    assert parsed.file_problem == (FileProblemKind.MISSING_COLUMN, "The column “Salesperson” is not in the file.")


# -- what can stop the reading


def test_progress_is_told_bytes(tmp_path: Path) -> None:
    path = tmp_path / "shipments.csv"
    path.write_text("\n".join([HEADER, *[row()] * 5_000]))
    told: list[tuple[int, int | None]] = []
    read_file(path, progress=lambda done, total: told.append((done, total)))
    assert len(told) > 3
    assert told == sorted(told)
    assert told[-1] == (path.stat().st_size, path.stat().st_size)


def test_cancelling_passes_through(tmp_path: Path) -> None:
    path = tmp_path / "shipments.csv"
    path.write_text("\n".join([HEADER, row()]))

    def cancel(*_: int | None) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        read_file(path, progress=cancel)


def test_a_file_that_is_not_there_is_storage_trouble(tmp_path: Path) -> None:
    with pytest.raises(StorageTrouble, match=r"^“gone\.csv” cannot be read: "):
        read_file(tmp_path / "gone.csv")


def test_a_folder_is_storage_trouble(tmp_path: Path) -> None:
    with pytest.raises(StorageTrouble, match="cannot be read: it is not a file"):
        read_file(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(StorageTrouble, match="cannot be read: it is not a file"):
        read_file(tmp_path / "pipe.csv")
