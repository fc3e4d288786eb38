"""The lines of a file as the import review shows them: only what is on the screen is read and checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QIcon

from desktop.domain.import_review import (
    ConflictDecision,
    ImportChoices,
    ImportPreview,
    LineState,
    ReviewedLine,
)
from desktop.domain.imports import LINE_FIELDS
from desktop.ui.formats import BLANK, counted, plain_tool_tip, shown_date, shown_number
from desktop.ui.icons import icon
from desktop.ui.tables.windowed import Column
from desktop.ui.theme import Tone, tokens_in_use

Index = QModelIndex | QPersistentModelIndex

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

_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_EDIT = int(Qt.ItemDataRole.EditRole)
_DECORATION = int(Qt.ItemDataRole.DecorationRole)
_FOREGROUND = int(Qt.ItemDataRole.ForegroundRole)
_BACKGROUND = int(Qt.ItemDataRole.BackgroundRole)
_ALIGNMENT = int(Qt.ItemDataRole.TextAlignmentRole)
_TOOL_TIP = int(Qt.ItemDataRole.ToolTipRole)
_SPOKEN = int(Qt.ItemDataRole.AccessibleDescriptionRole)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_NO_PARENT = QModelIndex()

_READABLE = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
_EDITABLE = _READABLE | Qt.ItemFlag.ItemIsEditable

_LINES_KEPT = 512  # some screenfuls
_LONGEST_SHOWN = 200  # characters of a value: a cell is never wider, and a value may be a megabyte


@dataclass(frozen=True, slots=True)
class Review:
    """A preview, and where its conflicts are: `conflicts` maps the index of a line to its record number."""

    preview: ImportPreview
    conflicts: Mapping[int, int]

    @classmethod
    def of(cls, preview: ImportPreview) -> Review:
        """Finds the conflicts, in the thread that made the preview."""
        lines = preview.lines
        if lines is None:
            return cls(preview, {})
        return cls(preview, {index: lines[index].record for index in lines.indexes(LineState.CONFLICT)})


class Mark(NamedTuple):
    """Why a cell is marked: PROBLEM for what must be corrected, WARNING for a conflict, INFO for what was changed."""

    tone: Tone
    sentence: str


class ShownLine(NamedTuple):
    """A line as it stands in the table. `checking` until a correction of it was checked."""

    reviewed: ReviewedLine
    values: tuple[str, ...]
    marks: Mapping[str, Mark]
    says: str
    checking: bool
    decision: ConflictDecision | None = None

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
    _field("rep", "Rep", 12),
    _field("city", "City", 12),
    _field("state", "State", 6),
    Column("says", "What is wrong", lambda shown: shown.says, lambda shown: shown.says, 60),
)
_STATE, _ROW = 0, 1
_SAYS = len(REVIEW_COLUMNS) - 1


def conflict_sentence(reviewed: ReviewedLine, decision: ConflictDecision | None) -> str:
    """What is in conflict, and what becomes of it."""
    logged = "another quantity" if reviewed.differs_from is None else counted(reviewed.differs_from, "unit", "units")
    if decision is ConflictDecision.SKIP:
        return f"Skipped: the log stays at {logged}"
    if decision is ConflictDecision.KEEP:
        return f"Both are kept: this line, and the logged one with {logged}"
    return f"The log has this line with {logged}: decide which to keep"


class ImportReviewModel(QAbstractTableModel):
    """The lines of one `Review`, all of them or those of one state.

    `corrected` carries a record number and its texts, one per name in LINE_FIELDS; None when they are again as the
    file has them. The model does not change by it: it shows the correction when the new choices are set.
    """

    corrected = Signal(int, object)

    def __init__(self) -> None:
        super().__init__()
        self._review: Review | None = None
        self._choices = ImportChoices()
        self._state: LineState | None = None
        self._indexes: Sequence[int] = ()
        self._shown: dict[int, ShownLine] = {}
        self._icons: dict[tuple[str, str], QIcon] = {}

    # What the review asks.

    @property
    def state(self) -> LineState | None:
        """The state whose lines are shown; None for all."""
        return self._state

    def show(self, review: Review, choices: ImportChoices) -> None:
        """Shows all lines of another reading of the file."""
        self._review, self._choices = review, choices
        self.show_state(None)

    def show_checked(self, review: Review, choices: ImportChoices) -> None:
        """The same rows, checked again: every line stays where it stands, even when its state is another one now."""
        self._review, self._choices = review, choices
        self._forget()

    def set_choices(self, choices: ImportChoices) -> None:
        """Shows corrections and decisions at once, before the lines were checked again."""
        self._choices = choices
        self._forget()

    def show_state(self, state: LineState | None) -> None:
        """Shows the lines that are of this state now; None for all."""
        lines = self._review.preview.lines if self._review is not None else None
        self.beginResetModel()
        self._state = state
        if lines is None:
            self._indexes = ()
        else:
            self._indexes = range(len(lines)) if state is None else lines.indexes(state)
        self._shown.clear()
        self.endResetModel()

    def line(self, row: int) -> ShownLine:
        """The line in a row of the table."""
        index = self._indexes[row]
        found = self._shown.get(index)
        if found is None:
            while len(self._shown) >= _LINES_KEPT:
                del self._shown[next(iter(self._shown))]
            found = self._shown[index] = self._make(index)
        return found

    def conflicts_among(self, rows: range | Iterable[int]) -> tuple[int, ...]:
        """The record numbers of the conflicts in these rows of the table."""
        conflicts = self._review.conflicts if self._review is not None else {}
        indexes = self._indexes
        if isinstance(indexes, range) and isinstance(rows, range):  # all of a million rows may be selected
            return tuple(record for index, record in conflicts.items() if index in rows)
        return tuple(conflicts[indexes[row]] for row in rows if indexes[row] in conflicts)

    def problem_field(self, row: int) -> str | None:
        """The first field of a row's line that is wrong and can be corrected here."""
        shown = self.line(row)
        if not shown.can_be_corrected:
            return None
        return next((field for field, mark in shown.marks.items() if mark.tone is Tone.PROBLEM), None)

    # What the view asks.

    def rowCount(self, parent: Index = _NO_PARENT) -> int:  # noqa: N802
        return 0 if parent.isValid() else len(self._indexes)

    def columnCount(self, parent: Index = _NO_PARENT) -> int:  # noqa: N802
        return 0 if parent.isValid() else len(REVIEW_COLUMNS)

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            if role == _DISPLAY:
                return REVIEW_COLUMNS[section].title
            if role == _ALIGNMENT:
                return _RIGHT if REVIEW_COLUMNS[section].align_right else _LEFT
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if _ROW < index.column() < _SAYS and self.line(index.row()).can_be_corrected:
            return _EDITABLE
        return _READABLE

    def data(self, index: Index, role: int = _DISPLAY) -> Any:
        section = index.column()
        column = REVIEW_COLUMNS[section]
        if role == _DISPLAY:
            return column.text(self.line(index.row()))
        if role == _ALIGNMENT:
            return _RIGHT if column.align_right else _LEFT
        if role not in (_EDIT, _DECORATION, _FOREGROUND, _BACKGROUND, _TOOL_TIP, _SPOKEN):
            return None
        shown = self.line(index.row())
        if role == _EDIT:
            is_field = _ROW < section < _SAYS
            return shown.values[LINE_FIELDS.index(column.name)] if is_field else column.text(shown)
        if role in (_TOOL_TIP, _SPOKEN):
            sentence = self._sentence(shown, section)
            # Without this a view takes text of a file for HTML, and would load what it refers to.
            return plain_tool_tip(sentence) if role == _TOOL_TIP else sentence or None
        if section == _STATE:
            return self._state_look(shown, role)
        return self._cell_look(shown, column.name, role)

    def setData(self, index: Index, value: Any, role: int = _EDIT) -> bool:  # noqa: N802
        if role != _EDIT or self._review is None or not self.flags(index) & Qt.ItemFlag.ItemIsEditable:
            return False
        shown = self.line(index.row())
        field = LINE_FIELDS.index(REVIEW_COLUMNS[index.column()].name)
        if shown.values[field] == value:
            return False
        values = (*shown.values[:field], str(value), *shown.values[field + 1 :])
        in_file = self._review.preview.file.rows[self._indexes[index.row()]].values
        self.corrected.emit(shown.reviewed.record, None if values == in_file else values)
        return True

    # How a line looks.

    def _forget(self) -> None:
        self._shown.clear()
        if self._indexes:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._indexes) - 1, _SAYS))

    def _make(self, index: int) -> ShownLine:
        review = self._review
        if review is None or review.preview.lines is None:
            raise IndexError(f"line {index} of a file without lines")
        reviewed = review.preview.lines[index]
        record = reviewed.record
        checked = review.preview.choices.corrections.get(record)
        wanted = self._choices.corrections.get(record)
        if wanted != checked:
            in_file = review.preview.file.rows[index].values
            return ShownLine(reviewed, wanted or in_file, {}, "", True)
        marks: dict[str, Mark] = {}
        for tone, told in ((Tone.PROBLEM, reviewed.problems), (Tone.INFO, reviewed.notes)):
            for problem in told:
                if problem.field is not None:
                    marks.setdefault(problem.field, Mark(tone, problem.message))
        if checked is not None:
            in_file = review.preview.file.rows[index].values
            for field, now, before in zip(LINE_FIELDS, checked, in_file, strict=True):
                if now != before:
                    marks.setdefault(field, Mark(Tone.INFO, f"Corrected here: the file has “{one_line(before)}”"))
        says = [problem.message for problem in (*reviewed.problems, *reviewed.notes)]
        decision = None
        if reviewed.state is LineState.CONFLICT:
            decision = self._choices.conflict_decisions.get(record, self._choices.conflicts)
            sentence = conflict_sentence(reviewed, decision)
            marks["quantity"] = Mark(Tone.WARNING if decision is None else Tone.INFO, sentence)
            says.insert(0, sentence)
        elif reviewed.state is LineState.DUPLICATE:
            says.insert(0, IN_THE_LOG)
        return ShownLine(reviewed, reviewed.values, marks, "; ".join(says), False, decision)

    def _sentence(self, shown: ShownLine, section: int) -> str:
        """What is said of a cell."""
        if section in (_STATE, _ROW, _SAYS):
            return shown.says
        name = REVIEW_COLUMNS[section].name
        mark = shown.marks.get(name)
        return mark.sentence if mark is not None else shown.text(name)

    def _state_look(self, shown: ShownLine, role: int) -> Any:
        if shown.checking:
            return None
        tokens = tokens_in_use()
        tone = STATE_TONES[shown.reviewed.state]
        ink = tokens.muted if tone is None else tokens.tone(tone)[0]
        if role == _DECORATION:
            return self._icon(STATE_ICONS[shown.reviewed.state], ink)
        return QColor(ink) if role == _FOREGROUND else None

    def _cell_look(self, shown: ShownLine, name: str, role: int) -> Any:
        tokens = tokens_in_use()
        mark = shown.marks.get(name)
        if mark is not None and mark.tone is not Tone.INFO:
            ink, ground = tokens.tone(mark.tone)
            if role == _DECORATION:
                return self._icon(mark.tone.value, ink)
            return QColor(ink if role == _FOREGROUND else ground)
        if mark is not None and role == _DECORATION:
            return self._icon(mark.tone.value, tokens.muted)
        if role == _FOREGROUND and shown.reviewed.state is LineState.DUPLICATE:
            return QColor(tokens.muted)
        return None

    def _icon(self, name: str, ink: str) -> QIcon:
        found = self._icons.get((name, ink))
        if found is None:
            found = self._icons[name, ink] = icon(name, ink)
        return found
