"""A table model for any number of rows: it paints the first rows at once, and then reads only what is looked at.

A worker reads the first rows and, once they are shown, the ordered keys of all rows (eight bytes each). From then on
the row count is exact, every row can be jumped to, and the rows around what the view paints are read by key into a
few blocks. Memory does not grow with what was scrolled past.

Everything is read by a worker, so that nothing can block the window. Once that proved to be quick, painting a missing
block waits for it, for less than a frame: then a jump shows its rows at once instead of placeholders first.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from threading import Event
from time import perf_counter
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal

from desktop.domain.errors import KnownTrouble
from desktop.domain.progress import Progress
from desktop.ui.formats import plain_tool_tip
from desktop.ui.tasks import Lane, Tasks, Ticket

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)
Index = QModelIndex | QPersistentModelIndex

NATIVE_ROLE = int(Qt.ItemDataRole.UserRole)
ROW_ROLE = NATIVE_ROLE + 1

_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_ALIGNMENT = int(Qt.ItemDataRole.TextAlignmentRole)
_TOOL_TIP = int(Qt.ItemDataRole.ToolTipRole)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_NO_PARENT = QModelIndex()

_BLOCK_BITS = 6
BLOCK_ROWS = 1 << _BLOCK_BITS
FIRST_ROWS = 2 * BLOCK_ROWS
BLOCKS_KEPT = 24
PATIENCE_SECONDS = 0.01  # with painting itself this stays below a frame
_QUICK_READS = 2  # so many in a row before painting waits for one; one slow read ends it
_BLOCKS_AT_ONCE = 3  # more than a screenful: what a fast drag has left behind by then is not read at all

UNREAD_TEXT = "…"
GONE_TEXT = "no longer there"


@dataclass(frozen=True)
class Column(Generic[R]):
    """One column: the text that is shown and the value behind it. `width` is in digits.

    `sort` is what the rows are asked to be sorted by; None where nobody sorts.
    """

    name: str
    title: str
    text: Callable[[R], str]
    native: Callable[[R], object]
    width: int
    align_right: bool = False
    sort: Any = None


class RowSource(Protocol[R_co]):
    """One query: a filter and an order. Every method is called in a worker, so it holds values only."""

    def first(self, limit: int) -> Sequence[R_co]:
        """The first rows, in order."""

    def keys(self) -> array[int]:
        """The keys of all rows, in order."""

    def rows(self, keys: Sequence[int]) -> Sequence[R_co]:
        """The rows with these keys, in any order; one that is gone is left out."""


class _Block(NamedTuple):
    """Up to BLOCK_ROWS neighbouring rows, ready to be painted; None for a row that is gone."""

    texts: list[tuple[str, ...]]
    rows: list[Any]


class _Reading:
    """Some blocks that a worker reads. `awaited` while painting waits for them; `rows` once they are `there`."""

    def __init__(self, keys: array[int], blocks: Sequence[int], *, awaited: bool) -> None:
        self.keys = keys
        self.blocks = blocks
        self.awaited = awaited
        self.rows: Sequence[Any] | None = None
        self.seconds = 0.0
        self.there = Event()


class WindowedModel(QAbstractTableModel):
    """The rows of one `RowSource` at a time. After `show` the old rows stay until the new ones are there.

    `first_shown` comes when the first rows are in the model, `counted` with the exact number of rows, `failed` with
    the trouble when they could not be read. `sort_asked` carries a column's `sort` and whether it is descending.
    """

    first_shown = Signal()
    counted = Signal(int)
    failed = Signal(object)
    sort_asked = Signal(object, bool)

    def __init__(
        self,
        columns: Sequence[Column[Any]],
        key_of: Callable[[Any], int],
        tasks: Tasks,
        *,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        """`patience` is how long painting may wait for rows, in seconds."""
        super().__init__()
        self._patience = patience
        self.columns = tuple(columns)
        self._key_of = key_of
        self._tasks = tasks
        self._texts_of = tuple(column.text for column in columns)
        self._at_right = tuple(column.align_right for column in columns)
        self._alignments = tuple(_RIGHT if column.align_right else _LEFT for column in columns)
        self._unread = (UNREAD_TEXT, *("" for _ in columns[1:]))
        self._gone = (GONE_TEXT, *("" for _ in columns[1:]))
        self._generation = 0
        self._query: Ticket | None = None
        self._source: RowSource[Any] | None = None
        self._keys: array[int] = array("q")
        self._blocks: dict[int, _Block] = {}
        self._near = -1
        self._near_texts: list[tuple[str, ...]] | None = None
        self._wanted: dict[int, None] = {}
        self._readings = 0
        self._quick_reads = 0
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._read_wanted)

    # What a page asks.

    def show(self, source: RowSource[Any]) -> None:
        """Reads the rows of another query; what is still being read for an earlier one is dropped when it comes."""
        generation = self._begin()
        self._query = self._tasks.submit(
            lambda _progress: source.first(FIRST_ROWS),
            lambda rows: self._show_first(generation, source, rows),
            lambda trouble: self._fail(generation, trouble),
            lane=Lane.READ,
            owner=self,
        )

    def refresh(self, source: RowSource[Any], around: int) -> None:
        """Reads the same query again and changes the rows in one step: those around row `around` are read by then."""
        generation = self._begin()
        block = max(0, (around >> _BLOCK_BITS) - 1)

        def read(_progress: Progress) -> tuple[array[int], Sequence[Any]]:
            keys = source.keys()
            return keys, source.rows(_part(keys, block, _BLOCKS_AT_ONCE))

        self._query = self._tasks.submit(
            read,
            lambda found: self._swap(generation, source, block, *found),
            lambda trouble: self._fail(generation, trouble),
            lane=Lane.READ,
            owner=self,
        )

    def keys_of(self, rows: Iterable[int]) -> array[int]:
        """The keys of these rows, in the given order."""
        if isinstance(rows, range) and rows.step == 1:  # a stretch of a million rows takes no longer than one
            return self._keys[rows.start : rows.stop]
        return array("q", (self._keys[row] for row in rows))

    def rows_of(self, keys: Iterable[int]) -> list[int]:
        """Where the rows with these keys stand, from top to bottom; a key that is not among the rows is left out."""
        wanted = set(keys)
        found: list[int] = []
        if wanted:
            for row, key in enumerate(self._keys):
                if key in wanted:
                    found.append(row)
                    if len(found) == len(wanted):
                        break
        return found

    def row_object(self, row: int) -> Any | None:
        """The row itself when it is read, else None."""
        block = self._blocks.get(row >> _BLOCK_BITS)
        return block.rows[row & (BLOCK_ROWS - 1)] if block is not None else None

    # What the view asks.

    def rowCount(self, parent: Index = _NO_PARENT) -> int:  # noqa: N802
        return 0 if parent.isValid() else len(self._keys)

    def columnCount(self, parent: Index = _NO_PARENT) -> int:  # noqa: N802
        return 0 if parent.isValid() else len(self.columns)

    def plain_cell(self, index: Index) -> tuple[str, bool]:
        """What a cell shows, and whether it stands at the right; for `PlainCells`."""
        row, column = index.row(), index.column()
        block = row >> _BLOCK_BITS
        if block != self._near:  # the block of the last call is kept at hand
            self._approach(block)
        texts = self._near_texts
        shown = self._unread if texts is None else texts[row & (BLOCK_ROWS - 1)]
        return shown[column], self._at_right[column]

    def data(self, index: Index, role: int = _DISPLAY) -> Any:
        # Called some thousand times a repaint: roles are compared as integers.
        if role == _DISPLAY:
            return self.plain_cell(index)[0]
        if role == _ALIGNMENT:
            return self._alignments[index.column()]
        if role in (NATIVE_ROLE, ROW_ROLE):
            record = self.row_object(index.row())
            if record is None or role == ROW_ROLE:
                return record
            return self.columns[index.column()].native(record)
        if role == _TOOL_TIP:
            return plain_tool_tip(self.data(index))
        return None

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            if role == _DISPLAY:
                return self.columns[section].title
            if role == _ALIGNMENT:
                return self._alignments[section]
        elif role == _DISPLAY:
            return section + 1
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if 0 <= column < len(self.columns) and self.columns[column].sort is not None:
            self.sort_asked.emit(self.columns[column].sort, order == Qt.SortOrder.DescendingOrder)

    # How the rows come.

    def _begin(self) -> int:
        """The number of a new query; the one before is not begun any more if it still waits for a worker."""
        if self._query is not None:
            self._query.cancel()
        self._generation += 1
        return self._generation

    def _show_first(self, generation: int, source: RowSource[Any], rows: Sequence[Any]) -> None:
        if generation != self._generation:
            return
        self.beginResetModel()
        self._source = source
        self._keys = array("q", map(self._key_of, rows))
        self._forget()
        for start in range(0, len(rows), BLOCK_ROWS):
            self._blocks[start >> _BLOCK_BITS] = self._block_of(rows[start : start + BLOCK_ROWS])
        self.endResetModel()
        self.first_shown.emit()
        if len(rows) < FIRST_ROWS:
            self.counted.emit(len(rows))
            return
        self._query = self._tasks.submit(
            lambda _progress: source.keys(),
            lambda keys: self._take_keys(generation, keys),
            lambda trouble: self._fail(generation, trouble),
            lane=Lane.READ,
            owner=self,
        )

    def _take_keys(self, generation: int, keys: array[int]) -> None:
        if generation != self._generation:
            return
        shown = len(self._keys)
        if keys[:shown] != self._keys:  # somebody else wrote in between
            self.beginResetModel()
            self._keys = keys
            self._forget()
            self.endResetModel()
        elif len(keys) > shown:
            self.beginInsertRows(_NO_PARENT, shown, len(keys) - 1)
            self._keys = keys
            self.endInsertRows()
        self.counted.emit(len(keys))

    def _swap(self, generation: int, source: RowSource[Any], block: int, keys: array[int], rows: Sequence[Any]) -> None:
        if generation != self._generation:
            return
        self.beginResetModel()
        self._source = source
        self._keys = keys
        self._forget()
        self._keep(range(block, block + _BLOCKS_AT_ONCE), rows)
        self.endResetModel()
        self.first_shown.emit()
        self.counted.emit(len(keys))

    def _fail(self, generation: int, trouble: KnownTrouble) -> None:
        if generation == self._generation:
            self.failed.emit(trouble)

    def _forget(self) -> None:
        self._blocks.clear()
        self._wanted.clear()
        self._near = -1
        self._near_texts = None

    def _approach(self, block: int) -> None:
        """The view paints another block: have it read if it is not, and its neighbours before they are needed."""
        self._near = block
        found = self._blocks.pop(block, None) or self._wait_for(block)
        if found is None:
            self._near_texts = None
            self._wanted.pop(block, None)
            self._wanted[block] = None
        else:
            self._near_texts = found.texts
            self._blocks[block] = found  # the last in the dictionary is the last looked at
        if not self._timer.isActive():
            self._timer.start()

    def _wait_for(self, block: int) -> _Block | None:
        """The block, when a worker is known to read it within the patience of painting."""
        if self._source is None or self._quick_reads < _QUICK_READS:
            return None
        reading = self._read((block,), awaited=True)
        if not reading.there.wait(self._patience) or reading.rows is None:
            reading.awaited = False  # it comes later, or its trouble does
            self._quick_reads = 0
            return None
        self._keep((block,), reading.rows)
        return self._blocks.get(block)

    def _note_seconds(self, seconds: float) -> None:
        self._quick_reads = self._quick_reads + 1 if seconds < self._patience else 0

    def _read_wanted(self) -> None:
        if self._readings or self._source is None:
            return
        missing = [block for block in self._wanted if block not in self._blocks]
        self._wanted.clear()
        blocks = missing[-_BLOCKS_AT_ONCE:]
        for block in missing[:-_BLOCKS_AT_ONCE]:
            self._repaint(block)  # left behind, or still visible: then painting it asks again
        if not blocks:
            last = (len(self._keys) - 1) >> _BLOCK_BITS
            blocks = [
                block
                for block in (self._near + 1, self._near - 1)
                if 0 <= block <= last and self._near >= 0 and block not in self._blocks
            ]
        if blocks:
            self._read(blocks)

    def _read(self, blocks: Sequence[int], *, awaited: bool = False) -> _Reading:
        source, reading = self._source, _Reading(self._keys, blocks, awaited=awaited)
        if source is None:
            raise RuntimeError("Nothing is read before there is a query")
        keys = array("q", [key for block in blocks for key in _part(self._keys, block)])

        def read(_progress: Progress) -> None:
            start = perf_counter()
            try:
                reading.rows = source.rows(keys)
            finally:
                reading.seconds = perf_counter() - start
                reading.there.set()

        self._readings += 1
        self._tasks.submit(read, lambda _: self._take_rows(reading), self._give_up, lane=Lane.READ, owner=self)
        return reading

    def _take_rows(self, reading: _Reading) -> None:
        self._readings -= 1
        self._note_seconds(reading.seconds)
        if not reading.awaited and reading.rows is not None and reading.keys is self._keys:
            self._keep(reading.blocks, reading.rows)
            for block in reading.blocks:
                self._repaint(block)
        self._timer.start()

    def _give_up(self, trouble: KnownTrouble) -> None:
        self._readings -= 1
        self.failed.emit(trouble)

    def _keep(self, blocks: Sequence[int], rows: Sequence[Any]) -> None:
        """Keeps the rows of these blocks, and lets go of the blocks that were not looked at for longest."""
        by_key = {self._key_of(row): row for row in rows}
        for block in blocks:
            if keys := _part(self._keys, block):
                self._blocks[block] = self._block_of([by_key.get(key) for key in keys])
        for block in list(self._blocks)[:-BLOCKS_KEPT]:
            del self._blocks[block]
        found = self._blocks.get(self._near)
        self._near_texts = found.texts if found is not None else None

    def _block_of(self, rows: Iterable[Any]) -> _Block:
        kept = list(rows)
        return _Block(
            [self._gone if row is None else tuple(text(row) for text in self._texts_of) for row in kept], kept
        )

    def _repaint(self, block: int) -> None:
        first, last = block << _BLOCK_BITS, min((block + 1) << _BLOCK_BITS, len(self._keys)) - 1
        if first <= last:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))


def _part(keys: array[int], block: int, blocks: int = 1) -> array[int]:
    """The keys of some neighbouring blocks."""
    return keys[block << _BLOCK_BITS : (block + blocks) << _BLOCK_BITS]
