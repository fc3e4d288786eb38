"""The sides of the benchmarks of the window: start, open. Offscreen, so that no display server is measured."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QTableWidget, QWidget

from tests.benchmarks.places import Places

if TYPE_CHECKING:
    from desktop.ui.page import Page
    from desktop.ui.tasks import Tasks

_QUERY = """SELECT ship_date, order_number, facility_name, city, state, sku, lot_number, quantity, u.display_name,
 source, tracking_number FROM distribution_log_entries e LEFT JOIN users u ON u.id = e.rep_id
 ORDER BY ship_date DESC, e.id DESC"""
_PATIENCE_SECONDS = 120
_KEYS = "SELECT id FROM distribution_log_entries ORDER BY ship_date DESC, id DESC"


def start_other(_: Places) -> dict[str, float]:
    """A bare table window; then `import sqlalchemy.orm` beside it. CPU seconds since the process started."""
    application = QApplication([])
    table = QTableWidget(40, 11)
    painted(table)
    bare = time.process_time()
    import sqlalchemy.orm  # noqa: F401

    figures = {"sign-in window painted (CPU)": bare, "log painted (CPU)": time.process_time()}
    application.quit()
    return figures


def start_ours(places: Places) -> dict[str, float]:
    """The sign-in window; then the log, signed in by the benchmark. CPU seconds since the process started."""
    from desktop.app import DesktopApp
    from desktop.domain.permissions import Permission
    from desktop.domain.users import Actor
    from desktop.settings import Settings
    from desktop.ui.dialogs.sign_in import SignInDialog
    from desktop.ui.prompter import Prompter
    from desktop.ui.tasks import BackgroundTasks
    from desktop.ui.theme import Theme

    application = QApplication([])
    state = places.scratch("start")
    state.mkdir()
    settings = Settings(f"sqlite:///{places.log}", places.log.with_suffix(".evidence"), state)
    tasks = BackgroundTasks()
    app = DesktopApp(settings, tasks=tasks, prompter=Prompter(), theme=Theme(application))
    app.start()
    dialog = app.dialog
    if not isinstance(dialog, SignInDialog):
        raise RuntimeError("the sign-in is not shown")
    painted(dialog)
    figures = {"sign-in window painted (CPU)": time.process_time()}
    wait(lambda: not tasks.is_busy())
    # Argon2 is slow on purpose, the same everywhere: it is not what is measured here.
    app.show_window(Actor(1, "Bench", "bench@example.com", frozenset(Permission)))
    wait(lambda: app.window is not None and _rows_painted(app.window))
    figures["log painted (CPU)"] = time.process_time()
    tasks.shutdown()
    return figures


def open_other(places: Places) -> dict[str, float]:
    """QSqlQueryModel on the same query: 256 rows, no count. Then all ordered ids by the sqlite3 module."""
    import sqlite3

    from PySide6.QtSql import QSqlDatabase, QSqlQueryModel
    from PySide6.QtWidgets import QTableView

    application = QApplication([])
    database = QSqlDatabase.addDatabase("QSQLITE")
    database.setDatabaseName(str(places.log))
    database.open()
    view = QTableView()
    view.resize(1200, 800)
    painted(view)
    start = perf_counter()
    model = QSqlQueryModel()
    model.setQuery(_QUERY, database)
    view.setModel(model)
    view.grab()
    figures = {"first rows painted": perf_counter() - start}
    connection = sqlite3.connect(places.log)
    start = perf_counter()
    ids = [row[0] for row in connection.execute(_KEYS)]
    figures["count and scroll bar"] = figures["first rows painted"] + perf_counter() - start
    if len(ids) != places.rows:
        raise RuntimeError("the log is not the one that was prepared")
    application.quit()
    return figures


def open_ours(places: Places) -> dict[str, float]:
    """The Distribution Log page: painted first rows, then the exact count and scroll bar."""
    application = QApplication([])
    page, tasks = log_page(places.copy_of_log("open.db"), places)
    model = page.table.model()
    start = perf_counter()
    page.enter()
    wait(lambda: model.rowCount() > 0)
    page.table.grab()
    figures = {"first rows painted": perf_counter() - start}
    wait(lambda: model.rowCount() == places.rows)
    figures["count and scroll bar"] = perf_counter() - start
    tasks.shutdown()
    application.quit()
    return figures


def log_page(database: Path, places: Places) -> tuple[Page, Tasks]:
    """The Distribution Log page over a database, painted but not yet entered, and what does its work."""
    from PySide6.QtCore import QSettings

    from desktop.ui.actions import ActionBoard
    from desktop.ui.changes import ChangeFeed
    from desktop.ui.page import PageContext
    from desktop.ui.pages import distribution_log
    from desktop.ui.prompter import Prompter
    from desktop.ui.tasks import BackgroundTasks
    from desktop.ui.theme import Theme
    from tests.benchmarks.storage_sides import signed_in

    application = QApplication.instance()
    if not isinstance(application, QApplication):
        raise RuntimeError("the application comes first")
    if not application.styleSheet():
        Theme(application)
    workspace = signed_in(database)
    tasks = BackgroundTasks()
    if workspace.actor is None:
        raise RuntimeError("nobody is signed in")
    board = ActionBoard(workspace.actor.permissions, tasks)
    settings = QSettings(str(places.scratch("page.ini")), QSettings.Format.IniFormat)
    context = PageContext(workspace, tasks, ChangeFeed(tasks), Prompter(), board, settings, lambda _message: None)
    page = distribution_log.page_spec(lambda *_: None, lambda *_: None).make(context)
    page.resize(1200, 800)
    painted(page)
    return page, tasks


def _rows_painted(window: QWidget) -> bool:
    page = window.page
    if page is None or page.table.model().rowCount() == 0:
        return False
    page.table.grab()
    return True


def painted(widget: QWidget) -> None:
    """Show a window and paint all of it."""
    widget.show()
    widget.grab()


def wait(until: Callable[[], bool]) -> None:
    """Let the window work until something is so. Raises `TimeoutError`."""
    # Without a time limit `processEvents` really sleeps; the timer wakes it.
    wake = QTimer()
    wake.start(1)
    deadline = perf_counter() + _PATIENCE_SECONDS
    while not until():
        if perf_counter() > deadline:
            raise TimeoutError("the window did not get there")
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
