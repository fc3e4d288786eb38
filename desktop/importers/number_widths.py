"""Which columns hold numbers of one width, filled up with leading zeros: a shorter one has lost some."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

_SEPARATOR = "\x1f"
# Below so many numbers a width is chance.
_FEWEST = 3


class WidthEvidence:
    """Counts the widths of the plain numbers of one column."""

    def __init__(self) -> None:
        self._zeros = False
        self._widths: Counter[int] = Counter()
        self._filled: Counter[int] = Counter()

    def add(self, texts: Sequence[str]) -> None:
        """Takes in the texts of some rows; quick while none begins with a zero."""
        self._zeros = self._zeros or f"{_SEPARATOR}0" in _SEPARATOR + _SEPARATOR.join(texts)
        for text in map(str.strip, texts) if self._zeros else ():
            if text.isascii() and text.isdigit():
                self._widths[len(text)] += 1
                self._filled[len(text)] += text[0] == "0"

    @property
    def width(self) -> int | None:
        """The width that most numbers have by leading zeros, none being wider; else None."""
        width = max(self._widths, default=0)
        count = self._widths.total()
        return width if self._filled[width] * 2 > count >= _FEWEST else None
