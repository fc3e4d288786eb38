"""Handing a report on: its request for approval, its file, its pages, or everything about it in one zip."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from desktop.domain.changes import Changes
from desktop.domain.errors import EvidenceAltered, KnownTrouble
from desktop.domain.reports import TracingReport
from desktop.services import inspection_packs, report_rendition, tracing_reports
from desktop.services.unit_of_work import Workspace
from desktop.ui.page import Page
from desktop.ui.prompter import FileType
from desktop.ui.tables.report_pane import ReportPane
from desktop.ui.tasks import Lane
from desktop.ui.theme import Tone
from desktop.ui.widgets.banner import Message


class ReportHandingOn(QObject):
    """Works on the report that `selected` gives. A file that is not what was recorded shows on the pane, too."""

    def __init__(self, page: Page, pane: ReportPane, selected: Callable[[], TracingReport | None]) -> None:
        super().__init__(page)
        self._page = page
        self._context = page.context
        self._pane = pane
        self._selected = selected

    def copy_request(self) -> None:
        """Puts the text of a mail that asks for approval on the clipboard."""
        report, workspace = self._selected(), self._context.workspace
        if report is None:
            return
        said = f"The approval request for {report.reference} is on the clipboard: paste it into an e-mail."
        self._context.tasks.submit(
            lambda _progress: tracing_reports.request_text(workspace, report.id),
            partial(self.copy, said),
            lane=Lane.READ,
            owner=self,
        )

    def copy(self, said: str, text: str) -> None:
        """Puts a text on the clipboard and says so."""
        QGuiApplication.clipboard().setText(text)
        self._context.say(Message(Tone.SUCCESS, said))

    def export(self) -> None:
        """Asks where to, then copies the report's exact bytes."""
        self._ask_where("Export report CSV", FileType("CSV file", ("csv",)), self._with(tracing_reports.export_report))

    def save_pdf(self) -> None:
        """Asks where to, then writes the report's pages."""
        self._ask_where("Save report as PDF", FileType("PDF", ("pdf",)), self._with(report_rendition.save_as_pdf))

    def save_pack(self) -> None:
        """Asks where to, then writes everything about the report into one zip."""
        self._ask_where("Save inspection pack", FileType("ZIP archive", ("zip",)), self._save_pack)

    def _ask_where(self, title: str, kind: FileType, save: Callable[[TracingReport, Path], object]) -> None:
        if (report := self._selected()) is not None:
            name = f"{report.reference}.{kind.endings[0]}"
            self._context.prompter.save_file(self._page, title, name, (kind,), partial(save, report))

    def _with(self, write: Callable[[Workspace, int, Path], Changes]) -> Callable[[TracingReport, Path], None]:
        return partial(self._hand_on, write)

    def _save_pack(self, report: TracingReport, path: Path) -> None:
        workspace = self._context.workspace

        def saved(written: tuple[Changes, str]) -> None:
            changes, manifest_sha256 = written
            self._context.changes.announce(changes)
            words = f"The inspection pack is {path.name}. SHA-256 of its manifest: {manifest_sha256}"
            copy = partial(self.copy, "The SHA-256 of the manifest is on the clipboard.", manifest_sha256)
            self._context.say(Message(Tone.SUCCESS, words, "Copy", copy))

        self._context.tasks.submit(
            lambda progress: inspection_packs.write_pack(workspace, report.id, path, progress),
            saved,
            partial(self.warn_if_altered, f"The inspection pack of {report.reference} was not made"),
            owner=self,
        )

    def _hand_on(self, write: Callable[[Workspace, int, Path], Changes], report: TracingReport, path: Path) -> None:
        """Writes a report to a file, in a worker; altered evidence is said in red, not in passing."""
        workspace = self._context.workspace

        def failed(trouble: KnownTrouble) -> None:
            opened = self._pane.report
            if isinstance(trouble, EvidenceAltered) and opened is not None and opened.id == report.id:
                self._pane.show_altered(str(trouble))
            self.warn_if_altered(f"{report.reference} was not exported", trouble)

        self._context.tasks.submit(
            lambda _progress: write(workspace, report.id, path),
            lambda changes: self.say_saved(f"{report.reference} was exported", path, changes),
            failed,
            lane=Lane.WRITE,
            owner=self,
        )

    def say_saved(self, what: str, path: Path, changes: Changes) -> None:
        """A file was written: says so, with the way to its folder."""
        self._context.changes.announce(changes)
        show = partial(self._context.prompter.show_folder, path.parent)
        self._context.say(Message(Tone.SUCCESS, f"{what} as {path.name}.", "Show folder", show))

    def warn_if_altered(self, title: str, trouble: KnownTrouble) -> None:
        """Altered evidence is said in a box that has to be closed; everything else in the banner."""
        if isinstance(trouble, EvidenceAltered):
            self._context.prompter.warn(self._page, title, str(trouble))
        else:
            self._context.say(Message(Tone.PROBLEM, str(trouble)))
