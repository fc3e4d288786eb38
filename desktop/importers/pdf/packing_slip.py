"""Packing slips: a title, who it goes to, order number and dates beside their labels, and a table of items.

Two slips may share a page, and a carrier's label one with a slip. Everything is found from the words of the very slip:
the titles divide the page, the right edge of the labels divides labels from values, the table's header its columns.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from desktop.domain.imports import DateOrder, Problem, WordBox
from desktop.domain.products import ProductTable
from desktop.importers.pdf.documents import Doubts, Found, Slip, SlipRow
from desktop.importers.pdf.grid import (
    Column,
    Label,
    LabelNames,
    Likeness,
    TextLine,
    crosses,
    find_columns,
    find_labels,
    in_column,
    join_text,
    split_repeated,
    split_rows,
    split_within,
    text_lines,
)
from desktop.importers.pdf.values import Address, read_address, read_count, read_date, read_order_number
from desktop.importers.pdf.words import UNREADABLE, Word, around

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
_HEADERS = LabelNames(
    {
        **dict.fromkeys(
            ("item", "item#", "itemcode", "itemno", "itemnumber", "sku", "code", "product", "productcode"), "item"
        ),
        **dict.fromkeys(
            ("description", "itemdescription", "productdescription", "productname", "name", "details"), "description"
        ),
        **dict.fromkeys(
            (
                "lotnumber",
                "lot",
                "lot#",
                "lotno",
                "lotnumbers",
                "lots",
                "lotnos",
                "lotnumbers#",
                "lotserial",
                "lotcode",
            ),
            "lot",
        ),
        **dict.fromkeys(("qty", "quantity", "qtyshipped", "quantityshipped", "shipped", "shippedqty"), "quantity"),
    }
)
_MARKS = ("the title “Packing Slip”", "a table with Item, Lot number and Qty")


class _Value(NamedTuple):
    text: str
    boxes: tuple[WordBox, ...]


_NO_VALUE = _Value("", ())


class _Table(NamedTuple):
    header: TextLine
    labels: list[Label]


def find(lines: Sequence[TextLine], table: ProductTable, dates: DateOrder) -> Found:
    """The slips among the words of one reading direction."""
    titles = _titles(lines)
    headers = [found for line in lines if (found := _header(line)) is not None]
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


def _header(line: TextLine) -> _Table | None:
    """The columns of a table's header; words that are no known header make a column of their own."""
    labels = find_labels([line], _HEADERS)
    names = Counter(label.name for label in labels)
    if not (names["item"] and names["quantity"] and names["lot"]):
        return None
    known = {word for label in labels for word in label.words}
    chosen: dict[str, Label] = {}
    for label in labels:
        chosen.setdefault(label.name, label)
    chosen["quantity"] = next(label for label in reversed(labels) if label.name == "quantity")
    every = [*chosen.values(), *(Label("", (word,)) for word in line.words if word not in known)]
    return _Table(line, sorted(every, key=lambda label: label.x0))


def _read_slip(
    title: Label, lines: Sequence[TextLine], table: _Table, products: ProductTable, dates: DateOrder
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
    rows, remarks, problems = _rows(lines, table, products)
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


def _continuation(lines: Sequence[TextLine], headers: Sequence[_Table], products: ProductTable) -> Slip | None:
    """A table without a title above it, at the top of a page: the rest of the slip on the page before."""
    rows, remarks, problems = _rows(lines, headers[0], products)
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


# --- The table --------------------------------------------------------------------------------------------------------


class _Anchor(NamedTuple):
    """Where a row is: its baseline, and the lines of its item code."""

    base: float
    codes: list[TextLine]
    quantity: TextLine | None


def _rows(
    lines: Sequence[TextLine], table: _Table, products: ProductTable
) -> tuple[list[SlipRow], list[str], list[Problem]]:
    """The rows under a header, what stands below them as free text, and what is wrong with the table as a whole."""
    em = table.header.em
    body = [line for line in lines if line.base > table.header.base + 0.4 * em]
    if body and all(any(name in _HEADER_TAILS for name in (word.text.lower().strip(".:"),)) for word in body[0].words):
        body = body[1:]  # the second line of a header, “number” under “Lot”
    # First as if every cell began where its header does, to part the free text from the table; then by the table.
    columns = find_columns(table.labels, [], {})
    own, _ = _cut_notes(body, columns, products, by_crossing=False)
    columns = find_columns(table.labels, [word for line in own for word in line.words], _likeness(products))
    body, notes = _cut_notes(body, columns, products)
    by_name = _named(columns)
    anchors = _anchors(body, by_name, products)
    words = [word for line in body for word in line.words]
    names: list[str] = [name for name in ("description", "lot") if name in by_name]
    cells = [text_lines(in_column(by_name[name], words)) for name in names]
    splits = dict(zip(names, split_rows(cells, [anchor.base for anchor in anchors], em), strict=True))
    if not splits["lot"].sure and (repeated := split_repeated(cells[names.index("lot")], len(anchors))) is not None:
        # The lot cell is the same on every row: that tells the rows apart where their distances do not.
        splits["lot"] = repeated
        if "description" in splits:
            splits["description"] = split_within(cells[names.index("description")], repeated.rows, em)
    rows = []
    for at, anchor in enumerate(anchors):
        parts = {name: split.rows[at] for name, split in splits.items()}
        sure = {name: split.sure for name, split in splits.items()}
        rows.append(_row(anchor, parts, sure, products))
    problems = []
    if not rows:
        problems.append(Problem(None, "", "The slip's table has no row"))
    return rows, notes, problems


_LOT_LIKE = re.compile(r"SLQ.*|SKU:?|LOT:?|LN:?|[0-9]{8}|[0-9]{11}|X[0-9]+|[0-9]{4}-[0-9]{6}", re.IGNORECASE)
_COUNT_LIKE = re.compile(r"[0-9]{1,4}(?:\.0+)?")


def _likeness(products: ProductTable) -> Likeness:
    def lot(word: Word) -> int:
        text = word.text.strip(":,;()")
        return 1 if _LOT_LIKE.fullmatch(text) or products.knows(text) else 0

    def quantity(word: Word) -> int:
        return 1 if _COUNT_LIKE.fullmatch(word.text) and not products.knows(word.text) else -1

    return {"lot": lot, "quantity": quantity}


_HEADER_TAILS = frozenset(("number", "numbers", "no", "#", "shipped", "code", "qty"))


def _cut_notes(
    body: Sequence[TextLine], columns: Sequence[Column], products: ProductTable, *, by_crossing: bool = True
) -> tuple[list[TextLine], list[str]]:
    """The table's lines, and the text of those below it: free notes, a sender, a foot.

    The table ends after its last row, which has an item code or a quantity, at the first line that runs across the
    columns or stands apart.
    """
    by_name = _named(columns)

    def runs_across(line: TextLine) -> bool:
        return by_crossing and crosses(line, columns, body[: last + 1])

    last = -1
    for at, line in enumerate(body):
        if _known_code(line, by_name, products) or (_is_row(line, by_name, products) and not runs_across(line)):
            last = at
    if last < 0:
        return [], [line.text for line in body]
    end = last + 1
    while end < len(body):
        line = body[end]
        step = line.base - body[end - 1].base
        if step > 2.6 * line.em or runs_across(line) or _begins_left(line, columns):
            break
        if in_column(by_name["item"], line.words) and not _continues_code(body[last], line, by_name, products):
            break
        end += 1
    return list(body[:end]), [line.text for line in body[end:]]


def _named(columns: Sequence[Column]) -> dict[str, Column]:
    return {column.name: column for column in columns if column.name}


def _begins_left(line: TextLine, columns: Sequence[Column]) -> bool:
    return line.words[0].x0 < columns[0].header.x0 - 1.5 * line.em


def _known_code(line: TextLine, by_name: dict[str, Column], products: ProductTable) -> bool:
    return products.knows(" ".join(word.text for word in in_column(by_name["item"], line.words)))


def _is_row(line: TextLine, by_name: dict[str, Column], products: ProductTable) -> bool:
    """Whether a line holds a row's quantity or item code."""
    quantity = in_column(by_name["quantity"], line.words)
    if len(quantity) == 1 and read_count(quantity[0].text) is not None:
        return True
    code = " ".join(word.text for word in in_column(by_name["item"], line.words))
    return bool(code) and (products.knows(code) or (" " not in code and any(map(str.isdigit, code)) and len(code) >= 4))


def _continues_code(first: TextLine, line: TextLine, by_name: dict[str, Column], products: ProductTable) -> bool:
    before = " ".join(word.text for word in in_column(by_name["item"], first.words))
    code = " ".join(word.text for word in in_column(by_name["item"], line.words))
    return before.endswith("-") or products.knows(join_text([before, code]))


def _anchors(body: Sequence[TextLine], by_name: dict[str, Column], products: ProductTable) -> list[_Anchor]:
    """One anchor a row: an item code and a quantity on one baseline, or one of them alone."""
    codes = text_lines(in_column(by_name["item"], [word for line in body for word in line.words]))
    counts = text_lines(in_column(by_name["quantity"], [word for line in body for word in line.words]))
    beside: dict[int, TextLine] = {}
    free: list[TextLine] = []
    for quantity in counts:
        near = min(
            (at for at in range(len(codes)) if at not in beside),
            key=lambda at: abs(codes[at].base - quantity.base),
            default=None,
        )
        if near is not None and abs(codes[near].base - quantity.base) <= 0.5 * quantity.em:
            beside[near] = quantity
        else:
            free.append(quantity)
    anchors: list[_Anchor] = []
    at = 0
    while at < len(codes):
        group = [codes[at]]
        count = beside.get(at)
        while at + len(group) < len(codes) and at + len(group) not in beside:
            after = codes[at + len(group)]
            between = next((free_count for free_count in free if group[0].base < free_count.base < after.base), None)
            text = join_text([line.text for line in group])
            whole = join_text([text, after.text])
            close = after.base - group[-1].base <= 1.7 * after.em
            if not close or not (text.endswith("-") or products.knows(whole) or between is not None):
                break
            group.append(after)
            if count is None and between is not None:
                count = between
                free.remove(between)
        base = count.base if count is not None and len(group) > 1 and at not in beside else group[0].base
        anchors.append(_Anchor(base, group, count))
        at += len(group)
    anchors += [_Anchor(quantity.base, [], quantity) for quantity in free]
    return sorted(anchors, key=lambda anchor: anchor.base)


def _row(anchor: _Anchor, parts: dict[str, list[TextLine]], sure: dict[str, bool], products: ProductTable) -> SlipRow:
    doubts = Doubts()
    code = join_text([line.text for line in anchor.codes])
    description = join_text([line.text for line in parts.get("description", [])])
    lot_cell = join_text([line.text for line in parts.get("lot", [])])
    quantity = "" if anchor.quantity is None else anchor.quantity.text
    if not sure.get("description", True):
        doubts.add("quantity", "The rows of the table are too close to tell which description is of which row")
    if not sure.get("lot", True):
        doubts.add("lot_number", "The rows of the table are too close to tell which lot is of which row")
    for name, text in (("sku", code), ("lot_number", lot_cell), ("quantity", quantity)):
        if UNREADABLE in text:
            doubts.add(name, "The file does not say which characters these are")
    boxes = {
        "sku": tuple(word.box for line in anchor.codes for word in line.words),
        "lot_number": tuple(word.box for line in parts.get("lot", []) for word in line.words),
        "quantity": tuple(
            word.box
            for line in [*([anchor.quantity] if anchor.quantity else []), *parts.get("description", [])]
            for word in line.words
        ),
    }
    pack = products.pack(description)
    return SlipRow(code, description, lot_cell, quantity, pack, boxes, tuple(doubts.found.items()))
