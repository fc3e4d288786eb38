"""The cells of a workbook as a person sees them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

Cell = int | float | str | bool | time | date | datetime | timedelta

_LARGEST_EXACT = 10**15  # a spreadsheet keeps 15 digits of a number
_LONGEST_NUMBER = 40  # digits; beyond, it stays in the form with an exponent


class CellTexts:
    """Turns cells into texts. `times` counts the dates that had a time of day, which is left out."""

    def __init__(self) -> None:
        self.times = 0
        self._writers: dict[type, Callable[[Any], str]] = {
            str: str,
            bool: lambda cell: "TRUE" if cell else "FALSE",
            int: _Remembered(_number).__getitem__,
            float: _Remembered(_number).__getitem__,
            date: _Remembered(date.isoformat).__getitem__,
            datetime: self._day,
            time: time.isoformat,
            timedelta: _hours,
        }

    def row(self, cells: Sequence[Cell]) -> list[str]:
        """The texts of a row."""
        writers = self._writers
        return [cell if type(cell) is str else writers[type(cell)](cell) for cell in cells]

    def text(self, cell: Cell) -> str:
        """A whole number without decimals, a date as YYYY-MM-DD, all digits that a spreadsheet keeps of a number."""
        return self._writers[type(cell)](cell)

    def _day(self, cell: datetime) -> str:
        self.times += cell.time() != time()
        return cell.date().isoformat()


class _Remembered(dict[Any, str]):
    """The texts of the values that a sheet repeats. Bounded, so that memory stays flat on unique values."""

    BOUND = 20_000

    def __init__(self, write: Callable[[Any], str]) -> None:
        super().__init__()
        self._write = write

    def __missing__(self, cell: Any) -> str:
        if len(self) >= self.BOUND:
            self.clear()
        text = self[cell] = self._write(cell)
        return text


def _hours(cell: timedelta) -> str:
    minutes, seconds = divmod(round(cell.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}"


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
