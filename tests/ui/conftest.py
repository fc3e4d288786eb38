"""Fixtures of the window: the theme, the ways to do work and to answer questions, and a page's surroundings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication, QWidget

from desktop.domain.distributions import DistributionEntry, NewLine, NewShipment
from desktop.domain.permissions import Permission
from desktop.domain.users import Actor
from desktop.services import distributions
from desktop.services.unit_of_work import Workspace
from desktop.ui.actions import ActionBoard
from desktop.ui.changes import ChangeFeed
from desktop.ui.page import PageContext
from desktop.ui.prompter import FileType, Prompter, Question
from desktop.ui.tasks import BackgroundTasks, InlineTasks
from desktop.ui.theme import Look, Theme
from desktop.ui.widgets.banner import Message


@pytest.fixture(scope="session")
def one_theme(qapp: QApplication) -> Theme:
    """An application has one theme from its start to its end."""
    return Theme(qapp, Look.LIGHT)


@pytest.fixture
def theme(one_theme: Theme) -> Iterator[Theme]:
    one_theme.choose(Look.LIGHT)
    yield one_theme
    one_theme.choose(Look.LIGHT)


@pytest.fixture
def tasks() -> Iterator[BackgroundTasks]:
    made = BackgroundTasks()
    yield made
    made.shutdown()


class ScriptedPrompter(Prompter):
    """Answers at once: `files` for every file dialog, `yes` for every question. `asked` keeps what was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.files: tuple[Path, ...] = ()
        self.yes = False
        self.asked: list[str] = []
        self.has_viewer = True
        self.shown = b""

    def open_files(
        self,
        parent: QWidget,  # noqa: ARG002
        title: str,
        types: Sequence[FileType],  # noqa: ARG002
        on_chosen: Callable[[tuple[Path, ...]], object],
        *,
        many: bool = False,  # noqa: ARG002
    ) -> None:
        self.asked.append(title)
        if self.files:
            on_chosen(self.files)

    def save_file(
        self,
        parent: QWidget,  # noqa: ARG002
        title: str,
        suggested_name: str,  # noqa: ARG002
        types: Sequence[FileType],  # noqa: ARG002
        on_chosen: Callable[[Path], object],
    ) -> None:
        self.asked.append(title)
        if self.files:
            on_chosen(self.files[0])

    def confirm(self, parent: QWidget, question: Question, on_yes: Callable[[], object]) -> None:  # noqa: ARG002
        self.asked.append(question.text)
        if self.yes:
            on_yes()

    def warn(self, parent: QWidget, title: str, sentence: str) -> None:  # noqa: ARG002
        self.asked.append(f"{title}: {sentence}")

    def show_folder(self, folder: Path) -> None:
        self.asked.append(f"folder {folder.name}")

    def show_file(self, file: Path) -> bool:
        self.asked.append(f"file {file.name}")
        self.shown = file.read_bytes()
        return self.has_viewer


@pytest.fixture
def prompter() -> ScriptedPrompter:
    return ScriptedPrompter()


@dataclass
class Desk:
    """Where a page is tried out: its context, and what it said in the banner."""

    context: PageContext
    prompter: ScriptedPrompter
    said: list[Message] = field(default_factory=list)


@pytest.fixture
def desk_for(
    theme: Theme,  # noqa: ARG001
    prompter: ScriptedPrompter,
    workspace: Workspace,
    tmp_path: Path,
) -> Iterator[Callable[..., Desk]]:
    """Makes the surroundings of a page for the administrator, or for somebody with only some permissions."""
    made: list[Desk] = []

    def make(permissions: frozenset[Permission] | None = None) -> Desk:
        actor = workspace.person
        if permissions is not None:
            actor = Actor(actor.user_id, actor.name, actor.email, permissions)
        said: list[Message] = []
        feed = ChangeFeed()
        board = ActionBoard(actor.permissions)
        settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
        context = PageContext(workspace.signed_in(actor), InlineTasks(), feed, prompter, board, settings, said.append)
        made.append(Desk(context, prompter, said))
        return made[-1]

    yield make
    for desk in made:
        desk.context.tasks.shutdown()


@pytest.fixture
def desk(desk_for: Callable[..., Desk]) -> Desk:
    return desk_for()


def log_shipment(
    workspace: Workspace,
    order_number: str,
    *lines: NewLine,
    ship_date: date = date(2025, 3, 4),
    facility_name: str = "Cedar Clinic",
    city: str = "Toledo",
) -> tuple[DistributionEntry, ...]:
    """A shipment entered by hand; without lines it has one, of 5 units."""
    shipment = NewShipment(
        ship_date=ship_date,
        order_number=order_number,
        facility_name=facility_name,
        lines=lines or (NewLine("211610SPT", "SLQ-12345", "5"),),
        city=city,
    )
    return distributions.entries(workspace, distributions.create_shipment(workspace, shipment).ids)
