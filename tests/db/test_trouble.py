"""What the machine cannot do is said in one sentence; what is our own mistake is not."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, event, insert, select, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from desktop.db.engine import SessionFactory, open_engine
from desktop.db.tables import CustomerRow
from desktop.db.trouble import known_trouble
from desktop.domain.errors import StorageTrouble
from desktop.services.unit_of_work import Workspace

IN_USE = "The database is in use by another window or program. Try again in a moment."


def in_a_hurry(engine: Engine) -> SessionFactory:
    """Sessions that wait 50 ms for a lock."""
    hurry = "PRAGMA busy_timeout=50" if engine.dialect.name == "sqlite" else "SET lock_timeout = '50ms'"
    opened = open_engine(engine.url)

    def set_timeout(connection: object, _record: object) -> None:
        connection.execute(hurry)  # type: ignore[attr-defined]
        connection.commit()  # type: ignore[attr-defined]

    event.listen(opened, "connect", set_timeout)
    return SessionFactory(opened)


def test_a_database_that_another_window_writes_to_is_in_use(workspace_on: Workspace) -> None:
    second_window = in_a_hurry(workspace_on.sessions.engine)
    with workspace_on.sessions.writing() as first:
        first.add(CustomerRow(name="Lakeside Urology"))
        first.flush()
        with pytest.raises(StorageTrouble, match=IN_USE), known_trouble(), second_window.writing() as second:
            second.connection()
        first.commit()
    with known_trouble(), second_window.writing() as second:
        second.connection()
    second_window.close()


HOLDS_THE_LOCK = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.read()
"""


def test_a_database_that_another_program_locks_is_in_use(workspace: Workspace) -> None:
    file = str(workspace.sessions.engine.url.database)
    second_window = in_a_hurry(workspace.sessions.engine)
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS_THE_LOCK, file], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == b"locked"
        with pytest.raises(StorageTrouble, match=IN_USE), known_trouble(), second_window.writing() as session:
            session.connection()
        other.communicate()
    with known_trouble(), second_window.writing() as session:
        session.connection()
    second_window.close()


def read_only(file: Path) -> SessionFactory:
    return SessionFactory(open_engine(f"sqlite:///file:{file}?mode=ro&uri=true"))


def test_a_file_that_may_not_be_written_says_so(workspace: Workspace) -> None:
    with workspace.sessions.writing() as session:
        session.add(CustomerRow(name="Lakeside Urology"))
        session.commit()
    sessions = read_only(Path(str(workspace.sessions.engine.url.database)))
    with sessions.reading() as session:
        assert session.scalar(select(CustomerRow.name)) == "Lakeside Urology"
    with pytest.raises(StorageTrouble, match="it is read-only"), known_trouble(), sessions.writing() as session:
        session.execute(insert(CustomerRow).values(name="Northgate Clinic"))
    sessions.close()


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04 a spreadsheet, perhaps" * 200, b"SQLite format 3\x00" + b"\xff" * 4096]
)
def test_a_file_that_is_no_database_says_so(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "some.db"
    file.write_bytes(content)
    engine = open_engine(f"sqlite:///{file}")
    with pytest.raises(StorageTrouble, match="not a database"), known_trouble(), engine.connect():
        pass
    engine.dispose()
    assert file.read_bytes() == content


def test_a_damaged_database_says_so(workspace: Workspace) -> None:
    file = Path(str(workspace.sessions.engine.url.database))
    workspace.sessions.close()
    content = bytearray(file.read_bytes())
    for page in range(1, len(content) // 4096):
        content[page * 4096 : page * 4096 + 100] = b"\xee" * 100
    file.write_bytes(content)
    with (
        pytest.raises(StorageTrouble, match="file is damaged"),
        known_trouble(),
        workspace.sessions.reading() as session,
    ):
        session.scalars(select(CustomerRow)).all()


def test_a_folder_that_is_not_there_says_so(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'no' / 'some.db'}")
    with pytest.raises(StorageTrouble, match="cannot be opened"), known_trouble(), engine.connect():
        pass
    engine.dispose()


def test_a_full_disk_says_so_and_nothing_is_kept(workspace: Workspace) -> None:
    with workspace.sessions.writing() as session:
        run = session.connection().exec_driver_sql
        pages = run("PRAGMA page_count").scalar_one()
        run(f"PRAGMA max_page_count={pages + 2}")
        with pytest.raises(StorageTrouble, match="The disk is full"), known_trouble():
            session.execute(insert(CustomerRow), [{"name": "x" * 1000} for _ in range(100)])
    with workspace.sessions.reading() as session:
        assert session.scalar(select(CustomerRow.id)) is None


def test_a_server_that_ends_the_connection_says_so(postgres_server: str) -> None:
    engine = open_engine(postgres_server)
    admin = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        process = connection.scalar(text("SELECT pg_backend_pid()"))
        with admin.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:process)"), {"process": process})
        with pytest.raises(StorageTrouble, match="ended the connection"), known_trouble():
            connection.execute(text("SELECT 1"))
    with known_trouble(), engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    engine.dispose()
    admin.dispose()


def test_a_server_that_is_not_there_says_so() -> None:
    engine = open_engine("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(StorageTrouble, match="The database server cannot be reached"), known_trouble():
        engine.connect()
    engine.dispose()


def test_what_is_no_known_trouble_stays_a_bug(workspace_on: Workspace) -> None:
    with workspace_on.sessions.writing() as session, pytest.raises(IntegrityError), known_trouble():
        session.execute(insert(CustomerRow).values(name=None))
    expected = sqlite3.OperationalError if workspace_on.sessions.engine.dialect.name == "sqlite" else ProgrammingError
    with (
        workspace_on.sessions.reading() as session,
        pytest.raises(Exception, match="no_such") as found,
        known_trouble(),
    ):
        session.execute(text("SELECT * FROM no_such_table"))
    assert isinstance(found.value, expected) or isinstance(found.value.orig, expected)  # type: ignore[attr-defined]
    with pytest.raises(ZeroDivisionError), known_trouble():
        raise ZeroDivisionError
