"""People: who is signed in, and what an account's address and password must look like."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from desktop.domain.errors import RuleBroken, StaleEdit
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
class Account:
    """One account as an administrator sees it; `roles` are keys. Who `can_sign_in` has a password: a rep needs none."""

    id: int
    email: str
    name: str
    is_active: bool
    can_sign_in: bool
    roles: tuple[str, ...]


class StaleAccount(StaleEdit):
    """Somebody else changed the account after it was read; `theirs` is what it says now."""

    def __init__(self, theirs: Account) -> None:
        self.theirs = theirs
        super().__init__("Somebody else changed this account after you opened it. Nothing was saved.")


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
    problems += check_name(new.name)
    if new.password is not None and len(new.password) < MINIMUM_PASSWORD_LENGTH:
        problems.append(Problem("password", "", f"Password must have at least {MINIMUM_PASSWORD_LENGTH} characters"))
    if problems:
        raise RuleBroken(problems)


def check_name(name: str) -> tuple[Problem, ...]:
    """What is wrong with a person's name."""
    return () if name.strip() else (Problem("name", name, "Name is required"),)


def role_labels(roles: Iterable[str]) -> str:
    """Roles as people read them, `Administrator, Quality`; a key of a later version stays a key."""
    labels = {role.value: role.label for role in Role}
    return ", ".join(labels.get(key, key) for key in roles)
