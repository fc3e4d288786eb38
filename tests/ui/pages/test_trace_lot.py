"""Tracing a lot in the window: typed or scanned, who received it, what is missing, and how the answer is handed on."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QLineEdit, QTableView, QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.distributions import NewLine, NewShipment
from desktop.services import distributions, tracing_reports
from desktop.services.unit_of_work import Workspace
from desktop.ui import actions
from desktop.ui.pages.trace_lot import TraceLotPage
from desktop.ui.widgets.bar_chart import BarChart
from desktop.ui.widgets.status_light import StatusLight
from tests.ui.conftest import Desk

LOT = "SLQ-12345"
TOLEDO = {"address1": "1 Main Street", "contact_phone": "419-555-0101"}


@pytest.fixture
def page(qtbot: QtBot, desk: Desk) -> TraceLotPage:
    page = TraceLotPage(desk.context)
    qtbot.addWidget(page)
    page.resize(1100, 700)
    page.show()
    page.enter()
    return page


def ship(workspace: Workspace, facility: str, day: date, *lines: NewLine, **values: str) -> None:
    shipped = lines or (NewLine("211610SPT", LOT, "5"),)
    distributions.create_shipment(workspace, NewShipment(day, "", facility, shipped, **values))  # type: ignore[arg-type]


def scan(qtbot: QtBot, page: TraceLotPage, code: str) -> None:
    """A scanner types the code and then Enter."""
    field = page.findChild(QLineEdit, "traceField")
    assert page.window().focusWidget() is field
    qtbot.keyClicks(field, code)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def text(page: QWidget, name: str) -> str:
    return page.findChild(QLabel, name).text()


def shown(page: QWidget, table: str) -> list[list[str]]:
    model = page.findChild(QTableView, table).model()
    return [
        [model.index(row, column).data() for column in range(model.columnCount())] for row in range(model.rowCount())
    ]


def test_a_typed_lot_shows_everybody_who_received_it(qtbot: QtBot, page: TraceLotPage, workspace: Workspace) -> None:
    ship(workspace, "Cedar Clinic", date(2025, 3, 4), city="Toledo", **TOLEDO)
    ship(workspace, "Cedar Clinic", date(2025, 5, 6), NewLine("211810SPT", LOT, "20"), city="Toledo", **TOLEDO)
    ship(workspace, "Harbor Home", date(2025, 3, 9), NewLine("211610SPT", LOT, "7"), address1="2 Quay")
    ship(workspace, "Elsewhere", date(2025, 3, 9), NewLine("211610SPT", "SLQ-99999", "7"))
    scan(qtbot, page, "slq-12345")
    assert text(page, "traceTitle") == "SLQ-12345: 32 units to 2 facilities"
    assert text(page, "traceSummary") == "Shipped 2025-03-04 to 2025-05-06 in 3 lines; SKU 211810SPT, 211610SPT."
    missing = page.findChild(StatusLight, "traceMissing").text
    assert missing == "1 consignee lacks an address or a phone number: Harbor Home."
    assert [row[:4] for row in shown(page, "consigneeTable")] == [
        ["Cedar Clinic", "25", "", "419-555-0101"],
        ["Harbor Home", "7", "phone", ""],
    ]
    assert len(shown(page, "traceLineTable")) == 3
    assert page.findChild(BarChart, "traceChart").accessibleDescription() == (
        "2025-03: 211610SPT 12; 2025-04: none; 2025-05: 211810SPT 20"
    )


def test_a_scanned_code_gives_its_lot_and_the_next_scan_replaces_it(
    qtbot: QtBot, page: TraceLotPage, workspace: Workspace
) -> None:
    ship(workspace, "Cedar Clinic", date(2025, 3, 4), **TOLEDO)
    scan(qtbot, page, "]d20100850012345671172712311" + "0SLQ-12345")
    assert text(page, "traceTitle") == "SLQ-12345: 5 units to 1 facility"
    assert page.findChild(StatusLight, "traceMissing").text == "Every consignee has an address and a phone number."
    scan(qtbot, page, "SLQ-00000")
    assert page.findChild(QWidget, "traceNobody").sentence == "No line of the log has the lot SLQ-00000."
    assert page.context.actions.why_not(actions.FREEZE_TRACE) == "Nothing is shown"
    scan(qtbot, page, "0100850012345671")
    assert page.findChild(QWidget, "traceNobody").sentence == "The code that was scanned has no lot."


def test_the_answer_follows_the_log(qtbot: QtBot, page: TraceLotPage, workspace: Workspace) -> None:
    scan(qtbot, page, LOT)
    assert page.findChild(QWidget, "traceNobody").isVisible()
    shipment = NewShipment(date(2025, 3, 4), "", "Cedar Clinic", (NewLine("211610SPT", LOT, "5"),))
    page.context.changes.announce(distributions.create_shipment(workspace, shipment))
    assert text(page, "traceTitle") == "SLQ-12345: 5 units to 1 facility"


def test_the_answer_is_frozen_as_a_report_by_one_key(
    qtbot: QtBot, page: TraceLotPage, desk: Desk, workspace: Workspace
) -> None:
    ship(workspace, "Cedar Clinic", date(2025, 3, 4))
    scan(qtbot, page, LOT)
    qtbot.keyClick(page, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    (report,) = tracing_reports.list_reports(workspace)
    assert (report.filter.lot_number, report.units) == (LOT, 5)
    assert report.reference in desk.said[-1].text


def test_the_answer_is_copied_and_exported(
    qtbot: QtBot, page: TraceLotPage, desk: Desk, workspace: Workspace, tmp_path: Path
) -> None:
    ship(workspace, "=Cedar Clinic", date(2025, 3, 4), NewLine("211610SPT", LOT, "1500"))
    scan(qtbot, page, LOT)
    page.context.actions.action(actions.COPY_CONSIGNEES).trigger()
    header, row = QGuiApplication.clipboard().text().splitlines()
    assert header.startswith("Facility\tUnits\tMissing\t")
    assert row.startswith("'=Cedar Clinic\t1500\taddress, phone\t")
    desk.prompter.files = (tmp_path / "lot.csv",)
    page.context.actions.action(actions.EXPORT_TRACE).trigger()
    assert desk.said[-1].text == "Exported 1 line to lot.csv."
    assert LOT in (tmp_path / "lot.csv").read_text()
