"""What the database itself can say about its own soundness."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import text
from sqlalchemy.orm import Session

APPEND_ONLY_TABLES = ("audit_events", "stored_files", "signatures", "report_changes")
# Never deleted, and changed in one way only: a signed draft becomes final, the notes of a mail on a draft are written.
FIXED_TABLES = ("tracing_reports", "approvals_eml")


def broken_database(session: Session) -> Iterator[str]:
    """One sentence for each finding of SQLite's integrity and foreign key checks; PostgreSQL enforces its own."""
    if session.get_bind().dialect.name != "sqlite":
        session.execute(text("SELECT 1"))
        return
    for (finding,) in session.execute(text("PRAGMA integrity_check")):
        if finding != "ok":
            yield f"Database: {finding}"
    for table, row, parent, _ in session.execute(text("PRAGMA foreign_key_check")):
        yield f"Record {row} of {table} points to a record of {parent} that is not there"


def missing_triggers(session: Session) -> Iterator[str]:
    """One sentence for each trigger that should refuse changes and is not there."""
    if session.get_bind().dialect.name == "sqlite":
        wanted = {f"tr_{table}_no_{verb}" for table in APPEND_ONLY_TABLES for verb in ("update", "delete")}
        wanted |= {f"tr_{table}_no_{verb}" for table in FIXED_TABLES for verb in ("change", "delete")}
        found = set(session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")))
    else:
        wanted = {f"tr_{table}_{kind}" for table in APPEND_ONLY_TABLES for kind in ("append_only", "no_truncate")}
        wanted |= {f"tr_{table}_no_{verb}" for table in FIXED_TABLES for verb in ("change", "delete", "truncate")}
        found = set(session.scalars(text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'")))
    for name in sorted(wanted - found):
        yield f"The trigger {name} is missing"
