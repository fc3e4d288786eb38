"""What a workbook is refused for before a parser gets it."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from desktop.domain.imports import FileProblemKind
from desktop.domain.progress import no_progress
from desktop.importers.read_file import read_file
from desktop.importers.unreadable import Unreadable
from desktop.importers.workbook_container import DAMAGED, LOCKED, check_container, column_number
from tests.importers.workbooks import part, plain, rebuilt

TOO_MUCH = "The workbook holds more than 1 GB of data: split it, or save its sheet as CSV."
SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def book(tmp_path: Path) -> bytes:
    return plain(tmp_path / "a.xlsx").read_bytes()


def refused(content: bytes) -> tuple[FileProblemKind, str]:
    with pytest.raises(Unreadable) as found:
        check_container(content, no_progress)
    return found.value.problem


def sheet(rows: str) -> bytes:
    return f'<?xml version="1.0"?><worksheet><sheetData>{rows}</sheetData></worksheet>'.encode()


def test_the_size_of_all_parts_is_told(book: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(book)) as container:
        assert check_container(book, no_progress) == sum(info.file_size for info in container.infolist())


def test_columns_are_counted() -> None:
    assert [column_number(name) for name in (b"A", b"Z", b"AA", b"XFD")] == [1, 26, 27, 16_384]


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        '<row r="1"><c s="1" r="A1"><v>1</v></c></row><row r="9"><c s="1" r="XFD1048576"><v>1</v></c></row>',
        "<row><c r='XFD1048576'><v>1</v></c></row>",
        '<x:row r="1"><x:c\n r="XFD1048576"><x:v>1</x:v></x:c></x:row>',
        "<row>" + "<c><v>1</v></c>" * 5_000 + "</row>" + "<row/>" * 5_000,
        '<row r="1048576"><c/><c/></row><row r="1">' + "<c><v>1</v></c>" * 50 + "</row>",
    ],
)
def test_a_cell_far_away_would_cost_all_memory(book: bytes, rows: str) -> None:
    kind, message = refused(rebuilt(book, {SHEET: sheet(rows)}))
    assert kind is FileProblemKind.TOO_LARGE
    assert "that is more than 20,000,000 cells. Delete the empty rows and columns around the table" in message


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="D99999999999"><v>1</v></c></row>',
        '<row r="99999999999"><c><v>1</v></c></row>',
        '<row r="1"><c r="12"><v>1</v></c></row>',
        '<row r="A1"><c><v>1</v></c></row>',
        '<row r="1"><c r="AAAA1"><v>1</v></c></row>',
        '<row r="1"><c r="-1"><v>1</v></c></row>',
        '<row r="0"><c r="A0"><v>1</v></c></row>',
        '<row r="1"><c s=1 r="A1"><v>1</v></c></row>',
        "<row r=1><c r=A1><v>1</v></c></row>",
    ],
)
def test_a_place_that_is_none_is_damage(book: bytes, rows: str) -> None:
    assert refused(rebuilt(book, {SHEET: sheet(rows)})) == (FileProblemKind.DAMAGED, DAMAGED)


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1048576"><c r="J1048576"><v>1</v></c></row>',
        '<row><c r="XFD1"><v>1</v></c></row>' + "<row><c/></row>" * 1_000,
        "<cols><col min='1'/></cols>" + "<row>" + "<c><v>1</v></c>" * 5_000 + "</row>" + "<row/>" * 1_000,
    ],
)
def test_what_reaches_far_one_way_is_let_pass(book: bytes, rows: str) -> None:
    assert check_container(rebuilt(book, {SHEET: sheet(rows)}), no_progress) > 0


def with_told_size(content: bytes, size: int) -> bytes:
    """A container whose directory tells another size of its last part."""
    altered = bytearray(content)
    entry = altered.rfind(b"PK\x01\x02")
    altered[entry + 24 : entry + 28] = size.to_bytes(4, "little")
    return bytes(altered)


def test_a_workbook_that_says_it_inflates_without_end(book: bytes) -> None:
    assert refused(with_told_size(book, 1024 * 1024 * 1024)) == (FileProblemKind.TOO_LARGE, TOO_MUCH)


@pytest.mark.slow
def test_a_workbook_that_inflates_without_end_and_hides_it(book: bytes) -> None:
    bomb = with_told_size(rebuilt(book, {"xl/extra.xml": b"<a>" * (360 * 1024 * 1024)}), 5)
    assert len(bomb) < 4_000_000
    assert refused(bomb) == (FileProblemKind.TOO_LARGE, TOO_MUCH)


def test_what_a_directory_says_of_a_size_is_not_believed(book: bytes) -> None:
    text = "<row r='1'><c t='inlineStr'><is><t>" + "x" * 6_000_000 + "</t></is></c></row>"
    hidden = with_told_size(rebuilt(book, {SHEET: sheet(text)}), 5)
    assert refused(hidden) == (FileProblemKind.TOO_LARGE, "A value of the workbook is longer than 4 MB.")


def test_a_text_without_end(book: bytes) -> None:
    text = "<row r='1'><c t='inlineStr'><is><t>" + "x" * 6_000_000 + "</t></is></c></row>"
    assert refused(rebuilt(book, {SHEET: sheet(text)}))[0] is FileProblemKind.TOO_LARGE


def test_a_picture_may_look_like_anything_but_not_be_a_sheet(book: bytes) -> None:
    picture = {"xl/media/image1.png": b"\x89PNG <c <row r='1'><c r='XFD1048576'/>" + bytes(5_000_000)}
    assert check_container(rebuilt(book, picture), no_progress) > 5_000_000
    relations = part(book, "xl/_rels/workbook.xml.rels").replace(b"worksheets/sheet1.xml", b"media/IMAGE1.png")
    altered = rebuilt(book, picture | {"xl/_rels/workbook.xml.rels": relations})
    assert refused(altered) == (FileProblemKind.DAMAGED, DAMAGED)


def test_two_parts_of_one_name(book: bytes) -> None:
    assert refused(rebuilt(book, {"XL/Worksheets/Sheet1.xml": part(book)})) == (FileProblemKind.DAMAGED, DAMAGED)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_wide_characters_would_hide_cells(book: bytes, encoding: str) -> None:
    altered = rebuilt(book, {SHEET: part(book).decode().replace("UTF-8", "UTF-16").encode(encoding)})
    assert refused(altered) == (FileProblemKind.DAMAGED, DAMAGED)


def test_an_encrypted_part(book: bytes) -> None:
    locked = bytearray(book)
    at = -1
    while (at := locked.find(b"PK\x01\x02", at + 1)) >= 0:
        locked[at + 8] |= 1
    assert refused(bytes(locked)) == (FileProblemKind.NOT_THIS_KIND, LOCKED)


def test_a_binary_workbook(tmp_path: Path, book: bytes) -> None:
    path = tmp_path / "march.xlsb"
    path.write_bytes(rebuilt(book, {"xl/workbook.xml": None, "xl/workbook.bin": b"\0"}))
    assert read_file(path).file_problem == (
        FileProblemKind.NOT_THIS_KIND,
        "The file is a binary workbook (.xlsb). Save it as .xlsx or CSV and import that file.",
    )


def test_a_container_without_a_workbook(book: bytes) -> None:
    assert refused(rebuilt(book, {"xl/workbook.xml": None})) == (FileProblemKind.DAMAGED, DAMAGED)


def test_a_flipped_bit_is_found(book: bytes) -> None:
    stored = rebuilt(book, {}, method=zipfile.ZIP_STORED)
    at = stored.index(b"<sheetData>") + 60
    flipped = stored[:at] + bytes([stored[at] ^ 1]) + stored[at + 1 :]
    assert refused(flipped) == (FileProblemKind.DAMAGED, DAMAGED)
