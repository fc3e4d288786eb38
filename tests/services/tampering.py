"""What somebody with raw SQL can do to a database behind the product's back."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import make_url

from desktop.db.checks import APPEND_ONLY_TABLES, FIXED_TABLES
from desktop.services import integrity
from desktop.services.unit_of_work import Workspace
from desktop.storage.evidence_store import EvidenceStore


def on_sqlite(workspace: Workspace) -> bool:
    return workspace.sessions.engine.dialect.name == "sqlite"


def run_sql(workspace: Workspace, *statements: str) -> None:
    """Run statements on a connection of the product's own engine, and commit."""
    with workspace.sessions.writing() as session:
        for statement in statements:
            session.connection().exec_driver_sql(statement)
        session.commit()


def drop_triggers(workspace: Workspace) -> None:
    """Take away what keeps records as they are; foreign keys stay."""
    for table in APPEND_ONLY_TABLES:
        kinds = ("no_update", "no_delete") if on_sqlite(workspace) else ("append_only", "no_truncate")
        where = "" if on_sqlite(workspace) else f" ON {table}"
        run_sql(workspace, *(f"DROP TRIGGER tr_{table}_{kind}{where}" for kind in kinds))
    for table in FIXED_TABLES:
        where = "" if on_sqlite(workspace) else f" ON {table}"
        run_sql(workspace, *(f"DROP TRIGGER tr_{table}_{kind}{where}" for kind in ("no_change", "no_delete")))


def findings(workspace: Workspace, *, but: tuple[str, ...] = ("triggers",)) -> dict[str, str]:
    """What `verify` finds wrong: check -> what it says, without the checks named in `but`."""
    checks = integrity.verify(workspace).checks
    return {check.name: check.detail for check in checks if not check.ok and check.name not in but}


def stored_path(workspace: Workspace, key: str) -> Path:
    """Where a file of the evidence store lies."""
    return evidence_folder(workspace.store) / key


def evidence_folder(store: EvidenceStore) -> Path:
    """The folder of an evidence store."""
    return store._folder


def database_file(workspace: Workspace) -> Path:
    """The file of an SQLite database."""
    return Path(str(make_url(workspace.sessions.engine.url).database))
