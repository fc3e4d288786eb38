"""The only background door: work leaves the GUI thread here, and its result comes back here.

The work captures values, never a widget. Its result reaches `on_done` or `on_failed` on the GUI thread by a queued
signal, in the order in which the work of one lane ended. Known trouble arrives as itself; any other exception is a
bug: it goes to `sys.excepthook` (the log) and arrives as `UnexpectedTrouble`, so that no page waits for ever.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from threading import Event
from time import monotonic
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid

from desktop.domain.errors import KnownTrouble
from desktop.domain.progress import Cancelled, Progress

T = TypeVar("T")
Work = Callable[[Progress], T]

# Painting asks Python some hundred times, and each time may have to wait that long for a worker that computes. With
# Python's own 5 ms a repaint beside an import took three times as long as alone; with this it takes a sixth longer.
_SECONDS_BEFORE_A_WORKER_YIELDS = 0.0005
_SECONDS_BETWEEN_PROGRESS = 0.05  # an import tells its progress far more often than anybody can read


class Lane(Enum):
    """Which worker does it.

    READ: the short reads of what is on the screen, two at once, so that a new filter does not wait for the count of
    the last one. WRITE: everything that writes or takes long, one after another, so that scrolling goes on during an
    import. PARSE: files, before anything is written.
    """

    READ = "read"
    WRITE = "write"
    PARSE = "parse"


_WIDTH = {Lane.READ: 2, Lane.WRITE: 1, Lane.PARSE: 2}


class UnexpectedTrouble(KnownTrouble):
    """What a person is told of a bug."""

    def __init__(self, error: Exception) -> None:
        super().__init__(
            f"Something unexpected happened ({type(error).__name__}). It was written to the log file. "
            "Please try again; if it happens again, send the log file to support."
        )


class Ticket:
    """One piece of submitted work; the caller keeps it to cancel."""

    def __init__(
        self,
        work: Work[Any],
        on_done: Callable[[Any], object] | None,
        on_failed: Callable[[KnownTrouble], object] | None,
        on_progress: Callable[[int, int | None], object] | None,
        lane: Lane,
        owner: QObject | None,
    ) -> None:
        self.work = work
        self.on_done = on_done
        self.on_failed = on_failed
        self.on_progress = on_progress
        self.lane = lane
        self.owner = owner
        self.result: Any = None
        self.error: Exception | None = None
        self._asked_to_stop = Event()

    def cancel(self) -> None:
        """Asks the work to stop: then `on_failed` gets `Cancelled`. Work that was done by then still ends in `on_done`,
        because what it wrote is written.
        """
        self._asked_to_stop.set()

    def run(self, tell: Callable[[int, int | None], None]) -> None:
        """Does the work in the thread that calls; result or error are kept for the GUI thread."""
        told_at = 0.0

        def progress(done: int, total: int | None) -> None:
            nonlocal told_at
            if self._asked_to_stop.is_set():
                raise Cancelled
            if self.on_progress is not None and (done == total or monotonic() - told_at >= _SECONDS_BETWEEN_PROGRESS):
                told_at = monotonic()
                tell(done, total)

        try:
            progress(0, None)
            self.result = self.work(progress)
        except Exception as error:  # noqa: BLE001 - every error is handed to the GUI thread, none dies in a worker
            self.error = error


class Tasks(QObject):
    """What pages are written against. `submit` is called on the GUI thread and calls back on it."""

    # Trouble of work that was submitted without `on_failed`; the window shows it in its banner.
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._open: set[Ticket] = set()

    def submit(
        self,
        work: Work[T],
        on_done: Callable[[T], object] | None = None,
        on_failed: Callable[[KnownTrouble], object] | None = None,
        on_progress: Callable[[int, int | None], object] | None = None,
        *,
        lane: Lane = Lane.WRITE,
        owner: QObject | None = None,
    ) -> Ticket:
        """Does `work(progress)` outside the GUI thread.

        When `owner` is destroyed before the work ends, nobody is called: pass the dialog or page whose methods the
        callbacks use.
        """
        ticket = Ticket(work, on_done, on_failed, on_progress, lane, owner)
        self._open.add(ticket)
        self._start(ticket)
        return ticket

    def is_busy(self, *lanes: Lane) -> bool:
        """Whether work of these lanes (of any, when none is named) has not called back yet."""
        return any(not lanes or ticket.lane in lanes for ticket in self._open)

    def cancel_all(self) -> None:
        """Asks everything that is open to stop."""
        for ticket in self._open:
            ticket.cancel()

    def shutdown(self) -> None:
        """Cancels what is open, waits for it to stop, and calls nobody any more."""
        self.cancel_all()
        self._open.clear()

    def _start(self, ticket: Ticket) -> None:
        raise NotImplementedError

    def _deliver(self, ticket: Ticket) -> None:
        if ticket not in self._open:
            return
        self._open.discard(ticket)
        trouble = ticket.error
        if trouble is not None and not isinstance(trouble, KnownTrouble):
            sys.excepthook(type(trouble), trouble, trouble.__traceback__)
            trouble = UnexpectedTrouble(trouble)
        if ticket.owner is not None and not isValid(ticket.owner):
            return
        if trouble is None:
            if ticket.on_done is not None:
                ticket.on_done(ticket.result)
        elif ticket.on_failed is not None:
            ticket.on_failed(trouble)
        elif not isinstance(trouble, Cancelled):
            self.failed.emit(trouble)

    def _tell(self, ticket: Ticket, done: int, total: int | None) -> None:
        if ticket in self._open and ticket.on_progress and (ticket.owner is None or isValid(ticket.owner)):
            ticket.on_progress(done, total)


class BackgroundTasks(Tasks):
    """The runner of the real window: worker threads by lane, made when a lane is first used."""

    _ended = Signal(object)
    _progressed = Signal(object, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workers: dict[Lane, ThreadPoolExecutor] = {}
        sys.setswitchinterval(_SECONDS_BEFORE_A_WORKER_YIELDS)
        self._ended.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._progressed.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def shutdown(self) -> None:
        """Also ends the threads."""
        super().shutdown()
        for workers in self._workers.values():
            workers.shutdown(wait=True, cancel_futures=True)
        self._workers.clear()

    def _start(self, ticket: Ticket) -> None:
        if ticket.lane not in self._workers:
            self._workers[ticket.lane] = ThreadPoolExecutor(_WIDTH[ticket.lane], f"silqeqms-{ticket.lane.value}")
        self._workers[ticket.lane].submit(self._run, ticket)

    def _run(self, ticket: Ticket) -> None:
        ticket.run(lambda done, total: self._progressed.emit(ticket, done, total))
        self._ended.emit(ticket)


class InlineTasks(Tasks):
    """Does everything at once in the calling thread, for tests of what depends on the result only."""

    def _start(self, ticket: Ticket) -> None:
        ticket.run(lambda done, total: self._tell(ticket, done, total))
        self._deliver(ticket)
