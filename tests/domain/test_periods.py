"""Periods seen from a day, and filters that are kept with one."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.filters import EVERYTHING, DistributionFilter
from desktop.domain.periods import FilterChoice, Period
from tests.domain.test_filters import FILTERS


@pytest.mark.parametrize(
    ("period", "today", "words"),
    [
        (Period.THIS_MONTH, date(2025, 6, 15), "June 2025"),
        (Period.LAST_MONTH, date(2025, 6, 15), "May 2025"),
        (Period.LAST_MONTH, date(2025, 1, 31), "December 2024"),
        (Period.THIS_QUARTER, date(2025, 6, 15), "shipped 2025-04-01 to 2025-06-30"),
        (Period.THIS_QUARTER, date(2025, 12, 31), "shipped 2025-10-01 to 2025-12-31"),
        (Period.THIS_YEAR, date(2025, 6, 15), "shipped 2025-01-01 to 2025-12-31"),
        (Period.LAST_12_MONTHS, date(2025, 6, 15), "shipped 2024-06-16 to 2025-06-15"),
        (Period.LAST_12_MONTHS, date(2024, 2, 29), "shipped 2023-03-01 to 2024-02-29"),
    ],
)
def test_days_of_a_period(period: Period, today: date, words: str) -> None:
    assert period.narrow(EVERYTHING, today).in_words() == words
    assert FilterChoice(EVERYTHING, period).on(today).in_words() == words


@given(st.sampled_from(Period), st.dates(min_value=date(1000, 1, 1)))
def test_today_is_in_every_period_but_the_last_month(period: Period, today: date) -> None:
    first, last = period.narrow(EVERYTHING, today).dates()
    assert first is not None
    assert last is not None
    assert (first <= today <= last) is (period is not Period.LAST_MONTH)


@given(FILTERS, st.none() | st.sampled_from(Period))
def test_a_choice_is_read_back_from_its_json(wanted: DistributionFilter, period: Period | None) -> None:
    choice = FilterChoice(wanted, period)
    assert FilterChoice.from_json(json.loads(json.dumps(choice.to_json()))) == choice


def test_a_choice_with_a_period_is_the_same_whenever_it_was_made() -> None:
    in_may = Period.THIS_MONTH.narrow(DistributionFilter(sku="211610SPT"), date(2025, 5, 2))
    in_june = Period.THIS_MONTH.narrow(DistributionFilter(sku="211610SPT"), date(2025, 6, 2))
    assert FilterChoice(in_may, Period.THIS_MONTH) == FilterChoice(in_june, Period.THIS_MONTH)
    assert FilterChoice(in_may).on(date(2025, 6, 2)).month == "2025-05"


def test_labels() -> None:
    assert [period.label for period in Period] == [
        "This month", "Last month", "This quarter", "This year", "Last 12 months",
    ]  # fmt: skip
