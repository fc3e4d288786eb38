"""What a workbook is made of, before a parser gets it: a container of XML parts that may inflate without bounds.

The parser keeps a whole sheet as a rectangle of cells, from the first to the furthest one, and ends the process when
there is no memory for it. So every part is inflated and measured here first, by its content: sizes in the container's
directory, or in a sheet's own dimension, are what the file says of itself.
"""

from __future__ import annotations

import codecs
import io
import re
import string
import struct
import zipfile
import zlib
from collections.abc import Iterator

from desktop.domain.imports import FileProblemKind
from desktop.domain.progress import Progress
from desktop.importers.unreadable import Unreadable
from desktop.importers.workbook_parts import XML_TROUBLE, sheet_parts

MAX_INFLATED = 1024 * 1024 * 1024  # bytes of all parts together: a million rows of 18 columns
MAX_CELLS = 20_000_000  # of the rectangle around a sheet's cells; the parser takes about 100 bytes for each
MAX_PARTS = 10_000

_PIECE = 1024 * 1024
_LONGEST_TEXT = 4 * 1024 * 1024  # bytes without a tag; a cell holds at most 32,767 characters
# What the standard library raises for a container that is not as it should be.
TROUBLE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)
_WORKBOOK, _BINARY_WORKBOOK = "xl/workbook.xml", "xl/workbook.bin"
_ENCRYPTED = 0x1  # bit of a part's flags
_WIDE_CHARACTERS = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")

# As nearly every program writes a cell and a row; what else begins like one is looked at one by one.
_CELL = re.compile(rb'<c r="([A-Z]{1,3}[1-9][0-9]{0,6})"')
_ROW = re.compile(rb'<row r="([1-9][0-9]{0,6})"')
_DIGITS, _LETTERS = string.digits.encode(), string.ascii_uppercase.encode()
_ROW_OR_CELL = re.compile(rb"<(?:[^\s<>/:]+:)?(?:row|c)(?=[\s/>])")
_WHOLE_ROW_OR_CELL = re.compile(rb"<(?:[^\s<>/:]+:)?(row|c)((?:\s+[^\s=<>/\"']+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)\s*/?>")
_ATTRIBUTE = re.compile(rb"\s([^\s=]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_PLACE = re.compile(rb"([A-Za-z]{0,3})([0-9]{1,7})")

DAMAGED = "The workbook is damaged: open it in a spreadsheet, save it again and import that file."
LOCKED = "The workbook is protected with a password: save it without one and import that file."


def check_container(content: bytes, progress: Progress) -> int:
    """Makes sure that a parser can be given a workbook; the bytes of all its parts, inflated.

    `progress` is told inflated bytes of twice their total: the other half of the work is the parser's. Raises
    `Unreadable`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as container:
            parts = container.infolist()
            _refuse_odd(parts)
            total = sum(part.file_size for part in parts)
            if total > MAX_INFLATED:
                raise Unreadable(FileProblemKind.TOO_LARGE, _too_large())
            done = 0
            unmeasured = set()
            for part in parts:
                measure = _Measure(must_be_xml=part.filename.lower().endswith(".xml"))
                for piece in _inflated(container, part):
                    done += len(piece)
                    if done > MAX_INFLATED:
                        raise Unreadable(FileProblemKind.TOO_LARGE, _too_large())
                    measure.add(piece)
                    progress(min(done, total), total * 2)
                measure.finish()
                if not measure.is_xml:
                    unmeasured.add(part.filename.casefold())
        with zipfile.ZipFile(io.BytesIO(content)) as container:
            # A picture is no sheet, unless a workbook says so.
            if not unmeasured.isdisjoint(map(str.casefold, sheet_parts(container).values())):
                raise Unreadable(FileProblemKind.DAMAGED, DAMAGED)
    except (*TROUBLE, *XML_TROUBLE) as error:
        raise Unreadable(FileProblemKind.DAMAGED, DAMAGED) from error
    return total


def _refuse_odd(parts: list[zipfile.ZipInfo]) -> None:
    names = [part.filename.replace("\\", "/").casefold().lstrip("/") for part in parts]
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        raise Unreadable(FileProblemKind.NOT_THIS_KIND, LOCKED)
    if _BINARY_WORKBOOK in names:
        message = "The file is a binary workbook (.xlsb). Save it as .xlsx or CSV and import that file."
        raise Unreadable(FileProblemKind.NOT_THIS_KIND, message)
    # Two parts of one name: what is measured here could be another one than what is parsed.
    if len(parts) > MAX_PARTS or len(set(names)) < len(names) or _WORKBOOK not in names:
        raise Unreadable(FileProblemKind.DAMAGED, DAMAGED)


def _inflated(container: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    part.file_size = MAX_INFLATED + _PIECE  # to the end of the data, whatever size the directory tells
    with container.open(part) as file:
        while piece := file.read(_PIECE):
            yield piece


class _Measure:
    """Finds how far the cells of one part reach. Parts that are no sheets reach nowhere; `is_xml` tells, once the
    first bytes came, whether a part can be one."""

    def __init__(self, *, must_be_xml: bool) -> None:
        self.is_xml = must_be_xml
        self._begun = False
        self._rest = b""
        self._rows = 0
        self._columns: set[bytes] = set()
        self._row = 0
        self._column = 0
        self._widest = 0

    def add(self, piece: bytes) -> None:
        """Takes in the next bytes."""
        if not self._begun:
            self._begun = True
            if piece.startswith(_WIDE_CHARACTERS):
                raise Unreadable(FileProblemKind.DAMAGED, DAMAGED)
            self.is_xml = self.is_xml or piece.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<")
        if not self.is_xml:
            return
        text = self._rest + piece
        end = max(text.rfind(b"<"), 0)
        text, self._rest = text[:end], text[end:]
        if len(self._rest) > _LONGEST_TEXT:
            raise Unreadable(FileProblemKind.TOO_LARGE, "A value of the workbook is longer than 4 MB.")
        self._scan(text)

    def finish(self) -> None:
        """Takes in what is left."""
        self._scan(self._rest)
        self._rest = b""

    def _scan(self, text: bytes) -> None:
        cells, rows = _CELL.findall(text), _ROW.findall(text)
        usual = text.count(b"<c") == len(cells) and text.count(b"<row") == len(rows)
        if usual and b":c" not in text and b":row" not in text:
            if rows:
                self._row, self._column = int(rows[-1]), 0
            if cells:
                in_line = b" ".join(cells)
                self._columns.update(in_line.translate(None, _DIGITS).split())
                self._rows = max(self._rows, *map(int, set(in_line.translate(None, _LETTERS).split())))
                self._column = column_number(cells[-1].rstrip(_DIGITS))
        else:
            self._scan_slowly(text)
        width = max(self._widest, max(map(column_number, self._columns), default=0))
        if self._rows * width > MAX_CELLS:
            message = (
                f"A sheet of the workbook reaches to row {self._rows:,} and column {width:,}: that is more than "
                f"{MAX_CELLS:,} cells. Delete the empty rows and columns around the table, or save the sheet as CSV."
            )
            raise Unreadable(FileProblemKind.TOO_LARGE, message)

    def _scan_slowly(self, text: bytes) -> None:
        """Counts rows and cells as the parser does: one without a place stands after the one before it."""
        tags = _WHOLE_ROW_OR_CELL.findall(text)
        if len(tags) != len(_ROW_OR_CELL.findall(text)):
            raise Unreadable(FileProblemKind.DAMAGED, DAMAGED)
        for tag, attributes in tags:
            letters, number = _place(attributes)
            if bool(letters) != (tag == b"c") and number:
                # The parser would make of it some place far away.
                raise Unreadable(FileProblemKind.DAMAGED, DAMAGED)
            if tag == b"row":
                self._row = number or self._row + 1
                self._column = 0
            elif number:
                self._row, self._column = number, column_number(letters.upper())
            else:
                self._column += 1
            self._rows = max(self._rows, self._row)
            self._widest = max(self._widest, self._column)


def _place(attributes: bytes) -> tuple[bytes, int]:
    """The column's letters and the row's number of a tag's place; b"" and 0 when it tells none."""
    for name, value, other in _ATTRIBUTE.findall(attributes):
        if name == b"r":
            if (place := _PLACE.fullmatch(value or other)) is None or not int(place.group(2)):
                raise Unreadable(FileProblemKind.DAMAGED, DAMAGED)
            return place.group(1), int(place.group(2))
    return b"", 0


def column_number(letters: bytes) -> int:
    """Counted from 1: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _too_large() -> str:
    return "The workbook holds more than 1 GB of data: split it, or save its sheet as CSV."
