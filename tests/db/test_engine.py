"""What every connection is given, and how transactions begin."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from desktop.db.engine import BUSY_TIMEOUT_MS, WRITES, SessionFactory, open_engine
from desktop.db.tables import CustomerRow
from desktop.services.unit_of_work import Workspace

# sqlite.org/pragma.html: journal_mode, synchronous (2 = FULL), busy_timeout in ms.
PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "busy_timeout": BUSY_TIMEOUT_MS,
    "recursive_triggers": 1,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "foreign_keys": 1,
}


def test_every_sqlite_connection_is_given_the_same_pragmas(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'some.db'}")
    with engine.connect() as first, engine.connect() as second:
        for connection in (first, second):
            found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in PRAGMAS}
            assert found == PRAGMAS
    engine.dispose()


def test_foreign_keys_are_off_only_where_an_upgrade_asks_for_it(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'some.db'}", foreign_keys=False)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 0
    engine.dispose()


def test_a_postgresql_connection_speaks_utc(postgres_server: str) -> None:
    engine = open_engine(postgres_server)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SHOW timezone").scalar() == "UTC"
    engine.dispose()


def test_a_line_cannot_point_to_a_person_who_is_not_there(workspace_on: Workspace) -> None:
    with workspace_on.sessions.writing() as session, pytest.raises(IntegrityError):
        session.connection().exec_driver_sql(
            "INSERT INTO distribution_log_entries"
            " (ship_date, order_number, facility_name, sku, lot_number, quantity, source, rep_id)"
            " VALUES ('2026-01-05', 'SO 1', 'Lakeside Urology', '211810SPT', 'SLQ-12345', 3, 'manual', 4711)"
        )


def test_what_is_not_committed_is_rolled_back(workspace_on: Workspace) -> None:
    with workspace_on.sessions.writing() as session:
        session.add(CustomerRow(name="Lakeside Urology"))
        session.flush()
    with workspace_on.sessions.reading() as session:
        assert session.scalar(select(func.count()).select_from(CustomerRow)) == 0


def test_ddl_is_part_of_the_transaction(empty_database_url: str) -> None:
    engine = open_engine(empty_database_url)
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE some_table (id INTEGER)")
        connection.rollback()
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE some_table (id INTEGER)")
    engine.dispose()


def test_a_reader_neither_waits_for_a_writer_nor_sees_what_it_has_not_committed(workspace_on: Workspace) -> None:
    with workspace_on.sessions.writing() as writer, workspace_on.sessions.reading() as reader:
        writer.add(CustomerRow(name="Lakeside Urology"))
        writer.flush()
        assert reader.scalar(select(func.count()).select_from(CustomerRow)) == 0
        writer.commit()


def test_a_reading_session_sees_one_state_of_the_records(workspace_on: Workspace) -> None:
    """Else a check that reads events first and entries afterwards would name an entry that was just added."""
    with workspace_on.sessions.reading() as reader:
        assert reader.scalar(select(func.count()).select_from(CustomerRow)) == 0
        with workspace_on.sessions.writing() as writer:
            writer.add(CustomerRow(name="Lakeside Urology"))
            writer.commit()
        assert reader.scalar(select(func.count()).select_from(CustomerRow)) == 0


def test_a_writing_session_on_sqlite_begins_with_the_write_lock(workspace: Workspace) -> None:
    with workspace.sessions.writing() as writer:
        writer.connection()
        other = sqlite3.connect(str(workspace.sessions.engine.url.database), timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="database is locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()


def test_two_writers_that_read_before_they_write_lose_no_update(workspace_on: Workspace) -> None:
    with workspace_on.sessions.writing() as session:
        session.add(CustomerRow(name="0"))
        session.commit()

    def count_up(_number: int) -> None:
        with workspace_on.sessions.writing() as session:
            name = session.scalars(select(CustomerRow.name)).one()
            session.execute(update(CustomerRow).values(name=str(int(name) + 1)))
            session.commit()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(count_up, range(40)))
    with workspace_on.sessions.reading() as session:
        assert session.scalars(select(CustomerRow.name)).one() == "40"


def test_the_numbers_of_deleted_records_are_not_given_out_again(workspace_on: Workspace) -> None:
    with workspace_on.sessions.writing() as session:
        first = CustomerRow(name="Lakeside Urology")
        session.add(first)
        session.flush()
        session.delete(first)
        session.flush()
        second = CustomerRow(name="Northgate Clinic")
        session.add(second)
        session.commit()
        assert second.id > first.id


def test_a_closed_factory_leaves_the_database_without_a_write_ahead_log(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'some.db'}")
    sessions = SessionFactory(engine)
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        connection.exec_driver_sql("CREATE TABLE some_table (id INTEGER)")
    sessions.close()
    assert [file.name for file in tmp_path.iterdir()] == ["some.db"]


def test_the_file_that_cannot_be_made_says_so_to_the_driver(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'no' / 'folder' / 'some.db'}")
    with pytest.raises(OperationalError, match="unable to open database file"), engine.connect():
        pass
    engine.dispose()
