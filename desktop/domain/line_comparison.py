"""Which lines of a file the log has already: counted, not guessed.

Two lines are the same when ship date, order number, facility, SKU, lot and quantity agree. What they share but for the
quantity is their key, kept as a hash of 64 bits (Python's own keyed one), so that a million lines take 16 MB. That any
of a million lines has the same hash as a different one among a million in the log has a chance of 1 in 18 million.

A line of a ShipStation export that names its shipment is the same when shipment, SKU and lot agree.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from desktop.domain.distributions import fold_facility

NEW, DUPLICATE, CONFLICT, PROBLEM = range(4)
NO_KEY = 0  # of a line with a problem

SEPARATOR = "\x1f"  # in no value that the rules accept


def line_keys(
    ship_dates: Iterable[str],
    order_numbers: Iterable[str],
    facility_names: Iterable[str],
    skus: Iterable[str],
    lot_numbers: Iterable[str],
) -> Iterator[int]:
    """The keys of lines given column by column, dates as ISO text."""
    columns = (ship_dates, order_numbers, map(fold_facility, facility_names), skus, lot_numbers)
    return map(hash, map(SEPARATOR.join, zip(*columns, strict=True)))


def shipment_keys(line_ids: Iterable[str]) -> Iterator[int]:
    """The keys of lines that are the same when shipment, SKU and lot agree, by their `ss_shipment_id`."""
    return map(hash, map(f"{SEPARATOR}%s".__mod__, line_ids))


class LoggedLines:
    """Lines of the log that a file's lines are compared with: key and quantity of each."""

    def __init__(self, keys: Iterable[int] = (), quantities: Iterable[int] = ()) -> None:
        self.keys = array("q", keys)
        self.quantities = array("q", quantities)

    def add(self, keys: Iterable[int], quantities: Iterable[int]) -> None:
        """Some more lines."""
        self.keys.extend(keys)
        self.quantities.extend(quantities)

    def with_more(self, others: LoggedLines) -> LoggedLines:
        """These lines, and others with keys that none of these has."""
        if not self.keys:
            return others
        known = frozenset(self.keys)
        new = [at for at, key in enumerate(others.keys) if key not in known]
        more = LoggedLines(self.keys, self.quantities)
        more.add([others.keys[at] for at in new], [others.quantities[at] for at in new])
        return more


@dataclass(frozen=True)
class Settled:
    """What becomes of each line: NEW, DUPLICATE, CONFLICT or PROBLEM; and the quantity in the log of each conflict."""

    states: bytes
    differs: dict[int, int]


def settle(states: bytes, keys: Sequence[int], quantities: Sequence[int], logged: LoggedLines) -> Settled:
    """Of k equal lines in the file and m in the log, max(0, k - m) are new.

    A line that is left and differs from a logged one in quantity only is a conflict, one for each such logged line.
    `states` has PROBLEM for lines without a key and NEW for all others.
    """
    if not logged.keys:
        return Settled(states, {})
    settled = bytearray(states)
    left = Counter(map(hash, zip(logged.keys, logged.quantities, strict=True)))
    for number, line in enumerate(map(hash, zip(keys, quantities, strict=True))):
        if left.get(line, 0) > 0 and states[number] == NEW:
            left[line] -= 1
            settled[number] = DUPLICATE
    others: dict[int, list[int]] = {}
    for key, quantity in zip(logged.keys, logged.quantities, strict=True):
        line = hash((key, quantity))
        if left[line] > 0:
            left[line] -= 1
            others.setdefault(key, []).append(quantity)
    for quantities_left in others.values():
        quantities_left.sort(reverse=True)
    differs: dict[int, int] = {}
    if others:
        for number, key in enumerate(keys):
            if key in others and settled[number] == NEW and others[key]:
                differs[number] = others[key].pop()
                settled[number] = CONFLICT
    return Settled(bytes(settled), differs)
