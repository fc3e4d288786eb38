"""The lines of a file as the import review shows them: only what is on the screen is read and checked."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QIcon

from desktop.domain.import_review import ImportChoices, ImportCounts, ImportPreview, LineState
from desktop.domain.imports import LINE_FIELDS, FileKind, ParsedFile
from desktop.ui.formats import plain_tool_tip
from desktop.ui.icons import icon
from desktop.ui.tables.import_lines import (
    FIELD_SECTIONS,
    REVIEW_COLUMNS,
    STATE_ICONS,
    STATE_SECTION,
    STATE_TONES,
    Review,
    ShownLine,
    shown_line,
)
from desktop.ui.theme import Tone, tokens_in_use

Index = QModelIndex | QPersistentModelIndex

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


class ImportReviewModel(QAbstractTableModel):
    """The lines of one `Review`, all of them or some.

    `corrected` carries a record number and its texts, one per name in LINE_FIELDS; None when they are again as the
    file has them. The model does not change by it: it shows the correction when the new choices are set.
    """

    corrected = Signal(int, object)

    NOTHING = Review(ImportPreview(ParsedFile("", "", 0, FileKind.CSV), ImportChoices(), None, ImportCounts()), {})

    def __init__(self) -> None:
        super().__init__()
        self._review = self.NOTHING
        self._choices = ImportChoices()
        self._names: Mapping[int, str] = {}
        self._indexes: Sequence[int] = ()
        self._shown: dict[int, ShownLine] = {}
        self._icons: dict[tuple[str, str], QIcon] = {}

    # What the review asks.

    def show(self, review: Review, choices: ImportChoices) -> None:
        """Shows all lines of another reading of the file."""
        self._review, self._choices = review, choices
        lines = review.preview.lines
        self.show_lines(range(0 if lines is None else len(lines)))

    def show_checked(self, review: Review, choices: ImportChoices) -> None:
        """The same rows, checked again: every line stays where it stands, even when its state is another one now."""
        self._review, self._choices = review, choices
        self._forget()

    def set_choices(self, choices: ImportChoices) -> None:
        """Shows corrections and decisions at once, before the lines were checked again."""
        self._choices = choices
        self._forget()

    def set_people(self, names: Mapping[int, str]) -> None:
        """Who can be linked as rep: names by id."""
        self._names = names
        self._forget()

    def show_lines(self, indexes: Sequence[int]) -> None:
        """Shows the lines at these indexes of the file, which are in order."""
        self.beginResetModel()
        self._indexes = indexes
        self._shown.clear()
        self.endResetModel()

    def indexes(self, rows: Sequence[int]) -> Sequence[int]:
        """Where the lines in these rows of the table are in the file."""
        if isinstance(self._indexes, range):
            return rows
        return [self._indexes[row] for row in rows]

    def row_of(self, index: int) -> int | None:
        """The row of the table in which a line of the file stands."""
        row = bisect_left(self._indexes, index)
        return row if row < len(self._indexes) and self._indexes[row] == index else None

    def line(self, row: int) -> ShownLine:
        """The line in a row of the table."""
        index = self._indexes[row]
        found = self._shown.get(index)
        if found is None:
            while len(self._shown) >= _LINES_KEPT:
                del self._shown[next(iter(self._shown))]
            found = self._shown[index] = shown_line(self._review, self._choices, self._names, index)
        return found

    def conflicts_among(self, rows: range | Iterable[int]) -> tuple[int, ...]:
        """The record numbers of the conflicts in these rows of the table."""
        conflicts, indexes = self._review.conflicts, self._indexes
        if isinstance(indexes, range) and isinstance(rows, range):  # all of a million rows may be selected
            return tuple(record for index, record in conflicts.items() if index in rows)
        return tuple(conflicts[indexes[row]] for row in rows if indexes[row] in conflicts)

    def problem_fields(self, row: int) -> list[str]:
        """The fields of a row's line that are wrong and can be corrected here, from left to right."""
        shown = self.line(row)
        if not shown.can_be_corrected:
            return []
        wrong = {field for field, mark in shown.marks.items() if mark.tone is Tone.PROBLEM}
        return [field for field in LINE_FIELDS if field in wrong]

    def next_left_out(self, row: int, step: int) -> int | None:
        """The nearest row below (`step` 1) or above (-1) whose line is left out as things stand, from the other end
        when there is none; None when the table has no such line.
        """
        decisions, alike = self._choices.conflict_decisions, self._choices.conflicts
        undecided = [index for index, record in self._review.conflicts.items() if decisions.get(record, alike) is None]
        index = self._indexes[row] if 0 <= row < len(self._indexes) else -1
        nearest = [self._nearest(candidates, index, step) for candidates in (self._review.problems, undecided)]
        found = [(round_about, step * place, place) for round_about, place in filter(None, nearest)]
        return self.row_of(min(found)[2]) if found else None

    def _nearest(self, candidates: Sequence[int], index: int, step: int) -> tuple[bool, int] | None:
        """Of the ordered candidates the nearest that is shown, and whether it was found from the other end."""
        if step > 0:
            start = bisect_right(candidates, index)
            ways = (range(start, len(candidates)), range(start))
        else:
            start = bisect_left(candidates, index)
            ways = (range(start - 1, -1, -1), range(len(candidates) - 1, start - 1, -1))
        for round_about, places in zip((False, True), ways, strict=True):
            for place in places:
                if self.row_of(candidates[place]) is not None:
                    return round_about, candidates[place]
        return None

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
        if index.column() in FIELD_SECTIONS and self.line(index.row()).can_be_corrected:
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
            return shown.values[LINE_FIELDS.index(column.name)] if section in FIELD_SECTIONS else column.text(shown)
        if role in (_TOOL_TIP, _SPOKEN):
            sentence = self._sentence(shown, section)
            # Without this a view takes text of a file for HTML, and would load what it refers to.
            return plain_tool_tip(sentence) if role == _TOOL_TIP else sentence or None
        if section == STATE_SECTION:
            return self._state_look(shown, role)
        return self._cell_look(shown, column.name, role)

    def setData(self, index: Index, value: Any, role: int = _EDIT) -> bool:  # noqa: N802
        if role != _EDIT or not self.flags(index) & Qt.ItemFlag.ItemIsEditable:
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
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._indexes) - 1, len(REVIEW_COLUMNS) - 1))

    def _sentence(self, shown: ShownLine, section: int) -> str:
        """What is said of a cell."""
        if section not in FIELD_SECTIONS:
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
