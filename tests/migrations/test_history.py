"""The history of the schema: one line, standing on its own, ending where the application says it does."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory

from desktop.db.upgrade import HEAD_REVISION
from desktop.paths import migrations_folder
from tests.migrations import running

VERSIONS = sorted((migrations_folder() / "versions").glob("*.py"))


def test_history_is_one_line_from_the_baseline_to_the_head_the_application_ships() -> None:
    scripts = ScriptDirectory.from_config(running.config_for())
    assert scripts.get_heads() == [HEAD_REVISION]
    assert scripts.get_bases() == [running.BASELINE]
    revisions = [scripts.get_revision(name) for name in running.history()]
    assert [revision.down_revision for revision in revisions] == [None, *running.history()[:-1]]
    assert not any(revision.is_merge_point or revision.is_branch_point for revision in revisions)
    assert len(revisions) == len(VERSIONS)


def test_the_plans_revision_follows_the_baseline() -> None:
    assert running.history()[:2] == (running.BASELINE, running.rep_revision())


@pytest.mark.parametrize("file", VERSIONS, ids=lambda file: file.stem)
def test_a_revision_imports_nothing_of_ours(file: Path) -> None:
    imported = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            imported.add((node.module or "").partition(".")[0])
    assert imported.isdisjoint({"desktop", "tests", "migrations"})
    assert file.stem.startswith(ScriptDirectory.from_config(running.config_for()).get_revision(file.stem[:12]).revision)


def test_a_new_revision_can_be_written_with_alembics_own_command(tmp_path: Path) -> None:
    copy = tmp_path / "migrations"
    shutil.copytree(migrations_folder(), copy, ignore=shutil.ignore_patterns("__pycache__"))
    config = running.config_for(copy)
    made = command.revision(config, "add rep traceability tables again")
    assert made is not None
    assert not isinstance(made, list)
    assert made.down_revision == HEAD_REVISION
    url = f"sqlite:///{tmp_path / 'new.db'}"
    running.upgrade(url, folder=copy)
    assert "def downgrade() -> None:" in Path(made.path).read_text()
