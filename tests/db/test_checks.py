"""What the database can say of its own soundness."""

from __future__ import annotations

import pytest

from desktop.db.checks import APPEND_ONLY_TABLES, broken_database, missing_triggers
from desktop.db.engine import open_engine
from desktop.services.unit_of_work import Workspace
from tests.services.records import postgresql_when_slow


def test_a_sound_database_has_nothing_to_say(workspace_on: Workspace) -> None:
    with workspace_on.sessions.reading() as session:
        assert list(broken_database(session)) == []
        assert list(missing_triggers(session)) == []


def test_a_record_that_points_nowhere_is_named(workspace: Workspace) -> None:
    careless = open_engine(workspace.sessions.engine.url, foreign_keys=False)
    with careless.begin() as connection:
        connection.exec_driver_sql("INSERT INTO user_roles (user_id, role_id) VALUES (1, 4711)")
    careless.dispose()
    with workspace.sessions.reading() as session:
        (finding,) = broken_database(session)
    assert "of user_roles points to a record of roles that is not there" in finding


def test_a_broken_index_is_named(workspace: Workspace) -> None:
    engine = workspace.sessions.engine
    with engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA writable_schema=ON")
        connection.exec_driver_sql(
            "UPDATE sqlite_master SET sql = 'CREATE INDEX idx_audit_events_action ON audit_events (reason)'"
            " WHERE name = 'idx_audit_events_action'"
        )
    engine.dispose()
    with workspace.sessions.reading() as session:
        findings = list(broken_database(session))
    assert findings
    assert all("idx_audit_events_action" in finding for finding in findings)


@postgresql_when_slow
@pytest.mark.parametrize("table", APPEND_ONLY_TABLES)
def test_a_trigger_that_is_missing_is_named(workspace_on: Workspace, table: str) -> None:
    on_sqlite = workspace_on.sessions.engine.dialect.name == "sqlite"
    name = f"tr_{table}_no_update" if on_sqlite else f"tr_{table}_append_only"
    with workspace_on.sessions.writing() as session:
        session.connection().exec_driver_sql(f"DROP TRIGGER {name}" + ("" if on_sqlite else f" ON {table}"))
        session.commit()
    with workspace_on.sessions.reading() as session:
        assert list(missing_triggers(session)) == [f"The trigger {name} is missing"]


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_a_trigger_that_is_switched_off_is_named(workspace_on: Workspace) -> None:
    with workspace_on.sessions.writing() as session:
        session.connection().exec_driver_sql("ALTER TABLE audit_events DISABLE TRIGGER USER")
        session.commit()
    with workspace_on.sessions.reading() as session:
        assert list(missing_triggers(session)) == [
            "The trigger tr_audit_events_append_only is missing",
            "The trigger tr_audit_events_no_truncate is missing",
        ]
