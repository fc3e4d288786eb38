"""`python -m tests.screenshots DIR`: every screen on demo data, light and dark, grabbed from the real windows."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QPushButton, QTableView, QTabWidget, QWidget

from desktop.app import DesktopApp
from desktop.demo import Demo, build
from desktop.domain.entry_edits import EntryEdit
from desktop.domain.filters import DistributionFilter, MissingField
from desktop.domain.periods import FilterChoice, Period
from desktop.services import customer_links, customers, entry_edits, entry_evidence
from desktop.services.entry_evidence import NewEvidence
from desktop.services.unit_of_work import Workspace
from desktop.settings import Settings, read_settings
from desktop.ui.actions import (
    ADD_PERSON,
    ADMINISTRATION,
    CHANGE_LOT_RULE,
    CHOOSE_COLUMNS,
    CUSTOMERS,
    DELETE_ENTRIES,
    EDIT_CUSTOMER,
    EDIT_ENTRY,
    EDIT_SELECTED,
    EXPORT_ENTRIES,
    FINALISE_REPORT,
    GENERATE_REPORT,
    INTEGRITY,
    LINK_ENTRIES,
    LINK_FACILITIES,
    LOG,
    NEW_SHIPMENT,
    OPEN_MAIL,
    REPORTS,
    SAVE_FILTER,
    SHOW_HISTORY,
    TRACE,
    VERIFY,
)
from desktop.ui.main_window import MainWindow
from desktop.ui.page import Page
from desktop.ui.pages.customers import CustomersPage
from desktop.ui.pages.distribution_log import DistributionLogPage
from desktop.ui.prompter import Prompter
from desktop.ui.tasks import BackgroundTasks
from desktop.ui.theme import Look, Theme
from tests.import_screenshots import ImportScreens

_PATIENCE_MS = 20_000
_PAUSE_MS = 20
_SIZE = (1280, 800)
TRACED_LOT = "SLQ-31076"  # of the demo's many lots


class Photographer:
    """Shows one screen after another in one look and saves each as `NAME-LOOK.png`."""

    def __init__(self, folder: Path, demo_folder: Path, application: QApplication, look: Look) -> None:
        self._folder = folder
        self._demo_folder = demo_folder
        self._look = look
        self._tasks = BackgroundTasks()
        self._theme = Theme(application, look)
        self._settings = replace(
            read_settings(str(demo_folder / "demo.db")), state_folder=demo_folder / f"window-{look.value}"
        )

    def take_all(self, demo: Demo) -> None:
        """Every screen there is."""
        self._first_windows()
        app = self._app(self._settings)
        app.start_demo(lambda: (demo.workspace, demo.administrator))
        self._until(lambda: app.window is not None)
        window = app.window
        if window is None:
            raise RuntimeError("the window is not shown")
        window.resize(*_SIZE)
        self._log(window)
        self._trace(window)
        self._reports(window)
        self._import(window)
        self._integrity(window)
        self._customers(window, demo.workspace)
        self._administration(window)
        window.open_palette()
        self._shoot_dialog(window, "command-palette")
        self._tasks.shutdown()
        window.close()

    def _first_windows(self) -> None:
        sign_in = self._app(self._settings)
        sign_in.start()
        self._idle()
        self._shoot(sign_in.dialog, "sign-in")
        with tempfile.TemporaryDirectory() as folder:
            empty = replace(read_settings(str(Path(folder) / "silqeqms.db")), state_folder=Path(folder) / "state")
            first = self._app(empty)
            first.start()
            self._idle()
            self._shoot(first.dialog, "first-start")
            _forget(first.dialog)
        _forget(sign_in.dialog)

    def _log(self, window: MainWindow) -> None:
        page = window.open_page(LOG)
        if not isinstance(page, DistributionLogPage):
            raise TypeError(page)
        self._idle()
        rows = _table(page, "logTable")
        rows.selectRow(3)
        self._idle()
        _wait(300)  # an entry is read once its row stays selected
        self._idle()
        self._shoot(window, "log")
        self._log_filtered(window, page)
        page.context.actions.action(NEW_SHIPMENT).trigger()
        self._shoot_dialog(window, "new-shipment")
        rows.selectRow(3)
        self._idle()
        self._entry(window, page)

    def _entry(self, window: MainWindow, page: DistributionLogPage) -> None:
        """One entry: edited here and elsewhere at once, given evidence, and what is said of it then."""
        trigger = page.context.actions.action
        workspace = page.context.workspace
        trigger(EDIT_ENTRY).trigger()
        self._idle()
        form = _open_dialog(window)
        form.findChild(QLineEdit, "city").setText(f"Birchmantle {self._look.value}")
        form.findChild(QLineEdit, "quantity").setText("-5")
        QTest.mouseClick(form.findChild(QPushButton, "saveButton"), Qt.MouseButton.LeftButton)
        self._idle()
        self._shoot(form, "edit-entry")
        entry_id = page.pane.entry.id
        read = entry_edits.entry_to_edit(workspace, entry_id)
        theirs = replace(read.values, city=f"Birch Mantle {self._look.value}", state="OR")
        entry_edits.edit_entry(workspace, EntryEdit(entry_id, read.entry.version, theirs, "the customer called"))
        form.findChild(QLineEdit, "quantity").setText("7" if self._look is Look.LIGHT else "8")
        form.findChild(QLineEdit, "reason").setText("the slip says 7")
        QTest.mouseClick(form.findChild(QPushButton, "saveButton"), Qt.MouseButton.LeftButton)
        self._idle()
        stale = form.findChild(QDialog, "staleEntryDialog")
        self._shoot(stale, "stale-entry")
        QTest.mouseClick(stale.findChild(QPushButton, "allMineButton"), Qt.MouseButton.LeftButton)
        QTest.mouseClick(stale.findChild(QPushButton, "decideButton"), Qt.MouseButton.LeftButton)
        self._idle()
        trigger(SHOW_HISTORY).trigger()
        self._shoot(window, "entry-history")
        there = page.pane.evidence.current  # from the other look
        replaces = None if there is None else there.storage_key
        slip = NewEvidence(entry_id, "Packing slip.pdf", b"%PDF-1.7", replaces, "a better scan")
        page.context.changes.announce(entry_evidence.attach(workspace, slip))
        self._idle()
        page.pane.show_evidence()
        self._shoot(window, "entry-evidence")
        page.table.select_rows(range(6))
        self._idle()
        trigger(EDIT_SELECTED).trigger()
        self._shoot_dialog(window, "edit-selected")
        trigger(DELETE_ENTRIES).trigger()
        self._shoot_dialog(window, "delete-entries")

    def _trace(self, window: MainWindow) -> None:
        page = window.open_page(TRACE)
        self._shoot(window, "trace-empty")
        field = page.findChild(QLineEdit, "traceField")
        field.setText(f"(01)00850012345671(10){TRACED_LOT}")
        QTest.keyClick(field, Qt.Key.Key_Return)
        self._idle()
        self._shoot(window, "trace")

    def _log_filtered(self, window: MainWindow, page: Page) -> None:
        if not isinstance(page, DistributionLogPage):
            raise TypeError(page)
        for command, name in ((CHOOSE_COLUMNS, "log-columns"), (EXPORT_ENTRIES, "log-export")):
            page.context.actions.action(command).trigger()
            self._shoot_dialog(window, name)
        wanted = DistributionFilter(text="medical", sku="211610SPT", missing=MissingField.CUSTOMER)
        page.filter_bar.set_choice(FilterChoice(wanted, Period.LAST_12_MONTHS))
        self._idle()
        self._shoot(window, "log-filtered")
        page.context.actions.action(SAVE_FILTER).trigger()
        self._shoot_dialog(window, "log-save-filter")
        page.filter_bar.set_value(DistributionFilter(lot_number="SLQ-99999"))
        self._idle()
        self._shoot(window, "log-no-match")
        page.filter_bar.clear()
        self._idle()

    def _reports(self, window: MainWindow) -> None:
        page = window.open_page(REPORTS)
        self._idle()
        reports = _table(page, "reportTable")
        reports.selectRow(1)
        _wait(300)  # a report is opened once its row stays selected
        self._idle()
        self._shoot(window, "reports")
        _table(page, "approvalTable").selectRow(0)
        page.context.actions.action(OPEN_MAIL).trigger()
        self._shoot_dialog(window, "mail")
        page.context.actions.action(GENERATE_REPORT).trigger()
        self._shoot_dialog(window, "generate-report")
        page.context.actions.action(FINALISE_REPORT).trigger()
        self._shoot_dialog(window, "sign-report")
        with _altered(next((self._demo_folder / "demo-evidence" / "tracing_reports" / "2026-08").iterdir())):
            reports.selectRow(3)
            _wait(300)
            self._idle()
            self._shoot(window, "reports-altered")

    def _integrity(self, window: MainWindow) -> None:
        page = window.open_page(INTEGRITY)
        page.context.actions.action(VERIFY).trigger()
        self._idle()
        self._shoot(window, "integrity")

    def _customers(self, window: MainWindow, workspace: Workspace) -> None:
        page = window.open_page(CUSTOMERS)
        if not isinstance(page, CustomersPage):
            raise TypeError(page)
        self._idle()
        action = page.context.actions.action
        if not customers.list_customers(workspace):
            self._shoot(window, "customers-none")
            facilities = [found.use.facility for found in customer_links.unlinked_facilities(workspace)[:9]]
            customer_links.create_from_facilities(workspace, facilities, "Who ordered.")
            page.load()
            self._idle()
        self._shoot(window, "customers")
        for command, name in ((EDIT_CUSTOMER, "customer"), (LINK_FACILITIES, "link-facilities")):
            action(command).trigger()
            self._shoot_dialog(window, name)
        log = window.open_page(LOG)
        _table(log, "logTable").selectRow(3)
        self._idle()
        action(LINK_ENTRIES).trigger()
        self._shoot_dialog(window, "link-entries")

    def _administration(self, window: MainWindow) -> None:
        page = window.open_page(ADMINISTRATION)
        self._idle()
        self._shoot(window, "people")
        page.context.actions.action(ADD_PERSON).trigger()
        self._shoot_dialog(window, "person")
        page.findChild(QTabWidget, "administrationTabs").setCurrentIndex(1)
        self._shoot(window, "settings")
        page.context.actions.action(CHANGE_LOT_RULE).trigger()
        self._idle()
        _open_dialog(window).findChild(QLineEdit, "pattern").setText("SLQ-[0-9]{8,11}")
        _wait(300)  # the effect is looked up once typing pauses
        self._shoot_dialog(window, "lot-rule")

    def _import(self, window: MainWindow) -> None:
        page = window.open_page(LOG)
        if not isinstance(page, DistributionLogPage):
            raise TypeError(page)
        with tempfile.TemporaryDirectory() as folder:
            ImportScreens(page, Path(folder), f"SO-{self._look.value}", self._shoot, self._idle).take_all()

    def _app(self, settings: Settings) -> DesktopApp:
        return DesktopApp(settings, tasks=self._tasks, prompter=Prompter(), theme=self._theme, demo=True)

    def _shoot_dialog(self, window: MainWindow, name: str) -> None:
        self._idle()
        dialog = _open_dialog(window)
        self._shoot(dialog, name)
        _forget(dialog)
        self._idle()

    def _shoot(self, widget: QWidget | None, name: str) -> None:
        if widget is None:
            raise RuntimeError(f"{name} is not shown")
        _wait(250)  # what is painted after a moment: loading states, settled filters
        smallest = 0  # how Qt spells the strongest compression of a PNG
        widget.grab().save(str(self._folder / f"{name}-{self._look.value}.png"), "PNG", smallest)

    def _idle(self) -> None:
        _wait(30)
        self._until(lambda: not self._tasks.is_busy())
        _wait(30)

    def _until(self, condition: Callable[[], bool]) -> None:
        for _ in range(_PATIENCE_MS // _PAUSE_MS):
            if condition():
                return
            _wait(_PAUSE_MS)
        raise TimeoutError("a screen did not come")


def _wait(milliseconds: int) -> None:
    """Lets the window live for a while. Not by `QTest.qWait`: that holds Python's lock, and the workers stand still."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def _open_dialog(window: MainWindow) -> QDialog:
    return next(child for child in window.findChildren(QDialog) if child.isVisible())


def _table(page: QWidget, name: str) -> QTableView:
    found = page.findChild(QTableView, name)
    if found is None:
        raise LookupError(name)
    return found


@contextmanager
def _altered(file: Path) -> Iterator[None]:
    """One bit of a stored file is flipped, and back."""
    kept = file.read_bytes()
    file.write_bytes(bytes([kept[0] ^ 1]) + kept[1:])
    try:
        yield
    finally:
        file.write_bytes(kept)


def _forget(dialog: QDialog | None) -> None:
    if dialog is not None:
        dialog.blockSignals(True)
        dialog.hide()
        dialog.deleteLater()


def main() -> None:
    """Take the pictures of both looks into the folder that is named."""
    if len(sys.argv) != 2:
        sys.exit("Usage: python -m tests.screenshots DIR")
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    application = QApplication([])
    with tempfile.TemporaryDirectory() as made:
        demo = build(Path(made))
        for look in (Look.LIGHT, Look.DARK):
            Photographer(folder, Path(made), application, look).take_all(demo)
        demo.workspace.sessions.close()


if __name__ == "__main__":
    main()
