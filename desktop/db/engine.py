"""Opening the database: one engine for SQLite or PostgreSQL, with what each connection needs.

Writes begin with a write lock on both engines (`BEGIN IMMEDIATE` on SQLite, an advisory lock on PostgreSQL): two
writers wait for each other, and what a writer read (the last number, the end of the audit chain, which lines are there
already) is still true when it commits. SQLite's driver would start no transaction before DDL, so that its own
transaction handling is switched off.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.orm import Session, sessionmaker

BUSY_TIMEOUT_MS = 5_000

# The execution option that marks a connection that will write.
WRITES = "silqeqms_writes"

# Any number will do, as long as every writer takes the same lock.
_WRITE_LOCK = 0x51_10_E0

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
        engine = create_engine(url, hide_parameters=True)  # values would reach the log with an error
        event.listen(engine, "connect", _prepare_sqlite(foreign_keys))
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    # Waiting for a lock ends on PostgreSQL as it does on SQLite.
    options = {"options": f"-c timezone=UTC -c lock_timeout={BUSY_TIMEOUT_MS}"}
    engine = create_engine(url, connect_args=options, hide_parameters=True)
    event.listen(engine, "begin", _begin_postgresql)
    return engine


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


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get(WRITES, False):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITE_LOCK})")


class SessionFactory:
    """Sessions that read and sessions that write, over one engine."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        # A reading transaction sees one state on SQLite; on PostgreSQL it has to be asked for.
        one_state = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
        self._reading = sessionmaker(engine.execution_options(**one_state), expire_on_commit=False)
        self._writing = sessionmaker(engine.execution_options(**{WRITES: True}), expire_on_commit=False)

    def reading(self) -> Session:
        """A session for reading: one state of the records from its first query on, and never the write lock."""
        return self._reading()

    def writing(self) -> Session:
        """A session whose transaction begins with the write lock."""
        return self._writing()

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()
