"""How files with a certain header row were read, remembered for the next file of the kind."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy.orm import Session

from desktop.db.base import storable
from desktop.db.tables import ImportLayoutRow
from desktop.domain.audit import canonical_json
from desktop.domain.imports import DateOrder, ParsedFile, RememberedLayout
from desktop.services.unit_of_work import UnitOfWork


def remembered_layout(session: Session, header: Sequence[str]) -> RememberedLayout | None:
    """How the last imported file with this header row was read; None for a header row that is new."""
    row = session.get(ImportLayoutRow, _header_sha256(header))
    if row is None:
        return None
    return RememberedLayout(row.columns_json, None if row.date_order is None else DateOrder(row.date_order))


def remember_layout(work: UnitOfWork, file: ParsedFile) -> None:
    """Keep how a file was read. The date order of dates that need none is nothing to remember."""
    if any(name != storable(name) for name in file.header):
        return  # kept otherwise than written, it would name columns that no file has
    before = work.session.get(ImportLayoutRow, key := _header_sha256(file.header))
    order = file.date_order.value if file.date_order in (DateOrder.MDY, DateOrder.DMY) else None
    work.session.merge(
        ImportLayoutRow(
            header_sha256=key,
            header_json=list(file.header),
            columns_json=dict(file.columns),
            date_order=order or (before and before.date_order),
            updated_at=work.now,
            updated_by_user_id=work.actor.user_id,
        )
    )


def _header_sha256(header: Sequence[str]) -> str:
    return hashlib.sha256(canonical_json(list(header))).hexdigest()
