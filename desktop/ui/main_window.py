"""The shell: navigation, the pages behind it, the banner and the status bar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMainWindow,
    QMenu,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.domain.errors import KnownTrouble
from desktop.domain.filters import DistributionFilter
from desktop.ui import actions
from desktop.ui.actions import COMMANDS, ActionBoard, Command, Situation, why_not
from desktop.ui.changes import ChangeFeed
from desktop.ui.dialogs.command_palette import CommandPalette, PaletteLine
from desktop.ui.formats import plain_tool_tip
from desktop.ui.icons import icon
from desktop.ui.page import Page, PageContext, PageSpec
from desktop.ui.prompter import Prompter, Question
from desktop.ui.tasks import Lane, Tasks
from desktop.ui.theme import Look, Theme, Tone
from desktop.ui.widgets.banner import Banner, Message
from desktop.ui.widgets.named import muted, named

if TYPE_CHECKING:
    from desktop.services.unit_of_work import Workspace

_PAGE_ID = Qt.ItemDataRole.UserRole
_LOOKS = {actions.SYSTEM_LOOK: Look.SYSTEM, actions.LIGHT_LOOK: Look.LIGHT, actions.DARK_LOOK: Look.DARK}


class MainWindow(QMainWindow):
    """The window of one signed-in person. `signed_out` asks for the sign-in again; closing the window quits.

    `state_folder` keeps what is remembered of this person's window. `database` is what the status bar calls the
    database. Only pages that the person may see are in `pages` shown.
    """

    signed_out = Signal()

    def __init__(
        self,
        workspace: Workspace,
        pages: Sequence[PageSpec],
        *,
        tasks: Tasks,
        prompter: Prompter,
        theme: Theme,
        state_folder: Path,
        database: str,
        demo: bool = False,
    ) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        if workspace.actor is None:
            raise ValueError("a window belongs to a signed-in person")
        actor = workspace.actor
        self._tasks = tasks
        self._prompter = prompter
        self._theme = theme
        self._demo = demo
        self._stop_anyway = False
        self._settings = QSettings(str(state_folder / f"window-{actor.user_id}.ini"), QSettings.Format.IniFormat)
        self._specs = {spec.id: spec for spec in pages if spec.is_for(actor.permissions)}
        self._opened: dict[str, Page] = {}
        self._board = ActionBoard(actor.permissions, self)
        self.banner = Banner()
        self.context = PageContext(
            workspace, tasks, ChangeFeed(self), prompter, self._board, self._settings, self.banner.say
        )
        self._bind_commands()
        self._build(actor.name, actor.email or "", database)
        tasks.failed.connect(self._say_trouble)
        theme.changed.connect(self._repaint_icons)
        self._restore()

    @property
    def page(self) -> Page | None:
        """The page in front."""
        current = self._stack.currentWidget()
        return current if isinstance(current, Page) else None

    def open_page(self, page_id: str) -> Page:
        """Brings a page to the front; it is made when it is opened for the first time."""
        for row in range(self._navigation.count()):
            if self._navigation.item(row).data(_PAGE_ID) == page_id:
                self._navigation.setCurrentRow(row)
        return self._opened[page_id]

    def open_palette(self) -> None:
        """Opens the list of every command that this person's pages have."""
        dialog = CommandPalette(self.palette_lines(), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.chosen.connect(self._run)
        dialog.open()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        if self._tasks.is_busy(Lane.WRITE) and not self._stop_anyway:
            event.ignore()
            self._ask_to_stop(lambda: QTimer.singleShot(0, self.close))  # a window is not closed while it closes
            return
        self._remember()
        super().closeEvent(event)

    def _bind_commands(self) -> None:
        bind = self._board.bind
        if actions.TRACE in self._specs:
            bind(actions.TRACE_LOT, partial(self.open_page, actions.TRACE), self)
        bind(actions.FIND_COMMAND, self.open_palette, self)
        for command, look in _LOOKS.items():
            bind(command, partial(self._theme.choose, look), self)
        bind(actions.SIGN_OUT, self._sign_out, self)
        bind(actions.QUIT, self.close, self)

    def _build(self, name: str, email: str, database: str) -> None:
        self._navigation = named(QListWidget(), "navigation", "Pages")
        self._navigation.setFrameShape(QFrame.Shape.NoFrame)
        self._navigation.setIconSize(QSize(20, 20))
        self._navigation.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for number, spec in enumerate(self._specs.values(), start=1):
            item = QListWidgetItem(icon(spec.icon), spec.title)
            item.setData(_PAGE_ID, spec.id)
            self._navigation.addItem(item)
            keys = QKeySequence(f"Ctrl+{number}")
            item.setToolTip(f"{spec.title} ({keys.toString(QKeySequence.SequenceFormat.NativeText)})")
            QShortcut(keys, self, partial(self.open_page, spec.id))
        brand = QLabel("SilqeQMS")
        brand.setProperty("heading", True)
        brand.setContentsMargins(12, 10, 12, 8)
        side = QWidget()
        side.setProperty("raised", True)
        side.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        side.setFixedWidth(max(self._navigation.sizeHintForColumn(0) + 12, 158))
        side_column = QVBoxLayout(side)
        side_column.setContentsMargins(0, 0, 0, 0)
        side_column.setSpacing(0)
        side_column.addWidget(brand)
        side_column.addWidget(self._navigation, 1)
        self._navigation.currentItemChanged.connect(self._show_current)
        self._stack = QStackedWidget()
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(self._stack, 1)
        middle = QWidget()
        row = QHBoxLayout(middle)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(side)
        row.addWidget(content, 1)
        self.setCentralWidget(middle)
        self._build_status_bar(name, email, database)

    def _build_status_bar(self, name: str, email: str, database: str) -> None:
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        bar.setContentsMargins(12, 2, 6, 2)
        self._shown = named(QLabel(), "statusShown")
        self._shown.setContentsMargins(0, 0, 20, 0)
        self._selected = named(QLabel(), "statusSelected")
        self._database = named(muted(QLabel(database, textFormat=Qt.TextFormat.PlainText)), "statusDatabase")
        self._person = named(QToolButton(), "personMenu", f"Signed in as {name}")
        self._person.setText(name or email)
        self._person.setToolTip(plain_tool_tip(f"Signed in as {name}, {email}"))
        self._person.setIcon(icon("person"))
        self._person.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._person.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self._person)
        menu.addActions([self._board.action(command) for command in _LOOKS])
        menu.addSeparator()
        menu.addActions([self._board.action(command) for command in (actions.SIGN_OUT, actions.QUIT)])
        self._person.setMenu(menu)
        bar.addWidget(self._shown)
        bar.addWidget(self._selected, 1)
        bar.addPermanentWidget(self._database)
        bar.addPermanentWidget(self._person)

    def _restore(self) -> None:
        self.resize(1280, 800)
        geometry = self._settings.value("window/geometry")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)
        look = str(self._settings.value("window/look", ""))
        if look in set(Look):
            self._theme.choose(Look(look))
        wanted = str(self._settings.value("window/page", ""))
        first = next(iter(self._specs), None)
        if wanted in self._specs or first is not None:
            self.open_page(wanted if wanted in self._specs else str(first))
        else:
            self._set_title("")
            self.banner.say(Message(Tone.WARNING, "Your account may see no page: ask an administrator for a role."))

    def _remember(self) -> None:
        self._settings.setValue("window/geometry", self.saveGeometry())
        self._settings.setValue("window/look", self._theme.look.value)
        current = self._navigation.currentItem()
        self._settings.setValue("window/page", current.data(_PAGE_ID) if current is not None else "")
        self._settings.sync()

    def _show_current(self) -> None:
        item = self._navigation.currentItem()
        if item is None:
            return
        spec = self._specs[item.data(_PAGE_ID)]
        page = self._opened.get(spec.id)
        if page is None:
            page = self._opened[spec.id] = spec.make(self.context)
            page.status_changed.connect(lambda shown, selected: self._show_status(page, shown, selected))
            page.log_asked.connect(self._show_log)
            self._stack.addWidget(page)
        self._stack.setCurrentWidget(page)
        self._shown.clear()
        self._selected.clear()
        self._set_title(spec.title)
        page.enter()

    def _show_log(self, wanted: DistributionFilter) -> None:
        self.open_page(actions.LOG).show_entries(wanted)

    def _set_title(self, page_title: str) -> None:
        parts = (page_title, "SilqeQMS", "DEMO, nothing is kept" if self._demo else "")
        self.setWindowTitle(" — ".join(part for part in parts if part))

    def _show_status(self, page: Page, shown: str, selected: str) -> None:
        if page is self.page:
            self._shown.setText(shown)
            self._selected.setText(selected)

    def palette_lines(self) -> list[PaletteLine]:
        """Every command of the window and of the pages in the navigation, with where it is and why not, if not."""
        return [
            PaletteLine(
                command.id,
                command.text.rstrip("…"),
                "Everywhere" if command.page is None else self._specs[command.page].title,
                command.shortcut_text,
                self._why_not(command),
            )
            for command in COMMANDS
            if command.page is None or command.page in self._specs
        ]

    def _run(self, command_id: str) -> None:
        command = next(command for command in COMMANDS if command.id == command_id)
        if command.page is not None:
            self.open_page(command.page)
        if reason := self._board.why_not(command):
            self.banner.say(Message(Tone.INFO, f"{command.text.rstrip('…')}: {reason}."))
        else:
            self._board.action(command).trigger()

    def _why_not(self, command: Command) -> str | None:
        """A page that was never opened has nothing to select yet: then only the permission counts."""
        if command.page is None or command.page in self._opened:
            return self._board.why_not(command)
        return why_not(command, self.context.actions.permissions, Situation(shown=1, selected=1))

    def _say_trouble(self, trouble: KnownTrouble) -> None:
        self.banner.say(Message(Tone.PROBLEM, str(trouble)))

    def _sign_out(self) -> None:
        if self._tasks.is_busy(Lane.WRITE) and not self._stop_anyway:
            self._ask_to_stop(self._sign_out)
            return
        self._remember()
        self.signed_out.emit()

    def _ask_to_stop(self, then: Callable[[], object]) -> None:
        def stop() -> None:
            self._stop_anyway = True
            self._tasks.cancel_all()
            then()

        question = Question(
            "Work is still running",
            "Stop the work that is still running?",
            "What it has not finished is taken back; nothing is half written.",
            "Stop it",
            destructive=True,
        )
        self._prompter.confirm(self, question, stop)

    def _repaint_icons(self) -> None:
        self._board.paint_icons()
        self._person.setIcon(icon("person"))
        for row, spec in enumerate(self._specs.values()):
            self._navigation.item(row).setIcon(icon(spec.icon))
