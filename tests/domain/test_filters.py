"""Filters: equal when they mean the same, kept as JSON and read back, and said in the same words everywhere."""

from __future__ import annotations

import json
import locale
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.distributions import Source
from desktop.domain.errors import RuleBroken
from desktop.domain.filters import EVERYTHING, DistributionFilter, MissingField, month_days

MONTHS = st.builds(lambda year, month: f"{year:04d}-{month:02d}", st.integers(1, 9999), st.integers(1, 12))
NAMES = st.none() | st.text(max_size=10)
FILTERS = st.builds(
    DistributionFilter,
    month=st.none() | MONTHS,
    date_from=st.none() | st.dates(),
    date_to=st.none() | st.dates(),
    source=st.none() | st.sampled_from(Source),
    rep_id=st.none() | st.integers(1, 99),
    rep_name=NAMES,
    customer_id=st.none() | st.integers(1, 99),
    customer_name=NAMES,
    sku=st.none() | st.sampled_from(["211610SPT", ""]),
    lot_number=NAMES,
    text=st.text(max_size=10),
    order_number=NAMES,
    facility_name=NAMES,
    missing=st.none() | st.sampled_from(MissingField),
)


@given(FILTERS)
def test_a_filter_is_read_back_from_its_json(wanted: DistributionFilter) -> None:
    assert DistributionFilter.from_json(json.loads(json.dumps(wanted.to_json()))) == wanted


def test_only_what_is_asked_for_is_kept() -> None:
    assert EVERYTHING.to_json() == {}
    assert DistributionFilter(month="2025-03", source=Source.MANUAL, date_to=date(2025, 3, 9)).to_json() == {
        "month": "2025-03",
        "source": "manual",
        "date_to": "2025-03-09",
    }


def test_an_empty_text_means_any() -> None:
    empty = DistributionFilter(month="", rep_name="", customer_name="", sku="", lot_number="", text="")
    assert empty == EVERYTHING
    assert empty.dates() == (None, None)
    assert empty.in_words() == "everything"


@given(MONTHS)
def test_a_month_has_its_days(month: str) -> None:
    first, last = month_days(month)
    assert f"{first:%m-%d}" == f"{month[5:]}-01"
    assert first.year == last.year == int(month[:4])
    assert 28 <= last.day <= 31
    assert last == date.max or date.fromordinal(last.toordinal() + 1).day == 1


@pytest.mark.parametrize(
    "month", ["2025-13", "2025-00", "0000-01", "2025-1", "2025-03-01", "２０２５-03", "2025-03\n", "x"]
)
def test_any_other_month_is_refused(month: str) -> None:
    with pytest.raises(RuleBroken, match="is not written as YYYY-MM"):
        DistributionFilter(month=month).dates()


@given(FILTERS)
def test_month_and_range_narrow_each_other(wanted: DistributionFilter) -> None:
    first, last = wanted.dates()
    asked = [(wanted.date_from, wanted.date_to)] + ([month_days(wanted.month)] if wanted.month else [])
    for begin, end in asked:
        assert begin is None or (first is not None and first >= begin)
        assert end is None or (last is not None and last <= end)
    if wanted.month is None:
        assert (first, last) == (wanted.date_from, wanted.date_to)


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (EVERYTHING, "everything"),
        (DistributionFilter(month="2025-03", sku="211610SPT"), "March 2025, SKU 211610SPT"),
        (
            DistributionFilter(date_from=date(2025, 1, 1), date_to=date(2025, 3, 31), lot_number="SLQ-12345"),
            "shipped 2025-01-01 to 2025-03-31, lot SLQ-12345",
        ),
        (DistributionFilter(date_from=date(2025, 1, 1)), "shipped from 2025-01-01"),
        (DistributionFilter(date_to=date(2025, 1, 1), text="north"), "shipped until 2025-01-01, text “north”"),
        (DistributionFilter(rep_id=3, rep_name="Dana Hill", source=Source.MANUAL), "source manual, rep Dana Hill"),
        (DistributionFilter(rep_id=3, customer_id=4), "rep 3, customer 4"),
        (DistributionFilter(order_number="SO-1", facility_name="Cedar Clinic"), "facility Cedar Clinic, order SO-1"),
        (DistributionFilter(missing=MissingField.CUSTOMER), "without customer"),
        (DistributionFilter(sku="211610SPT", missing=MissingField.REP), "SKU 211610SPT, without rep"),
        (DistributionFilter(missing=MissingField.RECALL_CONTACT), "without address or phone"),
    ],
)
def test_words(wanted: DistributionFilter, words: str) -> None:
    assert wanted.in_words() == words


def test_words_do_not_change_with_the_language_of_the_computer() -> None:
    before = locale.setlocale(locale.LC_TIME)
    for name in ("de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "German_Germany.1252"):
        try:
            locale.setlocale(locale.LC_TIME, name)
            break
        except locale.Error:
            continue
    else:
        pytest.skip("no other language is installed")
    try:
        words = DistributionFilter(month="2025-03").in_words()
    finally:
        locale.setlocale(locale.LC_TIME, before)
    assert words == "March 2025"


def test_one_import_is_asked_for_by_its_number() -> None:
    wanted = DistributionFilter(import_batch_id=7)
    assert wanted.in_words() == "import 7"
    assert DistributionFilter.from_json(wanted.to_json()) == wanted
