"""What a recall needs of a lot: who has to be called, how much each received, and what is not known of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from desktop.domain.distributions import DistributionEntry, fold_facility


@dataclass(frozen=True, slots=True)
class Consignee:
    """One place that received the lot. Facilities of one name in two cities are two: each has to be called.

    `units` counts single units, `lines` lines of the log. Address, contact and phone are the latest that were written
    down. `missing` names in words what a recall needs and no line has.
    """

    facility_name: str
    address: str
    city: str
    state: str
    zip: str
    contact_name: str
    contact_phone: str
    contact_email: str
    units: int
    lines: int
    first_shipped: date
    last_shipped: date
    order_numbers: tuple[str, ...]
    tracking_numbers: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MonthOfUnits:
    """How many single units of each SKU were shipped in a month written YYYY-MM."""

    month: str
    units: dict[str, int]


def consignees(entries: Iterable[DistributionEntry]) -> tuple[Consignee, ...]:
    """Who received the lines given, most units first."""
    places: dict[tuple[str, str, str], list[DistributionEntry]] = {}
    for entry in entries:
        place = (fold_facility(entry.facility_name), fold_facility(entry.city or ""), fold_facility(entry.state or ""))
        places.setdefault(place, []).append(entry)
    found = (_consignee(sorted(lines, key=lambda line: (line.ship_date, line.id))) for lines in places.values())
    return tuple(sorted(found, key=lambda consignee: (-consignee.units, fold_facility(consignee.facility_name))))


def units_per_month(entries: Iterable[DistributionEntry]) -> tuple[MonthOfUnits, ...]:
    """Single units by SKU for every month from the first to the last shipment, months without any included."""
    shipped: dict[str, dict[str, int]] = {}
    for entry in entries:
        units = shipped.setdefault(f"{entry.ship_date:%Y-%m}", {})
        units[entry.sku] = units.get(entry.sku, 0) + entry.quantity
    if not shipped:
        return ()
    return tuple(MonthOfUnits(month, shipped.get(month, {})) for month in _months(min(shipped), max(shipped)))


def _consignee(lines: Sequence[DistributionEntry]) -> Consignee:
    """`lines` are those of one place, oldest first."""

    def latest(name: str) -> str:
        return next((value for line in reversed(lines) if (value := getattr(line, name))), "")

    street = " ".join(filter(None, (latest("address1"), latest("address2"))))
    phone = latest("contact_phone")
    missing = tuple(word for word, value in (("address", latest("address1")), ("phone", phone)) if not value)
    return Consignee(
        facility_name=lines[-1].facility_name,
        address=street,
        city=latest("city"),
        state=latest("state"),
        zip=latest("zip"),
        contact_name=latest("contact_name"),
        contact_phone=phone,
        contact_email=latest("contact_email"),
        units=sum(line.quantity for line in lines),
        lines=len(lines),
        first_shipped=lines[0].ship_date,
        last_shipped=lines[-1].ship_date,
        order_numbers=tuple(dict.fromkeys(line.order_number for line in lines)),
        tracking_numbers=tuple(dict.fromkeys(line.tracking_number for line in lines if line.tracking_number)),
        missing=missing,
    )


def _months(first: str, last: str) -> list[str]:
    year, month = int(first[:4]), int(first[5:])
    months = [first]
    while months[-1] < last:
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        months.append(f"{year:04d}-{month:02d}")
    return months
