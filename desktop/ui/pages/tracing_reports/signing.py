"""What becomes of a report after it was made: it is signed, or the log moves on and it is superseded."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt

from desktop.domain.changes import Changes
from desktop.domain.errors import KnownTrouble
from desktop.domain.reports import ReportChange, TracingReport
from desktop.services import report_changes, tracing_reports
from desktop.ui import actions
from desktop.ui.dialogs.report_changes import ReportChangesDialog
from desktop.ui.dialogs.sign_report import SignatureRequest, SignReportDialog
from desktop.ui.page import Page
from desktop.ui.tasks import Lane
from desktop.ui.theme import Tone
from desktop.ui.widgets.banner import Message


class ReportSigning(QObject):
    """Works on the report that `selected` gives. `made` is called with the number of a superseding report."""

    def __init__(self, page: Page, selected: Callable[[], TracingReport | None], made: Callable[[int], object]) -> None:
        super().__init__(page)
        self._page = page
        self._context = page.context
        self._selected = selected
        self._made = made

    def finalise(self) -> None:
        """Asks for meaning and password, then signs."""
        report = self._selected()
        if report is None:
            return
        workspace = self._context.workspace
        dialog = SignReportDialog(report, workspace.person.name, self._page)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def sign(request: SignatureRequest) -> None:
            self._context.tasks.submit(
                lambda _progress: tracing_reports.finalize(workspace, report.id, request.password, request.meaning),
                signed,
                dialog.show_trouble,
                owner=dialog,
            )

        def signed(changes: Changes) -> None:
            dialog.accept()
            self._context.say(Message(Tone.SUCCESS, f"{report.reference} is final."))
            self._context.changes.announce(changes)

        dialog.submitted.connect(sign)
        dialog.open()

    def show_changes(self) -> None:
        """Lists what happened to the report's lines since it was made."""
        report = self._selected()
        if report is None:
            return
        workspace = self._context.workspace
        self._context.tasks.submit(
            lambda _progress: report_changes.list_changes(workspace, report.id),
            lambda changes: self._open_changes(report, changes),
            lane=Lane.READ,
            owner=self,
        )

    def supersede(self) -> None:
        """Makes a report with the same filter from the log as it is now."""
        if (report := self._selected()) is not None:
            self._supersede(report)

    def _open_changes(self, report: TracingReport, changes: Sequence[ReportChange]) -> None:
        action = self._context.actions.action(actions.SUPERSEDE_REPORT)
        dialog = ReportChangesDialog(report, changes, action, self._page)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.supersede.connect(lambda: self._supersede(report))
        dialog.open()

    def _supersede(self, report: TracingReport) -> None:
        workspace = self._context.workspace

        def made(changes: Changes) -> None:
            self._made(changes.ids[0])
            self._context.say(Message(Tone.SUCCESS, f"A report that supersedes {report.reference} was made."))
            self._context.changes.announce(changes)

        def failed(trouble: KnownTrouble) -> None:
            self._context.say(Message(Tone.PROBLEM, str(trouble)))

        self._context.tasks.submit(
            lambda progress: tracing_reports.generate(
                workspace, report.filter, allow_empty=True, supersedes=report.id, progress=progress
            ),
            made,
            failed,
            owner=self,
        )
