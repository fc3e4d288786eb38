"""Linking is done by people, with a reason, and leaves the facility as shipped; likely matches are only offered."""

from __future__ import annotations

import pytest

from desktop.domain.customers import Facility, NewCustomer, SameName
from desktop.domain.errors import KnownTrouble, NotFound, RuleBroken
from desktop.domain.filters import DistributionFilter
from desktop.services import customer_links, customers, distributions, integrity
from desktop.services.unit_of_work import Workspace
from tests.services.records import SHIPPED, dump, events, log, postgresql_when_slow

WHY = "The purchase orders name them."
LAKESIDE = Facility("Lakeside Urology", "Riverton", "WY", "82501")


def ship(workspace: Workspace, facility: Facility = LAKESIDE, lines: int = 1, **changes: str) -> tuple[int, ...]:
    logged = [("211810SPT", f"SLQ-{20_000 + number}", 10) for number in range(lines)]
    name, city, state, zip_code = facility
    return log(
        workspace, *logged, facility_name=name, city=city or "", state=state or "", zip=zip_code or "", **changes
    )


def customer(workspace: Workspace, name: str = "Lakeside Urology", **fields: str) -> int:
    return customers.create_customer(workspace, NewCustomer(name, **fields)).ids[0]


def names_of(workspace: Workspace, ids: tuple[int, ...]) -> list[tuple[str, str | None]]:
    return [(entry.facility_name, entry.customer_name) for entry in distributions.entries(workspace, ids)]


def test_each_entry_that_is_linked_has_its_own_event_and_its_facility_stays(workspace_on: Workspace) -> None:
    entries = ship(workspace_on, Facility("LAKESIDE UROLOGY"), lines=3)
    wanted = customer(workspace_on)
    changes = customer_links.link_entries(workspace_on, entries[:2], wanted, f" {WHY} ")
    assert changes.ids == entries[:2]
    assert names_of(workspace_on, entries) == [("LAKESIDE UROLOGY", "Lakeside Urology")] * 2 + [
        ("LAKESIDE UROLOGY", None)
    ]
    made = events(workspace_on, "distribution_log.update")
    assert [(event.entity_id, event.reason) for event in made] == [(str(number), WHY) for number in entries[:2]]
    for event in made:
        assert event.before_json is not None
        assert event.after_json is not None
        assert (event.before_json["customer_id"], event.after_json["customer_id"]) == (None, wanted)
        assert (event.before_json["version"], event.after_json["version"]) == (1, 2)
    kept = customers.get_customer(workspace_on, wanted)
    assert (kept.entries, kept.units, kept.last_shipment) == (2, 20, SHIPPED)
    # What is linked so already stays as it is, and a link can be taken back.
    assert customer_links.link_entries(workspace_on, entries, wanted, WHY).ids == entries[2:]
    assert customer_links.link_entries(workspace_on, entries, None, "They moved.").ids == entries
    assert names_of(workspace_on, entries) == [("LAKESIDE UROLOGY", None)] * 3
    assert integrity.verify(workspace_on).ok


def test_the_lines_of_a_filter_are_linked(workspace: Workspace) -> None:
    lakeside = ship(workspace, lines=2)
    ship(workspace, Facility("Boulder Supply"))
    wanted = customer(workspace)
    assert customer_links.link_entries(workspace, DistributionFilter(text="lakeside"), wanted, WHY).ids == lakeside


def test_a_link_without_reason_or_customer_or_change_writes_nothing(workspace_on: Workspace) -> None:
    entries = ship(workspace_on)
    wanted = customer(workspace_on)
    customer_links.link_entries(workspace_on, entries, wanted, WHY)
    was = dump(workspace_on)
    for ids, customer_id, reason, trouble, said in (
        (entries, None, "  ", RuleBroken, "a reason is required"),
        (entries, wanted, WHY, RuleBroken, "Nothing was changed"),
        ((), wanted, WHY, RuleBroken, "Nothing was changed"),
        (entries, 4711, WHY, NotFound, "not in the database"),
        (range(customer_links.MOST_AT_ONCE + 1), wanted, WHY, RuleBroken, "At most 50,000 entries"),
    ):
        expected: type[KnownTrouble] = trouble
        with pytest.raises(expected, match=said):
            customer_links.link_entries(workspace_on, ids, customer_id, reason)
    assert dump(workspace_on) == was


def test_facilities_are_linked_with_one_reason_and_what_has_a_customer_is_left(workspace_on: Workspace) -> None:
    lakeside = ship(workspace_on, lines=2)
    elsewhere = ship(workspace_on, Facility("Lakeside Urology", "Springfield", "IL"))
    taken = ship(workspace_on)
    other, wanted = customer(workspace_on, "Other"), customer(workspace_on)
    customer_links.link_entries(workspace_on, taken, other, WHY)
    changes = customer_links.link_facilities(workspace_on, [LAKESIDE, Facility("Not shipped to")], wanted, WHY)
    assert changes.ids == lakeside
    assert names_of(workspace_on, (*elsewhere, *taken)) == [("Lakeside Urology", None), ("Lakeside Urology", "Other")]
    (use,) = customer_links.facilities_of(workspace_on, wanted)
    assert (use.facility, use.entries, use.units, use.first_shipment, use.last_shipment) == (
        LAKESIDE,
        2,
        20,
        SHIPPED,
        SHIPPED,
    )


def test_customers_are_made_of_facilities_that_a_person_chose(workspace_on: Workspace) -> None:
    ship(workspace_on, contact_name="Old Contact")
    ship(workspace_on, contact_name="Zoë Receiver", address1="1 Example Street")
    ship(workspace_on, Facility("Boulder Supply"))
    ship(workspace_on, Facility("Not chosen"))
    customer_links.create_from_facilities(workspace_on, [LAKESIDE, Facility("Boulder Supply")], WHY)
    boulder, lakeside = customers.list_customers(workspace_on)
    assert (boulder.name, boulder.entries) == ("Boulder Supply", 1)
    assert (lakeside.name, lakeside.city, lakeside.zip, lakeside.entries) == (
        "Lakeside Urology",
        "Riverton",
        "82501",
        2,
    )
    assert (lakeside.contact_name, lakeside.address1) == ("Zoë Receiver", "1 Example Street")
    assert [likely.use.facility.name for likely in customer_links.unlinked_facilities(workspace_on)] == ["Not chosen"]
    was = dump(workspace_on)
    with pytest.raises(RuleBroken, match="no entry without customer"):
        customer_links.create_from_facilities(workspace_on, [LAKESIDE], WHY)
    assert dump(workspace_on) == was


def test_a_facility_with_the_name_of_a_customer_warns_and_can_become_a_second_one(workspace: Workspace) -> None:
    ship(workspace)
    customer(workspace)
    with pytest.raises(SameName):
        customer_links.create_from_facilities(workspace, [LAKESIDE], WHY)
    customer_links.create_from_facilities(workspace, [LAKESIDE], WHY, keep_same_name=True)
    assert len(customers.list_customers(workspace, "lakeside")) == 2


@postgresql_when_slow
def test_likely_matches_are_offered_in_order_and_far_ones_not_at_all(workspace_on: Workspace) -> None:
    for name, city, zip_code in (
        ("Lakeside Urology", "Springfield", "62701"),
        ("Lakeside Urology", "Riverton", "82501-1234"),
        ("Lakeside Urology Center", "Riverton", ""),
        ("Lakeside Urology Center 7", "Riverton", ""),
        ("Riverton Medical Center", "Riverton", "82501"),
    ):
        customers.create_customer(workspace_on, NewCustomer(name, city=city, zip=zip_code, keep_same_name=True))
    was = dump(workspace_on)
    matches = customer_links.likely_matches(workspace_on, "LAKESIDE UROLOGY CTR 9", "Riverton")
    assert [(match.customer.name, match.why) for match in matches[:1]] == [
        ("Lakeside Urology Center", "name 96 % alike, same city")
    ]
    assert "Lakeside Urology Center 7" not in [match.customer.name for match in matches]
    exact = customer_links.likely_matches(workspace_on, "lakeside  urology", "Riverton", "82501")
    assert [(match.customer.city, match.score, match.why) for match in exact[:2]] == [
        ("Riverton", 100, "same name, same zip"),
        ("Riverton", 95, "name 90 % alike, same city"),
    ]
    assert ("Springfield", 90, "same name, another city") in [
        (match.customer.city, match.score, match.why) for match in exact
    ]
    assert customer_links.likely_matches(workspace_on, "Quite Another Hospital") == ()
    assert dump(workspace_on) == was


def test_facilities_that_look_like_a_customer_are_offered_with_their_counts(workspace: Workspace) -> None:
    ship(workspace, lines=2)
    ship(workspace, Facility("Lakeside Urolgy", "Riverton"))
    ship(workspace, Facility("Boulder Supply", "Riverton"))
    wanted = customers.get_customer(workspace, customer(workspace, city="Riverton", zip="82501"))
    found = customer_links.unlinked_facilities(workspace, wanted)
    assert [(likely.use.facility.name, likely.use.entries, likely.use.units, likely.why) for likely in found] == [
        ("Lakeside Urology", 2, 20, "same name, same zip"),
        ("Lakeside Urolgy", 1, 10, "name 97 % alike, same city"),
        ("Boulder Supply", 1, 10, ""),
    ]
    assert len(customer_links.unlinked_facilities(workspace)) == 3
