"""A customer is found by its name, never guessed."""

from __future__ import annotations

import pytest
from sqlalchemy import insert

from desktop.db.tables import CustomerRow
from desktop.domain.errors import NotFound
from desktop.services import customers
from desktop.services.unit_of_work import Workspace


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
