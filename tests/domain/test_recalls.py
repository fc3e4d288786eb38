"""What a recall needs of the lines of a lot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.distributions import DistributionEntry, Source
from desktop.domain.recalls import MonthOfUnits, consignees, units_per_month

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LINE = DistributionEntry(
    id=1,
    ship_date=date(2026, 1, 5),
    order_number="SO 1",
    facility_name="Lakeside Urology",
    sku="211810SPT",
    lot_number="SLQ-12345",
    quantity=10,
    source=Source.MANUAL,
    rep_name=None,
    customer_name=None,
    address1="1 Main Street",
    address2=None,
    city="Toledo",
    state="OH",
    zip="43604",
    country="USA",
    contact_name=None,
    contact_phone="419-555-0101",
    contact_email=None,
    tracking_number=None,
    ss_shipment_id=None,
    import_batch_id=None,
    import_line=None,
    created_at=NOW,
    updated_at=NOW,
    version=1,
)


def line(number: int, **values: Any) -> DistributionEntry:
    return LINE._replace(id=number, order_number=f"SO {number}", **values)


def test_lines_of_one_place_are_one_consignee_with_what_was_written_last() -> None:
    found = consignees(
        [
            line(
                2, ship_date=date(2026, 2, 1), quantity=5, contact_phone=None, contact_name="Priya", address2="Floor 3"
            ),
            line(1, tracking_number="1Z1"),
            line(3, ship_date=date(2026, 3, 1), facility_name="LAKESIDE  urology", contact_phone="419-555-0109"),
            line(4, facility_name="Nörthgate Clinic", quantity=40, contact_phone=None, address1=None),
        ]
    )
    assert [(place.facility_name, place.units, place.missing) for place in found] == [
        ("Nörthgate Clinic", 40, ("address", "phone")),
        ("LAKESIDE  urology", 25, ()),
    ]
    lakeside = found[1]
    assert (lakeside.contact_phone, lakeside.contact_name, lakeside.address) == (
        "419-555-0109",
        "Priya",
        "1 Main Street Floor 3",
    )
    assert (lakeside.first_shipped, lakeside.last_shipped, lakeside.lines) == (date(2026, 1, 5), date(2026, 3, 1), 3)
    assert (lakeside.order_numbers, lakeside.tracking_numbers) == (("SO 1", "SO 2", "SO 3"), ("1Z1",))


def test_one_name_in_two_cities_is_two_places_to_call() -> None:
    found = consignees([line(1), line(2, city="Dayton"), line(3, state="MI")])
    assert sorted((place.city, place.state) for place in found) == [
        ("Dayton", "OH"),
        ("Toledo", "MI"),
        ("Toledo", "OH"),
    ]


def test_months_without_a_shipment_are_on_the_line_of_time() -> None:
    found = units_per_month(
        [line(1, ship_date=date(2025, 11, 30)), line(2, ship_date=date(2026, 1, 1)), line(3, sku="211610SPT")]
    )
    assert found == (
        MonthOfUnits("2025-11", {"211810SPT": 10}),
        MonthOfUnits("2025-12", {}),
        MonthOfUnits("2026-01", {"211810SPT": 10, "211610SPT": 10}),
    )
    assert units_per_month([]) == ()


places: Callable[..., Any] = st.builds(
    lambda number, name, city, day, quantity: line(
        number, facility_name=name, city=city, ship_date=day, quantity=quantity
    ),
    st.integers(1, 1000),
    st.sampled_from(["A", "a ", "B", " b"]),
    st.sampled_from([None, "Toledo", "TOLEDO", "Dayton"]),
    st.dates(date(2025, 1, 1), date(2026, 12, 31)),
    st.integers(1, 100),
)


@given(st.lists(places, max_size=20))
def test_no_unit_is_lost_or_counted_twice(lines: list[DistributionEntry]) -> None:
    shipped = sum(entry.quantity for entry in lines)
    assert sum(place.units for place in consignees(lines)) == shipped
    assert sum(sum(month.units.values()) for month in units_per_month(lines)) == shipped
    assert sum(place.lines for place in consignees(lines)) == len(lines)
