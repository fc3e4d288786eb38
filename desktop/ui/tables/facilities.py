"""Facilities without customer, each with a box to tick: nothing is ticked but by a person."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from PySide6.QtCore import Qt, Signal

from desktop.domain.customers import Facility, LikelyFacility
from desktop.domain.distributions import fold_facility
from desktop.ui.formats import shown_date, shown_number
from desktop.ui.tables.short_list import Index, ShortListModel
from desktop.ui.tables.windowed import Column

_CHECK = int(Qt.ItemDataRole.CheckStateRole)

LIKELY_COLUMNS: tuple[Column[LikelyFacility], ...] = (
    Column(
        "facility",
        "Facility as shipped",
        lambda row: row.use.facility.in_words(),
        lambda row: row.use.facility.in_words().casefold(),
        44,
    ),
    Column("why", "What agrees", attrgetter("why"), lambda row: (row.score, row.why), 26),
    Column(
        "entries", "Entries", lambda row: shown_number(row.use.entries), attrgetter("use.entries"), 8, align_right=True
    ),
    Column("units", "Units", lambda row: shown_number(row.use.units), attrgetter("use.units"), 9, align_right=True),
    Column("last", "Last shipment", lambda row: shown_date(row.use.last_shipment), attrgetter("use.last_shipment"), 12),
)


class TickedFacilities(ShortListModel):
    """A box in the first column of each row; Space ticks the current row. What is ticked stays so while it is hidden
    by a search.
    """

    ticked_changed = Signal()

    def __init__(self, columns: Sequence[Column[Any]]) -> None:
        super().__init__(columns)
        self._all: tuple[LikelyFacility, ...] = ()
        self._ticked: set[Facility] = set()

    @property
    def is_empty(self) -> bool:
        """Whether no facility is offered."""
        return not self._all

    @property
    def ticked(self) -> tuple[LikelyFacility, ...]:
        """What is ticked, in the order in which it was offered."""
        return tuple(row for row in self._all if row.use.facility in self._ticked)

    def offer(self, facilities: Sequence[LikelyFacility]) -> None:
        """Takes other facilities; `search` shows them."""
        self._all = tuple(facilities)

    def search(self, text: str, *, likely_only: bool) -> None:
        """Shows the facilities that hold every word of `text`, without case."""
        words = fold_facility(text).split()
        found = []
        for row in self._all:
            spoken = fold_facility(row.use.facility.in_words())
            if (row.score or not likely_only) and all(word in spoken for word in words):
                found.append(row)
        self.show(found)

    def flags(self, index: Index) -> Qt.ItemFlag:
        kept = super().flags(index)
        return kept | Qt.ItemFlag.ItemIsUserCheckable if index.column() == 0 else kept

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if role == _CHECK and index.column() == 0:
            is_ticked = self.rows[index.row()].use.facility in self._ticked
            return Qt.CheckState.Checked if is_ticked else Qt.CheckState.Unchecked
        return super().data(index, role)

    def setData(self, index: Index, value: Any, role: int = int(Qt.ItemDataRole.EditRole)) -> bool:  # noqa: N802
        if role != _CHECK or index.column() != 0:
            return False
        facility = self.rows[index.row()].use.facility
        if Qt.CheckState(value) == Qt.CheckState.Checked:
            self._ticked.add(facility)
        else:
            self._ticked.discard(facility)
        self.dataChanged.emit(index, index, [_CHECK])
        self.ticked_changed.emit()
        return True
