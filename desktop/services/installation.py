"""What a database gets before anybody signs in: a record of its upgrade, and the roles it starts with."""

from __future__ import annotations

from desktop.domain.audit import AuditAction, EntityType
from desktop.services.access import open_to_everyone
from desktop.services.unit_of_work import Workspace, unit_of_work
from desktop.services.users import seed_roles


@open_to_everyone
def install(workspace: Workspace, revision_before: str | None, revision: str) -> dict[str, int]:
    """Audit an upgrade that was made, then add the permissions, roles and grants that are missing.

    `revision_before` is None for a new database. Returns what `seed_roles` added.
    """
    if revision != revision_before:
        with unit_of_work(workspace) as work:
            work.record(
                AuditAction.DATA_MIGRATED,
                EntityType.DATABASE,
                None,
                before={"revision": revision_before},
                after={"revision": revision},
            )
            work.commit()
    return seed_roles(workspace)
