"""What a filter finds and in which order: the database and plain Python agree, on both engines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from operator import attrgetter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, update

from desktop.db.tables import CustomerRow, DistributionEntryRow
from desktop.domain.distributions import DistributionEntry, LogTotals, Source
from desktop.domain.errors import RuleBroken
from desktop.domain.filters import EVERYTHING, DistributionFilter, MissingField, SortField, SortOrder
from desktop.domain.permissions import Role
from desktop.domain.products import SKUS
from desktop.services import distributions, tracing_reports
from desktop.services.unit_of_work import Workspace
from tests.services import records

LOTS = ("SLQ-00001", "SLQ-00002")
FACILITIES = ("Lakeside Urology", "100% Clinic", "North_gate Clinic", "Back\\slash", "O'Brien & Sons", "it is a Clinic")
FIRST = date(2026, 1, 1)
LINES = 36


@pytest.fixture
def filled(workspace_on: Workspace) -> Workspace:
    """A log of lines that differ in everything a filter asks for."""
    reps = [records.person(workspace_on, Role.REP, name=name).user_id for name in ("Rita Rep", "Adam Agent")]
    with workspace_on.sessions.writing() as session:
        session.execute(insert(CustomerRow), [{"name": "Lakeside Group"}, {"name": "Northgate Group"}])
        session.commit()
    for number in range(LINES):
        records.log(
            workspace_on,
            (SKUS[number % 3], LOTS[number % 2], number % 5 + 1),
            order_number=f"SO {number % 9:04d}",
            facility_name=FACILITIES[number % len(FACILITIES)],
            ship_date=FIRST + timedelta(days=number * 2 % 70),
            rep_id=(None, *reps)[number % 3],
            city=("", "Springfield", "Salem")[number % 3],
            state=("", "OR")[number % 2],
            tracking_number=f"1Z{number:03d}" if number % 4 == 0 else "",
            address1="1 Lake Road" if number % 7 else "",
            contact_phone="555-0100" if number % 5 else "",
        )
    with workspace_on.sessions.writing() as session:
        row = DistributionEntryRow
        for remainder, values in (
            (1, {"customer_id": 1}),
            (2, {"customer_id": 2, "source": "shipstation"}),
            (3, {"source": "csv_import"}),
        ):
            session.execute(update(row).where(row.id % 5 == remainder).values(**values))
        session.commit()
    return workspace_on


def everything(workspace: Workspace) -> list[DistributionEntry]:
    return list(distributions.first_entries(workspace, EVERYTHING, SortOrder(), LINES * 2))


def matches(
    entry: DistributionEntry, wanted: DistributionFilter, ids: dict[int, tuple[int | None, int | None]]
) -> bool:
    """The filter's conditions in plain Python."""
    rep_id, customer_id = ids[entry.id]
    texts = [
        text.lower() for text in (entry.facility_name, entry.order_number, entry.tracking_number, entry.city) if text
    ]
    return all(
        (
            wanted.month is None or f"{entry.ship_date:%Y-%m}" == wanted.month,
            wanted.date_from is None or entry.ship_date >= wanted.date_from,
            wanted.date_to is None or entry.ship_date <= wanted.date_to,
            wanted.source is None or entry.source is wanted.source,
            wanted.rep_id is None or rep_id == wanted.rep_id,
            wanted.customer_id is None or customer_id == wanted.customer_id,
            wanted.sku is None or entry.sku == wanted.sku,
            wanted.lot_number is None or entry.lot_number == wanted.lot_number,
            wanted.order_number is None or entry.order_number == wanted.order_number,
            wanted.facility_name is None or entry.facility_name == wanted.facility_name,
            wanted.missing is not MissingField.CUSTOMER or customer_id is None,
            wanted.missing is not MissingField.REP or rep_id is None,
            wanted.missing is not MissingField.RECALL_CONTACT or not (entry.address1 and entry.contact_phone),
            all(any(word in text for text in texts) for word in wanted.text.lower().split()),
        )
    )


DAYS = st.none() | st.integers(-1, 70).map(lambda days: FIRST + timedelta(days=days))
FILTERS = st.builds(
    DistributionFilter,
    month=st.none() | st.sampled_from(["2025-12", "2026-01", "2026-02", "2026-03"]),
    date_from=DAYS,
    date_to=DAYS,
    source=st.none() | st.sampled_from(Source),
    rep_id=st.none() | st.sampled_from([2, 3, 4711]),
    customer_id=st.none() | st.sampled_from([1, 2]),
    sku=st.none() | st.sampled_from(SKUS),
    lot_number=st.none() | st.sampled_from([*LOTS, "SLQ-0000%"]),
    text=st.just("")
    | st.lists(st.sampled_from(["clinic", "LAKE", "%", "_", "\\", "'", "SO 0", "1z", "sprin", "&"])).map(" ".join),
    order_number=st.none() | st.sampled_from(["SO 0001", "SO 000"]),
    facility_name=st.none() | st.sampled_from([FACILITIES[0], "lakeside urology", "%"]),
    missing=st.none() | st.sampled_from(MissingField),
)


@settings(max_examples=30)
@given(wanted=FILTERS)
def test_a_filter_finds_what_plain_python_finds(filled: Workspace, wanted: DistributionFilter) -> None:
    with filled.sessions.reading() as session:
        row = DistributionEntryRow
        ids = {i: (rep, customer) for i, rep, customer in session.query(row.id, row.rep_id, row.customer_id)}
    expected = [entry for entry in everything(filled) if matches(entry, wanted, ids)]
    assert list(distributions.first_entries(filled, wanted, SortOrder(), LINES * 2)) == expected
    assert list(distributions.ordered_keys(filled, wanted, SortOrder())) == [entry.id for entry in expected]
    units = sum(entry.quantity for entry in expected)
    assert distributions.totals(filled, wanted) == LogTotals(len(expected), units)
    try:
        assert tracing_reports.count(filled, wanted) == LogTotals(len(expected), units)
    except RuleBroken:
        return  # no report can be asked for that way


def sort_key(field: SortField) -> Callable[[DistributionEntry], Any]:
    name = {SortField.REP: "rep_name", SortField.CUSTOMER: "customer_name"}.get(field, field.value)
    return lambda entry: getattr(entry, name)


BY_SHIP_DATE_WITHIN = {SortField.SKU, SortField.LOT_NUMBER, SortField.SOURCE, SortField.FACILITY_NAME}


def test_every_column_sorts_both_ways_blanks_are_lowest_and_the_id_settles_ties(filled: Workspace) -> None:
    for field in SortField:
        key = sort_key(field)
        up = distributions.first_entries(filled, EVERYTHING, SortOrder(field, descending=False), LINES)
        down = distributions.first_entries(filled, EVERYTHING, SortOrder(field, descending=True), LINES)
        assert up == tuple(reversed(down)), field
        blank = [entry for entry in up if key(entry) is None]
        assert blank == list(up[: len(blank)]), field
        assert [entry.id for entry in blank] == sorted(entry.id for entry in blank)
        tie = attrgetter("ship_date", "id") if field in BY_SHIP_DATE_WITHIN else attrgetter("id")
        assert list(up[len(blank) :]) == sorted(up[len(blank) :], key=lambda entry: (key(entry), tie(entry))), field
        keys = distributions.ordered_keys(filled, EVERYTHING, SortOrder(field, descending=False))
        assert list(keys) == [entry.id for entry in up]

    entries = everything(filled)  # names, never ids
    assert {entry.rep_name for entry in entries} == {None, "Rita Rep", "Adam Agent"}
    assert {entry.customer_name for entry in entries} == {None, "Lakeside Group", "Northgate Group"}


@pytest.mark.parametrize("month", ["2026", "2026-1", "2026-00", "0000-01", "2026-01-01", "'; --"])
def test_a_month_is_written_as_it_should_be(workspace: Workspace, month: str) -> None:
    with pytest.raises(RuleBroken, match="is not written as YYYY-MM"):
        distributions.totals(workspace, DistributionFilter(month=month))


def test_what_no_database_could_hold_is_not_found(workspace_on: Workspace) -> None:
    records.log(workspace_on)
    for odd in ("SLQ\x00?", "\ud800"):
        for wanted in (
            DistributionFilter(text=odd),
            DistributionFilter(lot_number=odd),
            DistributionFilter(sku=odd),
        ):
            assert distributions.totals(workspace_on, wanted) == LogTotals(0, 0)
