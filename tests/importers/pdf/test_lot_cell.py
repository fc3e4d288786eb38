"""The lot cell: every shape that slips print, and which row takes which lot."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.products import ProductTable, fold_code
from desktop.importers.pdf.lot_cell import LotEntry, Row, Share, read_lot_cell, share_lots

TABLE = ProductTable()
A, B, C = "21600101003", "21800101003", "1410"


def read(text: str) -> list[tuple[str, str, int | None]]:
    return [(entry.code, entry.lot, entry.quantity) for entry in read_lot_cell(text, TABLE).entries]


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        (
            f"SKU: {A} LOT: SLQ-12345678 SKU: {B} LOT: SLQ-87654321",
            [(A, "SLQ-12345678", None), (B, "SLQ-87654321", None)],
        ),
        (f"SKU:{A}LOT:SLQ-12345678SKU:{B}LOT:12345678", [(A, "SLQ-12345678", None), (B, "SLQ-12345678", None)]),
        (f"{A} - X3 SLQ-12345678", [(A, "SLQ-12345678", 3)]),
        (f"{A}: X7 SLQ-12345678, X1 SLQ-12345679", [(A, "SLQ-12345678", 7), (A, "SLQ-12345679", 1)]),
        (f"{A} SLQ-12345678 x3, SLQ-12345679 x4", [(A, "SLQ-12345678", 3), (A, "SLQ-12345679", 4)]),
        ("3x SLQ-12345678 and 2x SLQ-12345679", [("", "SLQ-12345678", 3), ("", "SLQ-12345679", 2)]),
        ("LN: SLQ-12345678 (x4)", [("", "SLQ-12345678", 4)]),
        ("SLQ-12345678901", [("", "SLQ-12345678901", None)]),
        ("SLQ-12345", [("", "SLQ-12345", None)]),
        ("Lot: 12345678", [("", "SLQ-12345678", None)]),
        ("lot # 12345678901", [("", "SLQ-12345678901", None)]),
        ("lot : slq-12345678", [("", "SLQ-12345678", None)]),
        ("SLQ:12345678", [("", "SLQ-12345678", None)]),
        ("SLQ\u201312345678", [("", "SLQ-12345678", None)]),
        ("SLQ12345678", [("", "SLQ-12345678", None)]),
        ("SLQ1610-123456", [("", "SLQ1610-123456", None)]),
        ("SLQ 1610-123456", [("", "SLQ1610-123456", None)]),
        ("LOT: 1610-123456", [("", "SLQ1610-123456", None)]),
        ("211610 SPT - X2 SLQ-12345678", [("211610SPT", "SLQ-12345678", 2)]),
        (f"{A} 12345678", [(A, "SLQ-12345678", None)]),
        ("SKU: 99999 LOT: SLQ-12345678", [("99999", "SLQ-12345678", None)]),
        (f"SKU: {A} LOT: {A}", []),
        (f"LOT: {A}", []),
        ("SLQ-4007", []),
        ("12345678", []),
        ("see order 12345678", []),
        ("", []),
    ],
)
def test_shapes(text: str, entries: list[tuple[str, str, int | None]]) -> None:
    assert read(text) == entries


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("SLQ-123456", "The lot has 6 digits; slips print lots of 8 or 11"),
        ("LOT: 123456789", "The lot has 9 digits; slips print lots of 8 or 11"),
        ("SLQ-12345678A", "“SLQ-12345678A” is not written like a lot"),
    ],
)
def test_typing_errors_are_kept_and_doubted(text: str, doubt: str) -> None:
    (entry,) = read_lot_cell(text, TABLE).entries
    assert entry.doubt == doubt
    (share,) = share_lots([Row(A, "211610SPT", 1, read_lot_cell(text, TABLE))])[0]
    assert (share.lot, share.problem) == (entry.lot, doubt)


@pytest.mark.parametrize("text", ["LOT: 12345678", "slq-12345678", "SLQ:12345678", "SLQ\u201312345678"])
def test_what_was_changed_to_read_a_lot_is_noted(text: str) -> None:
    (entry,) = read_lot_cell(text, TABLE).entries
    assert entry.note.startswith("Lot number SLQ-12345678 read from “")
    assert read_lot_cell("LOT: SLQ-12345678", TABLE).entries == (LotEntry("", "SLQ-12345678", None, "SLQ-12345678"),)


def rows(cell: str, *codes: tuple[str, int | None]) -> list[Row]:
    return [Row(fold_code(code), TABLE.sku(code) or "", count, read_lot_cell(cell, TABLE)) for code, count in codes]


def shared(cell: str, *codes: tuple[str, int | None]) -> list[list[tuple[str, int | None, str]]]:
    return [
        [(share.lot, share.quantity, share.problem) for share in shares] for shares in share_lots(rows(cell, *codes))
    ]


def test_each_row_takes_the_lot_of_its_own_code() -> None:
    cell = f"SKU: {B} LOT: SLQ-22222222 SKU: {A} LOT: SLQ-11111111"
    assert shared(cell, (A, 3), (B, 4)) == [[("SLQ-11111111", 3, "")], [("SLQ-22222222", 4, "")]]


def test_a_row_without_a_lot_of_its_own_never_takes_the_neighbours() -> None:
    cell = f"SKU: {A} LOT: SLQ-11111111"
    assert shared(cell, (A, 3), (B, 4))[1] == [
        ("", 4, f"The row has no lot of its own: the lot cell names none for {B}")
    ]
    assert shared(cell, (B, 4)) == [[("", 4, f"The row has no lot of its own: the lot cell names none for {B}")]]
    assert shared("see order", (A, 1)) == [[("", 1, "The row has no lot: its lot cell names none")]]


def test_a_lone_lot_is_for_a_lone_device_row() -> None:
    assert shared("SLQ-11111111", (A, 3)) == [[("SLQ-11111111", 3, "")]]
    said = f"The slip has 2 device rows and the lot cell does not say which lot is of {A}"
    assert shared("SLQ-11111111", (A, 3), (B, 3))[0] == [("", 3, said)]


def test_another_spelling_of_the_code_is_the_rows_own_unless_it_is_another_rows() -> None:
    assert shared("1610 - SLQ-11111111 1810 - SLQ-22222222", (A, 1), (B, 1)) == [
        [("SLQ-11111111", 1, "")],
        [("SLQ-22222222", 1, "")],
    ]
    assert shared("1610 LOT: SLQ-11111111", (A, 1), ("1610", 2))[0][0][0] == ""


def test_counts_make_lines_and_must_add_up() -> None:
    cell = f"{A}: X7 SLQ-11111111, X1 SLQ-22222222"
    assert shared(cell, (A, 8)) == [[("SLQ-11111111", 7, ""), ("SLQ-22222222", 1, "")]]
    said = "The counts in the lot cell add up to 8, the quantity is 9"
    assert shared(cell, (A, 9)) == [[("SLQ-11111111", None, said), ("SLQ-22222222", None, said)]]
    assert shared(f"{A} - X3 SLQ-11111111", (A, 2))[0][0] == (
        "SLQ-11111111",
        2,
        "The counts in the lot cell add up to 3, the quantity is 2",
    )


def test_lots_without_counts_are_all_named_and_none_is_chosen() -> None:
    said = f"The lot cell names 2 lots for {A} and not how many of each"
    assert shared(f"SKU: {A} LOT: SLQ-11111111 SKU: {A} LOT: SLQ-22222222", (A, 8)) == [
        [("SLQ-11111111", None, said), ("SLQ-22222222", None, said)]
    ]


def test_rows_of_one_code_take_the_lots_by_their_counts() -> None:
    cell = f"{A}: X3 SLQ-11111111, X5 SLQ-22222222"
    assert shared(cell, (A, 5), (A, 3)) == [[("SLQ-22222222", 5, "")], [("SLQ-11111111", 3, "")]]
    uncounted = f"{A} LOT: SLQ-11111111 {A} LOT: SLQ-22222222"
    assert all(problem for ((_, _, problem),) in shared(uncounted, (A, 5), (A, 3)))
    assert shared(f"{A} LOT: SLQ-11111111", (A, 5), (A, 3)) == [[("SLQ-11111111", 5, "")], [("SLQ-11111111", 3, "")]]


DIGITS = st.text("3456789", min_size=8, max_size=8)


@given(
    lots=st.lists(DIGITS, min_size=1, max_size=3, unique=True),
    form=st.sampled_from(("SKU: {} LOT: SLQ-{}", "{} - SLQ-{}", "{} LOT: {}", "sku:{} lot:slq-{}")),
    between=st.sampled_from((" ", ", ", "; ", "  ")),
    remark=st.sampled_from(("", "ship first", "(partial)", "thanks")),
)
def test_lists_of_codes_and_lots_are_read_whole(lots: list[str], form: str, between: str, remark: str) -> None:
    codes = (A, B, C)[: len(lots)]
    cell = between.join(form.format(code, lot) for code, lot in zip(codes, lots, strict=True)) + f" {remark}"
    assert shared(cell, *((code, 2) for code in codes)) == [[(f"SLQ-{lot}", 2, "")] for lot in lots]


@given(
    st.text(max_size=120),
    st.lists(st.tuples(st.sampled_from((A, B, C, "X")), st.none() | st.integers(1, 9)), max_size=4),
)
def test_no_text_makes_an_exception_or_a_row_without_a_share(text: str, codes: list[tuple[str, int | None]]) -> None:
    shares = share_lots(rows(text, *codes))
    assert len(shares) == len(codes)
    assert all(isinstance(share, Share) for row in shares for share in row)
    assert all(row and all(share.lot or share.problem for share in row) for row in shares)
