"""Who received a lot, when and how many."""

from __future__ import annotations

from datetime import date

from desktop.services import lot_trace
from desktop.services.unit_of_work import Workspace
from tests.services import records


def test_every_line_of_a_lot_is_found_and_each_facility_counted_once(workspace_on: Workspace) -> None:
    records.log(workspace_on, ("211810SPT", "SLQ-12345", 3), order_number="SO 2", ship_date=date(2026, 1, 9))
    records.log(
        workspace_on, ("211810SPT", "SLQ-12345", 4), ("211810SPT", "SLQ-99999", 50), facility_name="LAKESIDE  urology"
    )
    records.log(workspace_on, ("211610SPT", "SLQ-12345", 5), order_number="SO 1", facility_name="Northgate Clinic")
    trace = lot_trace.trace(workspace_on, " slq–12345 ")
    assert (trace.lot, trace.facilities, trace.units) == ("SLQ-12345", 2, 12)
    assert [(line.ship_date.day, line.order_number, line.quantity) for line in trace.lines] == [
        (5, "SO 0000901", 4),
        (5, "SO 1", 5),
        (9, "SO 2", 3),
    ]


def test_a_lot_nobody_received_is_an_answer(workspace_on: Workspace) -> None:
    records.log(workspace_on)
    for lot in ("SLQ-00000", "SLQ-1234", "SLQ-123456", "", "%", "SLQ-_____"):
        trace = lot_trace.trace(workspace_on, lot)
        assert (trace.facilities, trace.units, trace.lines) == (0, 0, ())
