"""The table model that reads only what is looked at: true row count, any row, flat memory, no stale rows."""

from __future__ import annotations

import threading
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QTableView
from pytestqt.qtbot import QtBot

from desktop.domain.errors import KnownTrouble, StorageTrouble
from desktop.ui.tables.windowed import (
    BLOCK_ROWS,
    BLOCKS_KEPT,
    FIRST_ROWS,
    GONE_TEXT,
    NATIVE_ROLE,
    PATIENCE_SECONDS,
    ROW_ROLE,
    UNREAD_TEXT,
    Column,
    WindowedModel,
)
from desktop.ui.tasks import BackgroundTasks, InlineTasks, Tasks

ROWS = 10_000
ALIGNMENT = Qt.ItemDataRole.TextAlignmentRole


class Row(NamedTuple):
    key: int
    name: str


COLUMNS = (
    Column[Row]("key", "Key", lambda row: f"{row.key:,}", lambda row: row.key, 8, align_right=True, sort="by key"),
    Column[Row]("name", "Name", lambda row: row.name, lambda row: row.name, 20),
)


@dataclass
class Rows:
    """A query over rows that are made up as they are asked for; remembers what it was asked."""

    count: int = ROWS
    label: str = "row"
    descending: bool = False
    gone: frozenset[int] = frozenset()
    trouble: KnownTrouble | None = None
    hold: threading.Event | None = None
    hold_rows: threading.Event | None = None
    asked: list[int] = field(default_factory=list)

    def first(self, limit: int) -> Sequence[Row]:
        self._wait()
        return self.rows(self._all()[:limit])

    def keys(self) -> array[int]:
        self._wait()
        return self._all()

    def rows(self, keys: Sequence[int]) -> Sequence[Row]:
        if self.hold_rows is not None:
            self.hold_rows.wait(5)
        self.asked.append(len(keys))
        return [Row(key, f"{self.label} {key}") for key in keys if key not in self.gone]

    def _all(self) -> array[int]:
        keys = range(1, self.count + 1)
        return array("q", reversed(keys) if self.descending else keys)

    def _wait(self) -> None:
        if self.hold is not None:
            self.hold.wait(5)
        if self.trouble is not None:
            raise self.trouble


@pytest.fixture
def model(qapp: QApplication) -> WindowedModel:  # noqa: ARG001
    return model_on(InlineTasks())


def model_on(tasks: Tasks, patience: float = PATIENCE_SECONDS) -> WindowedModel:
    return WindowedModel(COLUMNS, lambda row: row.key, tasks, patience=patience)


def text(model: WindowedModel, row: int, column: int = 1) -> str:
    return model.data(model.index(row, column))


def see(qtbot: QtBot, model: WindowedModel, row: int) -> str:
    """The text of a row once it is read, as a view sees it: asked for, then told to look again."""
    qtbot.waitUntil(lambda: text(model, row) != "" or model.data(model.index(row, 0)) == GONE_TEXT)
    return text(model, row)


def test_it_keeps_the_rules_of_a_model(qtbot: QtBot, model: WindowedModel) -> None:
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning, model)
    model.show(Rows(count=700))
    assert see(qtbot, model, 699) == "row 700"
    model.refresh(Rows(count=650), around=600)
    model.show(Rows(count=3))
    model.show(Rows(count=0))
    assert model.rowCount() == 0


def test_the_row_count_is_exact(qtbot: QtBot, model: WindowedModel) -> None:
    with qtbot.waitSignals([model.first_shown, model.counted]):
        model.show(Rows())
    assert model.rowCount() == ROWS
    assert model.columnCount() == 2
    assert model.rowCount(model.index(0, 0)) == 0


def test_few_rows_are_counted_without_asking_for_keys(qtbot: QtBot, model: WindowedModel) -> None:
    rows = Rows(count=FIRST_ROWS - 1)
    with qtbot.waitSignal(model.counted) as blocker:
        model.show(rows)
    assert blocker.args == [FIRST_ROWS - 1]
    assert text(model, FIRST_ROWS - 2) == f"row {FIRST_ROWS - 1}"


@pytest.mark.parametrize("count", [0, 1, BLOCK_ROWS, FIRST_ROWS - 1, FIRST_ROWS, FIRST_ROWS + 1, BLOCK_ROWS * 3])
def test_every_row_can_be_seen(qtbot: QtBot, model: WindowedModel, count: int) -> None:
    model.show(Rows(count=count))
    assert model.rowCount() == count
    assert [see(qtbot, model, row) for row in range(count)] == [f"row {row + 1}" for row in range(count)]


def test_the_first_rows_are_there_before_the_keys(qtbot: QtBot, tasks: BackgroundTasks) -> None:
    hold = threading.Event()

    @dataclass
    class SlowKeys(Rows):
        def keys(self) -> array[int]:
            hold.wait(5)
            return self._all()

    model = model_on(tasks)
    with qtbot.waitSignal(model.first_shown):
        model.show(SlowKeys())
    assert model.rowCount() == FIRST_ROWS
    assert text(model, 3) == "row 4"
    with qtbot.waitSignals([model.rowsInserted, model.counted]):
        hold.set()
    assert model.rowCount() == ROWS
    assert text(model, 3) == "row 4"


def test_any_row_can_be_jumped_to(qtbot: QtBot, tasks: BackgroundTasks) -> None:
    model = model_on(tasks)
    with qtbot.waitSignal(model.counted):
        model.show(Rows())
    for row in (ROWS - 1, 5000, 4999, 0, 9000, 64, 63, 7777, 128, 3):
        assert see(qtbot, model, row) == f"row {row + 1}"
        assert model.data(model.index(row, 0)) == f"{row + 1:,}"


def test_a_row_that_is_not_read_says_so_and_is_told_when_it_is(qtbot: QtBot, tasks: BackgroundTasks) -> None:
    model = model_on(tasks)
    with qtbot.waitSignal(model.counted):
        model.show(Rows())

    def is_about_it(first: QModelIndex, last: QModelIndex, _roles: list[int]) -> bool:
        return first.row() <= 7000 <= last.row()

    with qtbot.waitSignal(model.dataChanged, check_params_cb=is_about_it):
        assert model.data(model.index(7000, 0)) == UNREAD_TEXT
        assert text(model, 7000) == ""
        assert model.data(model.index(7000, 0), ROW_ROLE) is None
        assert model.data(model.index(7000, 0), NATIVE_ROLE) is None
    assert text(model, 7000) == "row 7001"


def test_memory_stays_flat_while_everything_is_scrolled_past(qtbot: QtBot, model: WindowedModel) -> None:
    model.show(Rows())
    for row in range(0, ROWS, BLOCK_ROWS // 2):
        see(qtbot, model, row)
    read = [row for row in range(ROWS) if model.row_object(row) is not None]
    assert len(read) <= BLOCKS_KEPT * BLOCK_ROWS
    assert read[-1] == ROWS - 1


def test_the_neighbours_of_what_is_looked_at_are_read_before_they_are_needed(
    qtbot: QtBot, model: WindowedModel
) -> None:
    model.show(Rows())
    see(qtbot, model, 5000)
    block = 5000 // BLOCK_ROWS
    qtbot.waitUntil(lambda: model.row_object((block + 1) * BLOCK_ROWS) is not None)
    qtbot.waitUntil(lambda: model.row_object(block * BLOCK_ROWS - 1) is not None)


def test_a_repaint_of_what_is_read_reads_nothing(qtbot: QtBot, model: WindowedModel) -> None:
    rows = Rows(count=FIRST_ROWS)
    model.show(rows)
    for row in range(FIRST_ROWS):
        see(qtbot, model, row)
    asked = len(rows.asked)
    for _ in range(3):
        assert all(text(model, row) for row in range(FIRST_ROWS))
        with qtbot.assertNotEmitted(model.dataChanged, wait=5):
            pass
    assert len(rows.asked) == asked


def test_a_fast_drag_reads_only_where_it_ends(qtbot: QtBot, model: WindowedModel) -> None:
    rows = Rows()
    model.show(rows)
    asked = len(rows.asked)
    for row in range(0, ROWS, BLOCK_ROWS):  # painted within one turn of the event loop
        text(model, row)
    assert see(qtbot, model, ROWS - 1) == f"row {ROWS}"
    assert sum(rows.asked[asked:]) <= 12 * BLOCK_ROWS


def read_some(qtbot: QtBot, model: WindowedModel) -> None:
    """So many blocks that reading is known to be quick."""
    for row in (1000, 3000, 5000):
        see(qtbot, model, row)
        qtbot.waitUntil(lambda row=row: model.row_object(row + BLOCK_ROWS) is not None)


LONG = 5.0  # seconds that painting waits: a test must not depend on how busy its machine is


def test_once_reading_proved_quick_a_jump_shows_its_rows_at_once(qtbot: QtBot, tasks: BackgroundTasks) -> None:
    model = model_on(tasks, LONG)
    with qtbot.waitSignal(model.counted):
        model.show(Rows())
    assert text(model, 7000) == ""
    read_some(qtbot, model)
    assert text(model, 9000) == "row 9001"
    assert text(model, 9000 + BLOCK_ROWS) == "row 9065"


def test_a_slow_read_ends_waiting_while_painting(qtbot: QtBot, tasks: BackgroundTasks) -> None:
    rows, model = Rows(), model_on(tasks, LONG)
    with qtbot.waitSignal(model.counted):
        model.show(rows)
    read_some(qtbot, model)
    model._patience = 0.01
    rows.hold_rows = slow = threading.Event()
    assert text(model, 9000) == ""  # painting waited no longer than that
    model._patience = LONG
    assert text(model, 7500) == ""  # and not at all for this one
    slow.set()
    assert see(qtbot, model, 7500) == "row 7501"
    assert see(qtbot, model, 9000) == "row 9001"


def test_trouble_while_painting_waits_is_told(qtbot: QtBot, tasks: BackgroundTasks) -> None:
    @dataclass
    class Broken(Rows):
        broken: bool = False

        def rows(self, keys: Sequence[int]) -> Sequence[Row]:
            if self.broken:
                raise StorageTrouble("The disk is gone.")
            return super().rows(keys)

    rows, model = Broken(), model_on(tasks, LONG)
    with qtbot.waitSignal(model.counted):
        model.show(rows)
    read_some(qtbot, model)
    rows.broken = True
    with qtbot.waitSignal(model.failed) as blocker:
        assert text(model, 9000) == ""
    assert str(blocker.args[0]) == "The disk is gone."


def test_nothing_is_ever_read_on_the_thread_of_the_window(qtbot: QtBot, tasks: BackgroundTasks) -> None:
    threads = set()

    @dataclass
    class Watched(Rows):
        def rows(self, keys: Sequence[int]) -> Sequence[Row]:
            threads.add(threading.current_thread())
            return super().rows(keys)

        def _all(self) -> array[int]:
            threads.add(threading.current_thread())
            return super()._all()

    for patience in (0.0, LONG):
        model = model_on(tasks, patience)
        view = QTableView()
        qtbot.addWidget(view)
        view.setModel(model)
        view.show()
        with qtbot.waitSignal(model.counted):
            model.show(Watched())
        read_some(qtbot, model)
        for row in (9000, 10, 7000, 7040, 3):
            view.scrollTo(model.index(row, 0))
            view.grab()
            assert see(qtbot, model, row) == f"row {row + 1}"
        model.refresh(Watched(descending=True), around=5000)
        qtbot.waitUntil(lambda model=model: text(model, 5000) == "row 5000")
        model.show(Watched(count=3))
        qtbot.waitUntil(lambda model=model: model.rowCount() == 3)
    assert threads
    assert threading.main_thread() not in threads


def test_sorting_is_asked_of_the_query(qtbot: QtBot, model: WindowedModel) -> None:
    model.show(Rows())
    with qtbot.waitSignal(model.sort_asked) as blocker:
        model.sort(0, Qt.SortOrder.DescendingOrder)
    assert blocker.args == ["by key", True]
    with qtbot.assertNotEmitted(model.sort_asked):
        model.sort(1)
        model.sort(-1)
    model.show(Rows(descending=True))
    assert text(model, 0) == f"row {ROWS}"


def test_rows_of_an_earlier_query_are_dropped_when_they_come_late(qtbot: QtBot, tasks: BackgroundTasks) -> None:
    hold, model, shown = threading.Event(), model_on(tasks), list[str]()
    model.first_shown.connect(lambda: shown.append(text(model, 0)))
    model.show(Rows(label="stale", hold=hold))
    with qtbot.waitSignal(model.counted):
        model.show(Rows(count=50, label="fresh"))
    hold.set()
    qtbot.waitUntil(lambda: not tasks.is_busy())
    assert shown == ["fresh 1"]
    assert model.rowCount() == 50


def test_a_query_that_was_overtaken_while_it_waited_is_never_asked(qtbot: QtBot, tasks: BackgroundTasks) -> None:
    hold, model = threading.Event(), model_on(tasks)
    waited = Rows(label="overtaken")
    for _ in range(2):  # as many as read at once
        model.show(Rows(hold=hold))
    model.show(waited)
    model.show(Rows(count=9, label="last"))
    with qtbot.waitSignal(model.counted):
        hold.set()
    qtbot.waitUntil(lambda: not tasks.is_busy())
    assert waited.asked == []
    assert text(model, 0) == "last 1"


def test_the_old_rows_stay_until_the_new_ones_are_there(qtbot: QtBot, tasks: BackgroundTasks) -> None:
    hold, model = threading.Event(), model_on(tasks)
    with qtbot.waitSignal(model.counted):
        model.show(Rows(label="old"))
    model.show(Rows(label="new", hold=hold))
    assert see(qtbot, model, 9000) == "old 9001"
    with qtbot.waitSignal(model.first_shown):
        hold.set()
    assert text(model, 0) == "new 1"


def test_a_refresh_changes_the_rows_in_one_step_where_the_view_is(qtbot: QtBot, model: WindowedModel) -> None:
    model.show(Rows(label="old"))
    see(qtbot, model, 6000)
    with qtbot.waitSignals([model.modelReset, model.first_shown, model.counted]):
        model.refresh(Rows(count=ROWS - 1, label="new"), around=6000)
    assert model.rowCount() == ROWS - 1
    assert text(model, 6000) == "new 6001"


def test_a_write_between_first_rows_and_keys_shows_the_newer_state(qtbot: QtBot, model: WindowedModel) -> None:
    @dataclass
    class Written(Rows):
        def keys(self) -> array[int]:
            return array("q", [99_999, *self._all()])

    model.show(Written())
    assert model.rowCount() == ROWS + 1
    assert see(qtbot, model, 0) == "row 99999"


def test_a_row_that_was_deleted_meanwhile_is_named_so(qtbot: QtBot, model: WindowedModel) -> None:
    model.show(Rows(gone=frozenset({5001})))
    assert see(qtbot, model, 4999) == "row 5000"
    see(qtbot, model, 5000)
    assert model.data(model.index(5000, 0)) == GONE_TEXT
    assert model.row_object(5000) is None


def test_trouble_is_told_and_the_rows_stay(qtbot: QtBot, model: WindowedModel) -> None:
    model.show(Rows(count=3))
    with qtbot.waitSignal(model.failed) as blocker:
        model.show(Rows(trouble=StorageTrouble("The database is locked.")))
    assert str(blocker.args[0]) == "The database is locked."
    assert text(model, 0) == "row 1"


def test_keys_rows_and_roles(model: WindowedModel) -> None:
    model.show(Rows(count=100, descending=True))
    assert list(model.keys_of([0, 5])) == [100, 95]
    assert model.rows_of([95, 100, 12345]) == [0, 5]
    assert model.rows_of([]) == []
    assert model.data(model.index(0, 0), NATIVE_ROLE) == 100
    assert model.data(model.index(0, 0), ROW_ROLE) == Row(100, "row 100")
    assert model.data(model.index(0, 1), Qt.ItemDataRole.ToolTipRole) == "<p>row 100</p>"
    assert model.data(model.index(0, 0), Qt.ItemDataRole.DecorationRole) is None
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    assert model.data(model.index(0, 0), ALIGNMENT) == int(right)
    assert model.headerData(0, Qt.Orientation.Horizontal) == "Key"
    assert model.headerData(0, Qt.Orientation.Horizontal, ALIGNMENT) == int(right)
    assert model.headerData(4, Qt.Orientation.Vertical) == 5


def test_a_view_paints_it_to_the_last_row(qtbot: QtBot, tasks: BackgroundTasks) -> None:
    model = model_on(tasks)
    view = QTableView()
    qtbot.addWidget(view)
    view.setModel(model)
    view.show()
    with qtbot.waitSignal(model.counted):
        model.show(Rows())
    view.scrollToBottom()
    qtbot.waitUntil(lambda: model.row_object(ROWS - 1) is not None)
    assert view.indexAt(view.viewport().rect().bottomLeft()).row() in (-1, ROWS - 1)
    assert model.data(QModelIndex(model.index(ROWS - 1, 1))) == f"row {ROWS}"
