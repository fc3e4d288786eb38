"""The table of a packing slip: its header, its columns, its rows, and where it ends."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from desktop.domain.imports import Problem
from desktop.domain.products import ProductTable
from desktop.importers.pdf.documents import Doubts, SlipRow
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
from desktop.importers.pdf.values import read_count
from desktop.importers.pdf.words import UNREADABLE, Word

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


class TableHeader(NamedTuple):
    """The line of a header and its columns' labels, from left to right; one of no known name is called ""."""

    header: TextLine
    labels: list[Label]


def find_header(line: TextLine) -> TableHeader | None:
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
    return TableHeader(line, sorted(every, key=lambda label: label.x0))


class _Anchor(NamedTuple):
    """Where a row is: its baseline, and the lines of its item code."""

    base: float
    codes: list[TextLine]
    quantity: TextLine | None


def read_rows(
    lines: Sequence[TextLine], table: TableHeader, products: ProductTable
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
