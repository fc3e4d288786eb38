"""The columns of the lists of customers, and of the facilities as shipped that belong to one."""

from __future__ import annotations

from operator import attrgetter

from desktop.domain.customers import Customer, FacilityUse
from desktop.ui.formats import shown_date, shown_number
from desktop.ui.tables.windowed import Column


def _folded(name: str) -> Column[Customer]:
    titles = {
        "city": ("City", 13),
        "state": ("State", 6),
        "contact_name": ("Contact", 16),
        "contact_phone": ("Phone", 14),
    }
    title, width = titles[name]

    def text(customer: Customer) -> str:
        return getattr(customer, name) or ""

    return Column(name, title, text, lambda customer: text(customer).casefold(), width)


CUSTOMER_COLUMNS: tuple[Column[Customer], ...] = (
    Column("name", "Customer", attrgetter("name"), lambda customer: customer.name.casefold(), 28),
    _folded("city"),
    _folded("state"),
    Column("entries", "Entries", lambda row: shown_number(row.entries), attrgetter("entries"), 8, align_right=True),
    Column("units", "Units", lambda row: shown_number(row.units), attrgetter("units"), 9, align_right=True),
    Column(
        "last_shipment", "Last shipment", lambda row: shown_date(row.last_shipment), attrgetter("last_shipment"), 13
    ),
    _folded("contact_name"),
    _folded("contact_phone"),
)

FACILITY_COLUMNS: tuple[Column[FacilityUse], ...] = (
    Column(
        "facility",
        "Facility as shipped",
        lambda use: use.facility.in_words(),
        lambda use: use.facility.in_words().casefold(),
        24,
    ),
    Column("entries", "Entries", lambda use: shown_number(use.entries), attrgetter("entries"), 7, align_right=True),
    Column("units", "Units", lambda use: shown_number(use.units), attrgetter("units"), 7, align_right=True),
    Column("last", "Last", lambda use: shown_date(use.last_shipment), attrgetter("last_shipment"), 10),
)
