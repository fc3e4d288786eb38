"""Turns the database driver's errors into sentences; what is not known trouble stays a bug."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from desktop.domain.errors import StorageTrouble

_IN_USE = "The database is in use by another window or program. Try again in a moment."
_FULL = "The disk is full. Nothing was changed; free some space and try again."
_UNREACHABLE = "The database server cannot be reached or ended the connection."

# SQLite's primary result codes (sqlite.org/rescode.html) that a person can do something about.
_SQLITE_CODES = {
    sqlite3.SQLITE_BUSY: _IN_USE,
    sqlite3.SQLITE_LOCKED: _IN_USE,
    sqlite3.SQLITE_READONLY: "The database file cannot be written: it is read-only.",
    sqlite3.SQLITE_IOERR: "The disk reported an error while the database was used.",
    sqlite3.SQLITE_CORRUPT: "The database file is damaged. Restore the last backup.",
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_CANTOPEN: "The database file cannot be opened: check that its folder exists and may be written.",
    sqlite3.SQLITE_NOTADB: "The file is not a database.",
}

# PostgreSQL's (postgresql.org/docs/current/errcodes-appendix.html); without a server there is none.
_SQLSTATES = {
    None: _UNREACHABLE,
    "57P01": _UNREACHABLE,  # admin_shutdown
    "57P02": _UNREACHABLE,  # crash_shutdown
    "57P03": _UNREACHABLE,  # cannot_connect_now
    "53100": _FULL,
    "53300": "The database server has no connection left. Try again in a moment.",
    "55P03": _IN_USE,  # lock_not_available
}


@contextmanager
def known_trouble() -> Iterator[None]:
    """Raises `StorageTrouble` in place of a driver error that has a sentence; every other error passes through."""
    try:
        yield
    except DBAPIError as error:
        sentence = _sentence(error.orig)
        if sentence is None:
            raise
        raise StorageTrouble(sentence) from error


def _sentence(error: BaseException | None) -> str | None:
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", None)
        return None if code is None else _SQLITE_CODES.get(code & 0xFF)
    if any(kind.__name__ == "OperationalError" for kind in type(error).__mro__):
        return _SQLSTATES.get(getattr(error, "sqlstate", None))
    return None
