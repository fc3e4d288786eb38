"""Runs the revisions: on the connection the application passes in, or on one of its own for `alembic` at a prompt.

Every command is one transaction, on SQLite too: a revision that fails half-way leaves the schema as it was.
"""

from __future__ import annotations

import os
from logging.config import fileConfig

import sqlalchemy as sa
from alembic import context
from alembic.operations import MigrateOperation, Operations
from sqlalchemy import Connection

import desktop.db.tables  # noqa: F401  fills Base.metadata
from desktop.db.base import Base
from desktop.db.engine import WRITES, open_engine

config = context.config


@Operations.register_operation("refuse_to_destroy")
class RefuseToDestroy(MigrateOperation):
    """`op.refuse_to_destroy("table", …)`: stop a downgrade that would lose records, unless `-x drop-data=yes`."""

    def __init__(self, tables: tuple[str, ...]) -> None:
        self.tables = tables

    @classmethod
    def refuse_to_destroy(cls, operations: Operations, *tables: str) -> None:
        """Raises `RuntimeError` naming the first of `tables` that holds records."""
        operations.invoke(cls(tables))


@Operations.implementation_for(RefuseToDestroy)
def _refuse_to_destroy(operations: Operations, operation: RefuseToDestroy) -> None:
    if context.is_offline_mode() or context.get_x_argument(as_dictionary=True).get("drop-data") == "yes":
        return
    for table in operation.tables:
        count = operations.get_bind().execute(sa.select(sa.func.count()).select_from(sa.table(table))).scalar_one()
        if count:
            raise RuntimeError(f"{table} holds {count} records; use -x drop-data=yes to destroy them")


def belongs_to_engine(item: object, name: str | None, _kind: str, _reflected: bool, _other: object) -> bool:
    """Leave out of comparisons what the models mark as existing on the other engine only, and the search index."""
    if (name or "").startswith("log_search"):
        return False
    only_on = getattr(item, "info", {}).get("only_on")
    return only_on in (None, context.get_context().dialect.name)


def run(connection: Connection) -> None:
    """Run the asked-for revisions on `connection` in one transaction, foreign keys checked before it is committed."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        include_object=belongs_to_engine,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
        if connection.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                raise RuntimeError(f"The upgrade would leave {len(broken)} records pointing nowhere")


def run_offline() -> None:
    """Print the SQL instead of running it (`alembic upgrade head --sql`)."""
    context.configure(
        url=os.environ.get("DATABASE_URL") or "sqlite:///eqms.db", target_metadata=Base.metadata, literal_binds=True
    )
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    run_offline()
elif (given := config.attributes.get("connection")) is not None:
    run(given)
else:
    if config.config_file_name is not None:
        fileConfig(config.config_file_name, disable_existing_loggers=False)
    engine = open_engine(os.environ.get("DATABASE_URL") or "sqlite:///eqms.db", foreign_keys=False)
    with engine.execution_options(**{WRITES: True}).connect() as own:
        run(own)
    engine.dispose()
