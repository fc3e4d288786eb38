"""Tracing reports in the window: made, opened and re-hashed, approved by mails that are dropped on them."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QModelIndex, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import delete, select

from desktop.db.tables import PermissionRow, RolePermissionRow
from desktop.domain.approvals import Binding
from desktop.domain.audit import AuditAction
from desktop.domain.changes import Changes, Subject
from desktop.domain.distributions import NewLine
from desktop.domain.filters import DistributionFilter
from desktop.domain.permissions import ROLE_PERMISSIONS, Permission, Role
from desktop.domain.reports import TracingReport
from desktop.services import approvals, tracing_reports
from desktop.services.approvals import MailFile
from desktop.services.unit_of_work import Workspace
from desktop.ui import actions
from desktop.ui.actions import Command
from desktop.ui.dialogs.generate_report import GenerateReportDialog
from desktop.ui.dialogs.view_mail import MailDialog
from desktop.ui.dropped_files import MAX_FILE_BYTES, NO_FILE, NO_FILE_PASTED, ONLY_A_LINK
from desktop.ui.pages.tracing_reports import TracingReportsPage, page_spec
from desktop.ui.pages.tracing_reports.mails import DROP_ON_A_REPORT
from desktop.ui.tables.report_pane import DROP_SENTENCE
from desktop.ui.tasks import BackgroundTasks
from desktop.ui.theme import Tone
from desktop.ui.widgets.drop_mark import DropMark
from tests.services import records
from tests.services.tampering import stored_path
from tests.support.drags import Drag, files
from tests.ui.conftest import Desk, log_shipment

MARCH = DistributionFilter(month="2025-03")
LOT = DistributionFilter(lot_number="SLQ-10001")
COPY, NONE = Qt.DropAction.CopyAction, Qt.DropAction.IgnoreAction
HOW_TO_SAVE = "Save the message as an .eml file"


def make_report(workspace: Workspace, wanted: DistributionFilter, *, allow_empty: bool = False) -> TracingReport:
    (report_id,) = tracing_reports.generate(workspace, wanted, allow_empty=allow_empty).ids
    return tracing_reports.get_report(workspace, report_id)


@pytest.fixture
def reports(workspace: Workspace) -> tuple[TracingReport, TracingReport]:
    """Two reports, the older one first: March 2025 (three lines, 17 units), and a lot (one line, 5 units)."""
    log_shipment(workspace, "SO-1", NewLine("211610SPT", "SLQ-10001", "5"), NewLine("211410SPT", "SLQ-10002", "7"))
    log_shipment(workspace, "SO-2", ship_date=date(2025, 3, 9), facility_name="Harbor Hospital, “West”\nDock 2")
    return make_report(workspace, MARCH), make_report(workspace, LOT)


@pytest.fixture
def open_page(qtbot: QtBot) -> Callable[[Desk], TracingReportsPage]:
    def make(desk: Desk) -> TracingReportsPage:
        page = page_spec().make(desk.context)
        assert isinstance(page, TracingReportsPage)
        qtbot.addWidget(page)
        page.resize(1120, 760)
        with qtbot.waitExposed(page):
            page.show()
        page.enter()
        return page

    return make


@pytest.fixture
def page(
    open_page: Callable[[Desk], TracingReportsPage],
    desk: Desk,
    reports: tuple[TracingReport, TracingReport],  # noqa: ARG001
) -> TracingReportsPage:
    return open_page(desk)


@pytest.fixture
def mails(tmp_path: Path, reports: tuple[TracingReport, TracingReport]) -> dict[str, Path]:
    """One file of each kind that people drop."""
    march, lot = reports
    contents = {
        "bound.eml": records.mail(f"Re: {march.reference}"),
        "silent.eml": records.mail("Fwd: looks good", "Fine with me."),
        "other.eml": records.mail("Re: the lot", f"{lot.reference} is approved."),
        "screen.png": b"\x89PNG\r\n\x1a\n" + bytes(100),
        "outlook.msg": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100),
        "empty.eml": b"",
    }
    folder = tmp_path / "mails"
    folder.mkdir()
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return {name: folder / name for name in contents}


def with_context(desk: Desk, **changes: Any) -> Desk:
    """The same desk with something else in its page's context."""
    return Desk(replace(desk.context, **changes), desk.prompter, desk.said)


def cells(page: TracingReportsPage, section: int) -> list[str]:
    model = page.table.model()
    return [model.data(model.index(row, section)) for row in range(model.rowCount())]


def row_of(page: TracingReportsPage, report: TracingReport) -> int:
    return cells(page, 0).index(report.reference)


def open_report(qtbot: QtBot, page: TracingReportsPage, report: TracingReport) -> None:
    """By Enter, which waits for nothing."""
    page.table.selectRow(row_of(page, report))
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert page.pane.report is not None
    assert page.pane.report.id == report.id


def middle(page: TracingReportsPage, report: TracingReport) -> QPoint:
    """A place on the row of a report, in the viewport of the list."""
    return page.table.visualRect(page.table.model().index(row_of(page, report), 1)).center()


def answers(page: TracingReportsPage) -> list[tuple[str, str]]:
    """What the result panel says of each file: its name and the verdict."""
    return [(result.name.partition(" ")[0], result.verdict) for result in page.results.results]


def sentences(page: TracingReportsPage) -> list[str]:
    return [result.sentence for result in page.results.results]


def openings(workspace: Workspace) -> list[str]:
    return [str(event.entity_id) for event in records.events(workspace, AuditAction.REPORT_OPEN)]


def attached(workspace: Workspace, report: TracingReport) -> list[tuple[str, Binding]]:
    return [(mail.original_filename, mail.binding) for mail in approvals.list_approvals(workspace, report.id)]


def run(desk: Desk, command: Command) -> None:
    desk.context.actions.action(command).trigger()


def flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(content)


# The list.


def test_without_a_report_the_page_says_what_to_do(open_page: Callable[[Desk], TracingReportsPage], desk: Desk) -> None:
    page = open_page(desk)
    empty = page.findChild(QWidget, "noReports")
    assert empty.isVisible()
    assert empty.accessibleName() == "Generate one for a month or a lot."
    assert not page.table.isVisible()
    assert empty.findChild(QPushButton, "generate_reportButton").isEnabled()


def test_the_newest_report_is_first_with_everything_in_words(
    page: TracingReportsPage, reports: tuple[TracingReport, TracingReport]
) -> None:
    march, lot = reports
    assert cells(page, 0) == [lot.reference, march.reference]
    assert [cells(page, section)[1] for section in range(2, 9)] == [
        *("Ada Admin", "March 2025", "3", "17", "draft", "none", "")
    ]
    model = page.table.model()
    for section in (4, 5):
        assert model.data(model.index(0, section), Qt.ItemDataRole.TextAlignmentRole) & int(Qt.AlignmentFlag.AlignRight)


def test_the_list_is_sorted_by_any_column(
    page: TracingReportsPage, reports: tuple[TracingReport, TracingReport]
) -> None:
    march, lot = reports
    page.table.sortByColumn(5, Qt.SortOrder.DescendingOrder)
    assert cells(page, 0) == [march.reference, lot.reference]
    page.table.sortByColumn(5, Qt.SortOrder.AscendingOrder)
    assert cells(page, 0) == [lot.reference, march.reference]


def test_approvals_are_counted_in_words(
    open_page: Callable[[Desk], TracingReportsPage],
    desk: Desk,
    workspace: Workspace,
    reports: tuple[TracingReport, TracingReport],
) -> None:
    march, lot = reports
    bound = [MailFile("a.eml", records.mail(march.reference)), MailFile("b.eml", records.mail(march.reference))]
    approvals.attach(workspace, march.id, [*bound, MailFile("c.eml", records.mail("Fine"))])
    approvals.attach(workspace, lot.id, [MailFile("d.eml", records.mail("Fine too"))])
    assert cells(open_page(desk), 7) == ["1 not verified", "2 bound, 1 not verified"]


def test_a_list_that_cannot_be_read_can_be_tried_again(
    open_page: Callable[[Desk], TracingReportsPage], desk_for: Callable[..., Desk], workspace: Workspace, qtbot: QtBot
) -> None:
    desk = desk_for()
    page = open_page(with_context(desk, workspace=workspace.signed_out()))
    (retry,) = (button for button in page.findChildren(QPushButton, "retryButton") if button.isVisible())
    page.context = desk.context
    qtbot.mouseClick(retry, Qt.MouseButton.LeftButton)
    assert not retry.isVisible()
    assert page.findChild(QWidget, "noReports").isVisible()


# Opening.


def test_an_opened_report_shows_the_rows_as_they_are_in_the_file(
    page: TracingReportsPage, reports: tuple[TracingReport, TracingReport], qtbot: QtBot
) -> None:
    march, _ = reports
    open_report(qtbot, page, march)
    model = page.pane.rows_model
    header = [model.headerData(section, Qt.Orientation.Horizontal) for section in range(model.columnCount())]
    assert header[:3] + header[5:10] == ["Ship Date", "Order #", "Facility", "SKU", "Lot", "Quantity", "Rep", "Source"]
    assert [row[1:3] + row[7:8] for row in model.rows] == [
        ("SO-1", "Cedar Clinic", "7"),
        ("SO-1", "Cedar Clinic", "5"),
        ("SO-2", "Harbor Hospital, “West”\nDock 2", "5"),
    ]
    assert page.pane.integrity.text == "Unaltered: the file has its recorded SHA-256"
    assert page.pane.facts.startswith("Content: March 2025; 3 lines, 17 units. Made ")
    assert page.pane.alarm.isHidden()


def test_the_hash_can_be_copied(
    page: TracingReportsPage, reports: tuple[TracingReport, TracingReport], qtbot: QtBot, desk: Desk
) -> None:
    open_report(qtbot, page, reports[0])
    qtbot.mouseClick(page.findChild(QToolButton, "copyHashButton"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == reports[0].sha256
    assert desk.said[-1].text == "The SHA-256 is on the clipboard."


def test_entering_the_page_opens_nothing_and_each_selection_is_audited_once(
    page: TracingReportsPage,
    reports: tuple[TracingReport, TracingReport],
    workspace: Workspace,
    qtbot: QtBot,
    desk: Desk,
) -> None:
    march, lot = reports
    assert (page.pane.report, openings(workspace)) == (None, [])
    open_report(qtbot, page, march)
    run(desk, actions.REFRESH_REPORTS)
    desk.context.changes.announce(Changes.of(Subject.APPROVALS, Subject.TRACING_REPORTS))
    page.enter()
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert openings(workspace) == [str(march.id)]
    open_report(qtbot, page, lot)
    open_report(qtbot, page, march)
    assert openings(workspace) == [str(march.id), str(lot.id), str(march.id)]


def test_rows_that_are_only_passed_are_not_opened(
    page: TracingReportsPage, reports: tuple[TracingReport, TracingReport], workspace: Workspace, qtbot: QtBot
) -> None:
    march, _ = reports
    page.table.selectRow(0)
    qtbot.keyClick(page.table, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: page.pane.report is not None)
    assert openings(workspace) == [str(march.id)]


def test_enter_opens_at_once_even_before_anything_was_selected(
    page: TracingReportsPage, reports: tuple[TracingReport, TracingReport], qtbot: QtBot
) -> None:
    page.table.setCurrentIndex(QModelIndex())
    page.table.setFocus()
    page.table.selectionModel().setCurrentIndex(
        page.table.model().index(0, 0), page.table.selectionModel().SelectionFlag.NoUpdate
    )
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert page.pane.report == reports[1]


@pytest.mark.parametrize("harm", ["altered", "missing"])
def test_an_altered_file_raises_the_alarm_and_shows_no_row(
    page: TracingReportsPage,
    reports: tuple[TracingReport, TracingReport],
    workspace: Workspace,
    qtbot: QtBot,
    harm: str,
) -> None:
    march, lot = reports
    path = stored_path(workspace, march.storage_key)
    if harm == "missing":
        path.unlink()
    else:
        flip_a_bit(path)
    open_report(qtbot, page, march)
    alarm = page.pane.alarm
    assert alarm.isVisible()
    assert harm in alarm.finding
    assert alarm.accessibleName().startswith(f"The file of {march.reference} is not what was recorded")
    assert alarm.mapTo(page.pane, QPoint()).y() < page.pane.rows.mapTo(page.pane, QPoint()).y()
    assert page.pane.rows_model.rows == ()
    assert not page.pane.rows_table.isVisible()
    assert page.pane.integrity.text == "Altered or missing"
    assert [event.entity_id for event in records.events(workspace, AuditAction.DATA_ALTERED)] == [str(march.id)]
    open_report(qtbot, page, lot)
    assert not alarm.isVisible()
    assert page.pane.rows_table.isVisible()


def test_a_report_without_rows_says_so(
    open_page: Callable[[Desk], TracingReportsPage], desk: Desk, workspace: Workspace, qtbot: QtBot
) -> None:
    empty = make_report(workspace, MARCH, allow_empty=True)
    page = open_page(desk)
    open_report(qtbot, page, empty)
    assert page.findChild(QWidget, "reportEmpty").isVisible()


# Dropping mails.


def test_mails_dropped_on_the_zone_are_each_answered(
    page: TracingReportsPage,
    reports: tuple[TracingReport, TracingReport],
    workspace: Workspace,
    mails: dict[str, Path],
    qtbot: QtBot,
) -> None:
    march, lot = reports
    open_report(qtbot, page, march)
    assert page.pane.mails_sentence == "No approval e-mail yet."
    drag = Drag(files(*mails.values()))
    assert drag.drop(page.pane.zone) == COPY
    assert page.results.heading == f"2 of 6 files attached to {march.reference}"
    assert answers(page) == [
        ("bound.eml", "Attached, bound"),
        ("silent.eml", "Attached, not verified"),
        ("other.eml", "Not attached"),
        ("screen.png", "Not attached"),
        ("outlook.msg", "Not attached"),
        ("empty.eml", "Not attached"),
    ]
    said = sentences(page)
    assert lot.reference in said[2]
    assert "is a PNG picture" in said[3]
    assert "Outlook message" in said[4]
    assert "is empty" in said[5]
    assert all(HOW_TO_SAVE in sentence for sentence in said[3:])
    assert page.results.results[1].name == "silent.eml (“Fwd: looks good”)"
    assert attached(workspace, march) == [("bound.eml", Binding.BOUND), ("silent.eml", Binding.NOT_VERIFIED)]
    assert attached(workspace, lot) == []
    assert cells(page, 7)[row_of(page, march)] == "1 bound, 1 not verified"
    assert [mail.subject for mail in page.pane.mails_model.rows] == [f"Re: {march.reference}", "Fwd: looks good"]
    assert page.pane.zone.sentence == DROP_SENTENCE
    assert openings(workspace) == [str(march.id)]


def test_the_mails_are_listed_with_who_attached_them_and_what_they_are(
    page: TracingReportsPage,
    reports: tuple[TracingReport, TracingReport],
    mails: dict[str, Path],
    qtbot: QtBot,
) -> None:
    open_report(qtbot, page, reports[0])
    Drag(files(mails["bound.eml"])).drop(page.pane)
    model = page.pane.mails_model
    shown = [model.data(model.index(0, section)) for section in range(model.columnCount())]
    assert shown[:4] == ["bound", f"Re: {reports[0].reference}", "quinn.quality@example.org", "ada.admin@example.com"]
    assert shown[6] == "Ada Admin"
    assert page.pane.selected_mail is not None


def test_a_drop_on_a_row_is_for_that_row_and_opens_it(
    page: TracingReportsPage,
    reports: tuple[TracingReport, TracingReport],
    workspace: Workspace,
    mails: dict[str, Path],
    qtbot: QtBot,
) -> None:
    march, lot = reports
    open_report(qtbot, page, lot)
    assert Drag(files(mails["bound.eml"])).drop(page.table.viewport(), middle(page, march)) == COPY
    assert attached(workspace, march) == [("bound.eml", Binding.BOUND)]
    assert attached(workspace, lot) == []
    assert page.pane.report is not None
    assert page.pane.report.id == march.id


def test_the_place_of_the_drop_is_marked_while_dragging(
    page: TracingReportsPage,
    reports: tuple[TracingReport, TracingReport],
    mails: dict[str, Path],
    qtbot: QtBot,
) -> None:
    march, lot = reports
    open_report(qtbot, page, lot)
    mark = page.findChild(DropMark, "reportDropMark")
    drag = Drag(files(mails["bound.eml"]))
    drag.over(page.table.viewport(), middle(page, march))
    assert mark.isVisible()
    assert mark.geometry().contains(middle(page, march))
    assert mark.height() == page.table.rowHeight(0)
    drag.over(page.table.viewport(), middle(page, lot))
    assert mark.geometry().contains(middle(page, lot))
    drag.over(page.table.viewport(), QPoint(20, page.table.viewport().height() - 2))
    assert not mark.isVisible()
    drag.over(page.pane.zone)
    assert (mark.isVisible(), page.pane.zone.is_lit) == (False, True)
    drag.over(page.findChild(QWidget, "generate_reportButton"))
    assert not page.pane.zone.is_lit
    drag.over(page.pane.rows_table.viewport())
    assert page.pane.zone.is_lit
    drag.leave()
    assert not page.pane.zone.is_lit


def test_a_drop_beside_every_report_is_told_where_to_go(
    page: TracingReportsPage,
    reports: tuple[TracingReport, TracingReport],
    workspace: Workspace,
    mails: dict[str, Path],
) -> None:
    below_the_rows = QPoint(20, page.table.viewport().height() - 2)
    for widget, place in (
        (page.table.viewport(), below_the_rows),
        (page.findChild(QWidget, "noReportOpened"), None),
        (page.findChild(QWidget, "generate_reportButton"), None),
    ):
        page.results.clear()
        assert Drag(files(mails["bound.eml"], mails["screen.png"])).drop(widget, place) == COPY
        assert answers(page) == [("bound.eml", "Not attached"), ("screen.png", "Not attached")]
        assert sentences(page) == [DROP_ON_A_REPORT] * 2
    assert [attached(workspace, report) for report in reports] == [[], []]


def test_a_drop_on_the_page_without_reports_is_answered(
    open_page: Callable[[Desk], TracingReportsPage], desk: Desk, tmp_path: Path
) -> None:
    page = open_page(desk)
    (tmp_path / "m.eml").write_bytes(records.mail())
    assert Drag(files(tmp_path / "m.eml")).drop(page.findChild(QWidget, "noReports")) == COPY
    assert page.results.isVisible()
    assert sentences(page) == [DROP_ON_A_REPORT]


@pytest.mark.parametrize(
    ("formats", "sentence"),
    [
        ({"text/plain": b"Approved"}, NO_FILE),
        ({"chromium/x-renderer-taint": b"1"}, NO_FILE),
        ({"application/x-moz-file-promise": b""}, NO_FILE),
        ({"text/uri-list": b"https://mail.example.com/message/1\r\n"}, ONLY_A_LINK),
    ],
)
def test_a_drop_without_any_file_is_answered_too(
    page: TracingReportsPage,
    reports: tuple[TracingReport, TracingReport],
    qtbot: QtBot,
    formats: dict[str, bytes],
    sentence: str,
) -> None:
    open_report(qtbot, page, reports[0])
    mime = QMimeData()
    for name, data in formats.items():
        mime.setData(name, data)
    assert Drag(mime).drop(page.pane.zone) == COPY
    assert (page.results.heading, sentences(page)) == ("Nothing was attached", [sentence])


def test_a_source_that_only_moves_is_refused(
    page: TracingReportsPage,
    reports: tuple[TracingReport, TracingReport],
    workspace: Workspace,
    mails: dict[str, Path],
    qtbot: QtBot,
) -> None:
    open_report(qtbot, page, reports[0])
    drag = Drag(files(mails["bound.eml"]), Qt.DropAction.MoveAction)
    for widget in (page.pane.zone, page.table.viewport()):
        assert drag.drop(widget) == NONE
    assert attached(workspace, reports[0]) == []


def test_a_huge_file_is_refused_by_its_size(
    page: TracingReportsPage, reports: tuple[TracingReport, TracingReport], tmp_path: Path, qtbot: QtBot
) -> None:
    open_report(qtbot, page, reports[0])
    huge = tmp_path / "huge.eml"
    huge.touch()
    os.truncate(huge, MAX_FILE_BYTES + 1)
    Drag(files(huge, tmp_path)).drop(page.pane.zone)
    assert [name for name, _ in answers(page)] == ["huge.eml", tmp_path.name]
    assert "too large" in sentences(page)[0]
    assert "folder" in sentences(page)[1]


def test_the_same_mail_twice_is_attached_once(
    page: TracingReportsPage,
    reports: tuple[TracingReport, TracingReport],
    workspace: Workspace,
    mails: dict[str, Path],
    qtbot: QtBot,
) -> None:
    open_report(qtbot, page, reports[0])
    Drag(files(mails["bound.eml"])).drop(page.pane.zone)
    Drag(files(mails["bound.eml"])).drop(page.pane.zone)
    assert page.results.heading == "Nothing was attached"
    assert "already attached" in sentences(page)[0]
    assert len(attached(workspace, reports[0])) == 1


def test_files_are_pasted_and_chosen_like_dropped_ones(
    page: TracingReportsPage,
    reports: tuple[TracingReport, TracingReport],
    workspace: Workspace,
    mails: dict[str, Path],
    qtbot: QtBot,
    desk: Desk,
) -> None:
    march, _ = reports
    open_report(qtbot, page, march)
    QGuiApplication.clipboard().setMimeData(files(mails["bound.eml"], mails["screen.png"]))
    page.activateWindow()
    qtbot.keyClick(page.table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert answers(page) == [("bound.eml", "Attached, bound"), ("screen.png", "Not attached")]
    desk.prompter.files = (mails["silent.eml"], mails["outlook.msg"])
    qtbot.mouseClick(page.pane.zone.findChild(QPushButton), Qt.MouseButton.LeftButton)
    assert desk.prompter.asked == [f"Attach approval mails to {march.reference}"]
    assert answers(page) == [("silent.eml", "Attached, not verified"), ("outlook.msg", "Not attached")]
    assert len(attached(workspace, march)) == 2
    QGuiApplication.clipboard().setText("Approved")
    run(desk, actions.PASTE_MAIL)
    assert sentences(page) == [NO_FILE_PASTED]


def test_a_mail_that_cannot_be_kept_leaves_the_others_attached(
    page: TracingReportsPage,
    reports: tuple[TracingReport, TracingReport],
    workspace: Workspace,
    mails: dict[str, Path],
    qtbot: QtBot,
) -> None:
    """The folder for this report's mails becomes a file after the first: the disk does not take the second."""
    march, _ = reports
    open_report(qtbot, page, march)
    Drag(files(mails["bound.eml"])).drop(page.pane.zone)
    (key,) = (mail.storage_key for mail in approvals.list_approvals(workspace, march.id))
    folder = stored_path(workspace, key).parent
    folder.rename(folder.with_name("away"))
    folder.touch()
    Drag(files(mails["silent.eml"], mails["screen.png"])).drop(page.pane.zone)
    assert answers(page) == [("silent.eml", "Not attached"), ("screen.png", "Not attached")]
    assert sentences(page)[0].startswith("Could not keep a file in the evidence store")
    assert "PNG" in sentences(page)[1]


# What a role may do.


def test_who_may_only_read_finds_every_action_off_with_the_reason(
    open_page: Callable[[Desk], TracingReportsPage],
    desk_for: Callable[..., Desk],
    reports: tuple[TracingReport, TracingReport],
    workspace: Workspace,
    mails: dict[str, Path],
    qtbot: QtBot,
) -> None:
    desk = desk_for(ROLE_PERMISSIONS[Role.READONLY])
    page = open_page(desk)
    open_report(qtbot, page, reports[0])
    board = desk.context.actions
    off = {
        actions.GENERATE_REPORT: Permission.TRACING_REPORTS_GENERATE,
        actions.ATTACH_MAIL: Permission.APPROVALS_UPLOAD,
        actions.PASTE_MAIL: Permission.APPROVALS_UPLOAD,
    }
    for command, permission in off.items():
        assert not board.action(command).isEnabled()
        assert permission.label in board.action(command).toolTip()
    for command in (actions.EXPORT_REPORT, actions.COPY_REQUEST):
        assert board.action(command).isEnabled()
    for widget, place in ((page.pane.zone, None), (page.table.viewport(), middle(page, reports[1]))):
        assert Drag(files(mails["bound.eml"])).drop(widget, place) == COPY
        assert answers(page) == [("bound.eml", "Not attached")]
        assert sentences(page) == ["Your account does not have the permission “Approvals: upload”."]
    assert page.pane.report == reports[0]
    assert attached(workspace, reports[0]) == []


def test_actions_that_need_a_report_or_a_mail_say_so(page: TracingReportsPage, desk: Desk) -> None:  # noqa: ARG001
    board = desk.context.actions
    for command in (actions.ATTACH_MAIL, actions.COPY_REQUEST, actions.EXPORT_REPORT):
        assert board.why_not(command) == "Select a report first"
    assert board.why_not(actions.OPEN_MAIL) == "Select an approval mail first"


# Generating.


def generate_dialog(page: TracingReportsPage) -> GenerateReportDialog:
    dialogs = [dialog for dialog in page.findChildren(GenerateReportDialog) if dialog.isVisible()]
    assert len(dialogs) == 1
    return dialogs[0]


def choose(dialog: QWidget, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        dialog.findChild(QComboBox, name).setCurrentText(text)


def press(qtbot: QtBot, dialog: QWidget, name: str = "generateButton") -> None:
    qtbot.mouseClick(dialog.findChild(QPushButton, name), Qt.MouseButton.LeftButton)


def test_a_month_is_counted_made_listed_opened_and_said(
    page: TracingReportsPage, desk: Desk, workspace: Workspace, qtbot: QtBot
) -> None:
    run(desk, actions.GENERATE_REPORT)
    dialog = generate_dialog(page)
    choose(dialog, {"year": "2025", "month": "March"})
    qtbot.waitUntil(lambda: dialog.count_text == "March 2025: 3 lines, 17 units")
    choose(dialog, {"sku": "211610SPT  (16 Fr)"})
    qtbot.waitUntil(lambda: dialog.count_text == "March 2025, SKU 211610SPT: 2 lines, 10 units")
    press(qtbot, dialog)
    newest = tracing_reports.list_reports(workspace)[0]
    assert newest.filter == DistributionFilter(month="2025-03", sku="211610SPT")
    assert cells(page, 0)[0] == newest.reference
    assert page.pane.report is not None
    assert page.pane.report.id == newest.id
    assert len(page.pane.rows_model.rows) == 2
    assert desk.said[-1].text == f"Tracing report {newest.reference} was made: 2 lines, 10 units."
    assert desk.said[-1].tone is Tone.SUCCESS


def test_an_empty_report_is_made_only_on_purpose(
    page: TracingReportsPage, desk: Desk, workspace: Workspace, qtbot: QtBot
) -> None:
    run(desk, actions.GENERATE_REPORT)
    dialog = generate_dialog(page)
    choose(dialog, {"period": "Any time, for one lot"})
    dialog.findChild(QLineEdit, "lot_number").setText("SLQ-99999")
    press(qtbot, dialog)  # before it was counted
    assert dialog.empty_text == "No entry matches lot SLQ-99999: the report would be empty."
    assert len(tracing_reports.list_reports(workspace)) == 2
    make = dialog.findChild(QPushButton, "generateButton")
    assert (make.text(), make.isEnabled()) == ("Make an empty report", True)
    press(qtbot, dialog)
    assert tracing_reports.list_reports(workspace)[0].rows == 0


def test_reps_can_be_chosen_and_are_named(
    page: TracingReportsPage, desk: Desk, workspace: Workspace, qtbot: QtBot
) -> None:
    records.person(workspace, Role.REP, name="Rita Rep")
    run(desk, actions.GENERATE_REPORT)
    dialog = generate_dialog(page)
    choose(dialog, {"year": "2025", "month": "March", "rep": "Rita Rep"})
    qtbot.waitUntil(lambda: dialog.empty_text.startswith("No entry matches March 2025, rep Rita Rep"))


def test_stopping_makes_nothing_and_keeps_the_choices(
    open_page: Callable[[Desk], TracingReportsPage],
    desk: Desk,
    tasks: BackgroundTasks,
    reports: tuple[TracingReport, TracingReport],
    workspace: Workspace,
    qtbot: QtBot,
) -> None:
    page = open_page(with_context(desk, tasks=tasks))
    qtbot.waitUntil(lambda: len(cells(page, 0)) == len(reports))
    run(desk, actions.GENERATE_REPORT)
    dialog = generate_dialog(page)
    choose(dialog, {"year": "2025", "month": "March"})
    busy_elsewhere = Event()
    tasks.submit(lambda _progress: busy_elsewhere.wait(30))
    press(qtbot, dialog)
    assert dialog.findChild(QWidget, "reportProgress").isVisible()
    press(qtbot, dialog, "cancelButton")
    busy_elsewhere.set()
    qtbot.waitUntil(lambda: dialog.trouble == "Cancelled. Nothing was changed.")
    assert dialog.value == MARCH
    assert len(tracing_reports.list_reports(workspace)) == len(reports)
    assert list(workspace.store.leftovers()) == []
    press(qtbot, dialog)
    qtbot.waitUntil(lambda: len(cells(page, 0)) == len(reports) + 1)
    qtbot.waitUntil(lambda: len(page.pane.rows_model.rows) == 3)


def test_going_back_and_forth_quickly_ends_with_what_is_selected(
    open_page: Callable[[Desk], TracingReportsPage],
    desk: Desk,
    tasks: BackgroundTasks,
    reports: tuple[TracingReport, TracingReport],
    qtbot: QtBot,
) -> None:
    march, lot = reports
    page = open_page(with_context(desk, tasks=tasks))
    qtbot.waitUntil(lambda: len(cells(page, 0)) == len(reports))
    busy_elsewhere = Event()
    tasks.submit(lambda _progress: busy_elsewhere.wait(30))
    for report in (march, lot, march):
        page.table.activated.emit(page.table.model().index(row_of(page, report), 0))
        assert page.pane.rows_model.rows == ()
    busy_elsewhere.set()
    qtbot.waitUntil(lambda: len(page.pane.rows_model.rows) == march.rows)
    assert page.pane.integrity.text.startswith("Unaltered")
    qtbot.waitUntil(lambda: not tasks.is_busy())
    assert page.pane.rows.error == ""


# Handing on.


def test_the_approval_request_is_put_on_the_clipboard(
    page: TracingReportsPage,
    reports: tuple[TracingReport, TracingReport],
    workspace: Workspace,
    desk: Desk,
    qtbot: QtBot,
) -> None:
    open_report(qtbot, page, reports[0])
    run(desk, actions.COPY_REQUEST)
    assert QGuiApplication.clipboard().text() == tracing_reports.request_text(workspace, reports[0].id)
    assert desk.said[-1].text.startswith(f"The approval request for {reports[0].reference} is on the clipboard")


def test_an_export_is_the_exact_file(
    page: TracingReportsPage,
    reports: tuple[TracingReport, TracingReport],
    workspace: Workspace,
    desk: Desk,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    open_report(qtbot, page, reports[0])
    desk.prompter.files = (tmp_path / "copy.csv",)
    run(desk, actions.EXPORT_REPORT)
    stored = stored_path(workspace, reports[0].storage_key)
    assert (tmp_path / "copy.csv").read_bytes() == stored.read_bytes()
    assert desk.said[-1].text == f"{reports[0].reference} was exported as copy.csv."


def test_an_altered_report_is_not_exported_and_the_alarm_is_raised(
    page: TracingReportsPage,
    reports: tuple[TracingReport, TracingReport],
    workspace: Workspace,
    desk: Desk,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    open_report(qtbot, page, reports[0])
    flip_a_bit(stored_path(workspace, reports[0].storage_key))
    desk.prompter.files = (tmp_path / "copy.csv",)
    run(desk, actions.EXPORT_REPORT)
    assert not (tmp_path / "copy.csv").exists()
    assert desk.prompter.asked[-1].startswith(f"{reports[0].reference} was not exported: ")
    assert page.pane.alarm.isVisible()
    assert page.pane.rows_model.rows == ()


# Reading mails.


def opened_mail(page: TracingReportsPage) -> MailDialog:
    (dialog,) = (dialog for dialog in page.findChildren(MailDialog) if dialog.isVisible())
    return dialog


def test_a_mail_is_opened_by_key_and_saved_as_it_was_received(
    page: TracingReportsPage,
    reports: tuple[TracingReport, TracingReport],
    workspace: Workspace,
    mails: dict[str, Path],
    desk: Desk,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    open_report(qtbot, page, reports[0])
    Drag(files(mails["bound.eml"], mails["silent.eml"])).drop(page.pane.zone)
    page.pane.mails_table.selectRow(1)
    qtbot.keyClick(page.pane.mails_table, Qt.Key.Key_Return)
    dialog = opened_mail(page)
    assert dialog.headers.values[0] == "Fwd: looks good"
    assert "Fine with me." in dialog.text.toPlainText()
    desk.prompter.files = (tmp_path / "saved.eml",)
    press(qtbot, dialog, "saveOriginalButton")
    assert (tmp_path / "saved.eml").read_bytes() == mails["silent.eml"].read_bytes()
    assert len(records.events(workspace, AuditAction.APPROVAL_OPEN)) == 1


def test_an_altered_mail_is_not_shown_and_said_in_a_box(
    page: TracingReportsPage,
    reports: tuple[TracingReport, TracingReport],
    workspace: Workspace,
    mails: dict[str, Path],
    desk: Desk,
    qtbot: QtBot,
) -> None:
    open_report(qtbot, page, reports[0])
    Drag(files(mails["bound.eml"])).drop(page.pane.zone)
    (mail,) = approvals.list_approvals(workspace, reports[0].id)
    flip_a_bit(stored_path(workspace, mail.storage_key))
    run(desk, actions.OPEN_MAIL)
    assert page.findChildren(MailDialog) == []
    assert desk.prompter.asked[-1].startswith("The e-mail is not shown: The stored file")


def test_who_may_not_see_approvals_is_told_so_in_their_place(
    open_page: Callable[[Desk], TracingReportsPage],
    desk: Desk,
    reports: tuple[TracingReport, TracingReport],
    workspace: Workspace,
    qtbot: QtBot,
) -> None:
    reader = records.person(workspace, Role.READONLY)
    with workspace.sessions.writing() as session:
        allowed = select(PermissionRow.id).where(PermissionRow.key == Permission.APPROVALS_VIEW.value)
        session.execute(delete(RolePermissionRow).where(RolePermissionRow.permission_id.in_(allowed)))
        session.commit()
    page = open_page(with_context(desk, workspace=workspace.signed_in(reader)))
    open_report(qtbot, page, reports[0])
    assert len(page.pane.rows_model.rows) == 3
    assert page.pane.mails_sentence.startswith("Your account does not have the permission “Approvals: view”")


def test_everything_to_click_has_names(
    page: TracingReportsPage, reports: tuple[TracingReport, TracingReport], mails: dict[str, Path], qtbot: QtBot
) -> None:
    open_report(qtbot, page, reports[0])
    Drag(files(mails["bound.eml"])).drop(page.pane.zone)
    shown: Sequence[QWidget] = [
        widget
        for kind in (QPushButton, QToolButton)
        for widget in page.findChildren(kind)
        if not widget.objectName().startswith("qt_")
    ]
    shown = [*shown, page.table, page.pane.rows_table, page.pane.mails_table, page.pane.zone]
    assert [widget for widget in shown if not widget.objectName() or not widget.accessibleName()] == []
