"""Counting which lines the log has: as on paper, however facilities are written."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.checked_rows import CheckedRows
from desktop.domain.line_comparison import CONFLICT, DUPLICATE, NEW, PROBLEM, LoggedLines, line_keys, settle

LINES = st.lists(st.tuples(st.integers(1, 3), st.integers(1, 3)), max_size=8)


@given(LINES, LINES)
def test_k_in_the_file_and_m_in_the_log_leave_what_is_more(
    file: list[tuple[int, int]], log: list[tuple[int, int]]
) -> None:
    """A line is (key, quantity)."""
    logged = LoggedLines([key for key, _ in log], [quantity for _, quantity in log])
    settled = settle(bytes(len(file)), [key for key, _ in file], [quantity for _, quantity in file], logged)
    duplicates = Counter(file) & Counter(log)
    assert settled.states.count(DUPLICATE) == duplicates.total()
    conflicts = 0
    for key in (1, 2, 3):
        left_in_file = sum(times for line, times in (Counter(file) - duplicates).items() if line[0] == key)
        left_in_log = sum(times for line, times in (Counter(log) - duplicates).items() if line[0] == key)
        conflicts += min(left_in_file, left_in_log)
    assert settled.states.count(CONFLICT) == len(settled.differs) == conflicts
    used = Counter((file[at][0], quantity) for at, quantity in settled.differs.items())
    assert used <= Counter(log) - duplicates
    for at, quantity in settled.differs.items():
        assert (settled.states[at], file[at][1] != quantity) == (CONFLICT, True)


def test_lines_with_a_problem_stay_so() -> None:
    settled = settle(bytes([PROBLEM, NEW]), [0, 7], [0, 1], LoggedLines([7], [1]))
    assert settled.states == bytes([PROBLEM, DUPLICATE])


def test_a_key_is_made_of_everything_but_the_quantity_and_facilities_are_folded() -> None:
    line = ("2026-01-05", "SO 1", "Lakeside Urology", "211810SPT", "SLQ-12345")
    others = [(*line[:at], line[at] + "x", *line[at + 1 :]) for at in range(5)]
    same = (*line[:2], " LAKESIDE  urology ", *line[3:])
    moved = ("2026-01-05", "SO 1 Lakeside", "Urology", "211810SPT", "SLQ-12345")
    keys = list(line_keys(*zip(line, same, *others, moved, strict=True)))
    assert keys[0] == keys[1]
    assert len(set(keys)) == 7


def test_more_lines_are_added_for_keys_that_were_not_known() -> None:
    more = LoggedLines([1, 1], [5, 5]).with_more(LoggedLines([1, 2, 2], [5, 3, 4]))
    assert (list(more.keys), list(more.quantities)) == ([1, 1, 2, 2], [5, 5, 3, 4])


def test_lines_that_repeat_are_counted_however_many_there_are() -> None:
    rows = CheckedRows()
    lines = [number % 200_000 for number in range(600_000)]
    rows.keys.extend(lines)
    rows.quantities.extend([5] * len(lines))
    rows.states.extend([NEW] * len(lines))
    rows.states[0] = PROBLEM
    times = rows.times()
    assert (times[rows.identity(0)], times[rows.identity(1)], len(times)) == (2, 3, 200_000)
