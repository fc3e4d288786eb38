"""Importing a file in three steps: what was recognised, the review of its lines, and what was written.

Nothing is written before “Import”. Reading and writing happen in the background and can be cancelled; whatever fails
is said in the dialog, and what was corrected and decided stays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.domain.changes import Changes
from desktop.domain.errors import FileRefused, KnownTrouble, StaleEdit
from desktop.domain.import_review import ImportChoices, ImportPreview, ImportReceipt
from desktop.domain.imports import DateOrder, FileProblemKind
from desktop.domain.progress import Cancelled, Progress
from desktop.ui.dialogs.import_done import ImportDone
from desktop.ui.dialogs.import_recognition import EncodingButton, ImportRecognition, date_example
from desktop.ui.dialogs.import_review import ImportReview, Outcome
from desktop.ui.formats import counted, plain_tool_tip
from desktop.ui.prompter import ANY_FILE, FileType, Prompter, Question
from desktop.ui.tables.import_review import Review
from desktop.ui.tasks import Lane, Tasks, Ticket
from desktop.ui.theme import Tone, restyle
from desktop.ui.widgets.empty_state import EmptyState
from desktop.ui.widgets.named import muted, named
from desktop.ui.widgets.notice import Notice
from desktop.ui.widgets.status_light import StatusLight

T = TypeVar("T")

CSV_FILE = FileType("CSV file", ("csv", "tsv", "txt"))

_MILLISECONDS_BEFORE_PROGRESS = 300  # a correction in a file of usual size is checked before anybody sees it
_BAR_STEPS = 1000
_STEPS = ("File", "Review", "Done")
_LONGEST_NAME = 60
# A file that is read in a wrong encoding may also seem to lack its header.
_PERHAPS_ENCODING = (FileProblemKind.ENCODING, FileProblemKind.NO_HEADER, FileProblemKind.MISSING_COLUMN)


@dataclass(frozen=True, slots=True)
class ImportWork:
    """What the dialog has done for it, in workers. Both raise `KnownTrouble`."""

    preview: Callable[[Path, ImportChoices, Progress], ImportPreview]
    write: Callable[[Path, ImportPreview, Progress], tuple[Changes, ImportReceipt]]


class _Doing(Enum):
    """What is under way. CHECKING reads the file again for a correction; the review stays usable meanwhile."""

    READING = "reading"
    CHECKING = "checking"
    IMPORTING = "importing"


@dataclass(frozen=True, slots=True)
class _Reading:
    """A reading of the file, made ready for the screen in the worker."""

    review: Review
    date_example: str | None

    @classmethod
    def of(cls, preview: ImportPreview) -> _Reading:
        return cls(Review.of(preview), date_example(preview.file))


class ImportDialog(QDialog):
    """Opens with a file, or asks for one; `open` begins.

    `imported` carries the `Changes` and the `ImportReceipt` as soon as the lines are written. `show_in_log` carries
    the receipt when the person wants to see what was written; the dialog is closed by then.
    """

    imported = Signal(object, object)
    show_in_log = Signal(object)

    def __init__(
        self,
        work: ImportWork,
        tasks: Tasks,
        prompter: Prompter,
        path: Path | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("importDialog")
        self.setWindowTitle("Import")
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.resize(1000, 680)
        self._work = work
        self._tasks = tasks
        self._prompter = prompter
        self._path = path
        self._choices = ImportChoices()
        self._review: Review | None = None
        self._recognised_encoding: str | None = None
        self._outcome = Outcome()
        self._receipt: ImportReceipt | None = None
        self._doing: _Doing | None = None
        self._ticket: Ticket | None = None
        self._generation = 0
        self._review_stands = True
        self._close_when_stopped = False
        self._build()
        self._show_page(self._start)

    def open(self) -> None:
        """Shows the dialog, and reads its file or asks for one."""
        super().open()
        if self._path is None:
            self._choose_file()
        else:
            self._read_file(self._path)

    def reject(self) -> None:
        """Closes the dialog; asks first when an import is running or something that was typed would be lost."""
        if self._doing is _Doing.IMPORTING:
            question = Question(
                "Import",
                "Stop the import that is running?",
                "Nothing of it is kept: the log stays as it is.",
                "Stop it",
                destructive=True,
            )
            self._prompter.confirm(self, question, self._stop_import)
        else:
            self._before_discarding("Close without importing?", "Close", self._leave)

    # From file to file.

    def _choose_file(self) -> None:
        self._prompter.open_files(
            self, "Choose a file to import", (CSV_FILE, ANY_FILE), lambda paths: self._read_file(paths[0])
        )

    def _choose_another(self) -> None:
        self._before_discarding("Leave this file without importing it?", "Leave it", self._choose_file)

    def _read_file(self, path: Path) -> None:
        self._path = path
        self._choices = ImportChoices()
        self._review = None
        self._receipt = None
        self._recognised_encoding = None
        name = path.name if len(path.name) <= _LONGEST_NAME else f"{path.name[:40]}…{path.name[-16:]}"
        self._title.setText(name)
        self._title.setToolTip(plain_tool_tip(str(path)))
        self._read(_Doing.READING)

    def _leave(self) -> None:
        self._drop_work()
        super().reject()

    def _stop_import(self) -> None:
        if self._doing is _Doing.IMPORTING:
            self._close_when_stopped = True
            self._cancel_work()

    def _before_discarding(self, text: str, yes: str, then: Callable[[], object]) -> None:
        """Asks when corrections or decisions would be lost."""
        corrections = len(self._choices.corrections)
        decisions = len(self._choices.conflict_decisions) + (self._choices.conflicts is not None)
        if self._receipt is not None or not corrections + decisions:
            then()
            return
        lost = [counted(corrections, "correction", "corrections")] if corrections else []
        lost += [counted(decisions, "decision", "decisions")] if decisions else []
        verb = "is" if corrections + decisions == 1 else "are"
        question = Question("Import", text, f"{' and '.join(lost)} {verb} lost.", yes, destructive=True)
        self._prompter.confirm(self, question, then)

    # Reading, and checking again.

    def _read(self, doing: _Doing) -> None:
        path, choices, preview = self._path, self._choices, self._work.preview
        if path is None:
            return
        self._drop_work()
        self._say("")
        if self._review is None:
            self._show_page(self._waiting)
        self._submit(
            doing,
            f"Reading {self._title.text()}…",
            lambda progress: _Reading.of(preview(path, choices, progress)),
            self._take_reading,
            self._take_reading_trouble,
        )

    def _take_reading(self, reading: _Reading) -> None:
        before = self._review
        preview = reading.review.preview
        problem = preview.file.file_problem
        if self._recognised_encoding is None and self._choices.encoding is None:
            self._recognised_encoding = preview.file.encoding
        if problem is not None:
            self._review = None
            self._show_unreadable(problem.message, perhaps_encoding=problem.kind in _PERHAPS_ENCODING)
            return
        other_file = before is not None and before.preview.file.sha256 != preview.file.sha256
        if other_file and (self._choices.corrections or self._choices.conflict_decisions):
            # They belong to rows that are no more.
            self._choices = replace(self._choices, corrections={}, conflict_decisions={})
            self._review = None
            self._read(_Doing.READING)
            self._say("The file was changed since it was first read: it was read again, without your corrections.")
            return
        self._review = reading.review
        self._review_stands = True
        self._recognition.show_preview(preview, self._recognised_encoding, reading.date_example)
        if before is not None and not other_file and _same_rows(before.preview.choices, preview.choices):
            self._lines.show_checked(reading.review, self._choices)
        else:
            self._lines.show_review(reading.review, self._choices)
        if before is None:
            self._show_page(self._recognition)
        self._settle()

    def _take_reading_trouble(self, trouble: KnownTrouble) -> None:
        cancelled = isinstance(trouble, Cancelled)
        if self._review is None and not cancelled:
            self._show_unreadable(str(trouble), perhaps_encoding=False)
            return
        if self._review is None:
            self._show_page(self._start)
        else:
            # Another encoding or date order was not read: the one that is shown stands.
            read = self._review.preview.choices
            self._choices = replace(self._choices, encoding=read.encoding, date_order=read.date_order)
            self._review_stands = self._choices == read
        self._say(str(trouble), Tone.INFO if cancelled else Tone.PROBLEM)
        self._settle()

    def _read_as(self, encoding: str) -> None:
        def read() -> None:
            self._choices = replace(self._choices, encoding=encoding, corrections={}, conflict_decisions={})
            self._read(_Doing.READING)

        if self._choices.corrections or self._choices.conflict_decisions:
            self._before_discarding("Read the file again in another encoding?", "Read it again", read)
        else:
            read()

    def _read_dates(self, order: DateOrder) -> None:
        self._choices = replace(self._choices, date_order=order)
        self._read(_Doing.READING)

    def _check(self, choices: ImportChoices) -> None:
        self._choices = choices
        self._read(_Doing.CHECKING)

    # Writing.

    def _import(self) -> None:
        told = self._choices
        self._lines.finish_editing()
        path, review, write = self._path, self._review, self._work.write
        # A cell that was still being edited changes what the button said: it says it anew, and is pressed again.
        if path is None or review is None or self._choices is not told or self._why_not() is not None:
            return
        self._say("")
        self._submit(
            _Doing.IMPORTING,
            f"Importing {counted(self._outcome.imported, 'line', 'lines')}…",
            lambda progress: write(path, review.preview, progress),
            lambda written: self._take_receipt(*written),
            self._take_import_trouble,
        )

    def _take_receipt(self, changes: Changes, receipt: ImportReceipt) -> None:
        self._receipt = receipt
        self._close_when_stopped = False
        self._done.show_receipt(receipt, self._outcome)
        self._show_page(self._done)
        self.imported.emit(changes, receipt)

    def _take_import_trouble(self, trouble: KnownTrouble) -> None:
        cancelled = isinstance(trouble, Cancelled)
        if cancelled and self._close_when_stopped:
            super().reject()
            return
        self._close_when_stopped = False
        self._review_stands = not isinstance(trouble, StaleEdit | FileRefused)
        self._say(str(trouble), Tone.INFO if cancelled else Tone.PROBLEM)
        self._settle()

    def _show_imported(self) -> None:
        self.accept()
        self.show_in_log.emit(self._receipt)

    def _why_not(self) -> str | None:
        """Why nothing can be imported now, in words; None when something can."""
        if self._doing is not None:
            return "The import is running" if self._doing is _Doing.IMPORTING else "The lines are being checked"
        if not self._review_stands:
            return "The lines must be reviewed again first"
        if self._outcome.imported == 0:
            return f"There is nothing to import. {self._outcome.in_words()}".strip()
        return None

    # Background work.

    def _submit(
        self,
        doing: _Doing,
        words: str,
        work: Callable[[Progress], T],
        on_done: Callable[[T], object],
        on_failed: Callable[[KnownTrouble], object],
    ) -> None:
        self._generation += 1
        generation = self._generation

        def is_wanted() -> bool:
            return generation == self._generation

        def done(result: T) -> None:
            if is_wanted():
                self._end_work()
                on_done(result)

        def failed(trouble: KnownTrouble) -> None:
            if is_wanted():
                self._end_work()
                on_failed(trouble)

        def progress(now: int, total: int | None) -> None:
            if is_wanted():
                self._bar.setMaximum(_BAR_STEPS if total else 0)
                self._bar.setValue(now * _BAR_STEPS // total if total else 0)

        self._doing = doing
        self._words.setText(words)
        self._bar.setMaximum(0)
        self._cancel.setEnabled(True)
        self._stack.setEnabled(doing is _Doing.CHECKING)
        self._progress_timer.start(_MILLISECONDS_BEFORE_PROGRESS if doing is _Doing.CHECKING else 0)
        self._settle()
        lane = Lane.WRITE if doing is _Doing.IMPORTING else Lane.PARSE
        ticket = self._tasks.submit(work, done, failed, progress, lane=lane, owner=self)
        if is_wanted() and self._doing is doing:
            self._ticket = ticket

    def _end_work(self) -> None:
        self._doing = None
        self._ticket = None
        self._progress_timer.stop()
        self._foot.setCurrentWidget(self._summary)
        if not self._stack.isEnabled():
            self._stack.setEnabled(True)
            self._focus_page()

    def _cancel_work(self) -> None:
        """Asks the work to stop; how it ended is told as always."""
        if self._ticket is not None:
            self._ticket.cancel()
            self._cancel.setEnabled(False)
            self._words.setText("Stopping…")

    def _drop_work(self) -> None:
        """Lets the work stop, and is not interested in it any more."""
        self._generation += 1
        if self._ticket is not None:
            self._ticket.cancel()
        self._end_work()

    # What is shown.

    def _settle(self) -> None:
        """Brings buttons and summary in step with what was read and decided."""
        page = self._stack.currentWidget()
        idle = self._doing is None
        if self._review is not None and self._receipt is None:
            self._outcome = Outcome.of(self._review, self._choices)
        lines = 0 if self._review is None else self._review.preview.counts.lines
        self._show_step(1 if page is self._lines else 2 if page is self._done else 0)
        self._foot.setVisible(page is self._lines or not idle)
        self._next.setVisible(page is self._recognition)
        self._next.setText(f"&Review {counted(lines, 'line', 'lines')}")
        self._next.setEnabled(self._doing is not _Doing.READING and lines > 0)
        self._next.setToolTip("" if lines else "The file holds no lines")
        self._back.setVisible(page is self._lines)
        self._back.setEnabled(self._doing is not _Doing.IMPORTING)
        why_not = self._why_not()
        self._now.setVisible(page is self._lines)
        self._now.setText(f"&Import {counted(self._outcome.imported, 'line', 'lines')}")
        self._now.setEnabled(why_not is None)
        self._now.setToolTip(why_not or "Write these lines to the Distribution Log")
        self._another.setVisible(page in (self._recognition, self._lines, self._done))
        self._another.setEnabled(idle)
        self._again.setVisible(idle and self._review is not None and not self._review_stands)
        self._to_log.setVisible(page is self._done)
        words = self._outcome.in_words()
        tone = Tone.WARNING if self._outcome.left_out else Tone.INFO if words else Tone.SUCCESS
        self._summary.set_status(tone, words or "Every line is imported.")

    def _show_step(self, at: int) -> None:
        words = [f"<b>{step}</b>" if place == at else step for place, step in enumerate(_STEPS)]
        self._steps.setText("&nbsp; › &nbsp;".join(words))
        self._steps.setAccessibleName(f"Step {at + 1} of {len(_STEPS)}: {_STEPS[at]}")

    def _show_page(self, page: QWidget) -> None:
        self._stack.setCurrentWidget(page)
        self._settle()
        self._focus_page()

    def _focus_page(self) -> None:
        places: dict[QWidget, QWidget] = {
            self._start: self._choose,
            self._unreadable: self._choose_instead,
            self._recognition: self._next,
            self._lines: self._lines.table,
            self._done: self._to_log,
        }
        page = self._stack.currentWidget()
        # Enter goes on where that writes nothing.
        self._next.setDefault(page is self._recognition)
        self._to_log.setDefault(page is self._done)
        if page in places:
            places[page].setFocus()

    def _show_unreadable(self, sentence: str, *, perhaps_encoding: bool) -> None:
        self._unreadable.set_sentence(sentence)
        self._encodings.setVisible(perhaps_encoding or self._choices.encoding is not None)
        self._encodings.set_recognised(self._recognised_encoding)
        self._show_page(self._unreadable)

    def _say(self, sentence: str, tone: Tone = Tone.WARNING) -> None:
        self._notice.setProperty("tone", tone.value)
        for part in (self._notice, *self._notice.findChildren(QLabel)):
            restyle(part)
        self._notice.say(sentence)

    def _build(self) -> None:
        self._title = named(QLabel(textFormat=Qt.TextFormat.PlainText), "importTitle")
        self._title.setProperty("heading", True)
        self._title.setText("Import")
        self._steps = named(muted(QLabel()), "importSteps")
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._steps)
        self._notice = Notice("importNotice", Tone.WARNING)
        self._again = _button("importAgain", "Review the file a&gain", lambda: self._read(_Doing.READING))
        again = QHBoxLayout()
        again.addWidget(self._again)
        again.addStretch(1)
        self._notice.column.addLayout(again)
        self._build_pages()
        self._build_foot()
        line = QFrame()
        line.setProperty("line", True)
        line.setFixedHeight(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(10)
        column.addLayout(head)
        column.addWidget(self._notice)
        column.addWidget(self._stack, 1)
        column.addWidget(self._foot)
        column.addWidget(line)
        column.addLayout(self._buttons)

    def _build_pages(self) -> None:
        self._choose = _button("importChoose", "Choose a &file…", self._choose_file)
        self._start = EmptyState(
            "importStart",
            "import",
            "Which file do you want to import?",
            "A CSV file with ship date, order number, facility, SKU, lot and quantity. "
            "You see every line before anything is written.",
            [self._choose],
        )
        self._waiting = named(QWidget(), "importWaiting")
        self._waiting.setProperty("surface", True)
        self._waiting.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._choose_instead = _button("importChooseInstead", "Choose another &file…", self._choose_another)
        self._read_again = _button("importReadAgain", "&Try again", lambda: self._read(_Doing.READING))
        self._encodings = EncodingButton()
        self._encodings.chosen.connect(self._read_as)
        self._unreadable = EmptyState(
            "importUnreadable",
            "problem",
            "This file cannot be imported",
            "",
            [self._choose_instead, self._read_again, self._encodings],
        )
        self._recognition = ImportRecognition()
        self._recognition.encoding_chosen.connect(self._read_as)
        self._recognition.date_order_chosen.connect(self._read_dates)
        self._lines = ImportReview()
        self._lines.choices_changed.connect(self._check)
        self._done = ImportDone()
        self._stack = QStackedWidget()
        for page in (self._start, self._waiting, self._unreadable, self._recognition, self._lines, self._done):
            self._stack.addWidget(page)

    def _build_foot(self) -> None:
        self._summary = named(StatusLight(), "importSummary")
        self._words = named(muted(QLabel(textFormat=Qt.TextFormat.PlainText)), "importProgressText")
        self._bar = named(QProgressBar(textVisible=False), "importProgress", "Progress")
        self._bar.setFixedWidth(260)
        self._cancel = _button("importCancel", "Canc&el", self._cancel_work)
        self._progress = QWidget()
        row = QHBoxLayout(self._progress)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._bar)
        row.addWidget(self._words, 1)
        row.addWidget(self._cancel)
        self._foot = QStackedWidget()
        self._foot.addWidget(self._summary)
        self._foot.addWidget(self._progress)
        self._foot.setFixedHeight(self._cancel.sizeHint().height())
        self._progress_timer = QTimer(self, singleShot=True)
        self._progress_timer.timeout.connect(lambda: self._foot.setCurrentWidget(self._progress))
        self._another = _button("importAnother", "Choose another &file…", self._choose_another)
        self._close = _button("importClose", "C&lose", self.reject)
        self._back = _button("importBack", "&Back", lambda: self._show_page(self._recognition))
        self._next = _button("importNext", "&Review", lambda: self._show_page(self._lines), primary=True)
        self._now = _button("importNow", "&Import", self._import, primary=True)
        self._to_log = _button("importShowInLog", "&Show in log", self._show_imported, primary=True)
        self._buttons = QHBoxLayout()
        self._buttons.addWidget(self._another)
        self._buttons.addStretch(1)
        for button in (self._close, self._back, self._next, self._now, self._to_log):
            self._buttons.addWidget(button)


def _button(name: str, text: str, act: Callable[[], object], *, primary: bool = False) -> QPushButton:
    # Not autoDefault: Enter in the table, or on any other button, must never press “Import”.
    button = named(QPushButton(text, autoDefault=False), name, text.replace("&", "").rstrip("…"))
    button.setProperty("primary", primary)
    button.clicked.connect(lambda: act())
    return button


def _same_rows(before: ImportChoices, after: ImportChoices) -> bool:
    """Whether two readings of one file differ in corrections and decisions only."""
    read_as = ("encoding", "date_order", "columns")
    return all(getattr(before, name) == getattr(after, name) for name in read_as)
