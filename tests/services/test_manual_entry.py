"""Entering a shipment by hand: the rules, the generated number, repeats, and what the audit trail says of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from desktop.domain.distributions import NewLine, NewShipment, Source
from desktop.domain.errors import RuleBroken
from desktop.domain.filters import EVERYTHING, SortOrder
from desktop.services import distributions
from desktop.services.distributions import RepeatsFound
from desktop.services.unit_of_work import Workspace


def shipment(workspace: Workspace, **changes: object) -> NewShipment:
    wanted = NewShipment(
        ship_date=workspace.today() - timedelta(days=3),
        order_number="SO 0000901",
        facility_name="Lakeside Urology",
        lines=(NewLine("211810SPT", "SLQ-12345", "10"), NewLine("211610SPT", "SLQ-54321", "5")),
    )
    return replace(wanted, **changes)  # type: ignore[arg-type]


def test_two_lots_are_two_lines_with_the_same_generated_number(workspace_on: Workspace) -> None:
    distributions.create_shipment(workspace_on, shipment(workspace_on, order_number=" "))
    lines = distributions.first_entries(workspace_on, EVERYTHING, SortOrder(), 10)
    number = f"MAN-{workspace_on.today():%Y%m%d}-0001"
    assert [(line.order_number, line.source) for line in lines] == [(number, Source.MANUAL)] * 2
    assert distributions.totals(workspace_on, EVERYTHING) == distributions.LogTotals(2, 15)


def test_every_broken_rule_is_told_and_nothing_is_saved(workspace: Workspace) -> None:
    wrong = shipment(
        workspace,
        ship_date=workspace.today() + timedelta(days=1),
        facility_name=" ",
        lines=(NewLine("211811SPT", "SLQ-1234", "-5"),),
    )
    with pytest.raises(RuleBroken) as refused:
        distributions.create_shipment(workspace, wrong)
    assert {(problem.field, problem.line, problem.message) for problem in refused.value.problems} == {
        ("ship_date", None, "Ship date cannot be in the future"),
        ("facility_name", None, "Facility name is required"),
        ("sku", 0, "SKU must be one of: 211810SPT, 211610SPT, 211410SPT"),
        ("lot_number", 0, "Lot number must match format: SLQ-#####"),
        ("quantity", 0, "Quantity must be a positive integer"),
    }
    assert distributions.totals(workspace, EVERYTHING).lines == 0


def test_a_repeated_line_is_shown_and_can_be_saved_on_purpose(workspace: Workspace) -> None:
    distributions.create_shipment(workspace, shipment(workspace))
    with pytest.raises(RepeatsFound) as found:
        distributions.create_shipment(workspace, shipment(workspace, facility_name="lakeside  UROLOGY"))
    assert len(found.value.existing) == 2
    distributions.create_shipment(workspace, shipment(workspace, allow_repeats=True))
    assert distributions.totals(workspace, EVERYTHING).lines == 4
