"""The columns of the Distribution Log as the table shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any

from desktop.domain.distributions import DistributionEntry, Source
from desktop.domain.filters import SortField
from desktop.ui.formats import shown_date, shown_number
from desktop.ui.tables.windowed import Column

SOURCE_LABELS: Mapping[Source, str] = {
    Source.SHIPSTATION: "ShipStation",
    Source.MANUAL: "Manual",
    Source.CSV_IMPORT: "CSV import",
    Source.PDF_IMPORT: "PDF import",
}


def _plain(title: str, field: str, width: int, sort: SortField) -> Column[DistributionEntry]:
    """A column that shows a text field as it is."""
    read = attrgetter(field)
    return Column(field, title, lambda entry: read(entry) or "", read, width, sort=sort)


DISTRIBUTION_COLUMNS: tuple[Column[DistributionEntry], ...] = (
    Column(
        "ship_date",
        "Ship Date",
        lambda entry: shown_date(entry.ship_date),
        attrgetter("ship_date"),
        10,
        sort=SortField.SHIP_DATE,
    ),
    _plain("Order #", "order_number", 16, SortField.ORDER_NUMBER),
    _plain("Facility", "facility_name", 20, SortField.FACILITY_NAME),
    _plain("City", "city", 10, SortField.CITY),
    _plain("State", "state", 4, SortField.STATE),
    _plain("SKU", "sku", 9, SortField.SKU),
    _plain("Lot", "lot_number", 10, SortField.LOT_NUMBER),
    Column(
        "quantity",
        "Quantity",
        lambda entry: shown_number(entry.quantity),
        attrgetter("quantity"),
        8,
        align_right=True,
        sort=SortField.QUANTITY,
    ),
    _plain("Rep", "rep_name", 14, SortField.REP),
    Column(
        "source",
        "Source",
        lambda entry: SOURCE_LABELS[entry.source],
        attrgetter("source"),
        11,
        sort=SortField.SOURCE,
    ),
    _plain("Tracking #", "tracking_number", 18, SortField.TRACKING_NUMBER),
)


def as_tab_separated(rows: Iterable[Any], columns: Sequence[Column[Any]]) -> str:
    """Rows with a header, as a spreadsheet takes them from the clipboard.

    Numbers are bare digits. A tab or line break inside a value becomes a space: it would start another cell. An
    apostrophe before `= + - @` makes the spreadsheet take the value as text: it would run it as a formula.
    """
    lines = ["\t".join(column.title for column in columns)]
    for row in rows:
        values = (str(column.native(row)) if column.align_right else column.text(row) for column in columns)
        lines.append("\t".join(_as_cell(value) for value in values))
    return "\n".join(lines) + "\n"


def _as_cell(value: str) -> str:
    text = " ".join(value.split())
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
