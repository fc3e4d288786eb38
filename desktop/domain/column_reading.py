"""Checking very many rows: column by column, by the same rules as `LineChecker` has for one row.

A value then costs one dictionary look-up that is made without a call of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from desktop.domain.distributions import LineChecker, Reading
from desktop.domain.imports import LINE_FIELDS


class ReadColumns(NamedTuple):
    """Rows as they were read: the values of each field by its name, and the positions of rows with a problem."""

    values: dict[str, list[object]]
    wrong: set[int]


class ColumnReader:
    """Reads blocks of rows, remembering what each distinct text of a field was read as."""

    def __init__(self, checker: LineChecker) -> None:
        self._fields = {name: _Field(checker.reader(name)) for name in LINE_FIELDS}

    def read(self, columns: Mapping[str, Sequence[str]], size: int) -> ReadColumns:
        """The values of `size` rows; a field without a column is "" in every row."""
        wrong: set[int] = set()
        values = {
            name: field.read(columns[name], wrong) if name in columns else field.read_absent(size, wrong)
            for name, field in self._fields.items()
        }
        return ReadColumns(values, wrong)


class _Field:
    """What the texts of one field were read as: those without a problem, and those with one.

    Bounded, so that memory stays flat on unique or very long texts.
    """

    _BOUND = 20_000
    _LONGEST = 1_000  # characters

    def __init__(self, read: Callable[[str], Reading]) -> None:
        self._read = read
        self._right: dict[str, object] = {}
        self._wrong: dict[str, object] = {}

    def read(self, texts: Sequence[str], wrong: set[int]) -> list[object]:
        """The values of some texts; the positions of those with a problem are added to `wrong`."""
        try:
            return list(map(self._right.__getitem__, texts))
        except KeyError:
            self._learn(texts)
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

    def _learn(self, texts: Sequence[str]) -> None:
        fresh = set(texts).difference(self._right)
        # When full, begin anew: values that repeat do so nearby, as the lines of an order follow each other.
        if len(self._right) + len(fresh) > self._BOUND:
            self._right.clear()
            fresh = set(texts)
        if len(self._wrong) > self._BOUND:
            self._wrong.clear()
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
