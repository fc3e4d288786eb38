"""The words of a page, built from the characters' loose boxes and angles, in the direction in which they read.

Loose boxes (as high as the font, as wide as the advance) are used because tight ones leave gaps inside numbers.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium

from desktop.domain.imports import WordBox

# In heights of the loose box, which is about 1.15 em.
GAP = 0.18 / 1.15  # a wider gap along the line ends a word
JUMP = 0.5 / 1.15  # a larger step across the line ends a word
_SAME_BASELINE = 0.3
_OVERLAP = 0.5  # further back than kerning goes
_UPRIGHT_WITHIN = math.radians(10)
_PICTURE_OF_PAGE = 0.7  # an image that covers so much of a page is a scan of it

UNREADABLE = "\ufffd"
_SPACE = " "


class _Characters(dict[int, str]):
    """The text of each character code: a space for every kind of space, nothing for what has no width."""

    def __missing__(self, code: int) -> str:
        text = UNREADABLE if code < 0x20 or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF else chr(code)
        self[code] = text
        return text


_CHARACTERS = _Characters(
    # On slips every visible hyphen is U+00AD, and PDFium gives U+0002 (or U+FFFE) for a hyphen that ends a line.
    dict.fromkeys((0xAD, 0x02, 0xFFFE, 0x2010, 0x2011), "-")
    | dict.fromkeys(
        (*range(0x09, 0x0E), 0x20, 0x85, 0xA0, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x3000), _SPACE
    )
    | dict.fromkeys((0x200B, 0x200C, 0x200D, 0xFEFF, 0x2060), "")
    | {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
)


class Word(NamedTuple):
    """A word in the frame of its reading direction: x grows along the line, y from line to line, in points.

    `base` is the baseline's y; `em`, the height of its loose box, is the measure of all distances. `box` is where it
    lies on the page as displayed.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    base: float
    em: float
    box: WordBox


@dataclass(frozen=True, slots=True)
class PageWords:
    """What can be read of one page. `groups` holds the words by reading direction in degrees, 0 is upright.

    `characters` counts the visible ones in any direction; `is_picture` tells that one image covers most of the page.
    """

    number: int
    groups: Mapping[int, list[Word]] = field(default_factory=dict)
    characters: int = 0
    is_picture: bool = False


class _Frame(NamedTuple):
    """How a page's user space is displayed: its visible box and its rotation, clockwise in degrees."""

    left: float
    bottom: float
    width: float
    height: float
    rotation: int

    def displayed(self, x: float, y: float) -> tuple[float, float]:
        """From user space to the page as displayed, origin top left."""
        u, v = x - self.left, y - self.bottom
        if self.rotation == 90:
            return v, u
        if self.rotation == 180:
            return self.width - u, v
        if self.rotation == 270:
            return self.height - v, self.width - u
        return u, self.height - v

    @property
    def size(self) -> tuple[float, float]:
        """Width and height as displayed."""
        return (self.height, self.width) if self.rotation in (90, 270) else (self.width, self.height)


class _Run(NamedTuple):
    """Characters that follow each other without a break.

    `box` (left, bottom, right, top) and `origin` are in user space, `angle` is counter-clockwise; `after_space` tells
    that a space was drawn right before the run.
    """

    text: str
    angle: int
    box: tuple[float, float, float, float]
    origin: tuple[float, float]
    after_space: bool


class _Piece(NamedTuple):
    """A run as a word, with its place in the order of drawing."""

    word: Word
    number: int
    after_space: bool


def read_words(page: pypdfium2.PdfPage, number: int) -> PageWords:
    """The words of an open page; `number` counts pages from 1. Raises `pypdfium2.PdfiumError`."""
    frame = _frame(page)
    text_page = page.get_textpage()
    try:
        runs = list(_runs(text_page))
    finally:
        text_page.close()
    pieces: dict[int, list[_Piece]] = {}
    width, height = frame.size
    displayed = frame.displayed
    characters = 0
    for number_of_run, (text, angle, box_drawn, origin_drawn, after_space) in enumerate(runs):
        direction = (angle - frame.rotation) % 360
        x0, y0 = displayed(box_drawn[0], box_drawn[1])
        x1, y1 = displayed(box_drawn[2], box_drawn[3])
        if x1 < x0:
            x0, x1 = x1, x0
        if y1 < y0:
            y0, y1 = y1, y0
        if x1 <= 0 or y1 <= 0 or x0 >= width or y0 >= height:
            continue  # outside of what a person sees of the page
        characters += len(text)
        box = WordBox(number, x0, y0, x1, y1)
        origin = displayed(*origin_drawn)
        if direction == 0:
            word = Word(text, x0, y0, x1, y1, origin[1], y1 - y0, box)
        else:
            a, b = _upright(x0, y0, direction, width, height), _upright(x1, y1, direction, width, height)
            top, bottom = min(a[1], b[1]), max(a[1], b[1])
            base = _upright(*origin, direction, width, height)[1]
            word = Word(text, min(a[0], b[0]), top, max(a[0], b[0]), bottom, base, bottom - top, box)
        pieces.setdefault(direction, []).append(_Piece(word, number_of_run, after_space))
    groups = {direction: list(_joined(found)) for direction, found in sorted(pieces.items())}
    return PageWords(number, groups, characters, _is_picture(page, frame))


def _frame(page: pypdfium2.PdfPage) -> _Frame:
    left, bottom, right, top = page.get_mediabox()
    crop = page.get_cropbox()
    visible = (max(left, crop[0]), max(bottom, crop[1]), min(right, crop[2]), min(top, crop[3]))
    if visible[2] > visible[0] and visible[3] > visible[1]:
        left, bottom, right, top = visible
    return _Frame(left, bottom, right - left, top - bottom, page.get_rotation() % 360)


def _upright(x: float, y: float, direction: int, width: float, height: float) -> tuple[float, float]:
    """A point of the displayed page in the frame of a reading direction (degrees, counter-clockwise)."""
    if direction == 90:
        return height - y, x
    if direction == 180:
        return width - x, height - y
    if direction == 270:
        return y, width - x
    return x, y


def _runs(text_page: pypdfium2.PdfTextPage) -> Iterator[_Run]:
    """Characters in the order they are drawn, broken at white space, changes of angle, gaps and jumps."""
    handle = text_page.raw
    loose_box_of = pdfium.FPDFText_GetLooseCharBox
    angle_of, is_generated, origin_of = (
        pdfium.FPDFText_GetCharAngle,
        pdfium.FPDFText_IsGenerated,
        pdfium.FPDFText_GetCharOrigin,
    )
    characters = _CHARACTERS
    rectangle = pdfium.FS_RECTF()
    origin_x, origin_y = ctypes.c_double(), ctypes.c_double()
    text: list[str] = []
    turned, angle, after_space = 0.0, 0, False
    left = bottom = right = top = end = side = em = last_bottom = last_top = 0.0
    origin = (0.0, 0.0)
    for index, code in enumerate(_codes(handle)):
        character = characters[code]
        if character == _SPACE:
            if is_generated(handle, index) == 1:
                continue  # PDFium's own guess of a space; the gap decides
            if text:
                yield _Run("".join(text), angle, (left, bottom, right, top), origin, after_space)
                text = []
            after_space = True
            continue
        if not character or not loose_box_of(handle, index, rectangle):
            continue
        char_left, char_bottom, char_right, char_top = rectangle.left, rectangle.bottom, rectangle.right, rectangle.top
        if (
            text
            and angle == 0
            and char_bottom == last_bottom
            and char_top == last_top
            and -0.1 * em <= char_left - end <= GAP * em
        ):
            # Right behind the character before and as high: nearly every one, and its angle need not be asked for.
            end = char_right
            text.append(character)
            if char_right > right:
                right = char_right
            continue
        last_bottom, last_top = char_bottom, char_top
        char_turned = angle_of(handle, index)
        char_angle = angle if text and char_turned == turned else _quarter(char_turned)
        if char_angle == 0:
            start, finish, char_side, char_em = char_left, char_right, char_bottom, char_top - char_bottom
        elif char_angle == 90:
            start, finish, char_side, char_em = char_bottom, char_top, -char_right, char_right - char_left
        elif char_angle == 180:
            start, finish, char_side, char_em = -char_right, -char_left, -char_top, char_top - char_bottom
        elif char_angle == 270:
            start, finish, char_side, char_em = -char_top, -char_bottom, char_left, char_right - char_left
        else:
            continue  # drawn across the page, as watermarks are
        turned = char_turned
        if text:
            if (
                char_angle == angle
                and -_OVERLAP * em <= start - end <= GAP * em
                and (char_side == side or abs(char_side - side) <= JUMP * max(em, char_em))
            ):
                end = finish
                text.append(character)
                if char_left < left:
                    left = char_left
                if char_bottom < bottom:
                    bottom = char_bottom
                if char_right > right:
                    right = char_right
                if char_top > top:
                    top = char_top
                continue
            yield _Run("".join(text), angle, (left, bottom, right, top), origin, after_space)
            after_space = False
        text = [character]
        angle, side, em, end = char_angle, char_side, char_em, finish
        left, bottom, right, top = char_left, char_bottom, char_right, char_top
        origin_of(handle, index, origin_x, origin_y)
        origin = (origin_x.value, origin_y.value)
    if text:
        yield _Run("".join(text), angle, (left, bottom, right, top), origin, after_space)


def _codes(handle: Any) -> Sequence[int]:
    """The code of every character of a text page: all at once where PDFium can, which is faster, else one by one."""
    count = pdfium.FPDFText_CountChars(handle)
    if count <= 0:
        return ()
    buffer = (ctypes.c_ushort * (count + 1))()
    if pdfium.FPDFText_GetText(handle, 0, count, buffer) == count + 1:
        codes: list[int] = buffer[:count]
        if max(codes) < 0xD800 or not any(0xD800 <= code <= 0xDFFF for code in codes):  # no character of two codes
            return codes
    return [pdfium.FPDFText_GetUnicode(handle, index) for index in range(count)]


def _quarter(turned: float) -> int:
    """PDFium's angle (radians, clockwise) as 0, 90, 180 or 270 counter-clockwise; -1 when it is none of them."""
    if turned == 0:
        return 0
    quarters = -turned / (math.pi / 2)
    nearest = round(quarters)
    return nearest % 4 * 90 if abs(quarters - nearest) * (math.pi / 2) <= _UPRIGHT_WITHIN else -1


def _joined(pieces: list[_Piece]) -> Iterator[Word]:
    """The words of one direction, line by line: pieces that touch are one word, in whatever order they were drawn."""
    pieces.sort(key=lambda piece: piece.word.base)
    line: list[_Piece] = []
    for piece in pieces:
        if line and piece.word.base - line[0].word.base > _SAME_BASELINE * min(line[0].word.em, piece.word.em):
            yield from _joined_line(line)
            line = []
        line.append(piece)
    yield from _joined_line(line)


def _joined_line(line: list[_Piece]) -> Iterator[Word]:
    line.sort(key=lambda piece: (piece.word.x0, piece.word.x1))
    before: Word | None = None
    last = 0  # the number of the piece that `before` ends with
    for word, number, after_space in line:
        if before is not None:
            gap, em = word.x0 - before.x1, before.em
            if gap <= GAP * max(em, word.em):
                em = min(em, word.em)
                if (
                    word.text == before.text
                    and abs(word.x0 - before.x0) < 0.3 * em
                    and abs(word.base - before.base) < em
                ):
                    continue  # drawn twice to look bold
                like = before.em <= 1.5 * word.em and word.em <= 1.5 * before.em
                apart = after_space and number == last + 1
                if like and not apart and -_OVERLAP * em <= gap <= GAP * em:
                    before, last = _together(before, word), number
                    continue
            yield before
        before, last = word, number
    if before is not None:
        yield before


def _together(left: Word, right: Word) -> Word:
    box = around((left.box, right.box))
    return Word(
        left.text + right.text,
        left.x0,
        min(left.y0, right.y0),
        max(left.x1, right.x1),
        max(left.y1, right.y1),
        left.base,
        max(left.em, right.em),
        box,
    )


def around(boxes: Iterable[WordBox]) -> WordBox:
    """The smallest box that holds all of them; they are on one page."""
    found = list(boxes)
    return WordBox(
        found[0].page,
        min(box.x0 for box in found),
        min(box.y0 for box in found),
        max(box.x1 for box in found),
        max(box.y1 for box in found),
    )


def _is_picture(page: pypdfium2.PdfPage, frame: _Frame) -> bool:
    """Whether one image covers most of the page: then its text, if any, is what a scanner's software made of it."""
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    enough = _PICTURE_OF_PAGE * frame.width * frame.height
    for index in range(pdfium.FPDFPage_CountObjects(page.raw)):
        item = pdfium.FPDFPage_GetObject(page.raw, index)
        if (
            pdfium.FPDFPageObj_GetType(item) == pdfium.FPDF_PAGEOBJ_IMAGE
            and pdfium.FPDFPageObj_GetBounds(item, left, bottom, right, top)
            and (right.value - left.value) * (top.value - bottom.value) >= enough
        ):
            return True
    return False
