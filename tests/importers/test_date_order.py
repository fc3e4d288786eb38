"""What a column of dates proves about the order of day and month."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.imports import DateOrder
from desktop.importers.date_order import DateEvidence


def judged(*texts: str) -> DateEvidence:
    evidence = DateEvidence()
    for text in texts:
        evidence.add({text})
    return evidence


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["2025-03-04"], DateOrder.ISO),
        (["04-Mar-2025", "2025-03-04"], DateOrder.ISO),
        (["3/4/2025"], None),
        (["3/4/2025", "3/13/2025"], DateOrder.MDY),
        (["13/3/2025", "3/4/2025"], DateOrder.DMY),
        (["2025-03-04", " 13/3/2025 "], DateOrder.DMY),
        (["2025-03-04", "3/4/2025"], None),
        (["13/3/2025", "3/13/2025"], None),
        # No real date under either order proves nothing.
        (["13/13/2025", "2/30/2025", "31/31/2025", "3/4/2025"], None),
        (["1/32/2025", "0/13/2025", "3/13/2025"], DateOrder.MDY),
        (["45720", "soon", ""], None),
        ([], None),
    ],
)
def test_orders(texts: list[str], order: DateOrder | None) -> None:
    assert judged(*texts).order is order


def test_a_contradiction_shows_both_sides() -> None:
    assert judged("3/13/2025", "2025-01-01").contradiction is None
    assert judged("13/3/2025", "3/13/2025").contradiction == (
        "The dates contradict each other: “3/13/2025” has the month first, “13/3/2025” the day."
    )


def test_blank_texts_are_remembered() -> None:
    assert judged("", " ", "\u200b", "2025-01-01").blank == {"", " ", "\u200b"}


def test_it_still_listens_when_its_memory_is_full() -> None:
    evidence = DateEvidence()
    evidence.add({f"3/4/{year}" for year in range(1, 30_000)})
    assert evidence.order is None
    evidence.add({"3/13/2025"})
    assert evidence.order is DateOrder.MDY


@given(st.lists(st.dates(date(2000, 1, 1), date(2030, 1, 1)), max_size=20), st.sampled_from(["mdy", "dmy"]))
def test_a_column_in_one_order_is_never_taken_for_the_other(dates: list[date], order: str) -> None:
    days = [(day.month, day.day) if order == "mdy" else (day.day, day.month) for day in dates]
    evidence = judged(*(f"{a}/{b}/{day.year}" for (a, b), day in zip(days, dates, strict=True)))
    proved = any(day.day > 12 for day in dates)
    assert evidence.order == (DateOrder(order) if proved else None)
    assert evidence.contradiction is None
