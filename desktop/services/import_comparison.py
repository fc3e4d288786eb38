"""What a file is compared with: the lines of the log, the people who can be reps, and earlier imports."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select
from sqlalchemy.orm import Session

from desktop.db.tables import ImportBatchRow, UserRow
from desktop.domain.distributions import fold_facility
from desktop.domain.import_review import EarlierImport, LineKey, LoggedQuantities, People
from desktop.services.log_query import ENTRY

_ORDERS_LOOKED_UP = 2_000
_KEYS_PER_QUERY = 500


def logged_quantities(session: Session, keys: set[LineKey]) -> LoggedQuantities:
    """How often the log holds each quantity of the lines asked for."""
    columns = select(
        ENTRY.ship_date, ENTRY.order_number, ENTRY.facility_name, ENTRY.sku, ENTRY.lot_number, ENTRY.quantity
    )
    orders = sorted({key[1] for key in keys})
    if len(orders) <= _ORDERS_LOOKED_UP:
        queries = [
            columns.where(ENTRY.order_number.in_(orders[start : start + _KEYS_PER_QUERY]))
            for start in range(0, len(orders), _KEYS_PER_QUERY)
        ]
    else:
        dates = {key[0] for key in keys}
        queries = [columns.where(ENTRY.ship_date.between(min(dates), max(dates)))]
    logged: dict[LineKey, Counter[int]] = {}
    for query in queries:
        rows = session.connection().execute(query, execution_options={"yield_per": _KEYS_PER_QUERY})
        for ship_date, order_number, facility_name, sku, lot_number, quantity in rows:
            key = (ship_date, order_number, fold_facility(facility_name), sku, lot_number)
            if key in keys:
                logged.setdefault(key, Counter())[quantity] += 1
    return logged


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
