"""Rows of text that take little memory: a million rows of a file are held as packed chunks."""

from __future__ import annotations

import sys
import zlib
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, repeat
from typing import NamedTuple, overload

from desktop.domain.imports import LINE_FIELDS, ParsedRow, Problem, RowBlock

# So much text is kept as it is, so that files of usual size cost no compression.
_PLAIN_BYTES = 32 * 1024 * 1024
_UNIT_SEPARATOR = "\x1f"

# `ParsedRow._make` without its check of the length, which `zip` below makes sure of.
_as_row = partial(tuple.__new__, ParsedRow)
_NOT_PRINTED = (repeat(None), repeat(None), repeat(None))


class _Chunk(NamedTuple):
    """Some rows: `cells` are the texts column by column, joined by `separator`, in UTF-8 and deflated when bytes.

    `problems` has one item per row, or none when no row has a problem.
    """

    size: int
    lines: Sequence[int]
    cells: str | bytes
    separator: str
    problems: Sequence[tuple[Problem, ...]]


class PackedRows(Sequence[ParsedRow]):
    """Rows in the order they were appended; `rows[i].record` is always i + 1.

    Iterating is fast; a single row costs the unpacking of its chunk, and the last chunk is remembered.
    """

    def __init__(self, fields: Sequence[str]) -> None:
        """`fields` are the names in LINE_FIELDS that have a column; the others are "" in every row."""
        self._fields = tuple(fields)
        self._chunks: list[_Chunk] = []
        self._starts: list[int] = []
        self._count = 0
        self._plain = 0
        self._unpacked: tuple[int, list[ParsedRow]] = (-1, [])

    def append_columns(
        self, columns: Sequence[Sequence[str]], lines: Sequence[int], problems: Mapping[int, tuple[Problem, ...]]
    ) -> None:
        """Appends rows given as one column per field, all as long as `lines`, the lines where the rows start.

        `problems` holds those of the rows' shape by position in this call. A chunk that is a few hundred rows long
        suits both iterating and picking single rows.
        """
        if not lines:
            return
        separator = _UNIT_SEPARATOR
        cells = separator.join(map(separator.join, columns))
        if cells.count(separator) != len(columns) * len(lines) - 1:
            separator = next(char for char in map(chr, range(sys.maxunicode, 0, -1)) if char not in cells)
            cells = separator.join(map(separator.join, columns))
        packed: str | bytes = cells
        self._plain += sys.getsizeof(cells)
        if self._plain > _PLAIN_BYTES:
            packed = zlib.compress(cells.encode("utf-8", "surrogatepass"), 1)
        row_problems = [problems.get(at, ()) for at in range(len(lines))] if problems else ()
        self._chunks.append(_Chunk(len(lines), lines, packed, separator, row_problems))
        self._starts.append(self._count)
        self._count += len(lines)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[ParsedRow]:
        return chain.from_iterable(map(self._unpack, range(len(self._chunks))))

    @overload
    def __getitem__(self, index: int) -> ParsedRow: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[ParsedRow]: ...
    def __getitem__(self, index: int | slice) -> ParsedRow | Sequence[ParsedRow]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(self._count))]
        at = index + self._count if index < 0 else index
        if not 0 <= at < self._count:
            raise IndexError(f"row {index} of {self._count}")
        number = bisect_right(self._starts, at) - 1
        remembered, rows = self._unpacked
        if remembered != number:
            rows = self._unpack(number)
            self._unpacked = (number, rows)
        return rows[at - self._starts[number]]

    def blocks(self) -> Iterator[RowBlock]:
        """All rows, column by column, chunk by chunk."""
        for number, chunk in enumerate(self._chunks):
            yield RowBlock(self._starts[number], chunk.lines, self._columns(number), chunk.problems)

    def _columns(self, number: int) -> dict[str, list[str]]:
        size, _, packed, separator, _ = self._chunks[number]
        cells = packed if isinstance(packed, str) else zlib.decompress(packed).decode("utf-8", "surrogatepass")
        texts = cells.split(separator)
        return {field: texts[at * size : (at + 1) * size] for at, field in enumerate(self._fields)}

    def _unpack(self, number: int) -> list[ParsedRow]:
        size, lines, _, _, problems = self._chunks[number]
        columns = self._columns(number)
        absent = [""] * size
        first = self._starts[number] + 1
        values = zip(*[columns.get(field, absent) for field in LINE_FIELDS], strict=True)
        # A text file has neither page nor part, and nothing was printed.
        rows = zip(range(first, first + size), lines, values, problems or repeat(()), *_NOT_PRINTED, strict=False)
        return list(map(_as_row, rows))
