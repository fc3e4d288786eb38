"""What the window knows of a page, and what a page gets from the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, Signal
from PySide6.QtWidgets import QWidget

from desktop.domain.filters import DistributionFilter
from desktop.domain.permissions import Permission
from desktop.ui.actions import ActionBoard
from desktop.ui.changes import ChangeFeed
from desktop.ui.prompter import Prompter
from desktop.ui.tasks import Tasks
from desktop.ui.widgets.banner import Message

if TYPE_CHECKING:
    from desktop.services.unit_of_work import Workspace  # brings SQLAlchemy, which the first window does not wait for


@dataclass(frozen=True)
class PageContext:
    """What every page works with. `settings` is the signed-in person's own; `say` shows a message in the banner."""

    workspace: Workspace
    tasks: Tasks
    changes: ChangeFeed
    prompter: Prompter
    actions: ActionBoard
    settings: QSettings
    say: Callable[[Message], None]


class Page(QWidget):
    """One page of the window. `status_changed` tells the status bar what is shown and what is selected, in words.

    Pages never call pages: `log_asked` asks the window to show the entries of a `DistributionFilter`.
    """

    status_changed = Signal(str, str)
    log_asked = Signal(object)

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self.context = context

    def enter(self) -> None:
        """Called whenever the page comes to the front: load what is not loaded, focus where work begins."""

    def show_entries(self, wanted: DistributionFilter) -> None:
        """Called by the window on the page of the log, for another page that asked; no other page shows entries."""


@dataclass(frozen=True, slots=True)
class PageSpec:
    """How a page registers itself: the navigation shows `title` to whoever holds `permission` or `other_permission`.

    `make` is called when the page is first opened.
    """

    id: str
    title: str
    icon: str
    permission: Permission
    make: Callable[[PageContext], Page]
    other_permission: Permission | None = None

    def is_for(self, held: frozenset[Permission]) -> bool:
        """Whether somebody who holds these permissions may see the page."""
        return self.permission in held or self.other_permission in held
