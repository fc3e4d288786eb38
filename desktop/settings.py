"""Which database and which evidence folder; the only reader of the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from desktop.domain.errors import StorageTrouble

_SQLITE = "sqlite:///"
_UNREADABLE = "DATABASE_URL cannot be read: write sqlite:///file or postgresql://…"


@dataclass(frozen=True, slots=True)
class Settings:
    """Where records are kept: the database, the evidence store's folder, and the folder for window state."""

    database_url: str
    storage_folder: Path
    state_folder: Path

    @property
    def database_label(self) -> str:
        """What people call the database: the file, or server and name; never a password."""
        if self.database_url.startswith("sqlite"):
            return self.database_url.partition("///")[2]
        return self.database_url.rpartition("@")[2].partition("?")[0]


def read_settings(database: str | None = None, storage: str | None = None) -> Settings:
    """From the command line, else `DATABASE_URL` and `SILQEQMS_STORAGE`, else the per-user files.

    `database` is a URL or the path of an SQLite file. Evidence lies beside an SQLite file, in `<name>-evidence`.
    Raises `StorageTrouble` for a database URL that cannot be read.
    """
    from platformdirs import user_data_path

    data_folder = user_data_path("SilqeQMS", appauthor=False, roaming=False)
    wanted = database or os.environ.get("DATABASE_URL") or str(data_folder / "silqeqms.db")
    chosen = storage or os.environ.get("SILQEQMS_STORAGE")
    if wanted.startswith(("postgresql://", "postgresql+psycopg://")):
        if find_spec("psycopg") is None:
            raise StorageTrouble("The driver for PostgreSQL is not installed here: add psycopg")
        try:
            _ = urlsplit(wanted).port
        except ValueError as error:
            raise StorageTrouble(_UNREADABLE) from error
        folder = Path(chosen) if chosen else data_folder / "evidence"
        return Settings(wanted, folder.absolute(), data_folder)
    if "://" in wanted and not wanted.startswith(_SQLITE):
        raise StorageTrouble(_UNREADABLE)
    name = wanted.removeprefix(_SQLITE)
    if not name or name.startswith(":memory:"):
        raise StorageTrouble("A database in memory would lose its records: name a file")
    if "?" in name:
        raise StorageTrouble("The name of a database file cannot contain a question mark")
    file = Path(name).expanduser().absolute()
    folder = Path(chosen) if chosen else file.with_name(f"{file.stem}-evidence")
    return Settings(f"{_SQLITE}{file}", folder.absolute(), data_folder)


def sign_in_from_environment() -> tuple[str | None, str | None]:
    """`SILQEQMS_USER` and `SILQEQMS_PASSWORD`, for commands that run without anybody at the keyboard."""
    return os.environ.get("SILQEQMS_USER"), os.environ.get("SILQEQMS_PASSWORD")


def new_password_from_environment() -> str | None:
    """`SILQEQMS_NEW_PASSWORD`, the password of a person who is being added by a command."""
    return os.environ.get("SILQEQMS_NEW_PASSWORD")
