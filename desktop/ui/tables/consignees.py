"""The columns of the list of consignees of a lot."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter

from desktop.domain.recalls import Consignee
from desktop.ui.formats import shown_date, shown_number
from desktop.ui.tables.windowed import Column


def _text(title: str, field: str, width: int, read: Callable[[Consignee], str] | None = None) -> Column[Consignee]:
    text = read or attrgetter(field)
    return Column(field, title, text, lambda consignee: text(consignee).casefold(), width)


def _number(title: str, field: str, width: int) -> Column[Consignee]:
    read = attrgetter(field)
    return Column(field, title, lambda row: shown_number(read(row)), read, width, align_right=True)


def _date(title: str, field: str) -> Column[Consignee]:
    read = attrgetter(field)
    return Column(field, title, lambda row: shown_date(read(row)), read, 10)


CONSIGNEE_COLUMNS: tuple[Column[Consignee], ...] = (
    _text("Facility", "facility_name", 24),
    _number("Units", "units", 7),
    _text("Missing", "missing", 14, lambda consignee: ", ".join(consignee.missing)),
    _text("Phone", "contact_phone", 14),
    _text("Contact", "contact_name", 16),
    _text("Address", "address", 22),
    _text("City", "city", 12),
    _text("State", "state", 4),
    _text("Zip", "zip", 8),
    _text("E-mail", "contact_email", 20),
    _date("First shipped", "first_shipped"),
    _date("Last shipped", "last_shipped"),
    _number("Lines", "lines", 5),
    _text("Orders", "order_numbers", 18, lambda consignee: ", ".join(consignee.order_numbers)),
    _text("Tracking #", "tracking_numbers", 18, lambda consignee: ", ".join(consignee.tracking_numbers)),
)
