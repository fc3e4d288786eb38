"""People, and the roles and permissions every installation starts with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from desktop.db.base import storable
from desktop.db.tables import PermissionRow, RolePermissionRow, RoleRow, UserRoleRow, UserRow
from desktop.domain.audit import AuditAction, EntityType
from desktop.domain.changes import Changes, Subject
from desktop.domain.errors import NotFound, RuleBroken
from desktop.domain.imports import Problem
from desktop.domain.permissions import ROLE_PERMISSIONS, Permission, Role
from desktop.domain.users import Account, NewUser, Person, StaleAccount, check_name, check_new_user, normalise_email
from desktop.services.access import open_to_everyone, requires
from desktop.services.passwords import hash_password
from desktop.services.unit_of_work import UnitOfWork, Workspace, reading, unit_of_work


@open_to_everyone
def seed_roles(workspace: Workspace) -> dict[str, int]:
    """Add the permissions, roles and grants that are missing; never takes away what an administrator changed.

    A role that exists keeps its grants as they are: only a permission that is new to the database is granted to it.
    Returns how many `permissions`, `roles` and `grants` were added.
    """
    with unit_of_work(workspace) as work:
        session = work.session
        roles = {row.key: row.id for row in session.scalars(select(RoleRow))}
        permissions = {row.key: row.id for row in session.scalars(select(PermissionRow))}
        new_permissions = [permission for permission in Permission if permission.value not in permissions]
        new_roles = [role for role in Role if role.value not in roles]
        for permission in new_permissions:
            row = PermissionRow(key=permission.value, name=permission.label)
            session.add(row)
            session.flush()
            permissions[permission.value] = row.id
        for role in new_roles:
            added = RoleRow(key=role.value, name=role.label)
            session.add(added)
            session.flush()
            roles[role.value] = added.id
        grants = [
            {"role_id": roles[role.value], "permission_id": permissions[permission.value]}
            for role, held in ROLE_PERMISSIONS.items()
            for permission in sorted(held)
            if role in new_roles or permission in new_permissions
        ]
        if grants:
            session.execute(insert(RolePermissionRow), grants)
        created = {"permissions": len(new_permissions), "roles": len(new_roles), "grants": len(grants)}
        if any(created.values()):
            work.record(AuditAction.ROLES_SEEDED, EntityType.ROLE, None, details=created)
            work.commit()
    return created


@open_to_everyone
def needs_first_administrator(workspace: Workspace) -> bool:
    """Whether nobody can administer yet: then, and only then, the first administrator is asked for."""
    with reading(workspace) as session:
        return not _administrators(session)


@open_to_everyone
def create_first_administrator(workspace: Workspace, new: NewUser) -> Changes:
    """The account that administers a new installation. Raises `RuleBroken`, also when there is an administrator."""
    check_new_user(new)
    if new.password is None:
        raise RuleBroken([Problem("password", "", "Password is required")])
    with unit_of_work(workspace) as work:
        if _administrators(work.session):
            raise RuleBroken([Problem("email", new.email, "There is an administrator already: sign in instead")])
        user_id = _add(work, NewUser(new.email, new.name, (Role.ADMIN,), new.password))
        work.commit()
    return Changes.of(Subject.USERS, ids=(user_id,))


@requires(Permission.USERS_MANAGE)
def add_user(workspace: Workspace, new: NewUser) -> Changes:
    """Add a person. Raises `RuleBroken`; the same address twice is one."""
    check_new_user(new)
    with unit_of_work(workspace) as work:
        user_id = _add(work, new)
        work.commit()
    return Changes.of(Subject.USERS, ids=(user_id,))


@requires(Permission.USERS_MANAGE)
def accounts(workspace: Workspace) -> tuple[Account, ...]:
    """Every account, also of those who left, by name."""
    with reading(workspace) as session:
        users = session.scalars(select(UserRow).order_by(func.lower(UserRow.display_name), UserRow.email))
        return tuple(_account(session, user) for user in users)


@requires(Permission.USERS_MANAGE)
def find_account(workspace: Workspace, email: str) -> Account:
    """The account with an e-mail address. Raises `NotFound`."""
    with reading(workspace) as session:
        user = session.scalar(select(UserRow).where(UserRow.email == normalise_email(storable(email))))
        if user is None:
            raise NotFound(f"Nobody here has the e-mail address “{email}”.")
        return _account(session, user)


@requires(Permission.USERS_MANAGE)
def edit_user(workspace: Workspace, seen: Account, name: str, roles: Iterable[Role]) -> Changes:
    """Give an account another name or other roles; `seen` is the account as the person saw it.

    Raises `StaleAccount` when somebody changed it meanwhile, and `RuleBroken`: nothing is changed, or nobody who can
    sign in would administer any more.
    """
    if problems := check_name(name):
        raise RuleBroken(problems)
    wanted = {role.value for role in roles}
    # A role of a later version is kept: this version cannot offer it.
    wanted |= set(seen.roles) - {role.value for role in Role}
    return _change(workspace, seen, replace(seen, name=storable(name).strip(), roles=tuple(sorted(wanted))))


@requires(Permission.USERS_MANAGE)
def deactivate_user(workspace: Workspace, seen: Account) -> Changes:
    """Let nobody sign in with an account any more; it stays in every record. Raises as `edit_user` does."""
    return _change(workspace, seen, replace(seen, is_active=False))


@requires(Permission.USERS_MANAGE)
def reactivate_user(workspace: Workspace, seen: Account) -> Changes:
    """Make a deactivated account usable again. Raises as `edit_user` does."""
    return _change(workspace, seen, replace(seen, is_active=True))


@requires(Permission.DISTRIBUTION_LOG_VIEW)
def people(workspace: Workspace, *, also_inactive: bool = False) -> tuple[Person, ...]:
    """Everybody who is active, by name: who can be chosen as rep. `also_inactive` adds those who left."""
    with reading(workspace) as session:
        roles: dict[int, list[str]] = {}
        for user_id, key in session.execute(
            select(UserRoleRow.user_id, RoleRow.key).join(RoleRow).order_by(RoleRow.key)
        ):
            roles.setdefault(user_id, []).append(key)
        query = select(UserRow).order_by(func.lower(UserRow.display_name), UserRow.email)
        users = session.scalars(query if also_inactive else query.where(UserRow.is_active))
        return tuple(
            Person(user.id, user.email, user.display_name or user.email, user.is_active, tuple(roles.get(user.id, ())))
            for user in users
        )


def _administrators(session: Session) -> Sequence[int]:
    return session.scalars(
        select(UserRow.id).join(UserRoleRow).join(RoleRow).where(RoleRow.key == Role.ADMIN.value, UserRow.is_active)
    ).all()


def _add(work: UnitOfWork, new: NewUser) -> int:
    email = normalise_email(new.email)
    if work.session.scalar(select(UserRow.id).where(UserRow.email == email)) is not None:
        raise RuleBroken([Problem("email", new.email, "There is an account with this e-mail address already")])
    user = UserRow(
        email=email,
        display_name=new.name.strip(),
        password_hash=None if new.password is None else hash_password(new.password),
    )
    work.session.add(user)
    work.session.flush()
    wanted = [role.value for role in new.roles]
    _give_roles(work.session, user.id, wanted)
    work.record(
        AuditAction.USER_CREATE,
        EntityType.USER,
        user.id,
        after={
            "email": email,
            "display_name": user.display_name,
            "roles": wanted,
            "can_sign_in": new.password is not None,
        },
    )
    return user.id


def _account(session: Session, user: UserRow) -> Account:
    roles = session.scalars(
        select(RoleRow.key).join(UserRoleRow).where(UserRoleRow.user_id == user.id).order_by(RoleRow.key)
    )
    return Account(
        user.id,
        user.email,
        user.display_name or user.email,
        user.is_active,
        user.password_hash is not None,
        tuple(roles),
    )


def _change(workspace: Workspace, seen: Account, wanted: Account) -> Changes:
    """Write an account as it is wanted, with its audit event."""
    with unit_of_work(workspace) as work:
        user = work.session.get(UserRow, seen.id)
        if user is None:
            raise NotFound("This account is not in the database.")
        before = _account(work.session, user)
        if before != seen:
            raise StaleAccount(before)
        if wanted == before:
            raise RuleBroken([Problem(None, "", "Nothing was changed: the account says this already")])
        user.display_name = wanted.name
        user.is_active = wanted.is_active
        user.updated_at = work.now
        if wanted.roles != before.roles:
            work.session.execute(delete(UserRoleRow).where(UserRoleRow.user_id == user.id))
            _give_roles(work.session, user.id, wanted.roles)
        work.session.flush()
        _keep_an_administrator(work.session, before, wanted)
        work.record(
            AuditAction.USER_UPDATE, EntityType.USER, user.id, before=_as_audited(before), after=_as_audited(wanted)
        )
        work.commit()
    return Changes.of(Subject.USERS, ids=(seen.id,))


def _keep_an_administrator(session: Session, before: Account, wanted: Account) -> None:
    """Raises `RuleBroken` when nobody who can sign in would administer any more."""
    who_can = select(UserRow.id).where(UserRow.id.in_(_administrators(session)), UserRow.password_hash.is_not(None))
    if before.can_sign_in and session.scalar(who_can.limit(1)) is None:
        field = "roles" if wanted.is_active else None
        message = f"{before.name} is the last administrator who can sign in. Make somebody else administrator first"
        raise RuleBroken([Problem(field, before.name, message)])


def _as_audited(account: Account) -> dict[str, object]:
    return {
        "email": account.email,
        "display_name": account.name,
        "roles": list(account.roles),
        "is_active": account.is_active,
        "can_sign_in": account.can_sign_in,
    }


def _give_roles(session: Session, user_id: int, wanted: Sequence[str]) -> None:
    role_ids = session.scalars(select(RoleRow.id).where(RoleRow.key.in_(wanted))).all()
    if len(role_ids) != len(wanted):
        raise RuntimeError(f"Not all of these roles are in the database: {', '.join(wanted)}")
    if role_ids:
        session.execute(insert(UserRoleRow), [{"user_id": user_id, "role_id": role_id} for role_id in role_ids])
