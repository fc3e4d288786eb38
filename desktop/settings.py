"""Which database and which evidence folder; the only reader of the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from desktop.domain.errors import StorageTrouble


@dataclass(frozen=True, slots=True)
class Settings:
    """Where records are kept: the database, the evidence store's folder, and the folder for window state."""

    database_url: str
    storage_folder: Path
    state_folder: Path


def read_settings(database: str | None = None, storage: str | None = None) -> Settings:
    """From the command line, else `DATABASE_URL` and `SILQEQMS_STORAGE`, else the per-user files.

    `database` is a URL or the path of an SQLite file. Evidence lies beside an SQLite file, in `<name>-evidence`.
    Raises `StorageTrouble` for a database URL that cannot be read.
    """
    from platformdirs import user_data_path
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    data_folder = user_data_path("SilqeQMS", appauthor=False, roaming=False)
    wanted = database or os.environ.get("DATABASE_URL") or str(data_folder / "silqeqms.db")
    if "://" not in wanted:
        wanted = f"sqlite:///{Path(wanted).expanduser().absolute()}"
    try:
        url = make_url(wanted)
    except ArgumentError as error:
        raise StorageTrouble("DATABASE_URL cannot be read: write sqlite:///file or postgresql://…") from error
    chosen = storage or os.environ.get("SILQEQMS_STORAGE")
    if url.get_backend_name() == "sqlite":
        if not url.database or url.database == ":memory:":
            raise StorageTrouble("A database in memory would lose its records: name a file")
        file = Path(url.database).absolute()
        url = url.set(database=str(file))
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder = Path(chosen) if chosen else file.with_name(f"{file.stem}-evidence")
    else:
        folder = Path(chosen) if chosen else data_folder / "evidence"
    return Settings(url.render_as_string(hide_password=False), folder.absolute(), data_folder)


def sign_in_from_environment() -> tuple[str | None, str | None]:
    """`SILQEQMS_USER` and `SILQEQMS_PASSWORD`, for commands that run without anybody at the keyboard."""
    return os.environ.get("SILQEQMS_USER"), os.environ.get("SILQEQMS_PASSWORD")
