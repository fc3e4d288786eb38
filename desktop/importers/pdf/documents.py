"""What a layout finds on a page: slips, pages of orders, labels. For what a layout is, see `layouts.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from desktop.domain.imports import Problem, WordBox
from desktop.domain.products import PackSize
from desktop.importers.pdf.values import Address, OrderRead

Boxes = Mapping[str, tuple[WordBox, ...]]


def rounded(boxes: Boxes) -> dict[str, tuple[WordBox, ...]]:
    """The boxes of the fields that have some, to a hundredth of a point."""
    return {
        name: tuple(WordBox(box.page, *(round(edge, 2) for edge in box[1:])) for box in found)
        for name, found in boxes.items()
        if found
    }


@dataclass(frozen=True, slots=True)
class SlipRow:
    """One row of a slip's table as printed. `doubts` says why a field is not certain, by its name in LINE_FIELDS."""

    item_code: str
    description: str
    lot_cell: str
    quantity: str
    pack: PackSize | None
    boxes: Boxes
    doubts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Slip:
    """A packing slip: one shipment. `place` is its box on the page; `date_problem` says why `ship_date` is None."""

    place: WordBox
    order: OrderRead
    order_printed: str
    ship_date: date | None
    ship_date_printed: str
    date_problem: str
    address: Address
    email: str
    rows: tuple[SlipRow, ...]
    boxes: Boxes
    problems: tuple[Problem, ...] = ()
    remarks: tuple[str, ...] = ()
    continued: bool = False


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One row of a sales order's table, as written and as numbers (None where it is none)."""

    item_code: str
    description: str
    unit: str
    ordered: str
    price: str
    amount: str
    due: str
    quantity: Decimal | None
    pack: PackSize | None
    boxes: Boxes
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderPage:
    """One page of a sales order. `number` is its own count of pages; `net_order` is on the last page only.

    `remarks` are the texts of its table that are no rows.
    """

    place: WordBox
    order: OrderRead
    order_printed: str
    order_date: str
    customer_number: str
    customer_po: str
    sold_to: tuple[str, ...]
    ship_to: Address
    number: int | None
    goes_on: bool
    net_order: str
    net_amount: Decimal | None
    rows: tuple[OrderRow, ...]
    boxes: Boxes
    problems: tuple[Problem, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CarrierLabel:
    """A carrier's label. `tracking` is "" when it cannot be trusted, and `problem` says why; `note` is worth knowing.

    `words` is all of its text, for an order number among the references.
    """

    place: WordBox
    tracking: str
    ship_date: date | None
    address: Address
    words: str
    boxes: Boxes
    problem: str = ""
    note: str = ""


Document = Slip | OrderPage | CarrierLabel


@dataclass(frozen=True, slots=True)
class Placed:
    """A document with its page and its number on that page, both from 1. `is_picture`: the page is a scan."""

    page: int
    part: int
    layout: str
    document: Document
    is_picture: bool = False


class Found(NamedTuple):
    """What a layout found among the words of one reading direction of a page.

    When nothing was found, `present` are the marks of the layout that are there and `missing` those that are not.
    """

    documents: tuple[Document, ...] = ()
    present: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(slots=True)
class Doubts:
    """Why values are not certain, gathered field by field."""

    found: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, why: str) -> None:
        self.found[name] = f"{self.found[name]}; {why}" if name in self.found else why
