"""The lines of a file that have a problem, as CSV to correct in a spreadsheet and import again.

Unlike the record CSV this file is meant for a spreadsheet: UTF-8 with a mark that makes one read it as such, and the
delimiter of the file it comes from. A text that a spreadsheet would run as a formula, or shorten as a number, is
written `="…"`: that is shown as text, and the importer takes the wrapping off again.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from desktop.domain.files import whole_file
from desktop.domain.import_review import ReviewedLine
from desktop.domain.imports import LINE_FIELDS, ParsedFile

PROBLEMS = "Problems"

_RUNS = re.compile(r"(?![+-][0-9.,]+$)[=+\-@].*", re.DOTALL)
# Such numbers would lose a leading zero, or their last digits.
_LOSES_DIGITS = re.compile(r"0[0-9]+|[0-9]{12,}")
# Not unwrapped by the importer; a spreadsheet must take dates and quantities for what they are.
_NEVER_TEXT = frozenset({"ship_date", "sku", "lot_number", "quantity"})


def problem_columns(file: ParsedFile) -> Mapping[str, str]:
    """The columns of the CSV: the used ones of `file`, field to header, in the order of the file."""
    used = {name: header for name, header in file.columns.items() if header}
    places = {header: at for at, header in enumerate(file.header)}
    return dict(sorted(used.items(), key=lambda column: places.get(column[1], len(places))))


def write_problem_rows(path: Path, file: ParsedFile, lines: Iterable[ReviewedLine]) -> tuple[str, ...]:
    """Write `lines` of `file`, whole or not at all, and return the header: its columns with the texts as read or
    corrected, and a last one with the problems in words. Raises `StorageTrouble`."""
    columns = problem_columns(file)
    header = (*columns.values(), PROBLEMS if PROBLEMS not in columns.values() else f"{PROBLEMS} found")
    with whole_file(path) as target:
        text = io.TextIOWrapper(target, encoding="utf-8-sig", errors="backslashreplace", newline="")
        writer = csv.writer(text, delimiter=file.delimiter or ",")
        writer.writerow(header)
        for line in lines:
            values = dict(zip(LINE_FIELDS, line.values, strict=True))
            said = "; ".join(dict.fromkeys(problem.message for problem in line.problems))
            writer.writerow([*(_safe(name, values[name]) for name in columns), said])
        text.flush()
        text.detach()
    return header


def _safe(name: str, text: str) -> str:
    kept = text.strip()
    runs = _RUNS.fullmatch(kept) is not None and not kept.startswith('="')
    if not runs and (name in _NEVER_TEXT or not _LOSES_DIGITS.fullmatch(kept)):
        return text
    doubled = kept.replace('"', '""')
    return f'="{doubled}"'
