"""Tracing reports: generated from the log, kept as fixed bytes, re-hashed whenever they are opened or exported."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import Row, Select, case, func, select
from sqlalchemy.orm import Session, aliased

from desktop.db.tables import (
    ApprovalRow,
    CustomerRow,
    ReportChangeRow,
    SignatureRow,
    TracingReportRow,
    UserRow,
)
from desktop.domain.approvals import Binding, approval_request
from desktop.domain.audit import AuditAction, EntityType
from desktop.domain.changes import Changes, Subject
from desktop.domain.distributions import LogTotals
from desktop.domain.errors import KnownTrouble, NotFound, RuleBroken, StaleEdit
from desktop.domain.filters import DistributionFilter
from desktop.domain.imports import Problem
from desktop.domain.permissions import Permission
from desktop.domain.progress import Progress, no_progress
from desktop.domain.reports import (
    Meaning,
    OpenedReport,
    ReportStatus,
    Signature,
    TracingReport,
    check_report_filter,
    reference,
    storage_key,
)
from desktop.services.access import requires
from desktop.services.evidence import altered_is_audited, audited_access
from desktop.services.log_query import RecordRows, finds_any
from desktop.services.log_query import count as count_lines
from desktop.services.sign_in import confirm_password
from desktop.services.stale_reports import log_position
from desktop.services.unit_of_work import Workspace, reading, snapshot, unit_of_work
from desktop.storage.evidence_store import EvidenceStore

# Another report than the one a row is about: the one it replaces, and the one that replaces it.
_EARLIER = aliased(TracingReportRow)
_LATER = aliased(TracingReportRow)


class EmptyReport(KnownTrouble):
    """The filter finds nothing; an empty report is only made on purpose."""

    def __init__(self, wanted: DistributionFilter) -> None:
        super().__init__(f"No entry matches {wanted.in_words()}: the report would be empty.")


@requires(Permission.TRACING_REPORTS_GENERATE)
def count(workspace: Workspace, wanted: DistributionFilter) -> LogTotals:
    """How many lines and units a report would have. Raises `RuleBroken` for a filter no report can have."""
    check_report_filter(wanted)
    with reading(workspace) as session:
        return count_lines(session, wanted)


@requires(Permission.TRACING_REPORTS_GENERATE)
def generate(
    workspace: Workspace,
    wanted: DistributionFilter,
    *,
    allow_empty: bool = False,
    supersedes: int | None = None,
    progress: Progress = no_progress,
) -> Changes:
    """Make a draft report; its file is on the disk, re-read and re-hashed, before the record is committed.

    `supersedes` is the report that this one is made to replace. Raises `RuleBroken` for a filter without month, range
    or lot, `EmptyReport` unless `allow_empty`, `NotFound` for a report to supersede that is not there, and `StaleEdit`
    when the log changed while the report was written: it would be out of date without a mark that says so.
    """
    from desktop.reports.record_csv import record_csv_chunks

    check_report_filter(wanted)
    made_at = workspace.clock()
    with reading(workspace) as session:
        position = log_position(session)
        wanted = _with_names(session, wanted)
        if not allow_empty and not finds_any(session, wanted):
            raise EmptyReport(wanted)
        rows = RecordRows(session, wanted, progress)
        with workspace.store.writer(storage_key(wanted, made_at)) as writer:
            for chunk in record_csv_chunks(rows):
                writer.write(chunk)
    stored = writer.stored
    with unit_of_work(workspace, stored) as work:
        if log_position(work.session) != position:
            raise StaleEdit("The log changed while the report was made. Make it again.")
        replaced = None if supersedes is None else _row(work.session, supersedes)
        report = TracingReportRow(
            generated_at=made_at,
            generated_by_user_id=work.actor.user_id,
            filters_json=wanted.to_json(),
            report_storage_key=stored.key,
            status=ReportStatus.DRAFT.value,
            created_at=work.now,
            updated_at=work.now,
            row_count=rows.rows,
            unit_count=rows.units,
            sha256=stored.sha256,
            supersedes_report_id=supersedes,
        )
        work.session.add(report)
        work.session.flush()
        work.record(
            AuditAction.REPORT_GENERATE,
            EntityType.REPORT,
            report.id,
            after={
                "reference": reference(report.id, stored.sha256),
                "filter": wanted.to_json(),
                "rows": rows.rows,
                "units": rows.units,
                "sha256": stored.sha256,
                "storage_key": stored.key,
                "status": ReportStatus.DRAFT.value,
                "supersedes": None if replaced is None else reference(replaced.id, replaced.sha256),
            },
        )
        work.commit()
    return Changes.of(Subject.TRACING_REPORTS, ids=(report.id,))


@requires(Permission.TRACING_REPORTS_FINALIZE)
def finalize(workspace: Workspace, report_id: int, password: str, meaning: Meaning) -> Changes:
    """Sign a draft: from then on the database refuses every change of it and of its approvals.

    The signature keeps the printed name, the moment, the meaning (21 CFR 11.50) and the SHA-256 of the bytes, which are
    re-hashed before. Raises `NotFound`, `RuleBroken` for a wrong password or a report that is final already,
    `SignInRefused` for a locked account, and `EvidenceAltered`, which is audited.
    """
    report = get_report(workspace, report_id)
    _refuse_final(report.status)
    confirm_password(workspace, password)
    with altered_is_audited(workspace, EntityType.REPORT, report.id):
        workspace.store.verify(report.storage_key, report.sha256)
    with unit_of_work(workspace) as work:
        row = _row(work.session, report_id)
        _refuse_final(ReportStatus(row.status))
        signature = SignatureRow(
            report_id=row.id,
            user_id=work.actor.user_id,
            printed_name=work.actor.name,
            meaning=meaning.value,
            signed_at=work.now,
            sha256=row.sha256,
        )
        work.session.add(signature)
        work.session.flush()  # before the report: the database lets only a signed draft become final
        row.status, row.updated_at = ReportStatus.FINAL.value, work.now
        work.record(
            AuditAction.REPORT_FINALIZE,
            EntityType.REPORT,
            row.id,
            before={"status": ReportStatus.DRAFT.value},
            after={"status": ReportStatus.FINAL.value},
            details={"reference": report.reference, "signature": snapshot(signature)},
        )
        work.commit()
    return Changes.of(Subject.TRACING_REPORTS, ids=(report_id,))


@requires(Permission.TRACING_REPORTS_VIEW)
def list_reports(workspace: Workspace) -> tuple[TracingReport, ...]:
    """Every report, newest first."""
    with reading(workspace) as session:
        return tuple(map(_as_report, session.execute(_select_reports().order_by(TracingReportRow.id.desc()))))


@requires(Permission.TRACING_REPORTS_VIEW)
def find_report(workspace: Workspace, report_reference: str) -> TracingReport:
    """The report that people call `TR-000123-9F3A2C41`. Raises `NotFound`."""
    wanted = report_reference.strip().upper()
    for report in list_reports(workspace):
        if report.reference == wanted:
            return report
    raise NotFound(f"There is no tracing report “{report_reference}”.")


@requires(Permission.TRACING_REPORTS_VIEW)
def open_report(workspace: Workspace, report_id: int) -> OpenedReport:
    """The rows as they are in the file, after re-hashing it. Raises `NotFound`, and `EvidenceAltered` before anything
    of an altered file is read; the alteration is audited."""
    report = get_report(workspace, report_id)
    with audited_access(workspace, AuditAction.REPORT_OPEN, EntityType.REPORT, report.id, {"sha256": report.sha256}):
        return read_report(workspace.store, report)


@requires(Permission.TRACING_REPORTS_DOWNLOAD)
def export_report(workspace: Workspace, report_id: int, path: Path) -> Changes:
    """Copy a report's exact bytes to `path`, re-hashed on the way. Raises `NotFound` and `EvidenceAltered`."""
    report = get_report(workspace, report_id)
    details = {"file": path.name, "sha256": report.sha256}
    with audited_access(workspace, AuditAction.REPORT_DOWNLOAD, EntityType.REPORT, report.id, details):
        workspace.store.export(report.storage_key, report.sha256, path)
    return Changes.of(Subject.AUDIT)


@requires(Permission.TRACING_REPORTS_VIEW)
def request_text(workspace: Workspace, report_id: int) -> str:
    """The text of a mail that asks for approval of a report. Raises `NotFound`."""
    report = get_report(workspace, report_id)
    return approval_request(report.reference, report.filter.in_words(), report.rows, report.units, report.sha256)


@requires(Permission.TRACING_REPORTS_VIEW)
def get_report(workspace: Workspace, report_id: int) -> TracingReport:
    """One report by its number. Raises `NotFound`."""
    with reading(workspace) as session:
        row = session.execute(_select_reports().where(TracingReportRow.id == report_id)).first()
    if row is None:
        raise NotFound(f"There is no tracing report {report_id}.")
    return _as_report(row)


def read_report(store: EvidenceStore, report: TracingReport) -> OpenedReport:
    """The rows of a report's file, re-hashed before anything of it is read. Raises `EvidenceAltered`."""
    content = store.read(report.storage_key, report.sha256)
    header, *rows = csv.reader(io.StringIO(content.decode(), newline=""))
    return OpenedReport(report, tuple(header), tuple(map(tuple, rows)))


def _row(session: Session, report_id: int) -> TracingReportRow:
    row = session.get(TracingReportRow, report_id)
    if row is None:
        raise NotFound(f"There is no tracing report {report_id}.")
    return row


def _refuse_final(status: ReportStatus) -> None:
    if status is ReportStatus.FINAL:
        raise RuleBroken([Problem(None, "", "This report is final already")])


def _with_names(session: Session, wanted: DistributionFilter) -> DistributionFilter:
    """The filter with the names its ids mean today, so that it can be read for ever."""
    if wanted.rep_id is not None:
        user = session.get(UserRow, wanted.rep_id)
        wanted = replace(wanted, rep_name=None if user is None else user.display_name or user.email)
    if wanted.customer_id is not None:
        customer = session.get(CustomerRow, wanted.customer_id)
        wanted = replace(wanted, customer_name=None if customer is None else customer.name)
    return wanted


def _select_reports() -> Select[*tuple[Any, ...]]:
    approvals = (
        select(
            ApprovalRow.report_id,
            func.count().label("approvals"),
            func.sum(case((ApprovalRow.binding == Binding.BOUND.value, 1), else_=0)).label("bound"),
        )
        .group_by(ApprovalRow.report_id)
        .subquery()
    )
    changes = (
        select(ReportChangeRow.report_id, func.sum(ReportChangeRow.lines).label("lines"))
        .group_by(ReportChangeRow.report_id)
        .subquery()
    )
    latest = (
        select(TracingReportRow.supersedes_report_id, func.max(TracingReportRow.id).label("id"))
        .group_by(TracingReportRow.supersedes_report_id)
        .subquery()
    )
    return (
        select(
            TracingReportRow,
            UserRow.display_name,
            UserRow.email,
            approvals.c.approvals,
            approvals.c.bound,
            changes.c.lines,
            SignatureRow,
            _EARLIER.sha256,
            _LATER.id,
            _LATER.sha256,
        )
        .outerjoin(UserRow, UserRow.id == TracingReportRow.generated_by_user_id)
        .outerjoin(approvals, approvals.c.report_id == TracingReportRow.id)
        .outerjoin(changes, changes.c.report_id == TracingReportRow.id)
        .outerjoin(SignatureRow, SignatureRow.report_id == TracingReportRow.id)
        .outerjoin(_EARLIER, _EARLIER.id == TracingReportRow.supersedes_report_id)
        .outerjoin(latest, latest.c.supersedes_report_id == TracingReportRow.id)
        .outerjoin(_LATER, _LATER.id == latest.c.id)
    )


def _as_report(found: Row[*tuple[Any, ...]]) -> TracingReport:
    row, display_name, email, approvals, bound, changes, signed, earlier_sha256, later_id, later_sha256 = found
    return TracingReport(
        id=row.id,
        reference=reference(row.id, row.sha256),
        generated_at=row.generated_at,
        generated_by=display_name or email or "",
        filter=DistributionFilter.from_json(row.filters_json),
        rows=row.row_count,
        units=row.unit_count,
        sha256=row.sha256,
        storage_key=row.report_storage_key,
        status=ReportStatus(row.status),
        approvals=approvals or 0,
        bound_approvals=int(bound or 0),
        changes=int(changes or 0),
        signature=None
        if signed is None
        else Signature(signed.printed_name, signed.signed_at, Meaning(signed.meaning), signed.sha256),
        supersedes=None if earlier_sha256 is None else reference(row.supersedes_report_id, earlier_sha256),
        superseded_by=None if later_id is None else reference(later_id, later_sha256),
    )
