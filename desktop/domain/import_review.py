"""What a person sees of a file before anything is imported, and what they decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from desktop.domain.distributions import Line
from desktop.domain.imports import DateOrder, ParsedFile, Problem


class LineState(StrEnum):
    """What would become of a line: counted as new, already in the log, in conflict with it, or not importable."""

    NEW = "new"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    PROBLEM = "problem"


class ConflictDecision(StrEnum):
    """SKIP leaves the log as it is; KEEP logs the file's line beside the line it differs from."""

    SKIP = "skip"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class ImportChoices:
    """What the person chose instead of what was recognised; None or empty where the recognition stands.

    `columns` maps a field to a header of the file. `corrections` maps a record number to its texts, one per name
    in LINE_FIELDS. `conflicts` decides every conflict alike; `conflict_decisions` one record each, before that.
    """

    encoding: str | None = None
    date_order: DateOrder | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    corrections: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    conflicts: ConflictDecision | None = None
    conflict_decisions: Mapping[int, ConflictDecision] = field(default_factory=dict)


class ReviewedLine(NamedTuple):
    """One record of the file as it would be imported.

    `row` is the line of the file where the record starts. `values` are the texts as read (or corrected).
    `differs_from` holds the quantity in the log when `state` is CONFLICT.
    """

    record: int
    row: int
    state: LineState
    values: tuple[str, ...]
    line: Line
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]
    page: int | None = None
    part: int | None = None
    differs_from: int | None = None


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """How many lines of each state; `lines` is their sum."""

    lines: int = 0
    new: int = 0
    duplicate: int = 0
    conflict: int = 0
    problem: int = 0


@dataclass(frozen=True, slots=True)
class EarlierImport:
    """The same bytes were imported before."""

    batch_id: int
    imported_at: datetime
    imported_by: str


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """A file checked against the rules and compared with the log; nothing is written.

    `lines` is a sequence with random access whose memory does not grow with the width of the rows.
    """

    file: ParsedFile
    choices: ImportChoices
    lines: Sequence[ReviewedLine]
    counts: ImportCounts
    earlier: EarlierImport | None = None


@dataclass(frozen=True, slots=True)
class ImportReceipt:
    """What an import wrote: `batch_id` is None when there was nothing new to write."""

    batch_id: int | None
    imported: int
    units: int
