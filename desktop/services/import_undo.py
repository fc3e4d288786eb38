"""Taking one import back: what stands in the way, and which of its lines need an event of their own."""

from __future__ import annotations

from sqlalchemy import delete, exists, func, or_, select
from sqlalchemy.orm import Session

from desktop.db.tables import AuditEventRow, ImportBatchRow, TracingReportRow
from desktop.domain.audit import AuditAction, EntityType
from desktop.domain.distributions import LogTotals
from desktop.domain.filters import DistributionFilter
from desktop.domain.reports import ReportStatus, reference
from desktop.services.log_query import ENTRY, conditions
from desktop.services.unit_of_work import UnitOfWork, snapshot

_MADE = {
    EntityType.IMPORT: (AuditAction.LOG_IMPORT_CSV, AuditAction.LOG_IMPORT_PDF),
    EntityType.REPORT: (AuditAction.REPORT_GENERATE,),
}


def final_report_with(session: Session, batch: ImportBatchRow) -> str | None:
    """The reference of a final report that was made after the import and whose filter finds one of its lines."""
    imported = _position(session, EntityType.IMPORT, batch.id)
    reports = session.scalars(
        select(TracingReportRow)
        .where(TracingReportRow.status == ReportStatus.FINAL.value)
        .order_by(TracingReportRow.id.desc())
    )
    for report in reports:
        # The audit trail knows which was first; clocks are set back now and then.
        if _position(session, EntityType.REPORT, report.id) < imported:
            continue
        found = conditions(DistributionFilter.from_json(report.filters_json))
        if session.scalar(select(exists().where(ENTRY.import_batch_id == batch.id, *found))):
            return reference(report.id, report.sha256)
    return None


def remove_lines(work: UnitOfWork, batch: ImportBatchRow, reason: str) -> LogTotals:
    """Delete what is left of an import. A line that was changed since is kept whole in an event of its own; the others
    are what the import's event and its source file say."""
    mine = ENTRY.import_batch_id == batch.id
    changed = or_(ENTRY.version != 1, ENTRY.customer_id.is_not(None), ENTRY.evidence_file_storage_key.is_not(None))
    for entry in work.session.scalars(select(ENTRY).where(mine, changed).order_by(ENTRY.id)):
        work.record(AuditAction.LOG_DELETE, EntityType.ENTRY, entry.id, reason=reason, before=snapshot(entry))
    lines, units = work.session.execute(
        select(func.count(), func.coalesce(func.sum(ENTRY.quantity), 0)).where(mine)
    ).one()
    work.session.execute(delete(ENTRY).where(mine))
    return LogTotals(lines, int(units))


def _position(session: Session, entity_type: EntityType, record: int) -> int:
    """Where the event that made a record stands in the audit trail; 0 when it is not there."""
    made = select(AuditEventRow.position).where(
        AuditEventRow.entity_type == entity_type.value,
        AuditEventRow.entity_id == str(record),
        AuditEventRow.action.in_([action.value for action in _MADE[entity_type]]),
    )
    return session.scalar(made.order_by(AuditEventRow.position).limit(1)) or 0
