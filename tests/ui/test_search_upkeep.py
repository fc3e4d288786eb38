"""The search index is brought up part by part, when nobody waits for anything."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from desktop.domain.changes import Changes, Subject
from desktop.domain.errors import StorageTrouble
from desktop.ui.changes import ChangeFeed
from desktop.ui.search_upkeep import SearchUpkeep
from desktop.ui.tasks import BackgroundTasks, Lane


class Index:
    """So many parts are left."""

    def __init__(self, left: int) -> None:
        self.left = left
        self.asked = 0
        self.trouble = False

    def __call__(self) -> bool:
        self.asked += 1
        if self.trouble:
            raise StorageTrouble("The database is locked.")
        self.left = max(0, self.left - 1)
        return self.left > 0


def test_every_part_is_added_and_again_after_the_log_changed(qtbot: QtBot, tasks: BackgroundTasks) -> None:
    parent, index = QObject(), Index(3)
    feed = ChangeFeed(parent)
    SearchUpkeep(index, tasks, feed, parent, wait_ms=1)
    qtbot.waitUntil(lambda: index.asked == 3)
    feed.announce(Changes.of(Subject.CUSTOMERS))
    qtbot.wait(20)
    assert index.asked == 3
    index.left = 2
    feed.announce(Changes.of(Subject.IMPORTS))
    qtbot.waitUntil(lambda: index.asked == 5)


def test_it_waits_while_other_work_is_under_way(qtbot: QtBot, tasks: BackgroundTasks) -> None:
    parent, index, done = QObject(), Index(1), threading.Event()
    tasks.submit(lambda _progress: done.wait(5), lane=Lane.READ)
    SearchUpkeep(index, tasks, ChangeFeed(parent), parent, wait_ms=1)
    qtbot.wait(20)
    assert index.asked == 0
    done.set()
    qtbot.waitUntil(lambda: index.asked == 1)


def test_trouble_is_not_told_and_the_next_change_tries_again(qtbot: QtBot, tasks: BackgroundTasks) -> None:
    parent, index, told = QObject(), Index(2), list[object]()
    index.trouble = True
    tasks.failed.connect(told.append)
    feed = ChangeFeed(parent)
    SearchUpkeep(index, tasks, feed, parent, wait_ms=1)
    qtbot.waitUntil(lambda: index.asked == 1 and not tasks.is_busy())
    qtbot.wait(20)
    assert (index.asked, told) == (1, [])
    index.trouble = False
    feed.announce(Changes.of(Subject.DISTRIBUTIONS))
    qtbot.waitUntil(lambda: index.asked == 3)
