"""Approval evidence: mails kept as received on a report, and read for display only."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from desktop.db.base import storable
from desktop.db.tables import ApprovalRow, StoredFileRow, TracingReportRow, UserRow
from desktop.domain.approvals import Approval, Binding, DroppedMail, Mail, binding_of
from desktop.domain.audit import AuditAction, EntityType
from desktop.domain.changes import Changes, Subject
from desktop.domain.errors import FileRefused, NotFound
from desktop.domain.permissions import Permission
from desktop.domain.reports import TracingReport, reference
from desktop.importers.email_message import read_mail, refuse_unless_mail
from desktop.services.access import requires
from desktop.services.evidence import audited_access
from desktop.services.tracing_reports import get_report
from desktop.services.unit_of_work import UnitOfWork, Workspace, reading, snapshot, unit_of_work

_MAX_SUBJECT = 100
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class MailFile:
    """A file as it was dropped: the sender's name for it, and its bytes."""

    filename: str
    content: bytes


@dataclass(frozen=True, slots=True)
class OpenedMail:
    """A mail whose bytes were re-hashed and found unaltered."""

    approval: Approval
    mail: Mail


@requires(Permission.APPROVALS_UPLOAD)
def attach(workspace: Workspace, report_id: int, mails: Sequence[MailFile]) -> tuple[Changes, tuple[DroppedMail, ...]]:
    """Keep mails as evidence on a report: each is answered for itself, and those refused leave the others alone.

    Raises `NotFound` for the report.
    """
    report = get_report(workspace, report_id)
    answers = tuple(_attach_one(workspace, report, dropped) for dropped in mails)
    ids = tuple(answer.approval.id for answer in answers if answer.approval is not None)
    changes = Changes.of(Subject.APPROVALS, Subject.TRACING_REPORTS, ids=ids) if ids else Changes(frozenset())
    return changes, answers


@requires(Permission.APPROVALS_VIEW)
def list_approvals(workspace: Workspace, report_id: int) -> tuple[Approval, ...]:
    """The mails on a report, oldest first."""
    with reading(workspace) as session:
        return approvals_on(session, report_id)


def approvals_on(session: Session, report_id: int) -> tuple[Approval, ...]:
    """The mails on a report, oldest first, for another verb."""
    query = _select_approvals().where(ApprovalRow.report_id == report_id).order_by(ApprovalRow.id)
    return tuple(map(_as_approval, session.execute(query)))


@requires(Permission.APPROVALS_VIEW)
def open_mail(workspace: Workspace, approval_id: int) -> OpenedMail:
    """A mail for display, its bytes re-hashed. Raises `NotFound`, and `EvidenceAltered`, which is audited."""
    approval = _get_approval(workspace, approval_id)
    details = {"sha256": approval.sha256}
    with audited_access(workspace, AuditAction.APPROVAL_OPEN, EntityType.APPROVAL, approval.id, details):
        content = workspace.store.read(approval.storage_key, approval.sha256)
    return OpenedMail(approval, read_mail(content))


@requires(Permission.APPROVALS_VIEW)
def export_mail(workspace: Workspace, approval_id: int, path: Path) -> Changes:
    """Copy a mail's bytes, as received, to `path`. Raises `NotFound` and `EvidenceAltered`, which is audited."""
    approval = _get_approval(workspace, approval_id)
    details = {"file": path.name, "sha256": approval.sha256}
    with audited_access(workspace, AuditAction.APPROVAL_DOWNLOAD, EntityType.APPROVAL, approval.id, details):
        workspace.store.export(approval.storage_key, approval.sha256, path)
    return Changes.of(Subject.AUDIT)


def _attach_one(workspace: Workspace, report: TracingReport, dropped: MailFile) -> DroppedMail:
    try:
        refuse_unless_mail(dropped.filename, dropped.content)
    except FileRefused as refused:
        return DroppedMail(dropped.filename, accepted=False, binding=None, message=str(refused))
    mail = read_mail(dropped.content)
    binding, spoken_of = binding_of(mail, report.id, report.sha256)
    if binding is Binding.NOT_VERIFIED and (spoken_of := _report_attached(workspace, mail)) is not None:
        binding = Binding.OTHER_REPORT
    if binding is Binding.OTHER_REPORT:
        message = f"This mail speaks of {spoken_of}, not of {report.reference}. Drop it on that report."
        return DroppedMail(dropped.filename, False, binding, message, mail)
    sha256 = hashlib.sha256(dropped.content).hexdigest()
    with unit_of_work(workspace) as work:
        elsewhere = _reports_with(work, sha256)
        if report.id in elsewhere:
            return DroppedMail(dropped.filename, False, binding, "This mail is already attached to this report.", mail)
        stored = work.store(_free_key(work, report.id, mail.subject), dropped.content)
        row = ApprovalRow(
            report_id=report.id,
            storage_key=stored.key,
            original_filename=storable(dropped.filename),
            subject=_storable(mail.subject),
            from_email=_storable(mail.from_email),
            to_email=_storable(mail.to_email),
            email_date=mail.date,
            uploaded_at=work.now,
            uploaded_by_user_id=work.actor.user_id,
            notes=None,
            binding=binding.value,
        )
        work.session.add(row)
        work.session.flush()
        work.record(
            AuditAction.APPROVAL_UPLOAD,
            EntityType.APPROVAL,
            row.id,
            after=snapshot(row) | {"sha256": stored.sha256, "size": stored.size},
        )
        work.commit()
    return DroppedMail(
        dropped.filename, True, binding, _answer(report, binding, elsewhere), mail, _get_approval(workspace, row.id)
    )


def _answer(report: TracingReport, binding: Binding, elsewhere: dict[int, str]) -> str:
    words = (
        f"Attached to {report.reference}: the mail speaks of this report."
        if binding is Binding.BOUND
        else f"Attached to {report.reference}, not verified: the mail quotes no report reference."
    )
    if elsewhere:
        words += f" The same mail is also attached to {', '.join(elsewhere.values())}."
    return words


def _report_attached(workspace: Workspace, mail: Mail) -> str | None:
    """The reference of the report whose very file is attached to the mail."""
    hashes = {attachment.sha256 for attachment in mail.attachments}
    query = select(TracingReportRow.id, TracingReportRow.sha256).where(TracingReportRow.sha256.in_(hashes))
    with reading(workspace) as session:
        found = session.execute(query.order_by(TracingReportRow.id)).first()
    return None if found is None else reference(found.id, found.sha256)


def _reports_with(work: UnitOfWork, sha256: str) -> dict[int, str]:
    """The reports, by number and reference, that have the same bytes attached."""
    rows = work.session.execute(
        select(TracingReportRow.id, TracingReportRow.sha256)
        .join(ApprovalRow, ApprovalRow.report_id == TracingReportRow.id)
        .join(StoredFileRow, StoredFileRow.key == ApprovalRow.storage_key)
        .where(StoredFileRow.sha256 == sha256)
        .order_by(TracingReportRow.id)
    )
    return {report_id: reference(report_id, report_sha256) for report_id, report_sha256 in rows}


def _free_key(work: UnitOfWork, report_id: int, subject: str | None) -> str:
    """Some clocks stand still for several mails: then the next microsecond that is free is taken."""
    moment = work.now
    while work.session.get(StoredFileRow, key := _storage_key(report_id, moment, subject)) is not None:
        moment += _TICK
    return key


def _storage_key(report_id: int, now: datetime, subject: str | None) -> str:
    """`approvals/{report id}/{UTC time}_{subject, made safe, at most 100 characters}.eml`."""
    safe = re.sub(r"[^A-Za-z0-9-]+", "_", subject or "")[:_MAX_SUBJECT].strip("_") or "mail"
    return f"approvals/{report_id}/{now:%Y%m%dT%H%M%S%fZ}_{safe}.eml"


def _storable(text: str | None) -> str | None:
    return None if text is None else storable(text)


def _get_approval(workspace: Workspace, approval_id: int) -> Approval:
    with reading(workspace) as session:
        row = session.execute(_select_approvals().where(ApprovalRow.id == approval_id)).first()
    if row is None:
        raise NotFound(f"There is no approval mail {approval_id}.")
    return _as_approval(row)


def _select_approvals() -> Select[*tuple[Any, ...]]:
    return (
        select(ApprovalRow, UserRow.display_name, UserRow.email, StoredFileRow.sha256, StoredFileRow.size)
        .join(StoredFileRow, StoredFileRow.key == ApprovalRow.storage_key)
        .outerjoin(UserRow, UserRow.id == ApprovalRow.uploaded_by_user_id)
    )


def _as_approval(found: Row[*tuple[Any, ...]]) -> Approval:
    row, display_name, email, sha256, size = found
    return Approval(
        id=row.id,
        report_id=row.report_id,
        original_filename=row.original_filename,
        subject=row.subject,
        from_email=row.from_email,
        to_email=row.to_email,
        email_date=row.email_date,
        uploaded_at=row.uploaded_at,
        uploaded_by=display_name or email or "",
        binding=Binding(row.binding),
        sha256=sha256,
        size=size,
        storage_key=row.storage_key,
        notes=row.notes,
    )
