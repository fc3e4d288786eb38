"""The workbook: every text a text, no formula, nothing cut; looked at in the sheet's own XML."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.domain.errors import RuleBroken, StorageTrouble
from desktop.domain.progress import Cancelled
from desktop.domain.reports import RECORD_COLUMNS, WORKBOOK_LINES
from desktop.reports.workbook import write_workbook
from tests.reports.rows import ROWS, row

NAMESPACE = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def sheet_of(path: Path) -> ElementTree.Element:
    with zipfile.ZipFile(path) as book:
        return ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314  our own file


def cells_of(path: Path) -> list[list[object]]:
    """The cells as a spreadsheet reads them: text, numbers, None where there is none."""
    found: list[list[object]] = []
    for line in sheet_of(path).iterfind(".//x:sheetData/x:row", NAMESPACE):
        values: list[object] = [None] * len(RECORD_COLUMNS)
        for cell in line.iterfind("x:c", NAMESPACE):
            letters = re.sub("[0-9]", "", cell.attrib["r"])
            values["ABCDEFGHIJKLMNOPQR".index(letters)] = value_of(cell)
        found.append(values)
    return found


def value_of(cell: ElementTree.Element) -> object:
    if cell.get("t") == "inlineStr":
        text = "".join(part.text or "" for part in cell.iterfind(".//x:t", NAMESPACE))
        return _ESCAPED.sub(lambda code: chr(int(code.group(1), 16)), text)
    assert cell.get("t") is None, "neither formula, error nor boolean"
    return int(cell.findtext("x:v", namespaces=NAMESPACE) or "")


def as_read(value: object) -> object:
    """What a cell holds for a value: a date is a number of days, counted as spreadsheets do."""
    if isinstance(value, date):
        days = (value - date(1899, 12, 30)).days
        return days if days > 60 else days - 1  # spreadsheets believe in 1900-02-29
    return value


def test_text_that_looks_like_something_else_is_text(tmp_path: Path) -> None:
    texts = [
        '=HYPERLINK("https://example.invalid","x")',
        "{=1+1}",
        "+1",
        "-1",
        "@SUM(A1)",
        "0000901",
        "1E5",
        "https://example.invalid/",
        "mailto:a@example.com",
        "internal:Sheet1!A1",
        "TRUE",
        "#REF!",
        "_x000D_",
        " spaces ",
        "\ttab",
        "<r>x</r>",
        "<r></r></is></c><c r='B9'><f>1+1</f></c><c t='inlineStr'><is><r></r>",
    ]
    path = tmp_path / "export.xlsx"
    write_workbook([row(facility_name=text, zip=text) for text in texts], path)
    header, *lines = cells_of(path)
    assert header == [column.header for column in RECORD_COLUMNS]
    assert [(line[2], line[12]) for line in lines] == [(text, text) for text in texts]
    assert sheet_of(path).find(".//x:f", NAMESPACE) is None
    assert sheet_of(path).find(".//x:hyperlink", NAMESPACE) is None
    with zipfile.ZipFile(path) as book:
        assert not [name for name in book.namelist() if name.endswith("sheet1.xml.rels")]


@settings(max_examples=25)
@given(st.lists(ROWS, min_size=1, max_size=5))
def test_every_value_is_there_unchanged(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[object, ...]]
) -> None:
    path = tmp_path_factory.mktemp("export") / "export.xlsx"
    write_workbook(rows, path)
    expected = [[as_read(value) for value in line] for line in rows]
    assert cells_of(path)[1:] == expected


def test_dates_are_dates_and_the_header_stays(tmp_path: Path) -> None:
    path = tmp_path / "export.xlsx"
    write_workbook([row(ship_date=date(2025, 3, 4), quantity=10), row(ship_date=date(1899, 12, 31))], path)
    with zipfile.ZipFile(path) as book:
        assert b'formatCode="yyyy-mm-dd"' in book.read("xl/styles.xml")
    assert cells_of(path)[1][0] == 45720
    assert cells_of(path)[1][7] == 10
    assert cells_of(path)[2][0] == "1899-12-31"
    pane = sheet_of(path).find(".//x:pane", NAMESPACE)
    assert pane is not None
    assert pane.attrib["state"] == "frozen"
    assert pane.attrib["topLeftCell"] == "A2"


def test_the_file_is_there_with_its_sha256(tmp_path: Path) -> None:
    path = tmp_path / "export.xlsx"
    assert write_workbook([], path) == hashlib.sha256(path.read_bytes()).hexdigest()
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(("text", "fits"), [("x" * 32_767, True), ("x" * 32_768, False), ("😀" * 16_384, False)])
def test_text_that_no_cell_holds_is_refused_not_cut(tmp_path: Path, text: str, fits: bool) -> None:
    path = tmp_path / "export.xlsx"
    if fits:
        write_workbook([row(facility_name=text)], path)
        assert cells_of(path)[1][2] == text
        return
    with pytest.raises(RuleBroken, match="Line 1: Facility is longer than the 32,767 characters"):
        write_workbook([row(facility_name=text)], path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_more_lines_than_a_sheet_has_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "export.xlsx"
    with pytest.raises(RuleBroken, match="at most 1,048,575 lines"):
        write_workbook((row() for _ in range(WORKBOOK_LINES + 1)), path)
    assert list(tmp_path.iterdir()) == []


def test_a_cancelled_export_leaves_the_target_as_it_was(tmp_path: Path) -> None:
    def rows() -> Iterator[Sequence[object]]:
        for number in range(100):
            yield row(ship_date=date(2025, 1, 1) + timedelta(number))
        raise Cancelled

    path = tmp_path / "export.xlsx"
    path.write_bytes(b"before")
    with pytest.raises(Cancelled):
        write_workbook(rows(), path)
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StorageTrouble, match="the folder does not exist"):
        write_workbook([], tmp_path / "none" / "export.xlsx")
