"""Who may do what: every public verb of the services declares the permission it needs, and is refused without it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from desktop.db.tables import PermissionRow, RolePermissionRow, UserRoleRow, UserRow
from desktop.domain.errors import PermissionDenied, SignInRefused
from desktop.domain.permissions import Permission
from desktop.services.unit_of_work import Workspace, reading

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
Verb = Callable[Concatenate[Workspace, Arguments], Result]


def requires(permission: Permission) -> Callable[[Verb[Arguments, Result]], Verb[Arguments, Result]]:
    """Refuse the verb to whoever does not hold `permission` at this moment.

    Asked of the database each time: a role taken away, or an account deactivated, takes effect at once.
    The wrapped verb raises `SignInRefused` or `PermissionDenied` before anything else happens.
    """

    def declare(verb: Verb[Arguments, Result]) -> Verb[Arguments, Result]:
        @wraps(verb)
        def checked(workspace: Workspace, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
            user_id = workspace.person.user_id
            with reading(workspace) as session:
                held = held_permissions(session, user_id)
            if held is None:
                raise SignInRefused("This account is not active. Ask an administrator.")
            if permission not in held:
                raise PermissionDenied(permission)
            return verb(workspace, *args, **kwargs)

        checked.permission = permission  # type: ignore[attr-defined]
        return cast(Verb[Arguments, Result], checked)

    return declare


def open_to_everyone(verb: Verb[Arguments, Result]) -> Verb[Arguments, Result]:
    """Declare that a verb needs no permission, because it is what comes before anybody is signed in, or after."""
    verb.permission = None  # type: ignore[attr-defined]
    return verb


def held_permissions(session: Session, user_id: int | None) -> frozenset[Permission] | None:
    """What a person may do now; None when the account is not active or does not exist."""
    if not session.scalar(select(UserRow.is_active).where(UserRow.id == user_id)):
        return None
    keys = session.scalars(
        select(PermissionRow.key)
        .join(RolePermissionRow, RolePermissionRow.permission_id == PermissionRow.id)
        .join(UserRoleRow, UserRoleRow.role_id == RolePermissionRow.role_id)
        .where(UserRoleRow.user_id == user_id)
    )
    # A key of a later version is nothing this version could ask for.
    by_key = {permission.value: permission for permission in Permission}
    return frozenset(by_key[key] for key in keys if key in by_key)
