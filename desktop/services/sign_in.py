"""Signing in and out. Every success, failure, lock and sign-out is an audit entry."""

from __future__ import annotations

from sqlalchemy import select

from desktop.db.base import storable
from desktop.db.tables import UserRow
from desktop.domain.audit import AuditAction, EntityType
from desktop.domain.changes import Changes, Subject
from desktop.domain.errors import RuleBroken, SignInRefused
from desktop.domain.imports import Problem
from desktop.domain.users import FAILURES_BEFORE_LOCK, LOCK_TIME, Actor, normalise_email
from desktop.services.access import held_permissions, open_to_everyone
from desktop.services.passwords import hash_password, needs_rehash, password_matches
from desktop.services.unit_of_work import UnitOfWork, Workspace, unit_of_work

_REFUSED = "E-mail address or password is not right."


@open_to_everyone
def sign_in(workspace: Workspace, email: str, password: str) -> Actor:
    """The person whom e-mail address and password belong to. Every refusal is an audit event.

    Raises `SignInRefused`, in the same words for an unknown address and a wrong password; after five failures the
    account is locked for a while.
    """
    email = storable(normalise_email(email))
    with unit_of_work(workspace.signed_out()) as work:
        user = work.session.scalar(select(UserRow).where(UserRow.email == email))
        if user is not None and user.locked_until is not None and user.locked_until > work.now:
            _record_failure(work, user, email, "locked")
            work.commit()
            until = user.locked_until.astimezone()
            raise SignInRefused(f"This account is locked until {until:%H:%M} after too many failed sign-ins.")
        password_hash = None if user is None else user.password_hash
        if not password_matches(password_hash, password) or user is None or password_hash is None:
            _record_failure(work, user, email, "address or password")
            _count_failure(work, user)
            work.commit()
            raise SignInRefused(_REFUSED)
        if not user.is_active:
            _record_failure(work, user, email, "not active")
            work.commit()
            raise SignInRefused("This account is not active. Ask an administrator.")
        user.failed_sign_ins, user.locked_until = 0, None
        if needs_rehash(password_hash):
            user.password_hash = hash_password(password)
        actor = Actor(
            user.id, user.display_name or user.email, user.email, held_permissions(work.session, user.id) or frozenset()
        )
        work.actor = actor
        work.record(AuditAction.SIGN_IN, EntityType.USER, user.id)
        work.commit()
    return actor


@open_to_everyone
def sign_out(workspace: Workspace) -> Changes:
    """Record that the signed-in person left."""
    with unit_of_work(workspace) as work:
        work.record(AuditAction.SIGN_OUT, EntityType.USER, workspace.person.user_id)
        work.commit()
    return Changes.of(Subject.AUDIT)


@open_to_everyone
def confirm_password(workspace: Workspace, password: str) -> None:
    """Make sure that the signed-in person is the one at the keyboard, before something is signed (21 CFR 11.200).

    Raises `RuleBroken` for a wrong password, which counts like a failed sign-in, and `SignInRefused` when the account
    is locked or no longer there.
    """
    with unit_of_work(workspace) as work:
        user = work.session.get(UserRow, workspace.person.user_id)
        if user is None or not user.is_active:
            raise SignInRefused("This account is not active. Ask an administrator.")
        if user.locked_until is not None and user.locked_until > work.now:
            raise SignInRefused(f"This account is locked until {user.locked_until.astimezone():%H:%M}.")
        if password_matches(user.password_hash, password):
            return
        _record_failure(work, user, user.email, "password for a signature")
        _count_failure(work, user)
        work.commit()
    raise RuleBroken([Problem("password", "", "Password is not right")])


def _record_failure(work: UnitOfWork, user: UserRow | None, email: str, why: str) -> None:
    user_id = None if user is None else user.id
    work.record(AuditAction.SIGN_IN_FAILED, EntityType.USER, user_id, details={"email": email[:200], "why": why})


def _count_failure(work: UnitOfWork, user: UserRow | None) -> None:
    if user is None:
        return
    user.failed_sign_ins += 1
    if user.failed_sign_ins >= FAILURES_BEFORE_LOCK:
        user.failed_sign_ins = 0
        user.locked_until = work.now + LOCK_TIME
        work.record(
            AuditAction.ACCOUNT_LOCKED, EntityType.USER, user.id, details={"until": user.locked_until.isoformat()}
        )
