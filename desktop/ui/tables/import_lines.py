"""One line of a file as the import review shows it: its texts, what is marked in it, and what is said of it."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from desktop.domain.distributions import fold_facility
from desktop.domain.import_review import (
    ConflictDecision,
    ImportChoices,
    ImportPreview,
    LineState,
    ReviewedLine,
)
from desktop.domain.imports import LINE_FIELDS
from desktop.ui.formats import BLANK, counted, shown_date, shown_number
from desktop.ui.tables.windowed import Column
from desktop.ui.theme import Tone

STATE_LABELS: Mapping[LineState, str] = {
    LineState.NEW: "New",
    LineState.DUPLICATE: "Duplicate",
    LineState.CONFLICT: "Conflict",
    LineState.PROBLEM: "Problem",
}
STATE_ICONS: Mapping[LineState, str] = {
    LineState.NEW: "add",
    LineState.DUPLICATE: "copy",
    LineState.CONFLICT: "warning",
    LineState.PROBLEM: "problem",
}
STATE_TONES: Mapping[LineState, Tone | None] = {
    LineState.NEW: Tone.SUCCESS,
    LineState.DUPLICATE: None,
    LineState.CONFLICT: Tone.WARNING,
    LineState.PROBLEM: Tone.PROBLEM,
}
CHECKING = "Checking…"
IN_THE_LOG = "Already in the log: it is not imported again"

_LONGEST_SHOWN = 200  # characters of a value: a cell is never wider, and a value may be a megabyte
_REP = LINE_FIELDS.index("rep")


@dataclass(frozen=True, slots=True)
class Review:
    """A preview, and where what it asks of a person is: `problems` are the indexes of lines, in order; `conflicts` maps
    the index of a line to its record number."""

    preview: ImportPreview
    conflicts: Mapping[int, int]
    problems: Sequence[int] = ()

    @classmethod
    def of(cls, preview: ImportPreview) -> Review:
        """Finds them, in the thread that made the preview."""
        lines, rows = preview.lines, preview.file.rows
        if lines is None:
            return cls(preview, {})
        conflicts = {index: rows[index].record for index in lines.indexes(LineState.CONFLICT)}
        return cls(preview, conflicts, array("L", lines.indexes(LineState.PROBLEM)))


class Mark(NamedTuple):
    """Why a cell is marked: PROBLEM for what must be corrected, WARNING for a conflict, INFO for what was changed."""

    tone: Tone
    sentence: str


class ShownLine(NamedTuple):
    """A line as it stands in the table. `checking` until a correction of it was checked.

    `rep_name` is the person who was linked in this review to what the line gives as rep.
    """

    reviewed: ReviewedLine
    values: tuple[str, ...]
    marks: Mapping[str, Mark]
    says: str
    checking: bool
    decision: ConflictDecision | None = None
    rep_name: str | None = None

    @property
    def can_be_corrected(self) -> bool:
        """A row whose shape is wrong stays wrong whatever its cells say: its file must be corrected."""
        return all(problem.field is not None for problem in self.reviewed.problems)

    @property
    def status(self) -> str:
        """The state in a word, with what was decided of a conflict."""
        if self.checking:
            return CHECKING
        label = STATE_LABELS[self.reviewed.state]
        return label if self.decision is None else f"{label}: {self.decision.value}"

    def text(self, field: str) -> str:
        """The value as it would be kept; as it was read where it cannot be kept."""
        mark = self.marks.get(field)
        if self.checking or (mark is not None and mark.tone is Tone.PROBLEM):
            return one_line(self.values[LINE_FIELDS.index(field)]) or (BLANK if mark is not None else "")
        line = self.reviewed.line
        if field == "rep" and self.rep_name is not None:
            return one_line(self.rep_name)
        if field == "ship_date":
            return shown_date(line.ship_date)
        if field == "quantity":
            return shown_number(line.quantity)
        return one_line(getattr(line, field) or "")


def one_line(text: str) -> str:
    """A text for a cell: on one line, and not longer than anybody reads there."""
    short = " ".join(text[: _LONGEST_SHOWN + 1].split())
    return short if len(text) <= _LONGEST_SHOWN else f"{short[:_LONGEST_SHOWN]}…"


def _field(name: str, title: str, width: int, *, align_right: bool = False) -> Column[ShownLine]:
    return Column(
        name,
        title,
        lambda shown: shown.text(name),
        lambda shown: getattr(shown.reviewed.line, name),
        width,
        align_right=align_right,
    )


REVIEW_COLUMNS: tuple[Column[ShownLine], ...] = (
    Column(
        "line_state",
        "Status",
        lambda shown: shown.status,
        lambda shown: shown.reviewed.state,
        13,
    ),
    Column(
        "row",
        "Row",
        lambda shown: shown_number(shown.reviewed.row),
        lambda shown: shown.reviewed.row,
        6,
    ),
    _field("ship_date", "Ship Date", 11),
    _field("order_number", "Order #", 12),
    _field("facility_name", "Facility", 20),
    _field("sku", "SKU", 12),
    _field("lot_number", "Lot", 12),
    _field("quantity", "Quantity", 9, align_right=True),
    Column("says", "Remarks", lambda shown: shown.says, lambda shown: shown.says, 42),
    _field("rep", "Rep", 12),
    _field("city", "City", 12),
    _field("state", "State", 6),
)
STATE_SECTION = 0
# The sections whose cells are values of the file.
FIELD_SECTIONS = frozenset(at for at, column in enumerate(REVIEW_COLUMNS) if column.name in LINE_FIELDS)


def conflict_sentence(reviewed: ReviewedLine, decision: ConflictDecision | None) -> str:
    """What is in conflict, and what becomes of it."""
    logged = "another quantity" if reviewed.differs_from is None else counted(reviewed.differs_from, "unit", "units")
    if decision is ConflictDecision.SKIP:
        return f"Skipped: the log stays at {logged}"
    if decision is ConflictDecision.KEEP:
        return f"Both are kept: this line, and the logged one with {logged}"
    return f"The log has this line with {logged}: decide which to keep"


def shown_line(review: Review, choices: ImportChoices, names: Mapping[int, str], index: int) -> ShownLine:
    """The line at an index of the file, with the corrections and decisions of `choices`; `names` are people by id."""
    preview = review.preview
    if preview.lines is None:
        raise IndexError(f"line {index} of a file without lines")
    reviewed = preview.lines[index]
    record = reviewed.record
    checked = preview.choices.corrections.get(record)
    wanted = choices.corrections.get(record)
    if wanted != checked:
        return ShownLine(reviewed, wanted or preview.file.rows[index].values, {}, "", True)
    marks: dict[str, Mark] = {}
    for tone, told in ((Tone.PROBLEM, reviewed.problems), (Tone.INFO, reviewed.notes)):
        for problem in told:
            if problem.field is not None:
                marks.setdefault(problem.field, Mark(tone, problem.message))
    if checked is not None:
        in_file = preview.file.rows[index].values
        for field, now, before in zip(LINE_FIELDS, checked, in_file, strict=True):
            if now != before:
                marks.setdefault(field, Mark(Tone.INFO, f"Corrected here: the file has “{one_line(before)}”"))
    says = [problem.message for problem in (*reviewed.problems, *reviewed.notes)]
    decision = None
    if reviewed.state is LineState.CONFLICT:
        decision = choices.conflict_decisions.get(record, choices.conflicts)
        sentence = conflict_sentence(reviewed, decision)
        marks["quantity"] = Mark(Tone.WARNING if decision is None else Tone.INFO, sentence)
        says.insert(0, sentence)
    elif reviewed.state is LineState.DUPLICATE:
        says.insert(0, IN_THE_LOG)
    linked = choices.reps.get(fold_facility(reviewed.values[_REP])) if choices.reps else None
    rep_name = None if linked is None else names.get(linked)
    return ShownLine(reviewed, reviewed.values, marks, "; ".join(says), False, decision, rep_name)
