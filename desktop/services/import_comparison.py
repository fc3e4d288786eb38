"""What a file is compared with: the lines of the log, the people who can be reps, and earlier imports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from sqlalchemy import Select, Text, cast, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from desktop.db.tables import ImportBatchRow, UserRow
from desktop.domain.checked_rows import CheckedRows
from desktop.domain.distributions import fold_facility
from desktop.domain.import_review import EarlierImport, People
from desktop.domain.line_comparison import LoggedLines, line_keys, shipment_keys
from desktop.services.log_query import ENTRY

_VALUES_PER_QUERY = 1_000
_ROWS_PER_FETCH = 5_000


def logged_lines(session: Session, wanted: CheckedRows) -> LoggedLines:
    """The lines in the log that a file's lines are compared with. What they cost grows with the file, not the log."""
    # As text, dates need no work on SQLite, and are written as ISO on both engines.
    by_order = select(
        cast(ENTRY.ship_date, Text),
        ENTRY.order_number,
        ENTRY.facility_name,
        ENTRY.sku,
        ENTRY.lot_number,
        ENTRY.quantity,
    )
    logged = LoggedLines()
    if not session.scalar(select(exists(select(ENTRY.id)))):
        return logged
    for *keyed, quantities in _found(session, by_order, ENTRY.order_number, wanted.orders()):
        logged.add(line_keys(*keyed), quantities)
    by_shipment = select(ENTRY.ss_shipment_id, ENTRY.quantity)
    for line_ids, quantities in _found(session, by_shipment, ENTRY.ss_shipment_id, wanted.line_ids()):
        logged.add(shipment_keys(line_ids), quantities)
    return logged


def _found(
    session: Session, query: Select[*tuple[Any, ...]], column: InstrumentedAttribute[Any], values: Iterable[str]
) -> Iterator[tuple[tuple[Any, ...], ...]]:
    """The rows whose `column` is one of `values`, some at a time, column by column."""
    # In order, so that neighbours in the index are asked for together.
    remaining = iter(sorted(values))
    while part := list(islice(remaining, _VALUES_PER_QUERY)):
        found = session.connection().execute(query.where(column.in_(part)))
        for rows in found.partitions(_ROWS_PER_FETCH):
            yield tuple(zip(*rows, strict=True))


def people(session: Session) -> People:
    """Active people by name and by e-mail address, folded; a name that two people share means neither."""
    ids: dict[str, int] = {}
    names: dict[int, str] = {}
    shared: set[str] = set()
    for user in session.scalars(select(UserRow).where(UserRow.is_active)):
        names[user.id] = user.display_name or user.email
        for name in {fold_facility(user.display_name), fold_facility(user.email)} - {""}:
            if name in ids:
                shared.add(name)
            ids[name] = user.id
    return People({name: user_id for name, user_id in ids.items() if name not in shared}, names)


def earlier_import(session: Session, sha256: str) -> EarlierImport | None:
    """The latest import of the same bytes that was not undone."""
    row = session.execute(
        select(ImportBatchRow.id, ImportBatchRow.imported_at, UserRow.display_name)
        .outerjoin(UserRow, UserRow.id == ImportBatchRow.imported_by_user_id)
        .where(ImportBatchRow.sha256 == sha256, ImportBatchRow.undone_at.is_(None))
        .order_by(ImportBatchRow.id.desc())
        .limit(1)
    ).first()
    return None if row is None else EarlierImport(row[0], row[1], row[2] or "")
