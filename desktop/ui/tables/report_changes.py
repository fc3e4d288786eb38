"""The columns of the list of what happened to a report's lines after it was made."""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter

from desktop.domain.reports import ChangeKind, ReportChange
from desktop.ui.formats import counted, shown_time
from desktop.ui.tables.entry_history import change_in_words
from desktop.ui.tables.windowed import Column

_KINDS: Mapping[ChangeKind, str] = {
    ChangeKind.ADDED: "added",
    ChangeKind.CHANGED: "changed",
    ChangeKind.REMOVED: "removed",
}


def changes_in_words(change: ReportChange) -> str:
    """`Quantity: 10 → 12`; how many lines for an import."""
    if change.entry_id is None:
        return counted(change.lines, "line", "lines")
    return "; ".join(map(change_in_words, change.fields))


CHANGE_COLUMNS: tuple[Column[ReportChange], ...] = (
    Column("changed_at", "When", lambda change: shown_time(change.changed_at), attrgetter("changed_at"), 16),
    Column("changed_by", "By", attrgetter("changed_by"), lambda change: change.changed_by.casefold(), 14),
    Column("kind", "What", lambda change: _KINDS[change.kind], attrgetter("kind"), 8),
    Column("what", "Line", attrgetter("what"), attrgetter("what"), 30),
    Column("fields", "Before → after", changes_in_words, changes_in_words, 26),
    Column("reason", "Why", lambda change: change.reason or "", lambda change: change.reason or "", 24),
)
