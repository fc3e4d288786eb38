"""Dates, quantities and blanks as people read them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from desktop.ui.formats import (
    BLANK,
    counted,
    or_blank,
    plain_tool_tip,
    shown_date,
    shown_number,
    shown_size,
    shown_time,
)


def test_dates_are_written_so_that_they_sort() -> None:
    assert shown_date(date(2025, 3, 4)) == "2025-03-04"
    assert shown_date(None) == ""


def test_times_are_those_of_the_clock_on_the_wall() -> None:
    moment = datetime(2025, 3, 4, 23, 30, tzinfo=UTC)
    assert shown_time(moment) == f"{moment.astimezone():%Y-%m-%d %H:%M}"
    assert shown_time(moment) == shown_time(moment.astimezone(timezone(timedelta(hours=-6))))
    assert shown_time(None) == ""


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567"), (None, "")]
)
def test_numbers_have_thousands_separators(value: int | None, text: str) -> None:
    assert shown_number(value) == text


def test_counts_agree_with_their_noun() -> None:
    assert counted(1, "entry", "entries") == "1 entry"
    assert counted(0, "entry", "entries") == "0 entries"
    assert counted(1204, "entry", "entries") == "1,204 entries"


def test_an_empty_value_is_seen_to_be_empty() -> None:
    assert or_blank(None) == or_blank("") == BLANK
    assert or_blank("x") == "x"


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (999_940, "999.9 kB"),
        (999_960, "1.0 MB"),
        (25_000_000, "25.0 MB"),
        (3_000_000_000_000, "3000.0 GB"),
    ],
)
def test_sizes_have_the_unit_people_use(size: int, text: str) -> None:
    assert shown_size(size) == text


def test_a_tool_tip_never_takes_imported_text_for_html() -> None:
    tip = plain_tool_tip('<img src="//host/share/x"> & Sons')
    assert tip == "<p>&lt;img src=&quot;//host/share/x&quot;&gt; &amp; Sons</p>"
    assert plain_tool_tip("") == ""
