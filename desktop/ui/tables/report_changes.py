"""The columns of the list of what happened to a report's lines after it was made."""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter

from desktop.domain.distributions import FIELD_LABELS
from desktop.domain.reports import ChangeKind, FieldChange, ReportChange
from desktop.ui.formats import BLANK, counted, shown_time
from desktop.ui.tables.windowed import Column

_KINDS: Mapping[ChangeKind, str] = {
    ChangeKind.ADDED: "added",
    ChangeKind.CHANGED: "changed",
    ChangeKind.REMOVED: "removed",
}


def change_in_words(change: ReportChange) -> str:
    """`Quantity 10 → 12`; how many lines for an import."""
    if change.entry_id is None:
        return counted(change.lines, "line", "lines")
    return "; ".join(map(_field_in_words, change.fields))


def _field_in_words(changed: FieldChange) -> str:
    label = FIELD_LABELS.get(changed.field, changed.field.replace("_", " ").capitalize())
    before, after = (BLANK if value in (None, "") else str(value) for value in (changed.before, changed.after))
    return f"{label} {before} → {after}"


CHANGE_COLUMNS: tuple[Column[ReportChange], ...] = (
    Column("changed_at", "When", lambda change: shown_time(change.changed_at), attrgetter("changed_at"), 16),
    Column("changed_by", "By", attrgetter("changed_by"), lambda change: change.changed_by.casefold(), 14),
    Column("kind", "What", lambda change: _KINDS[change.kind], attrgetter("kind"), 8),
    Column("what", "Line", attrgetter("what"), attrgetter("what"), 30),
    Column("fields", "Before → after", change_in_words, change_in_words, 26),
    Column("reason", "Why", lambda change: change.reason or "", lambda change: change.reason or "", 24),
)
