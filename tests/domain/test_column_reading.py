"""Reading column by column gives what reading row by row gives."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.column_reading import ColumnReader, are_plain
from desktop.domain.distributions import LineChecker
from desktop.domain.imports import LINE_FIELDS, DateOrder
from desktop.domain.lots import LotRule

GOOD = dict.fromkeys(LINE_FIELDS, "") | {
    "ship_date": "2026-01-05",
    "order_number": "SO 1",
    "facility_name": "Lakeside Urology",
    "sku": "211810SPT",
    "lot_number": "SLQ-12345",
    "quantity": "5",
}
WORDS = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        [
            "",
            " ",
            "SO 1",
            "0042",
            "1.23E+05",
            "=1+1",
            '="0042"',
            "-5",
            "@x",
            "#N/A",
            "12-Mar",
            "Zoë",
            "x" * 1_001,
            "2026-01-05",
            "01/31/2026",
            "SLQ-12345",
            "slq–12345",
            "211810SPT",
            "5",
            "5.0",
            "1,000",
            "2.5",
            "\ud800",
        ]
    ),
)


def checker() -> LineChecker:
    return LineChecker(today=date(2026, 6, 1), lot_rule=LotRule(), date_order=DateOrder.MDY)


ROWS = st.dictionaries(st.sampled_from(LINE_FIELDS), WORDS, max_size=3)


@given(st.lists(st.lists(ROWS, max_size=4), max_size=3))
def test_blocks_are_read_as_their_rows_are(blocks: list[list[dict[str, str]]]) -> None:
    reader = ColumnReader(checker())
    for block in blocks:
        rows = [tuple((GOOD | changes)[name] for name in LINE_FIELDS) for changes in block]
        columns = (
            dict(zip(LINE_FIELDS, zip(*rows, strict=True), strict=True)) if rows else dict.fromkeys(LINE_FIELDS, ())
        )
        read = reader.read(columns, len(rows))
        checked = [checker().check(row) for row in rows]
        assert read.wrong == {at for at, line in enumerate(checked) if line.problems}
        for at, name in enumerate(LINE_FIELDS):
            assert list(read.values[name]) == [line.line[at] for line in checked]


def test_a_field_without_a_column_is_blank_in_every_row() -> None:
    columns = {name: [text] * 3 for name, text in GOOD.items() if text}
    read = ColumnReader(checker()).read(columns, 3)
    assert (read.values["city"], read.wrong) == ([None] * 3, set())
    del columns["lot_number"]
    assert ColumnReader(checker()).read(columns, 3).wrong == {0, 1, 2}


@given(st.lists(WORDS, min_size=1, max_size=4))
def test_what_is_plain_is_kept_as_it_is_written_in_every_field_for_text(texts: list[str]) -> None:
    if not are_plain(texts):
        return
    for name in set(LINE_FIELDS) - {"ship_date", "sku", "lot_number", "quantity"}:
        for text in texts:
            reading = checker().reader(name)(text)
            assert (reading.value, reading.problem) == (text, None)


def test_ordinary_texts_are_plain_and_unusual_ones_are_not() -> None:
    assert are_plain(["SO 0000901", "Lakeside Urology (Main)", "1 Example Street, Suite 2", "(555) 555-0100"])
    for unusual in ("", " x", "x ", "Zoë", "a\nb", "=1", "#N/A", "1E5", "\x7f"):
        assert not are_plain(["SO 1", unusual])


def test_memory_stays_bounded_on_values_that_never_repeat() -> None:
    reader = ColumnReader(checker())
    for start in range(0, 60_000, 500):
        numbers = range(start, start + 500)
        columns = {name: [text] * 500 for name, text in GOOD.items() if text}
        columns |= {"order_number": [f"=SO {n}" for n in numbers], "lot_number": [f"SLQ-{n}" for n in numbers]}
        read = reader.read(columns, 500)
        assert read.values["order_number"] == [f"=SO {n}" for n in numbers]
        assert read.wrong == {at for at, n in enumerate(numbers) if n < 10_000}
    assert all(len(field._right) + len(field._wrong) <= 41_000 for field in reader._fields.values())
