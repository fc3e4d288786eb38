"""What a person sees of a file before anything is imported, and what they decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple, overload

from desktop.domain.distributions import Identity, Line, LineChecker, fold_facility, identity
from desktop.domain.imports import LINE_FIELDS, DateOrder, ParsedFile, ParsedRow, Problem
from desktop.domain.progress import Progress


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


class Correction(NamedTuple):
    """One value that a person corrected: the line of the file, the field, what was read and what it became."""

    row: int
    field: str
    read: str
    corrected: str


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


# What two lines share when they differ in quantity only: (ship date, order number, folded facility, SKU, lot).
LineKey = tuple[date, str, str, str, str]
# How often the log holds each quantity of a line.
LoggedQuantities = Mapping[LineKey, Mapping[int, int]]


class ReviewedLines(Sequence[ReviewedLine]):
    """The lines of a file, checked and compared with the log.

    One byte and one identity are kept for each line; the line itself is read and checked again when it is asked
    for, so that memory does not grow with the width of the rows.
    """

    def __init__(
        self,
        file: ParsedFile,
        checker: LineChecker,
        choices: ImportChoices,
        people: Mapping[str, int],
        progress: Progress,
    ) -> None:
        self._file = file
        self.lot_rule = checker.lot_rule
        self._checker = checker
        self._choices = choices
        self._people = people
        self._states = bytearray(len(file.rows))
        self._differs: dict[int, int] = {}
        self._at_review: tuple[bytes, dict[int, int]] | None = None
        self._identities: list[Identity | None] = []
        for number, row in enumerate(file.rows):
            if number % _ROWS_PER_PROGRESS == 0:
                progress(number, len(file.rows))
            line, problems, _ = checker.check(self._values(row))
            self._identities.append(None if problems or row.problems else identity(line))
        self._in_file = Counter(found for found in self._identities if found is not None)

    def keys(self) -> set[LineKey]:
        """What to look for in the log."""
        return {found[:5] for found in self._in_file}

    def compare(self, logged: LoggedQuantities) -> ImportCounts:
        """Settle the state of every line: of k equal lines in the file and m in the log, max(0, k - m) are new.

        A line that is left and differs from a logged one in quantity only is a conflict, one for each such logged line.
        """
        left = {key: Counter(quantities) for key, quantities in logged.items()}
        self._differs.clear()
        undecided: list[int] = []
        for number, found in enumerate(self._identities):
            if found is None:
                self._states[number] = _PROBLEM
            elif (quantities := left.get(found[:5])) is None:
                self._states[number] = _NEW
            elif quantities[found[5]] > 0:
                quantities[found[5]] -= 1
                self._states[number] = _DUPLICATE
            else:
                undecided.append(number)
        for number in undecided:
            found = self._identities[number]
            assert found is not None  # noqa: S101  only readable lines are undecided
            quantities = left[found[:5]]
            other = next((quantity for quantity in sorted(quantities) if quantities[quantity] > 0), None)
            if other is None:
                self._states[number] = _NEW
            else:
                quantities[other] -= 1
                self._states[number] = _CONFLICT
                self._differs[number] = other
        if self._at_review is None:
            self._at_review = self._settled()
        per_state = [self._states.count(state) for state in range(len(_STATES))]
        return ImportCounts(len(self._states), *per_state)

    @property
    def changed_since_review(self) -> bool:
        """Whether the latest comparison settled any line in another way than the first one, which a person reviewed."""
        return self._at_review != self._settled()

    def _settled(self) -> tuple[bytes, dict[int, int]]:
        return bytes(self._states), dict(self._differs)

    def indexes(self, state: LineState) -> list[int]:
        """Where the lines of one state are."""
        wanted = _STATES.index(state)
        return [number for number, found in enumerate(self._states) if found == wanted]

    def importable(self) -> Iterator[tuple[Line, int | None, int]]:
        """What an import writes: the new lines, and those in conflict that are kept beside the logged line.

        Each with its rep's id and the line of the file where its record starts.
        """
        for number, row in enumerate(self._file.rows):
            state = self._states[number]
            if state == _NEW or (state == _CONFLICT and self._decision(row.record) is ConflictDecision.KEEP):
                line = self._checker.check(self._values(row)).line
                yield line, self.rep_id(line), row.line

    def corrections(self) -> Iterator[Correction]:
        """What a person corrected in the review."""
        for record, values in sorted(self._choices.corrections.items()):
            row = self._file.rows[record - 1]
            for name, read, corrected in zip(LINE_FIELDS, row.values, values, strict=True):
                if read != corrected:
                    yield Correction(row.line, name, read, corrected)

    def rep_id(self, line: Line) -> int | None:
        """The person whose name or e-mail address the line gives as rep."""
        return None if line.rep is None else self._people.get(fold_facility(line.rep))

    def __len__(self) -> int:
        return len(self._states)

    @overload
    def __getitem__(self, index: int) -> ReviewedLine: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[ReviewedLine]: ...
    def __getitem__(self, index: int | slice) -> ReviewedLine | Sequence[ReviewedLine]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        number = range(len(self))[index]
        return self._line(number, self._file.rows[number])

    def __iter__(self) -> Iterator[ReviewedLine]:
        return map(self._line, range(len(self)), self._file.rows)

    def _values(self, row: ParsedRow) -> tuple[str, ...]:
        return self._choices.corrections.get(row.record, row.values)

    def _decision(self, record: int) -> ConflictDecision | None:
        return self._choices.conflict_decisions.get(record, self._choices.conflicts)

    def _line(self, number: int, row: ParsedRow) -> ReviewedLine:
        values = self._values(row)
        line, problems, notes = self._checker.check(values)
        found = self._identities[number]
        if found is not None and self._in_file[found] > 1:
            notes += (Problem(None, "", f"This line is in the file {self._in_file[found]} times; each one counts"),)
        if line.rep is not None and self.rep_id(line) is None:
            notes += (Problem("rep", line.rep, f"Nobody is called “{line.rep}” here: the line is kept without a rep"),)
        return ReviewedLine(
            record=row.record,
            row=row.line,
            state=_STATES[self._states[number]],
            values=values,
            line=line,
            problems=row.problems + problems,
            notes=notes,
            page=row.page,
            part=row.part,
            differs_from=self._differs.get(number),
        )


_STATES = tuple(LineState)
_NEW, _DUPLICATE, _CONFLICT, _PROBLEM = range(len(_STATES))
_ROWS_PER_PROGRESS = 5_000


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
