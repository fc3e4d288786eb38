"""The lot rule as PostgreSQL's CHECK. SQLite has no regular expressions: there the application alone enforces it."""

from __future__ import annotations

from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from desktop.db.tables import DistributionEntryRow
from desktop.domain.errors import StorageTrouble

LOT_CHECK = "ck_distribution_log_lot"

_NOT_THE_OWNER = "42501"  # insufficient_privilege


def replace_lot_check(session: Session, expression: str, longest: int | None, *, holds_for_all: bool) -> None:
    """Re-create the CHECK for a new rule in the transaction of `session`; nothing on SQLite.

    `expression` is what a lot must match, `longest` the number of characters where the expression sets no end. When
    older entries do not match (`holds_for_all` is False) the CHECK is NOT VALID: PostgreSQL then refuses new rows and
    changed rows only, because otherwise it would refuse the rule itself. Raises `StorageTrouble` when the database
    account may not change the table.
    """
    if session.get_bind().dialect.name != "postgresql":
        return
    quoted = expression.replace("'", "''")
    condition = f"lot_number ~ '{quoted}'"
    if longest is not None:
        condition += f" AND char_length(lot_number) <= {longest}"
    table = DistributionEntryRow.__tablename__
    connection = session.connection()
    try:
        # Not text(): it would take the “:” of a group for a parameter.
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {LOT_CHECK}")
        valid = "" if holds_for_all else " NOT VALID"
        connection.exec_driver_sql(f"ALTER TABLE {table} ADD CONSTRAINT {LOT_CHECK} CHECK ({condition}){valid}")
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) != _NOT_THE_OWNER:
            raise
        raise StorageTrouble(
            "The account that opens the database may not change its tables. Ask who administers the server."
        ) from error
