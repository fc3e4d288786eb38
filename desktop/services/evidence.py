"""Looking at a stored file: whoever opens or copies it is audited, and so is a file that is not what was recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from desktop.domain.audit import AuditAction, EntityType
from desktop.domain.errors import EvidenceAltered
from desktop.services.unit_of_work import Workspace, unit_of_work


@contextmanager
def audited_access(
    workspace: Workspace, action: AuditAction, entity_type: EntityType, entity_id: int, details: Mapping[str, Any]
) -> Iterator[None]:
    """Audits `action` once the block has read the file unaltered; else the alteration, and raises `EvidenceAltered`."""
    with altered_is_audited(workspace, entity_type, entity_id):
        yield
    _record(workspace, action, entity_type, entity_id, details)


@contextmanager
def altered_is_audited(workspace: Workspace, entity_type: EntityType, entity_id: int) -> Iterator[None]:
    """Audits that a stored file is not what was recorded, when the block finds so, and raises `EvidenceAltered`."""
    try:
        yield
    except EvidenceAltered as altered:
        _record(workspace, AuditAction.DATA_ALTERED, entity_type, entity_id, {"found": str(altered)})
        raise


def _record(
    workspace: Workspace, action: AuditAction, entity_type: EntityType, entity_id: int, details: Mapping[str, Any]
) -> None:
    with unit_of_work(workspace) as work:
        work.record(action, entity_type, entity_id, details=details)
        work.commit()
