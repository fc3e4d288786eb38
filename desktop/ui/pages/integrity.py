"""Integrity: one button that checks everything kept, and what it found, named."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from desktop.domain.changes import Changes, Subject
from desktop.domain.errors import KnownTrouble
from desktop.domain.permissions import Permission
from desktop.domain.progress import Cancelled
from desktop.services import integrity
from desktop.services.integrity import Verification
from desktop.ui import actions
from desktop.ui.formats import shown_time
from desktop.ui.page import Page, PageContext, PageSpec
from desktop.ui.tasks import Ticket
from desktop.ui.theme import Tone
from desktop.ui.widgets.action_button import ActionButton
from desktop.ui.widgets.named import muted, named
from desktop.ui.widgets.notice import Notice
from desktop.ui.widgets.status_light import StatusLight

# What each check looks at, in the words of the people who read the result.
_MEANINGS = {
    "database": "The database file is sound, and every record points to records that are there.",
    "triggers": "The locks that keep audit trail, evidence and signatures from being changed are in place.",
    "audit chain": "No event of the audit trail was changed, moved, added or removed.",
    "stored files": "Every report, mail and source file has the SHA-256 it was kept with; none is missing or unknown.",
    "rules": "Every entry obeys the rules for SKU, lot, quantity, facility and order number.",
    "search index": "Entries are found by their own words (a sample; what is found is always compared with the entry).",
    "history": "Every entry is what its history in the audit trail says.",
}


def page_spec() -> PageSpec:
    """How the page registers itself."""
    return PageSpec(actions.INTEGRITY, "Integrity", "success", Permission.AUDIT_VIEW, IntegrityPage)


class IntegrityPage(Page):
    """Runs `services.integrity.verify` and shows one row for each check."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.setObjectName("integrityPage")
        self._is_running = False
        self._ticket: Ticket | None = None
        self._checks: dict[str, tuple[StatusLight, QLabel]] = {}
        context.actions.bind(actions.VERIFY, self.verify, self)
        self._notice = Notice("integrityTrouble", Tone.PROBLEM)
        self._progress = named(QProgressBar(), "integrityProgress", "Verifying")
        self._progress.hide()
        self._result = named(StatusLight(), "integrityResult")
        self._result.set_status(Tone.INFO, "Not verified since this window was opened")
        self._build()

    def enter(self) -> None:
        self._button.setFocus()

    def verify(self) -> None:
        """Checks everything, in a worker; while it runs the same button stops it."""
        if self._is_running:
            if self._ticket is not None:
                self._ticket.cancel()
            return
        self._is_running = True
        workspace = self.context.workspace
        self._notice.say("")
        self._progress.setRange(0, 0)
        self._progress.show()
        self._ticket = self.context.tasks.submit(
            lambda progress: integrity.verify(workspace, progress),
            self._take_result,
            self._take_trouble,
            self._take_progress,
            owner=self,
        )

    def _build(self) -> None:
        self._button = ActionButton(self.context.actions.action(actions.VERIFY), primary=True)
        tools = QHBoxLayout()
        tools.addWidget(self._button)
        tools.addWidget(self._progress, 1)
        tools.addWidget(self._result, 1)
        rows = QGridLayout()
        rows.setColumnStretch(1, 1)
        rows.setHorizontalSpacing(18)
        rows.setVerticalSpacing(12)
        for name, meaning in _MEANINGS.items():
            self._add_check(rows, name, meaning)
        checks = QWidget()
        checks.setProperty("surface", True)
        column = QVBoxLayout(checks)
        column.setContentsMargins(18, 14, 18, 14)
        column.addLayout(rows)
        column.addStretch(1)
        scroll = named(QScrollArea(), "integrityChecks", "Checks")
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(checks)
        top = QVBoxLayout()
        top.setContentsMargins(12, 10, 12, 10)
        top.setSpacing(8)
        top.addLayout(tools)
        top.addWidget(self._notice)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addLayout(top)
        page.addWidget(scroll, 1)

    def _take_progress(self, done: int, total: int | None) -> None:
        self._progress.setRange(0, total or 0)
        self._progress.setValue(done)

    def _take_result(self, result: Verification) -> None:
        self._end()
        when = shown_time(datetime.now(UTC))
        wrong = sum(not check.ok for check in result.checks)
        if result.ok:
            self._result.set_status(Tone.SUCCESS, f"Everything is as it should be, verified {when}")
        else:
            self._result.set_status(Tone.PROBLEM, f"{wrong} of {len(result.checks)} checks failed, verified {when}")
        for check in result.checks:
            self._show_check(check.name, Tone.SUCCESS if check.ok else Tone.PROBLEM, check.detail)
        self.context.changes.announce(Changes.of(Subject.AUDIT))

    def _take_trouble(self, trouble: KnownTrouble) -> None:
        self._end()
        self._notice.say("" if isinstance(trouble, Cancelled) else str(trouble))

    def _end(self) -> None:
        self._is_running = False
        self._progress.hide()

    def _show_check(self, name: str, tone: Tone, detail: str) -> None:
        light, found = self._checks[name]
        light.set_status(tone, name.capitalize())
        found.setText(detail)

    def _add_check(self, rows: QGridLayout, name: str, meaning: str) -> None:
        light = named(StatusLight(), f"check-{name.replace(' ', '-')}")
        found = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        found.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words = QWidget()
        column = QVBoxLayout(words)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(found)
        column.addWidget(muted(QLabel(meaning, wordWrap=True)))
        row = rows.rowCount()
        rows.addWidget(light, row, 0, Qt.AlignmentFlag.AlignTop)
        rows.addWidget(words, row, 1)
        self._checks[name] = (light, found)
        self._show_check(name, Tone.INFO, "not looked at yet")
