"""A table in, rows of text out: its columns, its date order and what its rows look like, whatever file it stood in.

Every trouble with the content is a problem of the file or of a row, in one sentence; none is an exception.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from operator import itemgetter

from desktop.domain.distributions import is_blank
from desktop.domain.import_review import ImportChoices
from desktop.domain.imports import (
    LINE_FIELDS,
    REQUIRED_FIELDS,
    FileKind,
    FileProblemKind,
    ParsedFile,
    ParsedRow,
    Problem,
    RememberedLayout,
)
from desktop.importers import shipstation
from desktop.importers.block import Block
from desktop.importers.date_order import DateEvidence
from desktop.importers.header import HeaderMatch, match_header
from desktop.importers.number_widths import WidthEvidence
from desktop.importers.packed_rows import PackedRows
from desktop.importers.unreadable import Unreadable

MAX_ROWS = 5_000_000
Layouts = Mapping[tuple[str, ...], RememberedLayout]

_SAMPLE_ROWS = 5
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_HOLDS_ROWS = (Problem(None, "", "A quotation mark is missing in this row: one of its values holds whole rows"),)
_NAMES_LISTED = 20
# Fields whose numbers are filled up with zeros here and there; a zip's width is known without looking.
_FILLED_UP = ("order_number", "tracking_number")
_ROWS_REWRITTEN = 400


def chosen_columns(header: tuple[str, ...], choices: ImportChoices, layouts: Layouts) -> Mapping[str, str]:
    """Which header a person chose for which field: now, or earlier for the same header row."""
    layout = layouts.get(header)
    return choices.columns if choices.columns or layout is None else layout.columns


def match_columns(header: tuple[str, ...], choices: ImportChoices, layouts: Layouts) -> HeaderMatch:
    """The column of each field; a ShipStation export needs none for lots."""
    required = shipstation.REQUIRED if shipstation.is_shipstation(header) else REQUIRED_FIELDS
    return match_header(header, chosen_columns(header, choices, layouts), required)


def read_table(
    found: ParsedFile, blocks: Iterable[Block], choices: ImportChoices, layouts: Layouts, *, joined: bool = False
) -> ParsedFile:
    """The rows below `found.header`. `joined` tells that a damaged quotation mark may have joined rows to one.

    Trouble with the content, also `Unreadable` raised by `blocks`, becomes the file's problem.
    """
    header = found.header
    exported = shipstation.is_shipstation(header)
    layout = layouts.get(header)
    match = match_columns(header, choices, layouts)
    samples: list[tuple[str, ...]] = []
    found = replace(
        found,
        kind=FileKind.SHIPSTATION if exported else found.kind,
        columns={field: header[at] for field, at in match.positions.items()},
        remembered=layout is not None and not choices.columns and bool(layout.columns),
    )
    try:
        if match.problem is not None:
            for block in blocks:
                samples += _samples(block, len(header))
                if len(samples) >= _SAMPLE_ROWS:
                    break
            raise Unreadable(*match.problem)
        table = _Table(header, match, found.delimiter if joined else None, exported=exported)
        for block in blocks:
            if len(samples) < _SAMPLE_ROWS:
                samples += _samples(block, len(header))
            table.add(block)
        order = choices.date_order or table.dates.order
        if order is None and table.dates.contradiction is None and layout is not None and layout.date_order:
            order = layout.date_order
            found = replace(found, remembered=True)
        found = replace(
            found,
            rows=table.finished(),
            date_order=order,
            fixed_widths=table.fixed_widths(),
            notes=(*found.notes, *table.notes()),
        )
    except Unreadable as reason:
        found = replace(found, file_problem=reason.problem)
    return replace(found, sample_rows=tuple(samples[:_SAMPLE_ROWS]))


def titles_note(place: str) -> str:
    """What is said when something stands above the header, which is in `place`."""
    return f"The column names are in {place}; what stands above is not read."


class _Table:
    """The rows of a file as they are gathered, and what was noticed on the way."""

    def __init__(self, header: Sequence[str], match: HeaderMatch, delimiter: str | None, *, exported: bool) -> None:
        self.dates = DateEvidence()
        positions = dict(match.positions)
        self._exported = shipstation.ShipStationRows(header, positions) if exported else None
        if exported:
            positions.setdefault("lot_number", len(header))  # the cell that `ShipStationRows` adds
        self._rows = PackedRows(tuple(positions))
        self._positions = tuple(positions.values())
        self._widths = {field: (at, WidthEvidence()) for field, at in positions.items() if field in _FILLED_UP}
        self._date_at = positions["ship_date"]
        self._unused = match.unused
        self._width = len(header)
        self._delimiter = delimiter
        self._blank_rows = 0
        self._said: dict[str, tuple[Problem, ...]] = {}  # a file of millions of such rows holds each sentence once

    def add(self, block: Block) -> None:
        """Takes in the records of a block, without those that are no lines."""
        if not (block.plain and set(map(len, block.rows)) == {self._width}):
            block = self._shaped(block)
        if self._exported is not None:
            block = self._exported.take(block)
        date_of = itemgetter(self._date_at)
        dates = set(map(date_of, block.rows))
        self.dates.add(dates)
        if self._exported is None and not self.dates.blank.isdisjoint(dates):
            block = self._shaped(block)
        if not block.rows:
            return
        if len(self._rows) + len(block.rows) > MAX_ROWS:
            raise Unreadable(FileProblemKind.TOO_LARGE, f"The file holds more than {MAX_ROWS:,} rows.")
        columns = list(zip(*block.rows, strict=True))
        for at, evidence in self._widths.values():
            evidence.add(columns[at])
        first, last = block.lines[0], block.lines[-1]
        without_gap = last - first == len(block.lines) - 1
        lines = range(first, last + 1) if without_gap else array("L", block.lines)
        self._rows.append_columns([columns[at] for at in self._positions], lines, block.problems)

    def finished(self) -> Sequence[ParsedRow]:
        """All rows, once every block was added."""
        if self._exported is not None and self._exported.undecided:
            return _without_lots(self._rows, self._exported.undecided)
        return self._rows

    def fixed_widths(self) -> Mapping[str, int]:
        """The fields whose numbers are filled up with zeros, with their width."""
        widths = {field: evidence.width for field, (_, evidence) in self._widths.items()}
        return {field: width for field, width in widths.items() if width is not None}

    def notes(self) -> tuple[str, ...]:
        """What a person should know of the file as a whole."""
        notes = []
        if not self._rows:
            notes.append("The file holds no rows below its header.")
        if self._blank_rows:
            notes.append(f"{self._blank_rows:,} blank row{' was' if self._blank_rows == 1 else 's were'} skipped.")
        if self._exported is not None:
            notes += self._exported.notes()
        elif self._unused:  # an export has dozens that nobody misses
            more = len(self._unused) - _NAMES_LISTED
            names = ", ".join(self._unused[:_NAMES_LISTED]) + (f" and {more} more" if more > 0 else "")
            notes.append(f"Columns that are not used: {names}.")
        if self.dates.contradiction:
            notes.append(self.dates.contradiction)
        return tuple(notes)

    def _shaped(self, block: Block) -> Block:
        """A block without blank rows, every row as wide as the header, with what is wrong with the rows' shape."""
        shaped = Block(plain=False)
        for at, (row, line) in enumerate(zip(block.rows, block.lines, strict=True)):
            problems = block.problems.get(at, ())
            if not problems and all(map(is_blank, row)):
                self._blank_rows += 1
                continue
            problems = problems or self._problems_of_shape(row)
            if problems:
                shaped.problems[len(shaped.rows)] = problems
            shaped.rows.append(_as_wide(row, self._width))
            shaped.lines.append(line)
        return shaped

    def _problems_of_shape(self, row: Sequence[str]) -> tuple[Problem, ...]:
        if len(row) != self._width:
            message = f"The row has {len(row)} cell{'' if len(row) == 1 else 's'}, the header has {self._width}"
            return self._said.setdefault(message, (Problem(None, "", message),))
        return _HOLDS_ROWS if any(self._holds_rows(at, cell) for at, cell in enumerate(row)) else ()

    def _holds_rows(self, at: int, cell: str) -> bool:
        """Whether a value over several lines, in column `at`, is rows joined by an open and a later stray mark.

        Then each of the lines it covers has as many delimiters as a row of its own.
        """
        if self._delimiter is None:
            return False
        first, *others = _LINE_BREAK.split(cell)
        if not others:
            return False
        last = self._width - 1
        covered = [line.count(self._delimiter) for line in (first, *others)]
        covered[0] += at
        covered[-1] += last - at
        return set(covered) == {last}


def _as_wide(row: Sequence[str], width: int) -> list[str]:
    return [*row, *[""] * (width - len(row))][:width]


def _samples(block: Block, width: int) -> Iterable[tuple[str, ...]]:
    return [tuple(_as_wide(row, width)) for row in block.rows if not all(map(is_blank, row))][:_SAMPLE_ROWS]


def _without_lots(rows: Sequence[ParsedRow], orders: set[str]) -> PackedRows:
    """The rows, without a lot in those of some orders."""
    order_at, lot_at = LINE_FIELDS.index("order_number"), LINE_FIELDS.index("lot_number")
    rewritten = PackedRows(LINE_FIELDS)
    for start in range(0, len(rows), _ROWS_REWRITTEN):
        part = rows[start : start + _ROWS_REWRITTEN]
        columns = [list(column) for column in zip(*(row.values for row in part), strict=True)]
        for at, order in enumerate(columns[order_at]):
            if order.strip() in orders:
                columns[lot_at][at] = ""
        problems = {at: row.problems for at, row in enumerate(part) if row.problems}
        rewritten.append_columns(columns, array("L", [row.line for row in part]), problems)
    return rewritten
