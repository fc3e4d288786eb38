"""Reading in the test's own process, and comparing what was read with the truth: right, or flagged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pypdfium2

from desktop.domain.imports import LINE_FIELDS, DateOrder, ParsedRow
from desktop.domain.products import ProductTable
from desktop.importers.pdf.order_rows import NOT_A_SHIPMENT
from desktop.importers.pdf.pages import Contents, PageReader
from desktop.importers.pdf.words import read_words
from tests.support.pdf_documents import Line, OrderTruth, SlipTruth


def read_here(path: Path, table: ProductTable | None = None) -> Contents:
    """What the reader's process would tell of a file."""
    reader = PageReader(table or ProductTable(), DateOrder.MDY)
    document = pypdfium2.PdfDocument(path.read_bytes())
    try:
        for number in range(1, len(document) + 1):
            page = document[number - 1]
            try:
                reader.add(read_words(page, number))
            finally:
                page.close()
    finally:
        document.close()
    return reader.contents()


@dataclass
class Score:
    """How many lines were read right, how many were right or flagged, and every one that was wrong and not flagged."""

    lines: int = 0
    right: int = 0
    unflagged: int = 0
    wrong: list[str] = field(default_factory=list)
    not_right: list[str] = field(default_factory=list)


def value(row: ParsedRow, name: str) -> str:
    """The text of one field."""
    return row.values[LINE_FIELDS.index(name)]


def score_slip(
    score: Score, where: str, truth: SlipTruth, rows: Sequence[ParsedRow], *, tracking: bool = False
) -> None:
    """Compare the lines of one slip; a line that is missing or too many is wrong unless every other one is flagged."""
    wanted = {
        "order_number": truth.order_number,
        "ship_date": "" if truth.ship_date is None else truth.ship_date.isoformat(),
        "facility_name": truth.facility,
        "contact_name": truth.contact,
        "address1": truth.address1,
        "address2": truth.address2,
        "city": truth.city,
        "state": truth.state,
        "zip": truth.zip,
        "contact_email": truth.email,
    }
    if tracking:
        wanted["tracking_number"] = truth.tracking
    score.lines += len(truth.lines)
    if len(rows) != len(truth.lines):
        found = [(row.printed.item_code if row.printed else "", value(row, "lot_number")) for row in rows]
        score.wrong.append(f"{where}: {len(rows)} lines instead of {len(truth.lines)}: {found}")
        return
    for line, row in zip(truth.lines, rows, strict=True):
        flagged = {problem.field for problem in row.problems}
        score.unflagged += not flagged
        own = {"sku": line.sku, "lot_number": line.lot, "quantity": "" if line.quantity is None else str(line.quantity)}
        differences = {
            name: (text, value(row, name)) for name, text in {**wanted, **own}.items() if text != value(row, name)
        }
        if row.printed is None or row.printed.item_code != line.item_code:
            differences["sku"] = (line.item_code, "" if row.printed is None else row.printed.item_code)
        for name, (text, read) in differences.items():
            if name not in flagged and None not in flagged:
                score.wrong.append(f"{where}: {name} is “{read}” instead of “{text}”, not flagged")
        important = {"sku", "lot_number", "quantity", "order_number", "ship_date"} & set(differences)
        score.right += not important
        if important:
            score.not_right.append(f"{where}: {differences} {[problem.message for problem in row.problems]}")
        if _must_be_flagged(line, truth) and not flagged:
            score.wrong.append(f"{where}: {line} is not flagged")


def _must_be_flagged(line: Line, truth: SlipTruth) -> bool:
    return line.flagged or truth.ship_date is None


def slip_rows_of(contents: Contents, page: int) -> list[list[ParsedRow]]:
    """The rows of a page by part, without those of orders."""
    parts: dict[int, list[ParsedRow]] = {}
    for row in contents.rows:
        if row.page == page and not is_ordered(row):
            parts.setdefault(row.part or 0, []).append(row)
    return [parts[part] for part in sorted(parts)]


def is_ordered(row: ParsedRow) -> bool:
    """Whether a row is a line of an order."""
    return any(problem.message == NOT_A_SHIPMENT for problem in row.problems)


def check_order(where: str, truth: OrderTruth, contents: Contents, first_page: int) -> list[str]:
    """Everything that differs from the truth of an order."""
    pages = range(first_page, first_page + truth.pages)
    wrong = []
    rows = [row for row in contents.rows if row.page in pages]
    order = next((order for order in contents.orders if order.pages[0] == first_page), None)
    if order is None or (order.order_number, order.order_date) != (truth.order_number, truth.order_date):
        return [f"{where}: order {order and (order.order_number, order.order_date)} instead of {truth}"]
    wrong += [f"{where}: {problem.message}" for problem in order.problems]
    if order.pages != tuple(pages) or order.ship_zip != truth.zip:
        wrong.append(f"{where}: pages {order.pages}, zip {order.ship_zip} instead of {truth.zip}")
    found = [
        (
            row.page,
            row.printed and row.printed.item_code,
            value(row, "sku"),
            row.printed and row.printed.quantity,
            value(row, "quantity"),
        )
        for row in rows
    ]
    wanted = [
        (line.page, line.item_code, line.sku, line.ordered, "" if line.units is None else str(line.units))
        for line in truth.lines
    ]
    if found != wanted:
        wrong.append(f"{where}: lines {found} instead of {wanted}")
    if not all(is_ordered(row) and value(row, "order_number") == truth.order_number for row in rows):
        wrong.append(f"{where}: a line of the order could be logged, or has another order's number")
    if any(value(row, "facility_name") != truth.facility for row in rows):
        wrong.append(f"{where}: facility {[value(row, 'facility_name') for row in rows]} instead of {truth.facility}")
    ignored = [line.item_code for page in contents.pages if page.page in pages for line in page.ignored]
    if Counter(ignored) != Counter(truth.ignored):
        wrong.append(f"{where}: ignored {ignored} instead of {truth.ignored}")
    return wrong
