"""How many entries are selected and how many units they hold, be it one or a million."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from desktop.domain.distributions import LogTotals
from desktop.domain.errors import KnownTrouble
from desktop.domain.filters import DistributionFilter
from desktop.domain.progress import Cancelled, Progress
from desktop.services import distributions
from desktop.ui.formats import counted
from desktop.ui.page import PageContext
from desktop.ui.tables.windowed import WindowedModel
from desktop.ui.tasks import Lane, Ticket
from desktop.ui.theme import Tone
from desktop.ui.widgets.banner import Message


class SelectionSum(QObject):
    """`changed` follows when the units are known. The sum of a selection that is gone is not gone on with."""

    changed = Signal()

    def __init__(self, context: PageContext, model: WindowedModel, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._model = model
        self._count = 0
        self._units: int | None = None
        self._number = 0
        self._ticket: Ticket | None = None

    @property
    def in_words(self) -> str:
        """`Selected: 2 entries, 12 units`; "" when nothing is selected."""
        if not self._count:
            return ""
        words = f"Selected: {counted(self._count, 'entry', 'entries')}"
        return words if self._units is None else f"{words}, {counted(self._units, 'unit', 'units')}"

    def select(self, ranges: Sequence[range], wanted: DistributionFilter) -> None:
        """These stretches of the rows that `wanted` finds are selected now."""
        if self._ticket is not None:
            self._ticket.cancel()
            self._ticket = None
        self._count = sum(map(len, ranges))
        self._units = None
        self._number += 1
        if not self._count:
            return
        number, workspace = self._number, self._context.workspace
        selected, rest = self._keys_of(ranges), self._keys_of(_between(ranges, self._model.rowCount()))

        def read(progress: Progress) -> LogTotals:
            if len(rest) < len(selected):  # what the filter finds, less the few that are not selected
                found = distributions.totals(workspace, wanted)
                left = distributions.totals_of(workspace, rest, progress)
                if found.lines - left.lines == len(selected):  # else somebody wrote in between
                    return LogTotals(len(selected), found.units - left.units)
            return distributions.totals_of(workspace, selected, progress)

        self._ticket = self._context.tasks.submit(
            read, lambda totals: self._take(number, totals), self._say_trouble, lane=Lane.READ, owner=self
        )

    def _take(self, number: int, totals: LogTotals) -> None:
        if number == self._number:
            self._units = totals.units
            self.changed.emit()

    def _say_trouble(self, trouble: KnownTrouble) -> None:
        if not isinstance(trouble, Cancelled):
            self._context.say(Message(Tone.PROBLEM, str(trouble)))

    def _keys_of(self, ranges: Sequence[range]) -> array[int]:
        keys: array[int] = array("q")
        for rows in ranges:
            keys += self._model.keys_of(rows)
        return keys


def _between(ranges: Sequence[range], rows: int) -> list[range]:
    """The stretches of `rows` rows that are not in `ranges`."""
    begins = [0, *(part.stop for part in ranges)]
    ends = [*(part.start for part in ranges), rows]
    return [range(begin, end) for begin, end in zip(begins, ends, strict=True) if begin < end]
