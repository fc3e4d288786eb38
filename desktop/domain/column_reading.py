"""Checking very many rows: column by column, by the same rules as `LineChecker` has for one row.

A value then costs one dictionary look-up that is made without a call of ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from operator import eq
from typing import NamedTuple

from desktop.domain.distributions import LineChecker, Reading, shipment_line_id
from desktop.domain.imports import LINE_FIELDS

# Fields whose plain texts are kept as they are written.
_TEXTS = frozenset(LINE_FIELDS) - {"ship_date", "sku", "lot_number", "quantity"}
_EXPONENT = re.compile(r"[0-9][Ee]\+?[0-9]")  # of a number that a spreadsheet shortened


class ReadColumns(NamedTuple):
    """Rows as they were read: the values of each field by its name, and the positions of rows with a problem."""

    values: dict[str, list[object]]
    wrong: set[int]


class ColumnReader:
    """Reads blocks of rows, remembering what each distinct text of a field was read as."""

    def __init__(self, checker: LineChecker) -> None:
        # A text that may have lost leading zeros is no plain one.
        texts = _TEXTS - checker.fixed_widths.keys()
        self._fields = {name: _Field(checker.reader(name), is_text=name in texts) for name in LINE_FIELDS}
        self._one_id_a_line = checker.one_id_a_line

    def read(self, columns: Mapping[str, Sequence[str]], size: int) -> ReadColumns:
        """The values of `size` rows; a field without a column is "" in every row."""
        wrong: set[int] = set()
        values = {
            name: field.read(columns[name], wrong) if name in columns else field.read_absent(size, wrong)
            for name, field in self._fields.items()
        }
        if self._one_id_a_line:
            ids = zip(values["ss_shipment_id"], values["sku"], values["lot_number"], strict=True)
            values["ss_shipment_id"] = [
                None if shipment_id is None else shipment_line_id(str(shipment_id), str(sku), str(lot))
                for shipment_id, sku, lot in ids
            ]
        return ReadColumns(values, wrong)


class _Field:
    """What the texts of one field were read as: those without a problem, and those with one.

    Bounded, so that memory stays flat on unique or very long texts.
    """

    _BOUND = 20_000
    _LONGEST = 1_000  # characters

    def __init__(self, read: Callable[[str], Reading], *, is_text: bool) -> None:
        self._read = read
        self._is_text = is_text
        self._right: dict[str, object] = {}
        self._wrong: dict[str, object] = {}

    def read(self, texts: Sequence[str], wrong: set[int]) -> list[object]:
        """The values of some texts; the positions of those with a problem are added to `wrong`."""
        try:
            return list(map(self._right.__getitem__, texts))
        except KeyError:
            fresh = set(texts).difference(self._right)
        plain = self._is_text and are_plain(fresh)
        if plain and len(fresh) * 2 > len(texts):
            return list(texts)
        self._learn(fresh, texts, plain=plain)
        try:
            return list(map(self._right.__getitem__, texts))
        except KeyError:
            return [self._one(text, at, wrong) for at, text in enumerate(texts)]

    def read_absent(self, size: int, wrong: set[int]) -> list[object]:
        """The values of a field that the file has no column for."""
        reading = self._read("")
        if reading.problem is not None:
            wrong.update(range(size))
        return [reading.value] * size

    def _learn(self, fresh: set[str], texts: Sequence[str], *, plain: bool) -> None:
        # When full, begin anew: values that repeat do so nearby, as the lines of an order follow each other.
        if len(self._right) + len(fresh) > self._BOUND:
            self._right.clear()
            fresh, plain = set(texts), False
        if len(self._wrong) > self._BOUND:
            self._wrong.clear()
        if plain:
            self._right.update(zip(fresh, fresh, strict=True))
            return
        for text in fresh.difference(self._wrong):
            if len(text) <= self._LONGEST:
                reading = self._read(text)
                (self._right if reading.problem is None else self._wrong)[text] = reading.value

    def _one(self, text: str, at: int, wrong: set[int]) -> object:
        if text in self._right:
            return self._right[text]
        if text in self._wrong:
            wrong.add(at)
            return self._wrong[text]
        reading = self._read(text)
        if reading.problem is not None:
            wrong.add(at)
        return reading.value


def are_plain(texts: Collection[str]) -> bool:
    """Whether every text is surely kept as it is written, without a problem, in any field for text."""
    joined = "".join(texts)
    return (
        joined.isascii()
        and joined.isprintable()
        and all(texts)
        and "=" not in joined  # it may wrap the text
        and "#" not in joined  # it begins a spreadsheet's errors
        and not (("E" in joined or "e" in joined) and _EXPONENT.search(joined))
        and all(map(eq, texts, map(str.strip, texts)))
    )
