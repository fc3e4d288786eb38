"""Signing in: who gets in, what is said to whom does not, and what the audit trail keeps of it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from desktop.db.tables import UserRow
from desktop.domain.errors import SignInRefused
from desktop.domain.permissions import Permission, Role
from desktop.domain.users import FAILURES_BEFORE_LOCK, LOCK_TIME, NewUser
from desktop.services import sign_in, users
from desktop.services.unit_of_work import Workspace, snapshot
from tests.services import records
from tests.support.databases import ADMIN

REFUSED = "E-mail address or password is not right."
PASSWORD = ADMIN.password or ""


def refusal(workspace: Workspace, email: str, password: str) -> str:
    with pytest.raises(SignInRefused) as refused:
        sign_in.sign_in(workspace, email, password)
    return str(refused.value)


def set_user(workspace: Workspace, email: str, **values: object) -> None:
    with workspace.sessions.writing() as session:
        session.execute(update(UserRow).where(UserRow.email == email).values(**values))
        session.commit()


def user(workspace: Workspace, email: str) -> UserRow:
    with workspace.sessions.reading() as session:
        return session.scalars(select(UserRow).where(UserRow.email == email)).one()


def test_the_right_password_opens_the_account(workspace_on: Workspace) -> None:
    actor = sign_in.sign_in(workspace_on.signed_out(), f"  {ADMIN.email.upper()} ", PASSWORD)
    assert (actor.name, actor.email) == ("Ada Admin", ADMIN.email)
    assert actor.permissions == frozenset(Permission)
    event = records.events(workspace_on)[-1]
    assert (event.action, event.actor_user_id, event.entity_id) == ("auth.sign_in", actor.user_id, str(actor.user_id))


@records.postgresql_when_slow
def test_wrong_password_and_unknown_address_are_refused_in_the_same_words(workspace_on: Workspace) -> None:
    assert refusal(workspace_on, ADMIN.email, "wrong") == REFUSED
    assert refusal(workspace_on, "nobody@example.com", PASSWORD) == REFUSED
    failures = records.events(workspace_on, "auth.sign_in_failed")
    known = str(user(workspace_on, ADMIN.email).id)
    assert [event.entity_id for event in failures] == [known, None]
    assert {event.actor_user_id for event in failures} == {None}


def test_a_person_without_a_password_cannot_sign_in(workspace: Workspace) -> None:
    rep = records.person(workspace, Role.REP)
    for typed in ("", "nobody"):
        assert refusal(workspace, rep.email or "", typed) == REFUSED


def test_a_hash_that_is_none_opens_nothing(workspace: Workspace) -> None:
    for broken in ("", "plain text", PASSWORD, "$argon2id$v=19$m=65536,t=3,p=4$"):
        set_user(workspace, ADMIN.email, password_hash=broken)
        for typed in (broken, "nobody"):
            assert refusal(workspace, ADMIN.email, typed) == REFUSED
            set_user(workspace, ADMIN.email, failed_sign_ins=0)


def test_five_failures_lock_the_account_for_a_while(workspace: Workspace) -> None:
    now = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    for _ in range(FAILURES_BEFORE_LOCK):
        assert refusal(replace(workspace, clock=lambda: now), ADMIN.email, "wrong") == REFUSED
    (locked,) = records.events(workspace, "auth.account_locked")
    assert locked.metadata_json == {"until": (now + LOCK_TIME).isoformat()}
    until = (now + LOCK_TIME).astimezone()
    just_before = replace(workspace, clock=lambda: now + LOCK_TIME - timedelta(seconds=1))
    said = refusal(just_before, ADMIN.email, PASSWORD)
    assert said == f"This account is locked until {until:%H:%M} after too many failed sign-ins."
    later = replace(workspace, clock=lambda: now + LOCK_TIME)
    assert sign_in.sign_in(later, ADMIN.email, PASSWORD).name == "Ada Admin"
    assert user(workspace, ADMIN.email).locked_until is None


def test_four_failures_and_a_success_start_counting_anew(workspace: Workspace) -> None:
    set_user(workspace, ADMIN.email, failed_sign_ins=FAILURES_BEFORE_LOCK - 1)
    sign_in.sign_in(workspace, ADMIN.email, PASSWORD)
    refusal(workspace, ADMIN.email, "wrong")
    assert records.events(workspace, "auth.account_locked") == []


def test_an_account_that_is_not_active_is_refused_only_to_who_knows_its_password(workspace: Workspace) -> None:
    users.add_user(workspace, NewUser("olga.ops@example.com", "Olga Ops", (Role.OPS,), "correct horse battery"))
    set_user(workspace, "olga.ops@example.com", is_active=False)
    assert refusal(workspace, "olga.ops@example.com", "wrong") == REFUSED
    assert refusal(workspace, "olga.ops@example.com", "correct horse battery") == (
        "This account is not active. Ask an administrator."
    )


def test_every_refusal_is_an_audit_event(workspace_on: Workspace) -> None:
    """Also that of a locked and of an inactive account: someone tries to get in there."""
    locked, inactive = records.person(workspace_on, None), records.person(workspace_on, None)
    later = datetime(2100, 1, 1, tzinfo=UTC)
    with_password = user(workspace_on, ADMIN.email).password_hash
    set_user(workspace_on, locked.email or "", locked_until=later, password_hash=with_password)
    set_user(workspace_on, inactive.email or "", is_active=False, password_hash=with_password)
    refusal(workspace_on, locked.email or "", PASSWORD)
    refusal(workspace_on, inactive.email or "", PASSWORD)
    failures = records.events(workspace_on, "auth.sign_in_failed")
    assert [event.entity_id for event in failures] == [str(locked.user_id), str(inactive.user_id)]
    assert [(event.metadata_json or {})["why"] for event in failures] == ["locked", "not active"]
    assert user(workspace_on, locked.email or "").locked_until == later


def test_a_weaker_hash_is_made_anew_on_sign_in(workspace: Workspace) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    set_user(workspace, ADMIN.email, password_hash=weak)
    sign_in.sign_in(workspace, ADMIN.email, PASSWORD)
    strong = user(workspace, ADMIN.email).password_hash
    assert strong != weak
    sign_in.sign_in(workspace, ADMIN.email, PASSWORD)
    assert user(workspace, ADMIN.email).password_hash == strong


def test_signing_out_is_an_audit_event_of_who_left(workspace: Workspace) -> None:
    sign_in.sign_out(workspace)
    event = records.events(workspace)[-1]
    assert (event.action, event.actor_name) == ("auth.sign_out", "Ada Admin")
    with pytest.raises(SignInRefused):
        sign_in.sign_out(workspace.signed_out())


def test_whatever_is_typed_is_an_unknown_address(workspace_on: Workspace) -> None:
    typed = ("a\x00b@example.com", "\ud800@example.com" + "x" * 100_000)
    for text in typed:
        assert refusal(workspace_on, text, text) == REFUSED
    assert len(records.events(workspace_on, "auth.sign_in_failed")) == len(typed)


def test_no_password_and_no_hash_is_ever_in_the_audit_trail(workspace: Workspace) -> None:
    secret = "open sesame, please"
    new = NewUser("quinn.quality@example.com", "Quinn Quality", (Role.QUALITY,), secret)
    users.add_user(workspace, new)
    sign_in.sign_in(workspace, new.email, secret)
    refusal(workspace, new.email, secret + "!")
    refusal(workspace, "nobody@example.com", secret)
    set_user(workspace, new.email, failed_sign_ins=FAILURES_BEFORE_LOCK - 1)
    refusal(workspace, new.email, "wrong, and quite so")
    trail = json.dumps([snapshot(event) for event in records.events(workspace)], default=str)
    assert "auth.account_locked" in trail
    assert secret not in trail
    assert "wrong, and quite so" not in trail
    assert "argon2" not in trail
    assert PASSWORD not in trail
