"""Runs revisions the way the application does, to any revision and from any folder of migrations."""

from __future__ import annotations

import argparse
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from desktop.db.engine import WRITES, open_engine
from desktop.paths import migrations_folder

BASELINE = "56a470f9ee55"


def config_for(folder: Path | None = None, *, drop_data: bool = False) -> Config:
    """Alembic's configuration as the application builds it; `drop_data` stands for `-x drop-data=yes`."""
    config = Config(cmd_opts=argparse.Namespace(x=["drop-data=yes"] if drop_data else None))
    config.set_main_option("script_location", str(folder or migrations_folder()).replace("%", "%%"))
    return config


def history() -> tuple[str, ...]:
    """Every revision, the oldest first."""
    scripts = ScriptDirectory.from_config(config_for()).walk_revisions()
    return tuple(reversed([script.revision for script in scripts]))


def rep_revision() -> str:
    """The revision that adds the three tables of the traceability plan."""
    scripts = ScriptDirectory.from_config(config_for()).walk_revisions()
    (found,) = [script.revision for script in scripts if script.doc == "add rep traceability tables"]
    return found


def upgrade(url: str, revision: str = "head", folder: Path | None = None) -> None:
    """Upgrade a database in one transaction."""
    _run(url, config_for(folder), command.upgrade, revision)


def downgrade(url: str, revision: str = "-1", *, drop_data: bool = False) -> None:
    """Downgrade a database in one transaction."""
    _run(url, config_for(drop_data=drop_data), command.downgrade, revision)


def _run(url: str, config: Config, step: object, revision: str) -> None:
    engine = open_engine(url, foreign_keys=False)
    try:
        with engine.execution_options(**{WRITES: True}).begin() as connection:
            config.attributes["connection"] = connection
            step(config, revision)  # type: ignore[operator]
    finally:
        engine.dispose()
