"""Slips against orders: what was shipped is compared with what was ordered, where both are at hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from desktop.domain.imports import LINE_FIELDS, ParsedRow, Problem, SalesOrder
from desktop.importers.pdf.order_rows import NOT_A_SHIPMENT
from desktop.importers.pdf.values import order_key

_ORDER, _SKU, _QUANTITY, _ZIP = (LINE_FIELDS.index(name) for name in ("order_number", "sku", "quantity", "zip"))


def check_against_orders(rows: Sequence[ParsedRow], orders: Sequence[SalesOrder]) -> list[ParsedRow]:
    """The same rows; those of a slip whose order is among `orders` get what does not agree with it.

    More shipped than ordered, over all slips of the order, and a SKU that was not ordered are problems, because a
    quantity or code may be misread; another zip is a note. Less shipped is a partial shipment. An order that is not
    whole, or whose packs are not told, is not compared.
    """
    by_key: dict[tuple[str, str], list[SalesOrder]] = {}
    for order in orders:
        by_key.setdefault(order_key(order.order_number), []).append(order)
    single = {key: found[0] for key, found in by_key.items() if len(found) == 1 and not found[0].problems}
    shipped: Counter[tuple[tuple[str, str], str]] = Counter()
    for row in rows:
        if not _is_ordered_line(row) and row.values[_QUANTITY]:
            shipped[order_key(row.values[_ORDER]), row.values[_SKU]] += int(row.values[_QUANTITY])
    return [row if _is_ordered_line(row) else _checked(row, single, shipped) for row in rows]


def _is_ordered_line(row: ParsedRow) -> bool:
    return bool(row.problems) and row.problems[0].message == NOT_A_SHIPMENT


def _checked(
    row: ParsedRow, orders: dict[tuple[str, str], SalesOrder], shipped: Counter[tuple[tuple[str, str], str]]
) -> ParsedRow:
    key, sku = order_key(row.values[_ORDER]), row.values[_SKU]
    order = orders.get(key)
    if order is None or row.printed is None or not sku:
        return row
    lines = [line for line in order.lines if line.sku == sku]
    problems = list(row.problems)
    if not lines:
        problems.append(Problem("sku", sku, f"Order {order.order_number} in this file does not have {sku}"))
    elif all(line.units is not None for line in lines):
        ordered = sum(line.units or 0 for line in lines)
        if shipped[key, sku] > ordered:
            message = (
                f"Order {order.order_number} in this file has {ordered} units of {sku}, its slips {shipped[key, sku]}"
            )
            problems.append(Problem("quantity", row.values[_QUANTITY], message))
    printed = row.printed
    if order.ship_zip and row.values[_ZIP] and order.ship_zip[:5] != row.values[_ZIP][:5]:
        note = Problem("zip", row.values[_ZIP], f"Order {order.order_number} ships to zip {order.ship_zip}")
        printed = printed._replace(notes=(*printed.notes, note), uncertain=(*printed.uncertain, "zip"))
    return row._replace(problems=tuple(problems), printed=printed)
