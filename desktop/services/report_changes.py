"""What happened to the lines of a report after it was made: the list behind its stale mark."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from desktop.db.tables import AuditEventRow, ReportChangeRow
from desktop.domain.audit import EntityType
from desktop.domain.permissions import Permission
from desktop.domain.reports import ChangeKind, ReportChange
from desktop.services.access import requires
from desktop.services.audit_trail import Names, changes_between
from desktop.services.unit_of_work import Workspace, reading


@requires(Permission.TRACING_REPORTS_VIEW)
def list_changes(workspace: Workspace, report_id: int) -> tuple[ReportChange, ...]:
    """Every change since the report was made, oldest first, with who made it and why."""
    with reading(workspace) as session:
        return changes_of(session, report_id)


def changes_of(session: Session, report_id: int) -> tuple[ReportChange, ...]:
    """Every change since the report was made, oldest first, for another verb."""
    marks = session.scalars(
        select(ReportChangeRow).where(ReportChangeRow.report_id == report_id).order_by(ReportChangeRow.id)
    )
    names = Names(session)
    return tuple(_as_change(mark, _event_of(session, mark), names) for mark in marks)


def _event_of(session: Session, mark: ReportChangeRow) -> AuditEventRow | None:
    """The audit event of the same entry or import and moment."""
    if mark.entry_id is None:
        entity_type, entity_id = EntityType.IMPORT, mark.import_batch_id
    else:
        entity_type, entity_id = EntityType.ENTRY, mark.entry_id
    return session.scalars(
        select(AuditEventRow)
        .where(
            AuditEventRow.entity_type == entity_type.value,
            AuditEventRow.entity_id == str(entity_id),
            AuditEventRow.created_at == mark.changed_at,
        )
        .order_by(AuditEventRow.position)
    ).first()


def _as_change(mark: ReportChangeRow, event: AuditEventRow | None, names: Names) -> ReportChange:
    before = event.before_json if event else None
    after = event.after_json if event else None
    if mark.entry_id is None:
        what = f"import {mark.import_batch_id}"
    else:
        said = after or before or {}
        what = f"order {said.get('order_number', '?')}, lot {said.get('lot_number', '?')}"
    return ReportChange(
        changed_at=mark.changed_at,
        kind=ChangeKind(mark.kind),
        lines=mark.lines,
        what=what,
        changed_by=event.actor_name if event else "",
        reason=event.reason if event else None,
        entry_id=mark.entry_id,
        import_batch_id=mark.import_batch_id,
        fields=tuple(changes_between(before, after, names)),
    )
