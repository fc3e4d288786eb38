"""A report on paper: the same rows as its file, verified at that moment, with what proves them on every page."""

from __future__ import annotations

from pathlib import Path

from desktop.domain.audit import AuditAction, EntityType
from desktop.domain.changes import Changes, Subject
from desktop.domain.files import whole_file
from desktop.domain.permissions import Permission
from desktop.domain.progress import Progress, no_progress
from desktop.domain.reports import Printing
from desktop.services.access import requires
from desktop.services.approvals import approvals_on
from desktop.services.audit_chain import chain_head
from desktop.services.evidence import audited_access
from desktop.services.tracing_reports import get_report, read_report
from desktop.services.unit_of_work import Workspace, reading


@requires(Permission.TRACING_REPORTS_DOWNLOAD)
def save_as_pdf(workspace: Workspace, report_id: int, path: Path, progress: Progress = no_progress) -> Changes:
    """Write a report's pages to `path`, whole or not at all, after re-hashing its file.

    Raises `NotFound`, `StorageTrouble`, and `EvidenceAltered`, which is audited, before anything is written.
    """
    from desktop.reports.rendition import write_rendition

    report = get_report(workspace, report_id)
    details = {"file": path.name, "sha256": report.sha256, "format": "pdf"}
    with audited_access(workspace, AuditAction.REPORT_DOWNLOAD, EntityType.REPORT, report.id, details):
        opened = read_report(workspace.store, report)
        with reading(workspace) as session:
            approvals, head = approvals_on(session, report_id), chain_head(session)
        printing = Printing(workspace.clock(), workspace.person.name, head)
        with whole_file(path) as file:
            write_rendition(file, opened, approvals, printing, progress)
    return Changes.of(Subject.AUDIT)
