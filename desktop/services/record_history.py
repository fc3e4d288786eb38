"""What the audit trail says of every record but the entries of the log, and which of them say something else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from desktop.db.tables import (
    ApprovalRow,
    AuditEventRow,
    CustomerRow,
    ImportBatchRow,
    SettingRow,
    StoredFileRow,
    TracingReportRow,
    UserRow,
)
from desktop.domain.audit import AuditAction, EntityType
from desktop.services.unit_of_work import snapshot

_SAID_BY = (
    AuditAction.REPORT_GENERATE,
    AuditAction.REPORT_FINALIZE,
    AuditAction.APPROVAL_UPLOAD,
    AuditAction.LOG_IMPORT_CSV,
    AuditAction.LOG_IMPORT_PDF,
    AuditAction.LOG_UNDO_IMPORT,
    AuditAction.USER_CREATE,
    AuditAction.CUSTOMER_CREATE,
    AuditAction.CUSTOMER_UPDATE,
    AuditAction.SETTING_CHANGE,
)
# What a record says now, by the names its event has for it.
_Records = dict[str, Mapping[str, Any]]


def contradicted_records(session: Session) -> Iterator[str]:
    """One sentence for each record that is not what its events say."""
    said: dict[str, _Records] = {}
    events = select(
        AuditEventRow.entity_type, AuditEventRow.entity_id, AuditEventRow.after_json, AuditEventRow.metadata_json
    ).where(AuditEventRow.action.in_([action.value for action in _SAID_BY]), AuditEventRow.entity_id.is_not(None))
    for entity_type, entity_id, after, details in session.execute(events.order_by(AuditEventRow.position)):
        records_said = said.setdefault(entity_type, {})
        records_said[entity_id] = {**records_said.get(entity_id, {}), **(after or details or {})}
    kept: tuple[tuple[str, EntityType, _Records], ...] = (
        ("Report", EntityType.REPORT, _reports(session)),
        ("Approval", EntityType.APPROVAL, _approvals(session)),
        ("Import", EntityType.IMPORT, _imports(session)),
        ("User", EntityType.USER, {str(user_id): {} for user_id in session.scalars(select(UserRow.id))}),
        ("Customer", EntityType.CUSTOMER, {str(row.id): snapshot(row) for row in session.scalars(select(CustomerRow))}),
        ("Setting", EntityType.SETTING, {row.key: {"value": row.value} for row in session.scalars(select(SettingRow))}),
    )
    for word, entity_type, records in kept:
        history = said.get(entity_type.value, {})
        for record in sorted(records.keys() | history.keys(), key=lambda number: (len(number), number)):
            if record not in history:
                yield f"{word} {record} has no history: it was added outside the product"
            elif record not in records:
                yield f"{word} {record} is missing: it was removed outside the product"
            elif any(history[record].get(name) != value for name, value in records[record].items()):
                yield f"{word} {record} is not what its history says"


def _reports(session: Session) -> _Records:
    return {
        str(row.id): {
            "filter": row.filters_json,
            "rows": row.row_count,
            "units": row.unit_count,
            "sha256": row.sha256,
            "storage_key": row.report_storage_key,
            "status": row.status,
        }
        for row in session.scalars(select(TracingReportRow))
    }


def _approvals(session: Session) -> _Records:
    rows = session.execute(
        select(ApprovalRow, StoredFileRow.sha256, StoredFileRow.size).outerjoin(
            StoredFileRow, StoredFileRow.key == ApprovalRow.storage_key
        )
    )
    return {str(row.id): snapshot(row) | {"sha256": sha256, "size": size} for row, sha256, size in rows}


def _imports(session: Session) -> _Records:
    rows = session.execute(
        select(ImportBatchRow, StoredFileRow.sha256).join(
            StoredFileRow, StoredFileRow.key == ImportBatchRow.storage_key
        )
    )
    return {
        str(row.id): {
            "file": row.file_name,
            "sha256": sha256,
            "storage_key": row.storage_key,
            "imported": row.imported,
            "rows_digest": row.rows_digest,
            "undone_at": None if row.undone_at is None else row.undone_at.isoformat(),
            "undone_by_user_id": row.undone_by_user_id,
            "undo_reason": row.undo_reason,
        }
        for row, sha256 in rows
    }
