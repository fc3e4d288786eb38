"""Everything about one report in one file that an inspector takes along and verifies without the product."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from desktop.db.tables import DistributionEntryRow, ReportChangeRow
from desktop.domain.approvals import Approval
from desktop.domain.audit import AuditAction, AuditEvent, EntityType
from desktop.domain.changes import Changes, Subject
from desktop.domain.files import whole_file
from desktop.domain.permissions import Permission
from desktop.domain.progress import Progress, no_progress
from desktop.domain.reports import Printing, TracingReport
from desktop.importers.email_message import read_mail
from desktop.services.access import requires
from desktop.services.approvals import approvals_on
from desktop.services.audit_chain import chain_head, chained_events
from desktop.services.evidence import altered_is_audited
from desktop.services.log_query import conditions
from desktop.services.report_changes import changes_of
from desktop.services.tracing_reports import get_report, read_report
from desktop.services.unit_of_work import Workspace, reading, snapshot, unit_of_work


@requires(Permission.AUDIT_VIEW)
def write_pack(
    workspace: Workspace, report_id: int, path: Path, progress: Progress = no_progress
) -> tuple[Changes, str]:
    """Write the pack of a report to `path`, whole or not at all; returns the SHA-256 of its manifest.

    It holds the report's file and pages, the approval mails as received and as text, the entries that its filter finds
    or found with their history, and the audit chain: in full what concerns these, by its hashes the rest. Raises
    `NotFound`, `StorageTrouble`, and `EvidenceAltered`, which is audited, before anything is written.
    """
    from desktop.reports.inspection_pack import PackWriter, events_as_lines, index_page, readable_mail
    from desktop.reports.rendition import write_rendition

    report = get_report(workspace, report_id)
    made_at, made_by = workspace.clock(), workspace.person.name
    with altered_is_audited(workspace, EntityType.REPORT, report.id), reading(workspace) as session:
        opened = read_report(workspace.store, report)
        approvals, head = approvals_on(session, report_id), chain_head(session)
        mails = {mail.id: workspace.store.read(mail.storage_key, mail.sha256) for mail in approvals}
        changes = changes_of(session, report_id)
        rendition = io.BytesIO()
        write_rendition(rendition, opened, approvals, Printing(made_at, made_by, head), progress)
        entries = _entries(session, report)
        events = list(chained_events(session))
        concerned = _concerned(events, report, approvals, entries)
        names = {mail.id: f"approvals/{number:02d}" for number, mail in enumerate(approvals, start=1)}
        with whole_file(path) as file:
            pack = PackWriter(file, made_at)
            pack.add("report.csv", workspace.store.read(report.storage_key, report.sha256))
            pack.add("report.pdf", rendition.getvalue())
            for mail_id, content in mails.items():
                pack.add(f"{names[mail_id]}.eml", content)
                pack.add(f"{names[mail_id]}.txt", readable_mail(read_mail(content)))
            pack.add("entries.json", _with_history(entries, events))
            pack.add("audit_events.jsonl", events_as_lines(events, concerned))
            pack.add("index.html", index_page(report, approvals, names, changes, head))
            manifest_sha256 = pack.finish(report, head, made_by)
    with unit_of_work(workspace) as work:
        work.record(
            AuditAction.REPORT_PACK,
            EntityType.REPORT,
            report.id,
            details={"file": path.name, "sha256": report.sha256, "manifest_sha256": manifest_sha256},
        )
        work.commit()
    return Changes.of(Subject.AUDIT), manifest_sha256


def _entries(session: Session, report: TracingReport) -> dict[int, dict[str, Any] | None]:
    """The entries that the report's filter finds, and those that were marked since; None for one that is gone."""
    rows = session.scalars(
        select(DistributionEntryRow).where(*conditions(session, report.filter)).order_by(DistributionEntryRow.id)
    )
    entries: dict[int, dict[str, Any] | None] = {row.id: snapshot(row) for row in rows}
    marked = select(ReportChangeRow.entry_id).where(
        ReportChangeRow.report_id == report.id, ReportChangeRow.entry_id.is_not(None)
    )
    for entry_id in session.scalars(marked):
        if entry_id is not None and entry_id not in entries:
            row = session.get(DistributionEntryRow, entry_id)
            entries[entry_id] = None if row is None else snapshot(row)
    return entries


def _concerned(
    events: Iterable[AuditEvent],
    report: TracingReport,
    approvals: Sequence[Approval],
    entries: dict[int, dict[str, Any] | None],
) -> frozenset[int]:
    """The positions of the events about the report, its mails, its entries and the imports these came with."""
    batches = {entry["import_batch_id"] for entry in entries.values() if entry is not None} - {None}
    records = {(EntityType.REPORT.value, str(report.id))}
    records |= {(EntityType.APPROVAL.value, str(mail.id)) for mail in approvals}
    records |= {(EntityType.ENTRY.value, str(entry_id)) for entry_id in entries}
    records |= {(EntityType.IMPORT.value, str(batch_id)) for batch_id in batches}
    return frozenset(event.position for event in events if (event.entity_type, event.entity_id) in records)


def _with_history(entries: dict[int, dict[str, Any] | None], events: Iterable[AuditEvent]) -> bytes:
    """Each entry as it is now (null when it was deleted) and the events of its life, oldest first."""
    lives: dict[str, list[dict[str, Any]]] = {}
    imports: dict[str, dict[str, Any]] = {}
    for event in events:
        if event.entity_type == EntityType.ENTRY and event.entity_id is not None:
            lives.setdefault(event.entity_id, []).append(event.content())
        elif event.entity_type == EntityType.IMPORT and event.entity_id is not None:
            imports.setdefault(event.entity_id, event.content())
    document = []
    for entry_id, entry in entries.items():
        life = lives.get(str(entry_id), [])
        last = entry or next((event["before"] for event in reversed(life) if event["before"]), {})
        came_with = imports.get(str(last.get("import_batch_id")))
        document.append({"id": entry_id, "entry": entry, "events": ([came_with] if came_with else []) + life})
    return json.dumps(document, indent=1, ensure_ascii=False).encode(errors="backslashreplace")
