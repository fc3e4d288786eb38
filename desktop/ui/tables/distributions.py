"""The columns of the Distribution Log as the table shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any

from desktop.domain.distributions import DistributionEntry, Source
from desktop.domain.filters import SortField
from desktop.ui.formats import shown_date, shown_number, shown_time
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


def _time(title: str, field: str, sort: SortField) -> Column[DistributionEntry]:
    read = attrgetter(field)
    return Column(field, title, lambda entry: shown_time(read(entry)), read, 16, sort=sort)


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
    _plain("Customer", "customer_name", 20, SortField.CUSTOMER),
    _plain("Address 1", "address1", 20, SortField.ADDRESS1),
    _plain("Address 2", "address2", 14, SortField.ADDRESS2),
    _plain("Zip", "zip", 10, SortField.ZIP),
    _plain("Country", "country", 8, SortField.COUNTRY),
    _plain("Contact Name", "contact_name", 16, SortField.CONTACT_NAME),
    _plain("Contact Phone", "contact_phone", 14, SortField.CONTACT_PHONE),
    _plain("Contact Email", "contact_email", 20, SortField.CONTACT_EMAIL),
    _time("Entered", "created_at", SortField.CREATED_AT),
    _time("Changed", "updated_at", SortField.UPDATED_AT),
)

# The others are in the entry's pane, and a click away.
HIDDEN_AT_FIRST = frozenset(column.name for column in DISTRIBUTION_COLUMNS[11:])


def as_tab_separated(rows: Iterable[Any], columns: Sequence[Column[Any]], *, header: bool = True) -> str:
    """Rows, with a header unless told, as a spreadsheet takes them from the clipboard.

    Numbers are bare digits. A tab or line break inside a value becomes a space: it would start another cell. An
    apostrophe before `= + - @` makes the spreadsheet take the value as text: it would run it as a formula.
    """
    lines = ["\t".join(column.title for column in columns)] if header else []
    lines += ("\t".join(as_cell(row, column) for column in columns) for row in rows)
    return "\n".join(lines) + "\n"


def as_cell(row: Any, column: Column[Any]) -> str:
    """One value, as a spreadsheet takes it from the clipboard."""
    value = str(column.native(row)) if column.align_right else column.text(row)
    text = " ".join(value.split())
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
