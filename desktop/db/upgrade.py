"""Bringing a database to the schema this version ships. Alembic is imported only when there is something to do."""

from __future__ import annotations

from sqlalchemy import URL, inspect, select
from sqlalchemy import column as sql_column
from sqlalchemy import table as sql_table

from desktop.db.engine import WRITES, open_engine
from desktop.db.trouble import known_trouble
from desktop.domain.errors import StorageTrouble
from desktop.paths import migrations_folder

HEAD_REVISION = "e48b6c20f7d1"


def current_revision(database_url: str | URL) -> str | None:
    """The revision a database is at; None for one without a schema. Raises `StorageTrouble` when it cannot be read."""
    engine = open_engine(database_url)
    try:
        with known_trouble(), engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(
                select(sql_column("version_num")).select_from(sql_table("alembic_version"))
            ).scalar()
    finally:
        engine.dispose()


def bring_to_head(database_url: str | URL) -> tuple[str | None, str]:
    """Upgrade to this version's schema in one transaction; returns the revisions before and after.

    Raises `StorageTrouble` for a database of a newer version, which is left untouched, and for a database with
    tables that are not ours.
    """
    before = current_revision(database_url)
    if before == HEAD_REVISION:
        return before, before

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
        with known_trouble(), engine.execution_options(**{WRITES: True}).connect() as connection:
            if before is None and inspect(connection).get_table_names():
                raise StorageTrouble("This file is a database of another program. Choose another file.")
            connection.rollback()
            with connection.begin():
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
    finally:
        engine.dispose()
    return before, HEAD_REVISION
