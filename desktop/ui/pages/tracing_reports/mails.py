"""The approval mails of a report: dropped, pasted or chosen, each answered; opened and saved as they were received."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Qt
from PySide6.QtGui import QGuiApplication

from desktop.domain.approvals import Binding, DroppedMail
from desktop.domain.changes import Changes
from desktop.domain.errors import KnownTrouble
from desktop.domain.permissions import Permission
from desktop.domain.progress import Progress
from desktop.domain.reports import TracingReport
from desktop.services import approvals
from desktop.services.approvals import MailFile, OpenedMail
from desktop.ui import actions
from desktop.ui.dialogs.view_mail import MailDialog, ShownText, text_to_show
from desktop.ui.dropped_files import NO_FILE_PASTED, DroppedFiles, read_dropped, read_files
from desktop.ui.formats import counted
from desktop.ui.page import Page
from desktop.ui.pages.tracing_reports.handing_on import ReportHandingOn
from desktop.ui.prompter import ANY_FILE, FileType
from desktop.ui.tables.approvals import shortened
from desktop.ui.tables.report_pane import DROP_SENTENCE, ReportPane
from desktop.ui.tasks import Lane
from desktop.ui.theme import Tone
from desktop.ui.widgets.banner import Message
from desktop.ui.widgets.result_panel import Result, ResultPanel

MAIL_FILE = FileType("E-mail", ("eml",))
DROP_ON_A_REPORT = "Drop the e-mail on a report: on its row in the list, or open the report and drop it there."


class ReportMails(QObject):
    """`selected` gives the report of the commands; `select` opens the one that something was dropped on."""

    def __init__(
        self,
        page: Page,
        pane: ReportPane,
        handing_on: ReportHandingOn,
        selected: Callable[[], TracingReport | None],
        select: Callable[[TracingReport], None],
    ) -> None:
        super().__init__(page)
        self._page = page
        self._context = page.context
        self._pane = pane
        self._handing_on = handing_on
        self._selected = selected
        self._select = select
        self._is_opening_mail = False
        self.results = ResultPanel("dropResults")

    def open_mail(self) -> None:
        """Shows the selected mail, re-hashed."""
        mail, report, workspace = self._pane.selected_mail, self._pane.report, self._context.workspace
        if mail is None or report is None or self._is_opening_mail:
            return
        self._is_opening_mail = True

        def read(_progress: Progress) -> tuple[OpenedMail, ShownText]:
            opened = approvals.open_mail(workspace, mail.id)
            return opened, text_to_show(opened.mail)

        self._context.tasks.submit(
            read,
            lambda read: self._show_mail(report, *read),
            self._say_mail_not_opened,
            lane=Lane.WRITE,
            owner=self,
        )

    def _say_mail_not_opened(self, trouble: KnownTrouble) -> None:
        self._is_opening_mail = False
        self._handing_on.warn_if_altered("The e-mail is not shown", trouble)

    def _show_mail(self, report: TracingReport, opened: OpenedMail, text: ShownText) -> None:
        self._is_opening_mail = False
        dialog = MailDialog(opened.approval, opened.mail, text, report.reference, self._page)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        # The sender's own file name is not offered: names from outside never become paths.
        name = f"{report.reference}-approval-{opened.approval.id}.eml"
        dialog.save_asked.connect(
            lambda: self._context.prompter.save_file(
                dialog, "Save the original e-mail", name, (MAIL_FILE,), partial(self._save_mail, opened.approval.id)
            )
        )
        dialog.open()

    def _save_mail(self, approval_id: int, path: Path) -> None:
        workspace = self._context.workspace
        self._context.tasks.submit(
            lambda _progress: approvals.export_mail(workspace, approval_id, path),
            lambda changes: self._handing_on.say_saved("The e-mail was saved", path, changes),
            partial(self._handing_on.warn_if_altered, "The e-mail was not saved"),
            lane=Lane.WRITE,
            owner=self,
        )

    def drop(self, mime: QMimeData, report: TracingReport | None) -> None:
        """Attaches what was dropped on a report, or says where to drop it."""
        self._take(read_dropped(mime), report)

    def paste(self) -> None:
        """Attaches the files on the clipboard to the selected report."""
        self._take(read_dropped(QGuiApplication.clipboard().mimeData(), nothing=NO_FILE_PASTED), self._selected())

    def ask_for_mails(self) -> None:
        """Asks for files to attach to the selected report."""
        if (report := self._selected()) is not None:
            self._context.prompter.open_files(
                self._page,
                f"Attach approval mails to {report.reference}",
                (MAIL_FILE, ANY_FILE),
                lambda paths: self._take(read_files(paths), report),
                many=True,
            )

    def _take(self, arrived: DroppedFiles, report: TracingReport | None) -> None:
        """Attaches files to a report; every one is answered, whatever it is and wherever it landed."""
        refused = [Result(Tone.PROBLEM, file.filename, "Not attached", file.sentence) for file in arrived.refused]
        if report is None:
            lost = [Result(Tone.WARNING, file.filename, "Not attached", DROP_ON_A_REPORT) for file in arrived.files]
            self.results.show_results("Nothing was attached", lost + refused)
        elif Permission.APPROVALS_UPLOAD not in self._context.actions.permissions:
            reason = f"{self._context.actions.why_not(actions.ATTACH_MAIL)}."
            denied = [Result(Tone.PROBLEM, file.filename, "Not attached", reason) for file in arrived.files]
            self.results.show_results("Nothing was attached", denied or refused)
        else:
            self._select(report)
            if arrived.files:
                self._attach(report, [MailFile(file.filename, file.content) for file in arrived.files], refused)
            else:
                self.results.show_results("Nothing was attached", refused)

    def _attach(self, report: TracingReport, mails: Sequence[MailFile], refused: list[Result]) -> None:
        workspace = self._context.workspace

        def work(progress: Progress) -> tuple[Changes, list[DroppedMail]]:
            # One at a time: when the disk is full at the third, the first two are attached and must be said to be.
            changes = Changes(frozenset())
            answers: list[DroppedMail] = []
            for number, mail in enumerate(mails):
                progress(number, len(mails))
                try:
                    made, answered = approvals.attach(workspace, report.id, [mail])
                except KnownTrouble as trouble:
                    answers.append(DroppedMail(mail.filename, accepted=False, binding=None, message=str(trouble)))
                else:
                    changes = Changes(changes.subjects | made.subjects, changes.ids + made.ids)
                    answers += answered
            return changes, answers

        def done(result: tuple[Changes, list[DroppedMail]]) -> None:
            changes, answers = result
            self._pane.zone.say(DROP_SENTENCE)
            attached = sum(answer.accepted for answer in answers)
            of = counted(len(answers) + len(refused), "file", "files")
            heading = f"{attached} of {of} attached to {report.reference}" if attached else "Nothing was attached"
            self.results.show_results(heading, [_as_result(answer) for answer in answers] + refused)
            if changes.subjects:
                self._context.changes.announce(changes)

        def failed(trouble: KnownTrouble) -> None:
            self._pane.zone.say(DROP_SENTENCE)
            self._context.say(Message(Tone.PROBLEM, str(trouble)))

        self._pane.zone.say(f"Attaching {counted(len(mails), 'file', 'files')}…")
        self._context.tasks.submit(work, done, failed, lane=Lane.WRITE, owner=self)


def _as_result(answer: DroppedMail) -> Result:
    """One attached or refused mail as the panel shows it; mail programs shorten file names, so the subject is said."""
    name = answer.filename
    if answer.approval is not None and answer.approval.subject:
        name = f"{name} (“{shortened(answer.approval.subject)}”)"
    if not answer.accepted:
        return Result(Tone.PROBLEM, name, "Not attached", answer.message)
    if answer.binding is Binding.BOUND:
        return Result(Tone.SUCCESS, name, "Attached, bound", answer.message)
    return Result(Tone.WARNING, name, "Attached, not verified", answer.message)
