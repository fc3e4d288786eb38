"""Where the table of a text begins, and what separates its cells."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import NamedTuple

from desktop.domain.imports import FileProblemKind
from desktop.importers.header import ROWS_ABOVE, clean_header, find_header, known_names, names_within
from desktop.importers.unreadable import Unreadable

DELIMITERS = (",", ";", "\t", "|")
MAX_COLUMNS = 16_384  # as many as a spreadsheet has

_SEPARATOR_LINE = re.compile(r'"?sep=(.?)\1*"?[\r\n]*', re.I | re.DOTALL)
_NO_SEPARATOR = frozenset('"\r\n \ufeff')
_SHOWS_NOTHING = re.compile(r"[\s,;|\"\u00ad\u200b\ufeff]*")


class Opening(NamedTuple):
    """`header` is the header row; `lines` counts the lines of the file up to and with it, `titles` the rows above it
    that are not blank."""

    delimiter: str
    header: tuple[str, ...]
    lines: int
    titles: int = 0


def shows_nothing(line: str) -> bool:
    """Whether a line holds no more than white space, separators and quotation marks."""
    return _SHOWS_NOTHING.fullmatch(line) is not None


def read_opening(
    lines: Sequence[str], chosen: Mapping[str, str], remembered: Collection[tuple[str, ...]] = ()
) -> Opening:
    """The separator and header row of a text that begins with `lines`, which must hold the whole header.

    A `sep=` line decides the separator; else it is the one under which most known column names are found (this
    beats guessing from the frequency of characters), or a header in `remembered`. Raises `Unreadable` when there is
    no header or no separator.
    """
    start = 0
    delimiters: Sequence[str] = DELIMITERS
    if lines and (separator_line := _SEPARATOR_LINE.fullmatch(lines[0])):
        delimiters = [separator_line.group(1)]
        start = 1
        if not delimiters[0] or delimiters[0] in _NO_SEPARATOR or delimiters[0].isalnum():
            raise Unreadable(FileProblemKind.DIALECT, "The file's first line, “sep=”, names no usable separator.")
    while start < len(lines) and shows_nothing(lines[start]):
        start += 1
    if start == len(lines):
        raise Unreadable(FileProblemKind.EMPTY, "The file is empty.")
    openings = [opening for delimiter in delimiters if (opening := _try(lines, start, delimiter, chosen, remembered))]

    def worth(tried: Opening) -> tuple[bool, int, int]:
        return tried.header in remembered, known_names(tried.header, chosen), len(tried.header)

    best = max(openings, key=worth, default=None)
    if best is None or (len(openings) < len(delimiters) and known_names(best.header, chosen) == 0):
        raise Unreadable(
            FileProblemKind.DIALECT, f"The quotation marks of the column names in line {start + 1} do not match up."
        )
    if len(best.header) == 1 and names_within(best.header[0]) > 1:
        raise Unreadable(
            FileProblemKind.DIALECT, "The columns are separated by none of comma, semicolon, tab and vertical bar."
        )
    if len(best.header) > MAX_COLUMNS:
        raise Unreadable(FileProblemKind.TOO_LARGE, f"The file has more than {MAX_COLUMNS:,} columns.")
    return best


def _try(
    lines: Sequence[str],
    start: int,
    delimiter: str,
    chosen: Mapping[str, str],
    remembered: Collection[tuple[str, ...]],
) -> Opening | None:
    reader = csv.reader(islice(lines, start, None), delimiter=delimiter, strict=True)
    rows: list[tuple[str, ...]] = []
    ends: list[int] = []
    # A quotation mark that is broken below the first row is a matter of that row.
    with suppress(csv.Error):
        for row in islice(reader, ROWS_ABOVE):
            rows.append(tuple(map(clean_header, row)))
            ends.append(start + reader.line_num)
    if not rows:
        return None
    place = find_header(rows, chosen, remembered)
    return Opening(delimiter, rows[place], ends[place], sum(map(any, rows[:place])))
