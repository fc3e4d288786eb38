"""Carrier labels: the tracking number, proved by the digits of the barcode, and the recipient it belongs to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from desktop.domain.imports import DateOrder, WordBox
from desktop.domain.products import ProductTable
from desktop.importers.pdf.documents import CarrierLabel, Found
from desktop.importers.pdf.grid import Label, LabelNames, TextLine, find_labels
from desktop.importers.pdf.values import Address, read_address, read_date
from desktop.importers.pdf.words import Word, around

NAME = "shipping_label"

_MARKS = ("“TRK#” with twelve digits", "“TO” with a recipient")
_TRK = LabelNames({"trk#": "mark", "trk": "mark"})
_TRACKING = re.compile(r"(?<![0-9])([0-9]{4})\s?([0-9]{4})\s?([0-9]{4})(?![0-9])")
_SHIP_DATE = re.compile(r"SHIP\s*DATE\s*:?\s*([0-9]{1,2}[A-Z]{3}[0-9]{2,4})", re.IGNORECASE)
_CITY = re.compile(r"\S.*?,?\s+[A-Z]{2}\s+[0-9]{5}(?:-[0-9]{4})?(?:\s+(?:US|USA))?", re.IGNORECASE)
_BARCODE_DIGITS = 20  # at least so many digits in one line are those of the barcode
_MOST_LINES = 8  # of a recipient


class _Number(NamedTuple):
    """A tracking number with its mark: the mark's words and baseline, the digits and where they are."""

    mark: Label
    digits: str
    words: tuple[Word, ...]


def find(lines: Sequence[TextLine], table: ProductTable, dates: DateOrder) -> Found:  # noqa: ARG001  as every layout
    """The carrier's labels among the words of one reading direction: one for each tracking number with its mark."""
    marks = find_labels(lines, _TRK)
    numbers = [number for mark in marks if (number := _number(mark, lines)) is not None]
    to = [(line, at) for line in lines for at in range(len(line.words)) if _is_to(line, at)]
    present = tuple(name for name, there in zip(_MARKS, (numbers, to), strict=True) if there)
    missing = tuple(name for name in _MARKS if name not in present)
    if not numbers:
        return Found((), present, missing)
    labels = []
    top = float("-inf")
    for at, number in enumerate(numbers):
        after = [line.base for line, _ in to if line.base > number.mark.base]
        # The next label begins above its own TO, by what a label has above that: its sender.
        last = at + 1 == len(numbers)
        bottom = float("inf") if last else min(after, default=numbers[at + 1].mark.base)
        own = [line for line in lines if top < line.base < bottom]
        above = [(line, word) for line, word in to if top < line.base < number.mark.base]
        labels.append(_read_label(own, number, above[0] if above else None))
        top = number.mark.base
    return Found(tuple(labels), _MARKS, ())


def _number(mark: Label, lines: Sequence[TextLine]) -> _Number | None:
    """The twelve digits to the right of a mark, whose larger print need not stand on the mark's baseline."""
    found: list[tuple[float, _Number]] = []
    for line in lines:
        words = tuple(word for word in line.words if word.x0 >= mark.x1 - 0.2 * mark.em and word not in mark.words)
        if not words or abs(line.base - mark.base) > 1.4 * max(words[0].em, mark.em):
            continue
        for start in range(len(words)):
            for size in (1, 3):
                some = words[start : start + size]
                match = _TRACKING.fullmatch(" ".join(word.text for word in some))
                if match and len(some) == size:
                    distance = abs(line.base - mark.base) + some[0].x0 - mark.x1
                    found.append((distance, _Number(mark, "".join(match.groups()), some)))
    return min(found, key=lambda item: item[0])[1] if found else None


def _is_to(line: TextLine, at: int) -> bool:
    """Whether the word is the label TO: alone, with space before it or at the line's left end."""
    word = line.words[at]
    if word.text.upper().strip(":") != "TO":
        return False
    return at == 0 or word.x0 - line.words[at - 1].x1 > 1.5 * word.em


def _read_label(lines: Sequence[TextLine], number: _Number, to: tuple[TextLine, int] | None) -> CarrierLabel:
    tracking = number.digits
    problem = note = ""
    barcodes = [digits for line in lines if (digits := _barcode(line))]
    if not barcodes:
        note = "The barcode's digits are not on the label: its tracking number is not proved by them"
    elif not any(digits.endswith(tracking) for digits in barcodes):
        problem = f"The barcode's digits do not end in the tracking number {tracking}"
    text = " ".join(other.text for other in lines)
    shipped = _SHIP_DATE.search(text)
    address, boxes = _recipient(lines, to)
    return CarrierLabel(
        place=around(word.box for other in lines for word in other.words),
        tracking="" if problem else tracking,
        ship_date=read_date(shipped.group(1)).value if shipped else None,
        address=address,
        words=text,
        boxes={"tracking_number": tuple(word.box for word in number.words), "facility_name": boxes},
        problem=problem,
        note=note,
    )


def _barcode(line: TextLine) -> str:
    """The digits of a line that holds little else, when there are as many as in a barcode."""
    text = line.text
    digits = re.sub(r"\D", "", text)
    return digits if len(digits) >= _BARCODE_DIGITS and not re.search(r"[A-Za-z]{3}", text) else ""


def _recipient(lines: Sequence[TextLine], to: tuple[TextLine, int] | None) -> tuple[Address, tuple[WordBox, ...]]:
    """The lines right of and below TO, down to the one with city, state and zip."""
    if to is None:
        return Address(()), ()
    line, at = to
    mark = line.words[at]
    block: list[TextLine] = []
    for other in lines:
        if other.base < mark.base - 0.6 * mark.em or len(block) >= _MOST_LINES:
            continue
        words = _first_words([word for word in other.words if word is not mark and word.x0 >= mark.x0 - 0.5 * mark.em])
        if not words:
            continue
        block.append(TextLine(words, other.base))
        if _CITY.fullmatch(block[-1].text):
            return read_address([item.text for item in block]), tuple(word.box for item in block for word in item.words)
    return Address(()), ()


def _first_words(words: Sequence[Word]) -> tuple[Word, ...]:
    """The words of a line up to a wide gap: behind it stands something else."""
    end = next((at for at in range(1, len(words)) if words[at].x0 - words[at - 1].x1 > 2 * words[at].em), len(words))
    return tuple(words[:end])
