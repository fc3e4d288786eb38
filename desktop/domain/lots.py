"""Lot numbers: how they are normalised and which are accepted.

The rule is a setting; its default is the traceability plan's pattern with ASCII digits only.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from functools import cached_property

DEFAULT_LOT_PATTERN = "SLQ-[0-9]{5}"
LONGEST_LOT = 100  # characters; ends a rule that has no end of its own

# Soft hyphen, hyphen, non-breaking hyphen, figure dash, en dash, em dash and minus: slips print all of them for "-".
_AS_KEPT = str.maketrans(
    dict.fromkeys("\u00ad\u2010\u2011\u2012\u2013\u2014\u2212", "-")
    | dict(zip(string.ascii_lowercase, string.ascii_uppercase, strict=True))
)
_FIXED_DIGITS = re.compile(r"(?:\[0-9\]|\\d)\{([0-9]{1,2})\}")
_REGEX_SYNTAX = frozenset("\\[](){}*+?|^$.")


def normalise_lot(text: str) -> str:
    """The lot as it is kept: trimmed, ASCII letters upper case, every kind of hyphen as `-`; no other change."""
    return text.translate(_AS_KEPT).strip()


@dataclass(frozen=True)
class LotRule:
    """A regular expression that a whole lot number must match.

    Raises `ValueError` from `compiled` when the pattern is no regular expression.
    """

    pattern: str = DEFAULT_LOT_PATTERN

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The pattern for `fullmatch`, ASCII only: `\\d` must not take full-width digits."""
        try:
            return re.compile(self.pattern, re.ASCII)
        except re.error as error:
            raise ValueError(f"The lot rule is not a regular expression: {error}") from error

    def accepts(self, lot_number: str) -> bool:
        """Whether the normalised `lot_number` matches as a whole (`fullmatch`: `$` would let a newline pass)."""
        return len(lot_number) <= LONGEST_LOT and self.compiled.fullmatch(lot_number) is not None

    @property
    def in_words(self) -> str:
        """The pattern as people read it, `SLQ-#####`; the pattern itself when it is more than a plain template."""
        words = _FIXED_DIGITS.sub(lambda digits: "#" * int(digits.group(1)), self.pattern)
        return self.pattern if _REGEX_SYNTAX & set(words) else words

    @property
    def message(self) -> str:
        """What is said of a lot that does not match."""
        return f"Lot number must match format: {self.in_words}"
