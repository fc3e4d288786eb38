"""The columns of a file, what stands in them, and the field that each is taken for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor

from desktop.domain.distributions import FIELD_LABELS
from desktop.domain.imports import LINE_FIELDS, REQUIRED_FIELDS, FileKind, ParsedFile
from desktop.ui.formats import plain_tool_tip
from desktop.ui.icons import icon
from desktop.ui.tables.import_lines import one_line
from desktop.ui.theme import Tone, tokens_in_use

Index = QModelIndex | QPersistentModelIndex

NOT_USED = "Not used"
HEADER, SAMPLES, FIELD, REMARK = range(4)
TITLES = ("Column in the file", "First values", "Taken for", "Remarks")

_SAMPLES_SHOWN = 4
_NO_PARENT = QModelIndex()
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_EDIT = int(Qt.ItemDataRole.EditRole)
_DECORATION = int(Qt.ItemDataRole.DecorationRole)
_FOREGROUND = int(Qt.ItemDataRole.ForegroundRole)
_BACKGROUND = int(Qt.ItemDataRole.BackgroundRole)
_TOOL_TIP = int(Qt.ItemDataRole.ToolTipRole)
_ALIGNMENT = int(Qt.ItemDataRole.TextAlignmentRole)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_SPOKEN = int(Qt.ItemDataRole.AccessibleDescriptionRole)


@dataclass(frozen=True, slots=True)
class FileColumn:
    """One column: its header and the first different values in it."""

    header: str
    samples: tuple[str, ...]

    @property
    def shown_samples(self) -> str:
        """The values on one line."""
        return "  ·  ".join(one_line(sample) for sample in self.samples)


def file_columns(file: ParsedFile) -> tuple[FileColumn, ...]:
    """The columns of a file, from left to right."""
    columns = []
    for place, header in enumerate(file.header):
        values = (row[place].strip() for row in file.sample_rows if place < len(row))
        columns.append(FileColumn(header, tuple(dict.fromkeys(filter(None, values)))[:_SAMPLES_SHOWN]))
    return tuple(columns)


class FileColumnsModel(QAbstractTableModel):
    """Which field each column is taken for: a name in LINE_FIELDS or None. `assigned` follows a change."""

    assigned = Signal()

    NO_FILE = ParsedFile("", "", 0, FileKind.CSV)

    def __init__(self) -> None:
        super().__init__()
        self._columns: Sequence[FileColumn] = ()
        self._fields: list[str | None] = []
        self._optional: frozenset[str] = frozenset()
        self._times: Counter[str] = Counter()

    def show(self, columns: Sequence[FileColumn], suggested: Mapping[str, str], optional: frozenset[str]) -> None:
        """Shows the columns of a file; `suggested` maps a field to a header. `optional` names required fields that this
        file can do without.
        """
        fields = {header: field for field, header in suggested.items() if header}
        self.beginResetModel()
        self._columns, self._optional = columns, optional
        self._fields = [fields.pop(column.header, None) for column in columns]
        self._times = Counter(column.header.casefold() for column in columns)
        self.endResetModel()

    @property
    def fields(self) -> Sequence[str | None]:
        """The field of each column, None where it is not used."""
        return tuple(self._fields)

    @property
    def columns(self) -> Mapping[str, str]:
        """The header that each field is read from."""
        return {field: column.header for field, column in zip(self._fields, self._columns, strict=True) if field}

    @property
    def missing(self) -> list[str]:
        """The required fields that no column is taken for."""
        return [field for field in REQUIRED_FIELDS if field not in self._fields and field not in self._optional]

    @property
    def doubled(self) -> list[str]:
        """The fields that more than one column is taken for."""
        return [field for field in LINE_FIELDS if self._fields.count(field) > 1]

    def assign(self, row: int, field: str | None) -> None:
        """Takes a column for a field, or for none; one whose header says nothing about which is meant for none only."""
        if self._fields[row] != field and (field is None or self._can_be_taken(row)):
            self._fields[row] = field
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._columns) - 1, REMARK))
            self.assigned.emit()

    def first_undecided(self) -> int:
        """The row to begin at: one whose field another column has too, else the first that is not used."""
        doubled = self.doubled
        for wanted in (lambda field: field in doubled, lambda field: field is None):
            for row, field in enumerate(self._fields):
                if wanted(field) and (doubled or self.missing):
                    return row
        return 0

    # What the view asks.

    def rowCount(self, parent: Index = _NO_PARENT) -> int:  # noqa: N802
        return 0 if parent.isValid() else len(self._columns)

    def columnCount(self, parent: Index = _NO_PARENT) -> int:  # noqa: N802
        return 0 if parent.isValid() else len(TITLES)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> Any:  # noqa: N802
        if orientation == Qt.Orientation.Horizontal:
            return {_DISPLAY: TITLES[section], _ALIGNMENT: _LEFT}.get(role)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        readable = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        editable = index.column() == FIELD and self._can_be_taken(index.row())
        return readable | Qt.ItemFlag.ItemIsEditable if editable else readable

    def data(self, index: Index, role: int = _DISPLAY) -> Any:
        row, section = index.row(), index.column()
        field, remark = self._fields[row], self._remark(row)
        if role == _EDIT:
            return field
        if role in (_DISPLAY, _TOOL_TIP):
            text = (
                one_line(self._columns[row].header) or "(no name)",
                self._columns[row].shown_samples,
                NOT_USED if field is None else FIELD_LABELS[field],
                remark,
            )[section]
            return text if role == _DISPLAY else plain_tool_tip(text)
        if role == _SPOKEN:
            return remark or None
        tokens = tokens_in_use()
        ink, ground = tokens.tone(Tone.PROBLEM)
        if section in (FIELD, REMARK) and remark and field is not None:
            if role == _DECORATION and section == FIELD:
                return icon(Tone.PROBLEM.value, ink)
            return {_FOREGROUND: QColor(ink), _BACKGROUND: QColor(ground)}.get(role)
        quiet = section == SAMPLES or field is None
        return QColor(tokens.muted) if role == _FOREGROUND and quiet else None

    def setData(self, index: Index, value: Any, role: int = _EDIT) -> bool:  # noqa: N802
        if role != _EDIT or index.column() != FIELD:
            return False
        self.assign(index.row(), value or None)
        return True

    def _can_be_taken(self, row: int) -> bool:
        header = self._columns[row].header
        return bool(header) and self._times[header.casefold()] == 1

    def _remark(self, row: int) -> str:
        field = self._fields[row]
        header = self._columns[row].header
        if not header:
            return "A column without a name cannot be chosen: name it in the file"
        if (times := self._times[header.casefold()]) > 1:
            return f"This header occurs {times} times, so that nobody can tell which is meant: rename it in the file"
        if field is None or self._fields.count(field) < 2:
            return ""
        return f"Another column is taken for {FIELD_LABELS[field].lower()} too: choose one"
