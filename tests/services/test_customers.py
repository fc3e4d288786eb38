"""A customer is found by its name, never guessed."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, update

from desktop.db.tables import CustomerRow, DistributionEntryRow
from desktop.domain.errors import NotFound
from desktop.services import customers
from desktop.services.unit_of_work import Workspace
from tests.services.records import SHIPPED, log


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
