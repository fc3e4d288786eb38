"""What a write touched, so that open pages can refresh without knowing each other."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Subject(StrEnum):
    """The kinds of record that a page can show."""

    DISTRIBUTIONS = "distributions"
    IMPORTS = "imports"
    TRACING_REPORTS = "tracing_reports"
    APPROVALS = "approvals"
    CUSTOMERS = "customers"
    USERS = "users"
    SETTINGS = "settings"
    AUDIT = "audit"


@dataclass(frozen=True, slots=True)
class Changes:
    """The subjects a committed write touched, and the ids it created or changed, in the order they were written."""

    subjects: frozenset[Subject]
    ids: tuple[int, ...] = ()

    @classmethod
    def of(cls, *subjects: Subject, ids: tuple[int, ...] = ()) -> Changes:
        """Changes to `subjects`; the audit trail always grows with them."""
        return cls(frozenset(subjects) | {Subject.AUDIT}, ids)
