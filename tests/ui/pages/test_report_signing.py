"""Signing a report in the window, and what is said and done once the log has moved on."""

from __future__ import annotations

import hashlib
import zipfile
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton, QRadioButton, QTableView
from pytestqt.qtbot import QtBot

from desktop.domain.distributions import NewLine, NewShipment
from desktop.domain.filters import DistributionFilter
from desktop.domain.permissions import Permission
from desktop.domain.reports import ReportStatus, TracingReport
from desktop.services import distributions, tracing_reports
from desktop.services.unit_of_work import Workspace
from desktop.ui import actions
from desktop.ui.dialogs.report_changes import ReportChangesDialog
from desktop.ui.dialogs.sign_report import SignReportDialog
from desktop.ui.pages.tracing_reports import TracingReportsPage
from tests.support.databases import ADMIN
from tests.ui.conftest import Desk, log_shipment

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def report(workspace: Workspace) -> TracingReport:
    log_shipment(workspace, "SO-1")
    (report_id,) = tracing_reports.generate(workspace, DistributionFilter(month="2025-03")).ids
    return tracing_reports.get_report(workspace, report_id)


@pytest.fixture
def page(qtbot: QtBot, desk: Desk, report: TracingReport) -> TracingReportsPage:  # noqa: ARG001
    page = TracingReportsPage(desk.context)
    qtbot.addWidget(page)
    page.resize(1120, 760)
    with qtbot.waitExposed(page):
        page.show()
    page.enter()
    page.table.selectRow(0)
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    return page


def ship_more(page: TracingReportsPage, workspace: Workspace) -> None:
    shipment = NewShipment(date(2025, 3, 20), "SO-2", "Late Clinic", (NewLine("211810SPT", "SLQ-00007", "4"),))
    page.context.changes.announce(distributions.create_shipment(workspace, shipment))


def sign_dialog(qtbot: QtBot, page: TracingReportsPage) -> SignReportDialog:
    qtbot.keyClick(page, Qt.Key.Key_S, CTRL_SHIFT)
    return page.findChild(SignReportDialog)


def type_and_sign(qtbot: QtBot, dialog: SignReportDialog, password: str) -> None:
    field = dialog.findChild(QLineEdit)
    field.clear()
    qtbot.keyClicks(field, password)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_a_report_is_signed_with_a_meaning_and_the_password(
    qtbot: QtBot, page: TracingReportsPage, desk: Desk, report: TracingReport, workspace: Workspace
) -> None:
    dialog = sign_dialog(qtbot, page)
    type_and_sign(qtbot, dialog, str(ADMIN.password))
    assert dialog.problem == "Choose what your signature means"
    qtbot.keyClick(dialog.findChild(QRadioButton, "meaning_approved"), Qt.Key.Key_Space)
    type_and_sign(qtbot, dialog, "not the password")
    assert dialog.problem == "Password is not right"
    assert tracing_reports.get_report(workspace, report.id).status is ReportStatus.DRAFT
    type_and_sign(qtbot, dialog, str(ADMIN.password))
    assert not dialog.isVisible()
    signed = tracing_reports.get_report(workspace, report.id)
    assert signed.status is ReportStatus.FINAL
    assert desk.said[-1].text == f"{report.reference} is final."
    status = page.pane.findChild(object, "reportStatus").text()
    assert status.startswith("Final: approved by Ada Admin, ")
    assert page.context.actions.why_not(actions.FINALISE_REPORT) == "Select a draft report first"


def test_what_should_be_known_before_signing_is_said(
    qtbot: QtBot, page: TracingReportsPage, workspace: Workspace
) -> None:
    ship_more(page, workspace)
    assert sign_dialog(qtbot, page).warning == (
        "This report is stale: 1 line of the log has changed since it was made. No bound approval e-mail is attached."
    )


def test_cancel_and_an_empty_password_sign_nothing(
    qtbot: QtBot, page: TracingReportsPage, report: TracingReport, workspace: Workspace
) -> None:
    dialog = sign_dialog(qtbot, page)
    dialog.findChild(QRadioButton, "meaning_reviewed").click()
    qtbot.mouseClick(dialog.findChild(QPushButton, "signButton"), Qt.MouseButton.LeftButton)
    assert dialog.problem == "Enter your password"
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert tracing_reports.get_report(workspace, report.id) == report


def test_who_may_not_finalise_is_told_so(qtbot: QtBot, desk_for: object, report: TracingReport) -> None:  # noqa: ARG001
    desk = desk_for(frozenset({Permission.TRACING_REPORTS_VIEW}))  # type: ignore[operator]
    page = TracingReportsPage(desk.context)
    qtbot.addWidget(page)
    page.enter()
    page.table.selectRow(0)
    reason = page.context.actions.why_not(actions.FINALISE_REPORT)
    assert reason == "Your account does not have the permission “Tracing Reports: finalize”"


def test_a_stale_report_says_so_lists_why_and_is_superseded(
    qtbot: QtBot, page: TracingReportsPage, report: TracingReport, workspace: Workspace
) -> None:
    assert page.pane.stale.text == ""
    ship_more(page, workspace)
    assert page.pane.stale.text == "Stale: 1 line that concerns it was added, changed or removed after it was made."
    qtbot.keyClick(page, Qt.Key.Key_D, CTRL_SHIFT)
    dialog = page.findChild(ReportChangesDialog)
    model = dialog.findChild(QTableView, "reportChangeTable").model()
    row = [model.index(0, column).data() for column in range(1, model.columnCount())]
    assert row == ["Ada Admin", "added", "order SO-2, lot SLQ-00007", "", ""]
    qtbot.mouseClick(dialog.findChild(QPushButton, "supersedeNow"), Qt.MouseButton.LeftButton)
    newer, older = tracing_reports.list_reports(workspace)
    assert (newer.supersedes, newer.units, older.id) == (report.reference, 9, report.id)
    assert older.superseded_by == newer.reference
    assert page.pane.report is not None
    assert page.pane.report.id == newer.id
    stale = [page.table.model().index(row, page.table.model().columnCount() - 1).data() for row in range(2)]
    assert stale == ["", "1 line changed, superseded"]


def test_a_report_is_saved_as_pdf_by_one_key(
    qtbot: QtBot, page: TracingReportsPage, desk: Desk, report: TracingReport, tmp_path: Path
) -> None:
    desk.prompter.files = (tmp_path / "march.pdf",)
    qtbot.keyClick(page, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    assert (tmp_path / "march.pdf").read_bytes().startswith(b"%PDF-")
    assert desk.said[-1].text == f"{report.reference} was exported as march.pdf."


def test_an_inspection_pack_is_made_and_its_manifest_told(
    qtbot: QtBot, page: TracingReportsPage, desk: Desk, tmp_path: Path
) -> None:
    desk.prompter.files = (tmp_path / "march.zip",)
    qtbot.keyClick(page, Qt.Key.Key_P, CTRL_SHIFT)
    with zipfile.ZipFile(tmp_path / "march.zip") as pack:
        sha256 = hashlib.sha256(pack.read("manifest.json")).hexdigest()
    assert desk.said[-1].text == f"The inspection pack is march.zip. SHA-256 of its manifest: {sha256}"
