"""The rules of a line: each with the words it is refused with, and every text that must not slip through."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.distributions import (
    Line,
    LineChecker,
    NewLine,
    NewShipment,
    Source,
    check_shipment,
    fold_facility,
    identity,
    is_blank,
    read_lot,
    read_order_number,
    read_quantity,
    read_ship_date,
    read_sku,
    read_text,
    read_tracking_number,
    read_zip,
    shipment_line_id,
)
from desktop.domain.imports import LINE_FIELDS, DateOrder, FileKind, ParsedFile, Problem
from desktop.domain.lots import LotRule
from desktop.domain.products import SKUS

TODAY = date(2025, 6, 30)
RULE = LotRule()
GOOD = dict.fromkeys(LINE_FIELDS, "") | {
    "ship_date": "2025-03-04",
    "order_number": "SO-1001",
    "facility_name": "Lakeside Urology",
    "sku": "211810SPT",
    "lot_number": "SLQ-12345",
    "quantity": "10",
}
ODD_TEXT = st.text(st.sampled_from('0123456789-/., ="+@SLQ\u200b\u00ad\x00\n０é') | st.characters(), max_size=12)


def checker(date_order: DateOrder | None = DateOrder.ISO) -> LineChecker:
    return LineChecker(today=TODAY, lot_rule=RULE, date_order=date_order)


def texts(**changes: str) -> tuple[str, ...]:
    return tuple((GOOD | changes).values())


def test_a_line_has_the_fields_that_importers_hand_over() -> None:
    assert Line._fields == LINE_FIELDS


def test_the_sources_are_the_plans() -> None:
    assert {source.value for source in Source} == {"shipstation", "manual", "csv_import", "pdf_import"}


# -- dates


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("2025-03-04", None, date(2025, 3, 4)),
        (" 2025-03-04\n", DateOrder.MDY, date(2025, 3, 4)),
        ("04-Mar-2025", None, date(2025, 3, 4)),
        ("4-MAR-2025", DateOrder.DMY, date(2025, 3, 4)),
        ("3/4/2025", DateOrder.MDY, date(2025, 3, 4)),
        ("03/04/2025", DateOrder.DMY, date(2025, 4, 3)),
        ("2024-02-29", None, date(2024, 2, 29)),
        ("2025-06-30", None, TODAY),
    ],
)
def test_dates_that_are_read(text: str, order: DateOrder | None, expected: date) -> None:
    assert read_ship_date(text, order, TODAY) == (expected, None, None)


@pytest.mark.parametrize(
    ("text", "order", "message"),
    [
        ("", None, "Ship date is required"),
        (" \u200b\ufeff\u00ad ", None, "Ship date is required"),
        ("2025-07-01", None, "Ship date cannot be in the future"),
        ("7/1/2025", DateOrder.MDY, "Ship date cannot be in the future"),
        ("2025-02-30", None, "Ship date “2025-02-30” is not a real date"),
        ("0000-01-01", None, "Ship date “0000-01-01” is not a real date"),
        ("2/30/2025", DateOrder.MDY, "Ship date “2/30/2025” is not a real date"),
        ("14/3/2025", DateOrder.MDY, "Ship date “14/3/2025” is not a real date"),
        ("04-Foo-2025", None, "Ship date “04-Foo-2025” has no month that is known"),
        ("45720", None, "Ship date “45720” is a spreadsheet's serial number, not a date"),
        ("45720.5", None, "Ship date “45720.5” is a spreadsheet's serial number, not a date"),
        ("3/4/2025", None, "Ship date “3/4/2025” can be read as month/day or day/month: choose the date order"),
        (
            "3/4/2025",
            DateOrder.ISO,
            "Ship date “3/4/2025” can be read as month/day or day/month: choose the date order",
        ),
        ("14/3/2025", None, "Ship date “14/3/2025” can be read once the date order is chosen"),
        *(
            (text, DateOrder.MDY, f"Ship date “{text}” is not a date written as YYYY-MM-DD")
            for text in ("20250304", "2025-W10-2", "2025-3-4", "3/4/25", "2025-03-04T00:00", "２０２５-03-04", "today")
        ),
    ],
)
def test_dates_that_are_refused(text: str, order: DateOrder | None, message: str) -> None:
    assert read_ship_date(text, order, TODAY).problem == message


@given(st.dates(date(1, 1, 1), TODAY), st.sampled_from(list(DateOrder)))
def test_every_past_date_is_read_in_every_spelling(day: date, order: DateOrder) -> None:
    month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][day.month - 1]
    for text in (day.isoformat(), f"{day.day}-{month}-{day.year:04}", f"{day.day:02}-{month.upper()}-{day.year:04}"):
        assert read_ship_date(text, order, TODAY) == (day, None, None)
    first, second = (day.day, day.month) if order is DateOrder.DMY else (day.month, day.day)
    if order is not DateOrder.ISO:
        assert read_ship_date(f"{first}/{second}/{day.year:04}", order, TODAY) == (day, None, None)


@given(ODD_TEXT, st.sampled_from([None, *DateOrder]))
def test_a_date_is_read_or_refused_never_both(text: str, order: DateOrder | None) -> None:
    value, problem, _ = read_ship_date(text, order, TODAY)
    assert (value is None) == (problem is not None) or problem == "Ship date cannot be in the future"
    if value is not None:
        assert set(text.strip()) <= set("0123456789-/abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


# -- quantities


@pytest.mark.parametrize(
    ("text", "quantity", "noted"),
    [
        ("1", 1, False),
        (" 10\n", 10, False),
        ("007", 7, False),
        ("999999999", 999_999_999, False),
        ("1,000", 1_000, True),
        ("12,345,678", 12_345_678, True),
        ("5.0", 5, True),
        ("5.0000", 5, True),
    ],
)
def test_quantities_that_are_read(text: str, quantity: int, noted: bool) -> None:
    note = f"Quantity read from “{text}”" if noted else None
    assert read_quantity(text) == (quantity, None, note)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "0", "000", "0.0", "-5", "+5", "2.5", "1_000", "０５", "٣", "five", "1e3", "5.", ".0", "5 0", "=5"),
        *("1000000000", "1,00", "10,00", "1,0000", "0,500", "1,000.0", ",000", "1.000,0", "999,999,999,999"),
    ],
)
def test_quantities_that_are_refused(text: str) -> None:
    assert read_quantity(text) == (None, "Quantity must be a positive integer", None)


@given(ODD_TEXT)
def test_a_quantity_is_ascii_digits(text: str) -> None:
    value, problem, _ = read_quantity(text)
    if problem is None:
        assert isinstance(value, int)
        assert 1 <= value <= 999_999_999
        assert text.strip().replace(",", "").split(".")[0].lstrip("0") == str(value)
    else:
        assert value is None


@given(st.integers(1, 999_999_999))
def test_every_quantity_is_read_plainly_and_grouped(quantity: int) -> None:
    assert [read_quantity(text).value for text in (f"{quantity}", f"{quantity:,}", f"{quantity}.00")] == [quantity] * 3


# -- SKUs and lots


@pytest.mark.parametrize("sku", SKUS)
def test_the_three_skus(sku: str) -> None:
    assert read_sku(f" {sku} ") == (sku, None, None)


@pytest.mark.parametrize("text", ["", "211810spt", "211810", "211810SPT-1", "２11810SPT", "211810\u200bSPT"])
def test_no_other_sku(text: str) -> None:
    assert read_sku(text).problem == "SKU must be one of: 211810SPT, 211610SPT, 211410SPT"


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("SLQ-12345", None),
        ("slq-12345", "Lot number read from “slq-12345”"),
        ("SLQ–12345", "Lot number read from “SLQ–12345”"),
        ("SLQ-12345\n", "Lot number read from “SLQ-12345\n”"),
    ],
)
def test_normalising_a_lot_is_never_silent(text: str, note: str | None) -> None:
    assert read_lot(text, RULE) == ("SLQ-12345", None, note)


@pytest.mark.parametrize("text", ["", "SLQ-1234", "SLQ-123456", "SLQ-１２３４５", "LOT SLQ-12345", "211810SPT"])
def test_a_wrong_lot_keeps_what_was_read(text: str) -> None:
    assert read_lot(text, RULE) == (text, "Lot number must match format: SLQ-#####", None)


# -- texts


@pytest.mark.parametrize("text", ["", " ", "\t\r\n", "\u00a0", "\u200b", "\ufeff \u00ad", '=""', '=" "'])
def test_blank_texts(text: str) -> None:
    assert read_text(text, "Facility name", required=True)[:2] == ("", "Facility name is required")
    assert read_text(text, "City")[:2] == (None, None)
    assert is_blank(text) == (not text.startswith("="))


@pytest.mark.parametrize(
    ("text", "kept", "note"),
    [
        (" Lakeside  Urology ", "Lakeside  Urology", None),
        ('="0000123"', "0000123", 'Order number: the spreadsheet wrapping ="…" was removed'),
        (
            "=1+1",
            "=1+1",
            "Order number starts with “=”: a spreadsheet would run it as a formula; it is kept as text",
        ),
        (
            '="@x"',
            "@x",
            'Order number: the spreadsheet wrapping ="…" was removed; '
            "Order number starts with “@”: a spreadsheet would run it as a formula; it is kept as text",
        ),
        ("O’Hare \U0001f600", "O’Hare \U0001f600", None),
        ("two\r\nlines", "two\r\nlines", None),
    ],
)
def test_texts_are_kept_and_what_is_odd_is_noted(text: str, kept: str, note: str | None) -> None:
    assert read_text(text, "Order number") == (kept, None, note)


@pytest.mark.parametrize("char", ["\x00", "\x07", "\x0b", "\x1f", "\ud800", chr(0xFFFD)])
def test_characters_that_cannot_be_kept_or_imported_again_are_refused(char: str) -> None:
    reading = read_text(f"Lake{char}side", "City")
    assert reading.problem == "City contains a character that cannot be kept"


@pytest.mark.parametrize("text", ["1.23E+05", "1.23457e+11", "4E+21", "1E5", "1,23E+05", '="1.23E+05"'])
def test_a_shortened_order_number_is_a_problem(text: str) -> None:
    shown = text.strip('="')
    assert read_order_number(text).problem == f"Order number “{shown}”: a spreadsheet shortened this number"


@pytest.mark.parametrize("text", ["SO-1E5", "12E5", "1.2E5X", "0000901", "E5", "1.5"])
def test_other_order_numbers_are_kept(text: str) -> None:
    assert read_order_number(text) == (text, None, None)


ZERO = "a spreadsheet may have removed a leading zero"
FIFTEEN = "a spreadsheet keeps 15 digits: the zeros at the end may stand for others"
IS_DATE = "this is a date: a spreadsheet may have made it of something else"
IS_ERROR = "this is a spreadsheet's error, not a value"


@pytest.mark.parametrize(
    ("text", "width", "note"),
    [
        ("901", 7, ZERO),
        ("0000901", 7, None),
        ("901", None, None),
        ("SO-901", 7, None),
        ("12345678", 7, None),
        ("12-Mar", None, IS_DATE),
        ("Mar-25", None, IS_DATE),
        ("2025-03-12", None, IS_DATE),
        ("3/12/25", None, IS_DATE),
        ("12-3", None, None),
        ("123456789012345000", None, FIFTEEN),
        ("123456789012345", None, None),
        ("123456789012345670", None, None),
    ],
)
def test_damage_that_is_not_certain_is_noted(text: str, width: int | None, note: str | None) -> None:
    said = None if note is None else f"Order number “{text}”: {note}"
    assert read_order_number(text, width) == (text, None, said)
    if note != IS_DATE:
        said = None if note is None else f"Tracking number “{text}”: {note}"
        assert read_tracking_number(text, width) == (text, None, said)


def test_a_shortened_tracking_number_is_kept_with_a_note() -> None:
    note = "Tracking number “1.23E+11”: a spreadsheet shortened this number"
    assert read_tracking_number("1.23E+11") == ("1.23E+11", None, note)
    assert read_tracking_number('="1.23E+11"').note == (
        f'Tracking number: the spreadsheet wrapping ="…" was removed; {note}'
    )
    assert read_tracking_number("  ") == (None, None, None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1.23E+05", "a spreadsheet shortened this number"),
        ("12-Mar", IS_DATE),
        (" Mar-2025 ", IS_DATE),
        ("2025-03-12 00:00:00", IS_DATE),
        ("3/12/2025", IS_DATE),
        ("#REF!", IS_ERROR),
    ],
)
def test_a_lot_that_a_spreadsheet_spoiled_says_so(text: str, words: str) -> None:
    assert read_lot(text, RULE).problem == f"Lot number “{text.strip()}”: {words}"


def test_a_lot_that_the_rule_accepts_is_never_damaged() -> None:
    assert read_lot("12-MAR", LotRule("[0-9]{2}-[A-Z]{3}")) == ("12-MAR", None, None)


@pytest.mark.parametrize("text", ["#N/A", "#n/a", "#REF!", "#DIV/0!", "#NAME?", "#####"])
def test_an_error_value_is_refused_where_a_value_is_needed(text: str) -> None:
    assert read_text(text, "Facility name", required=True).problem == f"Facility name “{text}”: {IS_ERROR}"
    assert read_text(text, "City") == (text, None, f"City “{text}”: {IS_ERROR}")


@pytest.mark.parametrize("text", ["#5 Example Street", "# 5", "#1", "N/A"])
def test_a_number_sign_is_no_error(text: str) -> None:
    assert read_text(text, "Address 1") == (text, None, None)


@pytest.mark.parametrize(
    ("values", "noted"),
    [
        ({"zip": "2108", "state": "MA"}, True),
        ({"zip": "2108", "state": "Massachusetts"}, True),
        ({"zip": "901", "state": "PR"}, True),
        ({"zip": "2108", "country": "U.S."}, True),
        ({"zip": "2108", "country": "USA", "state": "MA"}, True),
        ({"zip": "02108", "state": "MA"}, False),
        ({"zip": "2108"}, False),
        ({"zip": "6000", "state": "WA", "country": "Australia"}, False),
        ({"zip": "2108", "state": "MA", "country": "Morocco"}, False),
    ],
)
def test_a_short_zip_is_noted_where_zips_begin_with_zero(values: dict[str, str], noted: bool) -> None:
    checked = checker().check(texts(**values))
    assert checked.problems == ()
    assert checked.notes == ((Problem("zip", values["zip"], f"Zip “{values['zip']}”: {ZERO}"),) if noted else ())
    assert checked.line.zip == values["zip"]


def test_other_notes_of_a_zip_stay() -> None:
    assert [note.message for note in checker().check(texts(zip='="2108"', country="Norway")).notes] == [
        'Zip: the spreadsheet wrapping ="…" was removed'
    ]


def test_the_lines_of_a_file_are_checked_by_what_it_is() -> None:
    file = ParsedFile(
        "a.csv",
        "",
        0,
        FileKind.SHIPSTATION,
        date_order=DateOrder.DMY,
        fixed_widths={"order_number": 7, "tracking_number": 12},
    )
    values = texts(ship_date="3/4/2025", order_number="901", tracking_number="17", ss_shipment_id="700000001")
    checked = LineChecker.of(file, today=TODAY, lot_rule=RULE).check(values)
    assert (checked.line.ship_date, checked.problems) == (date(2025, 4, 3), ())
    assert [note.field for note in checked.notes] == ["order_number", "tracking_number"]
    assert checked.line.ss_shipment_id == shipment_line_id("700000001", "211810SPT", "SLQ-12345")
    assert checked.line.ss_shipment_id == "700000001:211810SPT:SLQ-12345"
    plain = LineChecker.of(replace(file, kind=FileKind.CSV), today=TODAY, lot_rule=RULE).check(values)
    assert plain.line.ss_shipment_id == "700000001"
    without = LineChecker.of(file, today=TODAY, lot_rule=RULE).check(texts(ship_date="3/4/2025"))
    assert without.line.ss_shipment_id is None


@given(ODD_TEXT)
def test_a_kept_text_is_trimmed_shown_and_storable(text: str) -> None:
    value, problem, _ = read_text(text, "City")
    if problem is None and value is not None:
        assert isinstance(value, str)
        assert value == value.strip() != ""
        assert value in text
        assert "\x00" not in value
        assert not is_blank(value)
        assert read_text(value, "City").value == value or value.startswith('="')


# -- whole rows


def test_a_good_row() -> None:
    checked = checker().check(texts(rep="Pat Example", zip="00501"))
    assert checked.problems == checked.notes == ()
    expected: dict[str, object] = dict.fromkeys(LINE_FIELDS) | GOOD | {"rep": "Pat Example", "zip": "00501"}
    expected |= {"ship_date": date(2025, 3, 4), "quantity": 10}
    assert checked.line._asdict() == {name: value or None for name, value in expected.items()}


def test_all_problems_of_a_row_are_told_with_what_was_read() -> None:
    wrong = {
        "ship_date": "2025-07-01",
        "order_number": " ",
        "facility_name": "",
        "sku": "211811SPT",
        "lot_number": "SLQ-1",
        "quantity": "0",
        "city": "Lake\x00side",
    }
    expected = {
        "ship_date": "Ship date cannot be in the future",
        "order_number": "Order number is required",
        "facility_name": "Facility name is required",
        "sku": "SKU must be one of: 211810SPT, 211610SPT, 211410SPT",
        "lot_number": "Lot number must match format: SLQ-#####",
        "quantity": "Quantity must be a positive integer",
        "city": "City contains a character that cannot be kept",
    }
    checked = checker().check(texts(**wrong))
    assert checked.problems == tuple(Problem(name, wrong[name], message) for name, message in expected.items())


def test_notes_do_not_hide_problems_nor_problems_notes() -> None:
    checked = checker().check(texts(lot_number="slq-12345", quantity="0", contact_phone="+1 555-0100"))
    assert [problem.field for problem in checked.problems] == ["quantity"]
    assert [note.field for note in checked.notes] == ["lot_number", "contact_phone"]
    assert checked.line.lot_number == "SLQ-12345"


@given(st.lists(st.tuples(*[ODD_TEXT | st.sampled_from(list(GOOD.values()))] * len(LINE_FIELDS)), max_size=8))
def test_remembering_changes_nothing(rows: list[tuple[str, ...]]) -> None:
    remembering = checker(DateOrder.MDY)
    for row in rows + rows[::-1]:
        assert remembering.check(row) == checker(DateOrder.MDY).check(row)
        problems = {problem.field for problem in remembering.check(row).problems}
        readings = {
            "ship_date": read_ship_date(row[0], DateOrder.MDY, TODAY),
            "order_number": read_order_number(row[1]),
            "facility_name": read_text(row[2], "", required=True),
            "sku": read_sku(row[3]),
            "lot_number": read_lot(row[4], RULE),
            "quantity": read_quantity(row[5]),
        } | {
            name: {"zip": read_zip, "tracking_number": read_tracking_number}.get(name, partial(read_text, name=""))(
                text
            )
            for name, text in zip(LINE_FIELDS[6:], row[6:], strict=True)
        }
        assert problems == {name for name, reading in readings.items() if reading.problem is not None}
        assert remembering.check(row).line == Line._make(reading.value for reading in readings.values())


def test_more_values_than_are_remembered_are_still_checked() -> None:
    checking = checker()
    numbers = [f"SO-{number}" for number in range(25_000)] + ["1E5", "SO-1", "x" * 5_000]
    found = [checking.check(texts(order_number=number)) for number in numbers]
    assert [line.line.order_number for line in found] == numbers
    assert [line.line.order_number for line in found if line.problems] == ["1E5"]
    assert [bool(checking.check(texts(lot_number=f"SLQ-{number}")).problems) for number in range(25_000)].count(
        False
    ) == 15_000


# -- what makes two lines the same


def test_a_facility_is_compared_without_case_and_repeated_spaces() -> None:
    assert fold_facility(" LAKESIDE \u00a0 Urology\n") == fold_facility("Lakeside urology")
    assert fold_facility("Straße") == fold_facility("STRASSE")
    assert fold_facility("Lakeside-Urology") != fold_facility("Lakeside Urology")


def test_identity_leaves_out_what_does_not_make_a_line() -> None:
    lines = [checker().check(texts(**changes)).line for changes in ({}, {"city": "Springfield", "rep": "Pat"})]
    other = checker().check(texts(quantity="11")).line
    assert identity(lines[0]) == identity(lines[1]) != identity(other)


# -- manual entry


def shipment(**changes: object) -> NewShipment:
    typed: dict[str, object] = {
        "ship_date": date(2025, 3, 4),
        "order_number": "",
        "facility_name": " Lakeside Urology ",
        "lines": (NewLine("211810SPT", "slq-12345", "10"), NewLine("211610SPT", "SLQ-54321", "5")),
    }
    return NewShipment(**(typed | changes))  # type: ignore[arg-type]


def test_a_shipment_of_two_lots_is_two_lines() -> None:
    lines, problems, notes = check_shipment(shipment(city="Springfield"), today=TODAY, lot_rule=RULE)
    assert problems == ()
    assert notes == (Problem("lot_number", "slq-12345", "Lot number read from “slq-12345”", 0),)
    assert [(line.sku, line.lot_number, line.quantity) for line in lines] == [
        ("211810SPT", "SLQ-12345", 10),
        ("211610SPT", "SLQ-54321", 5),
    ]
    assert {(line.order_number, line.facility_name, line.city, line.country) for line in lines} == {
        ("", "Lakeside Urology", "Springfield", "USA")
    }


def test_every_problem_of_a_shipment_names_its_line() -> None:
    wrong = shipment(
        ship_date=TODAY + timedelta(days=1),
        order_number="1.23E+05",
        facility_name=" ",
        lines=(NewLine("211810SPT", "SLQ-12345", "1"), NewLine("", "SLQ-1", "-1")),
    )
    _, problems, _ = check_shipment(wrong, today=TODAY, lot_rule=RULE)
    assert [(problem.field, problem.line, problem.message) for problem in problems] == [
        ("ship_date", None, "Ship date cannot be in the future"),
        ("order_number", None, "Order number “1.23E+05”: a spreadsheet shortened this number"),
        ("facility_name", None, "Facility name is required"),
        ("sku", 1, "SKU must be one of: 211810SPT, 211610SPT, 211410SPT"),
        ("lot_number", 1, "Lot number must match format: SLQ-#####"),
        ("quantity", 1, "Quantity must be a positive integer"),
    ]


def test_a_shipment_needs_a_date_and_a_line() -> None:
    _, problems, _ = check_shipment(shipment(ship_date=None, lines=()), today=TODAY, lot_rule=RULE)
    assert [problem.message for problem in problems] == [
        "Ship date is required",
        "Enter at least one SKU, lot and quantity",
    ]
