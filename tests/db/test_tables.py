"""What the database itself refuses, whoever writes: raw SQL on both engines."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from desktop.services.unit_of_work import Workspace

LINE = {
    "ship_date": "'2026-01-05'",
    "order_number": "'SO 1'",
    "facility_name": "'Lakeside Urology'",
    "sku": "'211810SPT'",
    "lot_number": "'SLQ-12345'",
    "quantity": "3",
    "source": "'manual'",
}


def insert_line(connection: Connection, **changes: str) -> None:
    values = LINE | changes
    connection.exec_driver_sql(
        f"INSERT INTO distribution_log_entries ({', '.join(values)}) VALUES ({', '.join(values.values())})"  # noqa: S608
    )


REFUSED = {
    "quantity": ("0", "-1", "'x'", "NULL"),
    "sku": ("'211811SPT'", "'211810spt'", "''", "NULL"),
    "source": ("'typed'", "''", "NULL"),
    "ship_date": ("NULL",),
    "order_number": ("NULL",),
    "facility_name": ("NULL",),
    "lot_number": ("NULL",),
    "customer_id": ("4711",),
    "import_batch_id": ("4711",),
}


def test_a_line_that_breaks_a_constraint_is_refused(workspace_on: Workspace) -> None:
    with workspace_on.sessions.writing() as session:
        for column, values in REFUSED.items():
            for value in values:
                with pytest.raises(DBAPIError), session.begin_nested():
                    insert_line(session.connection(), **{column: value})
        insert_line(session.connection())


def test_sqlite_refuses_a_quantity_that_is_no_integer(workspace: Workspace) -> None:
    """Without the typeof CHECK an INTEGER column of SQLite takes them all."""
    with workspace.sessions.writing() as session:
        for quantity in ("2.5", "'2.5'", "x'03'", "'x'", "1e300"):
            with pytest.raises(DBAPIError, match="ck_distribution_log_quantity"), session.begin_nested():
                insert_line(session.connection(), quantity=quantity)


WRONG_LOTS = ("SLQ-1234", "SLQ-123456", "slq-12345", "SLQ-1234५", "SLQ-12345\n", " SLQ-12345", "SLQ-12345 ")


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_postgresql_refuses_a_lot_that_does_not_match_as_a_whole(workspace_on: Workspace) -> None:
    with workspace_on.sessions.writing() as session:
        for lot in WRONG_LOTS:
            with pytest.raises(DBAPIError, match="ck_distribution_log_lot"), session.begin_nested():
                insert_line(session.connection(), lot_number=f"'{lot}'")


def test_a_shipment_id_is_unique_and_no_shipment_id_is_not(workspace_on: Workspace) -> None:
    with workspace_on.sessions.writing() as session:
        insert_line(session.connection())
        insert_line(session.connection())
        insert_line(session.connection(), ss_shipment_id="'77:211810SPT:SLQ-12345'")
        with pytest.raises(DBAPIError, match=r"(?i)unique"):
            insert_line(session.connection(), ss_shipment_id="'77:211810SPT:SLQ-12345'")


REFUSED_STATEMENTS = (
    "INSERT INTO tracing_reports (filters_json, report_storage_key, status) VALUES ('{}', 'a.csv', 'signed')",
    "INSERT INTO tracing_reports (filters_json, report_storage_key, report_format) VALUES ('{}', 'a.csv', 'pdf')",
    "INSERT INTO tracing_reports (filters_json, report_storage_key) VALUES (NULL, 'a.csv')",
    "INSERT INTO approvals_eml (report_id, storage_key, original_filename) VALUES (4711, 'a.eml', 'a.eml')",
    "INSERT INTO users (email) VALUES ('ada.admin@example.com')",
    "INSERT INTO roles (key, name) VALUES ('admin', 'Another')",
    "INSERT INTO audit_events (action, entity_type, position) VALUES ('auth.sign_in', 'user', 1)",
)


def test_a_record_that_breaks_a_constraint_is_refused(workspace_on: Workspace) -> None:
    with workspace_on.sessions.writing() as session:
        for statement in REFUSED_STATEMENTS:
            with pytest.raises(DBAPIError), session.begin_nested():
                session.connection().exec_driver_sql(statement)


def test_defaults_of_the_plan_are_the_databases_own(workspace_on: Workspace) -> None:
    with workspace_on.sessions.writing() as session:
        insert_line(session.connection())
        run = session.connection().exec_driver_sql
        run("INSERT INTO tracing_reports (filters_json, report_storage_key) VALUES ('{}', 'a.csv')")
        line = run("SELECT country, version, created_at IS NULL, updated_at IS NULL FROM distribution_log_entries")
        assert tuple(line.one()) == ("USA", 1, False, False)
        report = run("SELECT report_format, status, row_count, unit_count FROM tracing_reports")
        assert tuple(report.one()) == ("csv", "draft", 0, 0)
