"""Sales orders: what was ordered, at which price, for whom. They carry no lots; slips are checked against them.

The head repeats on every page of an order, `CONTINUED` ends a page that goes on, `NET ORDER:` and totals end the order.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from desktop.domain.imports import DateOrder, Problem, WordBox
from desktop.domain.products import ProductTable
from desktop.importers.pdf.documents import Found, OrderPage, OrderRow
from desktop.importers.pdf.grid import Label, LabelNames, TextLine, find_labels, join_text, text_lines
from desktop.importers.pdf.values import Address, read_address, read_amount, read_date, read_order_number
from desktop.importers.pdf.words import Word, around

NAME = "sales_order"

_LABELS = LabelNames(
    {
        **dict.fromkeys(("ordernumber", "orderno", "order#", "salesordernumber"), "order"),
        "orderdate": "date",
        **dict.fromkeys(("customernumber", "customerno", "customer#"), "customer"),
        "soldto": "sold to",
        "shipto": "ship to",
        "salesperson": "salesperson",
        **dict.fromkeys(("customerpo", "customerpo#", "customerponumber"), "po"),
        "shipvia": "ship via",
        "fob": "fob",
        "terms": "terms",
        **dict.fromkeys(("netorder", "ordernet"), "net"),
        **dict.fromkeys(("continued", "continuedonnextpage"), "continued"),
        "page": "page",
        **dict.fromkeys(("lessdiscount", "freight", "salestax", "ordertotal"), "total"),
    }
)
_HEADERS = LabelNames(
    {
        **dict.fromkeys(("itemcode", "item", "itemnumber", "itemno"), "item"),
        **dict.fromkeys(("itemdescription", "description"), "description"),
        **dict.fromkeys(("unit", "um", "uom"), "unit"),
        **dict.fromkeys(("ordered", "qtyordered", "quantityordered", "quantity", "qty"), "ordered"),
        **dict.fromkeys(("price", "unitprice"), "price"),
        **dict.fromkeys(("amount", "extension"), "amount"),
        **dict.fromkeys(("datedue", "duedate", "date"), "due"),
    }
)
_MARKS = ("“ORDER NUMBER:”", "“SHIP TO:”", "a table with ITEM CODE, ORDERED and AMOUNT")
_DATE = re.compile(r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{2,4}")
_CENT = Decimal("0.01")


def find(lines: Sequence[TextLine], table: ProductTable, dates: DateOrder) -> Found:
    """The page of a sales order among the words of one reading direction."""
    labels = find_labels(lines, _LABELS)
    header = next((found for line in lines if (found := _header(line)) is not None), None)
    number = next((label for label in labels if label.name == "order"), None)
    ship_to = next((label for label in labels if label.name == "ship to"), None)
    marks = dict(zip(_MARKS, (number, ship_to, header), strict=True))
    missing = tuple(name for name, mark in marks.items() if mark is None)
    if number is None or header is None:
        return Found((), tuple(name for name in _MARKS if name not in missing), missing)
    return Found((_read_page(lines, labels, number, header, table, dates),), _MARKS, ())


def _header(line: TextLine) -> dict[str, Label] | None:
    labels: dict[str, Label] = {}
    for label in find_labels([line], _HEADERS):
        labels.setdefault(label.name, label)
    return {"line": Label("line", line.words), **labels} if {"item", "ordered", "amount"} <= set(labels) else None


def _read_page(
    lines: Sequence[TextLine],
    labels: Sequence[Label],
    number: Label,
    header: dict[str, Label],
    table: ProductTable,
    dates: DateOrder,
) -> OrderPage:
    top = header["item"].base
    head_labels = [label for label in labels if label.base < top]
    order_words = _beside(number, lines, head_labels)
    printed = _text(order_words)
    order = read_order_number(printed)
    date_words = _beside_named("date", lines, head_labels)
    problems = []
    if not date_words or read_date(_text(date_words), dates).value is None:
        message = "The order date is empty on the page" if not date_words else "The order date is not read as a date"
        problems.append(Problem(None, _text(date_words), message))
    sold_to, _ = _block("sold to", lines, head_labels)
    ship_lines, ship_boxes = _block("ship to", lines, head_labels)
    foot = [label for label in labels if label.base > top and label.name in ("net", "total", "continued")]
    end = min((label.base for label in foot), default=float("inf"))
    net = next((label for label in foot if label.name == "net"), None)
    net_words = _beside(net, lines, foot) if net is not None else []
    page_words = _beside_named("page", lines, labels)
    page_number = re.search(r"[0-9]{1,3}", _text(page_words))
    body = [line for line in lines if top + 0.4 * header["item"].em < line.base < end - 0.3 * header["item"].em]
    rows, remarks = _rows(body, header, table)
    return OrderPage(
        place=around(word.box for line in lines for word in line.words),
        order=order,
        order_printed=printed,
        order_date=_text(date_words),
        customer_number=_text(_beside_named("customer", lines, head_labels)),
        customer_po=_under("po", lines, head_labels, top),
        sold_to=sold_to,
        ship_to=read_address(ship_lines) if ship_lines else Address(()),
        number=int(page_number.group()) if page_number else None,
        goes_on=any(label.name == "continued" for label in foot),
        net_order=_text(net_words),
        net_amount=read_amount(_text(net_words)) if net_words else None,
        rows=tuple(rows),
        boxes={"order_number": tuple(word.box for word in order_words), "facility_name": ship_boxes},
        problems=tuple(problems),
        remarks=tuple(remarks),
    )


# --- The head ---------------------------------------------------------------------------------------------------------


def _beside_named(name: str, lines: Sequence[TextLine], labels: Sequence[Label]) -> list[Word]:
    label = next((label for label in labels if label.name == name), None)
    return [] if label is None else _beside(label, lines, labels)


def _beside(label: Label, lines: Sequence[TextLine], labels: Sequence[Label]) -> list[Word]:
    """The words to the right of a label on its baseline, up to the next label."""
    near = 0.45 * label.em
    limit = min(
        (other.x0 for other in labels if abs(other.base - label.base) <= near and other.x0 > label.x1),
        default=float("inf"),
    )
    words = [
        word
        for line in lines
        for word in line.words
        if abs(word.base - label.base) <= near
        and label.x1 - 0.1 * label.em <= word.x0 < limit
        and word not in label.words
    ]
    return sorted(words, key=lambda word: word.x0)


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words).strip().removeprefix(":").strip()


def _block(
    name: str, lines: Sequence[TextLine], labels: Sequence[Label]
) -> tuple[tuple[str, ...], tuple[WordBox, ...]]:
    """The lines under (or beside) SOLD TO or SHIP TO, in its column, down to the next label below."""
    label = next((label for label in labels if label.name == name), None)
    if label is None:
        return (), ()
    sides = [other for other in labels if other.name in ("sold to", "ship to") and other is not label]
    right = min((other.x0 for other in sides if other.x0 > label.x1), default=float("inf"))
    floor = min((other.base for other in labels if other.base > label.base + 0.5 * label.em), default=float("inf"))
    words = [
        word
        for line in lines
        for word in line.words
        if label.base - 0.5 * label.em < word.base < floor - 0.3 * label.em
        and label.x0 - 0.5 * label.em <= word.x0 < right - 0.3 * label.em
        and word not in label.words
    ]
    block: list[TextLine] = []
    for line in text_lines(words):
        if block and line.base - block[-1].base > 2.6 * line.em:
            break
        block.append(line)
    return tuple(line.text for line in block), tuple(word.box for line in block for word in line.words)


def _under(name: str, lines: Sequence[TextLine], labels: Sequence[Label], top: float) -> str:
    """The words under a label of the row CUSTOMER P.O., SHIP VIA, F.O.B., TERMS, each centred under its own."""
    label = next((label for label in labels if label.name == name), None)
    if label is None:
        return ""
    row = [other for other in labels if abs(other.base - label.base) <= 0.5 * label.em]
    line = next((line for line in lines if label.base + 0.5 * label.em < line.base < top - 0.3 * label.em), None)
    if line is None or line.base - label.base > 2.5 * label.em:
        return ""

    def nearest(word: Word) -> Label:
        centre = (word.x0 + word.x1) / 2
        return min(row, key=lambda other: abs((other.x0 + other.x1) / 2 - centre))

    groups: list[list[Word]] = []
    for word in line.words:
        if groups and word.x0 - groups[-1][-1].x1 < 0.6 * word.em:
            groups[-1].append(word)
        else:
            groups.append([word])
    for group in groups:
        whole = group[0]._replace(x1=group[-1].x1)
        if nearest(whole) is label:
            return " ".join(word.text for word in group)
    return ""


# --- The table --------------------------------------------------------------------------------------------------------


def _rows(body: Sequence[TextLine], header: dict[str, Label], table: ProductTable) -> tuple[list[OrderRow], list[str]]:
    """The rows, and the texts that are none. A row begins at a line with an item code and a number or a known code.

    The lines up to the next one in the item column go on describing it.
    """
    rows: list[OrderRow] = []
    remarks: list[str] = []
    at = 0
    while at < len(body):
        end = at + 1
        if not _starts_row(body[at], header, table):
            remarks.append(body[at].text)
        else:
            while end < len(body) and not _code_words(body[end], header):
                if end > at + 1 and body[end].base - body[end - 1].base > 2.5 * body[end].em:
                    break
                end += 1
            rows.append(_row(body[at], body[at + 1 : end], header, table))
        at = end
    return rows, remarks


def _edge(header: dict[str, Label]) -> float:
    """Where the item codes end: before the description's header, or half-way to the next one."""
    after = header.get("description") or header.get("unit") or header["ordered"]
    return after.x0 - 0.3 * after.em


def _code_words(line: TextLine, header: dict[str, Label]) -> list[Word]:
    left, right = header["item"].x0 - 1.5 * header["item"].em, _edge(header)
    return [word for word in line.words if left <= word.x0 < right]


def _numbers(line: TextLine, header: dict[str, Label]) -> list[Word]:
    """The numbers at the right of a line, in the columns ORDERED, PRICE and AMOUNT."""
    left = header.get("unit", header["ordered"]).x0 - 0.5 * header["ordered"].em
    return [word for word in line.words if word.x1 > left and "." in word.text and read_amount(word.text) is not None]


def _starts_row(line: TextLine, header: dict[str, Label], table: ProductTable) -> bool:
    code = _code_words(line, header)
    if not code:
        return False
    return bool(_numbers(line, header)) or table.knows(_text(code))


def _row(line: TextLine, more: Sequence[TextLine], header: dict[str, Label], table: ProductTable) -> OrderRow:
    code = _code_words(line, header)
    cells = _columns(_numbers(line, header), header)
    first_number = min((word.x0 for word in cells.values()), default=header["ordered"].x0)
    rest = [word for word in line.words if word not in code and word not in cells.values()]
    due = next((word for word in reversed(rest) if _DATE.fullmatch(word.text) and word.x0 > first_number), None)
    unit_left = header["unit"].x0 - 1.2 * header["unit"].em if "unit" in header else first_number
    units = [word for word in rest if word is not due and unit_left <= word.x0 < first_number]
    first = " ".join(word.text for word in rest if word is not due and word not in units)
    description = join_text(list(filter(None, (first, *(item.text for item in more)))))
    ordered, price, amount = (
        "" if (word := cells.get(name)) is None else word.text for name in ("ordered", "price", "amount")
    )
    quantity, price_read, amount_read = map(read_amount, (ordered, price, amount))
    problems = []
    if quantity is None:
        problems.append(Problem("quantity", ordered, "The ordered quantity is not read"))
    if quantity is None or price_read is None or amount_read is None:
        problems.append(Problem(None, f"{ordered} x {price} = {amount}", "Quantity, price and amount are not all read"))
    elif abs((quantity * price_read).quantize(_CENT, ROUND_HALF_UP) - amount_read) > _CENT:
        problems.append(Problem(None, f"{ordered} x {price} = {amount}", "Quantity times price is not the amount"))
    boxes = {
        "sku": tuple(word.box for word in code),
        "quantity": tuple(cells[name].box for name in ("ordered",) if name in cells),
    }
    return OrderRow(
        item_code=_text(code),
        description=description,
        unit=_text(units),
        ordered=ordered,
        price=price,
        amount=amount,
        due="" if due is None else due.text,
        quantity=quantity,
        pack=table.pack(f"{description} | {_text(units)}"),
        boxes=boxes,
        problems=tuple(problems),
    )


def _columns(numbers: Sequence[Word], header: dict[str, Label]) -> dict[str, Word]:
    """Three numbers are quantity, price and amount in this order; fewer go to the header that ends nearest."""
    names = [name for name in ("ordered", "price", "amount") if name in header]
    last = numbers[-3:] if len(names) == 3 else numbers[-len(names) :]
    if len(last) == len(names):
        return dict(zip(names, last, strict=True))
    cells: dict[str, Word] = {}
    for word in last:
        cells.setdefault(min(names, key=lambda name: abs(header[name].x1 - word.x1)), word)
    return cells
