"""The records of a CSV text, block by block, whatever is wrong with its quotation marks.

The standard parser is strict here: otherwise an open quotation mark would swallow the rest of the file without a word.
A record that cannot be parsed becomes a problem of its first line, and reading goes on with the next line.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping, Sequence
from io import TextIOWrapper
from itertools import repeat
from operator import contains

from desktop.domain.imports import FileProblemKind, Problem
from desktop.importers.block import Block
from desktop.importers.csv_dialect import Opening, read_opening, shows_nothing
from desktop.importers.unreadable import Unreadable

MAX_FIELD = 1024 * 1024  # characters
MAX_RECORD = 4 * 1024 * 1024  # characters of a record over several lines

_BLOCK = 65_536  # characters parsed at a time: their strings then stay in the processor's cache
# Bounds of time and memory for a file whose quotation marks are damaged throughout.
_MAX_DAMAGED = 10_000  # records
_MAX_READ_AGAIN = 16 * 1024 * 1024  # characters
_LONGEST_SHOWN = 500
_LOST_CHARACTER = "\ufffd"

_NOT_CLOSED = "A quotation mark in this row is opened and not closed"
_MISPLACED = "A quotation mark in this row is misplaced, so that its cells cannot be told apart"
_TOO_LONG = "A value of this row is longer than 1 MB"
# What the standard parser says; it has no codes.
_SAYS_NOT_CLOSED = "unexpected end of data"
_SAYS_TOO_LONG = "field larger than field limit"


class CsvRecords:
    """Reads the header of a text, then its records. Both raise `Unreadable`, and `UnicodeError` from the text.

    `first_line` is the line below the header, once it was read.
    """

    def __init__(self, text: TextIOWrapper) -> None:
        # One limit for the whole process; the parser's own default refuses values that are only long.
        csv.field_size_limit(MAX_FIELD)
        self._text = text
        self._ahead: list[str] = []
        self._line = 1
        self.first_line = 1
        self._delimiter = ","
        self._read_again = 0
        self._damaged = 0

    def open(self, chosen: Mapping[str, str], remembered: Collection[tuple[str, ...]] = ()) -> Opening:
        """Finds the separator and the header; `chosen` maps a field to a header that a person named."""
        lines = self._read_lines(_BLOCK)
        if lines:
            lines[0] = lines[0].removeprefix("\ufeff")
        while lines and all(map(shows_nothing, lines)):
            self._line += len(lines)
            lines = self._read_lines(_BLOCK)
        opening = read_opening(lines, chosen, remembered)
        self._delimiter = opening.delimiter
        self._line += opening.lines
        self.first_line = self._line
        self._ahead = lines[opening.lines :]
        return opening

    def blocks(self) -> Iterator[Block]:
        """The records below the header; blank lines are records without cells."""
        size = _BLOCK
        while True:
            read = self._read_lines(size)
            lines = self._ahead + read
            if not lines:
                return
            block, parsed = self._parse(lines, at_end=not read)
            self._line += parsed
            self._ahead = lines[parsed:]
            # A record over many blocks is parsed again with each: doubling what is read keeps that cheap.
            size = max(_BLOCK, _characters(self._ahead))
            yield block

    def _parse(self, lines: Sequence[str], *, at_end: bool) -> tuple[Block, int]:
        """The records that begin in `lines`, and how many lines they take: the last may need lines yet to come."""
        block = Block()
        cursor = _Cursor(lines)
        reader = csv.reader(cursor, delimiter=self._delimiter, strict=True)
        start = 0
        while True:
            try:
                for row in reader:
                    block.rows.append(row)
                    block.lines.append(self._line + start)
                    start = cursor.at
            except csv.Error as error:
                if str(error) == _SAYS_NOT_CLOSED and not at_end and _characters(lines[start:]) < MAX_RECORD:
                    break
                self._read_again += _characters(lines[start + 1 : cursor.at])
                self._damaged += 1
                if self._read_again > _MAX_READ_AGAIN or self._damaged > _MAX_DAMAGED:
                    message = (
                        f"Quotation marks are misplaced or not closed throughout, up to line {self._line + start}."
                    )
                    raise Unreadable(FileProblemKind.DAMAGED, message) from None
                problem = Problem(None, lines[start][:_LONGEST_SHOWN].rstrip(), _in_words(str(error)))
                block.problems[len(block.rows)] = (problem,)
                block.rows.append(self._cells_at_least(lines[start]))
                block.lines.append(self._line + start)
                cursor.at = start = start + 1
            else:
                break
        block.plain = not block.problems and len(block.rows) == start
        return block, start

    def _cells_at_least(self, line: str) -> list[str]:
        """What a lenient parser makes of a line that the strict one refuses, for a person to see."""
        try:
            return next(csv.reader([line], delimiter=self._delimiter), [])
        except csv.Error:
            return []

    def _read_lines(self, size: int) -> list[str]:
        lines = self._text.readlines(size)
        if any(map(contains, lines, repeat(_LOST_CHARACTER))):
            at = next(at for at, line in enumerate(lines) if _LOST_CHARACTER in line)
            raise Unreadable(
                FileProblemKind.ENCODING,
                f"Line {self._line + len(self._ahead) + at} holds the mark “{_LOST_CHARACTER}” of a character that was "
                "lost when the file was made: export it again as UTF-8.",
            )
        return lines


class _Cursor:
    """Iterates over lines from `at` on; `at` is the next line, and can be set back."""

    __slots__ = ("_lines", "at")

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self.at = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        try:
            line = self._lines[self.at]
        except IndexError:
            raise StopIteration from None
        self.at += 1
        return line


def _characters(lines: Sequence[str]) -> int:
    return sum(map(len, lines))


def _in_words(error: str) -> str:
    if error == _SAYS_NOT_CLOSED:
        return _NOT_CLOSED
    return _TOO_LONG if error.startswith(_SAYS_TOO_LONG) else _MISPLACED
