"""Bringing a database to the schema the application ships, or refusing it and leaving it untouched."""

from __future__ import annotations

import hashlib
import sqlite3
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE

import pytest
from sqlalchemy import make_url

from desktop.db.engine import open_engine
from desktop.db.upgrade import HEAD_REVISION, bring_to_head, current_revision
from desktop.domain.errors import StorageTrouble
from tests.migrations import running
from tests.migrations.catalog import schema_text
from tests.migrations.test_steps import RECORDS, run_sql, scalar


def test_an_empty_database_is_brought_to_head(empty_database_url: str) -> None:
    assert current_revision(empty_database_url) is None
    assert bring_to_head(empty_database_url) == (None, HEAD_REVISION)
    assert current_revision(empty_database_url) == HEAD_REVISION
    at_head = schema_text(empty_database_url)
    assert bring_to_head(empty_database_url) == (HEAD_REVISION, HEAD_REVISION)
    assert schema_text(empty_database_url) == at_head


def test_an_older_database_is_brought_to_head_with_its_records(empty_database_url: str) -> None:
    running.upgrade(empty_database_url, running.rep_revision())
    run_sql(empty_database_url, RECORDS[running.rep_revision()])
    assert bring_to_head(empty_database_url) == (running.rep_revision(), HEAD_REVISION)
    assert scalar(empty_database_url, "SELECT lot_number FROM distribution_log_entries") == "SLQ-12345"


def test_a_database_of_a_newer_version_is_refused_and_left_untouched(empty_database_url: str) -> None:
    bring_to_head(empty_database_url)
    run_sql(empty_database_url, "UPDATE alembic_version SET version_num = 'ffffffffffff'", RECORDS[running.BASELINE])
    was = contents(empty_database_url)
    with pytest.raises(StorageTrouble, match="made by a newer version of SilqeQMS Desktop"):
        bring_to_head(empty_database_url)
    assert contents(empty_database_url) == was


def test_a_database_of_another_program_is_refused_and_left_untouched(empty_database_url: str) -> None:
    engine = open_engine(empty_database_url)
    name = engine.dialect.name
    engine.dispose()
    if name == "sqlite":
        with sqlite3.connect(str(make_url(empty_database_url).database)) as connection:
            connection.execute("CREATE TABLE bookmarks (title TEXT)")
        connection.close()
    else:
        run_sql(empty_database_url, "CREATE TABLE bookmarks (title TEXT)")
    was = contents(empty_database_url)
    with pytest.raises(StorageTrouble, match="a database of another program"):
        bring_to_head(empty_database_url)
    assert contents(empty_database_url) == was


def contents(url: str) -> object:
    """All of an SQLite file, as bytes; of a PostgreSQL database, its schema, revision and customers."""
    if url.startswith("sqlite"):
        file = Path(str(make_url(url).database))
        return {each.name: hashlib.sha256(each.read_bytes()).hexdigest() for each in file.parent.glob(f"{file.name}*")}
    schema = schema_text(url)
    if not any("alembic_version" in line for line in schema):
        return schema
    return schema, scalar(url, "SELECT version_num FROM alembic_version"), scalar(url, "SELECT count(*) FROM customers")


def test_a_database_that_was_downgraded_all_the_way_is_an_empty_one(empty_database_url: str) -> None:
    running.upgrade(empty_database_url)
    running.downgrade(empty_database_url, "base")
    assert bring_to_head(empty_database_url) == (None, HEAD_REVISION)


STARTS = """
import sys
from desktop.db.upgrade import bring_to_head
sys.stdin.readline()
print(bring_to_head(sys.argv[1])[1])
"""


@pytest.mark.slow
def test_windows_that_start_on_an_empty_database_at_once_all_find_it_at_head(empty_database_url: str) -> None:
    command = [sys.executable, "-c", STARTS, empty_database_url]
    windows = [subprocess.Popen(command, stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True) for _ in range(3)]
    for window in windows:
        assert window.stdin is not None
        window.stdin.write("now\n")
        window.stdin.flush()
    for window in windows:
        said, wrong = window.communicate()
        assert (said.strip(), wrong) == (HEAD_REVISION, "")
    assert current_revision(empty_database_url) == HEAD_REVISION


def test_the_folder_of_a_new_database_is_made(tmp_path: Path) -> None:
    file = tmp_path / "Silq" / "records" / "silqeqms.db"
    bring_to_head(f"sqlite:///{file}")
    assert file.exists()


@pytest.mark.parametrize("where", ["some.txt", "some.txt/silqeqms.db"])
def test_what_cannot_be_a_database_is_refused_in_one_sentence(tmp_path: Path, where: str) -> None:
    (tmp_path / "some.txt").write_text("no database, but a text of more than a hundred bytes. " * 20)
    with pytest.raises(StorageTrouble):
        bring_to_head(f"sqlite:///{tmp_path / where}")
    assert [file.name for file in tmp_path.iterdir()] == ["some.txt"]
