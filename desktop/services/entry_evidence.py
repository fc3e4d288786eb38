"""Evidence files of entries: any kind of file, kept byte for byte, re-hashed on every look, replaced but never lost."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from desktop.db.base import storable
from desktop.db.tables import AuditEventRow, DistributionEntryRow, StoredFileRow
from desktop.domain.audit import AuditAction, EntityType
from desktop.domain.changes import Changes, Subject
from desktop.domain.entry_edits import check_reason
from desktop.domain.entry_life import EvidenceFile, ending, refuse_unless_evidence
from desktop.domain.errors import NotFound, RuleBroken, StaleEdit
from desktop.domain.files import file_trouble
from desktop.domain.permissions import Permission
from desktop.services.access import requires
from desktop.services.audit_trail import numbers_of
from desktop.services.evidence import audited_access
from desktop.services.settings import lot_rule, refuse_older_lot
from desktop.services.unit_of_work import Workspace, reading, snapshot, unit_of_work

_MAX_NAME = 80
_MAX_ENDING = 10
_TICK = timedelta(microseconds=1)
_READ_ONLY = 0o400


@dataclass(frozen=True, slots=True)
class NewEvidence:
    """A file as it came (`filename` is the sender's, never a path), for an entry.

    `replaces` is the storage key of the file that the person saw there, None when there was none: so nobody replaces
    a file that they have not seen. A file that replaces another needs a `reason`.
    """

    entry_id: int
    filename: str
    content: bytes
    replaces: str | None = None
    reason: str = ""


@requires(Permission.DISTRIBUTION_LOG_EDIT)
def attach(workspace: Workspace, new: NewEvidence) -> Changes:
    """Keep a file as the evidence of an entry; a file that was there before stays in the store and in the history.

    Raises `FileRefused`, `NotFound`, `RuleBroken` without a reason or for a lot of an earlier lot rule, and
    `StaleEdit` when somebody else attached another file meanwhile.
    """
    refuse_unless_evidence(new.filename, len(new.content))
    if new.replaces is not None and (problems := check_reason(new.reason)):
        raise RuleBroken(problems)
    with reading(workspace) as session:
        _row_as_seen(session, new)
        key = _free_key(session, workspace, new)
    stored = workspace.store.put(key, new.content)
    with unit_of_work(workspace, stored) as work:
        row = _row_as_seen(work.session, new)
        refuse_older_lot(lot_rule(work.session), row)
        before = snapshot(row)
        row.evidence_file_storage_key = stored.key
        row.version += 1
        row.updated_at = work.now
        row.updated_by_user_id = work.actor.user_id
        work.session.flush()
        work.record(
            AuditAction.EVIDENCE_ATTACH,
            EntityType.ENTRY,
            row.id,
            reason=storable(new.reason).strip() or None,
            before=before,
            after=snapshot(row),
            details={
                "file": storable(new.filename),
                "storage_key": stored.key,
                "sha256": stored.sha256,
                "size": stored.size,
            },
        )
        work.commit()
    return Changes.of(Subject.DISTRIBUTIONS, ids=(new.entry_id,))


@requires(Permission.DISTRIBUTION_LOG_VIEW)
def list_evidence(workspace: Workspace, entry_id: int) -> tuple[EvidenceFile, ...]:
    """Every file that was ever attached to an entry, the latest first. Raises `NotFound`."""
    with reading(workspace) as session:
        row = session.get(DistributionEntryRow, entry_id)
        if row is None:
            raise NotFound(f"There is no entry {entry_id}.")
        return _evidence(session, row)


@requires(Permission.DISTRIBUTION_LOG_VIEW)
def open_evidence(workspace: Workspace, entry_id: int, storage_key: str, folder: Path) -> Path:
    """A read-only copy of an evidence file in `folder`, for the system's viewer; re-hashed while it is copied.

    Raises `NotFound`, and `EvidenceAltered`, which is audited.
    """
    file = _find(workspace, entry_id, storage_key)
    target = folder / storage_key.rpartition("/")[2]
    with file_trouble(f"open “{file.filename}”"):
        target.unlink(missing_ok=True)
    details = {"file": file.filename, "storage_key": storage_key, "sha256": file.sha256}
    with audited_access(workspace, AuditAction.EVIDENCE_OPEN, EntityType.ENTRY, entry_id, details):
        workspace.store.export(storage_key, file.sha256, target)
        with file_trouble(f"open “{file.filename}”"):
            target.chmod(_READ_ONLY)
    return target


@requires(Permission.DISTRIBUTION_LOG_VIEW)
def export_evidence(workspace: Workspace, entry_id: int, storage_key: str, path: Path) -> Changes:
    """Copy an evidence file's bytes to `path`. Raises `NotFound`, and `EvidenceAltered`, which is audited."""
    file = _find(workspace, entry_id, storage_key)
    details = {"file": path.name, "storage_key": storage_key, "sha256": file.sha256}
    with audited_access(workspace, AuditAction.EVIDENCE_DOWNLOAD, EntityType.ENTRY, entry_id, details):
        workspace.store.export(storage_key, file.sha256, path)
    return Changes.of(Subject.AUDIT)


def _row_as_seen(session: Session, new: NewEvidence) -> DistributionEntryRow:
    row = session.get(DistributionEntryRow, new.entry_id)
    if row is None:
        raise NotFound("This entry was deleted meanwhile.")
    if row.evidence_file_storage_key != new.replaces:
        raise StaleEdit("Somebody else attached a file to this entry meanwhile. Look at it first, then decide.")
    return row


def _evidence(session: Session, row: DistributionEntryRow) -> tuple[EvidenceFile, ...]:
    """From the audit trail, whose chain keeps the hashes: not from what a record says of its own file."""
    events = session.scalars(
        select(AuditEventRow)
        .where(
            AuditEventRow.entity_type == EntityType.ENTRY.value,
            AuditEventRow.entity_id.in_([str(number) for number in numbers_of(session, row.id)]),
            AuditEventRow.action == AuditAction.EVIDENCE_ATTACH.value,
        )
        .order_by(AuditEventRow.position.desc())
    )
    files = []
    for event in events:
        details = event.metadata_json or {}
        files.append(
            EvidenceFile(
                storage_key=details["storage_key"],
                filename=details["file"],
                sha256=details["sha256"],
                size=details["size"],
                attached_at=event.created_at,
                attached_by=event.actor_name,
                reason=event.reason,
                current=details["storage_key"] == row.evidence_file_storage_key,
            )
        )
    return tuple(files)


def _find(workspace: Workspace, entry_id: int, storage_key: str) -> EvidenceFile:
    with reading(workspace) as session:
        row = session.get(DistributionEntryRow, entry_id)
        for file in () if row is None else _evidence(session, row):
            if file.storage_key == storage_key:
                return file
    raise NotFound("This entry has no such evidence file.")


def _free_key(session: Session, workspace: Workspace, new: NewEvidence) -> str:
    """`evidence/{entry id}/{UTC time}_{name made safe}`, at the next free microsecond: some clocks stand still."""
    last = ending(new.filename)[:_MAX_ENDING]
    stem = new.filename[: -len(last) - 1] if last else new.filename
    safe = re.sub(r"[^A-Za-z0-9-]+", "_", stem)[:_MAX_NAME].strip("_") or "file"
    name = f"{safe}.{last}" if last else safe
    moment = workspace.clock()
    while session.get(StoredFileRow, key := f"evidence/{new.entry_id}/{moment:%Y%m%dT%H%M%S%fZ}_{name}") is not None:
        moment += _TICK
    return key
