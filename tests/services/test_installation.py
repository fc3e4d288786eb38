"""What a database gets before anybody signs in, each of it with its event and only once."""

from __future__ import annotations

from pathlib import Path

from desktop.db.engine import SessionFactory, open_engine
from desktop.db.upgrade import HEAD_REVISION, bring_to_head
from desktop.domain.permissions import Role
from desktop.services import installation
from desktop.services.unit_of_work import Workspace
from desktop.storage.evidence_store import EvidenceStore
from tests.migrations import running
from tests.services import records


def test_an_upgrade_is_recorded_once_and_roles_are_added_once(empty_database_url: str, tmp_path: Path) -> None:
    running.upgrade(empty_database_url, running.BASELINE)
    revisions = bring_to_head(empty_database_url)
    workspace = Workspace(SessionFactory(open_engine(empty_database_url)), EvidenceStore(tmp_path))
    assert installation.install(workspace, *revisions)["roles"] == len(Role)
    migrated, seeded = records.events(workspace)
    assert (migrated.action, migrated.before_json, migrated.after_json) == (
        "data.migrate",
        {"revision": running.BASELINE},
        {"revision": HEAD_REVISION},
    )
    assert seeded.action == "users.roles_seeded"
    was = records.dump(workspace)
    assert set(installation.install(workspace, *bring_to_head(empty_database_url)).values()) == {0}
    assert records.dump(workspace) == was
    workspace.sessions.close()
