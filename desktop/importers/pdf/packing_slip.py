"""Packing slips: a title, who it goes to, order number and dates beside their labels, and a table of items.

Two slips may share a page, and a carrier's label one with a slip. Everything is found from the words of the very slip:
the titles divide the page, the right edge of the labels divides labels from values, the table's header its columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from desktop.domain.imports import DateOrder, WordBox
from desktop.domain.products import ProductTable
from desktop.importers.pdf.documents import Found, Slip
from desktop.importers.pdf.grid import (
    Label,
    LabelNames,
    TextLine,
    find_labels,
    text_lines,
)
from desktop.importers.pdf.slip_table import TableHeader, find_header, read_rows
from desktop.importers.pdf.values import Address, read_address, read_date, read_order_number
from desktop.importers.pdf.words import around

NAME = "packing_slip"

_TITLES = LabelNames({"packingslip": "title", "packinglist": "title"})
_SHIP_TO = LabelNames({"shipto": "ship to", "shippedto": "ship to", "deliverto": "ship to"})
_LABELS = LabelNames(
    {
        **dict.fromkeys(
            ("order#", "orderno", "ordernumber", "order", "so#", "salesorder#", "salesorder", "order##"), "order"
        ),
        **dict.fromkeys(
            ("customerpo", "customerpo#", "po", "po#", "ponumber", "customerponumber", "purchaseorder"), "po"
        ),
        **dict.fromkeys(("date", "orderdate", "dateordered"), "date"),
        **dict.fromkeys(("customeremail", "email", "customermail"), "email"),
        **dict.fromkeys(("shipdate", "dateshipped", "shippeddate", "shippingdate", "shippedon"), "ship date"),
    }
)
_MARKS = ("the title “Packing Slip”", "a table with Item, Lot number and Qty")


class _Value(NamedTuple):
    text: str
    boxes: tuple[WordBox, ...]


_NO_VALUE = _Value("", ())


def find(lines: Sequence[TextLine], table: ProductTable, dates: DateOrder) -> Found:
    """The slips among the words of one reading direction."""
    titles = _titles(lines)
    headers = [found for line in lines if (found := find_header(line)) is not None]
    if not titles:
        if headers and (follow_on := _continuation(lines, headers, table)) is not None:
            return Found((follow_on,))
        return Found((), _MARKS[1:] if headers else (), _MARKS[:1] if headers else _MARKS)
    tops = [title.base - 0.9 * title.em for title in titles] + [float("inf")]
    slips: list[Slip] = []
    first = [header for header in headers if header.header.base < tops[0]]
    if (
        first
        and (follow_on := _continuation([line for line in lines if line.base < tops[0]], first, table)) is not None
    ):
        slips.append(follow_on)
    for title, (top, bottom) in zip(titles, pairwise(tops), strict=True):
        region = [line for line in lines if top <= line.base < bottom]
        header = next((found for found in headers if title.base < found.header.base < bottom), None)
        if header is not None:
            slips.append(_read_slip(title, region, header, table, dates))
    if not slips:
        return Found((), _MARKS[:1], _MARKS[1:])
    missing = () if len(slips) >= len(titles) else (f"{_MARKS[1]} under {len(titles) - len(slips)} of the titles",)
    return Found(tuple(slips), _MARKS, missing)


def _titles(lines: Sequence[TextLine]) -> list[Label]:
    """The titles stand alone: the same words within a sentence are none."""
    titles = []
    for line in lines:
        for label in find_labels([line], _TITLES):
            near = 1.2 * label.em
            others = [word for word in line.words if word not in label.words]
            if not any(label.x0 - near < word.x1 and word.x0 < label.x1 + near for word in others):
                titles.append(label)
    return titles


def _read_slip(
    title: Label, lines: Sequence[TextLine], table: TableHeader, products: ProductTable, dates: DateOrder
) -> Slip:
    head = [line for line in lines if line.base < table.header.base]
    labels = _label_column(head)
    values = {name: _value(label, head, labels) for name, label in labels.items()}
    address, address_boxes = _address(head, labels)
    order_value, date_value = values.get("order", _NO_VALUE), values.get("ship date", _NO_VALUE)
    order = read_order_number(order_value.text)
    if "order" not in labels:
        order = order._replace(problem="The slip has no label “Order #”: the order number is not read")
    shipped = read_date(date_value.text, dates)
    date_problem = shipped.problem
    if "ship date" not in labels:
        date_problem = "The slip has no label “Ship Date”: the ship date is not read"
    elif not date_value.text:
        date_problem = "The ship date is empty on the page"
    elif date_problem:
        date_problem = f"Ship date {date_problem}"
    rows, remarks, problems = read_rows(lines, table, products)
    email = values.get("email", _NO_VALUE)
    every_word = [word.box for line in lines for word in line.words]
    boxes = {
        "order_number": order_value.boxes,
        "ship_date": date_value.boxes,
        "contact_email": email.boxes,
        "facility_name": address_boxes,
    }
    return Slip(
        place=around([*(word.box for word in title.words), *every_word]),
        order=order,
        order_printed=order_value.text,
        ship_date=shipped.value,
        ship_date_printed=date_value.text,
        date_problem=date_problem,
        address=address,
        email=email.text if "@" in email.text else "",
        rows=tuple(rows),
        boxes=boxes,
        problems=tuple(problems),
        remarks=tuple(remarks),
    )


def _continuation(lines: Sequence[TextLine], headers: Sequence[TableHeader], products: ProductTable) -> Slip | None:
    """A table without a title above it, at the top of a page: the rest of the slip on the page before."""
    rows, remarks, problems = read_rows(lines, headers[0], products)
    if not any(products.knows(row.item_code) for row in rows):
        return None
    words = [word.box for line in lines for word in line.words]
    return Slip(
        place=around(words),
        order=read_order_number(""),
        order_printed="",
        ship_date=None,
        ship_date_printed="",
        date_problem="The ship date is not on this page",
        address=Address(()),
        email="",
        rows=tuple(rows),
        boxes={},
        problems=tuple(problems),
        remarks=tuple(remarks),
        continued=True,
    )


# --- The head ---------------------------------------------------------------------------------------------------------


def _label_column(head: Sequence[TextLine]) -> dict[str, Label]:
    """The labels of order number and dates: those of one column, which share their right or their left edge."""
    found = find_labels(head, _LABELS)
    best: list[Label] = []
    for label in found:
        for edge in ("x1", "x0"):
            aligned = [other for other in found if abs(getattr(other, edge) - getattr(label, edge)) <= 0.5 * label.em]
            if (len({other.name for other in aligned}), label.x0) > (
                len({other.name for other in best}),
                best[0].x0 if best else 0,
            ):
                best = aligned
    column: dict[str, Label] = {}
    for label in best:
        column.setdefault(label.name, label)
    return column


def _value(label: Label, head: Sequence[TextLine], labels: dict[str, Label]) -> _Value:
    """The words to the right of a label, on its baseline."""
    right = max(other.x1 for other in labels.values())
    others = [other for other in labels.values() if other is not label]
    words = [
        word
        for line in head
        for word in line.words
        if word.x0 >= label.x1 - 0.1 * label.em
        and word not in label.words
        and abs(word.base - label.base) <= 0.45 * max(label.em, word.em)
        and all(abs(word.base - label.base) <= abs(word.base - other.base) for other in others)
        and (word.x0 >= right - 0.3 * label.em or word.x0 - label.x1 < 3 * label.em)
    ]
    words.sort(key=lambda word: word.x0)
    text = " ".join(word.text for word in words).strip().removeprefix(":").strip()
    if squashed_label(text):
        return _NO_VALUE
    return _Value(text, tuple(word.box for word in words))


def squashed_label(text: str) -> bool:
    """Whether a value is itself a label, which happens where a value is empty and columns stand close."""
    return text.endswith(":") and not any(char.isdigit() for char in text)


def _address(head: Sequence[TextLine], labels: dict[str, Label]) -> tuple[Address, tuple[WordBox, ...]]:
    ship_to = next(iter(find_labels(head, _SHIP_TO)), None)
    if ship_to is None:
        return Address((), doubts=(("facility_name", "The slip has no label “Ship To”"),)), ()
    limit = min((label.x0 for label in labels.values() if label.x0 > ship_to.x1), default=float("inf"))
    below = [
        word
        for line in head
        for word in line.words
        if word.base >= ship_to.base - 0.6 * ship_to.em
        and word.x0 < limit - 0.2 * ship_to.em
        and word not in ship_to.words
    ]
    beside = [word for word in below if word.x0 >= ship_to.x1 - 0.2 * ship_to.em]
    same_line = [word for word in beside if abs(word.base - ship_to.base) <= 0.9 * ship_to.em]
    if same_line:
        left = min(word.x0 for word in same_line)
        block = [word for word in beside if word.x0 >= left - 0.5 * ship_to.em]
    else:
        block = [word for word in below if word.x0 >= ship_to.x0 - ship_to.em and word.base > ship_to.base]
    lines = [_extended(line, head, labels) for line in _without_far_lines(text_lines(block))]
    address = read_address([line.text for line in lines])
    if any(word.x1 > limit for line in lines for word in line.words):
        doubt = ("facility_name", "A line of the address runs into the next column")
        address = replace(address, doubts=(*address.doubts, doubt))
    return address, tuple(word.box for line in lines for word in line.words)


def _extended(line: TextLine, head: Sequence[TextLine], labels: dict[str, Label]) -> TextLine:
    """A line of the address with the words that follow it into the column of the labels, when it is that long."""
    taken = {word for label in labels.values() for word in label.words}
    words = list(line.words)
    others = [word for other in head for word in other.words if word not in taken and word.x0 > words[-1].x0]
    for word in sorted(others, key=lambda word: word.x0):
        gap = word.x0 - words[-1].x1
        if abs(word.base - line.base) <= 0.15 * word.em and -0.2 * word.em <= gap <= 0.6 * word.em:
            words.append(word)
    return TextLine(tuple(words), line.base)


def _without_far_lines(lines: Sequence[TextLine]) -> list[TextLine]:
    """The lines of a block up to the first gap that is much wider than the block's own pitch."""
    block = list(lines[:1])
    for before, line in pairwise(lines):
        if line.base - before.base > 2.2 * line.em:
            break
        block.append(line)
    return block
