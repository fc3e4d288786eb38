"""Rows of the import out of packing slips: code to SKU, count times pack, each row's own lot, and every doubt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from desktop.domain.imports import LINE_FIELDS, IgnoredLine, ParsedRow, Printed, Problem
from desktop.domain.products import ProductTable, fold_code
from desktop.importers.pdf.documents import Boxes, Placed, Slip, SlipRow, rounded
from desktop.importers.pdf.label_match import Place, Tracking
from desktop.importers.pdf.lot_cell import Row, Share, read_lot_cell, share_lots
from desktop.importers.pdf.values import read_count

_FIELD_SET = frozenset(LINE_FIELDS)


class SlipRows(NamedTuple):
    """The rows of one document, numbered later; `ignored` are its lines that are no devices."""

    page: int
    part: int
    order_number: str
    rows: tuple[ParsedRow, ...]
    ignored: tuple[IgnoredLine, ...] = ()
    messages: tuple[str, ...] = ()


def slip_rows(slips: Sequence[Placed], tracking: Mapping[Place, Tracking], table: ProductTable) -> list[SlipRows]:
    """The rows of every slip. A table that goes on at the top of the next page takes the head of the slip before."""
    made: list[SlipRows] = []
    before: tuple[int, Slip] | None = None
    for placed in slips:
        slip = placed.document
        assert isinstance(slip, Slip)  # noqa: S101  sorted by kind before
        if slip.continued:
            slip = _continued(slip, before if before is not None and before[0] == placed.page - 1 else None)
        found = _rows_of(slip, placed, tracking.get((placed.page, placed.part), Tracking()), table)
        made.append(found)
        before = (placed.page, slip)
    return made


def _continued(slip: Slip, before: tuple[int, Slip] | None) -> Slip:
    if before is None:
        problem = Problem(
            "order_number", "", "The table has no slip's title above it, and no slip is on the page before"
        )
        return replace(slip, problems=(*slip.problems, problem))
    page, head = before
    problem = Problem(
        None,
        head.order.value,
        f"The table has no title above it: it is taken for the rest of the slip on page {page}. Check that it is",
    )
    return replace(
        slip,
        order=head.order,
        order_printed=head.order_printed,
        ship_date=head.ship_date,
        ship_date_printed=head.ship_date_printed,
        date_problem=head.date_problem,
        address=head.address,
        email=head.email,
        boxes=head.boxes,
        problems=(*slip.problems, problem),
    )


def _rows_of(slip: Slip, placed: Placed, tracking: Tracking, table: ProductTable) -> SlipRows:
    devices: list[SlipRow] = []
    ignored: list[IgnoredLine] = []
    for row in slip.rows:
        if (other := table.other(row.item_code)) is not None:
            ignored.append(IgnoredLine(placed.page, placed.part, row.item_code, row.quantity, row.description, other))
        else:
            devices.append(row)
    shares = share_lots(
        [
            Row(
                fold_code(row.item_code),
                table.sku(row.item_code) or "",
                read_count(row.quantity),
                read_lot_cell(row.lot_cell, table),
            )
            for row in devices
        ]
    )
    head = rounded({**slip.boxes, "tracking_number": tracking.boxes})
    rows = [
        _line(slip, placed, row, share, len(own) > 1, tracking, head, table)
        for row, own in zip(devices, shares, strict=True)
        for share in own
    ]
    messages = [f"{problem.message}." for problem in slip.problems if problem.field is None]
    if slip.remarks:
        messages.append(f"Below the table stands: “{' '.join(slip.remarks)}”.")
    if not rows and slip.order.problem:
        messages.append(f"{slip.order.problem}.")
    return SlipRows(placed.page, placed.part, slip.order.value, tuple(rows), tuple(ignored), tuple(messages))


def _line(
    slip: Slip,
    placed: Placed,
    row: SlipRow,
    share: Share,
    split: bool,
    tracking: Tracking,
    head: Boxes,
    table: ProductTable,
) -> ParsedRow:
    """One lot of one row. What is not told stays empty and is a problem; a doubted value is kept and is a problem."""
    problems = list(slip.problems)
    notes: list[Problem] = []
    sku = table.sku(row.item_code) or ""
    if slip.order.problem:
        problems.append(Problem("order_number", slip.order_printed, slip.order.problem))
    if slip.order.note:
        notes.append(Problem("order_number", slip.order_printed, slip.order.note))
    if slip.date_problem:
        problems.append(Problem("ship_date", slip.ship_date_printed, slip.date_problem))
    if not row.item_code:
        problems.append(Problem("sku", "", "The row has no item code"))
    elif not sku:
        problems.append(Problem("sku", row.item_code, f"The item code {row.item_code} is not in the product table"))
    units, count_problem = _units(row, share.quantity)
    if count_problem:
        problems.append(Problem("quantity", row.quantity, count_problem))
    if share.problem:
        problems.append(Problem("lot_number", row.lot_cell, share.problem))
    notes += [Problem("lot_number", row.lot_cell, note) for note in share.notes]
    notes += [Problem("tracking_number", tracking.number, note) for note in tracking.notes]
    doubts = dict(row.doubts) | {name: why for name, why in slip.address.doubts if name in _FIELD_SET}
    address = slip.address
    values = {
        "ship_date": "" if slip.ship_date is None else slip.ship_date.isoformat(),
        "order_number": slip.order.value,
        "facility_name": address.facility_name,
        "sku": sku,
        "lot_number": share.lot,
        "quantity": "" if units is None else str(units),
        "address1": address.address1,
        "address2": address.address2,
        "city": address.city,
        "state": address.state,
        "zip": address.zip,
        "country": address.country,
        "contact_name": address.contact_name,
        "contact_phone": address.phone,
        "contact_email": slip.email,
        "tracking_number": tracking.number,
    }
    problems += [Problem(name, values.get(name, ""), why) for name, why in doubts.items()]
    if units is not None and row.pack is not None and units != share.quantity:
        notes.append(Problem("quantity", row.quantity, f"{share.quantity} x {row.pack.printed} = {units}"))
    uncertain = dict.fromkeys(
        [problem.field for problem in problems if problem.field] + [note.field for note in notes if note.field]
    )
    printed = Printed(
        item_code=row.item_code,
        quantity=str(share.quantity) if split and share.quantity is not None else row.quantity,
        pack="" if row.pack is None else row.pack.printed,
        pack_units=None if row.pack is None else row.pack.units,
        lot_cell=row.lot_cell,
        order_number=slip.order_printed,
        ship_date=slip.ship_date_printed,
        boxes={**head, **rounded(row.boxes)},
        uncertain=tuple(uncertain),
        notes=tuple(notes),
    )
    texts = tuple(values.get(name, "") for name in LINE_FIELDS)
    return ParsedRow(0, 0, texts, tuple(problems), placed.page, placed.part, printed)


def _units(row: SlipRow, count: int | None) -> tuple[int | None, str]:
    """Single units of a count of the row, or why they are not told."""
    if not row.quantity:
        return None, "The quantity is empty on the page"
    if read_count(row.quantity) is None:
        return None, f"“{row.quantity}” is not read as a quantity"
    if count is None:
        return None, "How many of this lot is not told"
    if row.pack is None:
        return None, "The description does not say how many units one of it holds"
    if row.pack.units is None:
        return None, f"“{row.pack.printed}” does not say for certain how many units one of it holds"
    return count * row.pack.units, ""
