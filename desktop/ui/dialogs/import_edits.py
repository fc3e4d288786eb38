"""What a person changed in an import's review, step by step, so that every step can be taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeVar

from desktop.domain.import_review import ConflictDecision, ImportChoices

K = TypeVar("K")
V = TypeVar("V")

_STEPS_KEPT = 200


class Alike(NamedTuple):
    """What is decided of every conflict alike; None for nothing."""

    decision: ConflictDecision | None


@dataclass(frozen=True, slots=True)
class Edit:
    """One step: what it was, in words, and every choice that it sets; None takes a choice away.

    `corrections` and `decisions` go by record number, `reps` by the rep as written, folded. `alike` is None when the
    step leaves alone what is decided of all conflicts.
    """

    words: str
    corrections: Mapping[int, tuple[str, ...] | None] = field(default_factory=dict)
    decisions: Mapping[int, ConflictDecision | None] = field(default_factory=dict)
    reps: Mapping[str, int | None] = field(default_factory=dict)
    alike: Alike | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it changes nothing."""
        return not (self.corrections or self.decisions or self.reps or self.alike)


def apply(choices: ImportChoices, edit: Edit) -> tuple[ImportChoices, Edit]:
    """The choices with the step taken, and the step that takes it back."""
    back = Edit(
        edit.words,
        {key: choices.corrections.get(key) for key in edit.corrections},
        {key: choices.conflict_decisions.get(key) for key in edit.decisions},
        {key: choices.reps.get(key) for key in edit.reps},
        None if edit.alike is None else Alike(choices.conflicts),
    )
    changed = replace(
        choices,
        corrections=_changed(choices.corrections, edit.corrections),
        conflict_decisions=_changed(choices.conflict_decisions, edit.decisions),
        reps=_changed(choices.reps, edit.reps),
        conflicts=choices.conflicts if edit.alike is None else edit.alike.decision,
    )
    return changed, back


class EditHistory:
    """The steps that can be taken back, and those that were taken back and can be taken again."""

    def __init__(self) -> None:
        self._back: list[Edit] = []
        self._again: list[Edit] = []

    @property
    def undo_words(self) -> str:
        """What undo takes back; "" when there is nothing."""
        return self._back[-1].words if self._back else ""

    @property
    def redo_words(self) -> str:
        """What redo takes again; "" when there is nothing."""
        return self._again[-1].words if self._again else ""

    def clear(self) -> None:
        """Forgets everything: the lines are others now."""
        self._back.clear()
        self._again.clear()

    def do(self, choices: ImportChoices, edit: Edit) -> ImportChoices:
        """Takes a new step."""
        changed, back = apply(choices, edit)
        self._back = [*self._back[-_STEPS_KEPT + 1 :], back]
        self._again.clear()
        return changed

    def undo(self, choices: ImportChoices) -> ImportChoices:
        """Takes the latest step back; there must be one."""
        changed, again = apply(choices, self._back.pop())
        self._again.append(again)
        return changed

    def redo(self, choices: ImportChoices) -> ImportChoices:
        """Takes the step again that was taken back last; there must be one."""
        changed, back = apply(choices, self._again.pop())
        self._back.append(back)
        return changed


def _changed(before: Mapping[K, V], change: Mapping[K, V | None]) -> Mapping[K, V]:
    if not change:
        return before
    after = dict(before)
    for key, value in change.items():
        if value is None:
            after.pop(key, None)
        else:
            after[key] = value
    return after
