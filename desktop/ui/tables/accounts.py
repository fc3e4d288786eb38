"""The columns of the list of people."""

from __future__ import annotations

from operator import attrgetter

from desktop.domain.users import Account, role_labels
from desktop.ui.tables.windowed import Column


def signs_in(account: Account) -> bool:
    """Whether somebody can sign in with the account now: it has a password, and is active."""
    return account.can_sign_in and account.is_active


def _yes_or_no(holds: bool) -> str:
    return "yes" if holds else "no"


ACCOUNT_COLUMNS: tuple[Column[Account], ...] = (
    Column("name", "Name", attrgetter("name"), lambda account: account.name.casefold(), 24),
    Column("email", "E-mail", attrgetter("email"), attrgetter("email"), 30),
    Column("roles", "Roles", lambda account: role_labels(account.roles), attrgetter("roles"), 30),
    Column("can_sign_in", "Can sign in", lambda account: _yes_or_no(signs_in(account)), signs_in, 11),
    Column("is_active", "Active", lambda account: _yes_or_no(account.is_active), attrgetter("is_active"), 8),
)
