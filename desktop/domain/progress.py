"""How long work tells how far it is, and how it is asked to stop."""

from __future__ import annotations

from collections.abc import Callable

from desktop.domain.errors import KnownTrouble

# Called with (done, total); total is None while unknown. Raises `Cancelled` when the person wants to stop.
Progress = Callable[[int, int | None], None]


class Cancelled(KnownTrouble):
    """The person stopped the work; nothing of it is kept."""

    def __init__(self) -> None:
        super().__init__("Cancelled. Nothing was changed.")


def no_progress(done: int, total: int | None) -> None:
    """For callers that neither show progress nor cancel."""
