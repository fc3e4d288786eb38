"""People, roles and permissions: seeded once, never taken away again, the first administrator only once."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, func, insert, select

from desktop.db.engine import SessionFactory, open_engine
from desktop.db.tables import PermissionRow, RolePermissionRow, RoleRow, UserRoleRow, UserRow
from desktop.db.upgrade import bring_to_head
from desktop.domain.changes import Subject
from desktop.domain.errors import NotFound, PermissionDenied, RuleBroken, SignInRefused
from desktop.domain.permissions import Permission, Role
from desktop.domain.users import Account, NewUser, StaleAccount
from desktop.services import sign_in, users
from desktop.services.access import held_permissions
from desktop.services.unit_of_work import Workspace
from desktop.storage.evidence_store import EvidenceStore
from tests.services import records
from tests.support.databases import ADMIN


def grants(workspace: Workspace) -> set[tuple[str, str]]:
    links = select(RoleRow.key, PermissionRow.key).join_from(RolePermissionRow, RoleRow).join(PermissionRow)
    with workspace.sessions.reading() as session:
        return {(role, permission) for role, permission in session.execute(links)}


def change(workspace: Workspace, *statements: object) -> None:
    with workspace.sessions.writing() as session:
        for statement in statements:
            session.execute(statement)  # type: ignore[call-overload]
        session.commit()


def id_of(table: type[RoleRow] | type[PermissionRow], key: str) -> object:
    return select(table.id).where(table.key == key).scalar_subquery()


def test_seeding_again_adds_nothing_and_says_nothing(workspace_on: Workspace) -> None:
    was = records.dump(workspace_on)
    assert users.seed_roles(workspace_on) == {"permissions": 0, "roles": 0, "grants": 0}
    assert records.dump(workspace_on) == was


@records.postgresql_when_slow
def test_the_first_seeding_is_an_audit_event_of_the_product_itself(workspace_on: Workspace) -> None:
    (event,) = records.events(workspace_on, "users.roles_seeded")
    assert (event.actor_user_id, event.actor_name) == (None, "SilqeQMS")
    held = len(grants(workspace_on))
    assert event.metadata_json == {"permissions": len(Permission), "roles": len(Role), "grants": held}


def test_seeding_gives_nothing_back_and_takes_nothing_away(workspace: Workspace) -> None:
    taken = (Role.OPS.value, Permission.APPROVALS_UPLOAD.value)
    given = (Role.READONLY.value, Permission.DISTRIBUTION_LOG_EXPORT.value)
    change(
        workspace,
        delete(RolePermissionRow).where(
            RolePermissionRow.role_id == id_of(RoleRow, taken[0]),
            RolePermissionRow.permission_id == id_of(PermissionRow, taken[1]),
        ),
        insert(RolePermissionRow).values(
            role_id=id_of(RoleRow, given[0]), permission_id=id_of(PermissionRow, given[1])
        ),
        insert(RoleRow).values(key="warehouse", name="Warehouse"),
    )
    was = grants(workspace)
    assert taken not in was
    assert given in was
    users.seed_roles(workspace)
    assert grants(workspace) == was


def test_a_permission_that_a_version_brings_new_is_granted_as_designed(workspace: Workspace) -> None:
    new = Permission.TRACING_REPORTS_FINALIZE.value
    number = id_of(PermissionRow, new)
    change(
        workspace,
        delete(RolePermissionRow).where(RolePermissionRow.permission_id == number),
        delete(PermissionRow).where(PermissionRow.key == new),
    )
    was = grants(workspace)
    assert users.seed_roles(workspace) == {"permissions": 1, "roles": 0, "grants": 2}
    assert grants(workspace) - was == {("admin", new), ("quality", new)}


@pytest.fixture
def new_installation(empty_database_url: str, tmp_path: object) -> Workspace:
    bring_to_head(empty_database_url)
    return Workspace(SessionFactory(open_engine(empty_database_url)), EvidenceStore(tmp_path))  # type: ignore[arg-type]


def test_the_first_administrator_is_made_once(new_installation: Workspace) -> None:
    workspace = new_installation
    users.seed_roles(workspace)
    assert users.needs_first_administrator(workspace)
    made = users.create_first_administrator(workspace, ADMIN)
    assert made.subjects == {Subject.USERS, Subject.AUDIT}
    assert not users.needs_first_administrator(workspace)
    with pytest.raises(RuleBroken, match="There is an administrator already"):
        users.create_first_administrator(workspace, NewUser("eve@example.com", "Eve", (), "correct horse battery"))
    assert sign_in.sign_in(workspace, ADMIN.email, ADMIN.password or "").permissions == frozenset(Permission)
    workspace.sessions.close()


def test_the_first_administrator_has_a_password_that_is_long_enough(workspace: Workspace) -> None:
    for password, said in ((None, "Password is required"), ("short", "Password must have at least 10 characters")):
        with pytest.raises(RuleBroken, match=said):
            users.create_first_administrator(workspace, NewUser("eve@example.com", "Eve", (), password))


def test_an_administrator_who_is_not_active_is_none(workspace: Workspace) -> None:
    with workspace.sessions.writing() as session:
        session.scalars(select(UserRow)).one().is_active = False
        session.commit()
    assert users.needs_first_administrator(workspace)


@records.postgresql_when_slow
def test_a_first_administrator_can_administer_whatever_was_seeded_before(new_installation: Workspace) -> None:
    """Without the role admin in the database the account would hold nothing, and its address would be taken."""
    workspace = new_installation
    with pytest.raises(RuntimeError, match="roles"):
        users.create_first_administrator(workspace, ADMIN)
    assert records.dump(workspace)["users"] == []
    workspace.sessions.close()


def test_a_new_person_is_kept_as_typed_and_told_to_the_audit_trail(workspace_on: Workspace) -> None:
    new = NewUser("  Rita.Rep@Example.com ", " Rita Rep ", (Role.REP,))
    (user_id,) = users.add_user(workspace_on, new).ids
    (person,) = [person for person in users.people(workspace_on) if person.id == user_id]
    assert (person.email, person.name, person.roles) == ("rita.rep@example.com", "Rita Rep", ("rep",))
    event = records.events(workspace_on, "users.create")[-1]
    assert event.after_json == {
        "email": "rita.rep@example.com",
        "display_name": "Rita Rep",
        "roles": ["rep"],
        "can_sign_in": False,
    }


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (NewUser("ADA.ADMIN@example.com", "Ada", ()), "There is an account with this e-mail address already"),
        (NewUser("ada", "Ada", ()), "E-mail address is not complete"),
        (NewUser("a b@example.com", "Ada", ()), "E-mail address is not complete"),
        (NewUser("new@example.com", " ", ()), "Name is required"),
        (NewUser("new@example.com", "New", (), "123456789"), "Password must have at least 10 characters"),
    ],
)
def test_a_person_who_breaks_a_rule_is_refused(workspace: Workspace, new: NewUser, said: str) -> None:
    was = records.dump(workspace)
    with pytest.raises(RuleBroken, match=said):
        users.add_user(workspace, new)
    assert records.dump(workspace) == was


@records.postgresql_when_slow
def test_people_are_those_who_are_active_by_name(workspace_on: Workspace) -> None:
    for name in ("zoe Zander", "Bea Bell"):
        records.person(workspace_on, Role.REP, name=name)
    gone = records.person(workspace_on, Role.REP, name="Carl Gone")
    with workspace_on.sessions.writing() as session:
        user = session.get(UserRow, gone.user_id)
        assert user is not None
        user.is_active = False
        session.commit()
    assert [person.name for person in users.people(workspace_on)] == ["Ada Admin", "Bea Bell", "zoe Zander"]
    everybody = users.people(workspace_on, also_inactive=True)
    assert [(person.name, person.is_active) for person in everybody[1:3]] == [("Bea Bell", True), ("Carl Gone", False)]


def test_a_role_taken_away_takes_effect_at_once(workspace: Workspace) -> None:
    olga = records.person(workspace, Role.OPS)
    assert users.people(workspace.signed_in(olga))
    change(workspace, delete(UserRoleRow).where(UserRoleRow.user_id == olga.user_id))
    with pytest.raises(PermissionDenied, match=r"“Distribution Log: view” \(distribution_log\.view\)"):
        users.people(workspace.signed_in(olga))


def test_a_deactivated_person_is_refused_at_once(workspace: Workspace) -> None:
    olga = records.person(workspace, Role.OPS)
    with workspace.sessions.writing() as session:
        user = session.get(UserRow, olga.user_id)
        assert user is not None
        user.is_active = False
        session.commit()
    with pytest.raises(SignInRefused, match="not active"):
        users.people(workspace.signed_in(olga))
    with pytest.raises(SignInRefused, match="Sign in first"):
        users.people(workspace.signed_out())


def test_a_permission_of_a_later_version_is_nothing_to_this_one(workspace: Workspace) -> None:
    change(
        workspace,
        insert(PermissionRow).values(key="data.teleport", name="Data: teleport"),
        insert(RolePermissionRow).values(
            role_id=id_of(RoleRow, "admin"), permission_id=id_of(PermissionRow, "data.teleport")
        ),
    )
    with workspace.sessions.reading() as session:
        assert held_permissions(session, workspace.person.user_id) == frozenset(Permission)
        assert session.scalar(select(func.count()).select_from(PermissionRow)) == len(Permission) + 1


# --- Accounts ---------------------------------------------------------------------------------------------------------

PASSWORD = "correct horse battery"


def added(workspace: Workspace, name: str, *roles: Role, password: str | None = None) -> Account:
    email = f"{name.lower().replace(' ', '.')}@example.com"
    users.add_user(workspace, NewUser(email, name, roles, password))
    return users.find_account(workspace, email)


def test_accounts_say_who_can_sign_in_and_who_left(workspace_on: Workspace) -> None:
    rep = added(workspace_on, "Rita Rep", Role.REP)
    ops = added(workspace_on, "Olaf Ops", Role.OPS, Role.READONLY, password=PASSWORD)
    assert (rep.can_sign_in, rep.roles, ops.can_sign_in, ops.roles) == (False, ("rep",), True, ("ops", "readonly"))
    users.deactivate_user(workspace_on, ops)
    shown = {account.name: account.is_active for account in users.accounts(workspace_on)}
    assert shown == {workspace_on.person.name: True, "Rita Rep": True, "Olaf Ops": False}
    assert "Olaf Ops" not in [person.name for person in users.people(workspace_on)]
    assert "Olaf Ops" in [person.name for person in users.people(workspace_on, also_inactive=True)]
    with pytest.raises(NotFound, match="Nobody here has the e-mail address"):
        users.find_account(workspace_on, "nobody@example.com")


def test_a_deactivated_person_cannot_sign_in_until_the_account_is_active_again(workspace_on: Workspace) -> None:
    ops = added(workspace_on, "Olaf Ops", Role.OPS, password=PASSWORD)
    users.deactivate_user(workspace_on, ops)
    with pytest.raises(SignInRefused):
        sign_in.sign_in(workspace_on.signed_out(), ops.email, PASSWORD)
    users.reactivate_user(workspace_on, users.find_account(workspace_on, ops.email))
    assert sign_in.sign_in(workspace_on.signed_out(), ops.email, PASSWORD).name == "Olaf Ops"


def test_a_change_of_name_and_roles_is_audited_with_what_was_before(workspace_on: Workspace) -> None:
    ops = added(workspace_on, "Olaf Ops", Role.OPS)
    users.edit_user(workspace_on, ops, " Olaf Olsen ", [Role.READONLY, Role.REP])
    now = users.find_account(workspace_on, ops.email)
    assert (now.name, now.roles) == ("Olaf Olsen", ("readonly", "rep"))
    (event,) = records.events(workspace_on, "users.update")
    assert (event.entity_type, event.entity_id) == ("user", str(ops.id))
    shared = {"email": ops.email, "is_active": True, "can_sign_in": False}
    assert event.before_json == shared | {"display_name": "Olaf Ops", "roles": ["ops"]}
    assert event.after_json == shared | {"display_name": "Olaf Olsen", "roles": ["readonly", "rep"]}


def test_what_is_stale_or_says_nothing_new_or_has_no_name_changes_nothing(workspace_on: Workspace) -> None:
    ops = added(workspace_on, "Olaf Ops", Role.OPS)
    users.edit_user(workspace_on, ops, "Olaf Olsen", [Role.OPS])
    was = records.dump(workspace_on)
    with pytest.raises(StaleAccount) as stale:
        users.deactivate_user(workspace_on, ops)
    now = stale.value.theirs
    assert now.name == "Olaf Olsen"
    with pytest.raises(RuleBroken, match="Nothing was changed"):
        users.edit_user(workspace_on, now, "Olaf Olsen", [Role.OPS])
    with pytest.raises(RuleBroken, match="Name is required"):
        users.edit_user(workspace_on, now, " ", [Role.OPS])
    assert records.dump(workspace_on) == was


def test_the_last_administrator_who_can_sign_in_stays_one(workspace_on: Workspace) -> None:
    admin = users.find_account(workspace_on, ADMIN.email)
    # An administrator without a password could let nobody in again.
    added(workspace_on, "Nora Nopass", Role.ADMIN)
    was = records.dump(workspace_on)
    for attempt in (
        lambda: users.deactivate_user(workspace_on, admin),
        lambda: users.edit_user(workspace_on, admin, admin.name, [Role.QUALITY]),
    ):
        with pytest.raises(RuleBroken, match="is the last administrator who can sign in"):
            attempt()
    assert records.dump(workspace_on) == was
    second = added(workspace_on, "Sam Second", Role.ADMIN, password=PASSWORD)
    users.edit_user(workspace_on, admin, "Ada Renamed", [Role.ADMIN])
    admin = users.find_account(workspace_on, ADMIN.email)
    users.deactivate_user(workspace_on, second)
    with pytest.raises(RuleBroken, match="last administrator"):
        users.deactivate_user(workspace_on, admin)


def test_a_role_of_a_later_version_is_kept(workspace: Workspace) -> None:
    ops = added(workspace, "Olaf Ops", Role.OPS)
    later = insert(RoleRow).values(key="auditor", name="Auditor")
    change(workspace, later, insert(UserRoleRow).values(user_id=ops.id, role_id=id_of(RoleRow, "auditor")))
    seen = users.find_account(workspace, ops.email)
    users.edit_user(workspace, seen, seen.name, [Role.READONLY])
    assert users.find_account(workspace, ops.email).roles == ("auditor", "readonly")
