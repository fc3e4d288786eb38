"""Approval evidence: kept as received, bound to the report it speaks of, refused with a sentence."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select

from desktop.db.tables import ApprovalRow, StoredFileRow
from desktop.domain.approvals import Binding, DroppedMail
from desktop.domain.changes import Changes, Subject
from desktop.domain.errors import EvidenceAltered, NotFound, StorageTrouble
from desktop.domain.filters import DistributionFilter
from desktop.domain.reports import TracingReport
from desktop.services import approvals, integrity, tracing_reports
from desktop.services.approvals import MailFile
from desktop.services.unit_of_work import Workspace
from tests.services import records
from tests.services.tampering import stored_path


@pytest.fixture
def report(workspace_on: Workspace) -> TracingReport:
    records.log(workspace_on)
    return make_report(workspace_on)


def make_report(workspace: Workspace) -> TracingReport:
    (report_id,) = tracing_reports.generate(workspace, DistributionFilter(month=records.MONTH)).ids
    return tracing_reports.get_report(workspace, report_id)


def attach(workspace: Workspace, report: TracingReport, content: bytes, filename: str = "reply.eml") -> DroppedMail:
    """What became of one dropped file."""
    _, (answer,) = approvals.attach(workspace, report.id, [MailFile(filename, content)])
    return answer


def test_a_mail_that_quotes_the_reference_is_bound(workspace_on: Workspace, report: TracingReport) -> None:
    quoting = [
        records.mail(f"Re: {report.reference}"),
        records.mail(text=f"> {report.reference.lower()}\n\nApproved."),
        records.mail(text=tracing_reports.request_text(workspace_on, report.id)),
    ]
    for mail in quoting:
        answer = attach(workspace_on, report, mail)
        assert (answer.accepted, answer.binding) == (True, Binding.BOUND)
        assert answer.message == f"Attached to {report.reference}: the mail speaks of this report."
    listed = approvals.list_approvals(workspace_on, report.id)
    assert [approval.binding for approval in listed] == [Binding.BOUND] * 3
    again = tracing_reports.get_report(workspace_on, report.id)
    assert (again.approvals, again.bound_approvals) == (3, 3)


@records.postgresql_when_slow
def test_a_mail_with_the_identical_csv_attached_is_bound(workspace_on: Workspace, report: TracingReport) -> None:
    csv = workspace_on.store.read(report.storage_key, report.sha256)
    assert attach(workspace_on, report, records.mail(attached=csv)).binding is Binding.BOUND
    other = csv.replace(b"SLQ-12345", b"SLQ-12346")
    assert attach(workspace_on, report, records.mail(attached=other)).binding is Binding.NOT_VERIFIED


def test_a_mail_about_another_report_is_refused_with_its_name(workspace_on: Workspace, report: TracingReport) -> None:
    other = make_report(workspace_on)
    was = records.dump(workspace_on)
    answer = attach(workspace_on, report, records.mail(f"Re: {other.reference}"))
    assert (answer.accepted, answer.binding, answer.approval) == (False, Binding.OTHER_REPORT, None)
    assert (
        answer.message == f"This mail speaks of {other.reference}, not of {report.reference}. Drop it on that report."
    )
    assert records.dump(workspace_on) == was
    assert attach(workspace_on, other, records.mail(f"Re: {other.reference}, not {report.reference}")).accepted


def test_a_mail_with_the_csv_of_another_report_attached_is_refused_with_its_name(
    workspace_on: Workspace, report: TracingReport
) -> None:
    records.log(workspace_on, ("211610SPT", "SLQ-12346", 5))
    (other_id,) = tracing_reports.generate(workspace_on, DistributionFilter(month=records.MONTH, sku="211610SPT")).ids
    other = tracing_reports.get_report(workspace_on, other_id)
    csv = workspace_on.store.read(other.storage_key, other.sha256)
    answer = attach(workspace_on, report, records.mail(attached=csv))
    assert (answer.accepted, answer.binding) == (False, Binding.OTHER_REPORT)
    assert other.reference in answer.message
    assert attach(workspace_on, other, records.mail(attached=csv)).binding is Binding.BOUND


@records.postgresql_when_slow
def test_a_mail_that_quotes_no_reference_is_kept_and_marked(workspace_on: Workspace, report: TracingReport) -> None:
    answer = attach(workspace_on, report, records.mail())
    assert (answer.accepted, answer.binding) == (True, Binding.NOT_VERIFIED)
    assert "not verified: the mail quotes no report reference" in answer.message
    listed = tracing_reports.get_report(workspace_on, report.id)
    assert (listed.approvals, listed.bound_approvals) == (1, 0)


def test_a_mail_is_kept_byte_for_byte_with_its_headers_for_the_list(
    workspace_on: Workspace, report: TracingReport
) -> None:
    mail = records.mail(f"Re: Freigabe für {report.reference}")
    changes, (answer,) = approvals.attach(workspace_on, report.id, [MailFile("Antwort – neu.eml", mail)])
    assert changes == Changes.of(Subject.APPROVALS, Subject.TRACING_REPORTS, ids=changes.ids)
    (approval,) = approvals.list_approvals(workspace_on, report.id)
    assert answer.approval == approval
    assert changes.ids == (approval.id,)
    assert (approval.original_filename, approval.subject) == (
        "Antwort – neu.eml",
        f"Re: Freigabe für {report.reference}",
    )
    assert (approval.from_email, approval.to_email) == ("quinn.quality@example.org", "ada.admin@example.com")
    assert approval.email_date == datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
    assert (approval.uploaded_by, approval.size) == ("Ada Admin", len(mail))
    assert approval.sha256 == hashlib.sha256(mail).hexdigest()
    assert approval.storage_key.startswith(f"approvals/{report.id}/")
    assert approval.storage_key.endswith(f"Z_Re_Freigabe_f_r_{report.reference}.eml")
    assert workspace_on.store.read(approval.storage_key, approval.sha256) == mail
    (event,) = records.events(workspace_on, "approvals.upload")
    after = event.after_json or {}
    assert (after["sha256"], after["size"], after["binding"]) == (approval.sha256, len(mail), "bound")
    assert "Approved." not in str(after)  # no mail body in a log
    with workspace_on.sessions.reading() as session:
        stored = session.scalars(select(StoredFileRow).where(StoredFileRow.key == approval.storage_key)).one()
    assert stored.media_type == "message/rfc822"


@records.postgresql_when_slow
def test_the_same_bytes_are_attached_to_a_report_once(workspace_on: Workspace, report: TracingReport) -> None:
    mail = records.mail()
    attach(workspace_on, report, mail)
    was = records.dump(workspace_on)
    answer = attach(workspace_on, report, mail, "renamed.eml")
    assert (answer.accepted, answer.message) == (False, "This mail is already attached to this report.")
    assert records.dump(workspace_on) == was


def test_the_same_bytes_on_another_report_are_kept_with_a_warning(
    workspace_on: Workspace, report: TracingReport
) -> None:
    mail = records.mail()
    attach(workspace_on, report, mail)
    other = make_report(workspace_on)
    answer = attach(workspace_on, other, mail)
    assert answer.accepted
    assert answer.message.endswith(f"The same mail is also attached to {report.reference}.")
    assert integrity.verify(workspace_on).ok


NO_MAILS = {
    "empty.eml": (b"", "is empty"),
    "report.pdf.eml": (b"%PDF-1.7\n...", "is a PDF document"),
    "picture.eml": (b"\x89PNG\r\n\x1a\n\x00", "is a PNG picture"),
    "outlook.eml": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "Outlook message container (.msg)"),
    "note.eml": (b"Approved by me.\n", "is not an e-mail"),
}


@records.postgresql_when_slow
def test_what_is_no_mail_is_refused_with_what_it_is_and_what_to_do(
    workspace_on: Workspace, report: TracingReport
) -> None:
    was = records.dump(workspace_on)
    for filename, (content, said) in NO_MAILS.items():
        answer = attach(workspace_on, report, content, filename)
        assert (answer.accepted, answer.binding, answer.approval) == (False, None, None)
        assert answer.message.startswith(f"“{filename}” ")
        assert said in answer.message
        assert "Save the message as an .eml file" in answer.message
    assert records.dump(workspace_on) == was


@records.postgresql_when_slow
def test_each_file_of_several_is_answered_for_itself(workspace_on: Workspace, report: TracingReport) -> None:
    other = make_report(workspace_on)
    same = records.mail(f"Re: {report.reference}")
    dropped = [
        MailFile("pdf.eml", b"%PDF-1.7"),
        MailFile("bound.eml", same),
        MailFile("other.eml", records.mail(f"Re: {other.reference}")),
        MailFile("again.eml", same),
        MailFile("unverified.eml", records.mail()),
    ]
    changes, answers = approvals.attach(workspace_on, report.id, dropped)
    assert [answer.filename for answer in answers] == [mail.filename for mail in dropped]
    assert [answer.accepted for answer in answers] == [False, True, False, False, True]
    assert len(changes.ids) == 2
    assert [approval.id for approval in approvals.list_approvals(workspace_on, report.id)] == list(changes.ids)
    nothing, _ = approvals.attach(workspace_on, report.id, dropped[:1])
    assert nothing == Changes(frozenset())
    assert approvals.attach(workspace_on, report.id, []) == (Changes(frozenset()), ())


@records.postgresql_when_slow
def test_mails_of_one_subject_dropped_in_one_moment_are_all_kept(
    workspace_on: Workspace, report: TracingReport
) -> None:
    fixed = replace(workspace_on, clock=lambda: datetime(2026, 3, 1, 12, 0, tzinfo=UTC))
    mails = [MailFile(f"{number}.eml", records.mail(text=f"Approved {number}.")) for number in range(3)]
    _, answers = approvals.attach(fixed, report.id, mails)
    assert [answer.accepted for answer in answers] == [True] * 3


ODD_MAILS = {
    "broken headers": b"From: \xff\xfe\nSubject: =?utf-8?B?!!!?=\nDate: yesterday\nTo: nobody in particular\n\n.",
    "no headers to speak of": b"From: a@example.com\nMIME-Version: 1.0\n\n",
    "NUL in the subject": b"From: a@example.com\nSubject: a=?utf-8?q?=00?=b\nTo: b@example.com\n\n.",
    "surrogates": b"From: a@example.com\nSubject: =?utf-16?b?2AA=?=\nTo: \xed\xa0\x80@example.com\n\n.",
    "a path as subject": b"From: a@example.com\nSubject: ../../../etc/passwd\nTo: b@example.com\n\n.",
    "a very long subject": b"From: a@example.com\nSubject: " + b"x" * 5000 + b"\nTo: b@example.com\n\n.",
    "a subject of dots": b"From: a@example.com\nSubject: ...\nTo: b@example.com\n\n.",
    "a subject of hyphens": b"From: a@example.com\nSubject: ----\nTo: b@example.com\n\n.",
}


def test_an_odd_mail_is_kept_all_the_same(workspace_on: Workspace, report: TracingReport) -> None:
    for name, content in ODD_MAILS.items():
        answer = attach(workspace_on, report, content, "\ud800odd\x00.eml")
        assert answer.approval is not None, f"{name}: {answer.message}"
        folder, _, file = answer.approval.storage_key.rpartition("/")
        assert folder == f"approvals/{report.id}"
        assert len(file) < 140
        assert approvals.open_mail(workspace_on, answer.approval.id).approval == answer.approval
    assert integrity.verify(workspace_on).ok


@records.postgresql_when_slow
def test_an_opened_mail_is_what_was_kept_and_opening_is_audited(workspace_on: Workspace, report: TracingReport) -> None:
    answer = attach(workspace_on, report, records.mail(f"Re: {report.reference}", "Approved.\nQuinn"))
    assert answer.approval is not None
    opened = approvals.open_mail(workspace_on, answer.approval.id)
    assert (opened.approval, opened.mail) == (answer.approval, answer.mail)
    assert opened.mail.text == "Approved.\nQuinn\n"
    event = records.events(workspace_on)[-1]
    assert (event.action, event.entity_id) == ("approvals.open", str(answer.approval.id))


@records.postgresql_when_slow
def test_a_mail_is_exported_as_received(workspace_on: Workspace, report: TracingReport, tmp_path: Path) -> None:
    mail = records.mail()
    answer = attach(workspace_on, report, mail)
    assert answer.approval is not None
    changes = approvals.export_mail(workspace_on, answer.approval.id, tmp_path / "out.eml")
    assert changes.subjects == {Subject.AUDIT}
    assert (tmp_path / "out.eml").read_bytes() == mail
    event = records.events(workspace_on)[-1]
    assert (event.action, event.metadata_json) == (
        "approvals.download",
        {"file": "out.eml", "sha256": answer.approval.sha256},
    )
    with pytest.raises(StorageTrouble):
        approvals.export_mail(workspace_on, answer.approval.id, tmp_path / "no" / "out.eml")
    assert len(records.events(workspace_on, "approvals.download")) == 1


@records.postgresql_when_slow
def test_an_altered_mail_is_told_before_any_content_and_audited(
    workspace_on: Workspace, report: TracingReport, tmp_path: Path
) -> None:
    answer = attach(workspace_on, report, records.mail())
    assert answer.approval is not None
    path = stored_path(workspace_on, answer.approval.storage_key)
    altered = bytearray(path.read_bytes())
    altered[-3] ^= 1
    path.write_bytes(altered)
    with pytest.raises(EvidenceAltered, match="was altered"):
        approvals.open_mail(workspace_on, answer.approval.id)
    with pytest.raises(EvidenceAltered, match="was altered"):
        approvals.export_mail(workspace_on, answer.approval.id, tmp_path / "out.eml")
    assert not (tmp_path / "out.eml").exists()
    assert [event.entity_id for event in records.events(workspace_on, "data.altered")] == [str(answer.approval.id)] * 2
    assert records.events(workspace_on, "approvals.open", "approvals.download") == []


def test_what_is_not_there_is_not_found(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There is no tracing report 4711"):
        approvals.attach(workspace, 4711, [MailFile("a.eml", records.mail())])
    for ask in (
        lambda: approvals.open_mail(workspace, 4711),
        lambda: approvals.export_mail(workspace, 4711, tmp_path / "a.eml"),
    ):
        with pytest.raises(NotFound, match="There is no approval mail 4711"):
            ask()
    assert approvals.list_approvals(workspace, 4711) == ()


def test_a_mail_that_cannot_be_recorded_leaves_no_file(workspace: Workspace) -> None:
    records.log(workspace)
    report = make_report(workspace)
    with workspace.sessions.writing() as session:
        session.connection().exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON approvals_eml BEGIN SELECT RAISE(ABORT, 'no more mails'); END"
        )
        session.commit()
    was = records.dump(workspace)
    with pytest.raises(Exception, match="no more mails"):
        attach(workspace, report, records.mail())
    assert records.dump(workspace) == was
    with workspace.sessions.reading() as session:
        assert session.scalars(select(ApprovalRow)).all() == []


def test_a_mail_of_many_parts_is_bound_by_any_of_them(workspace: Workspace) -> None:
    records.log(workspace)
    report = make_report(workspace)
    message = EmailMessage()
    message["From"] = "quinn.quality@example.org"
    message["To"] = "ada.admin@example.com"
    message["Subject"] = "Fwd"
    message.set_content("See below.")
    message.add_alternative(f"<p>TR&#8209;{report.reference[3:]}</p>", subtype="html")
    assert attach(workspace, report, message.as_bytes()).binding is Binding.BOUND
