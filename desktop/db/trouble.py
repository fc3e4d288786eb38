"""Turns the database driver's errors into sentences; what is not known trouble stays a bug."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from desktop.domain.errors import StorageTrouble

# SQLite's primary result codes (sqlite.org/rescode.html) that a person can do something about.
_SENTENCES = {
    sqlite3.SQLITE_BUSY: "The database is in use by another window or program. Try again in a moment.",
    sqlite3.SQLITE_LOCKED: "The database is in use by another window or program. Try again in a moment.",
    sqlite3.SQLITE_READONLY: "The database file cannot be written: it is read-only.",
    sqlite3.SQLITE_IOERR: "The disk reported an error while the database was used.",
    sqlite3.SQLITE_CORRUPT: "The database file is damaged. Restore the last backup.",
    sqlite3.SQLITE_FULL: "The disk is full. Nothing was changed; free some space and try again.",
    sqlite3.SQLITE_CANTOPEN: "The database file cannot be opened: check that its folder exists and may be written.",
    sqlite3.SQLITE_NOTADB: "The file is not a database.",
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
        return None if code is None else _SENTENCES.get(code & 0xFF)
    if type(error).__name__ == "OperationalError":
        return "The database server cannot be reached or ended the connection."
    return None
