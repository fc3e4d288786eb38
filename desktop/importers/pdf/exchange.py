"""What the process that opens a PDF is told and tells: lines of JSON, so that nothing it says can run code here."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from desktop.domain.imports import (
    DateOrder,
    IgnoredLine,
    OrderedLine,
    ParsedPage,
    ParsedRow,
    Printed,
    Problem,
    SalesOrder,
    WordBox,
)
from desktop.domain.products import ProductTable
from desktop.importers.pdf.pages import Contents

# The keys of the lines, in the order in which they come: READY once, PAGES once, DONE after each page, then one of the
# last two.
READY, PAGES, DONE, CONTENTS, PROBLEM = "ready", "pages", "done", "contents", "problem"


class Request(NamedTuple):
    """How a file is to be read, and the bounds of the process that does."""

    dates: DateOrder
    table: ProductTable
    max_pages: int
    max_memory: int  # bytes of address space


def write_request(request: Request) -> str:
    """As one argument of the command line."""
    table = request.table
    document = {
        "dates": request.dates.value,
        "devices": dict(table.devices),
        "others": dict(table.others),
        "packs": dict(table.packs),
        "max_pages": request.max_pages,
        "max_memory": request.max_memory,
    }
    return json.dumps(document)


def read_request(text: str) -> Request:
    """The request of an argument."""
    document = json.loads(text)
    table = ProductTable(document["devices"], document["others"], document["packs"])
    return Request(DateOrder(document["dates"]), table, document["max_pages"], document["max_memory"])


def write_message(key: str, value: object) -> bytes:
    """One line. Named tuples become arrays."""
    return json.dumps({key: value}, separators=(",", ":")).encode() + b"\n"


def write_contents(sha256: str, contents: Contents) -> bytes:
    """The line with everything that was read; `sha256` is that of the bytes it was read from."""
    return write_message(
        CONTENTS, [sha256, contents.rows, contents.pages, contents.orders, contents.layout, contents.notes]
    )


def read_contents(value: Any) -> tuple[str, Contents]:
    """The SHA-256 and what was read. Raises `ValueError`, `TypeError` and `LookupError` when it is not as written."""
    sha256, rows, pages, orders, layout, notes = value
    contents = Contents(
        rows=tuple(map(_row, rows)),
        pages=tuple(map(_page, pages)),
        orders=tuple(map(_order, orders)),
        layout=layout,
        notes=tuple(notes),
    )
    return sha256, contents


def _row(value: Any) -> ParsedRow:
    record, line, texts, problems, page, part, printed = value
    return ParsedRow(record, line, tuple(texts), _problems(problems), page, part, _printed(printed))


def _page(value: Any) -> ParsedPage:
    number, layout, order_number, lines, message, ignored = value
    return ParsedPage(number, layout, order_number, lines, message, tuple(IgnoredLine(*line) for line in ignored))


def _printed(value: Any) -> Printed:
    code, quantity, pack, units, lot_cell, order_number, ship_date, boxes, uncertain, notes = value
    places = {name: tuple(WordBox(*box) for box in found) for name, found in boxes.items()}
    return Printed(
        code, quantity, pack, units, lot_cell, order_number, ship_date, places, tuple(uncertain), _problems(notes)
    )


def _order(value: Any) -> SalesOrder:
    pages, number, date, customer, po, sold_to, ship_to, ship_zip, net, lines, problems = value
    ordered = tuple(OrderedLine(*line) for line in lines)
    return SalesOrder(
        tuple(pages),
        number,
        date,
        customer,
        po,
        tuple(sold_to),
        tuple(ship_to),
        ship_zip,
        net,
        ordered,
        _problems(problems),
    )


def _problems(values: Iterable[Any]) -> tuple[Problem, ...]:
    return tuple(Problem(*value) for value in values)
