"""The line below an import's steps: what becomes of the lines, or how far the work has come."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QStackedWidget, QWidget

from desktop.ui.dialogs.import_work import Doing, Job
from desktop.ui.theme import Tone
from desktop.ui.widgets.named import muted, named
from desktop.ui.widgets.status_light import StatusLight

_MILLISECONDS_BEFORE_PROGRESS = 300  # a correction in a file of usual size is checked before anybody sees it
_BAR_STEPS = 1000
_BAR_WIDTH = 260


class ImportFoot(QStackedWidget):
    """Follows a job: its words, its progress and a button to cancel it; a summary while nothing is under way."""

    def __init__(self, job: Job, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._job = job
        self._summary = named(StatusLight(), "importSummary")
        self._words = named(muted(QLabel(textFormat=Qt.TextFormat.PlainText)), "importProgressText")
        self._bar = named(QProgressBar(textVisible=False), "importProgress", "Progress")
        self._bar.setFixedWidth(_BAR_WIDTH)
        self._cancel = named(QPushButton("Canc&el", autoDefault=False), "importCancel", "Cancel")
        self._cancel.clicked.connect(self._stop)
        self._progress = QWidget()
        row = QHBoxLayout(self._progress)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._bar)
        row.addWidget(self._words, 1)
        row.addWidget(self._cancel)
        self.addWidget(self._summary)
        self.addWidget(self._progress)
        self.setFixedHeight(self._cancel.sizeHint().height())
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(lambda: self.setCurrentWidget(self._progress))
        job.started.connect(self._show_started)
        job.ended.connect(self._show_ended)
        job.progressed.connect(self._show_progress)

    def set_summary(self, tone: Tone, text: str) -> None:
        """What is said while nothing is under way."""
        self._summary.set_status(tone, text)

    def _show_started(self) -> None:
        self._words.setText(self._job.words)
        self._bar.setMaximum(0)
        self._cancel.setEnabled(True)
        self._timer.start(_MILLISECONDS_BEFORE_PROGRESS if self._job.doing is Doing.CHECKING else 0)

    def _show_ended(self) -> None:
        self._timer.stop()
        self.setCurrentWidget(self._summary)

    def _show_progress(self, now: int, total: int) -> None:
        self._bar.setMaximum(_BAR_STEPS if total else 0)
        self._bar.setValue(now * _BAR_STEPS // total if total else 0)

    def _stop(self) -> None:
        self._job.stop()
        self._cancel.setEnabled(False)
        self._words.setText("Stopping…")
