"""Writing very many log lines: through the driver's own connection, a statement for many rows.

Measured on a million lines with every index: 0.9 of the sqlite3 shell's own import, against 2.4 for SQLAlchemy Core
and 7 for ORM objects.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice

from sqlalchemy.orm import Session

from desktop.db.tables import DistributionEntryRow
from desktop.domain.distributions import Line, Source

# One row of an import: the line, the rep's id, and the line of the source file where the record starts.
ImportedLine = tuple[Line, int | None, int]

_LINE_COLUMNS = tuple(name for name in Line._fields if name != "rep")
_COLUMNS = (
    *_LINE_COLUMNS,
    "rep_id",
    "import_line",
    "source",
    "import_batch_id",
    "created_at",
    "updated_at",
    "created_by_user_id",
    "updated_by_user_id",
    "version",
)
_ROWS_PER_CALL = 5_000
_REP = Line._fields.index("rep")


def insert_imported_lines(
    session: Session,
    lines: Iterable[ImportedLine],
    *,
    source: Source,
    batch_id: int,
    now: datetime,
    user_id: int | None,
) -> None:
    """Insert lines in the order given. The caller says `touched(DistributionEntryRow)` and audits the import."""
    connection = session.connection()
    on_sqlite = connection.dialect.name == "sqlite"
    moment: object = f"{now:%Y-%m-%d %H:%M:%S.%f}" if on_sqlite else now
    constants: Sequence[object] = (source.value, batch_id, moment, moment, user_id, user_id, 1)
    placeholders = ", ".join(["?" if on_sqlite else "%s"] * len(_COLUMNS))
    # Every name in the statement is one of ours.
    statement = f"INSERT INTO {DistributionEntryRow.__tablename__} ({', '.join(_COLUMNS)}) VALUES ({placeholders})"  # noqa: S608
    rows = (
        (str(line.ship_date), *line[1:_REP], *line[_REP + 1 :], rep_id, import_line, *constants)
        for line, rep_id, import_line in lines
    )
    while part := list(islice(rows, _ROWS_PER_CALL)):
        connection.exec_driver_sql(statement, part)
