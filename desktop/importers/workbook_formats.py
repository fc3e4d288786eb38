"""What a person sees in cells that the parser gives otherwise: zeros that only a number's format adds, and errors.

A zip kept as the number 501 in the format 00000 shows 00501; a formula that failed shows #N/A. The parser gives 501 and
an empty text, so the parts of the workbook that tell are read here.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from html import unescape

from desktop.importers.workbook_container import TROUBLE, column_number
from desktop.importers.workbook_parts import XML_TROUBLE, elements, sheet_parts

_PIECE = 1024 * 1024
# 00000 and 00000-0000, a hyphen quoted or not.
_FILLED_UP = re.compile(r'0+(?:(?:\\-|-|"-")0+)*')
_CELL = re.compile(
    rb'<c r="([A-Z]{1,3})([0-9]{1,7})"([^<>]*)>(?:<f[^<>]*/>|<f[^<>]*>[^<>]*</f>)?<v>([^<>]*)</v>',
)
_STYLE = re.compile(rb'\bs="([0-9]+)"')
_ERROR = b't="e"'


class ShownCells:
    """Walks through a sheet once, row by row, beside the parser. Where a workbook is built in another way than the
    usual, nothing is found and the parser's values stand."""

    def __init__(self, content: bytes, sheet: str) -> None:
        """`content` is a workbook that `check_container` let pass, `sheet` the name of one of its sheets."""
        self._cells: Iterator[tuple[int, int, str | None, str]] = iter(())
        self._next: tuple[int, int, str | None, str] | None = None
        try:
            container = zipfile.ZipFile(io.BytesIO(content))
            part = sheet_parts(container).get(sheet)
            formats = _filling_formats(container)
            if part is not None and (formats or _has_errors(container, part)):
                self._cells = _cells(container, part, formats)
                self._next = next(self._cells, None)
        except (*TROUBLE, *XML_TROUBLE):
            self._cells = iter(())

    def complete(self, rows: Sequence[list[str]], first: int, first_column: int) -> None:
        """Writes into the texts of the rows from number `first` on, counted from 0, what their cells show."""
        while self._next is not None and self._next[0] < first + len(rows):
            row, column, pattern, error = self._next
            place = column - first_column
            if row >= first and 0 <= place < len(rows[row - first]):
                cells = rows[row - first]
                cells[place] = error if pattern is None else _filled_up(cells[place], pattern)
            try:
                self._next = next(self._cells, None)
            except TROUBLE:
                self._next = None


def _filled_up(number: str, pattern: str) -> str:
    if not (number.isascii() and number.isdigit()):
        return number
    places = pattern.count("0")
    digits = number.zfill(places)
    shown: list[str] = [digits[: len(digits) - places]]
    at = len(shown[0])
    for sign in pattern:
        shown.append(digits[at] if sign == "0" else sign)
        at += sign == "0"
    return "".join(shown)


def _filling_formats(container: zipfile.ZipFile) -> Mapping[bytes, str]:
    """The formats that fill numbers up with zeros, by the style of a cell."""
    codes: dict[str, str] = {}
    for element in elements(container, "xl/styles.xml", "numFmt"):
        code = element.get("formatCode", "").split(";")[0]
        if len(code) > 1 and _FILLED_UP.fullmatch(code):
            codes[element.get("numFmtId", "")] = code.replace("\\", "").replace('"', "")
    styles = [
        style for styles in (elements(container, "xl/styles.xml", "cellXfs") if codes else ()) for style in styles
    ]
    return {
        str(number).encode(): codes[style.get("numFmtId", "")]
        for number, style in enumerate(styles)
        if style.get("numFmtId", "") in codes
    }


def _has_errors(container: zipfile.ZipFile, part: str) -> bool:
    with container.open(part) as file:
        before = b""
        while piece := file.read(_PIECE):
            if _ERROR in before + piece:
                return True
            before = piece[-len(_ERROR) :]
    return False


def _cells(
    container: zipfile.ZipFile, part: str, formats: Mapping[bytes, str]
) -> Iterator[tuple[int, int, str | None, str]]:
    """(row, column, format that fills up, error text) of each such cell; row and column are counted from 0."""
    rest = b""
    with container.open(part) as file:
        while piece := file.read(_PIECE):
            text = rest + piece
            end = max(text.rfind(b"<c "), 0)
            yield from _cells_within(text[:end], formats)
            rest = text[end:]
    yield from _cells_within(rest, formats)


def _cells_within(text: bytes, formats: Mapping[bytes, str]) -> Iterator[tuple[int, int, str | None, str]]:
    for letters, number, attributes, value in _CELL.findall(text):
        if _ERROR in attributes:
            yield int(number) - 1, column_number(letters) - 1, None, unescape(value.decode("utf-8", "replace"))
        elif (
            formats and (style := _STYLE.search(attributes)) and style.group(1) in formats and b't="' not in attributes
        ):
            yield int(number) - 1, column_number(letters) - 1, formats[style.group(1)], ""
