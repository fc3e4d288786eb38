"""The columns of a report's rows, as the header of its file names them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter

from desktop.domain.reports import RECORD_COLUMNS
from desktop.ui.tables.windowed import Column

_USUAL_WIDTH = 15
_WIDTHS: Mapping[str, int] = {
    "ship_date": 11,
    "order_number": 19,
    "facility_name": 28,
    "state": 6,
    "sku": 12,
    "lot_number": 14,
    "quantity": 9,
    "source": 12,
    "address1": 24,
    "zip": 10,
    "country": 9,
    "contact_email": 24,
    "tracking_number": 18,
}
_FIELDS = {column.header: column.field for column in RECORD_COLUMNS}


def report_columns(header: Sequence[str]) -> tuple[Column[Sequence[str]], ...]:
    """One column per cell of the header; the cells are shown as the text they are in the file.

    A file of another version may name columns that are not known now: they are shown like the others.
    """
    return tuple(_column(place, title) for place, title in enumerate(header))


def _column(place: int, title: str) -> Column[Sequence[str]]:
    field = _FIELDS.get(title, title)
    cell = itemgetter(place)
    return Column(field, title, cell, cell, _WIDTHS.get(field, _USUAL_WIDTH), align_right=field == "quantity")
