"""The cells of a workbook as a person sees them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

Cell = int | float | str | bool | time | date | datetime | timedelta

_LARGEST_EXACT = 10**15  # a spreadsheet keeps 15 digits of a number
_LONGEST_NUMBER = 40  # digits; beyond, it stays in the form with an exponent


class CellTexts:
    """Turns cells into texts. `times` counts the dates that had a time of day, which is left out."""

    def __init__(self) -> None:
        self.times = 0

    def row(self, cells: Sequence[Cell]) -> list[str]:
        """The texts of a row."""
        return [cell if type(cell) is str else self.text(cell) for cell in cells]

    def text(self, cell: Cell) -> str:
        """A whole number without decimals, a date as YYYY-MM-DD, all digits that a spreadsheet keeps of a number."""
        if isinstance(cell, str):
            return cell
        if isinstance(cell, bool):
            return "TRUE" if cell else "FALSE"
        if isinstance(cell, int | float):
            return _number(cell)
        if isinstance(cell, datetime):
            self.times += cell.time() != time()
            return cell.date().isoformat()
        if isinstance(cell, timedelta):
            minutes, seconds = divmod(round(cell.total_seconds()), 60)
            hours, minutes = divmod(minutes, 60)
            return f"{hours}:{minutes:02}:{seconds:02}"
        return cell.isoformat()


def _number(number: float) -> str:
    if not math.isfinite(number):
        return str(number)
    if number == (whole := round(number)) and abs(whole) < _LARGEST_EXACT:
        return str(whole)
    text = f"{number:.15g}"
    if "e" not in text:
        return text
    written = f"{Decimal(text):f}"
    return written if len(written) <= _LONGEST_NUMBER else text.upper()
