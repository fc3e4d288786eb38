"""Which reports the log has moved away from: marked where the log is written, so that no verb can forget it.

A mark says that lines a report's filter finds were added, changed or removed after the report was made. The report
stays as it is; the mark lists what happened and is never taken away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from desktop.db.tables import AuditEventRow, ReportChangeRow, TracingReportRow
from desktop.domain.audit import AuditAction, EntityType
from desktop.domain.filters import DistributionFilter
from desktop.domain.reports import RECORD_COLUMNS, ChangeKind
from desktop.services.log_query import ENTRY, conditions

# The columns of one row of `report_changes`.
_Mark = dict[str, Any]

_CHANGE_THE_LOG = (EntityType.ENTRY.value, EntityType.IMPORT.value)
# The columns of an entry that a report's file holds; the rep by name.
_RECORDED = tuple("rep_id" if column.field == "rep_name" else column.field for column in RECORD_COLUMNS)
_IMPORTS = (AuditAction.LOG_IMPORT_CSV, AuditAction.LOG_IMPORT_PDF)


def mark_changed_reports(session: Session, now: datetime, events: Iterable[Mapping[str, Any]]) -> None:
    """Mark every report that the events of one piece of work concern; they carry `before` and `after` snapshots."""
    written = [event for event in events if event["entity_type"] in _CHANGE_THE_LOG]
    if not written:
        return
    reports = list(_filters(session))
    marks: list[_Mark] = []
    for event in written:
        if event["action"] in _IMPORTS:
            mark_import(session, now, int(event["entity_id"]), ChangeKind.ADDED)
        elif event["entity_type"] == EntityType.ENTRY and (event["before"] or event["after"]):
            for report_id, wanted in reports:
                if (kind := _became(wanted, event["before"], event["after"])) is not None:
                    marks.append(_mark(report_id, now, kind, 1, entry_id=int(event["entity_id"])))
    _insert(session, marks)


def mark_import(session: Session, now: datetime, batch_id: int, kind: ChangeKind) -> None:
    """Mark every report that finds lines of an import: ADDED once they are there, REMOVED while they still are."""
    first, last = session.execute(
        select(func.min(ENTRY.ship_date), func.max(ENTRY.ship_date)).where(ENTRY.import_batch_id == batch_id)
    ).one()
    if first is None:
        return
    marks: list[_Mark] = []
    for report_id, wanted in _filters(session):
        begin, end = wanted.dates()
        if (begin is not None and begin > last) or (end is not None and end < first):
            continue
        lines = session.scalar(
            select(func.count())
            .select_from(ENTRY)
            .where(ENTRY.import_batch_id == batch_id, *conditions(session, wanted))
        )
        if lines:
            marks.append(_mark(report_id, now, kind, lines, import_batch_id=batch_id))
    _insert(session, marks)


def log_position(session: Session) -> int:
    """Where the audit trail stands: the position of the latest event that changed the log, 0 before the first."""
    return (
        session.scalar(
            select(func.max(AuditEventRow.position)).where(
                AuditEventRow.entity_type.in_(_CHANGE_THE_LOG), AuditEventRow.entity_id.is_not(None)
            )
        )
        or 0
    )


def _filters(session: Session) -> Iterator[tuple[int, DistributionFilter]]:
    for report_id, stored in session.execute(select(TracingReportRow.id, TracingReportRow.filters_json)):
        yield report_id, DistributionFilter.from_json(stored)


def _became(
    wanted: DistributionFilter, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> ChangeKind | None:
    was = before is not None and wanted.may_match(before)
    is_now = after is not None and wanted.may_match(after)
    if before is not None and after is not None and was and is_now:
        # What a report does not hold, such as the customer or the evidence, makes none stale.
        same = all(before[name] == after[name] for name in _RECORDED)
        return None if same else ChangeKind.CHANGED
    if was:
        return ChangeKind.REMOVED
    return ChangeKind.ADDED if is_now else None


def _mark(
    report_id: int,
    now: datetime,
    kind: ChangeKind,
    lines: int,
    *,
    entry_id: int | None = None,
    import_batch_id: int | None = None,
) -> _Mark:
    return {
        "report_id": report_id,
        "changed_at": now,
        "kind": kind.value,
        "lines": lines,
        "entry_id": entry_id,
        "import_batch_id": import_batch_id,
    }


def _insert(session: Session, marks: Sequence[_Mark]) -> None:
    """All at once: an edit of thousands of entries may concern several reports each."""
    if marks:
        session.execute(insert(ReportChangeRow), marks)
