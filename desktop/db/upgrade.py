"""Bringing a database to the schema this version ships. Alembic is imported only when there is something to do."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL, create_engine, inspect, make_url, select
from sqlalchemy import column as sql_column
from sqlalchemy import table as sql_table

from desktop.db.engine import WRITES, open_engine
from desktop.db.trouble import known_trouble
from desktop.domain.errors import StorageTrouble
from desktop.domain.files import file_trouble
from desktop.paths import migrations_folder

HEAD_REVISION = "b27f90d4c6e8"


def current_revision(database_url: str | URL) -> str | None:
    """The revision a database is at; None for one without a schema. Raises `StorageTrouble` when it cannot be read."""
    return _look(database_url)[0]


def bring_to_head(database_url: str | URL) -> tuple[str | None, str]:
    """Upgrade to this version's schema in one transaction; returns the revisions before and after.

    Raises `StorageTrouble` for a database of a newer version, which is left untouched, and for a database with
    tables that are not ours.
    """
    _make_folder(make_url(database_url))
    before, is_foreign = _look(database_url)
    if before == HEAD_REVISION:
        return before, before
    if is_foreign:
        raise StorageTrouble("This file is a database of another program. Choose another file.")

    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    shipped = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if before is not None and before not in shipped:
        raise StorageTrouble(
            "This database was made by a newer version of SilqeQMS Desktop. Install that version; nothing was changed."
        )
    # Foreign keys are off for the upgrade only: a table that is rebuilt would otherwise delete its CASCADE children.
    engine = open_engine(database_url, foreign_keys=False)
    try:
        with known_trouble(), engine.execution_options(**{WRITES: True}).begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        engine.dispose()
    return before, HEAD_REVISION


def _look(database_url: str | URL) -> tuple[str | None, bool]:
    """The revision of a database, and whether it has tables that are not ours.

    It is opened without our pragmas: the journal mode would be written into a file that may be another program's.
    """
    engine = create_engine(database_url)
    try:
        with known_trouble(), engine.connect() as connection:
            tables = inspect(connection).get_table_names()
            if "alembic_version" not in tables:
                return None, bool(tables)
            versions = sql_table("alembic_version", sql_column("version_num"))
            return connection.execute(select(versions.c.version_num)).scalar(), False
    finally:
        engine.dispose()


def _make_folder(url: URL) -> None:
    if url.get_backend_name() == "sqlite" and url.database:
        folder = Path(url.database).absolute().parent
        with file_trouble(f"make the folder “{folder}”"):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
