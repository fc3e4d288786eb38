"""Every revision up and down, with and without records."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine

from desktop.db.engine import SessionFactory, open_engine
from desktop.domain.users import Actor
from desktop.services import integrity
from desktop.services.unit_of_work import Workspace
from desktop.storage.evidence_store import EvidenceStore
from tests.migrations import running
from tests.migrations.catalog import schema_text
from tests.services.records import postgresql_when_slow


def run_sql(url: str, *statements: str) -> None:
    engine = open_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def scalar(url: str, statement: str) -> object:
    engine = open_engine(url)
    with engine.connect() as connection:
        found = connection.exec_driver_sql(statement).scalar()
    engine.dispose()
    return found


def test_each_step_up_and_down_leaves_no_trace(empty_database_url: str) -> None:
    running.upgrade(empty_database_url, running.BASELINE)
    for before, revision in zip(running.history(), running.history()[1:], strict=False):
        was = schema_text(empty_database_url)
        running.upgrade(empty_database_url, revision)
        assert schema_text(empty_database_url) != was
        running.downgrade(empty_database_url, before)
        assert schema_text(empty_database_url) == was, f"{revision} left a trace"
        running.upgrade(empty_database_url, revision)


@postgresql_when_slow
def test_all_the_way_down_leaves_nothing_and_up_again_is_the_same(empty_database_url: str) -> None:
    running.upgrade(empty_database_url)
    at_head = schema_text(empty_database_url)
    running.downgrade(empty_database_url, "base")
    left = {line for line in schema_text(empty_database_url) if "alembic_version" not in line}
    assert not {line for line in left if "sqlite_sequence" not in line}
    running.upgrade(empty_database_url)
    assert schema_text(empty_database_url) == at_head


# What stands at a revision in at least one record, and the statement that writes it.
RECORDS = {
    "56a470f9ee55": "INSERT INTO customers (name) VALUES ('Lakeside Urology')",
    "8c1d2f6a4b70": (
        "INSERT INTO distribution_log_entries"
        " (ship_date, order_number, facility_name, sku, lot_number, quantity, source)"
        " VALUES ('2026-01-05', 'SO 1', 'Lakeside Urology', '211810SPT', 'SLQ-12345', 3, 'manual')"
    ),
    "1f0a7be3c254": "INSERT INTO users (email, display_name) VALUES ('rita.rep@example.com', 'Rita Rep')",
    "5be92d07a1c3": (
        "INSERT INTO stored_files (key, sha256, size, media_type, stored_at)"
        " VALUES ('imports/a.csv', 'ab', 2, 'text/csv', '2026-01-05 00:00:00')"
    ),
    "a3d46f1985e2": (
        "INSERT INTO settings (key, value, updated_at) VALUES ('lot-rule', 'SLQ-[0-9]{8}', '2026-01-05 00:00:00')"
    ),
    "c7705e3b9d18": (
        "INSERT INTO signatures (report_id, user_id, printed_name, meaning, signed_at, sha256)"
        " VALUES (1, 1, 'Ada Admin', 'approved', '2026-01-05 00:00:00', 'ab')"
    ),
    "7e25b8c1f093": (
        "INSERT INTO report_changes (report_id, changed_at, kind, lines) VALUES (1, '2026-01-05 00:00:00', 'added', 2)"
    ),
    "9d4e1c70b5a2": (
        "INSERT INTO import_layouts (header_sha256, header_json, columns_json, updated_at)"
        " VALUES ('ab', '[]', '{}', '2026-01-05 00:00:00')"
    ),
    "e48b6c20f7d1": "INSERT INTO audit_events (action, entity_type) VALUES ('auth.sign_in', 'user')",
}
DERIVED_ONLY = {"b27f90d4c6e8"}  # indexes: nothing is lost with them
NEEDED_FIRST = {
    "7e25b8c1f093": (
        "INSERT INTO tracing_reports (filters_json, report_storage_key) VALUES ('{}', 'tracing_reports/b.csv')",
    ),
    "c7705e3b9d18": (
        "INSERT INTO tracing_reports (filters_json, report_storage_key) VALUES ('{}', 'tracing_reports/a.csv')",
    ),
}


def test_a_downgrade_that_would_destroy_records_is_refused_unless_told_to(empty_database_url: str) -> None:
    for revision in running.history():
        running.upgrade(empty_database_url, revision)
        if revision in DERIVED_ONLY:
            continue
        run_sql(empty_database_url, *NEEDED_FIRST.get(revision, ()), RECORDS[revision])
        was = schema_text(empty_database_url)
        with pytest.raises(RuntimeError, match=r"holds 1 records; use -x drop-data=yes"):
            running.downgrade(empty_database_url, "-1")
        assert schema_text(empty_database_url) == was
        assert scalar(empty_database_url, "SELECT version_num FROM alembic_version") == revision
        running.downgrade(empty_database_url, "-1", drop_data=True)
        assert scalar(empty_database_url, "SELECT version_num FROM alembic_version") != revision
        running.upgrade(empty_database_url, revision)


def test_events_from_before_the_chain_get_their_place_in_it(empty_database_url: str, tmp_path: Path) -> None:
    running.upgrade(empty_database_url, "c7705e3b9d18")
    run_sql(
        empty_database_url,
        "INSERT INTO users (id, email, display_name) VALUES (1, 'ada.admin@example.com', 'Ada Admin')",
        "INSERT INTO roles (id, key, name) VALUES (1, 'admin', 'Administrator')",
        "INSERT INTO permissions (id, key, name) VALUES (1, 'audit.view', 'Audit Trail: view')",
        "INSERT INTO user_roles (user_id, role_id) VALUES (1, 1)",
        "INSERT INTO role_permissions (role_id, permission_id) VALUES (1, 1)",
        "INSERT INTO audit_events"
        " (id, created_at, actor_user_id, action, entity_type, entity_id, reason, metadata_json)"
        " VALUES (3, '2025-03-01 10:00:00', 1, 'users.create', 'user', '1', NULL, '{\"email\": \"ada\", \"n\": 2}'),"
        "        (5, '2025-03-02 10:00:00.250', NULL, 'data.import', 'customer', NULL, 'für Zoë', NULL),"
        "        (9, '2025-03-03 10:00:00', 1, 'auth.sign_in', 'user', '1', NULL, '{\"b\": [1.5], \"a\": \"é\"}')",
    )
    running.upgrade(empty_database_url)
    workspace = Workspace(
        SessionFactory(open_engine(empty_database_url)),
        EvidenceStore(tmp_path / "evidence"),
        Actor(1, "Ada Admin"),
    )
    result = integrity.verify(workspace)
    assert {check.name: check.detail for check in result.checks if not check.ok} == {}
    with workspace.sessions.reading() as session:
        events = session.connection().exec_driver_sql(
            "SELECT position, id, actor_name FROM audit_events WHERE action <> 'data.verify' ORDER BY position"
        )
        assert [tuple(event) for event in events] == [
            (1, 3, "ada.admin@example.com"),
            (2, 5, ""),
            (3, 9, "ada.admin@example.com"),
        ]
    workspace.sessions.close()


@postgresql_when_slow
def test_records_live_through_every_later_revision(empty_database_url: str) -> None:
    running.upgrade(empty_database_url, running.rep_revision())
    run_sql(empty_database_url, RECORDS[running.rep_revision()])
    running.upgrade(empty_database_url)
    engine = create_engine(empty_database_url)
    with engine.connect() as connection:
        kept = connection.exec_driver_sql(
            "SELECT order_number, lot_number, quantity, country, version, import_batch_id FROM distribution_log_entries"
        ).all()
    engine.dispose()
    assert [tuple(row) for row in kept] == [("SO 1", "SLQ-12345", 3, "USA", 1, None)]
