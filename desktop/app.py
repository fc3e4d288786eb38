"""The one place that builds things: from the settings to the sign-in, and from a signed-in person to the window.

The first window is painted before the database libraries are imported: that happens while the person types.
"""

from __future__ import annotations

import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, Qt, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QDialog

from desktop import __version__
from desktop.domain.errors import KnownTrouble
from desktop.domain.permissions import Permission
from desktop.domain.users import Actor, NewUser
from desktop.logs import log, start_logging
from desktop.settings import Settings, read_settings
from desktop.ui.dialogs.sign_in import SignInDialog, SignInRequest
from desktop.ui.prompter import Prompter
from desktop.ui.tasks import BackgroundTasks, Tasks
from desktop.ui.theme import Theme

if TYPE_CHECKING:
    from desktop.services.unit_of_work import Workspace
    from desktop.ui.dialogs.first_start import FirstStartDialog
    from desktop.ui.main_window import MainWindow
    from desktop.ui.page import PageContext, PageSpec
    from desktop.ui.pages.distribution_log import DistributionLogPage

_LAST_EMAIL = "last_email"
_MILLISECONDS_BETWEEN_TURNS = 500


@dataclass(frozen=True, slots=True)
class _Opened:
    """A database at head; `new` when nobody administers it yet."""

    workspace: Workspace
    new: bool


class DesktopApp(QObject):
    """The windows of one run, one after another: first start or sign-in, then the main window, then sign-in again."""

    def __init__(
        self, settings: Settings, *, tasks: Tasks, prompter: Prompter, theme: Theme, demo: bool = False
    ) -> None:
        super().__init__()
        self._settings = settings
        self._tasks = tasks
        self._prompter = prompter
        self._theme = theme
        self._demo = demo
        self._database = "demo data, gone when the window closes" if demo else settings.database_label
        self._remembered = QSettings(str(settings.state_folder / "sign-in.ini"), QSettings.Format.IniFormat)
        self._workspace: Workspace | None = None
        self.dialog: QDialog | None = None
        self.window: MainWindow | None = None

    @property
    def is_open(self) -> bool:
        """Whether the database is open, so that somebody can sign in."""
        return self._workspace is not None

    def start(self) -> None:
        """Show the sign-in at once and open the database behind it."""
        dialog = self._show_sign_in()
        dialog.set_opening(True)
        self._tasks.submit(lambda _: open_workspace(self._settings), self._opened, dialog.show_trouble, owner=dialog)

    def start_demo(self, build: Callable[[], tuple[Workspace, Actor]]) -> None:
        """Show the main window on a throw-away database as soon as `build` has made it."""
        dialog = self._show_sign_in()
        dialog.set_opening(True)
        self._tasks.submit(lambda _: build(), self._show_demo, dialog.show_trouble, owner=dialog)

    def close(self) -> None:
        """Take the windows away and close the database; the caller has ended the tasks."""
        for shown in (self.window, self.dialog):
            if shown is not None:
                shown.hide()
                shown.deleteLater()
        self.window = self.dialog = None
        if self._workspace is not None:
            self._workspace.sessions.close()

    def _opened(self, opened: _Opened) -> None:
        self._workspace = opened.workspace
        if opened.new:
            self._show_first_start()
        elif isinstance(self.dialog, SignInDialog):
            self.dialog.set_opening(False)

    def _show_sign_in(self) -> SignInDialog:
        dialog = SignInDialog(self._database, str(self._remembered.value(_LAST_EMAIL, "")))
        dialog.submitted.connect(lambda request: self._sign_in(dialog, request))
        self._show_dialog(dialog)
        return dialog

    def _show_first_start(self) -> None:
        # Once in an installation's life.
        from desktop.ui.dialogs.first_start import FirstStartDialog

        dialog = FirstStartDialog(self._settings.database_label, str(self._settings.storage_folder))
        dialog.submitted.connect(lambda new: self._create_administrator(dialog, new))
        self._show_dialog(dialog)

    def _show_dialog(self, dialog: QDialog) -> None:
        previous, self.dialog = self.dialog, dialog
        dialog.rejected.connect(self._quit)
        dialog.open()
        if previous is not None:
            previous.hide()
            previous.deleteLater()

    def _sign_in(self, dialog: SignInDialog, request: SignInRequest) -> None:
        workspace = self._workspace

        def work(_: object) -> Actor:
            from desktop.services.sign_in import sign_in

            if workspace is None:
                raise KnownTrouble("The database is not open.")
            return sign_in(workspace, request.email, request.password)

        self._tasks.submit(work, self.show_window, dialog.show_trouble, owner=dialog)

    def _create_administrator(self, dialog: FirstStartDialog, new: NewUser) -> None:
        workspace = self._workspace

        def work(_: object) -> Actor:
            from desktop.services.sign_in import sign_in
            from desktop.services.users import create_first_administrator

            if workspace is None:
                raise KnownTrouble("The database is not open.")
            create_first_administrator(workspace, new)
            return sign_in(workspace, new.email, new.password or "")

        self._tasks.submit(work, self.show_window, dialog.show_trouble, owner=dialog)

    def _show_demo(self, built: tuple[Workspace, Actor]) -> None:
        self._workspace, actor = built
        self.show_window(actor)

    def show_window(self, actor: Actor) -> None:
        """Show the main window of a person who is signed in. With it come the services and SQLAlchemy."""
        from desktop.services.search_index import index_part
        from desktop.ui.main_window import MainWindow
        from desktop.ui.search_upkeep import SearchUpkeep

        if self._workspace is None:
            raise RuntimeError("nobody signs in before the database is open")
        self._remembered.setValue(_LAST_EMAIL, actor.email)
        self._workspace = self._workspace.signed_in(actor)
        self.window = MainWindow(
            self._workspace,
            page_specs(),
            tasks=self._tasks,
            prompter=self._prompter,
            theme=self._theme,
            state_folder=self._settings.state_folder,
            database=self._database,
            demo=self._demo,
        )
        self.window.signed_out.connect(self._sign_out)
        workspace = self._workspace
        SearchUpkeep(lambda: index_part(workspace), self._tasks, self.window.context.changes, self.window)
        self.window.show()
        if self.dialog is not None:
            self.dialog.hide()
            self.dialog.deleteLater()
            self.dialog = None

    def _sign_out(self) -> None:
        window, self.window = self.window, None
        workspace = self._workspace
        if window is None or workspace is None:
            return
        from desktop.services.sign_in import sign_out

        self._tasks.submit(lambda _: sign_out(workspace))
        self._workspace = workspace.signed_out()
        self._show_sign_in()
        window.hide()
        window.deleteLater()

    def _quit(self) -> None:
        QApplication.quit()


def open_workspace(settings: Settings) -> _Opened:
    """Bring the database to head and open it. Raises `StorageTrouble` with the sentence for what is wrong."""
    from desktop.db.engine import SessionFactory, open_engine
    from desktop.db.upgrade import bring_to_head
    from desktop.services import users
    from desktop.services.installation import install
    from desktop.services.unit_of_work import Workspace
    from desktop.storage.evidence_store import EvidenceStore

    revisions = bring_to_head(settings.database_url)
    workspace = Workspace(SessionFactory(open_engine(settings.database_url)), EvidenceStore(settings.storage_folder))
    install(workspace, *revisions)
    return _Opened(workspace, users.needs_first_administrator(workspace))


def page_specs() -> tuple[PageSpec, ...]:
    """The pages, in the order of the navigation."""
    from desktop.ui.pages import administration, customers, distribution_log, integrity, trace_lot, tracing_reports

    return (
        distribution_log.page_spec(_open_import, _show_imports),
        trace_lot.page_spec(),
        tracing_reports.page_spec(),
        customers.page_spec(),
        integrity.page_spec(),
        administration.page_spec(),
    )


def _open_import(page: DistributionLogPage, path: Path | None) -> None:
    """Open the import on a page: the dialogs know no services, so its work is handed to it here."""
    from desktop.services import imports, users
    from desktop.ui.dialogs.import_file import ImportDialog
    from desktop.ui.dialogs.import_work import ImportWork

    context = page.context
    workspace = context.workspace
    may_undo = Permission.DISTRIBUTION_LOG_DELETE in context.actions.permissions
    work = ImportWork(
        preview=partial(imports.preview, workspace),
        review_again=partial(imports.review_again, workspace),
        write=partial(imports.import_lines, workspace),
        save_problem_rows=partial(imports.save_problem_rows, workspace),
        free_order_numbers=partial(imports.free_order_numbers, workspace),
        people=partial(users.people, workspace),
        undo=partial(imports.undo_import, workspace) if may_undo else None,
    )
    dialog = ImportDialog(work, context.tasks, context.prompter, path, page)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.imported.connect(lambda changes, _receipt: context.changes.announce(changes))
    dialog.undone.connect(context.changes.announce)
    dialog.show_in_log.connect(lambda receipt: page.show_import(receipt.batch_id))
    dialog.open()


def _show_imports(page: DistributionLogPage) -> None:
    """Open the list of imports on a page."""
    from desktop.services import imports
    from desktop.ui.dialogs.imports import ImportsDialog, ImportsWork

    context = page.context
    work = ImportsWork(
        list_imports=partial(imports.list_imports, context.workspace),
        undo=partial(imports.undo_import, context.workspace),
        export_source=partial(imports.export_source, context.workspace),
        why_not_undo=_why_not(context, Permission.DISTRIBUTION_LOG_DELETE),
        why_not_save=_why_not(context, Permission.DISTRIBUTION_LOG_EXPORT),
    )
    dialog = ImportsDialog(work, context.tasks, context.prompter, page)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.changed.connect(context.changes.announce)
    dialog.show_in_log.connect(page.show_import)
    dialog.open()


def _why_not(context: PageContext, permission: Permission) -> str:
    """Why the person may not do something; "" when they may."""
    may = permission in context.actions.permissions
    return "" if may else f"Your account does not have the permission “{permission.label}”"


def run(settings: Settings) -> int:
    """Open the window on the settings' database and stay until it is closed."""
    start_logging(settings.state_folder / "logs")
    return _run(lambda app: app.start(), settings)


def run_demo() -> int:
    """Open the window on a throw-away database full of demo data, signed in; it is gone when the window closes."""
    folder = Path(tempfile.mkdtemp(prefix="silqeqms-demo-"))

    def build() -> tuple[Workspace, Actor]:
        from desktop.demo import build as build_demo

        demo = build_demo(folder)
        return demo.workspace, demo.administrator

    settings = replace(read_settings(str(folder / "demo.db")), state_folder=folder / "window")
    try:
        return _run(lambda app: app.start_demo(build), settings, demo=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(start: Callable[[DesktopApp], None], settings: Settings, *, demo: bool = False) -> int:
    application = QApplication(sys.argv[:1])
    application.setApplicationName("SilqeQMS")
    application.setApplicationVersion(__version__)
    qInstallMessageHandler(_log_qt_message)
    theme = Theme(application)
    tasks = BackgroundTasks()
    state = QSettings(str(settings.state_folder / "files.ini"), QSettings.Format.IniFormat)
    app = DesktopApp(settings, tasks=tasks, prompter=Prompter(state), theme=theme, demo=demo)
    # Python sees Ctrl+C in the terminal only when it gets a turn.
    signal.signal(signal.SIGINT, lambda *_: application.quit())
    turn = QTimer()
    turn.timeout.connect(lambda: None)
    turn.start(_MILLISECONDS_BETWEEN_TURNS)
    start(app)
    try:
        return application.exec()
    finally:
        tasks.shutdown()
        app.close()


def _log_qt_message(kind: QtMsgType, _context: object, message: str) -> None:
    level = {QtMsgType.QtDebugMsg: 10, QtMsgType.QtInfoMsg: 20, QtMsgType.QtWarningMsg: 30}.get(kind, 40)
    log.log(level, "Qt: %s", message)
