"""Keeps the free-text index up with the log while nobody waits for anything.

Nothing that is found depends on it: entries that are not in the index yet are compared one by one.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from desktop.domain.changes import Changes, Subject
from desktop.ui.changes import ChangeFeed
from desktop.ui.tasks import Tasks

_AFTER_CHANGES_MS = 3_000
_BETWEEN_PARTS_MS = 100
_WRITE_TO_THE_LOG = {Subject.DISTRIBUTIONS, Subject.IMPORTS}


class SearchUpkeep(QObject):
    """`index_part` adds a part and returns whether more is left; it runs in a worker, part by part.

    A part waits until no other work is under way, so that what a person does always comes first. Trouble ends it until
    the log changes again: the search only stays slower.
    """

    def __init__(
        self,
        index_part: Callable[[], bool],
        tasks: Tasks,
        changes: ChangeFeed,
        parent: QObject,
        *,
        wait_ms: int = _AFTER_CHANGES_MS,
    ) -> None:
        super().__init__(parent)
        self._index_part = index_part
        self._tasks = tasks
        self._wait_ms = wait_ms
        self._timer = QTimer(self, singleShot=True, interval=wait_ms)
        self._timer.timeout.connect(self._next)
        changes.changed.connect(self._take_changes)
        self._timer.start()

    def _take_changes(self, changes: Changes) -> None:
        if changes.subjects & _WRITE_TO_THE_LOG:
            self._timer.start(self._wait_ms)

    def _next(self) -> None:
        if self._tasks.is_busy():
            self._timer.start(self._wait_ms)
            return
        index_part = self._index_part
        self._tasks.submit(lambda _progress: index_part(), self._indexed, lambda _trouble: None, owner=self)

    def _indexed(self, more: bool) -> None:
        if more:
            self._timer.start(min(_BETWEEN_PARTS_MS, self._wait_ms))
