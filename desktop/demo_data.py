"""Invented shipments of two years, the same every time: the demo's facilities, orders, lots and people.

Nothing here exists: towns and facilities are made up, telephone numbers are 555-01xx, addresses end in example.com or
example.org. States, their first zip digits and area codes are real, so that the data looks as it does at work.
"""

from __future__ import annotations

import calendar
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from desktop.domain.distributions import NewLine, NewShipment
from desktop.domain.permissions import Role
from desktop.domain.products import SKUS
from desktop.domain.users import NewUser

ADMINISTRATOR = NewUser("dana.whitlock@example.com", "Dana Whitlock", (Role.ADMIN,), "demo administrator")
QUALITY = NewUser("quinn.abernathy@example.com", "Quinn Abernathy", (Role.QUALITY,), "demo quality manager")
OPERATIONS = NewUser("oliver.brandt@example.com", "Oliver Brandt", (Role.OPS,), "demo operations")
READ_ONLY = NewUser("rita.calloway@example.com", "Rita Calloway", (Role.READONLY,), "demo read only")
REPS = tuple(
    NewUser(f"{name.lower().replace(' ', '.')}@example.com", name, (Role.REP,))
    for name in ("Avery Lindqvist", "Blake Okafor", "Casey Moreau", "Drew Halvorsen", "Emery Castellano")
)

Month = tuple[int, int]  # year and month
MONTHS: tuple[Month, ...] = tuple(
    (2024 + (10 + number) // 12, (10 + number) % 12 + 1) for number in range(24)
)  # to October 2026

_SEED = 2024
_FACILITIES = 120
_ORDERS_PER_MONTH = 54
_FIRST_ORDER = 20_101
_FIRST_LOT = 31_001
_MONTHS_OF_STOCK = 3

# State, first three digits of its zips, an area code, and the rep (by number) whose territory it is.
_STATES = (
    *(("MA", "018", "978", 0), ("NY", "128", "518", 0), ("NJ", "079", "908", 0), ("PA", "173", "717", 0)),
    *(("CT", "067", "203", 0), ("NH", "032", "603", 0), ("VA", "229", "434", 1), ("NC", "275", "919", 1)),
    *(("GA", "305", "706", 1), ("FL", "327", "407", 1), ("SC", "296", "864", 1), ("TN", "377", "865", 1)),
    *(("OH", "430", "614", 2), ("MI", "488", "517", 2), ("IL", "617", "309", 2), ("WI", "537", "608", 2)),
    *(("MN", "559", "507", 2), ("IN", "474", "812", 2), ("TX", "786", "512", 3), ("OK", "730", "405", 3)),
    *(("MO", "652", "573", 3), ("KS", "674", "785", 3), ("LA", "705", "337", 3), ("CO", "805", "970", 4)),
    *(("AZ", "863", "928", 4), ("UT", "843", "435", 4), ("NV", "894", "775", 4), ("CA", "959", "530", 4)),
    *(("OR", "973", "541", 4), ("WA", "988", "509", 4)),
)
_TOWNS = (
    *("Quillhaven", "Fernmere", "Thornwick", "Aldermoor", "Brindleford", "Cinderbrook", "Dovecrest", "Emberlyn"),
    *("Foxhollow Bend", "Glimmerton", "Harrowmere", "Ivybourne", "Juniper Reach", "Kestrelton", "Larkspur Flats"),
    *("Mossgate", "Nettlefield", "Oatmere", "Pennywhistle", "Quarrendale", "Rookswood", "Silverbeck", "Tansyfield"),
    *("Umberley", "Violet Springs", "Wrenfield", "Yarrowdale", "Zephyr Point", "Applewick", "Birchmantle"),
    *("Copperleaf", "Driftwell", "Elmshadow", "Fallowmere", "Goldenrush", "Hazelmoor", "Inkwater", "Jasperton"),
    *("Kindlewood", "Lanternport"),
)
_KINDS = (
    *("Urology Clinic", "Community Hospital", "Home Care Supply", "Spinal Rehabilitation Center"),
    *("Continence Care", "Medical Center", "Veterans Home", "Children's Urology"),
)
_STREETS = (
    *("Heron Street", "Orchard Lane", "Millrace Road", "Larch Avenue", "Granary Way", "Beacon Hill Drive"),
    *("Old Ferry Road", "Copper Beech Court", "Windmill Lane", "Station Street"),
)
_DOORS = ("", "", "", "", "Suite 210", "Building C", "Receiving Dock 2", "Floor 3")
_FIRST_NAMES = (
    *("Nora", "Miles", "Priya", "Jonas", "Camila", "Theo", "Amara", "Felix", "Ingrid", "Marcus", "Leila", "Owen"),
    *("Sofia", "Desmond", "Hana", "Victor"),
)
_LAST_NAMES = (
    *("Whitfield", "Osei", "Ramaswamy", "Lindholm", "Delacroix", "Fairbanks", "Nakagawa", "Ferreira", "Holloway"),
    *("Petrov", "Adeyemi", "Kowalski", "Marchetti", "Sandoval", "Thackeray"),
)
# Most boxes hold ten; a clinic also orders single catheters.
_QUANTITIES = (1, 2, 5, 10, 10, 20, 20, 30, 40, 50, 60, 80, 100)
_DEMAND = (0.30, 0.45, 0.25)  # of 18, 16 and 14 Fr
# Few orders around the holidays, many when the insurers' new year begins and before summer.
_SEASON = (1.20, 1.05, 1.10, 1.00, 1.05, 1.15, 0.90, 0.85, 1.00, 1.10, 0.95, 0.75)

_HEADER = (
    *("Ship Date", "Order #", "Facility Name", "Address 1", "Address 2", "City", "State", "Zip", "Country"),
    *("Contact Name", "Contact Phone", "Contact Email", "SKU", "Lot #", "Quantity", "Rep", "Tracking #"),
)


@dataclass(frozen=True, slots=True)
class Facility:
    """Where goods go. `rep` is an index of REPS, `size` multiplies what it orders."""

    name: str
    address1: str
    address2: str
    city: str
    state: str
    zip: str
    contact_name: str
    contact_phone: str
    contact_email: str
    rep: int
    size: float


@dataclass(frozen=True, slots=True)
class Order:
    """One shipment. `by_phone` is one that somebody enters by hand, without a number of its own half of the time."""

    ship_date: date
    number: str
    facility: Facility
    lines: tuple[NewLine, ...]
    tracking_number: str
    by_phone: bool

    def as_shipment(self, rep_ids: tuple[int, ...]) -> NewShipment:
        """What the manual form would hand over."""
        to = self.facility
        return NewShipment(
            ship_date=self.ship_date,
            order_number=self.number,
            facility_name=to.name,
            lines=self.lines,
            rep_id=rep_ids[to.rep],
            address1=to.address1,
            address2=to.address2,
            city=to.city,
            state=to.state,
            zip=to.zip,
            contact_name=to.contact_name,
            contact_phone=to.contact_phone,
            contact_email=to.contact_email,
            tracking_number=self.tracking_number,
        )


def orders_of(months: Sequence[Month]) -> Iterator[tuple[Order, ...]]:
    """The orders of months that follow each other, by ship date."""
    chance = Random(_SEED)  # noqa: S311  the same every time is what is wanted
    facilities = [_facility(chance, number) for number in range(_FACILITIES)]
    weights = [facility.size for facility in facilities]
    lots = _lots(chance, len(months) + _MONTHS_OF_STOCK - 1)
    next_order = _FIRST_ORDER
    for index, (year, month) in enumerate(months):
        in_stock = [lot for made in lots[index : index + _MONTHS_OF_STOCK] for lot in made]
        weekdays = [day for day in _days(year, month) if day.weekday() < 5]
        season = _SEASON[month - 1] * (1 + index / 60)
        orders = []
        for ship_date in sorted(chance.choices(weekdays, k=round(_ORDERS_PER_MONTH * season))):
            facility = chance.choices(facilities, weights)[0]
            by_phone = chance.random() < 0.03
            number = "" if by_phone and chance.random() < 0.5 else f"SO-{next_order}"
            next_order += 1
            tracking_number = f"{chance.randrange(7_700_0000_0000, 7_999_9999_9999)}"
            lines = _order_lines(chance, facility, season, in_stock)
            orders.append(Order(ship_date, number, facility, lines, tracking_number, by_phone))
        yield tuple(orders)


def office_csv(orders: Iterable[Order], *, american_dates: bool) -> bytes:
    """The file that the office would send: the orders' lines under the office's own headers."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(_HEADER)
    for order in orders:
        day, to = order.ship_date, order.facility
        shipped = f"{day.month}/{day.day}/{day.year}" if american_dates else day.isoformat()
        address = (to.address1, to.address2, to.city, to.state, to.zip, "USA")
        contact = (to.contact_name, to.contact_phone, to.contact_email)
        for line in order.lines:
            what = (line.sku, line.lot_number, line.quantity, REPS[to.rep].name, order.tracking_number)
            writer.writerow((shipped, order.number, to.name, *address, *contact, *what))
    return text.getvalue().encode()


def _facility(chance: Random, number: int) -> Facility:
    town = number % len(_TOWNS)
    state, zip_start, area, rep = _STATES[town % len(_STATES)]
    kind = _KINDS[(number // len(_TOWNS) * 3 + town) % len(_KINDS)]
    first, last = chance.choice(_FIRST_NAMES), chance.choice(_LAST_NAMES)
    house = f"{_TOWNS[town]} {kind}".lower().replace(" ", "-").replace("'", "")
    return Facility(
        name=f"{_TOWNS[town]} {kind}",
        address1=f"{chance.randrange(12, 4900)} {chance.choice(_STREETS)}",
        address2=chance.choice(_DOORS),
        city=_TOWNS[town],
        state=state,
        zip=f"{zip_start}{chance.randrange(1, 99):02d}",
        contact_name=f"{first} {last}",
        # Somebody must be without a number, else nobody sees what a recall does then.
        contact_phone="" if chance.random() < 0.08 else f"{area}-555-01{chance.randrange(100):02d}",
        contact_email=f"{first}.{last}@{house}.example.org".lower(),
        rep=rep,
        size=chance.choice((0.5, 1, 1, 1, 2, 3)),
    )


def _lots(chance: Random, months: int) -> list[list[tuple[str, str]]]:
    """SKU and lot number of what was made in each month, numbered in sequence; stock is there before the first."""
    made, next_lot = [], _FIRST_LOT
    for _ in range(months):
        skus = [*SKUS, *chance.choices(SKUS, _DEMAND, k=chance.choice((0, 1, 1, 2)))]
        chance.shuffle(skus)
        made.append([(sku, f"SLQ-{next_lot + number}") for number, sku in enumerate(skus)])
        next_lot += len(skus)
    return made


def _order_lines(
    chance: Random, facility: Facility, season: float, in_stock: list[tuple[str, str]]
) -> tuple[NewLine, ...]:
    wanted = set(chance.choices(SKUS, _DEMAND, k=chance.choice((1, 1, 2, 3))))
    lines = []
    for sku in sorted(wanted):
        lots = [lot for made, lot in in_stock if made == sku]
        # The end of one lot and the beginning of the next often go into one order.
        for lot in sorted(chance.sample(lots, k=chance.choice((1, 1, 1, 2)))):
            quantity = chance.choice(_QUANTITIES) * facility.size * season
            whole = round(quantity, -1 if quantity > 10 else 0)
            lines.append(NewLine(sku, lot, str(int(max(1, min(200, whole))))))
    return tuple(lines)


def _days(year: int, month: int) -> list[date]:
    return [date(year, month, day + 1) for day in range(calendar.monthrange(year, month)[1])]
