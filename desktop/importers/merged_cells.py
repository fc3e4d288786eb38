"""Merged cells: a spreadsheet keeps their value in the first one, and a person sees it in all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

# ((first row, first column), (last row, last column)), counted from 0
Range = tuple[tuple[int, int], tuple[int, int]]


class MergedCells:
    """Repeats the value of cells that are merged over several rows; `filled` tells that it did.

    Quantities are left alone: one number merged over three rows may be the sum of the three.
    """

    def __init__(
        self, ranges: Iterable[Range], *, below: int, first_column: int, width: int, counted: int | None
    ) -> None:
        """`below` is the row of the header, `first_column` the column of the first cell of a row, `counted` the place
        of the quantities among the `width` cells of a row."""
        self.filled = False
        self._last_rows: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for (first_row, column), (last_row, _) in ranges:
            place = column - first_column
            if first_row > below and last_row > first_row and 0 <= place < width and place != counted:
                self._last_rows[first_row].append((place, last_row))
        self._open: dict[int, tuple[int, str]] = {}  # by place: the last row and the value

    def fill(self, rows: Sequence[list[str]], first: int) -> None:
        """Completes the rows that follow those of the call before; `first` is the number of the first one."""
        if not self._last_rows:
            return
        for number, row in enumerate(rows, start=first):
            for place, (last, value) in list(self._open.items()):
                if number > last:
                    del self._open[place]
                elif not row[place]:
                    row[place] = value
                    self.filled = True
            for place, last in self._last_rows.get(number, ()):
                if row[place]:
                    self._open[place] = (last, row[place])
