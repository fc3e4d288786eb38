"""How files with a certain header row were read, remembered for the next file of the kind."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from desktop.db.base import storable
from desktop.db.tables import ImportLayoutRow
from desktop.domain.audit import canonical_json
from desktop.domain.imports import DateOrder, RememberedLayout
from desktop.services.unit_of_work import UnitOfWork


def remembered_layouts(session: Session) -> Mapping[tuple[str, ...], RememberedLayout]:
    """How the last imported file of each header row was read."""
    return {
        tuple(row.header_json): RememberedLayout(
            row.columns_json, None if row.date_order is None else DateOrder(row.date_order)
        )
        for row in session.scalars(select(ImportLayoutRow))
    }


def remember_layout(
    work: UnitOfWork, header: Sequence[str], columns: Mapping[str, str], date_order: DateOrder | None
) -> None:
    """Keep how a file was read. The order of dates that need none is nothing to remember."""
    if any(name != storable(name) for name in header):
        return  # kept otherwise than written, it would name columns that no file has
    before = work.session.get(ImportLayoutRow, key := _header_sha256(header))
    order = date_order.value if date_order in (DateOrder.MDY, DateOrder.DMY) else before and before.date_order
    work.session.merge(
        ImportLayoutRow(
            header_sha256=key,
            header_json=list(header),
            columns_json=dict(columns),
            date_order=order,
            updated_at=work.now,
            updated_by_user_id=work.actor.user_id,
        )
    )


def _header_sha256(header: Sequence[str]) -> str:
    return hashlib.sha256(canonical_json(list(header))).hexdigest()
