"""Packed rows are a sequence like any other, in little memory."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.imports import LINE_FIELDS, ParsedRow, Problem, row_blocks
from desktop.importers.packed_rows import PackedRows

ANY_TEXT = st.text(st.sampled_from("\x1f\x1e\0,aé水\U0001f600\U0010ffff\ud800 \n") | st.characters(), max_size=4)
CHUNKS = st.lists(st.lists(st.tuples(ANY_TEXT, ANY_TEXT, st.booleans()), min_size=1, max_size=5), max_size=5)


def packed(chunks: Sequence[Sequence[tuple[str, str, bool]]]) -> tuple[PackedRows, list[ParsedRow]]:
    """Rows with two columns, and as they must be given back."""
    rows = PackedRows(["lot_number", "ship_date"])
    expected: list[ParsedRow] = []
    problem = (Problem(None, "", "wrong"),)
    for chunk in chunks:
        first = len(expected)
        lines = [10 + 2 * (first + at) for at in range(len(chunk))]
        wrong = {at: problem for at, (_, _, bad) in enumerate(chunk) if bad}
        rows.append_columns([[lot for lot, _, _ in chunk], [day for _, day, _ in chunk]], lines, wrong)
        for at, (lot, day, bad) in enumerate(chunk):
            values = tuple({"lot_number": lot, "ship_date": day}.get(field, "") for field in LINE_FIELDS)
            expected.append(ParsedRow(first + at + 1, lines[at], values, problem if bad else ()))
    return rows, expected


@given(CHUNKS, st.integers(-30, 30), st.integers(-30, 30))
def test_rows_come_back_as_they_were(chunks: list[list[tuple[str, str, bool]]], start: int, stop: int) -> None:
    rows, expected = packed(chunks)
    assert len(rows) == len(expected)
    assert list(rows) == expected
    assert [rows[at] for at in range(-len(expected), len(expected))] == expected * 2
    assert list(rows[start:stop]) == expected[start:stop]
    assert all(type(row) is ParsedRow for row in rows)


def test_no_row_beyond_the_ends() -> None:
    rows, _ = packed([[("a", "b", False)]])
    for at in (1, -2):
        with pytest.raises(IndexError):
            rows[at]
    rows.append_columns([[], []], [], {})
    assert len(rows) == 1


def test_many_rows_take_little_memory() -> None:
    lots = [f"SLQ-{number:05}" for number in range(1_000)]
    facilities = [f"Lakeside Urology and Example Hospital {number}" for number in range(1_000)]
    tracemalloc.start()
    rows = PackedRows(["lot_number", "facility_name"])
    for chunk in range(1_000):
        rows.append_columns([lots, facilities], range(chunk * 1_000, (chunk + 1) * 1_000), {})
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    as_tuples = 1_000_000 * sys.getsizeof(rows[0].values)
    assert held < 45_000_000 < as_tuples
    assert rows[987_654].values[4] == "SLQ-00654"


def test_blocks_hold_the_same_rows_column_by_column() -> None:
    rows = PackedRows(["city", "quantity"])
    problem = Problem(None, "", "odd")
    rows.append_columns([["Aville", "B\x1fville"], ["1", "2"]], [2, 5], {1: (problem,)})
    rows.append_columns([["Cville"], ["3"]], range(6, 7), {})
    for found in (list(rows.blocks()), list(rows.blocks())):
        assert [(block.first, list(block.lines), dict(block.columns), list(block.problems)) for block in found] == [
            (0, [2, 5], {"city": ["Aville", "B\x1fville"], "quantity": ["1", "2"]}, [(), (problem,)]),
            (2, [6], {"city": ["Cville"], "quantity": ["3"]}, []),
        ]


def test_rows_that_are_no_packed_ones_come_in_blocks_too() -> None:
    rows = PackedRows(["city"])
    rows.append_columns([[f"Town {number}" for number in range(1_234)]], range(1_234), {7: (Problem(None, "", "odd"),)})
    plain = list(row_blocks(tuple(rows)))
    assert sum(len(block.lines) for block in plain) == 1_234
    assert [block.first for block in plain] == [0, 500, 1_000]
    assert [text for block in plain for text in block.columns["city"]] == [f"Town {number}" for number in range(1_234)]
    assert [bool(block.problems) for block in plain] == [True, False, False]
