"""Reading a workbook: what a person sees in its cells, which sheet and which rows are the table."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from desktop.domain.distributions import LineChecker
from desktop.domain.import_review import ImportChoices
from desktop.domain.imports import LINE_FIELDS, DateOrder, FileKind, FileProblemKind, RememberedLayout
from desktop.domain.lots import LotRule
from desktop.domain.progress import Cancelled
from desktop.importers.read_file import read_file
from tests.importers.csv_texts import GOOD, HEADER, required, row
from tests.importers.workbooks import NAMES, part, plain, rebuilt, workbook


def test_rows_and_what_was_recognised(tmp_path: Path) -> None:
    path = plain(tmp_path / "march.csv")
    content = path.read_bytes()
    parsed = read_file(path)
    assert (parsed.kind, parsed.name, parsed.size) == (FileKind.XLSX, "march.csv", len(content))
    assert parsed.sha256 == hashlib.sha256(content).hexdigest()
    assert (parsed.encoding, parsed.delimiter, parsed.date_order) == (None, None, DateOrder.ISO)
    assert (parsed.sheet, parsed.sheets, parsed.header) == ("March", ("March",), NAMES)
    assert required(parsed) == [GOOD]
    assert [(found.record, found.line, found.problems) for found in parsed.rows] == [(1, 2, ())]
    assert parsed.sample_rows == (GOOD,)
    assert parsed.notes == ()


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (123, "123"),
        (123.0, "123"),
        (-5, "-5"),
        (2.5, "2.5"),
        (0.1 + 0.2, "0.3"),
        (1_230_000_000_000_000, "1230000000000000"),
        (123_456_789_012_345, "123456789012345"),
        (123_456_789_012_345_678, "123456789012346000"),
        (1e300, "1E+300"),
        (1e-7, "0.0000001"),
        (True, "TRUE"),
        (False, "FALSE"),
        ("0000123", "0000123"),
        (" two\nlines ", " two\nlines "),
        ("1.23E+05", "1.23E+05"),
        ("_x000D_", "_x000D_"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        (date(2025, 3, 4), "2025-03-04"),
        (datetime(2025, 3, 4, 16, 30), "2025-03-04"),  # noqa: DTZ001  a cell has no time zone
    ],
)
def test_a_cell_reads_as_it_is_seen(tmp_path: Path, cell: object, text: str) -> None:
    parsed = read_file(plain(tmp_path / "a.xlsx", (*GOOD[:1], cell, *GOOD[2:])))
    assert required(parsed) == [(GOOD[0], text, *GOOD[2:])]


def test_a_time_of_day_is_left_out_with_a_note(tmp_path: Path) -> None:
    moment = datetime(2025, 3, 4, 16, 30)  # noqa: DTZ001
    parsed = read_file(plain(tmp_path / "a.xlsx", (moment, *GOOD[1:]), (date(2025, 3, 5), *GOOD[1:])))
    assert [values[0] for values in required(parsed)] == ["2025-03-04", "2025-03-05"]
    assert parsed.notes == ("The time of day of 1 date was left out.",)


def test_dates_as_text_are_judged_over_the_column(tmp_path: Path) -> None:
    first = ("3/4/2025", *GOOD[1:])
    assert read_file(plain(tmp_path / "a.xlsx", first)).date_order is None
    assert read_file(plain(tmp_path / "b.xlsx", first, ("3/14/2025", *GOOD[1:]))).date_order is DateOrder.MDY
    assert read_file(plain(tmp_path / "c.xlsx", first, ("14/3/2025", *GOOD[1:]))).date_order is DateOrder.DMY
    both = read_file(plain(tmp_path / "d.xlsx", ("14/3/2025", *GOOD[1:]), ("3/14/2025", *GOOD[1:])))
    assert both.date_order is None
    assert both.notes == ("The dates contradict each other: “3/14/2025” has the month first, “14/3/2025” the day.",)
    chosen = read_file(tmp_path / "a.xlsx", ImportChoices(date_order=DateOrder.DMY))
    assert chosen.date_order is DateOrder.DMY


def test_a_date_kept_as_a_number_is_named(tmp_path: Path) -> None:
    parsed = read_file(plain(tmp_path / "a.xlsx", (45720, *GOOD[1:4], date(2025, 3, 12), 10)))
    checked = LineChecker.of(parsed, today=date(2026, 1, 1), lot_rule=LotRule()).check(parsed.rows[0].values)
    assert [problem.message for problem in checked.problems] == [
        "Ship date “45720” is a spreadsheet's serial number, not a date",
        "Lot number “2025-03-12”: this is a date: a spreadsheet may have made it of something else",
    ]


def test_a_formula_is_read_as_its_value_and_an_error_as_it_shows(tmp_path: Path) -> None:
    def formulas(book: xlsxwriter.Workbook) -> None:
        sheet = book.get_worksheet_by_name("March")
        sheet.write_formula(1, 1, '="SO-"&1001', None, "SO-1001")
        sheet.write_formula(1, 2, '=VLOOKUP(1,A:A,1)&"<&>"', None, "#N/A")
        sheet.write_formula(1, 5, "=5+5", None, 10)

    parsed = read_file(workbook(tmp_path / "a.xlsx", {"March": [NAMES, GOOD]}, formulas))
    assert required(parsed) == [(GOOD[0], "SO-1001", "#N/A", *GOOD[3:])]


def test_zeros_that_a_format_adds_are_read(tmp_path: Path) -> None:
    def zips(book: xlsxwriter.Workbook) -> None:
        sheet = book.get_worksheet_by_name("March")
        five, nine = (book.add_format({"num_format": code}) for code in ("00000", "00000\\-0000"))
        decimals = book.add_format({"num_format": "0.00"})
        sheet.write_number(1, 6, 501, five)
        sheet.write_number(2, 6, 5010001, nine)
        sheet.write_number(3, 6, 501)
        sheet.write_string(4, 6, "x", five)
        sheet.write_number(1, 5, 10, decimals)

    rows = [(*NAMES, "Zip"), *[(*GOOD, "")] * 4]
    parsed = read_file(workbook(tmp_path / "a.xlsx", {"March": rows}, zips))
    place = LINE_FIELDS.index("zip")
    assert [found.values[place] for found in parsed.rows] == ["00501", "00501-0001", "501", "x"]
    assert required(parsed)[0] == GOOD


def test_rows_keep_the_numbers_of_the_sheet(tmp_path: Path) -> None:
    table = [
        (),
        ("", "Distribution log"),
        (),
        ("", *NAMES),
        (),
        ("", *GOOD),
        ("", "", " "),
        ("", *GOOD),
        ("", "", "", "x"),
    ]
    parsed = read_file(workbook(tmp_path / "a.xlsx", {"March": table}))
    assert [(found.record, found.line) for found in parsed.rows] == [(1, 6), (2, 8), (3, 9)]
    assert parsed.rows[2].values[:3] == ("", "", "x")
    assert parsed.header == NAMES
    assert parsed.notes == (
        "The column names are in row 4; what stands above is not read.",
        "2 blank rows were skipped.",
    )


def test_merged_cells_have_their_value_in_every_row_but_quantities(tmp_path: Path) -> None:
    def merge(book: xlsxwriter.Workbook) -> None:
        sheet = book.get_worksheet_by_name("March")
        sheet.merge_range("B2:B3", "SO-7")
        sheet.merge_range("F2:F3", 10)
        sheet.merge_range("C3:D3", "Lakeside")

    rows = [NAMES, (GOOD[0], "", *GOOD[2:5]), (GOOD[0], "", "", "", GOOD[4]), GOOD]
    parsed = read_file(workbook(tmp_path / "a.xlsx", {"March": rows}, merge))
    assert required(parsed) == [
        (GOOD[0], "SO-7", *GOOD[2:]),
        (GOOD[0], "SO-7", "Lakeside", "", GOOD[4], ""),
        GOOD,
    ]
    assert parsed.notes == ("Merged cells: each row they cover has their value, but for quantities.",)


def test_cells_beyond_the_header_are_counted(tmp_path: Path) -> None:
    parsed = read_file(plain(tmp_path / "a.xlsx", GOOD, (*GOOD, "", "checked by Kim"), (*GOOD, "x")))
    assert required(parsed) == [GOOD] * 3
    assert parsed.notes == ("2 rows have cells to the right of the last column name; they are not read.",)


# -- sheets


def test_the_sheet_with_the_table_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    def hide(book: xlsxwriter.Workbook) -> None:
        book.get_worksheet_by_name("Old").hide()
        book.add_chartsheet("Chart")

    sheets = {
        "About": [("How to read this", "Lot")],
        "Old": [NAMES, ("x",) * 6],
        "March": [NAMES, GOOD],
        "April": [NAMES, GOOD],
    }
    path = workbook(tmp_path / "a.xlsx", sheets, hide)
    parsed = read_file(path)
    assert (parsed.sheet, parsed.sheets) == ("March", ("About", "March", "April", "Old"))
    assert parsed.notes == ("Other sheets that are not read: About, April, Old (hidden).",)
    assert read_file(path, ImportChoices(sheet="April")).sheet == "April"
    assert required(read_file(path, ImportChoices(sheet="Old"))) == [("x",) * 6]
    assert read_file(path, ImportChoices(sheet="May")).file_problem == (
        FileProblemKind.NO_HEADER,
        "The workbook has no sheet “May”.",
    )


def test_without_a_whole_header_the_best_sheet_is_shown(tmp_path: Path) -> None:
    parsed = read_file(workbook(tmp_path / "a.xlsx", {"A": [("x", "y")], "B": [NAMES[:5], GOOD[:5]], "C": []}))
    assert parsed.file_problem == (FileProblemKind.MISSING_COLUMN, "The column “Quantity” is missing.")
    assert (parsed.sheet, parsed.header, parsed.sample_rows) == ("B", NAMES[:5], (GOOD[:5],))
    assert parsed.columns["lot_number"] == "Lot"


def test_an_empty_workbook(tmp_path: Path) -> None:
    parsed = read_file(workbook(tmp_path / "a.xlsx", {"A": [], "B": [(" ",)]}))
    assert parsed.file_problem == (FileProblemKind.EMPTY, "The workbook holds no rows.")


def test_columns_can_be_chosen_and_are_remembered(tmp_path: Path) -> None:
    names = ("Datum", "Auftrag", "Klinik", "Artikel", "Charge", "Menge")
    path = workbook(tmp_path / "a.xlsx", {"X": [("x",)], "Blatt": [("Log",), names, ("3/4/2025", *GOOD[1:])]})
    columns = dict(zip(LINE_FIELDS, names, strict=False))
    assert read_file(path).file_problem is not None
    parsed = read_file(path, ImportChoices(columns=columns))
    assert (parsed.sheet, parsed.remembered, required(parsed)[0][1:]) == ("Blatt", False, GOOD[1:])
    again = read_file(path, layouts={names: RememberedLayout(columns, DateOrder.DMY)})
    assert (again.sheet, again.remembered, again.date_order) == ("Blatt", True, DateOrder.DMY)
    assert list(again.rows) == list(parsed.rows)


def test_a_shipstation_export_may_be_a_workbook(tmp_path: Path) -> None:
    header = (
        "Order - Number",
        "Date - Shipped Date",
        "Ship To - Company",
        "Item - SKU",
        "Item - Qty",
        "Notes - Internal",
    )
    moment = datetime(2025, 4, 2, 4, 0)  # noqa: DTZ001
    parsed = read_file(
        workbook(
            tmp_path / "a.xlsx",
            {
                "Export": [
                    header,
                    (901, moment, "Lakeside", GOOD[3], 4, "SLQ-12345"),
                    (902, "4/2/2025 4:00:00 AM", "Lakeside", GOOD[3], 4),
                ]
            },
        )
    )
    assert parsed.kind is FileKind.SHIPSTATION
    assert required(parsed) == [
        ("2025-04-02", "901", "Lakeside", GOOD[3], "SLQ-12345", "4"),
        ("4/2/2025", "902", "Lakeside", GOOD[3], "", "4"),
    ]
    assert parsed.date_order is None


# -- what stops the reading


def test_progress_goes_on_to_its_end_and_can_be_cancelled(tmp_path: Path) -> None:
    path = plain(tmp_path / "a.xlsx", *[GOOD] * 2_000)
    told: list[tuple[int, int | None]] = []
    read_file(path, progress=lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert len({total for _, total in told}) == 1
    assert told[-1][0] == told[-1][1]
    for stop in (0, len(told) - 1):
        left = iter(range(stop))

        def cancel(*_: int | None) -> None:
            if next(left, None) is None:  # noqa: B023
                raise Cancelled

        with pytest.raises(Cancelled):
            read_file(path, progress=cancel)


def test_a_file_that_is_cut_is_damaged(tmp_path: Path) -> None:
    content = plain(tmp_path / "a.xlsx").read_bytes()
    for length in (len(content) // 2, len(content) - 10):
        (tmp_path / "cut.xlsx").write_bytes(content[:length])
        problem = read_file(tmp_path / "cut.xlsx").file_problem
        assert problem is not None
        assert problem.kind in (FileProblemKind.DAMAGED, FileProblemKind.NOT_THIS_KIND)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("xl/workbook.xml", b"<sheets>", b"<sheets"),
        ("xl/worksheets/sheet1.xml", b"</c></row></sheetData>", b""),
        ("xl/sharedStrings.xml", b"</si>", b""),
    ],
)
def test_broken_parts_are_a_sentence(tmp_path: Path, name: str, old: bytes, new: bytes) -> None:
    content = plain(tmp_path / "a.xlsx").read_bytes()
    (tmp_path / "b.xlsx").write_bytes(rebuilt(content, {name: part(content, name).replace(old, new)}))
    parsed = read_file(tmp_path / "b.xlsx")
    assert parsed.file_problem is not None
    assert parsed.file_problem.kind in (FileProblemKind.DAMAGED, FileProblemKind.EMPTY)
    assert parsed.sha256 == hashlib.sha256((tmp_path / "b.xlsx").read_bytes()).hexdigest()


def test_the_same_table_as_csv_and_as_workbook(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("\n".join([HEADER, row(), "", row(order_number="0000901")]))
    text = read_file(tmp_path / "a.csv")
    book = read_file(plain(tmp_path / "a.xlsx", GOOD, (), (GOOD[0], "0000901", *GOOD[2:])))
    assert list(text.rows) == list(book.rows)
    assert (text.header, text.columns, text.sample_rows, text.notes) == (
        book.header,
        book.columns,
        book.sample_rows,
        book.notes,
    )
