"""What is kept of the rows of a file once they are checked: a key and a quantity each, and which have a problem."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from itertools import compress
from typing import cast

from desktop.domain.column_reading import ColumnReader
from desktop.domain.imports import RowBlock
from desktop.domain.line_comparison import NEW, NO_KEY, PROBLEM, SEPARATOR, line_keys, shipment_keys

_KEYED = ("order_number", "facility_name", "sku", "lot_number")
_LINES_AT_ONCE = 250_000  # a set of a million takes 66 MB
iso_day = lru_cache(maxsize=10_000)(date.isoformat)


class CheckedRows:
    """Rows that were checked, 17 bytes each. `states` has NEW or PROBLEM for each: nothing is compared yet."""

    def __init__(self, *, by_shipment: bool = False) -> None:
        """`by_shipment` tells that lines which name their shipment are known by that."""
        self._by_shipment = by_shipment
        self._line_ids: list[str] = []
        self.keys = array("q")
        self.quantities = array("q")
        self.states = bytearray()
        self._orders: list[str] = []  # those of a block joined, so that hundreds of thousands take a few MB

    def copy(self) -> CheckedRows:
        """The same rows, to be changed by themselves."""
        twin = CheckedRows(by_shipment=self._by_shipment)
        twin.keys, twin.quantities, twin.states = self.keys[:], self.quantities[:], self.states[:]
        twin._orders, twin._line_ids = self._orders[:], self._line_ids[:]
        return twin

    def add(self, reader: ColumnReader, block: RowBlock) -> None:
        """Check the rows of a block and append them."""
        size = len(block.lines)
        values, wrong = reader.read(block.columns, size)
        wrong.update(at for at, problems in enumerate(block.problems) if problems)
        states = bytearray(size)
        for at in wrong:
            states[at] = PROBLEM
        right = [state == NEW for state in states]
        keyed = [list(compress(values[name], right)) if wrong else values[name] for name in _KEYED]
        shipped = values["ship_date"]
        days = list(map(iso_day, cast(list[date], list(compress(shipped, right)) if wrong else shipped)))
        keys = line_keys(days, *cast(list[list[str]], keyed))
        if self._by_shipment:
            ids = cast(list[str | None], list(compress(values["ss_shipment_id"], right)))
            known = iter(list(shipment_keys(filter(None, ids))))
            keys = iter([key if line_id is None else next(known) for key, line_id in zip(keys, ids, strict=True)])
            self._line_ids += filter(None, ids)
        if wrong:
            self.keys.extend(next(keys) if good else NO_KEY for good in right)
            quantities = cast(list[int], values["quantity"])
            self.quantities.extend(quantity if good else 0 for quantity, good in zip(quantities, right, strict=True))
        else:
            self.keys.extend(keys)
            self.quantities.extend(cast(list[int], values["quantity"]))
        self.states += states
        if days:
            self._orders.append(SEPARATOR.join(set(cast(list[str], keyed[0]))))

    def replace(self, changed: Mapping[int, int], others: CheckedRows) -> None:
        """Put rows of `others` in the place of some of these: `changed` maps an index here to one there."""
        for here, there in changed.items():
            self.keys[here] = others.keys[there]
            self.quantities[here] = others.quantities[there]
            self.states[here] = others.states[there]
        self._orders += others._orders
        self._line_ids += others._line_ids

    def orders(self) -> set[str]:
        """The order numbers of the rows, and of rows that were replaced."""
        return {order for joined in self._orders for order in joined.split(SEPARATOR)}

    def line_ids(self) -> set[str]:
        """The ids by which the log may know the rows; empty unless they are known by their shipment."""
        return set(self._line_ids)

    def given_twice(self) -> list[int]:
        """Where a line of a shipment is that an earlier row has, too: the log can hold it once only."""
        if not self._line_ids:
            return []
        ids = frozenset(shipment_keys(self._line_ids))
        seen: set[int] = set()
        twice = []
        for at, key in enumerate(self.keys):
            if key in ids and self.states[at] == NEW:
                if key in seen:
                    twice.append(at)
                seen.add(key)
        return twice

    def times(self) -> Mapping[int, int]:
        """How often a line is among these, by its identity, for those that are there more than once."""
        again: list[int] = []
        parts = 1 + len(self.keys) // _LINES_AT_ONCE
        for part in range(parts):
            once: set[int] = set()
            seen = once.add
            lines = zip(map(hash, zip(self.keys, self.quantities, strict=True)), self.states, strict=True)
            again += [
                line for line, state in lines if line % parts == part and state == NEW and (line in once or seen(line))
            ]
        return {line: times + 1 for line, times in Counter(again).items()}

    def identity(self, at: int) -> int:
        """What `times` knows a line by."""
        return hash((self.keys[at], self.quantities[at]))
