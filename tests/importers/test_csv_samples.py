"""Every sample file, and what must come of it: each kind of damage that CSV files arrive with."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from desktop.domain.distributions import LineChecker
from desktop.domain.imports import DateOrder, FileKind, FileProblemKind
from desktop.domain.lots import LotRule
from desktop.importers.read_file import read_file

SAMPLES = Path(__file__).parents[1] / "samples" / "csv"

SKU = "SKU must be one of: 211810SPT, 211610SPT, 211410SPT"
LOT = "Lot number must match format: SLQ-#####"
QUANTITY = "Quantity must be a positive integer"
SAVE_AS_CSV = "Open it in a spreadsheet, save it as CSV (UTF-8) and import that file."


class Table(NamedTuple):
    """A file that can be read: the line each row starts in, with what is wrong with the row."""

    rows: dict[int, list[str]]
    encoding: str | None = "utf-8"
    delimiter: str | None = ","
    date_order: DateOrder | None = DateOrder.ISO
    notes: tuple[str, ...] = ()
    kind: FileKind = FileKind.CSV
    row_notes: dict[int, list[str]] | None = None


class Refused(NamedTuple):
    """A file that cannot be read."""

    problem: FileProblemKind
    message: str
    kind: FileKind = FileKind.CSV


TWO: dict[int, list[str]] = {2: [], 3: []}

EXPECTED: dict[str, Table | Refused] = {
    # encodings
    "utf8.csv": Table(TWO),
    "utf8_bom.csv": Table(TWO),
    "utf16_le_bom.csv": Table(TWO, "utf-16-le"),
    "utf16_be_bom.csv": Table(TWO, "utf-16-be"),
    "utf16_le.csv": Table(TWO, "utf-16-le"),
    "utf16_be.csv": Table(TWO, "utf-16-be"),
    "cp1252.csv": Table(TWO, "cp1252"),
    "mixed_encodings.csv": Refused(
        FileProblemKind.ENCODING,
        "The file mixes two encodings: line 2 is UTF-8, other lines are not. Export it again as UTF-8, or choose the "
        "encoding.",
    ),
    "replacement_character.csv": Refused(
        FileProblemKind.ENCODING,
        "Line 2 holds the mark “\ufffd” of a character that was lost when the file was made: export it again as UTF-8.",
    ),
    "utf8_bom_but_cp1252.csv": Refused(
        FileProblemKind.ENCODING,
        "The file is not UTF-8 text all through: export it again as UTF-8, or choose the encoding.",
    ),
    "undefined_in_cp1252.csv": Refused(
        FileProblemKind.ENCODING,
        "The file is not CP1252 text all through: export it again as UTF-8, or choose the encoding.",
    ),
    "nul_bytes.csv": Table({2: ["Facility name contains a character that cannot be kept"], 3: [LOT]}),
    "nothing_but_nuls.csv": Refused(
        FileProblemKind.NO_HEADER,
        "The first row holds no column names that are known, such as Ship Date, Order Number or Lot Number.",
    ),
    # separators and line ends
    "semicolon.csv": Table(TWO, delimiter=";"),
    "tab.csv": Table(TWO, delimiter="\t"),
    "pipe.csv": Table(TWO, delimiter="|"),
    "semicolon_with_commas.csv": Table({2: []}, delimiter=";"),
    "sep_line.csv": Table({3: [], 4: []}, delimiter=";"),
    "sep_line_caret.csv": Table({3: [], 4: []}, delimiter="^"),
    "sep_line_empty.csv": Refused(FileProblemKind.DIALECT, "The file's first line, “sep=”, names no usable separator."),
    "unknown_separator.csv": Refused(
        FileProblemKind.DIALECT, "The columns are separated by none of comma, semicolon, tab and vertical bar."
    ),
    "lf.csv": Table(TWO),
    "cr.csv": Table(TWO),
    # columns
    "record_columns.csv": Table({2: []}),
    "unknown_columns.csv": Table({2: []}, notes=("Columns that are not used: Carrier, Notes.",)),
    "same_header_twice.csv": Refused(FileProblemKind.DUPLICATE_HEADER, "The column “Lot” occurs 2 times."),
    "two_columns_for_one_field.csv": Refused(
        FileProblemKind.DUPLICATE_HEADER,
        "The columns “Facility” and “Customer” could both be Facility Name: choose one, or remove the other from the "
        "file.",
    ),
    "missing_column.csv": Refused(FileProblemKind.MISSING_COLUMN, "The column “Lot Number” is missing."),
    "missing_columns.csv": Refused(
        FileProblemKind.MISSING_COLUMN, "The columns “Order Number” and “Lot Number” are missing."
    ),
    "shipstation.csv": Table(
        {2: ["Ship date “4/2/2025” can be read as month/day or day/month: choose the date order", LOT]},
        date_order=None,
        notes=(
            "The time of day of the ship dates was left out.",
            "The file has no column for lots, and its notes hold none: fill them in.",
        ),
        kind=FileKind.SHIPSTATION,
    ),
    "titles_above.csv": Table(
        {5: [], 6: []}, notes=("The column names are in line 4; what stands above is not read.",)
    ),
    "no_header.csv": Refused(
        FileProblemKind.NO_HEADER,
        "The first row holds no column names that are known, such as Ship Date, Order Number or Lot Number.",
    ),
    "empty.csv": Refused(FileProblemKind.EMPTY, "The file is empty."),
    "only_blank_lines.csv": Refused(FileProblemKind.EMPTY, "The file is empty."),
    "header_only.csv": Table({}, date_order=None, notes=("The file holds no rows below its header.",)),
    # rows
    "quoted_newlines.csv": Table({2: [], 4: [], 7: []}),
    "blank_rows.csv": Table({5: [], 9: []}, notes=("5 blank rows were skipped.",)),
    "ragged.csv": Table(
        {
            2: ["The row has 7 cells, the header has 6"],
            3: ["The row has 5 cells, the header has 6", QUANTITY],
            4: [
                "The row has 1 cell, the header has 6",
                "Ship date “SO-1003” is not a date written as YYYY-MM-DD",
                "Order number is required",
                "Facility name is required",
                SKU,
                LOT,
                QUANTITY,
            ],
            5: [],
            6: ["The row has 7 cells, the header has 6"],
        }
    ),
    "open_quote.csv": Table(
        {2: [], 3: ["A quotation mark in this row is opened and not closed", SKU, LOT, QUANTITY], 4: [], 5: []}
    ),
    "quote_joins_rows.csv": Table(
        {2: ["A quotation mark is missing in this row: one of its values holds whole rows"], 4: []}
    ),
    "misplaced_quotes.csv": Table(
        {2: ["A quotation mark in this row is misplaced, so that its cells cannot be told apart"], 3: [], 4: []}
    ),
    "open_quote_in_header.csv": Refused(
        FileProblemKind.DIALECT, "The quotation marks of the column names in line 1 do not match up."
    ),
    # values
    "spreadsheet_damage.csv": Table(
        {
            2: ["Ship date “45720” is a spreadsheet's serial number, not a date"],
            3: ["Order number “1.23E+05”: a spreadsheet shortened this number"],
            4: [],
            5: [],
            6: [],
            7: [QUANTITY],
            8: [],
            9: [QUANTITY],
            10: ["Ship date “2025-03-04 00:00:00” is not a date written as YYYY-MM-DD"],
        }
    ),
    "damaged_numbers.csv": Table(
        {
            2: [],
            3: [],
            4: [],
            5: [],
            6: ["Lot number “1.23E+05”: a spreadsheet shortened this number"],
            7: ["Lot number “12-Mar”: this is a date: a spreadsheet may have made it of something else"],
            8: ["Lot number “3/12/2025”: this is a date: a spreadsheet may have made it of something else"],
            9: [],
            10: ["Order number “1.23E+05”: a spreadsheet shortened this number"],
            11: ["Facility name “#N/A”: this is a spreadsheet's error, not a value"],
        },
        row_notes={
            3: ["Zip “2108”: a spreadsheet may have removed a leading zero"],
            4: [
                "Order number “1003”: a spreadsheet may have removed a leading zero",
                "Zip “2108”: a spreadsheet may have removed a leading zero",
                "Tracking number “33”: a spreadsheet may have removed a leading zero",
            ],
            5: ["Tracking number “1.23E+11”: a spreadsheet shortened this number"],
            6: [
                "Tracking number “1234567890123450000”: a spreadsheet keeps 15 digits: the zeros at the end may stand "
                "for others"
            ],
            9: ["Order number “12-Mar”: this is a date: a spreadsheet may have made it of something else"],
            11: ["Tracking number “#REF!”: this is a spreadsheet's error, not a value"],
        },
    ),
    "wrong_lots.csv": Table({2: [], 3: [], 4: [], 5: [LOT], 6: [LOT], 7: [LOT], 8: [LOT]}),
    "formula_text.csv": Table({2: [], 3: [], 4: [], 5: []}),
    "dates_mdy.csv": Table({2: [], 3: [], 4: [], 5: []}, date_order=DateOrder.MDY),
    "dates_dmy.csv": Table({2: [], 3: [], 4: ["Ship date “31/2/2025” is not a real date"]}, date_order=DateOrder.DMY),
    "dates_ambiguous.csv": Table(
        {2: ["Ship date “3/4/2025” can be read as month/day or day/month: choose the date order"], 3: []},
        date_order=None,
    ),
    "dates_contradictory.csv": Table(
        {
            2: ["Ship date “3/14/2025” can be read once the date order is chosen"],
            3: ["Ship date “14/3/2025” can be read once the date order is chosen"],
            4: ["Ship date “3/4/2025” can be read as month/day or day/month: choose the date order"],
        },
        date_order=None,
        notes=("The dates contradict each other: “3/14/2025” has the month first, “14/3/2025” the day.",),
    ),
    # other files named .csv
    "workbook.csv": Table({2: []}, None, None, kind=FileKind.XLSX),
    "document.csv": Refused(
        FileProblemKind.DAMAGED,
        "The PDF is damaged and cannot be opened: get it again from where it came from.",
        FileKind.PDF,
    ),
    "web_page.csv": Refused(
        FileProblemKind.NOT_THIS_KIND, f"The file is a web page (HTML), not a CSV file. {SAVE_AS_CSV}"
    ),
}


def test_every_sample_has_an_expected_outcome() -> None:
    assert {path.name for path in SAMPLES.iterdir()} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_sample(name: str) -> None:
    expected = EXPECTED[name]
    parsed = read_file(SAMPLES / name)
    if isinstance(expected, Refused):
        assert parsed.file_problem == (expected.problem, expected.message)
        assert (parsed.kind, len(parsed.rows)) == (expected.kind, 0)
        return
    assert parsed.file_problem is None
    assert parsed.kind is expected.kind
    checker = LineChecker.of(parsed, today=date(2026, 1, 1), lot_rule=LotRule())
    messages = {
        row.line: [problem.message for problem in (*row.problems, *checker.check(row.values).problems)]
        for row in parsed.rows
    }
    assert messages == expected.rows
    assert (parsed.encoding, parsed.delimiter, parsed.date_order) == expected[1:4]
    assert parsed.notes == expected.notes
    if expected.row_notes is not None:
        said = {row.line: [note.message for note in checker.check(row.values).notes] for row in parsed.rows}
        assert {line: notes for line, notes in said.items() if notes} == expected.row_notes


@pytest.mark.parametrize(
    "name", [name for name in EXPECTED if name.startswith(("utf", "cp1252")) and "but" not in name]
)
def test_every_encoding_gives_the_same_names(name: str) -> None:
    names = [row.values[2] for row in read_file(SAMPLES / name).rows]
    assert names == ["Clínica São Example", "Hôpital d’Exemple — Nord"]
