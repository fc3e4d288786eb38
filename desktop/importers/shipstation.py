"""The shipment export of ShipStation: which of its rows are lines of the log.

It has one row per item with the order's columns repeated, one more row without an item for some labels, rows of voided
labels, and no column for lots: those are written into the notes of an order, or filled in at the review.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

from desktop.domain.distributions import is_blank
from desktop.domain.imports import REQUIRED_FIELDS, Problem
from desktop.domain.lots import normalise_lot
from desktop.domain.products import SKUS
from desktop.importers.block import Block
from desktop.importers.header import folded

# An export has no lots.
REQUIRED = tuple(field for field in REQUIRED_FIELDS if field != "lot_number")

_MARKS = frozenset(map(folded, ("Order - Number", "Date - Shipped Date", "Item - SKU")))
_VOID = frozenset(map(folded, ("Shipment - Void Flag", "Shipment - Voided", "Void Flag", "Voided")))
_ITEM = folded("Item")
_NOTES = (folded("Notes"), folded("Custom - Field"))
_YES, _NO = frozenset({"true", "yes", "y", "1"}), frozenset({"false", "no", "n", "0", ""})
_DATE_TIME = re.compile(
    r"([0-9]{1,2}/[0-9]{1,2}/[0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2})[ T\u00a0\u202f]+"
    r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:[ \u00a0\u202f]?[AP]M)?",
    re.I,
)
# A lot as it is printed, whole: not a part of a longer word or number.
_LOT = re.compile(r"(?<![A-Z0-9])SLQ[-\u00ad\u2010-\u2014\u2212]?[0-9]{5,11}(?![A-Z0-9])", re.I)
_NOT_IN_A_SKU = re.compile(r"[^0-9A-Za-z]")
_DEVICE_NUMBERS = tuple(sku[:6] for sku in SKUS)
_NAMES_LISTED = 20


def is_shipstation(header: Sequence[str]) -> bool:
    """Whether a table is such an export, by its columns."""
    return set(map(folded, header)) >= _MARKS


@lru_cache(maxsize=10_000)
def without_time(text: str) -> str:
    """A date-time such as `4/2/2025 4:00:00 AM` without its time of day; any other text as it is."""
    match = _DATE_TIME.fullmatch(text.strip())
    return text if match is None else match.group(1)


class ShipStationRows:
    """Picks the lines of the log out of the rows of an export, and finds their lots in the notes.

    A lot in the notes is taken when it is the only one there, and the order is of one kind of device: else nothing
    tells which item it belongs to. `undecided` holds the orders for which it was taken too early.
    """

    def __init__(self, header: Sequence[str], positions: Mapping[str, int]) -> None:
        names = [folded(name) for name in header]
        self._sku_at = positions["sku"]
        self._date_at = positions["ship_date"]
        self._order_at = positions["order_number"]
        self._has_lots = "lot_number" in positions
        self._void_at = next((at for at, name in enumerate(names) if name in _VOID), None)
        items = {at for at, name in enumerate(names) if name.startswith(_ITEM)}
        self._items_at = tuple(items | {self._sku_at, positions["quantity"]})
        self._notes_at = tuple(at for at, name in enumerate(names) if name.startswith(_NOTES))
        self._voided = 0
        self._without_item = 0
        self._no_devices: Counter[str] = Counter()
        self._times = 0
        self._lots = 0
        self._sku_of: dict[str, str] = {}
        self.undecided: set[str] = set()

    def take(self, block: Block) -> Block:
        """The rows of a block that are lines of the log; without a column for lots each has a last cell for it."""
        taken = Block(plain=False)
        for at, (row, line) in enumerate(zip(block.rows, block.lines, strict=True)):
            problems = block.problems.get(at, ())
            if not problems:
                flag = "" if self._void_at is None else row[self._void_at].strip().lower()
                if flag in _YES:
                    self._voided += 1
                    continue
                if all(is_blank(row[item]) for item in self._items_at):
                    self._without_item += 1
                    continue
                if self._is_no_device(row[self._sku_at]):
                    self._no_devices[row[self._sku_at].strip()] += 1
                    continue
                if flag not in _NO:
                    message = "The void flag of this row is neither true nor false"
                    problems = (Problem(None, row[self._void_at or 0], message),)
            if problems:
                taken.problems[len(taken.rows)] = problems
            self._cut_time(row)
            taken.rows.append(row if self._has_lots else [*row, self._lot(row)])
            taken.lines.append(line)
        return taken

    def notes(self) -> tuple[str, ...]:
        """What was left out and where the lots come from."""
        notes = []
        if self._voided:
            notes.append(f"{_skipped(self._voided, 'of voided labels')}.")
        if self._without_item:
            notes.append(f"{_skipped(self._without_item, 'without an item')}.")
        if self._no_devices:
            more = len(self._no_devices) - _NAMES_LISTED
            names = ", ".join(f"{sku} ({times})" for sku, times in self._no_devices.most_common(_NAMES_LISTED))
            names += f" and {more} more" if more > 0 else ""
            notes.append(f"{_skipped(self._no_devices.total(), 'of items that are not devices')}: {names}.")
        if self._times:
            notes.append("The time of day of the ship dates was left out.")
        if not self._has_lots:
            notes.append(
                "The file has no column for lots: one was taken from the notes where it is the only one, and the order "
                "is of one kind of device. Fill in the others."
                if self._lots
                else "The file has no column for lots, and its notes hold none: fill them in."
            )
        return tuple(notes)

    def _cut_time(self, row: list[str]) -> None:
        written = row[self._date_at]
        row[self._date_at] = without_time(written)
        self._times += row[self._date_at] != written

    def _lot(self, row: Sequence[str]) -> str:
        order, sku = row[self._order_at].strip(), row[self._sku_at].strip()
        if self._sku_of.setdefault(order, sku) != sku:
            self.undecided.add(order)
        found = [lot for at in self._notes_at for lot in _LOT.findall(row[at])]
        if len({normalise_lot(lot) for lot in found}) != 1:
            return ""
        self._lots += 1
        return str(found[0])

    @staticmethod
    def _is_no_device(sku: str) -> bool:
        """Whether an item is surely none of the devices; a SKU that only looks like one stays, as a problem."""
        if sku in SKUS or is_blank(sku):
            return False
        bare = _NOT_IN_A_SKU.sub("", sku)
        return not any(number in bare for number in _DEVICE_NUMBERS)


def _skipped(count: int, what: str) -> str:
    return f"{count:,} row{'' if count == 1 else 's'} {what} {'was' if count == 1 else 'were'} skipped"
