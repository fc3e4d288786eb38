"""Settings that change how the product judges, and what a change of the lot rule would mean."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

LOT_RULE = "lot-rule"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as it is in force. `changed_at` and `changed_by` are None while it is the built-in default."""

    key: str
    value: str
    changed_at: datetime | None = None
    changed_by: str | None = None


@dataclass(frozen=True, slots=True)
class LotRuleEffect:
    """What a lot rule says of the lots that are in the log: how many match, how many do not, in how many entries.

    `examples` are some lots that would not match. `in_words` is the rule as people read it.
    """

    pattern: str
    in_words: str
    matching_lots: int
    matching_entries: int
    other_lots: int
    other_entries: int
    examples: tuple[str, ...]
