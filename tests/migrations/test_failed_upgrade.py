"""A revision that fails half-way leaves the database as it was: schema, records and revision.

On SQLite the first one fails in the middle of a table's rebuild, where `_alembic_tmp_…` stands beside the table.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from desktop.db.upgrade import HEAD_REVISION
from desktop.paths import migrations_folder
from tests.migrations import running
from tests.migrations.catalog import schema_text
from tests.migrations.test_steps import RECORDS, run_sql, scalar

REBUILDS_THEN_BREAKS = """
def upgrade() -> None:
    op.create_table("left_over", sa.Column("id", sa.Integer(), primary_key=True))
    with op.batch_alter_table("distribution_log_entries", recreate="auto") as batch:
        batch.alter_column("city", existing_type=sa.Text(), nullable=False, server_default="")
    op.execute("INSERT INTO no_such_table VALUES (1)")
"""
LEAVES_A_LINE_WITHOUT_ITS_REP = """
def upgrade() -> None:
    op.execute("UPDATE distribution_log_entries SET rep_id = 4711")
"""


@pytest.fixture
def broken_folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A copy of the migrations with one more revision at the end, that breaks."""
    copy = tmp_path / "migrations"
    shutil.copytree(migrations_folder(), copy, ignore=shutil.ignore_patterns("__pycache__"))
    copy.joinpath("versions", "ffffffffffff_breaks.py").write_text(
        "import sqlalchemy as sa\n"
        "from alembic import op\n\n"
        "revision = 'ffffffffffff'\n"
        f"down_revision = '{HEAD_REVISION}'\n"
        "branch_labels = None\n"
        "depends_on = None\n\n" + request.param
    )
    return copy


@pytest.mark.parametrize(
    "broken_folder", [REBUILDS_THEN_BREAKS, LEAVES_A_LINE_WITHOUT_ITS_REP], indirect=True, ids=["sql", "foreign key"]
)
@pytest.mark.parametrize("start", [running.rep_revision(), HEAD_REVISION])
def test_nothing_of_a_failed_upgrade_stays(empty_database_url: str, broken_folder: Path, start: str) -> None:
    running.upgrade(empty_database_url, start)
    run_sql(empty_database_url, RECORDS[running.rep_revision()])
    was = schema_text(empty_database_url)
    with pytest.raises(Exception, match=r"NOT NULL|null values|pointing nowhere|violates foreign key"):
        running.upgrade(empty_database_url, folder=broken_folder)
    assert schema_text(empty_database_url) == was
    assert not [line for line in was if "_alembic_tmp_" in line]
    assert scalar(empty_database_url, "SELECT version_num FROM alembic_version") == start
    assert scalar(empty_database_url, "SELECT count(*) FROM distribution_log_entries WHERE rep_id IS NULL") == 1
    running.upgrade(empty_database_url)


@pytest.mark.parametrize("broken_folder", [REBUILDS_THEN_BREAKS], indirect=True, ids=["sql"])
def test_nothing_of_a_failed_first_upgrade_stays(empty_database_url: str, broken_folder: Path) -> None:
    with pytest.raises(Exception, match="no_such_table"):
        running.upgrade(empty_database_url, folder=broken_folder)
    assert schema_text(empty_database_url) == []
