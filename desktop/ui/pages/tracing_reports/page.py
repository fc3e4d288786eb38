"""The page of tracing reports: the list, the report that is opened, and the mails that are dropped on one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QMimeData, QModelIndex, QPoint, Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
)

from desktop.domain.changes import Changes, Subject
from desktop.domain.distributions import LogTotals
from desktop.domain.errors import EvidenceAltered, KnownTrouble
from desktop.domain.filters import DistributionFilter
from desktop.domain.permissions import Permission
from desktop.domain.progress import Progress
from desktop.domain.reports import ReportStatus, TracingReport
from desktop.services import approvals, tracing_reports
from desktop.services.tracing_reports import EmptyReport
from desktop.services.users import people
from desktop.ui import actions
from desktop.ui.actions import Situation
from desktop.ui.dialogs.generate_report import GenerateReportDialog, ReportWanted
from desktop.ui.formats import counted
from desktop.ui.page import Page, PageContext, PageSpec
from desktop.ui.pages.tracing_reports.handing_on import ReportHandingOn
from desktop.ui.pages.tracing_reports.mails import ReportMails
from desktop.ui.pages.tracing_reports.signing import ReportSigning
from desktop.ui.tables.record_table import RecordTable
from desktop.ui.tables.report_pane import ReportPane
from desktop.ui.tables.short_list import ShortListModel
from desktop.ui.tables.tracing_reports import REPORT_COLUMNS
from desktop.ui.tasks import Lane, Ticket
from desktop.ui.theme import Tone
from desktop.ui.widgets.action_button import ActionButton
from desktop.ui.widgets.banner import Message
from desktop.ui.widgets.drop_mark import DropMark
from desktop.ui.widgets.drop_target import DropTarget
from desktop.ui.widgets.empty_state import EmptyState
from desktop.ui.widgets.hairline import hairline
from desktop.ui.widgets.panes import remember_panes
from desktop.ui.widgets.view_states import ViewStates

_MILLISECONDS_BEFORE_OPENING = 200  # every opening is audited: rows that are only passed with the arrow keys are not
_MADE_COLUMN = next(place for place, column in enumerate(REPORT_COLUMNS) if column.name == "generated_at")
_LIST_HEIGHT = 190
# A change of the log may make reports stale.
_SHOWN_HERE = {Subject.TRACING_REPORTS, Subject.APPROVALS, Subject.DISTRIBUTIONS}


class TracingReportsPage(Page):
    """Opens a report, re-hashed and audited, when a row is selected and stays so for a moment, or on Enter."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.setObjectName("tracingReportsPage")
        self._is_loaded = False
        self._loading = 0
        self._to_select: int | None = None
        self._opening: Ticket | None = None
        self._opening_number = 0
        self._model = ShortListModel(REPORT_COLUMNS)
        self._signing = ReportSigning(self, lambda: self._selected, self._select_when_listed)
        self._bind_commands()
        board = context.actions
        self.table = self._make_table()
        self.pane = ReportPane(
            board.action(actions.ATTACH_MAIL), board.action(actions.OPEN_MAIL), actions.PASTE_MAIL.shortcut_text
        )
        for command in (actions.REPORT_CHANGES, actions.SUPERSEDE_REPORT):
            self.pane.stale_buttons.addWidget(ActionButton(board.action(command)))
        self.pane.stale_buttons.addStretch(1)
        self.handing_on = ReportHandingOn(self, self.pane, lambda: self._selected)
        self.mails = ReportMails(self, self.pane, self.handing_on, lambda: self._selected, self._select)
        self.results = self.mails.results
        self._row_mark = DropMark("reportDropMark", self.table.viewport())
        self._arrange()
        self._timer = QTimer(self, singleShot=True, interval=_MILLISECONDS_BEFORE_OPENING)
        self._timer.timeout.connect(self._open_selected)
        self._listen()
        self._tell_situation()

    def enter(self) -> None:
        if self._is_loaded:
            self._tell_situation()
        else:
            self._load()
        self.table.setFocus()

    # How it is built.

    def _bind_commands(self) -> None:
        bind = self.context.actions.bind
        bind(actions.GENERATE_REPORT, self._ask_what_to_generate, self)
        # They are made after the pane, which shows the commands.
        bind(actions.ATTACH_MAIL, lambda: self.mails.ask_for_mails(), self)
        bind(actions.PASTE_MAIL, lambda: self.mails.paste(), self)
        bind(actions.OPEN_MAIL, lambda: self.mails.open_mail(), self)
        bind(actions.COPY_REQUEST, lambda: self.handing_on.copy_request(), self)
        bind(actions.EXPORT_REPORT, lambda: self.handing_on.export(), self)
        bind(actions.SAVE_REPORT_AS_PDF, lambda: self.handing_on.save_pdf(), self)
        bind(actions.INSPECTION_PACK, lambda: self.handing_on.save_pack(), self)
        bind(actions.FINALISE_REPORT, self._signing.finalise, self)
        bind(actions.REPORT_CHANGES, self._signing.show_changes, self)
        bind(actions.SUPERSEDE_REPORT, self._signing.supersede, self)
        bind(actions.REFRESH_REPORTS, self._load, self)

    def _make_table(self) -> RecordTable:
        table = RecordTable("reportTable", "Tracing reports")
        table.setModel(self._model)
        table.set_columns(REPORT_COLUMNS)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.horizontalHeader().setSortIndicator(_MADE_COLUMN, Qt.SortOrder.DescendingOrder)
        table.remember(self.context.settings, "tracing_reports/columns")
        table.setSortingEnabled(True)
        board = self.context.actions
        table.addActions(
            [
                board.action(command)
                for command in (
                    actions.ATTACH_MAIL,
                    actions.PASTE_MAIL,
                    actions.COPY_REQUEST,
                    actions.FINALISE_REPORT,
                    actions.REPORT_CHANGES,
                    actions.SUPERSEDE_REPORT,
                    actions.SAVE_REPORT_AS_PDF,
                    actions.INSPECTION_PACK,
                    actions.EXPORT_REPORT,
                )
            ]
        )
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        return table

    def _arrange(self) -> None:
        board = self.context.actions
        toolbar = QHBoxLayout()
        toolbar.setContentsMargins(10, 8, 10, 8)
        toolbar.setSpacing(6)
        toolbar.addWidget(ActionButton(board.action(actions.GENERATE_REPORT), primary=True))
        for command in (
            actions.COPY_REQUEST,
            actions.FINALISE_REPORT,
            actions.SAVE_REPORT_AS_PDF,
            actions.EXPORT_REPORT,
        ):
            toolbar.addWidget(ActionButton(board.action(command)))
        toolbar.addStretch(1)
        toolbar.addWidget(ActionButton(board.action(actions.REFRESH_REPORTS)))
        self._nothing_opened = EmptyState(
            "noReportOpened", "report", "No report is opened", "Select a report to see its rows and its approvals."
        )
        self._detail = QStackedWidget()
        self._detail.addWidget(self._nothing_opened)
        self._detail.addWidget(self.pane)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setObjectName("reportsSplitter")
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(1)
        splitter.addWidget(self.table)
        splitter.addWidget(self._detail)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([_LIST_HEIGHT, 4 * _LIST_HEIGHT])
        remember_panes(splitter, self.context.settings, "tracing_reports/panes")
        self._states = ViewStates(splitter)
        self._no_reports = EmptyState(
            "noReports",
            "report",
            "No tracing report yet",
            "Generate one for a month or a lot.",
            [ActionButton(board.action(actions.GENERATE_REPORT), primary=True)],
        )
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addLayout(toolbar)
        page.addWidget(hairline())
        page.addWidget(self.results)
        page.addWidget(self._states, 1)

    def _listen(self) -> None:
        self.context.changes.changed.connect(self._follow_changes)
        self._states.retry.connect(self._load)
        self.table.selectionModel().selectionChanged.connect(self._follow_selection)
        self.table.activated.connect(self._open_activated)
        self.pane.retry.connect(self._open_again)
        self.pane.copy_hash.connect(partial(self.handing_on.copy, "The SHA-256 is on the clipboard."))
        self.pane.mail_activated.connect(self.mails.open_mail)
        self.pane.mail_selected.connect(self._tell_situation)
        rows = DropTarget(self.table.viewport())
        rows.hovered.connect(self._mark_row)
        rows.dropped.connect(self._drop_on_row)
        pane = DropTarget(self.pane)
        pane.hovered.connect(lambda place: self.pane.zone.set_lit(place is not None))
        pane.dropped.connect(lambda mime, _place: self.mails.drop(mime, self.pane.report))
        DropTarget(self).dropped.connect(lambda mime, _place: self.mails.drop(mime, None))

    # The list.

    @property
    def _selected(self) -> TracingReport | None:
        chosen = self.table.selectionModel().selectedRows()
        return self._model.row_object(chosen[0].row()) if chosen else None

    def _load(self) -> None:
        self._loading += 1
        number = self._loading
        if not self._is_loaded:
            self._states.show_loading()
        workspace = self.context.workspace
        self.context.tasks.submit(
            lambda _progress: tracing_reports.list_reports(workspace),
            lambda reports: self._show_list(number, reports),
            self._say_unreadable,
            lane=Lane.READ,
            owner=self,
        )

    def _show_list(self, number: int, reports: Sequence[TracingReport]) -> None:
        if number != self._loading:
            return
        self._is_loaded = True
        selected = self._selected
        made = self._to_select if any(report.id == self._to_select for report in reports) else None
        wanted = made or (selected.id if selected is not None else None)
        self._model.show(reports)
        place = self._model.row_where(lambda report: report.id == wanted)
        if place is not None:
            self.table.selectRow(place)
        if reports:
            self._states.show_content()
        else:
            self._states.show_empty(self._no_reports)
        opened = self.pane.report
        for report in reports:
            if opened is not None and report.id == opened.id:
                self.pane.update_report(report)
        self._tell_situation()
        if made is not None:
            self._to_select = None
            self.table.scrollTo(self._model.index(place or 0, 0))
            self._open_selected()

    def _select_when_listed(self, report_id: int) -> None:
        self._to_select = report_id

    def _say_unreadable(self, trouble: KnownTrouble) -> None:
        if self._is_loaded:
            self.context.say(Message(Tone.PROBLEM, str(trouble)))
        else:
            self._states.show_error(str(trouble))

    def _follow_changes(self, changes: Changes) -> None:
        if not self._is_loaded or not changes.subjects & _SHOWN_HERE:
            return
        self._load()
        if Subject.APPROVALS in changes.subjects and self.pane.report is not None:
            self._load_mails(self.pane.report)

    def _follow_selection(self) -> None:
        self._tell_situation()
        self._timer.start()

    def _tell_situation(self) -> None:
        board = self.context.actions
        selected = self._selected
        reports = len(self._model.rows)
        board.set_situation(actions.REPORTS, Situation(reports, int(selected is not None)))
        is_draft = selected is not None and selected.status is ReportStatus.DRAFT
        board.set_situation(actions.REPORTS, Situation(reports, int(is_draft)), actions.DRAFT_REPORTS)
        is_stale = selected is not None and selected.is_stale
        board.set_situation(actions.REPORTS, Situation(reports, int(is_stale)), actions.STALE_REPORTS)
        mails = Situation(len(self.pane.mails_model.rows), int(self.pane.selected_mail is not None))
        board.set_situation(actions.REPORTS, mails, actions.APPROVAL_MAILS)
        words = ""
        if selected is not None:
            size = f"{counted(selected.rows, 'line', 'lines')}, {counted(selected.units, 'unit', 'units')}"
            words = f"{selected.reference}: {size}"
        self.status_changed.emit(counted(reports, "report", "reports") if reports else "", words)

    # The report that is opened.

    def _open_activated(self, index: QModelIndex) -> None:
        self.table.selectRow(index.row())
        self._open_selected()

    def _open_selected(self) -> None:
        self._timer.stop()
        selected = self._selected
        opened = self.pane.report
        if selected is not None and (opened is None or opened.id != selected.id):
            self._open(selected)

    def _open_again(self) -> None:
        if self.pane.report is not None:
            self._open(self.pane.report)

    def _open(self, report: TracingReport) -> None:
        if self._opening is not None:
            self._opening.cancel()
        self._opening_number += 1
        number = self._opening_number
        self.pane.show_report(report)
        self._detail.setCurrentWidget(self.pane)
        workspace = self.context.workspace

        def is_shown() -> bool:
            return number == self._opening_number

        # It writes to the audit trail, so it waits for its turn like every write.
        self._opening = self.context.tasks.submit(
            lambda _progress: tracing_reports.open_report(workspace, report.id),
            lambda opened: self.pane.show_opened(opened) if is_shown() else None,
            lambda trouble: self._say_not_opened(trouble) if is_shown() else None,
            lane=Lane.WRITE,
            owner=self,
        )
        self._load_mails(report)

    def _say_not_opened(self, trouble: KnownTrouble) -> None:
        if isinstance(trouble, EvidenceAltered):
            self.pane.show_altered(str(trouble))
        else:
            self.pane.show_trouble(str(trouble))

    def _load_mails(self, report: TracingReport) -> None:
        workspace = self.context.workspace

        def is_shown() -> bool:
            return self.pane.report is not None and self.pane.report.id == report.id

        self.context.tasks.submit(
            lambda _progress: approvals.list_approvals(workspace, report.id),
            lambda mails: self.pane.show_mails(mails) if is_shown() else None,
            lambda trouble: self.pane.show_mails_trouble(str(trouble)) if is_shown() else None,
            lane=Lane.READ,
            owner=self,
        )

    # Generating, copying, exporting.

    def _ask_what_to_generate(self) -> None:
        workspace = self.context.workspace
        dialog = GenerateReportDialog(workspace.today(), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def count(wanted: DistributionFilter) -> None:
            self.context.tasks.submit(
                lambda _progress: tracing_reports.count(workspace, wanted),
                partial(dialog.show_count, wanted),
                partial(dialog.show_count_trouble, wanted),
                lane=Lane.READ,
                owner=dialog,
            )

        dialog.count_asked.connect(count)
        dialog.submitted.connect(partial(self._generate, dialog))
        if Permission.DISTRIBUTION_LOG_VIEW in self.context.actions.permissions:
            self.context.tasks.submit(
                lambda _progress: people(workspace), dialog.set_people, lane=Lane.READ, owner=dialog
            )
        dialog.open()

    def _generate(self, dialog: GenerateReportDialog, wanted: ReportWanted) -> None:
        workspace = self.context.workspace

        def work(progress: Progress) -> tuple[Changes, TracingReport]:
            changes = tracing_reports.generate(
                workspace, wanted.filter, allow_empty=wanted.allow_empty, progress=progress
            )
            return changes, tracing_reports.get_report(workspace, changes.ids[0])

        def done(made: tuple[Changes, TracingReport]) -> None:
            changes, report = made
            dialog.accept()
            self._to_select = report.id
            self.context.changes.announce(changes)
            size = f"{counted(report.rows, 'line', 'lines')}, {counted(report.units, 'unit', 'units')}"
            self.context.say(Message(Tone.SUCCESS, f"Tracing report {report.reference} was made: {size}."))

        def failed(trouble: KnownTrouble) -> None:
            if isinstance(trouble, EmptyReport):  # the log changed after it was counted
                dialog.set_busy(False)
                dialog.show_count(wanted.filter, LogTotals(0, 0))
            else:
                dialog.show_trouble(trouble)

        ticket = self.context.tasks.submit(work, done, failed, dialog.show_progress, lane=Lane.WRITE, owner=dialog)
        dialog.stop_asked.connect(ticket.cancel)

    # What is dropped.

    def _mark_row(self, place: QPoint | None) -> None:
        row = self.table.rowAt(place.y()) if place is not None else -1
        if row < 0:
            self._row_mark.hide()
            return
        top, width = self.table.rowViewportPosition(row), self.table.viewport().width()
        self._row_mark.setGeometry(0, top, width, self.table.rowHeight(row))
        self._row_mark.show()

    def _drop_on_row(self, mime: QMimeData, place: QPoint) -> None:
        self.mails.drop(mime, self._model.row_object(self.table.rowAt(place.y())))

    def _select(self, report: TracingReport) -> None:
        """Opens the report that something was dropped on."""
        place = self._model.row_where(lambda listed: listed.id == report.id)
        if place is not None:
            self.table.selectRow(place)
            self._open_selected()


def page_spec() -> PageSpec:
    """How the page registers itself."""
    return PageSpec(actions.REPORTS, "Tracing Reports", "report", Permission.TRACING_REPORTS_VIEW, TracingReportsPage)
