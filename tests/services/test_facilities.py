"""Facilities of earlier shipments, offered while another one is entered."""

from __future__ import annotations

from datetime import date

import pytest

from desktop.services import facilities
from desktop.services.unit_of_work import Workspace
from tests.services import records


def test_the_spelling_with_most_lines_comes_first_with_its_latest_address(workspace_on: Workspace) -> None:
    records.log(workspace_on, facility_name="Cedar Clinc", city="Toledo")
    records.log(workspace_on, facility_name="Cedar Clinic", city="Toledo", ship_date=date(2026, 1, 9))
    records.log(workspace_on, facility_name="Cedar Clinic", city="Akron", state="OH", address1="12 Example Street")
    records.log(workspace_on, facility_name="Harbor Hospital", city="Cedar Rapids")
    found = facilities.known_facilities(workspace_on, "CLIN cedar")
    assert [(facility.name, facility.lines) for facility in found] == [("Cedar Clinic", 2), ("Cedar Clinc", 1)]
    assert found[0].last_shipped == date(2026, 1, 9)
    assert found[0].in_one_line() == "12 Example Street, Akron OH"
    assert found[0].address["country"] == "USA"
    assert len(facilities.known_facilities(workspace_on, "cedar", limit=1)) == 1


@pytest.mark.parametrize("text", ["", "  ", "nowhere", "100%", "a\x00b"])
def test_what_no_facility_holds_finds_none(workspace: Workspace, text: str) -> None:
    records.log(workspace)
    assert facilities.known_facilities(workspace, text) == ()


def test_case_is_folded_in_every_alphabet(workspace: Workspace) -> None:
    records.log(workspace, facility_name="Zoë  Clinic")
    assert [facility.name for facility in facilities.known_facilities(workspace, "ZOË clinic")] == ["Zoë  Clinic"]
