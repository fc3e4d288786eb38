"""How a filter becomes SQL: the one place, so that screen, export, report and trace can never disagree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal_column, or_, select
from sqlalchemy.orm import Session

from desktop.db import search
from desktop.db.base import storable
from desktop.db.raw_rows import dates_of, moments_of, raw_cursor, raw_rows
from desktop.db.tables import CustomerRow, DistributionEntryRow, UserRow
from desktop.domain.distributions import DistributionEntry, LogTotals, Source
from desktop.domain.errors import RuleBroken
from desktop.domain.filters import DistributionFilter, MissingField, SortField, SortOrder
from desktop.domain.imports import Problem
from desktop.domain.progress import Progress, no_progress
from desktop.domain.reports import RECORD_COLUMNS

ENTRY = DistributionEntryRow
_REP_NAME = func.coalesce(func.nullif(UserRow.display_name, ""), UserRow.email)

_QUANTITY = [column.field for column in RECORD_COLUMNS].index("quantity")
_SHIP_DATE = [column.field for column in RECORD_COLUMNS].index("ship_date")
_ROWS_PER_FETCH = 2_000
_LONGEST_TEXT = 1_000

_SOURCE = DistributionEntry._fields.index("source")
_CREATED_AT = DistributionEntry._fields.index("created_at")
_SOURCES = {source.value: source for source in Source}

# Names, for what an entry only has the id of.
_SORTED_BY_NAME: dict[SortField, ColumnElement[Any]] = {
    SortField.REP: _REP_NAME,
    SortField.CUSTOMER: CustomerRow.name.expression,
}
# Many entries share a value: within it they stand by ship date, as their index has them.
_THEN_BY_SHIP_DATE = {SortField.SKU, SortField.LOT_NUMBER, SortField.SOURCE, SortField.FACILITY_NAME}
# How much of a log one of a column's values stands for: SQLite takes a value for a rare one unless it is told.
_SHARES = {"sku": "0.3", "source": "0.3", "rep_id": "0.1"}

# Most entries of a log may lack a customer or a rep: found by its index, all of them would be sorted anew (seconds at
# a million entries). An expression is not looked up in the index, so that the index of the order is walked instead.
_MISSING: dict[MissingField, ColumnElement[bool]] = {
    MissingField.CUSTOMER: func.coalesce(ENTRY.customer_id, 0) == 0,
    MissingField.REP: func.coalesce(ENTRY.rep_id, 0) == 0,
    MissingField.RECALL_CONTACT: or_(ENTRY.address1.is_(None), ENTRY.contact_phone.is_(None)),
}


def conditions(session: Session, wanted: DistributionFilter, *, first_rows: bool = False) -> list[ColumnElement[bool]]:
    """The WHERE clauses of a filter. Raises `RuleBroken` when its month is not written YYYY-MM, or its text too long.

    `first_rows` says that only the first rows in some order are wanted: that decides which index is worth using.
    """
    first, last = wanted.dates()
    if len(wanted.text) > _LONGEST_TEXT:
        raise RuleBroken([Problem("text", wanted.text, f"Search for at most {_LONGEST_TEXT:,} characters")])
    clauses: list[ColumnElement[bool]] = []
    if first is not None:
        clauses.append(ENTRY.ship_date >= first)
    if last is not None:
        clauses.append(ENTRY.ship_date <= last)
    equal = [
        (column, storable(value) if isinstance(value, str) else value)
        for column, value in (
            (ENTRY.source, wanted.source.value if wanted.source else None),
            (ENTRY.import_batch_id, wanted.import_batch_id),
            (ENTRY.rep_id, wanted.rep_id),
            (ENTRY.customer_id, wanted.customer_id),
            (ENTRY.sku, wanted.sku),
            (ENTRY.lot_number, wanted.lot_number),
            (ENTRY.order_number, wanted.order_number),
            (ENTRY.facility_name, wanted.facility_name),
        )
        if value is not None
    ]
    if wanted.missing is not None:
        clauses.append(_MISSING[wanted.missing])
    # Among several values the rarest should find the entries; for the first rows of another order none but a rare one.
    hinted = session.get_bind().dialect.name == "sqlite" and (first_rows or len(equal) > 1)
    for column, value in equal:
        clause = column == value
        share = _SHARES.get(column.key) if hinted else None
        clauses.append(clause if share is None else func.likelihood(clause, literal_column(share)))
    return clauses + search.holds(session, storable(wanted.text).split(), first_rows=first_rows)


def select_keys(
    session: Session, wanted: DistributionFilter, sort: SortOrder, *, first_rows: bool = False
) -> Select[int]:
    """The ids of the entries a filter finds, in order. A blank comes before every value, and behind it descending."""
    query = select(ENTRY.id).where(*conditions(session, wanted, first_rows=first_rows))
    if sort.field is SortField.REP:
        query = query.outerjoin(UserRow, UserRow.id == ENTRY.rep_id)
    elif sort.field is SortField.CUSTOMER:
        query = query.outerjoin(CustomerRow, CustomerRow.id == ENTRY.customer_id)
    column = _SORTED_BY_NAME.get(sort.field)
    if column is None:
        column = getattr(ENTRY, sort.field.value).expression
    columns = [column, ENTRY.id.expression]
    if sort.field in _THEN_BY_SHIP_DATE:
        columns.insert(1, ENTRY.ship_date.expression)
    order = [each.desc() if sort.descending else each.asc() for each in columns]
    may_be_blank = sort.field in _SORTED_BY_NAME or getattr(column, "nullable", True)
    if may_be_blank and session.get_bind().dialect.name == "postgresql":
        order[0] = order[0].nulls_last() if sort.descending else order[0].nulls_first()
    return query.order_by(*order)


@cache
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

    The order is fixed, so that the same log and filter give the same bytes. A date may come as its text YYYY-MM-DD,
    which is what SQLite keeps and a record CSV holds (`with_dates` makes dates of them). `rows` and `units` are
    complete once everything was read; `progress` is told every few thousand lines.
    """

    def __init__(self, session: Session, wanted: DistributionFilter, progress: Progress = no_progress) -> None:
        self.rows = 0
        self.units = 0
        self._session = session
        self._wanted = wanted
        self._progress = progress

    def __iter__(self) -> Iterator[Sequence[object]]:
        found = conditions(self._session, self._wanted)
        total = self._session.scalar(select(func.count()).select_from(ENTRY).where(*found))
        columns = [
            _REP_NAME if column.field == "rep_name" else getattr(ENTRY, column.field) for column in RECORD_COLUMNS
        ]
        query = (
            select(*columns)
            .outerjoin(UserRow, UserRow.id == ENTRY.rep_id)
            .where(*found)
            .order_by(ENTRY.ship_date, ENTRY.order_number, ENTRY.sku, ENTRY.lot_number, ENTRY.id)
        )
        with raw_cursor(self._session, query, many=True) as cursor:
            while part := cursor.fetchmany(_ROWS_PER_FETCH):
                self._progress(self.rows, total)
                self.rows += len(part)
                self.units += sum([row[_QUANTITY] for row in part])
                yield from part
        self._progress(self.rows, total)


def with_dates(rows: Iterable[Sequence[object]]) -> Iterator[Sequence[object]]:
    """Record rows whose ship date is a date."""
    for row in rows:
        ship_date = row[_SHIP_DATE]
        day = date.fromisoformat(ship_date) if isinstance(ship_date, str) else ship_date
        yield (*row[:_SHIP_DATE], day, *row[_SHIP_DATE + 1 :])


def count(session: Session, wanted: DistributionFilter) -> LogTotals:
    """How many lines and single units a filter finds."""
    lines, units = session.execute(
        select(func.count(), func.coalesce(func.sum(ENTRY.quantity), 0)).where(*conditions(session, wanted))
    ).one()
    return LogTotals(lines, int(units))


def finds_any(session: Session, wanted: DistributionFilter) -> bool:
    """Whether a filter finds a line."""
    return session.scalar(select(ENTRY.id).where(*conditions(session, wanted)).limit(1)) is not None


def fetch_entries(session: Session, query: Select[*tuple[Any, ...]]) -> tuple[DistributionEntry, ...]:
    """The rows of a query made by `select_entries`, as frozen entries."""
    as_date, as_moment = dates_of(session), moments_of(session)
    return tuple(
        [
            DistributionEntry._make(
                (
                    row[0],
                    as_date(row[1]),
                    *row[2:_SOURCE],
                    _SOURCES[row[_SOURCE]],
                    *row[_SOURCE + 1 : _CREATED_AT],
                    as_moment(row[_CREATED_AT]),
                    as_moment(row[_CREATED_AT + 1]),
                    row[-1],
                )
            )
            for row in raw_rows(session, query)
        ]
    )
