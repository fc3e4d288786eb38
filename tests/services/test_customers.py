"""Customers: listed, made, edited, and found by name, never guessed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import insert, update

from desktop.db.tables import CustomerRow, DistributionEntryRow
from desktop.domain.customers import NewCustomer, SameName, StaleCustomer
from desktop.domain.errors import NotFound, RuleBroken
from desktop.services import customers
from desktop.services.unit_of_work import Workspace
from tests.services.records import SHIPPED, dump, events, log


def test_customers_are_listed_by_name(workspace_on: Workspace) -> None:
    assert customers.list_customers(workspace_on) == ()
    with workspace_on.sessions.writing() as session:
        session.execute(insert(CustomerRow), [{"name": name} for name in ("zoë Clinic", "Lakeside", "ash  Clinic")])
        session.commit()
    assert [found.name for found in customers.list_customers(workspace_on)] == ["ash  Clinic", "Lakeside", "zoë Clinic"]
    assert [found.id for found in customers.list_customers(workspace_on, "CLINIC")] == [3, 1]
    assert customers.list_customers(workspace_on, "%") == ()


def test_a_customer_is_found_without_case_and_repeated_spaces(workspace_on: Workspace) -> None:
    with workspace_on.sessions.writing() as session:
        session.execute(insert(CustomerRow), [{"name": name} for name in ("Zoë Clinic", "Twin", " twin", "Lakeside")])
        session.commit()
    found = customers.find_customer(workspace_on, " ZOË  clinic ")
    assert (found.id, found.name) == (1, "Zoë Clinic")
    with pytest.raises(NotFound, match="2 customers are called “TWIN”"):
        customers.find_customer(workspace_on, "TWIN")
    for name in ("Lake", "", "%"):
        with pytest.raises(NotFound, match="No customer is called"):
            customers.find_customer(workspace_on, name)


def test_the_list_is_searched_in_name_city_and_contact_and_counts_what_was_shipped(workspace_on: Workspace) -> None:
    with workspace_on.sessions.writing() as session:
        session.execute(
            insert(CustomerRow),
            [
                {"name": "lakeside Urology", "city": "Riverton", "contact_name": None},
                {"name": "Älmhult Clinic", "city": "Fairview", "contact_name": "Zoë Receiver"},
                {"name": "Boulder Supply", "city": None, "contact_name": None},
            ],
        )
        session.commit()
    first, second = log(workspace_on, ("211810SPT", "SLQ-12345", 10), ("211610SPT", "SLQ-12346", 5))
    with workspace_on.sessions.writing() as session:
        session.execute(
            update(DistributionEntryRow).where(DistributionEntryRow.id.in_((first, second))).values(customer_id=1)
        )
        session.commit()
    everybody = customers.list_customers(workspace_on)
    assert customers.customer_names(workspace_on) == tuple((found.id, found.name) for found in everybody)
    assert [customer.name for customer in everybody] == ["Boulder Supply", "lakeside Urology", "Älmhult Clinic"]
    assert [(customer.entries, customer.units, customer.last_shipment) for customer in everybody] == [
        (0, 0, None),
        (2, 15, SHIPPED),
        (0, 0, None),
    ]
    assert customers.get_customer(workspace_on, 1) == everybody[1]
    for text, found in (
        ("LAKE", ["lakeside Urology"]),
        ("zoë älm", ["Älmhult Clinic"]),
        ("  river ", ["lakeside Urology"]),
        ("%", []),
    ):
        assert [customer.name for customer in customers.list_customers(workspace_on, text)] == found, text
    with pytest.raises(NotFound, match="not in the database"):
        customers.get_customer(workspace_on, 4711)


def made(workspace: Workspace, name: str = "Lakeside Urology", **fields: str) -> int:
    return customers.create_customer(workspace, NewCustomer(name, **fields)).ids[0]


def test_a_customer_is_kept_trimmed_and_its_making_is_in_the_audit_trail(workspace_on: Workspace) -> None:
    customer_id = made(workspace_on, "  Lakeside Urology ", city=" Riverton", country=" ")
    kept = customers.get_customer(workspace_on, customer_id)
    assert (kept.name, kept.city, kept.country, kept.zip, kept.version) == (
        "Lakeside Urology",
        "Riverton",
        None,
        None,
        1,
    )
    (event,) = events(workspace_on, "customers.create")
    assert (event.entity_type, event.entity_id, event.before_json) == ("customer", str(customer_id), None)
    assert event.after_json is not None
    assert event.after_json["name"] == "Lakeside Urology"
    assert event.after_json["country"] is None


@pytest.mark.parametrize(
    ("name", "said"), [("", "Name is required"), (" \u200b ", "Name is required"), ("a\x00b", "kept")]
)
def test_a_name_that_cannot_be_kept_is_refused(workspace: Workspace, name: str, said: str) -> None:
    with pytest.raises(RuleBroken, match=said) as refused:
        made(workspace, name)
    assert [problem.field for problem in refused.value.problems] == ["name"]
    assert customers.list_customers(workspace) == ()


def test_a_name_that_is_there_already_warns_and_can_be_kept_on_purpose(workspace_on: Workspace) -> None:
    first = made(workspace_on)
    with pytest.raises(SameName, match="There is a customer called “Lakeside Urology” already") as warned:
        made(workspace_on, "LAKESIDE  urology")
    assert [customer.id for customer in warned.value.existing] == [first]
    second = customers.create_customer(workspace_on, NewCustomer("LAKESIDE urology", keep_same_name=True)).ids[0]
    third = made(workspace_on, "Boulder")
    boulder = customers.get_customer(workspace_on, third)
    with pytest.raises(SameName, match="There are 2 customers with this name"):
        customers.edit_customer(workspace_on, third, boulder.version, NewCustomer("lakeside urology"))
    # Its own name, written otherwise, is no other customer's.
    customers.edit_customer(workspace_on, second, 1, NewCustomer("Lakeside Urology", city="Fairview"))
    assert customers.get_customer(workspace_on, second).version == 2


def test_an_edit_keeps_what_was_before_and_refuses_what_is_stale_or_says_nothing_new(workspace_on: Workspace) -> None:
    customer_id = made(workspace_on, city="Riverton")
    seen = customers.get_customer(workspace_on, customer_id)
    customers.edit_customer(workspace_on, customer_id, 1, replace(seen.as_typed(), city="Fairview", country=""))
    kept = customers.get_customer(workspace_on, customer_id)
    assert (kept.city, kept.country, kept.version) == ("Fairview", None, 2)
    (event,) = events(workspace_on, "customers.update")
    assert event.before_json is not None
    assert event.after_json is not None
    changed = {name for name, value in event.after_json.items() if event.before_json[name] != value}
    assert {"city", "country", "version"} <= changed <= {"city", "country", "version", "updated_at"}
    was = dump(workspace_on)
    with pytest.raises(StaleCustomer, match="Somebody else changed this customer") as stale:
        customers.edit_customer(workspace_on, customer_id, 1, replace(seen.as_typed(), city="Madison"))
    assert stale.value.theirs == kept
    with pytest.raises(RuleBroken, match="Nothing was changed"):
        customers.edit_customer(workspace_on, customer_id, 2, kept.as_typed())
    with pytest.raises(NotFound):
        customers.edit_customer(workspace_on, 4711, 1, kept.as_typed())
    assert dump(workspace_on) == was
