"""What a person sees of a file before anything is imported, and what they decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from desktop.domain.distributions import Line
from desktop.domain.imports import DateOrder, FileKind, ParsedFile, Printed, Problem

if TYPE_CHECKING:
    from desktop.domain.reviewed_lines import ReviewedLines


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

    `columns` maps a field to a header of the file, or to "" when the file has no column for it; fields that are not
    named are recognised. `sheet` is the sheet of a workbook. `corrections` maps a record number to its texts, one per
    name in LINE_FIELDS. `conflicts` decides every conflict alike; `conflict_decisions` one record each, before that.
    `reps` maps a rep as written, folded like a facility name ("" for lines without one), to the id of a user.
    """

    encoding: str | None = None
    date_order: DateOrder | None = None
    sheet: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    corrections: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    conflicts: ConflictDecision | None = None
    conflict_decisions: Mapping[int, ConflictDecision] = field(default_factory=dict)
    reps: Mapping[str, int] = field(default_factory=dict)

    def read_alike(self, other: ImportChoices) -> bool:
        """Whether both read the same rows from a file; what else they differ in can be reviewed again without it."""
        return replace(self, **_REVIEWED) == replace(other, **_REVIEWED)


# The choices that are about rows already read.
_REVIEWED: Mapping[str, Any] = {"corrections": {}, "conflicts": None, "conflict_decisions": {}, "reps": {}}


class ReviewedLine(NamedTuple):
    """One record of the file as it would be imported.

    `row` is the line of the file where the record starts. `values` are the texts as read (or corrected).
    `differs_from` holds the quantity in the log when `state` is CONFLICT. `printed` is what a PDF's line was read from.
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
    printed: Printed | None = None


class Correction(NamedTuple):
    """One value that a person corrected: the line of the file, the field, what was read and what it became."""

    row: int
    field: str
    read: str
    corrected: str


class ChosenRep(NamedTuple):
    """A rep as written (folded; "" for lines without one) and the person who was chosen for it."""

    written: str
    user_id: int
    name: str


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
class People:
    """Who can be a rep: `ids` maps a folded name or e-mail address to an id, `names` an id to a name."""

    ids: Mapping[str, int]
    names: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """A file checked against the rules and compared with the log; nothing is written. `lines` is None when the
    file as a whole cannot be read."""

    file: ParsedFile
    choices: ImportChoices
    lines: ReviewedLines | None
    counts: ImportCounts
    earlier: EarlierImport | None = None


@dataclass(frozen=True, slots=True)
class ImportReceipt:
    """What an import wrote: `batch_id` is None when there was nothing new to write."""

    batch_id: int | None
    imported: int
    units: int


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """One import as it is kept: the source file, who imported it and when, what became of its lines, and whether it
    was undone. `imported` lines with `units` single units were written; the others were left out."""

    id: int
    file_name: str
    sha256: str
    kind: FileKind
    imported_at: datetime
    imported_by: str
    lines: int
    imported: int
    units: int
    duplicates: int
    conflicts: int
    problems: int
    undone_at: datetime | None
    undone_by: str | None
    undo_reason: str | None
