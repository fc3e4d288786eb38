"""Importing a file in steps: what was recognised, its columns, the review of its lines, and what was written.

Nothing is written before “Import”. Reading and writing happen in the background and can be cancelled; whatever fails
is said in the dialog, and what was corrected and decided stays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QWidget

from desktop.domain.changes import Changes
from desktop.domain.errors import FileRefused, KnownTrouble, StaleEdit
from desktop.domain.import_review import ImportChoices, ImportPreview, ImportReceipt
from desktop.domain.imports import FileProblemKind
from desktop.domain.progress import Cancelled, Progress
from desktop.ui.dialogs.import_columns import REPAIRED_HERE
from desktop.ui.dialogs.import_follow_up import FollowUp
from desktop.ui.dialogs.import_frame import ImportFrame
from desktop.ui.dialogs.import_outcome import Outcome
from desktop.ui.dialogs.import_tools import ReviewTools
from desktop.ui.dialogs.import_words import date_example
from desktop.ui.dialogs.import_work import Doing, ImportWork, Job
from desktop.ui.formats import counted
from desktop.ui.prompter import ANY_FILE, FileType, Prompter, Question
from desktop.ui.tables.import_lines import Review
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Tone

T = TypeVar("T")

IMPORTABLE = (
    FileType("CSV files and workbooks", ("csv", "tsv", "txt", "xlsx", "xlsm")),
    FileType("CSV file", ("csv", "tsv", "txt")),
    FileType("Excel workbook", ("xlsx", "xlsm")),
    ANY_FILE,
)

# A file that is read in a wrong encoding may also seem to lack its header.
_PERHAPS_ENCODING = (FileProblemKind.ENCODING, FileProblemKind.NO_HEADER, FileProblemKind.MISSING_COLUMN)


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

    `imported` carries the `Changes` and the `ImportReceipt` as soon as the lines are written, `undone` the `Changes`
    when they are taken back. `show_in_log` carries the receipt when the person wants to see what was written; the
    dialog is closed by then.
    """

    imported = Signal(object, object)
    undone = Signal(object)
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
        self._work = work
        self._prompter = prompter
        self._path = path
        self._choices = ImportChoices()
        self._review: Review | None = None
        self._recognised_encoding: str | None = None
        self._outcome = Outcome()
        self._receipt: ImportReceipt | None = None
        self._review_stands = True
        self._close_when_stopped = False
        self._job = Job(tasks, self)
        self._frame = frame = ImportFrame(self, tasks, self._job, may_undo=work.undo is not None)
        self._tools = ReviewTools(frame.lines, work, self._gather)
        self._follow_up = FollowUp(self, work, prompter, self._job, frame.say)
        self._then: QWidget = frame.recognition
        self._listen()
        self._show_page(frame.start)

    def open(self) -> None:
        """Shows the dialog, and reads its file or asks for one."""
        super().open()
        if self._path is None:
            self._choose_file()
        else:
            self._read_file(self._path)

    def reject(self) -> None:
        """Closes the dialog; asks first when an import is running or something that was typed would be lost."""
        if self._job.doing is Doing.IMPORTING:
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

    def _listen(self) -> None:
        frame, buttons = self._frame, self._frame.buttons
        for button, act in (
            (frame.start.choose, self._choose_file),
            (frame.unreadable.choose, self._choose_another),
            (frame.unreadable.again, self._read_again),
            (frame.again, self._read_again),
            (buttons.another, self._choose_another),
            (buttons.close, self.reject),
            (buttons.back, self._go_back),
            (buttons.next, self._go_on),
            (buttons.now, self._import),
            (buttons.undo, self._ask_undo),
            (buttons.save_problems, self._save_problem_rows),
            (buttons.to_log, self._show_imported),
        ):
            button.clicked.connect(lambda _checked=False, act=act: act())
        frame.unreadable.encoding_chosen.connect(lambda encoding: self._read_otherwise(encoding=encoding))
        frame.recognition.columns_asked.connect(lambda: self._show_page(frame.columns))
        frame.columns.encoding_chosen.connect(lambda encoding: self._read_otherwise(encoding=encoding))
        frame.columns.sheet_chosen.connect(lambda sheet: self._read_otherwise(sheet=sheet))
        frame.columns.changed.connect(self._settle)
        frame.lines.choices_changed.connect(self._check)
        frame.lines.gather_asked.connect(self._gather)
        frame.lines.save_asked.connect(self._save_problem_rows)
        frame.lines.said.connect(lambda sentence: frame.say(sentence, Tone.INFO))
        self._job.started.connect(self._settle)
        self._job.ended.connect(self._settle)

    # From file to file.

    def _choose_file(self) -> None:
        self._prompter.open_files(self, "Choose a file to import", IMPORTABLE, lambda paths: self._read_file(paths[0]))

    def _choose_another(self) -> None:
        self._before_discarding("Leave this file without importing it?", "Leave it", self._choose_file)

    def _read_file(self, path: Path) -> None:
        self._path = path
        self._choices = ImportChoices()
        self._review = None
        self._receipt = None
        self._recognised_encoding = None
        self._frame.set_file(path)
        self._show_page(self._frame.waiting)
        self._read(self._frame.recognition)

    def _leave(self) -> None:
        self._job.drop()
        super().reject()

    def _stop_import(self) -> None:
        if self._job.doing is Doing.IMPORTING:
            self._close_when_stopped = True
            self._job.stop()

    def _before_discarding(self, text: str, yes: str, then: Callable[[], object]) -> None:
        """Asks when corrections, decisions or links would be lost."""
        choices = self._choices
        decisions = len(choices.conflict_decisions) + (choices.conflicts is not None)
        counts = (
            (len(choices.corrections), "correction", "corrections"),
            (decisions, "decision", "decisions"),
            (len(choices.reps), "link of a rep", "links of reps"),
        )
        lost = [counted(count, one, many) for count, one, many in counts if count]
        if self._receipt is not None or not lost:
            then()
            return
        verb = "is" if sum(count for count, _, _ in counts) == 1 else "are"
        *most, last = lost
        words = f"{', '.join(most)} and {last}" if most else last
        self._prompter.confirm(self, Question("Import", text, f"{words} {verb} lost.", yes, destructive=True), then)

    # Reading, and checking again.

    def _read(self, then: QWidget) -> None:
        """Reads the file; afterwards `then` is shown unless something has to be decided first."""
        path, choices, preview = self._path, self._choices, self._work.preview
        if path is None:
            return
        self._then = then
        self._frame.say("")
        self._job.start(
            Doing.READING,
            f"Reading {path.name}…",
            lambda progress: _Reading.of(preview(path, choices, progress)),
            self._take_reading,
            self._take_reading_trouble,
        )

    def _read_again(self) -> None:
        self._read(self._frame.recognition if self._review is None else self._frame.lines)

    def _take_reading(self, reading: _Reading) -> None:
        frame, before, preview = self._frame, self._review, reading.review.preview
        file, problem = preview.file, preview.file.file_problem
        if self._recognised_encoding is None and self._choices.encoding is None:
            self._recognised_encoding = file.encoding
        if problem is not None:
            self._review = None
            frame.columns.show_file(file, self._recognised_encoding, None)
            if problem.kind in REPAIRED_HERE and any(file.header):
                self._show_page(frame.columns)
            else:
                self._show_unreadable(problem.message, perhaps_encoding=problem.kind in _PERHAPS_ENCODING)
            return
        other_file = before is not None and before.preview.file.sha256 != file.sha256
        if other_file and self._choices != _without_review(self._choices):
            # What was corrected and decided belongs to rows that are no more.
            self._choices = _without_review(self._choices)
            self._review = None
            self._read(frame.recognition)
            frame.say("The file was changed since it was first read: it was read again, without your corrections.")
            return
        frame.recognition.show_preview(preview)
        frame.columns.show_file(file, self._recognised_encoding, reading.date_example)
        alike = before is not None and not other_file and before.preview.choices.read_alike(preview.choices)
        self._take_review(reading.review, checked=alike)
        self._show_page(frame.columns if frame.columns.problem else self._then)

    def _take_review(self, review: Review, *, checked: bool) -> None:
        self._review = review
        self._review_stands = True
        lines = self._frame.lines
        (lines.show_checked if checked else lines.show_review)(review, self._choices)
        self._settle()

    def _take_reading_trouble(self, trouble: KnownTrouble) -> None:
        cancelled = isinstance(trouble, Cancelled)
        shown = self._frame.page
        if self._review is not None:
            # Another way of reading the file failed: what is shown stands.
            read = self._review.preview.choices
            self._choices = replace(read, **_reviewed(self._choices))
            self._review_stands = self._choices == read
        elif cancelled and shown is self._frame.waiting:
            self._show_page(self._frame.start)
        elif not cancelled:
            self._show_unreadable(str(trouble), perhaps_encoding=False)
            return
        self._frame.say(str(trouble), Tone.INFO if cancelled else Tone.PROBLEM)
        self._settle()

    def _read_otherwise(self, **chosen: str) -> None:
        """In another encoding, or another sheet: the rows are others then."""
        then = self._frame.columns if self._frame.page is self._frame.columns else self._frame.recognition
        anew = replace(_without_review(self._choices), columns={}, **chosen)  # type: ignore[arg-type]
        self._discard_and_read(anew, then)

    def _discard_and_read(self, choices: ImportChoices, then: QWidget) -> None:
        def read() -> None:
            self._choices = choices
            self._read(then)

        if _reviewed(choices) == _reviewed(self._choices):
            read()
        else:
            self._before_discarding("Read the file again in another way?", "Read it again", read)

    def _check(self, choices: ImportChoices) -> None:
        self._choices = choices
        review, review_again = self._review, self._work.review_again
        if review is None:
            return
        self._frame.say("")
        self._job.start(
            Doing.CHECKING,
            "Checking the lines…",
            lambda progress: Review.of(review_again(review.preview, choices, progress)),
            lambda checked: self._take_review(checked, checked=True),
            self._take_reading_trouble,
        )

    def _gather(self, words: str, work: Callable[[Progress], T], on_done: Callable[[T], object]) -> None:
        """Something is found out about many lines; nobody changes them meanwhile."""
        self._frame.say("")

        def failed(trouble: KnownTrouble) -> None:
            self._frame.say(str(trouble), Tone.INFO if isinstance(trouble, Cancelled) else Tone.PROBLEM)
            self._check_if_needed()

        def done(result: T) -> None:
            on_done(result)
            self._check_if_needed()

        self._job.start(Doing.GATHERING, words, work, done, failed)

    def _check_if_needed(self) -> None:
        """A check that was interrupted is taken up again."""
        if self._job.doing is None and self._review is not None and self._choices != self._review.preview.choices:
            self._check(self._choices)

    # From step to step.

    def _go_on(self) -> None:
        frame = self._frame
        if frame.page is frame.recognition:
            self._show_page(frame.columns if frame.columns.problem else frame.lines)
        elif not frame.columns.problem:
            choices = frame.columns.chosen(self._choices)
            if self._review is not None and choices.read_alike(self._review.preview.choices):
                self._show_page(frame.lines)
            elif choices.columns == self._choices.columns:
                self._choices = choices
                self._read(frame.lines)
            else:
                self._discard_and_read(_without_review(choices), frame.lines)

    def _go_back(self) -> None:
        self._show_page(self._frame.recognition)

    # Writing, and taking back.

    def _import(self) -> None:
        told = self._choices
        self._frame.lines.finish_editing()
        path, review, write = self._path, self._review, self._work.write
        # A cell that was still being edited changes what the button said: it says it anew, and is pressed again.
        if path is None or review is None or self._choices is not told or self._why_not() is not None:
            return
        self._frame.say("")
        self._job.start(
            Doing.IMPORTING,
            f"Importing {counted(self._outcome.imported, 'line', 'lines')}…",
            lambda progress: write(path, review.preview, progress),
            lambda written: self._take_receipt(*written),
            self._take_import_trouble,
        )

    def _take_receipt(self, changes: Changes, receipt: ImportReceipt) -> None:
        self._receipt = receipt
        self._close_when_stopped = False
        self._frame.done.show_receipt(receipt, self._outcome)
        self._show_page(self._frame.done)
        self.imported.emit(changes, receipt)

    def _take_import_trouble(self, trouble: KnownTrouble) -> None:
        cancelled = isinstance(trouble, Cancelled)
        if cancelled and self._close_when_stopped:
            super().reject()
            return
        self._close_when_stopped = False
        self._review_stands = not isinstance(trouble, StaleEdit | FileRefused)
        self._frame.say(str(trouble), Tone.INFO if cancelled else Tone.PROBLEM)
        self._settle()

    def _ask_undo(self) -> None:
        receipt = self._receipt
        if receipt is None:
            return

        def undone(changes: Changes, removed: int) -> None:
            self._receipt = replace(receipt, batch_id=None)
            self._frame.done.show_undone(removed)
            self._settle()
            self.undone.emit(changes)

        self._follow_up.ask_undo(receipt, undone)

    def _save_problem_rows(self) -> None:
        self._frame.lines.finish_editing()
        if self._path is not None and self._review is not None and self._job.doing is None:
            self._follow_up.save_problem_rows(self._review.preview, self._path)

    def _show_imported(self) -> None:
        self.accept()
        self.show_in_log.emit(self._receipt)

    def _why_not(self) -> str | None:
        """Why nothing can be imported now, in words; None when something can."""
        if self._job.doing is not None:
            return "The import is running" if self._job.doing is Doing.IMPORTING else "The lines are being checked"
        if not self._review_stands:
            return "The lines must be reviewed again first"
        if self._outcome.imported == 0:
            return f"There is nothing to import. {self._outcome.in_words()}".strip()
        return None

    # What is shown.

    def _show_page(self, page: QWidget) -> None:
        self._frame.show_page(page)
        self._settle()
        self._frame.focus_page()

    def _show_unreadable(self, sentence: str, *, perhaps_encoding: bool) -> None:
        perhaps = perhaps_encoding or self._choices.encoding is not None
        self._frame.unreadable.show_reason(sentence, self._recognised_encoding, perhaps_encoding=perhaps)
        self._show_page(self._frame.unreadable)

    def _settle(self) -> None:
        """Brings buttons and summary in step with what was read and decided."""
        if self._review is not None and self._receipt is None:
            self._outcome = Outcome.of(self._review, self._choices)
        self._frame.settle(
            self._review,
            self._outcome,
            self._receipt,
            why_not=self._why_not(),
            review_stands=self._review_stands,
        )


def _reviewed(choices: ImportChoices) -> dict[str, Any]:
    """The choices that are about rows already read."""
    names = ("corrections", "conflicts", "conflict_decisions", "reps")
    return {name: getattr(choices, name) for name in names}


def _without_review(choices: ImportChoices) -> ImportChoices:
    return replace(choices, corrections={}, conflicts=None, conflict_decisions={}, reps={})
