"""People: who is signed in, and what an account's address and password must look like."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta

from desktop.domain.errors import RuleBroken
from desktop.domain.imports import Problem
from desktop.domain.permissions import Permission, Role

MINIMUM_PASSWORD_LENGTH = 10
FAILURES_BEFORE_LOCK = 5
LOCK_TIME = timedelta(minutes=15)

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True, slots=True)
class Actor:
    """The person in whose name something is done. `user_id` is None only for the product itself."""

    user_id: int | None
    name: str
    email: str | None = None
    permissions: frozenset[Permission] = frozenset()


SYSTEM = Actor(None, "SilqeQMS")


@dataclass(frozen=True, slots=True)
class Person:
    """One account as the lists show it."""

    id: int
    email: str
    name: str
    is_active: bool
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewUser:
    """What it takes to add a person. Without a password nobody can sign in: a rep needs none.

    The password is not in the `repr`, so it cannot reach a log.
    """

    email: str
    name: str
    roles: tuple[Role, ...]
    password: str | None = field(default=None, repr=False)


def normalise_email(email: str) -> str:
    """An address as accounts are found by: trimmed, lower case."""
    return email.strip().lower()


def check_new_user(new: NewUser) -> None:
    """Raises `RuleBroken` naming everything wrong with a new account."""
    problems: list[Problem] = []
    if not _EMAIL.fullmatch(normalise_email(new.email)):
        problems.append(Problem("email", new.email, "E-mail address is not complete"))
    if not new.name.strip():
        problems.append(Problem("name", new.name, "Name is required"))
    if new.password is not None and len(new.password) < MINIMUM_PASSWORD_LENGTH:
        problems.append(Problem("password", "", f"Password must have at least {MINIMUM_PASSWORD_LENGTH} characters"))
    if problems:
        raise RuleBroken(problems)
