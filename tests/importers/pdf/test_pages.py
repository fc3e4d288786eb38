"""Every page is accounted for, and documents of one file are compared: labels with slips, slips with orders."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.imports import DateOrder, WordBox
from desktop.domain.products import ProductTable
from desktop.importers.pdf.layouts import LAYOUTS
from desktop.importers.pdf.pages import Contents, PageReader
from desktop.importers.pdf.words import PageWords, Word
from tests.importers.pdf.checking import read_here, slip_rows_of, value
from tests.support.pdf_documents import (
    Line,
    SlipLook,
    SlipRow,
    SlipTruth,
    draw_label,
    draw_order,
    draw_slip,
)
from tests.support.pdf_writer import Sheet, write_pdf

LOOK = SlipLook(font="Helvetica", size=8.5, soft_hyphens=False)
CODE = "21600101003"


def a_truth(order: str = "SO 0000901", **other: object) -> SlipTruth:
    truth = SlipTruth(
        order, date(2026, 1, 2), "Lakeside Urology", "Jane Roe", "12 Harbor St", "", "Port Alder", "WA", "98005", "",
        printed_order=order, printed_date="1/2/2026", order_date="12/30/2025",
        printed_address=["Jane Roe", "Lakeside Urology", "12 Harbor St", "Port Alder, WA 98005 US"],
    )  # fmt: skip
    return replace(truth, **other)  # type: ignore[arg-type]


def a_row(lot: str = "LOT: SLQ-12345678", quantity: str = "3", code: str = CODE, pack: str = "10-Pack") -> SlipRow:
    return SlipRow(code, f"16 Fr catheter, {pack}", quantity, lot)


def slip(sheet: Sheet, truth: SlipTruth, *rows: SlipRow, top: float = 417, look: SlipLook = LOOK) -> None:
    draw_slip(sheet, top, truth, rows or (a_row(),), look)


def read(folder: Path, *sheets: Sheet) -> Contents:
    return read_here(write_pdf(folder / "pages.pdf", sheets))


def problems(contents: Contents) -> list[str]:
    return [problem.message for row in contents.rows for problem in row.problems]


def test_pages_that_are_none_of_these(tmp_path: Path) -> None:
    letter, title_only, empty, scan = Sheet(), Sheet(), Sheet(), Sheet(picture=True)
    letter.add("Dear customer, thank you for your order.", 60, 100)
    title_only.centred("Packing Slip", 306, 60, size=15)
    contents = read(tmp_path, letter, title_only, empty, scan)
    assert contents.rows == ()
    assert [page.layout for page in contents.pages] == [None] * 4
    said = [page.message or "" for page in contents.pages]
    assert said[0].startswith("The page is not recognised, missing for a packing slip: the title “Packing Slip”")
    assert said[1] == "The page is not recognised, missing for a packing slip: a table with Item, Lot number and Qty."
    assert said[2] == said[3]
    assert said[2].startswith("The page has no text layer: ")
    assert contents.notes == ("Nothing was read from 4 of 4 pages: 1, 2, 3, 4.",)


def test_a_scan_with_a_text_layer_is_read_and_flagged(tmp_path: Path) -> None:
    sheet = Sheet(picture=True)
    slip(sheet, a_truth())
    (row,) = read(tmp_path, sheet).rows
    assert value(row, "lot_number") == "SLQ-12345678"
    assert "character recognition" in row.problems[-1].message


def test_every_part_of_a_slip_has_its_boxes_and_what_was_printed(tmp_path: Path) -> None:
    sheet = Sheet()
    slip(sheet, a_truth("S0 0000901"))
    (row,) = read(tmp_path, sheet).rows
    assert row.printed is not None
    assert (row.page, row.part, row.problems) == (1, 1, ())
    assert row.printed._replace(boxes={}, notes=(), uncertain=()) == (
        CODE, "3", "10-Pack", 10, "LOT: SLQ-12345678", "S0 0000901", "1/2/2026", {}, (), (),
    )  # fmt: skip
    assert [note.message for note in row.printed.notes] == [
        "Order number SO 0000901 read from “S0 0000901”",
        "3 x 10-Pack = 30",
    ]
    boxes = row.printed.boxes
    assert {"sku", "lot_number", "quantity", "order_number", "ship_date", "facility_name"} <= set(boxes)
    (date_box,) = boxes["ship_date"]
    assert date_box.page == 1
    assert (date_box.x0, date_box.y1) == (pytest.approx(412, abs=1), pytest.approx(417 + 129, abs=4))


@pytest.mark.parametrize(
    ("changes", "row", "said"),
    [
        ({"printed_date": ""}, a_row(), "The ship date is empty on the page"),
        ({"printed_date": "13/2/2026"}, a_row(), "Ship date “13/2/2026” is not a real date"),
        ({"printed_order": ""}, a_row(), "The order number is empty on the page"),
        ({}, a_row(quantity=""), "The quantity is empty on the page"),
        ({}, a_row(quantity="2.5"), "“2.5” is not read as a quantity"),
        ({}, a_row(pack="sterile"), "The description does not say how many units one of it holds"),
        ({}, a_row(pack="Box of 30"), "“Box of 30” does not say for certain how many units one of it holds"),
        ({}, a_row(lot=""), "The row has no lot: its lot cell names none"),
        ({}, a_row(code="99-XYZ-7"), "The item code 99-XYZ-7 is not in the product table"),
        ({"printed_address": []}, a_row(), "The page names nobody to ship to"),
    ],
)
def test_what_is_missing_is_a_problem_and_never_filled_in(
    changes: dict[str, object], row: SlipRow, said: str, tmp_path: Path
) -> None:
    sheet = Sheet()
    slip(sheet, a_truth(**changes), row)
    contents = read(tmp_path, sheet)
    assert len(contents.rows) == 1
    assert problems(contents) == [said]


def test_lines_that_are_no_devices_are_listed_and_not_logged(tmp_path: Path) -> None:
    sheet = Sheet()
    slip(sheet, a_truth(), SlipRow("NRE", "Engineering", "1"), a_row(), SlipRow("SLQ-4007", "Leaflet", "2"))
    contents = read(tmp_path, sheet)
    assert [row.printed and row.printed.item_code for row in contents.rows] == [CODE]
    (page,) = contents.pages
    assert [(line.item_code, line.quantity) for line in page.ignored] == [("NRE", "1"), ("SLQ-4007", "2")]
    assert page.message == "Not logged, because they are no devices: NRE (engineering charge); SLQ-4007 (leaflet)."


def test_two_equal_slips_on_one_page_are_two(tmp_path: Path) -> None:
    sheet = Sheet()
    slip(sheet, a_truth(), top=39)
    slip(sheet, a_truth(), top=417)
    contents = read(tmp_path, sheet)
    assert [(row.record, row.page, row.part) for row in contents.rows] == [(1, 1, 1), (2, 1, 2)]
    assert contents.rows[0].values == contents.rows[1].values
    assert contents.pages[0].order_number == "SO 0000901"


def test_a_table_that_goes_on_without_a_title_is_taken_with_a_problem(tmp_path: Path) -> None:
    first, second = Sheet(), Sheet()
    slip(first, a_truth())
    for text, x in (("Item", 37), ("Description", 135), ("Lot number", 330), ("Qty", 545)):
        second.add(text, x, 40)
    for text, x in ((CODE, 37), ("16 Fr catheter, 10-Pack", 135), ("LOT: SLQ-87654321", 330), ("2", 545)):
        second.add(text, x, 52)
    contents = read(tmp_path, first, second)
    _, row = contents.rows
    assert (value(row, "order_number"), value(row, "lot_number"), row.page) == ("SO 0000901", "SLQ-87654321", 2)
    assert "taken for the rest of the slip on page 1" in row.problems[0].message
    (alone,) = read(tmp_path, second).rows
    assert value(alone, "order_number") == ""


# --- Labels -----------------------------------------------------------------------------------------------------------


def labelled(
    folder: Path, label_for: SlipTruth, *, barcode: str = "right", same_page: bool = True
) -> tuple[Contents, str]:
    truth = a_truth()
    first, second = Sheet(), Sheet()
    slip(first, truth)
    label = draw_label(first if same_page else second, random.Random(3), label_for, barcode=barcode)  # noqa: S311
    return read(folder, *([first] if same_page else [first, second])), label.tracking


@pytest.mark.parametrize("same_page", [True, False])
def test_a_slip_takes_the_tracking_number_of_its_label(same_page: bool, tmp_path: Path) -> None:
    contents, tracking = labelled(tmp_path, a_truth(), same_page=same_page)
    (row,) = contents.rows
    assert value(row, "tracking_number") == tracking
    assert row.problems == ()
    assert contents.pages[-1].layout == ("packing_slip" if same_page else "shipping_label")


def test_a_label_for_somebody_else_gives_nothing(tmp_path: Path) -> None:
    other = a_truth(
        facility="Elsewhere Clinic", contact="Ann Other", address1="9 Far Rd", city="Fort Dell", zip="75002"
    )
    contents, _ = labelled(tmp_path, other)
    assert value(contents.rows[0], "tracking_number") == ""
    assert "for another recipient" in (contents.pages[0].message or "")


def test_a_tracking_number_that_the_barcode_contradicts_is_not_taken(tmp_path: Path) -> None:
    contents, tracking = labelled(tmp_path, a_truth(), barcode="wrong")
    assert (tracking, value(contents.rows[0], "tracking_number")) == ("", "")
    assert "barcode's digits do not end in the tracking number" in (contents.pages[0].message or "")
    contents, tracking = labelled(tmp_path, a_truth(), barcode="none")
    assert value(contents.rows[0], "tracking_number") == tracking
    assert "not proved" in (contents.pages[0].message or "")


def test_two_labels_for_one_slip_decide_nothing(tmp_path: Path) -> None:
    first, second, third = Sheet(), Sheet(), Sheet()
    slip(first, a_truth())
    for seed, sheet in ((1, second), (2, third)):
        draw_label(sheet, random.Random(seed), a_truth())  # noqa: S311
    (row,) = read(tmp_path, first, second, third).rows
    assert value(row, "tracking_number") == ""
    assert row.printed is not None
    assert any("Several labels go to this address" in note.message for note in row.printed.notes)


def test_the_order_number_among_the_references_tells_two_slips_to_one_address_apart(tmp_path: Path) -> None:
    sheets = [Sheet() for _ in range(4)]
    slip(sheets[0], a_truth("SO 0000901"))
    slip(sheets[1], a_truth("SO 0000902"))
    two = draw_label(sheets[2], random.Random(1), a_truth("SO 0000902"))  # noqa: S311
    one = draw_label(sheets[3], random.Random(2), a_truth("SO 0000901"))  # noqa: S311
    rows = read(tmp_path, *sheets).rows
    assert [value(row, "tracking_number") for row in rows] == [one.tracking, two.tracking]


# --- Orders -----------------------------------------------------------------------------------------------------------


def ordered_pages(seed: int, rows: int) -> tuple[list[Sheet], str]:
    sheets: list[Sheet] = []
    truth = draw_order(sheets, random.Random(seed), rows=rows)  # noqa: S311
    return sheets, truth.order_number


def test_an_order_is_checked_with_its_own_sums(tmp_path: Path) -> None:
    sheets, _ = ordered_pages(5, 12)
    assert read(tmp_path, *sheets).orders[0].problems == ()
    texts = sheets[0].texts
    amount = next(at for at, text in enumerate(texts) if text.text.endswith("00") and 480 < text.x < 532)
    texts[amount] = replace(texts[amount], text="7.77")
    contents = read(tmp_path, *sheets)
    assert any("Quantity times price is not the amount" in said for said in problems(contents))
    assert any("The amounts add up to" in problem.message for problem in contents.orders[0].problems)


def test_a_missing_page_of_an_order_is_a_problem(tmp_path: Path) -> None:
    sheets, number = ordered_pages(5, 12)
    assert len(sheets) == 2
    (first,) = read(tmp_path, sheets[0]).orders
    assert [problem.message for problem in first.problems] == ["The order says CONTINUED and its next page is missing"]
    (second,) = read(tmp_path, sheets[1]).orders
    assert second.order_number == number
    assert second.problems[0].message == "The order begins with page 2: a page is missing"


def test_lines_of_orders_are_never_lines_to_log(tmp_path: Path) -> None:
    sheets, number = ordered_pages(7, 4)
    contents = read(tmp_path, *sheets)
    assert contents.rows
    assert all("is never logged" in row.problems[0].message for row in contents.rows)
    assert {value(row, "ship_date") + value(row, "lot_number") for row in contents.rows} == {""}
    assert contents.pages[0].order_number == number


def order_and_slip(folder: Path, quantity: str, code: str) -> list[str]:
    """What is said of a slip's line against an order of three 16 Fr ten-packs."""
    order, sheet = Sheet(), Sheet()
    draw_plain_order(order, "0000901", ("3.0000", "10.00", "30.00"))
    truth = a_truth("SO 0000901")
    truth.lines.append(Line(code, "", "", None))
    slip(sheet, truth, a_row(quantity=quantity, code=code))
    contents = read(folder, order, sheet)
    return [problem.message for rows in slip_rows_of(contents, 2) for row in rows for problem in row.problems]


def draw_plain_order(sheet: Sheet, number: str, numbers: tuple[str, str, str]) -> None:
    for text, x, y in (
        ("ORDER NUMBER:", 343, 70), (number, 456, 70), ("ORDER DATE:", 343, 82), ("1/1/2026", 456, 82),
        ("SOLD TO:", 18, 140), ("SHIP TO:", 343, 140), ("Lakeside Urology", 343, 153), ("12 Harbor St", 343, 164),
        ("Port Alder, WA 98005", 343, 175), ("Salesperson:", 18, 220), ("ITEM CODE", 18, 276),
        ("ITEM DESCRIPTION", 90, 276), ("UNIT", 315, 276), ("ORDERED", 365, 276), ("PRICE", 430, 276),
        ("AMOUNT", 495, 276), (CODE, 18, 292), ("16 Fr catheter, 10-Pack", 90, 292), ("BOX", 315, 292),
        ("NET ORDER:", 380, 690),
    ):  # fmt: skip
        sheet.add(text, x, y)
    for text, x, y in ((numbers[0], 403, 292), (numbers[1], 459, 292), (numbers[2], 532, 292), (numbers[2], 532, 690)):
        sheet.right(text, x, y)


def test_a_slip_is_checked_against_its_order(tmp_path: Path) -> None:
    assert order_and_slip(tmp_path, "3", CODE) == []
    assert order_and_slip(tmp_path, "1", CODE) == []
    (more,) = order_and_slip(tmp_path, "4", CODE)
    assert more == "Order 0000901 in this file has 30 units of 211610SPT, its slips 40"
    (other,) = order_and_slip(tmp_path, "1", "21800101003")
    assert other == "Order 0000901 in this file does not have 211810SPT"


# --- Anything ---------------------------------------------------------------------------------------------------------

_SOME_WORDS = st.sampled_from(
    ("Packing", "Slip", "Ship", "To:", "Order", "#", "Date", "Item", "Description", "Lot", "number", "Qty", CODE, "3",
     "SLQ-12345678", "10-Pack", "ORDER", "NUMBER:", "ITEM", "CODE", "ORDERED", "PRICE", "AMOUNT", "5.0000", "NET", "TO",
     "TRK#", "1234", "SHIP", "TO:", "CONTINUED", "PAGE:", "x", "-", "Port", "Alder,", "WA", "98005")
)  # fmt: skip
_PLACES = st.tuples(_SOME_WORDS, st.integers(0, 58), st.integers(0, 70))


@given(st.lists(_PLACES, max_size=60))
def test_no_arrangement_of_words_makes_an_exception(places: list[tuple[str, int, int]]) -> None:
    words = []
    for text, column, line in places:
        x, y = column * 10.0, line * 11.0
        box = WordBox(1, x, y - 8, x + 5 * len(text), y + 2)
        words.append(Word(text, box.x0, box.y0, box.x1, box.y1, y, 10.0, box))
    reader = PageReader(ProductTable(), DateOrder.MDY)
    reader.add(PageWords(1, {0: words}, len(words)))
    contents = reader.contents()
    assert [page.page for page in contents.pages] == [1]
    assert {layout.NAME for layout in LAYOUTS} == {"packing_slip", "sales_order", "shipping_label"}
