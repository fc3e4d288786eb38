"""`alembic` at a prompt, as the traceability plan tells developers to use it."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command

from tests.migrations import running
from tests.migrations.catalog import catalog_of
from tests.migrations.test_steps import RECORDS, run_sql

ROOT = Path(__file__).resolve().parents[2]
PLAN_TABLES = {"distribution_log_entries", "tracing_reports", "approvals_eml"}


def alembic(*arguments: str, cwd: Path, database_url: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    if database_url is not None:
        environment["DATABASE_URL"] = database_url
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "alembic", "-c", str(ROOT / "alembic.ini"), *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_up_down_up_and_check_on_eqms_db_in_the_current_folder(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'eqms.db'}"
    assert alembic("upgrade", running.rep_revision(), cwd=tmp_path).returncode == 0
    assert catalog_of(url).keys() >= PLAN_TABLES
    assert alembic("downgrade", "-1", cwd=tmp_path).returncode == 0
    assert not catalog_of(url).keys() & PLAN_TABLES
    assert alembic("upgrade", "head", cwd=tmp_path).returncode == 0
    assert catalog_of(url).keys() >= PLAN_TABLES
    assert alembic("check", cwd=tmp_path).returncode == 0


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_the_database_that_the_environment_names_is_upgraded(empty_database_url: str, tmp_path: Path) -> None:
    done = alembic("upgrade", "head", cwd=tmp_path, database_url=empty_database_url)
    assert done.returncode == 0, done.stderr
    assert catalog_of(empty_database_url).keys() >= PLAN_TABLES


@pytest.mark.slow
def test_up_down_up_and_check_on_the_database_that_the_environment_names(
    empty_database_url: str, tmp_path: Path
) -> None:
    for arguments in (["upgrade", "head"], ["downgrade", "-1"], ["upgrade", "head"], ["check"]):
        done = alembic(*arguments, cwd=tmp_path, database_url=empty_database_url)
        assert done.returncode == 0, done.stderr
    assert "No new upgrade operations detected" in done.stdout
    assert catalog_of(empty_database_url).keys() >= PLAN_TABLES
    assert not (tmp_path / "eqms.db").exists()


def test_records_are_destroyed_only_when_told_to(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'some.db'}"
    running.upgrade(url, running.BASELINE)
    run_sql(url, RECORDS[running.BASELINE])
    refused = alembic("downgrade", "base", cwd=tmp_path, database_url=url)
    assert refused.returncode != 0
    assert "customers holds 1 records; use -x drop-data=yes to destroy them" in refused.stderr
    assert "customers" in catalog_of(url)
    assert alembic("-x", "drop-data=yes", "downgrade", "base", cwd=tmp_path, database_url=url).returncode == 0
    assert catalog_of(url) == {}


@pytest.mark.parametrize("url", ["sqlite:///eqms.db", "postgresql://nobody@localhost/none"])
def test_the_sql_of_all_revisions_can_be_printed_without_a_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    """`alembic upgrade head --sql`, in this process."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", url)
    config = running.config_for()
    config.output_buffer = io.StringIO()
    command.upgrade(config, "head", sql=True)
    printed = config.output_buffer.getvalue()
    assert "CREATE TABLE distribution_log_entries" in printed
    assert "CREATE TRIGGER" in printed
    assert list(tmp_path.iterdir()) == []
