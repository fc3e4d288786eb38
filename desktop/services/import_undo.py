"""Taking one import back: what stands in the way, and which of its lines need an event of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from desktop.db.tables import AuditEventRow, ImportBatchRow, TracingReportRow
from desktop.domain.audit import AuditAction, EntityType
from desktop.domain.distributions import LogTotals
from desktop.domain.filters import DistributionFilter
from desktop.domain.reports import ChangeKind, ReportStatus, reference
from desktop.services.log_query import ENTRY, conditions
from desktop.services.stale_reports import mark_import
from desktop.services.unit_of_work import UnitOfWork, snapshot

_IMPORTED = (AuditAction.LOG_IMPORT_CSV, AuditAction.LOG_IMPORT_PDF)
_IDS_PER_QUERY = 500


def final_report_with(session: Session, batch: ImportBatchRow) -> str | None:
    """The reference of a final report that was made after the import and whose filter finds one of its lines, as it is
    or as it was before an edit."""
    imported = _made_at(session, EntityType.IMPORT, batch.id, _IMPORTED)
    earlier_states = _earlier_states(session, batch)
    reports = session.scalars(
        select(TracingReportRow)
        .where(TracingReportRow.status == ReportStatus.FINAL.value)
        .order_by(TracingReportRow.id.desc())
    )
    for report in reports:
        # The audit trail knows which was first; clocks are set back now and then.
        made = _made_at(session, EntityType.REPORT, report.id, (AuditAction.REPORT_GENERATE,))
        if made < imported:
            continue
        wanted = DistributionFilter.from_json(report.filters_json)
        found = select(exists().where(ENTRY.import_batch_id == batch.id, *conditions(session, wanted)))
        if session.scalar(found) or any(until > made and wanted.may_match(before) for until, before in earlier_states):
            return reference(report.id, report.sha256)
    return None


def remove_lines(work: UnitOfWork, batch: ImportBatchRow, reason: str) -> LogTotals:
    """Delete what is left of an import; the reports that found lines of it are marked.

    A line that was changed since is kept whole in an event of its own, which marks reports by itself; the others are
    what the import's event and its source file say.
    """
    session, mine = work.session, ENTRY.import_batch_id == batch.id
    lines, units = session.execute(select(func.count(), func.coalesce(func.sum(ENTRY.quantity), 0)).where(mine)).one()
    for entry in session.scalars(select(ENTRY).where(_changed(batch)).order_by(ENTRY.id)):
        work.record(AuditAction.LOG_DELETE, EntityType.ENTRY, entry.id, reason=reason, before=snapshot(entry))
        session.delete(entry)
    session.flush()
    mark_import(session, work.now, batch.id, ChangeKind.REMOVED)
    session.execute(delete(ENTRY).where(mine))
    return LogTotals(lines, int(units))


def _changed(batch: ImportBatchRow) -> ColumnElement[bool]:
    """The lines of an import that are not as they were imported."""
    return and_(
        ENTRY.import_batch_id == batch.id,
        or_(ENTRY.version != 1, ENTRY.customer_id.is_not(None), ENTRY.evidence_file_storage_key.is_not(None)),
    )


def _earlier_states(session: Session, batch: ImportBatchRow) -> Sequence[tuple[int, Mapping[str, Any]]]:
    """What changed lines of an import were before: each state with the position of the event that ended it."""
    ids = [str(entry_id) for entry_id in session.scalars(select(ENTRY.id).where(_changed(batch)))]
    states: list[tuple[int, Mapping[str, Any]]] = []
    for start in range(0, len(ids), _IDS_PER_QUERY):
        events = session.execute(
            select(AuditEventRow.position, AuditEventRow.before_json).where(
                AuditEventRow.entity_type == EntityType.ENTRY.value,
                AuditEventRow.entity_id.in_(ids[start : start + _IDS_PER_QUERY]),
            )
        )
        states += [(position, before) for position, before in events if before is not None]
    return states


def _made_at(session: Session, entity_type: EntityType, record: int, actions: Sequence[AuditAction]) -> int:
    """Where the event that made a record stands in the audit trail; 0 when it is not there."""
    made = select(func.min(AuditEventRow.position)).where(
        AuditEventRow.entity_type == entity_type.value,
        AuditEventRow.entity_id == str(record),
        AuditEventRow.action.in_([action.value for action in actions]),
    )
    return session.scalar(made) or 0
