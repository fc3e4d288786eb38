"""Tracing reports: what may be asked for, how a report is called, and where its file lies."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.distributions import DistributionEntry, Source
from desktop.domain.errors import RuleBroken
from desktop.domain.filters import EVERYTHING, DistributionFilter
from desktop.domain.reports import RECORD_COLUMNS, check_report_filter, reference, storage_key
from desktop.storage.evidence_store import check_key
from tests.domain.test_filters import FILTERS

NOON = datetime(2025, 4, 1, 12, 0, 0, 123456, tzinfo=UTC)
QUARTER = {"date_from": date(2025, 1, 1), "date_to": date(2025, 3, 31)}


def test_the_columns_are_fields_of_an_entry() -> None:
    assert {column.field for column in RECORD_COLUMNS} <= set(DistributionEntry._fields)
    assert [column.header for column in RECORD_COLUMNS][:10] == [
        *("Ship Date", "Order #", "Facility", "City", "State", "SKU", "Lot", "Quantity", "Rep", "Source")
    ]
    assert len({column.header for column in RECORD_COLUMNS}) == len(RECORD_COLUMNS) == 18


@pytest.mark.parametrize(
    "wanted",
    [
        DistributionFilter(month="2025-03"),
        DistributionFilter(**QUARTER),
        DistributionFilter(lot_number="SLQ-12345"),
        DistributionFilter(lot_number="SLQ-12345", date_from=date(2025, 1, 1), source=Source.MANUAL),
        DistributionFilter(date_from=date(2025, 1, 1), date_to=date(2025, 1, 1)),
    ],
)
def test_a_month_a_range_or_a_lot_may_be_asked_for(wanted: DistributionFilter) -> None:
    check_report_filter(wanted)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (EVERYTHING, "Choose a month, a date range with both ends, or a lot"),
        (DistributionFilter(lot_number="", month=""), "Choose a month"),
        (DistributionFilter(sku="211610SPT", source=Source.MANUAL, rep_id=3, text="north"), "Choose a month"),
        (DistributionFilter(date_from=date(2025, 1, 1)), "with both ends"),
        (DistributionFilter(date_to=date(2025, 1, 1)), "with both ends"),
        (DistributionFilter(date_from=date(2025, 1, 2), date_to=date(2025, 1, 1)), "ends before it begins"),
        (DistributionFilter(month="2025-03", date_from=date(2025, 4, 1)), "ends before it begins"),
        (DistributionFilter(month="March"), "is not written as YYYY-MM"),
    ],
)
def test_anything_else_is_refused(wanted: DistributionFilter, said: str) -> None:
    with pytest.raises(RuleBroken, match=said):
        check_report_filter(wanted)


def test_a_reference_is_the_number_and_the_first_of_the_hash() -> None:
    assert reference(123, "9f3a2c41" + "0" * 56) == "TR-000123-9F3A2C41"
    assert reference(1_234_567, "a" * 64) == "TR-1234567-AAAAAAAA"


@pytest.mark.parametrize(
    ("wanted", "folder"),
    [
        (DistributionFilter(month="2025-03", lot_number="SLQ-12345"), "2025-03"),
        (DistributionFilter(**QUARTER), "2025-01-01_2025-03-31"),
        (DistributionFilter(lot_number="SLQ-12345"), "lot_SLQ-12345"),
        (DistributionFilter(lot_number="../é C:\\x"), "lot______C__x"),
        (DistributionFilter(lot_number="SLQ-12345", date_from=date(2025, 1, 1)), "2025-01-01_now"),
    ],
)
def test_a_file_lies_where_people_look_for_it(wanted: DistributionFilter, folder: str) -> None:
    key = storage_key(wanted, NOON)
    assert re.fullmatch(rf"tracing_reports/{re.escape(folder)}/[0-9a-f]{{12}}_20250401T120000123456Z\.csv", key)


@given(FILTERS, st.datetimes(datetime(1990, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  naive is asked for
def test_every_key_is_one_the_evidence_store_takes(wanted: DistributionFilter, made_at: datetime) -> None:
    check_key(storage_key(wanted, made_at))


def test_very_long_lots_and_odd_months_make_no_path() -> None:
    check_key(storage_key(DistributionFilter(lot_number="水" * 5_000), NOON))
    with pytest.raises(RuleBroken):
        storage_key(DistributionFilter(month="../../2025-03"), NOON)


def test_keys_tell_filters_and_moments_apart() -> None:
    march = DistributionFilter(month="2025-03")
    keys = {
        storage_key(march, NOON),
        storage_key(march, NOON + timedelta(microseconds=1)),
        storage_key(DistributionFilter(month="2025-03", sku="211610SPT"), NOON),
        storage_key(DistributionFilter(lot_number="A.1"), NOON),
        storage_key(DistributionFilter(lot_number="A/1"), NOON),
    }
    assert len(keys) == 5
    assert storage_key(march, NOON.astimezone(timezone(timedelta(hours=-6)))) == storage_key(march, NOON)
