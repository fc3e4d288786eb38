"""Keeping the free-text index of the log up with the log."""

from __future__ import annotations

from desktop.db import search
from desktop.db.trouble import known_trouble
from desktop.domain.permissions import Permission
from desktop.services.access import requires
from desktop.services.unit_of_work import Workspace


@requires(Permission.DISTRIBUTION_LOG_VIEW)
def index_part(workspace: Workspace) -> bool:
    """Add what waits for the index, at most a part; returns whether more is left. Raises `StorageTrouble`.

    The index only makes searching fast: what is found is the same with and without it, so that there is nothing to
    audit. The write lock is held for some tenths of a second.
    """
    with known_trouble(), workspace.sessions.writing() as session:
        more = search.index_part(session)
        session.commit()
    return more
