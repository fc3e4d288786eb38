"""Opening the database: one engine for SQLite or PostgreSQL, with what each connection needs.

Writes begin with the write lock (`BEGIN IMMEDIATE`) on SQLite, so that two writers wait for each other instead of
failing half-way; the driver's own transaction handling is switched off because it starts no transaction before DDL.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.orm import Session, sessionmaker

BUSY_TIMEOUT_MS = 5_000

# One option marks a connection that will write; another switches foreign keys off for a schema upgrade.
WRITES = "silqeqms_writes"

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # a commit survives a power cut
    f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}",
    "PRAGMA recursive_triggers=ON",  # else INSERT OR REPLACE deletes without firing the append-only triggers
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
)


def open_engine(database_url: str | URL, *, foreign_keys: bool = True) -> Engine:
    """An engine for `sqlite:///file` or `postgresql://…`. `foreign_keys=False` is for upgrades on SQLite only."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url)
        event.listen(engine, "connect", _prepare_sqlite(foreign_keys))
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(url, connect_args={"options": "-c timezone=UTC"})


def _prepare_sqlite(foreign_keys: bool) -> Any:
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(pragma)
        # The pragma is ignored inside a transaction, so it is set once, on connect.
        connection.execute(f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}")

    return prepare


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


class SessionFactory:
    """Sessions that read and sessions that write, over one engine."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._reading = sessionmaker(engine, expire_on_commit=False)
        self._writing = sessionmaker(engine.execution_options(**{WRITES: True}), expire_on_commit=False)

    def reading(self) -> Session:
        """A session for reading; it never takes the write lock."""
        return self._reading()

    def writing(self) -> Session:
        """A session whose transaction begins with the write lock on SQLite."""
        return self._writing()

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()
