"""The sides of the benchmarks of reading the log in the window: filter, jump, memory."""

from __future__ import annotations

import random
import shutil
import sqlite3
from pathlib import Path
from time import perf_counter

from PySide6.QtSql import QSqlDatabase, QSqlQueryModel
from PySide6.QtWidgets import QAbstractItemView, QApplication, QTableView

from desktop.domain.filters import EVERYTHING, DistributionFilter, SortField, SortOrder
from tests.benchmarks.places import Places
from tests.benchmarks.window_sides import log_page, painted, wait

_COLUMNS = """e.ship_date, e.order_number, e.facility_name, e.city, e.state, e.sku, e.lot_number, e.quantity,
 u.display_name, e.source, e.tracking_number"""
_FROM = "FROM distribution_log_entries e LEFT JOIN users u ON u.id = e.rep_id"
_NEWEST = "e.ship_date DESC, e.id DESC"
_JUMPS = 40
_STOPS = 1_500
_BUDGET_MB = 64.0


def _holds(word: str) -> str:
    searched = ("facility_name", "order_number", "tracking_number", "city")
    return "(" + " OR ".join(f"e.{column} LIKE '%{word}%'" for column in searched) + ")"


# What a person changes; the filter and order of ours; and WHERE and ORDER BY of the other side.
_CHANGES: dict[str, tuple[DistributionFilter, SortOrder, str, str]] = {
    "SKU": (DistributionFilter(sku="211610SPT"), SortOrder(), "e.sku = '211610SPT'", _NEWEST),
    "common text": (DistributionFilter(text="urology"), SortOrder(), _holds("urology"), _NEWEST),
    "rare text": (
        DistributionFilter(text="clinic 0017"),
        SortOrder(),
        f"{_holds('clinic')} AND {_holds('0017')}",
        _NEWEST,
    ),
    "sort by facility": (
        EVERYTHING,
        SortOrder(SortField.FACILITY_NAME, descending=False),
        "1",
        "e.facility_name, e.ship_date, e.id",
    ),
    "sort by city": (EVERYTHING, SortOrder(SortField.CITY, descending=False), "1", "e.city, e.id"),
}


def filter_ours(places: Places) -> dict[str, float]:
    """Each change in the page that shows the whole log: painted first rows, then the exact count."""
    application = QApplication([])
    page, tasks = log_page(places.copy_of_log("filter.db"), places)
    model, seen = page.table.model(), dict[str, float]()
    model.first_shown.connect(lambda: seen.setdefault("first", 0.0))
    model.counted.connect(lambda count: seen.setdefault("count", count))
    page.enter()
    wait(lambda: "count" in seen and not tasks.is_busy())
    figures: dict[str, float] = {}
    for name, (wanted, sort, _, _) in _CHANGES.items():
        for value, order in ((EVERYTHING, SortOrder()), (wanted, sort)):  # back to the whole log, then the change
            seen.clear()
            start = perf_counter()
            if value != page.filter_bar.value:
                page.filter_bar.set_value(value)
            else:
                model.sort_asked.emit(order.field, order.descending)
            wait(lambda: "first" in seen)
            page.table.grab()
            first = perf_counter() - start
            wait(lambda: "count" in seen)
            counted = perf_counter() - start
            wait(lambda: not tasks.is_busy())
        figures[f"{name}, first rows painted"] = first
        figures[f"{name}, exact count"] = counted
    tasks.shutdown()
    application.quit()
    return figures


def filter_other(places: Places) -> dict[str, float]:
    """QSqlQueryModel on the same query, painted; then the ordered ids by the sqlite3 module."""
    application = QApplication([])
    view, database = _peer(places)
    connection = sqlite3.connect(places.log)
    figures: dict[str, float] = {}
    for name, (_, _, where, order) in _CHANGES.items():
        start = perf_counter()
        model = QSqlQueryModel()
        model.setQuery(f"SELECT {_COLUMNS} {_FROM} WHERE {where} ORDER BY {order}", database)
        view.setModel(model)
        view.grab()
        figures[f"{name}, first rows painted"] = perf_counter() - start
        statement = f"SELECT e.id FROM distribution_log_entries e WHERE {where} ORDER BY {order}"  # noqa: S608
        ids = [row[0] for row in connection.execute(statement)]
        figures[f"{name}, exact count"] = perf_counter() - start
        if not ids:
            raise RuntimeError(f"{name} finds nothing")
    application.quit()
    return figures


def jump_ours(places: Places) -> dict[str, float]:
    """Seconds from a jump to a random row to its painted rows, over `_JUMPS` jumps."""
    application = QApplication([])
    page, tasks = log_page(places.copy_of_log("jump.db"), places)
    model = page.table.model()
    page.enter()
    wait(lambda: model.rowCount() == places.rows and not tasks.is_busy())
    seconds = 0.0
    for number, row in enumerate(_random_rows(places)):
        start = perf_counter()
        page.table.scrollTo(model.index(row, 0), QAbstractItemView.ScrollHint.PositionAtTop)
        page.table.grab()
        bottom = max(row, page.table.rowAt(page.table.viewport().height() - 1))
        if model.row_object(row) is None or model.row_object(bottom) is None:
            wait(lambda row=row, bottom=bottom: None not in (model.row_object(row), model.row_object(bottom)))
            page.table.grab()
        if number >= _JUMPS:  # the first ones are for finding out that reading is quick
            seconds += perf_counter() - start
        wait(lambda: not tasks.is_busy())
    tasks.shutdown()
    application.quit()
    return {"to a random row, painted": seconds / _JUMPS}


def jump_other(places: Places) -> dict[str, float]:
    """The same in QSqlQueryModel, once it holds every row in memory."""
    application = QApplication([])
    view, database = _peer(places)
    model = QSqlQueryModel()
    model.setQuery(f"SELECT {_COLUMNS} {_FROM} ORDER BY {_NEWEST}", database)
    while model.canFetchMore():
        model.fetchMore()
    view.setModel(model)
    seconds = 0.0
    for number, row in enumerate(_random_rows(places)):
        start = perf_counter()
        view.scrollTo(model.index(row, 0), QAbstractItemView.ScrollHint.PositionAtTop)
        view.grab()
        if number >= _JUMPS:
            seconds += perf_counter() - start
        application.processEvents()
    application.quit()
    return {"to a random row, painted": seconds / _JUMPS}


def memory_ours(places: Places) -> dict[str, float]:
    """MB that the page over the log takes more than the page over an empty one, after scrolling from end to end."""
    application = QApplication([])
    empty_log = places.scratch("empty.db")
    shutil.copy(places.template, empty_log)
    page, tasks = log_page(empty_log, places)
    page.enter()
    wait(lambda: not tasks.is_busy())
    empty = _resident_mb()
    tasks.shutdown()
    page.hide()
    page, tasks = log_page(places.copy_of_log("memory.db"), places)
    model = page.table.model()
    page.enter()
    wait(lambda: model.rowCount() == places.rows and not tasks.is_busy())
    most = 0.0
    for row in range(0, places.rows, max(1, places.rows // _STOPS)):
        page.table.scrollTo(model.index(row, 0), QAbstractItemView.ScrollHint.PositionAtTop)
        page.table.grab()
        wait(lambda row=row: model.row_object(row) is not None)
        most = max(most, _resident_mb())
    tasks.shutdown()
    application.quit()
    return {"scrolled end to end, over the empty window": most - empty}


def memory_other(_: Places) -> dict[str, float]:
    """What was promised."""
    return {"scrolled end to end, over the empty window": _BUDGET_MB}


def _peer(places: Places) -> tuple[QTableView, QSqlDatabase]:
    database = QSqlDatabase.addDatabase("QSQLITE")
    database.setDatabaseName(str(places.log))
    database.open()
    view = QTableView()
    view.resize(1200, 800)
    painted(view)
    return view, database


def _random_rows(places: Places) -> list[int]:
    chance = random.Random(4711)  # noqa: S311  repeatable, not secret
    return [chance.randrange(places.rows) for _ in range(2 * _JUMPS)]


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6
