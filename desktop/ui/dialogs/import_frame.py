"""What stands around the steps of an import: the file's name, the notice, the step, the line below and the buttons."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from desktop.domain.import_review import ImportReceipt
from desktop.ui.dialogs.import_columns import ImportColumns
from desktop.ui.dialogs.import_done import ImportDone
from desktop.ui.dialogs.import_foot import ImportFoot
from desktop.ui.dialogs.import_outcome import Outcome
from desktop.ui.dialogs.import_recognition import ImportRecognition
from desktop.ui.dialogs.import_review import ImportReview
from desktop.ui.dialogs.import_unreadable import StartState, UnreadableState, push_button
from desktop.ui.dialogs.import_work import Doing, Job
from desktop.ui.formats import counted, plain_tool_tip
from desktop.ui.tables.import_lines import Review
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Tone, restyle
from desktop.ui.widgets.hairline import hairline
from desktop.ui.widgets.named import muted, named
from desktop.ui.widgets.notice import Notice

_STEPS = ("File", "Columns", "Review", "Done")
_LONGEST_NAME = 60
_SMALLEST, _LARGEST, _EDGE = (1000, 680), (1280, 860), 40


class ImportButtons(QHBoxLayout):
    """The buttons of all steps, in their places; which are seen is decided by the step."""

    def __init__(self) -> None:
        super().__init__()
        self.another = push_button("importAnother", "Choose another &file…")
        self.close = push_button("importClose", "C&lose")
        self.back = push_button("importBack", "&Back")
        self.next = push_button("importNext", "&Review", primary=True)
        self.now = push_button("importNow", "&Import", primary=True)
        self.undo = push_button("importUndoAll", "&Undo this import…")
        self.save_problems = push_button("importSaveLeftOut", "Save &problem rows…")
        self.to_log = push_button("importShowInLog", "&Show in log", primary=True)
        self.addWidget(self.another)
        self.addStretch(1)
        for button in (self.close, self.back, self.undo, self.save_problems, self.next, self.now, self.to_log):
            self.addWidget(button)


class ImportFrame(QVBoxLayout):
    """Lays out the dialog and holds its steps; the dialog says which one is shown, and when."""

    def __init__(self, dialog: QDialog, tasks: Tasks, job: Job, *, may_undo: bool) -> None:
        super().__init__(dialog)
        self._job = job
        self._may_undo = may_undo
        self.start = StartState()
        self.waiting = named(QWidget(), "importWaiting")
        self.waiting.setProperty("surface", True)
        self.waiting.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.unreadable = UnreadableState()
        self.recognition = ImportRecognition()
        self.columns = ImportColumns()
        self.lines = ImportReview(tasks)
        self.done = ImportDone()
        self.buttons = ImportButtons()
        self._stack = QStackedWidget()
        for page in (
            self.start,
            self.waiting,
            self.unreadable,
            self.recognition,
            self.columns,
            self.lines,
            self.done,
        ):
            self._stack.addWidget(page)
        self._title = named(QLabel(textFormat=Qt.TextFormat.PlainText), "importTitle")
        self._title.setProperty("heading", True)
        self._title.setText("Import")
        self._steps = named(muted(QLabel()), "importSteps")
        self._notice = Notice("importNotice", Tone.WARNING)
        self.again = push_button("importAgain", "Review the file a&gain")
        self._foot = ImportFoot(job)
        self._arrange()
        job.ended.connect(self._give_back)
        dialog.resize(*_size_on(dialog.parentWidget()))

    @property
    def page(self) -> QWidget:
        """The step that is shown."""
        return self._stack.currentWidget() or self.start

    def set_file(self, path: Path) -> None:
        """Says which file it is."""
        name = path.name if len(path.name) <= _LONGEST_NAME else f"{path.name[:40]}…{path.name[-16:]}"
        self._title.setText(name)
        self._title.setToolTip(plain_tool_tip(str(path)))

    def say(self, sentence: str, tone: Tone = Tone.WARNING) -> None:
        """Says something that concerns the whole; "" takes it away."""
        self._notice.setProperty("tone", tone.value)
        for part in (self._notice, *self._notice.findChildren(QLabel)):
            restyle(part)
        self._notice.say(sentence)

    def show_page(self, page: QWidget) -> None:
        """Shows a step."""
        self._stack.setCurrentWidget(page)
        place = {self.columns: 1, self.lines: 2, self.done: 3}.get(page, 0)
        words = [f"<b>{step}</b>" if at == place else step for at, step in enumerate(_STEPS)]
        self._steps.setText("&nbsp; › &nbsp;".join(words))
        self._steps.setAccessibleName(f"Step {place + 1} of {len(_STEPS)}: {_STEPS[place]}")

    def focus_page(self) -> None:
        """The keyboard begins where the step goes on."""
        page = self.page
        # Enter goes on where that writes nothing.
        self.buttons.next.setDefault(page in (self.recognition, self.columns))
        self.buttons.to_log.setDefault(page is self.done)
        if page is self.columns:
            if self.columns.problem:
                self.columns.focus_first()
            else:
                self.buttons.next.setFocus()
            return
        places: dict[QWidget, QWidget] = {
            self.start: self.start.choose,
            self.unreadable: self.unreadable.choose,
            self.recognition: self.buttons.next,
            self.lines: self.lines.table,
            self.done: self.buttons.to_log,
        }
        if page in places:
            places[page].setFocus()

    def settle(
        self,
        review: Review | None,
        outcome: Outcome,
        receipt: ImportReceipt | None,
        *,
        why_not: str | None,
        review_stands: bool,
    ) -> None:
        """Brings buttons and summary in step with what was read and decided; `why_not` says why nothing is imported."""
        page, doing, buttons = self.page, self._job.doing, self.buttons
        idle = doing is None
        self._stack.setEnabled(doing in (None, Doing.CHECKING))
        self._foot.setVisible(page is self.lines or not idle)
        words = outcome.in_words()
        tone = Tone.WARNING if outcome.left_out else Tone.INFO if words else Tone.SUCCESS
        self._foot.set_summary(tone, words or "Every line is imported.")
        self._settle_next(review)
        buttons.back.setVisible(page is self.lines or (page is self.columns and review is not None))
        buttons.back.setEnabled(idle or doing is Doing.CHECKING)
        buttons.now.setVisible(page is self.lines)
        buttons.now.setText(f"&Import {counted(outcome.imported, 'line', 'lines')}")
        buttons.now.setEnabled(why_not is None)
        buttons.now.setToolTip(why_not or "Write these lines to the Distribution Log")
        buttons.another.setVisible(page in (self.recognition, self.columns, self.lines, self.done))
        buttons.another.setEnabled(idle)
        self.again.setVisible(idle and review is not None and not review_stands)
        written = receipt is not None and receipt.batch_id is not None
        buttons.undo.setVisible(page is self.done and written and self._may_undo)
        buttons.undo.setEnabled(idle)
        buttons.save_problems.setVisible(page is self.done and outcome.problems > 0)
        buttons.save_problems.setEnabled(idle)
        buttons.to_log.setVisible(page is self.done and written)

    def _settle_next(self, review: Review | None) -> None:
        page, button = self.page, self.buttons.next
        lines = 0 if review is None else review.preview.counts.lines
        decided = page is not self.columns or not self.columns.problem
        button.setVisible(page in (self.recognition, self.columns))
        as_read = review is not None and not (page is self.columns and self.columns.is_changed)
        button.setText(f"&Review {counted(lines, 'line', 'lines')}" if as_read else "&Continue")
        button.setEnabled(self._job.doing is None and decided and (lines > 0 or not as_read))
        why_not = "The file holds no lines" if as_read and not lines else ""
        button.setToolTip(why_not if decided else self.columns.problem)

    def _give_back(self) -> None:
        """After work that was waited for, the keyboard is where it was."""
        if not self._stack.isEnabled():
            self._stack.setEnabled(True)
            self.focus_page()

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._steps)
        again = QHBoxLayout()
        again.addWidget(self.again)
        again.addStretch(1)
        self._notice.column.addLayout(again)
        self.setContentsMargins(16, 12, 16, 12)
        self.setSpacing(10)
        self.addLayout(head)
        self.addWidget(self._notice)
        self.addWidget(self._stack, 1)
        self.addWidget(self._foot)
        self.addWidget(hairline())
        self.addLayout(self.buttons)


def _size_on(parent: QWidget | None) -> tuple[int, int]:
    """Nearly as large as the window it opens on: the lines need the room."""
    if parent is None:
        return _SMALLEST
    window = parent.window().size()
    width = max(_SMALLEST[0] - 100, min(window.width() - _EDGE, _LARGEST[0]))
    return width, max(_SMALLEST[1] - 100, min(window.height() - _EDGE, _LARGEST[1]))
