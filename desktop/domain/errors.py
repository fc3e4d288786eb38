"""Trouble that is known and can be said in one sentence. Every other exception is a bug and is reported as one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop.domain.imports import Problem
    from desktop.domain.permissions import Permission


class KnownTrouble(Exception):
    """Base of all known trouble; `str(error)` is the sentence a person reads."""


class RuleBroken(KnownTrouble):
    """One or more values break a rule; `problems` names every one of them, field by field."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(dict.fromkeys(problem.message for problem in self.problems)))


class PermissionDenied(KnownTrouble):
    """The signed-in person's roles do not hold the permission that the verb needs."""

    def __init__(self, permission: Permission) -> None:
        self.permission = permission
        super().__init__(f"Your account does not have the permission “{permission.label}” ({permission.value}).")


class SignInRefused(KnownTrouble):
    """Nobody is signed in, or the e-mail address and password do not open an account."""


class NotFound(KnownTrouble):
    """What was asked for by name, number or reference is not there."""


class StaleEdit(KnownTrouble):
    """Somebody else changed the record after it was read."""


class FileRefused(KnownTrouble):
    """A file from outside cannot be taken; the sentence says what it is and what to do."""


class EvidenceAltered(KnownTrouble):
    """A stored file is missing or its bytes no longer have the SHA-256 that was recorded."""


class StorageTrouble(KnownTrouble):
    """Disk full, locked, read-only or damaged: the machine cannot keep or give back what it should."""
