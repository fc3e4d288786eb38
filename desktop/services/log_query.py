"""How a filter becomes SQL: the one place, so that screen, export, report and trace can never disagree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, or_, select
from sqlalchemy.orm import Session

from desktop.db.base import storable
from desktop.db.tables import CustomerRow, DistributionEntryRow, UserRow
from desktop.domain.distributions import DistributionEntry, LogTotals, Source
from desktop.domain.filters import DistributionFilter, MissingField, SortField, SortOrder
from desktop.domain.progress import Progress, no_progress
from desktop.domain.reports import RECORD_COLUMNS

ENTRY = DistributionEntryRow
_REP_NAME = func.coalesce(func.nullif(UserRow.display_name, ""), UserRow.email)

_QUANTITY = [column.field for column in RECORD_COLUMNS].index("quantity")
_SOURCE = list(DistributionEntry.__dataclass_fields__).index("source")
_ROWS_PER_FETCH = 2_000

# Names, for what an entry only has the id of.
_SORTED_BY_NAME: dict[SortField, ColumnElement[Any]] = {
    SortField.REP: _REP_NAME,
    SortField.CUSTOMER: CustomerRow.name.expression,
}

# Most entries of a log may lack a customer or a rep: found by its index, all of them would be sorted anew (seconds at
# a million entries). An expression is not looked up in the index, so that the index of the order is walked instead.
_MISSING: dict[MissingField, ColumnElement[bool]] = {
    MissingField.CUSTOMER: func.coalesce(ENTRY.customer_id, 0) == 0,
    MissingField.REP: func.coalesce(ENTRY.rep_id, 0) == 0,
    MissingField.RECALL_CONTACT: or_(ENTRY.address1.is_(None), ENTRY.contact_phone.is_(None)),
}


def conditions(wanted: DistributionFilter) -> list[ColumnElement[bool]]:
    """The WHERE clauses of a filter. Raises `RuleBroken` when its month is not written YYYY-MM."""
    first, last = wanted.dates()
    clauses: list[ColumnElement[bool]] = []
    if first is not None:
        clauses.append(ENTRY.ship_date >= first)
    if last is not None:
        clauses.append(ENTRY.ship_date <= last)
    for column, value in (
        (ENTRY.source, wanted.source.value if wanted.source else None),
        (ENTRY.rep_id, wanted.rep_id),
        (ENTRY.customer_id, wanted.customer_id),
        (ENTRY.sku, wanted.sku),
        (ENTRY.lot_number, wanted.lot_number),
        (ENTRY.order_number, wanted.order_number),
        (ENTRY.facility_name, wanted.facility_name),
    ):
        if value is not None:
            clauses.append(column == (storable(value) if isinstance(value, str) else value))
    if wanted.missing is not None:
        clauses.append(_MISSING[wanted.missing])
    searched = (ENTRY.facility_name, ENTRY.order_number, ENTRY.tracking_number, ENTRY.city)
    clauses += [
        or_(*(column.icontains(word, autoescape=True) for column in searched)) for word in storable(wanted.text).split()
    ]
    return clauses


def select_keys(wanted: DistributionFilter, sort: SortOrder) -> Select[int]:
    """The ids of the entries a filter finds, in order."""
    query = select(ENTRY.id).where(*conditions(wanted))
    if sort.field is SortField.REP:
        query = query.outerjoin(UserRow, UserRow.id == ENTRY.rep_id)
    elif sort.field is SortField.CUSTOMER:
        query = query.outerjoin(CustomerRow, CustomerRow.id == ENTRY.customer_id)
    column = _SORTED_BY_NAME.get(sort.field)
    if column is None:
        column = getattr(ENTRY, sort.field.value)
    if sort.descending:
        return query.order_by(column.desc(), ENTRY.id.desc())
    return query.order_by(column, ENTRY.id)


def select_entries() -> Select[*tuple[Any, ...]]:
    """Every column of `DistributionEntry`, in the order of its fields."""
    return (
        select(
            ENTRY.id,
            ENTRY.ship_date,
            ENTRY.order_number,
            ENTRY.facility_name,
            ENTRY.sku,
            ENTRY.lot_number,
            ENTRY.quantity,
            ENTRY.source,
            _REP_NAME,
            CustomerRow.name,
            ENTRY.address1,
            ENTRY.address2,
            ENTRY.city,
            ENTRY.state,
            ENTRY.zip,
            ENTRY.country,
            ENTRY.contact_name,
            ENTRY.contact_phone,
            ENTRY.contact_email,
            ENTRY.tracking_number,
            ENTRY.ss_shipment_id,
            ENTRY.import_batch_id,
            ENTRY.import_line,
            ENTRY.created_at,
            ENTRY.updated_at,
            ENTRY.version,
        )
        .outerjoin(UserRow, UserRow.id == ENTRY.rep_id)
        .outerjoin(CustomerRow, CustomerRow.id == ENTRY.customer_id)
    )


class RecordRows:
    """The lines of a report or export as tuples in the order of RECORD_COLUMNS, counted while they are read.

    The order is fixed, so that the same log and filter give the same bytes. `rows` and `units` are complete once
    everything was read; `progress` is told every few thousand lines.
    """

    def __init__(self, session: Session, wanted: DistributionFilter, progress: Progress = no_progress) -> None:
        self.rows = 0
        self.units = 0
        self._session = session
        self._wanted = wanted
        self._progress = progress

    def __iter__(self) -> Iterator[Sequence[object]]:
        total = count(self._session, self._wanted).lines
        columns = [
            _REP_NAME if column.field == "rep_name" else getattr(ENTRY, column.field) for column in RECORD_COLUMNS
        ]
        query = (
            select(*columns)
            .outerjoin(UserRow, UserRow.id == ENTRY.rep_id)
            .where(*conditions(self._wanted))
            .order_by(ENTRY.ship_date, ENTRY.order_number, ENTRY.sku, ENTRY.lot_number, ENTRY.id)
        )
        result = self._session.connection().execute(query, execution_options={"yield_per": _ROWS_PER_FETCH})
        for partition in result.partitions():
            self._progress(self.rows, total)
            self.rows += len(partition)
            self.units += sum(row[_QUANTITY] for row in partition)
            yield from partition
        self._progress(self.rows, total)


def count(session: Session, wanted: DistributionFilter) -> LogTotals:
    """How many lines and single units a filter finds."""
    lines, units = session.execute(
        select(func.count(), func.coalesce(func.sum(ENTRY.quantity), 0)).where(*conditions(wanted))
    ).one()
    return LogTotals(lines, int(units))


def fetch_entries(session: Session, query: Select[*tuple[Any, ...]]) -> tuple[DistributionEntry, ...]:
    """The rows of a query made by `select_entries`, as frozen entries.

    Asked of the connection: there is nothing for the ORM to load, and it would take half the time.
    """
    return tuple(map(_as_entry, session.connection().execute(query)))


def _as_entry(row: Row[*tuple[Any, ...]]) -> DistributionEntry:
    values: list[Any] = list(row)
    values[_SOURCE] = Source(values[_SOURCE])
    return DistributionEntry(*values)
