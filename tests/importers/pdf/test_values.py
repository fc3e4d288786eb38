"""Dates, order numbers, amounts and addresses as these documents print them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.imports import DateOrder
from desktop.domain.products import ProductTable
from desktop.importers.pdf.values import (
    order_key,
    read_address,
    read_amount,
    read_count,
    read_date,
    read_order_number,
)


@pytest.mark.parametrize(
    "text",
    ["3/4/2026", "03/04/2026", "3/4/26", "3-4-2026", "2026-03-04", "04MAR26", "4-Mar-2026", "Mar 4, 2026",
     "March 4 2026", "3/4/2026 4:00:00 AM", "Wed, Mar 4, 2026"],
)  # fmt: skip
def test_dates(text: str) -> None:
    assert read_date(text).value == date(2026, 3, 4)


@pytest.mark.parametrize("text", ["", "13/4/2026", "2/30/2026", "soon", "3/4", "3/4/2 026", "３/4/2026", "45720"])
def test_what_is_no_date_is_a_problem(text: str) -> None:
    assert read_date(text).value is None
    assert text in read_date(text).problem


def test_a_chosen_order_of_day_and_month() -> None:
    assert read_date("3/4/2026", DateOrder.DMY).value == date(2026, 4, 3)


@pytest.mark.parametrize(
    ("printed", "kept", "noted"),
    [
        ("SO 0000901", "SO 0000901", False),
        ("SO  000901", "SO 000901", False),
        ("0000901", "0000901", False),
        ("90001", "90001", False),
        ("S0 0000901", "SO 0000901", True),
        ("so 0000901", "SO 0000901", True),
        ("RMA 0000009", "RMA 0000009", False),
    ],
)
def test_order_numbers_are_kept_as_printed(printed: str, kept: str, noted: bool) -> None:
    read = read_order_number(printed)
    assert (read.value, bool(read.note), read.problem) == (kept, noted, "")


@pytest.mark.parametrize("printed", ["", "see below", "SO 0000901 0000902", "SO \ufffd\ufffd1"])
def test_what_is_not_written_like_an_order_number_is_a_problem(printed: str) -> None:
    assert read_order_number(printed).problem


def test_spellings_of_one_order() -> None:
    assert len({order_key(text) for text in ("SO 0000901", "SO 000901", "0000901", "S0 0000901", "so-00901")}) == 1
    assert order_key("RMA 0000901") != order_key("SO 0000901")


@pytest.mark.parametrize(
    ("text", "amount"), [("1,250.00", "1250"), (".50", "0.5"), ("25.00-", "-25"), ("(2.5)", "-2.5")]
)
def test_amounts(text: str, amount: str) -> None:
    assert read_amount(text) == Decimal(amount)


def test_counts() -> None:
    assert [read_count(text) for text in ("5", "1,200", "5.0000", "0", "2.5", "", "x", "５")] == [5, 1200, 5] + [
        None
    ] * 5
    assert [read_amount(text) for text in ("", ".", "-", "12a", "1.2.3")] == [None] * 5


def test_an_address_of_six_lines() -> None:
    address = read_address(
        ["Jane Roe", "Lakeside Urology", "12 Harbor St", "Suite 4", "Dock 2", "Port Alder, WA 98005-1234 US"]
    )
    assert (address.contact_name, address.facility_name, address.address1) == (
        "Jane Roe",
        "Lakeside Urology",
        "12 Harbor St",
    )
    assert address.address2 == "Suite 4, Dock 2"
    assert (address.city, address.state, address.zip, address.country) == ("Port Alder", "WA", "98005-1234", "US")
    assert address.doubts == ()


def test_an_address_with_one_name_names_the_facility() -> None:
    address = read_address(["Lakeside Urology", "12 Harbor St", "Port Alder WA 98005"])
    assert (address.contact_name, address.facility_name, address.doubts) == ("", "Lakeside Urology", ())


@pytest.mark.parametrize(
    ("lines", "doubted"),
    [
        ([], "facility_name"),
        (["Lakeside Urology", "12 Harbor St"], "city"),
        (["Lakeside Urology Clinic", "Jane Roe", "12 Harbor St", "Port Alder, WA 98005"], "facility_name"),
        (["Jane Roe", "Lakeside", "Receiving", "12 Harbor St", "Port Alder, WA 98005"], "facility_name"),
        (["Jane Roe", "Lakeside", "Somewhere", "Port Alder, WA 98005"], "address1"),
    ],
)
def test_what_does_not_fit_is_doubted(lines: list[str], doubted: str) -> None:
    assert doubted in dict(read_address(lines).doubts)


def test_other_parts_of_an_address() -> None:
    address = read_address(
        ["Attn: Jane Roe", "Lakeside", "12 Harbor St", "Port Alder, WA", "98005", "USA", "555-555-0101"]
    )
    assert (address.contact_name, address.facility_name) == ("Jane Roe", "Lakeside")
    assert (address.zip, address.country, address.phone) == ("98005", "USA", "555-555-0101")


@given(st.lists(st.text(max_size=30), max_size=7))
def test_no_address_makes_an_exception(lines: list[str]) -> None:
    read_address(lines)


@pytest.mark.parametrize(
    ("description", "units"),
    [
        ("16 Fr catheter, 10-Pack", 10),
        ("16 Fr catheter 10 pack", 10),
        ("Box of 10, sterile", 10),
        ("BOX OF 10", 10),
        ("single catheter", 1),
        ("catheter, 1 Unit", 1),
        ("single-use catheter", None),
        ("110-Pack", None),
        ("Box of 30", None),
        ("Box of 10, single catheter", None),
        ("16 Fr catheter 10 cc", None),
        ("", None),
    ],
)
def test_packs(description: str, units: int | None) -> None:
    pack = ProductTable().pack(description)
    assert (pack and pack.units) == units


def test_the_table_is_a_value() -> None:
    table = ProductTable({"77-A": "211810SPT"}, {"BOOK": "manual"}, {"crate of 6": 6})
    assert (table.sku("77a"), table.sku("211810SPT"), table.other("book")) == ("211810SPT", None, "manual")
    pack = table.pack("a crate of 6")
    assert pack is not None
    assert pack.units == 6
