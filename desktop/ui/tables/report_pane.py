"""One tracing report: what it is, whether its bytes are what was recorded, its rows, and the mails that approve it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.domain.approvals import Approval
from desktop.domain.reports import OpenedReport, TracingReport
from desktop.ui.formats import counted, shown_time
from desktop.ui.icons import icon
from desktop.ui.tables.approvals import APPROVAL_COLUMNS
from desktop.ui.tables.record_table import RecordTable
from desktop.ui.tables.report_rows import report_columns
from desktop.ui.tables.short_list import ShortListModel
from desktop.ui.theme import Tone
from desktop.ui.widgets.action_button import ActionButton
from desktop.ui.widgets.alarm import Alarm
from desktop.ui.widgets.drop_zone import DropZone
from desktop.ui.widgets.empty_state import EmptyState
from desktop.ui.widgets.named import muted, named
from desktop.ui.widgets.notice import Notice
from desktop.ui.widgets.status_light import StatusLight
from desktop.ui.widgets.view_states import ViewStates

DROP_SENTENCE = "Drop the approval e-mail here, or choose a file"
_ADVICE = (
    "Its rows are not shown, and it must not be relied on. This finding is in the audit trail. Tell who administers "
    "the records: the file has to come back from a backup."
)
_ROWS_HEIGHT, _APPROVALS_HEIGHT = 260, 190
_ZONE_WIDTH, _ZONE_HEIGHT = 240, 146


def _status_in_words(report: TracingReport) -> str:
    if report.signature is None:
        return "Draft"
    signed = report.signature
    return f"Final: {signed.meaning.value} by {signed.printed_name}, {shown_time(signed.signed_at)}"


def _staleness_in_words(report: TracingReport) -> str:
    """What a person must know before relying on the report; "" when it still says what the log says."""
    superseded = f"Superseded by {report.superseded_by}." if report.superseded_by else ""
    if not report.is_stale:
        return superseded
    lines = counted(report.changes, "line that concerns it was", "lines that concern it were")
    return f"Stale: {lines} added, changed or removed after it was made. {superseded}".strip()


class ReportPane(QWidget):
    """Shows one report at a time and asks for nothing itself: whoever holds it reads the file and the mails.

    `retry` asks to open the file again, `copy_hash` to copy the SHA-256, `mail_activated` follows Enter or a double
    click on a mail, `mail_selected` every change of the selected mail.
    """

    retry = Signal()
    copy_hash = Signal(str)
    mail_activated = Signal()
    mail_selected = Signal()

    def __init__(self, attach: QAction, open_mail: QAction, paste_hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reportPane")
        self._report: TracingReport | None = None
        self.alarm = Alarm("reportAlarm", _ADVICE)
        self._heading = named(QLabel(textFormat=Qt.TextFormat.PlainText), "reportHeading", "Reference")
        self._heading.setProperty("heading", True)
        self._status = named(muted(QLabel()), "reportStatus", "Status")
        self.integrity = named(StatusLight(), "reportIntegrity")
        self._facts = named(QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText), "reportFacts", "Content")
        self.stale = Notice("reportStale", Tone.WARNING)
        self.stale_buttons = QHBoxLayout()
        self.stale.column.addLayout(self.stale_buttons)
        self._hash = named(muted(QLabel(textFormat=Qt.TextFormat.PlainText)), "reportHash", "SHA-256 of the file")
        for label in (self._heading, self._facts, self._hash):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._copy = named(QToolButton(), "copyHashButton", "Copy the SHA-256")
        self._copy.setToolTip("Copy the SHA-256")
        self._copy.setIcon(icon("copy"))
        self._copy.clicked.connect(self._copy_hash)
        self.rows_model = ShortListModel()
        self.rows_table = RecordTable("reportRows", "Rows of the report, as they are in its file")
        self.rows_table.setModel(self.rows_model)
        self.rows = ViewStates(self.rows_table)
        self.rows.retry.connect(self.retry)
        self._no_rows = EmptyState("reportEmpty", "report", "This report has no rows", "No entry matched its filter.")
        self._withheld = EmptyState(
            "reportWithheld",
            "problem",
            "The rows are not shown",
            "The file has to be what was recorded.",
        )
        self.mails_model = ShortListModel(APPROVAL_COLUMNS)
        self.mails_table = self._make_mails_table(open_mail)
        self.zone = DropZone(
            "dropZone", "approval", DROP_SENTENCE, ActionButton(attach, primary=False), f"{paste_hint} pastes a file"
        )
        self._no_mails = named(muted(QLabel(wordWrap=True)), "approvalsSentence")
        self._no_mails.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._mails = QStackedWidget()
        self._mails.addWidget(self.mails_table)
        self._mails.addWidget(self._no_mails)
        self._arrange(open_mail)

    @property
    def report(self) -> TracingReport | None:
        """The report that is shown."""
        return self._report

    @property
    def selected_mail(self) -> Approval | None:
        """The mail that is selected, if any."""
        chosen = self.mails_table.selectionModel().selectedRows()
        return self.mails_model.row_object(chosen[0].row()) if chosen else None

    @property
    def facts(self) -> str:
        """What is said below the reference."""
        return self._facts.text()

    @property
    def mails_sentence(self) -> str:
        """What is said in place of the list of mails; "" when the list is shown."""
        return self._no_mails.text() if self._mails.currentWidget() is self._no_mails else ""

    def show_report(self, report: TracingReport) -> None:
        """Shows what is recorded of a report; its rows and mails come later, those of another one go at once."""
        self._report = report
        self.alarm.clear()
        self.rows_model.show(())
        self.rows.show_content()
        self.rows.show_loading()
        self.integrity.set_status(Tone.INFO, "Comparing the file with its recorded SHA-256…")
        self.mails_model.show(())
        self._say_in_place_of_mails("")
        self.update_report(report)

    def update_report(self, report: TracingReport) -> None:
        """Shows what is recorded now of the report that is shown already."""
        self._report = report
        self._heading.setText(report.reference)
        self._status.setText(_status_in_words(report))
        self._facts.setText(
            f"Content: {report.filter.in_words()}; {counted(report.rows, 'line', 'lines')}, "
            f"{counted(report.units, 'unit', 'units')}. "
            f"Made {shown_time(report.generated_at)} by {report.generated_by}."
            + (f" Supersedes {report.supersedes}." if report.supersedes else "")
        )
        self.stale.say(_staleness_in_words(report))
        self._hash.setText(f"SHA-256 {report.sha256}")

    def show_opened(self, opened: OpenedReport) -> None:
        """The bytes are what was recorded: shows the rows."""
        self.integrity.set_status(Tone.SUCCESS, "Unaltered: the file has its recorded SHA-256")
        columns = report_columns(opened.header)
        self.rows_model.show(opened.rows, columns)
        self.rows_table.set_columns(columns)
        if opened.rows:
            self.rows.show_content()
        else:
            self.rows.show_empty(self._no_rows)

    def show_altered(self, sentence: str) -> None:
        """The bytes are not what was recorded: that, and no row."""
        reference = self._report.reference if self._report is not None else ""
        self.alarm.raise_alarm(f"The file of {reference} is not what was recorded", sentence)
        self.integrity.set_status(Tone.PROBLEM, "Altered or missing")
        self.rows_model.show(())
        self.rows.show_empty(self._withheld)

    def show_trouble(self, sentence: str) -> None:
        """The file could not be read, which says nothing about its bytes."""
        self.integrity.set_status(Tone.WARNING, "Not compared")
        self.rows.show_error(sentence)

    def show_mails(self, mails: Sequence[Approval]) -> None:
        """Shows the mails of the report; the same one stays selected, or else the first is."""
        before = self.selected_mail
        self.mails_model.show(mails)
        self._say_in_place_of_mails("" if mails else "No approval e-mail yet.")
        if mails:
            place = self.mails_model.row_where(lambda mail: before is not None and mail.id == before.id)
            self.mails_table.selectRow(place or 0)
        self.mail_selected.emit()

    def show_mails_trouble(self, sentence: str) -> None:
        """Says why the mails are not shown."""
        self.mails_model.show(())
        self._say_in_place_of_mails(sentence)
        self.mail_selected.emit()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_copy"):
            self._copy.setIcon(icon("copy"))

    def _say_in_place_of_mails(self, sentence: str) -> None:
        self._no_mails.setText(sentence)
        self._mails.setCurrentWidget(self._no_mails if sentence else self.mails_table)

    def _copy_hash(self) -> None:
        if self._report is not None:
            self.copy_hash.emit(self._report.sha256)

    def _make_mails_table(self, open_mail: QAction) -> RecordTable:
        table = RecordTable("approvalTable", "Approval e-mails")
        table.setModel(self.mails_model)
        table.set_columns(APPROVAL_COLUMNS)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)  # oldest first, as they came
        table.setSortingEnabled(True)
        table.selectionModel().selectionChanged.connect(lambda: self.mail_selected.emit())
        table.activated.connect(lambda: self.mail_activated.emit())
        table.addAction(open_mail)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        return table

    def _arrange(self, open_mail: QAction) -> None:
        title = QHBoxLayout()
        title.setContentsMargins(0, 3, 0, 0)
        title.setSpacing(12)
        title.addWidget(self._heading)
        title.addWidget(self._status, 0, Qt.AlignmentFlag.AlignBottom)
        title.addStretch(1)
        title.addWidget(self.integrity)
        fingerprint = QHBoxLayout()
        fingerprint.setSpacing(4)
        fingerprint.addWidget(self._hash)
        fingerprint.addWidget(self._copy)
        fingerprint.addStretch(1)
        head = QVBoxLayout()
        head.setContentsMargins(12, 8, 12, 6)
        head.setSpacing(3)
        head.addWidget(self.alarm)
        head.addWidget(self.stale)
        head.addLayout(title)
        head.addWidget(self._facts)
        head.addLayout(fingerprint)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setObjectName("reportSplitter")
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(1)
        splitter.addWidget(self.rows)
        splitter.addWidget(self._make_approvals(open_mail))
        splitter.setStretchFactor(0, 1)
        splitter.setSizes([_ROWS_HEIGHT, _APPROVALS_HEIGHT])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(splitter, 1)

    def _make_approvals(self, open_mail: QAction) -> QWidget:
        caption = QLabel("Approval e-mails")
        caption.setProperty("section", True)
        top = QHBoxLayout()
        top.setContentsMargins(12, 0, 0, 6)
        top.addWidget(caption)
        top.addStretch(1)
        top.addWidget(ActionButton(open_mail))
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        left.addLayout(top)
        left.addWidget(self._mails, 1)
        self.zone.setFixedWidth(_ZONE_WIDTH)
        self.zone.setMinimumHeight(_ZONE_HEIGHT)
        row = QHBoxLayout()
        row.setContentsMargins(0, 8, 10, 8)
        row.setSpacing(10)
        row.addLayout(left, 1)
        row.addWidget(self.zone)
        approvals = QWidget()
        approvals.setLayout(row)
        return approvals
