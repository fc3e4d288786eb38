"""Sales orders over their pages: joined, checked with their own sums, and shown as lines that are never logged."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from decimal import Decimal

from desktop.domain.imports import LINE_FIELDS, IgnoredLine, OrderedLine, ParsedRow, Printed, Problem, SalesOrder
from desktop.domain.products import ProductTable
from desktop.importers.pdf.documents import OrderPage, OrderRow, Placed, rounded
from desktop.importers.pdf.label_match import Place
from desktop.importers.pdf.slip_rows import SlipRows
from desktop.importers.pdf.values import order_key, read_amount

NOT_A_SHIPMENT = "This is a line of a sales order: it says what was ordered, not what was shipped, and is never logged"


def orders_of(
    pages: Sequence[Placed], table: ProductTable
) -> tuple[tuple[SalesOrder, ...], Mapping[Place, tuple[Problem, ...]]]:
    """The orders of a file, and by page and part what is wrong with the order that the page belongs to."""
    orders: list[SalesOrder] = []
    problems: dict[Place, tuple[Problem, ...]] = {}
    for group in _grouped(pages):
        order = _order(group, table)
        orders.append(order)
        problems.update(dict.fromkeys(((placed.page, placed.part) for placed in group), order.problems))
    return tuple(orders), problems


def _grouped(pages: Sequence[Placed]) -> list[list[Placed]]:
    """The pages of each order, in the file's order; a page numbered 1 begins the order anew."""
    groups: list[list[Placed]] = []
    for placed in pages:
        page = _page(placed)
        before = _page(groups[-1][-1]) if groups else None
        goes_on = (
            before is not None
            and order_key(before.order.value) == order_key(page.order.value)
            and page.number != 1
            and (page.number is not None or before.goes_on)
        )
        if goes_on:
            groups[-1].append(placed)
        else:
            groups.append([placed])
    return groups


def _order(group: Sequence[Placed], table: ProductTable) -> SalesOrder:
    pages = [_page(placed) for placed in group]
    first, last = pages[0], pages[-1]
    rows = [(placed.page, row) for placed, page in zip(group, pages, strict=True) for row in page.rows]
    lines = tuple(
        OrderedLine(
            page=number,
            item_code=row.item_code,
            description=row.description,
            unit=row.unit,
            ordered=row.ordered,
            price=row.price,
            amount=row.amount,
            due=row.due,
            sku=table.sku(row.item_code) or "",
            units=_units(row),
        )
        for number, row in rows
    )
    problems = [problem for page in pages for problem in page.problems]
    problems += _page_problems(pages)
    whole = not problems
    if last.net_amount is not None:
        amounts = [_amount(row) for _, row in rows]
        told = sum((amount for amount in amounts if amount is not None), Decimal(0))
        if None in amounts or abs(told - last.net_amount) > Decimal("0.01"):
            why = "" if whole else "; a page is missing"
            message = f"The amounts add up to {told:,.2f}, NET ORDER is {last.net_order}{why}"
            problems.append(Problem(None, last.net_order, message))
    return SalesOrder(
        pages=tuple(placed.page for placed in group),
        order_number=first.order.value,
        order_date=first.order_date,
        customer_number=first.customer_number,
        customer_po=first.customer_po,
        sold_to=first.sold_to,
        ship_to=first.ship_to.lines,
        ship_zip=first.ship_to.zip,
        net_order=last.net_order,
        lines=lines,
        problems=tuple(problems),
    )


def _page_problems(pages: Sequence[OrderPage]) -> list[Problem]:
    problems = []
    numbers = [page.number for page in pages]
    if numbers[0] not in (None, 1):
        problems.append(Problem(None, str(numbers[0]), f"The order begins with page {numbers[0]}: a page is missing"))
    for before, after in itertools.pairwise(numbers):
        if before is not None and after is not None and after != before + 1:
            problems.append(
                Problem(None, str(after), f"Page {after} of the order follows page {before}: a page is missing")
            )
    if any(not page.goes_on for page in pages[:-1]):
        problems.append(Problem(None, "", "A page before the order's last one does not say CONTINUED"))
    last = pages[-1]
    if last.goes_on:
        problems.append(Problem(None, "", "The order says CONTINUED and its next page is missing"))
    elif last.net_amount is None:
        problems.append(
            Problem(None, last.net_order, "The order has no NET ORDER: it cannot be checked for being whole")
        )
    return problems


def order_rows(
    pages: Sequence[Placed], problems: Mapping[Place, tuple[Problem, ...]], table: ProductTable
) -> list[SlipRows]:
    """The ordered devices as rows that cannot be logged: without date and lot, each with the problem that says why."""
    made = []
    for placed in pages:
        page = _page(placed)
        own = problems[(placed.page, placed.part)]
        rows, ignored = [], []
        for row in page.rows:
            other = table.other(row.item_code)
            if other is not None:
                ignored.append(
                    IgnoredLine(placed.page, placed.part, row.item_code, row.ordered, row.description, other)
                )
            else:
                rows.append(_row(page, placed, row, own, table))
        messages = [f"{problem.message}." for problem in own]
        if page.order.problem:
            messages.append(f"{page.order.problem}.")
        if page.remarks:
            messages.append(f"In the table stands: “{' '.join(page.remarks)}”.")
        made.append(SlipRows(placed.page, placed.part, page.order.value, tuple(rows), tuple(ignored), tuple(messages)))
    return made


def _row(page: OrderPage, placed: Placed, row: OrderRow, own: Sequence[Problem], table: ProductTable) -> ParsedRow:
    problems = [Problem(None, "", NOT_A_SHIPMENT), *row.problems, *own]
    sku = table.sku(row.item_code) or ""
    units = _units(row)
    if not sku:
        problems.append(Problem("sku", row.item_code, f"The item code {row.item_code} is not in the product table"))
    elif units is None and row.quantity is not None:
        problems.append(Problem("quantity", row.ordered, "How many units were ordered is not told"))
    if page.order.problem:
        problems.append(Problem("order_number", page.order_printed, page.order.problem))
    address = page.ship_to
    values = {
        "order_number": page.order.value,
        "facility_name": address.facility_name,
        "sku": sku,
        "quantity": "" if units is None else str(units),
        "address1": address.address1,
        "address2": address.address2,
        "city": address.city,
        "state": address.state,
        "zip": address.zip,
        "country": address.country,
        "contact_name": address.contact_name,
    }
    problems += [Problem(name, values.get(name, ""), why) for name, why in address.doubts]
    notes = (Problem("order_number", page.order_printed, page.order.note),) if page.order.note else ()
    printed = Printed(
        item_code=row.item_code,
        quantity=row.ordered,
        pack="" if row.pack is None else row.pack.printed,
        pack_units=None if row.pack is None else row.pack.units,
        order_number=page.order_printed,
        boxes=rounded({**page.boxes, **row.boxes}),
        uncertain=tuple(dict.fromkeys(problem.field for problem in problems if problem.field)),
        notes=notes,
    )
    texts = tuple(values.get(name, "") for name in LINE_FIELDS)
    return ParsedRow(0, 0, texts, tuple(problems), placed.page, placed.part, printed)


def _units(row: OrderRow) -> int | None:
    """Single units ordered, None when the pack is not told or the quantity is no whole number."""
    if row.quantity is None or row.pack is None or row.pack.units is None or row.quantity != int(row.quantity):
        return None
    return int(row.quantity) * row.pack.units


def _amount(row: OrderRow) -> Decimal | None:
    return read_amount(row.amount) if row.amount else None


def _page(placed: Placed) -> OrderPage:
    assert isinstance(placed.document, OrderPage)  # noqa: S101  sorted by kind before
    return placed.document
