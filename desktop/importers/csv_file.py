"""A CSV file in, rows of text out: separator, encoding, columns and date order are recognised, nothing is guessed.

Every trouble with the content is a problem of the file or of a row, in one sentence; none is an exception.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from dataclasses import replace
from operator import itemgetter
from pathlib import Path

from desktop.domain.distributions import is_blank
from desktop.domain.errors import StorageTrouble
from desktop.domain.import_review import ImportChoices
from desktop.domain.imports import FileKind, FileProblem, FileProblemKind, ParsedFile, Problem
from desktop.domain.progress import Progress, no_progress
from desktop.importers.csv_decoding import (
    MAX_BYTES,
    TOO_LARGE_MESSAGE,
    SourceFile,
    chosen_encoding,
    open_text,
    recognise_encoding,
)
from desktop.importers.csv_header import HeaderMatch, match_header
from desktop.importers.csv_records import Block, CsvRecords
from desktop.importers.date_order import DateEvidence
from desktop.importers.packed_rows import PackedRows
from desktop.importers.recognise import recognise
from desktop.importers.unreadable import Unreadable

MAX_ROWS = 5_000_000
RECOGNISED = ImportChoices()  # nothing chosen otherwise

_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_HOLDS_ROWS = (Problem(None, "", "A quotation mark is missing in this row: one of its values holds whole rows"),)
_NAMES_LISTED = 20


def read_csv(path: Path, choices: ImportChoices = RECOGNISED, progress: Progress = no_progress) -> ParsedFile:
    """Reads a CSV file; its SHA-256 is that of the very bytes the rows were read from.

    `choices` overrides the encoding, the date order and the columns that would be recognised. `progress` is told
    bytes. A file that is too large is not hashed: its `sha256` is "". Raises `StorageTrouble` when the file cannot be
    opened or read, and what `progress` raises; never for what is in the file.
    """
    try:
        with SourceFile(path) as source:
            return _read(source, path.name, choices, progress)
    except OSError as error:
        raise StorageTrouble(f"“{path.name}” cannot be read: {error.strerror or error}") from error


def _read(source: SourceFile, name: str, choices: ImportChoices, progress: Progress) -> ParsedFile:
    recognised = recognise(source.unhashed)
    found = ParsedFile(name, sha256="", size=source.size, kind=recognised.kind or FileKind.CSV)
    if source.size > MAX_BYTES:
        return replace(found, file_problem=FileProblem(FileProblemKind.TOO_LARGE, TOO_LARGE_MESSAGE))
    try:
        if source.size == 0:
            raise Unreadable(FileProblemKind.EMPTY, "The file is empty.")
        if recognised.kind is not FileKind.CSV:
            message = f"The file is {recognised.what}, not a CSV file. {recognised.advice}"
            raise Unreadable(FileProblemKind.NOT_THIS_KIND, message)
        if choices.encoding is None:
            encoding = recognise_encoding(source.unhashed)
        else:
            encoding = chosen_encoding(choices.encoding, source.unhashed)
        found = replace(found, encoding=encoding)
        records = CsvRecords(open_text(source, encoding))
        opening = records.open(choices.columns)
        found = replace(found, delimiter=opening.delimiter, header=opening.header)
        match = match_header(opening.header, choices.columns)
        found = replace(found, columns={field: opening.header[at] for field, at in match.positions.items()})
        table = _Table(match, len(opening.header), opening.delimiter)
        for block in records.blocks():
            table.add(block)
            progress(source.done, source.size)
        order = choices.date_order or table.dates.order
        found = replace(found, rows=table.rows, date_order=order, notes=table.notes())
    except Unreadable as reason:
        found = replace(found, file_problem=reason.problem)
    except UnicodeError:
        label = str(found.encoding).upper()
        message = f"The file is not {label} text all through: export it again as UTF-8, or choose the encoding."
        found = replace(found, file_problem=FileProblem(FileProblemKind.ENCODING, message))
    return replace(found, sha256=source.sha256(), size=source.done)


class _Table:
    """The rows of a file as they are gathered, and what was noticed on the way."""

    def __init__(self, match: HeaderMatch, width: int, delimiter: str) -> None:
        self.rows = PackedRows(tuple(match.positions))
        self.dates = DateEvidence()
        self._positions = tuple(match.positions.values())
        self._date_of = itemgetter(match.positions["ship_date"])
        self._unused = match.unused
        self._width = width
        self._delimiter = delimiter
        self._blank_rows = 0
        self._said: dict[str, tuple[Problem, ...]] = {}  # a file of millions of such rows holds each sentence once

    def add(self, block: Block) -> None:
        """Takes in the records of a block, without the blank ones."""
        if not (block.plain and set(map(len, block.rows)) == {self._width}):
            block = self._shaped(block)
        dates = set(map(self._date_of, block.rows))
        self.dates.add(dates)
        if not self.dates.blank.isdisjoint(dates):
            block = self._shaped(block)
        if not block.rows:
            return
        if len(self.rows) + len(block.rows) > MAX_ROWS:
            raise Unreadable(FileProblemKind.TOO_LARGE, f"The file holds more than {MAX_ROWS:,} rows.")
        columns = list(zip(*block.rows, strict=True))
        first, last = block.lines[0], block.lines[-1]
        without_gap = last - first == len(block.lines) - 1
        lines = range(first, last + 1) if without_gap else array("L", block.lines)
        self.rows.append_columns([columns[at] for at in self._positions], lines, block.problems)

    def notes(self) -> tuple[str, ...]:
        """What a person should know of the file as a whole."""
        notes = []
        if not self.rows:
            notes.append("The file holds no rows below its header.")
        if self._blank_rows:
            notes.append(f"{self._blank_rows:,} blank row{' was' if self._blank_rows == 1 else 's were'} skipped.")
        if self._unused:
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
            shaped.rows.append((row + [""] * (self._width - len(row)))[: self._width])
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
        first, *others = _LINE_BREAK.split(cell)
        if not others:
            return False
        last = self._width - 1
        covered = [line.count(self._delimiter) for line in (first, *others)]
        covered[0] += at
        covered[-1] += last - at
        return set(covered) == {last}
