"""What an import dialog has done for it outside the window, and the one piece of it that is under way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from desktop.domain.changes import Changes
from desktop.domain.errors import KnownTrouble
from desktop.domain.import_review import ImportChoices, ImportPreview, ImportReceipt
from desktop.domain.progress import Progress
from desktop.domain.users import Person
from desktop.ui.tasks import Lane, Tasks, Ticket

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ImportWork:
    """The verbs behind the dialog, called in workers. All raise `KnownTrouble`.

    `preview` reads a file; `review_again` takes what was reviewed with other corrections, decisions and reps, without
    reading it again. `undo` takes an import's number and a reason, and says how many lines it took out; None when the
    person may not.
    `save_problem_rows` says how many rows it wrote. `free_order_numbers` gives as many as are asked for.
    """

    preview: Callable[[Path, ImportChoices, Progress], ImportPreview]
    review_again: Callable[[ImportPreview, ImportChoices, Progress], ImportPreview]
    write: Callable[[Path, ImportPreview, Progress], tuple[Changes, ImportReceipt]]
    save_problem_rows: Callable[[ImportPreview, Path], int]
    free_order_numbers: Callable[[int], tuple[str, ...]]
    people: Callable[[], tuple[Person, ...]]
    undo: Callable[[int, str], tuple[Changes, int]] | None = None


class Doing(Enum):
    """What is under way. While lines are CHECKED again, or LOOKED for, the review stays usable; everything else is
    waited for."""

    READING = "reading"
    CHECKING = "checking"
    GATHERING = "gathering"
    IMPORTING = "importing"
    UNDOING = "undoing"
    SAVING = "saving"
    LOOKING = "looking"


_LANES = {
    Doing.IMPORTING: Lane.WRITE,
    Doing.UNDOING: Lane.WRITE,
    Doing.SAVING: Lane.WRITE,
    Doing.LOOKING: Lane.READ,
}


class Job(QObject):
    """The one piece of work that a dialog waits for; what is started later takes the place of what is under way.

    `started` and `ended` tell the dialog to show it; `ended` comes before the outcome is handed over. `progressed`
    carries what is done and the total, 0 when that is not known.
    """

    started = Signal()
    ended = Signal()
    progressed = Signal(int, int)

    def __init__(self, tasks: Tasks, owner: QObject) -> None:
        super().__init__(owner)
        self._tasks = tasks
        self._ticket: Ticket | None = None
        self._generation = 0
        self.doing: Doing | None = None
        self.words = ""

    def start(
        self,
        doing: Doing,
        words: str,
        work: Callable[[Progress], T],
        on_done: Callable[[T], object],
        on_failed: Callable[[KnownTrouble], object],
    ) -> None:
        """Does the work; one of the two is called unless it is dropped before."""
        self.drop()
        generation = self._generation

        def is_wanted() -> bool:
            return generation == self._generation

        def done(result: T) -> None:
            if is_wanted():
                self._end()
                on_done(result)

        def failed(trouble: KnownTrouble) -> None:
            if is_wanted():
                self._end()
                on_failed(trouble)

        def progress(now: int, total: int | None) -> None:
            if is_wanted():
                self.progressed.emit(now, total or 0)

        self.doing, self.words = doing, words
        self.started.emit()
        lane = _LANES.get(doing, Lane.PARSE)
        ticket = self._tasks.submit(work, done, failed, progress, lane=lane, owner=self)
        if is_wanted() and self.doing is doing:
            self._ticket = ticket

    def stop(self) -> None:
        """Asks the work to stop; how it ended is told as always."""
        if self._ticket is not None:
            self._ticket.cancel()

    def drop(self) -> None:
        """Lets the work stop, and is not interested in it any more."""
        self._generation += 1
        if self._ticket is not None:
            self._ticket.cancel()
        if self.doing is not None:
            self._end()

    def _end(self) -> None:
        self.doing = None
        self._ticket = None
        self.ended.emit()
