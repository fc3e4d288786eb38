"""Work leaves the GUI thread, its result comes back there, and nothing of it is lost or told twice."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from desktop.domain.errors import KnownTrouble
from desktop.domain.progress import Cancelled, Progress
from desktop.ui.tasks import BackgroundTasks, InlineTasks, Lane, Tasks, UnexpectedTrouble


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Holds work back until it is set; set at the end of the test in any case."""
    event = threading.Event()
    yield event
    event.set()


def test_work_is_done_elsewhere_and_its_result_arrives_on_the_gui_thread(qtbot: QtBot, tasks: BackgroundTasks) -> None:
    found: list[tuple[int, int]] = []
    tasks.submit(lambda _: threading.get_ident(), lambda worker: found.append((worker, threading.get_ident())))
    assert tasks.is_busy()
    qtbot.waitUntil(lambda: bool(found))
    worker, receiver = found[0]
    assert worker != receiver == threading.get_ident()
    assert not tasks.is_busy()


def test_results_of_one_lane_arrive_in_the_order_of_their_work(qtbot: QtBot, tasks: BackgroundTasks) -> None:
    found: list[int] = []
    for number in range(50):
        tasks.submit(lambda _, number=number: number, found.append, lane=Lane.WRITE)
    qtbot.waitUntil(lambda: len(found) == 50)
    assert found == list(range(50))


def test_the_screen_is_read_while_long_work_runs(qtbot: QtBot, tasks: BackgroundTasks, gate: threading.Event) -> None:
    found: list[str] = []
    tasks.submit(lambda _: gate.wait(), lambda _: found.append("written"), lane=Lane.WRITE)
    tasks.submit(lambda _: "read", found.append, lane=Lane.READ)
    qtbot.waitUntil(lambda: found == ["read"])
    assert tasks.is_busy(Lane.WRITE)
    assert not tasks.is_busy(Lane.READ)
    gate.set()
    qtbot.waitUntil(lambda: found == ["read", "written"])


@pytest.mark.parametrize("kind", [BackgroundTasks, InlineTasks])
def test_known_trouble_arrives_as_itself(qtbot: QtBot, kind: type[Tasks]) -> None:
    tasks = kind()
    trouble, found = KnownTrouble("The disk is full."), list[KnownTrouble]()

    def work(_progress: Progress) -> None:
        raise trouble

    tasks.submit(work, None, found.append)
    qtbot.waitUntil(lambda: found == [trouble])
    tasks.shutdown()


def test_trouble_that_nobody_takes_reaches_the_window(qtbot: QtBot, tasks: BackgroundTasks) -> None:
    def work(_progress: Progress) -> None:
        raise KnownTrouble("The disk is full.")

    with qtbot.waitSignal(tasks.failed) as blocker:
        tasks.submit(work)
    assert str(blocker.args[0]) == "The disk is full."


@pytest.mark.parametrize("kind", [BackgroundTasks, InlineTasks])
def test_a_bug_goes_to_the_last_resort_and_still_ends_the_waiting(qtbot: QtBot, kind: type[Tasks]) -> None:
    tasks = kind()
    found: list[KnownTrouble] = []
    with qtbot.capture_exceptions() as bugs:
        tasks.submit(lambda _: 1 // 0, None, found.append)
        qtbot.waitUntil(lambda: bool(found))
    assert [kind for kind, _error, _traceback in bugs] == [ZeroDivisionError]
    assert isinstance(found[0], UnexpectedTrouble)
    assert "ZeroDivisionError" in str(found[0])
    tasks.shutdown()


def test_progress_arrives_on_the_gui_thread_and_the_last_step_always(qtbot: QtBot, tasks: BackgroundTasks) -> None:
    told: list[tuple[int, int | None, int]] = []

    def work(progress: Progress) -> str:
        for step in range(2001):
            progress(step, 2000)
        return "done"

    done: list[str] = []
    tasks.submit(work, done.append, None, lambda at, total: told.append((at, total, threading.get_ident())))
    qtbot.waitUntil(lambda: done == ["done"])
    assert told[-1] == (2000, 2000, threading.get_ident())
    assert len(told) < 200


def test_running_work_is_cancelled_at_its_next_step(qtbot: QtBot, tasks: BackgroundTasks) -> None:
    running, found = threading.Event(), list[object]()

    def work(progress: Progress) -> None:
        while True:
            running.set()
            progress(0, None)

    ticket = tasks.submit(work, found.append, found.append)
    assert running.wait(5)
    ticket.cancel()
    qtbot.waitUntil(lambda: bool(found))
    assert isinstance(found[0], Cancelled)


def test_work_that_was_cancelled_before_it_began_is_not_done(
    qtbot: QtBot, tasks: BackgroundTasks, gate: threading.Event
) -> None:
    done, failed = list[object](), list[KnownTrouble]()
    tasks.submit(lambda _: gate.wait(), lane=Lane.WRITE)
    ticket = tasks.submit(lambda _: done.append("worked"), done.append, failed.append, lane=Lane.WRITE)
    ticket.cancel()
    gate.set()
    qtbot.waitUntil(lambda: bool(failed))
    assert isinstance(failed[0], Cancelled)
    assert done == []


def test_work_that_was_done_before_it_was_cancelled_counts_as_done(
    qtbot: QtBot, tasks: BackgroundTasks, gate: threading.Event
) -> None:
    running, done, failed = threading.Event(), list[object](), list[KnownTrouble]()

    def work(_progress: Progress) -> str:
        running.set()
        gate.wait()
        return "written"

    ticket = tasks.submit(work, done.append, failed.append)
    assert running.wait(5)
    ticket.cancel()
    gate.set()
    qtbot.waitUntil(lambda: done == ["written"])
    assert failed == []


def test_cancelled_work_without_a_listener_says_nothing(qtbot: QtBot, tasks: BackgroundTasks) -> None:
    def work(_progress: Progress) -> None:
        raise Cancelled

    with qtbot.assertNotEmitted(tasks.failed):
        tasks.submit(work)
        qtbot.waitUntil(lambda: not tasks.is_busy())


def test_nobody_is_called_after_the_owner_is_gone(qtbot: QtBot, tasks: BackgroundTasks, gate: threading.Event) -> None:
    owner, found = QObject(), list[object]()
    tasks.submit(lambda _: gate.wait(), found.append, found.append, owner=owner)
    with qtbot.waitSignal(owner.destroyed):
        owner.deleteLater()
    gate.set()
    qtbot.waitUntil(lambda: not tasks.is_busy())
    assert found == []


def test_shutdown_stops_the_threads_and_calls_nobody(qtbot: QtBot) -> None:
    others = set(threading.enumerate())
    tasks = BackgroundTasks()
    running, found = threading.Event(), list[object]()

    def work(progress: Progress) -> None:
        while True:
            running.set()
            progress(0, None)

    tasks.submit(work, found.append, found.append, lane=Lane.WRITE)
    tasks.submit(lambda _: "never", found.append, found.append, lane=Lane.WRITE)
    assert running.wait(5)
    tasks.shutdown()
    assert not [thread.name for thread in set(threading.enumerate()) - others if thread.name.startswith("silqeqms-")]
    with qtbot.assertNotEmitted(tasks.failed, wait=20):
        assert found == []


def test_inline_tasks_have_called_back_when_submit_returns() -> None:
    tasks, found = InlineTasks(), list[object]()

    def work(progress: Progress) -> str:
        progress(3, 3)
        return "done"

    tasks.submit(work, found.append, None, lambda at, total: found.append((at, total)))
    assert found == [(0, None), (3, 3), "done"]
    assert not tasks.is_busy()
