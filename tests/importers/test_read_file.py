"""One door for every file: what it is, what a person chose or had chosen, and what is handed over for choosing."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from desktop.domain.import_review import ImportChoices
from desktop.domain.imports import LINE_FIELDS, DateOrder, FileKind, FileProblemKind, ParsedFile, RememberedLayout
from desktop.importers.read_file import read_file
from tests.importers.csv_texts import GOOD, HEADER, required, row
from tests.importers.workbooks import plain

NAMES = tuple(HEADER.split(","))
OTHER_WORDS = ("Datum", "Auftrag", "Klinik", "Artikel", "Charge", "Menge")
COLUMNS = dict(zip(LINE_FIELDS, OTHER_WORDS, strict=False))


def read(
    folder: Path,
    *lines: str,
    choices: ImportChoices | None = None,
    layouts: dict[tuple[str, ...], RememberedLayout] | None = None,
) -> ParsedFile:
    (folder / "a.csv").write_text("\n".join(lines), encoding="utf-8")
    return read_file(folder / "a.csv", choices or ImportChoices(), layouts or {})


# -- what a file is


@pytest.mark.parametrize("name", ["march.csv", "march.xlsx", "march.xls", "march.pdf", "march"])
def test_the_content_tells_what_a_file_is_never_its_name(tmp_path: Path, name: str) -> None:
    book = read_file(plain(tmp_path / name))
    (tmp_path / name).write_text(f"{HEADER}\n{row()}")
    text = read_file(tmp_path / name)
    assert (book.kind, text.kind) == (FileKind.XLSX, FileKind.CSV)
    assert required(book) == required(text) == [GOOD]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b"<html><table><tr><td>Ship Date</td></tr></table></html>",
            "The file is a web page (HTML), not a CSV file. Open it in a spreadsheet, save it as CSV (UTF-8) and "
            "import that file.",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000) + "EncryptedPackage".encode("utf-16-le"),
            "The file is a workbook protected with a password, not a CSV file. Save it without one and import that "
            "file.",
        ),
    ],
)
def test_what_is_no_table_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "march.xls").write_bytes(content)
    parsed = read_file(tmp_path / "march.xls")
    assert parsed.file_problem == (FileProblemKind.NOT_THIS_KIND, message)
    assert (parsed.sha256, parsed.size) == (hashlib.sha256(content).hexdigest(), len(content))


def test_a_pdf_is_read_as_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "march.csv").write_bytes(b"%PDF-1.7\n")
    parsed = read_file(tmp_path / "march.csv")
    said = "The PDF is damaged and cannot be opened: get it again from where it came from."
    assert (parsed.kind, parsed.file_problem) == (FileKind.PDF, (FileProblemKind.DAMAGED, said))


# -- what a person chooses


def test_a_field_can_have_no_column(tmp_path: Path) -> None:
    lines = [f"{HEADER},Rep,City", f"{row()},Pat,Springfield"]
    parsed = read(tmp_path, *lines, choices=ImportChoices(columns={"rep": ""}))
    assert parsed.columns["city"] == "City"
    assert "rep" not in parsed.columns
    assert parsed.rows[0].values[LINE_FIELDS.index("rep")] == ""
    assert parsed.notes == ("Columns that are not used: Rep.",)


def test_a_required_field_without_a_column_is_missing(tmp_path: Path) -> None:
    parsed = read(tmp_path, HEADER, row(), choices=ImportChoices(columns={"lot_number": ""}))
    assert parsed.file_problem == (FileProblemKind.MISSING_COLUMN, "The column “Lot Number” is missing.")
    assert parsed.columns == {field: name for field, name in zip(LINE_FIELDS, NAMES, strict=False) if name != "Lot"}


def test_fields_that_are_not_chosen_are_recognised(tmp_path: Path) -> None:
    lines = [HEADER.replace("Lot", "Charge"), row()]
    assert read(tmp_path, *lines).file_problem == (
        FileProblemKind.MISSING_COLUMN,
        "The column “Lot Number” is missing.",
    )
    assert required(read(tmp_path, *lines, choices=ImportChoices(columns={"lot_number": "Charge"}))) == [GOOD]


def test_a_header_that_occurs_twice_is_let_pass_when_columns_are_chosen_and_none_needs_it(tmp_path: Path) -> None:
    lines = [f"{HEADER},Notes,notes,Lot", f"{row()},a,b,SLQ-99999"]
    refused = read(tmp_path, *lines)
    assert refused.file_problem == (FileProblemKind.DUPLICATE_HEADER, "The column “Lot” occurs 2 times.")
    only_lot = read(tmp_path, *lines, choices=ImportChoices(columns={"lot_number": "Lot"}))
    assert only_lot.file_problem == refused.file_problem
    lines[0] = f"{HEADER},Notes,notes,Old"
    assert read(tmp_path, *lines).file_problem == (
        FileProblemKind.DUPLICATE_HEADER,
        "The column “Notes” occurs 2 times.",
    )
    assert required(read(tmp_path, *lines, choices=ImportChoices(columns={"lot_number": "Lot"}))) == [GOOD]


@pytest.mark.parametrize(
    ("header", "kind", "missing"),
    [
        (HEADER.replace("Lot", "Charge"), FileProblemKind.MISSING_COLUMN, {"lot_number"}),
        (HEADER.replace("SKU", "Customer"), FileProblemKind.DUPLICATE_HEADER, {"facility_name", "sku"}),
        (",".join(OTHER_WORDS), FileProblemKind.NO_HEADER, set(COLUMNS)),
    ],
)
def test_a_file_that_needs_columns_chosen_is_handed_over_for_it(
    tmp_path: Path, header: str, kind: FileProblemKind, missing: set[str]
) -> None:
    lines = ["", header, row(), ",,", "2025-03-05,SO-2", row() + ",more", *[row()] * 900, row(order_number="SO-9")]
    parsed = read(tmp_path, *lines)
    assert parsed.file_problem is not None
    assert parsed.file_problem.kind is kind
    assert (parsed.header, parsed.delimiter, parsed.encoding) == (tuple(header.split(",")), ",", "utf-8")
    assert set(parsed.columns) == set(LINE_FIELDS[:6]) - missing
    assert parsed.sample_rows == (GOOD, ("2025-03-05", "SO-2", "", "", "", ""), GOOD, GOOD, GOOD)
    assert parsed.sha256 == hashlib.sha256((tmp_path / "a.csv").read_bytes()).hexdigest()
    assert len(parsed.rows) == 0


# -- what was chosen earlier


def test_a_remembered_layout_is_used_for_its_header_row(tmp_path: Path) -> None:
    layouts = {OTHER_WORDS: RememberedLayout(COLUMNS), NAMES: RememberedLayout({"lot_number": ""})}
    lines = ["Log of March;;;;;", ";".join(OTHER_WORDS), ";".join(GOOD)]
    parsed = read(tmp_path, *lines, layouts=layouts)
    assert (required(parsed), parsed.remembered, parsed.delimiter) == ([GOOD], True, ";")
    assert parsed.notes == ("The column names are in line 2; what stands above is not read.",)
    other = read(tmp_path, HEADER + ",City", row() + ",x", layouts=layouts)
    assert (required(other), other.remembered) == ([GOOD], False)


def test_what_is_chosen_now_comes_before_what_was_chosen_earlier(tmp_path: Path) -> None:
    header = f"{HEADER},Old Lot,Place"
    layouts = {tuple(header.split(",")): RememberedLayout({"lot_number": "Old Lot", "city": "Place"}, DateOrder.DMY)}
    lines = [header, row(ship_date="3/4/2025") + ",SLQ-99999,Springfield"]
    earlier = read(tmp_path, *lines, layouts=layouts)
    assert (earlier.columns["lot_number"], earlier.columns["city"]) == ("Old Lot", "Place")
    assert (earlier.date_order, earlier.remembered) == (DateOrder.DMY, True)
    choices = ImportChoices(columns={"lot_number": "Lot"}, date_order=DateOrder.MDY)
    now = read(tmp_path, *lines, choices=choices, layouts=layouts)
    assert (now.columns["lot_number"], "city" in now.columns) == ("Lot", False)
    assert (now.date_order, now.remembered) == (DateOrder.MDY, False)


def test_a_remembered_date_order_answers_only_when_the_dates_do_not(tmp_path: Path) -> None:
    layouts = {NAMES: RememberedLayout(date_order=DateOrder.DMY)}

    def order(*dates: str) -> tuple[DateOrder | None, bool]:
        parsed = read(tmp_path, HEADER, *(row(ship_date=day) for day in dates), layouts=layouts)
        return parsed.date_order, parsed.remembered

    assert order("3/4/2025") == (DateOrder.DMY, True)
    assert order("3/4/2025", "3/14/2025") == (DateOrder.MDY, False)
    assert order("2025-03-04") == (DateOrder.ISO, False)
    assert order("14/3/2025", "3/14/2025") == (None, False)


# -- where the header is


def test_titles_may_stand_above_the_header(tmp_path: Path) -> None:
    parsed = read(tmp_path, "Distribution log", '"Printed by ""Kim""",x', "", HEADER, row(), "", row())
    assert [(found.record, found.line) for found in parsed.rows] == [(1, 5), (2, 7)]
    assert parsed.notes == (
        "The column names are in line 4; what stands above is not read.",
        "1 blank row was skipped.",
    )


def test_rows_that_only_look_like_a_header_do_not_end_it(tmp_path: Path) -> None:
    parsed = read(tmp_path, HEADER, "Lot,SKU,Qty,x,y,z", row())
    assert parsed.header == NAMES
    assert len(parsed.rows) == 2


def test_numbers_filled_up_with_zeros_are_told(tmp_path: Path) -> None:
    lines = [f"{HEADER},Tracking #", *(row(order_number=f"000{n}") + ",1Z" for n in range(4)), row() + ",0"]
    assert read(tmp_path, *lines).fixed_widths == {"order_number": 4}
