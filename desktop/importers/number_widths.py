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
        self._widths: Counter[int] = Counter()
        self._filled = 0

    def add(self, texts: Sequence[str]) -> None:
        """Takes in the texts of some rows; until a number begins with a zero nothing is counted."""
        joined = _SEPARATOR + _SEPARATOR.join(texts)
        filled = joined.count(f"{_SEPARATOR}0")
        if filled == 0 and not self._filled:
            return
        digits = joined.replace(_SEPARATOR, "")
        if not (digits.isascii() and digits.isdigit()):
            texts = [text for text in map(str.strip, texts) if text.isascii() and text.isdigit()]
            filled = sum(text.startswith("0") for text in texts)
        self._filled += filled
        self._widths.update(map(len, texts))

    @property
    def width(self) -> int | None:
        """The width that most numbers have, when most are filled up with zeros; else None."""
        widths = Counter({width: times for width, times in self._widths.items() if width})
        count = widths.total()
        [(width, times)] = widths.most_common(1) or [(0, 0)]
        return width if min(times, self._filled) * 2 > count >= _FEWEST else None
