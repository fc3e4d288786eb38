"""Which column is which field."""

from __future__ import annotations

import pytest

from desktop.domain.imports import LINE_FIELDS, REQUIRED_FIELDS, FileProblemKind
from desktop.importers.header import HEADER_NAMES, match_header

REQUIRED = ["Ship Date", "Order #", "Facility", "SKU", "Lot", "Quantity"]


def matched(replaced: str, by: str) -> dict[str, int]:
    return match_header([by if name == replaced else name for name in REQUIRED], {}).positions


@pytest.mark.parametrize(
    ("standard", "names"),
    [
        ("Ship Date", ["Ship Date", "Shipped", "Date Shipped", "Date - Shipped Date", "ship_date", "SHIP-DATE"]),
        ("Order #", ["Order Number", "Order #", "Order", "SO #", "Order - Number", "order_no.", "Order\n#"]),
        ("Facility", ["Facility Name", "Facility", "Customer", "Ship To - Company", "Recipient Company"]),
        ("SKU", ["SKU", "Item - SKU", "Item SKU", "s.k.u."]),
        ("Lot", ["Lot", "Lot Number", "Lot #", "LOT_NUMBER", "lot no.", "\ufeffLot", "Lot\u00a0Number", "L\u200bot"]),
        ("Quantity", ["Quantity", "Qty", "Item - Qty", "Item Quantity", " qty. "]),
    ],
)
def test_spellings_of_the_required_columns(standard: str, names: list[str]) -> None:
    positions = dict(zip(REQUIRED_FIELDS, range(6), strict=True))
    assert [matched(standard, name) for name in names] == [positions] * len(names)


@pytest.mark.parametrize("field", LINE_FIELDS)
def test_every_name_of_a_field_is_that_field(field: str) -> None:
    for name in (*HEADER_NAMES[field], field, field.upper()):
        if field in REQUIRED_FIELDS:
            at = REQUIRED_FIELDS.index(field)
            header = [*REQUIRED[:at], name, *REQUIRED[at + 1 :]]
        else:
            at, header = 6, [*REQUIRED, name]
        assert match_header(header, {}).positions[field] == at


@pytest.mark.parametrize(
    ("header", "kind", "message"),
    [
        (
            [*REQUIRED, "Qty"],
            FileProblemKind.DUPLICATE_HEADER,
            "The columns “Quantity” and “Qty” could both be Quantity: choose one, or remove the other from the file.",
        ),
        ([*REQUIRED, "Notes", "notes"], FileProblemKind.DUPLICATE_HEADER, "The column “Notes” occurs 2 times."),
        (REQUIRED[:5], FileProblemKind.MISSING_COLUMN, "The column “Quantity” is missing."),
        (
            ["Lot", "Rep"],
            FileProblemKind.MISSING_COLUMN,
            "The columns “Ship Date”, “Order Number”, “Facility Name”, “SKU” and “Quantity” are missing.",
        ),
    ],
)
def test_what_is_refused(header: list[str], kind: FileProblemKind, message: str) -> None:
    assert match_header(header, {}).problem == (kind, message)


def test_columns_without_a_name_and_the_source_are_passed_over() -> None:
    match = match_header(["", *REQUIRED, "Source", "", "Item", "Item #"], {})
    assert match.positions["ship_date"] == 1
    assert match.unused == ("Item", "Item #")


def test_a_chosen_column_is_no_other_field_any_more() -> None:
    match = match_header([*REQUIRED, "Customer"], {"rep": "Customer"})
    assert (match.positions["facility_name"], match.positions["rep"]) == (2, 6)
