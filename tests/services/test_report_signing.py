"""A report that is signed: who, when, what it means; and nothing of it changes any more, not even by raw SQL."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import DBAPIError

from desktop.domain.errors import EvidenceAltered, NotFound, PermissionDenied, RuleBroken, SignInRefused
from desktop.domain.filters import DistributionFilter
from desktop.domain.permissions import Role
from desktop.domain.reports import Meaning, ReportStatus, TracingReport
from desktop.services import approvals, tracing_reports
from desktop.services.approvals import MailFile
from desktop.services.unit_of_work import Workspace
from tests.services import records
from tests.services.tampering import drop_triggers, findings, run_sql, stored_path
from tests.support.databases import ADMIN

PASSWORD = str(ADMIN.password)


def generated(workspace: Workspace) -> TracingReport:
    records.log(workspace)
    (report_id,) = tracing_reports.generate(workspace, DistributionFilter(month=records.MONTH)).ids
    return tracing_reports.get_report(workspace, report_id)


def signed(workspace: Workspace) -> TracingReport:
    report = generated(workspace)
    tracing_reports.finalize(workspace, report.id, PASSWORD, Meaning.APPROVED)
    return tracing_reports.get_report(workspace, report.id)


def with_mail(workspace: Workspace, report: TracingReport) -> int:
    """The id of an approval mail that was attached to the report."""
    changes, _ = approvals.attach(workspace, report.id, [MailFile("reply.eml", records.mail(report.reference))])
    return changes.ids[0]


def test_a_signature_says_who_when_what_it_means_and_which_bytes(workspace_on: Workspace) -> None:
    report = signed(workspace_on)
    assert report.status is ReportStatus.FINAL
    assert report.signature is not None
    assert (report.signature.printed_name, report.signature.meaning) == ("Ada Admin", Meaning.APPROVED)
    assert report.signature.sha256 == report.sha256
    (event,) = records.events(workspace_on, "tracing_reports.finalize")
    assert (event.before_json, event.after_json) == ({"status": "draft"}, {"status": "final"})
    assert event.created_at == report.signature.signed_at
    assert event.metadata_json is not None
    assert event.metadata_json["signature"]["meaning"] == "approved"
    assert PASSWORD not in repr(event.metadata_json)
    assert findings(workspace_on) == {}


def test_a_final_report_is_not_signed_again(workspace: Workspace) -> None:
    report = signed(workspace)
    with pytest.raises(RuleBroken, match="final already"):
        tracing_reports.finalize(workspace, report.id, PASSWORD, Meaning.REVIEWED)
    with pytest.raises(NotFound):
        tracing_reports.finalize(workspace, 4711, PASSWORD, Meaning.REVIEWED)


def test_a_wrong_password_signs_nothing_and_five_lock_the_account(workspace_on: Workspace) -> None:
    report = generated(workspace_on)
    for _ in range(5):
        with pytest.raises(RuleBroken, match="Password is not right"):
            tracing_reports.finalize(workspace_on, report.id, "not the password", Meaning.APPROVED)
    with pytest.raises(SignInRefused, match="locked until"):
        tracing_reports.finalize(workspace_on, report.id, PASSWORD, Meaning.APPROVED)
    assert tracing_reports.get_report(workspace_on, report.id) == report
    assert len(records.events(workspace_on, "auth.sign_in_failed")) == 5
    assert len(records.events(workspace_on, "auth.account_locked")) == 1


def test_only_who_may_finalise_signs(workspace: Workspace) -> None:
    report = generated(workspace)
    ops = workspace.signed_in(records.person(workspace, Role.OPS, "a good password"))
    with pytest.raises(PermissionDenied, match=r"tracing_reports\.finalize"):
        tracing_reports.finalize(ops, report.id, "a good password", Meaning.APPROVED)
    assert tracing_reports.get_report(workspace, report.id) == report


def test_an_altered_file_is_not_signed(workspace: Workspace) -> None:
    report = generated(workspace)
    path = stored_path(workspace, report.storage_key)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(b"10", b"11"))
    with pytest.raises(EvidenceAltered):
        tracing_reports.finalize(workspace, report.id, PASSWORD, Meaning.APPROVED)
    assert tracing_reports.get_report(workspace, report.id).status is ReportStatus.DRAFT
    assert len(records.events(workspace, "data.altered")) == 1


FIXED = [
    "UPDATE tracing_reports SET row_count = 7",
    "UPDATE tracing_reports SET sha256 = 'ab'",
    "UPDATE tracing_reports SET filters_json = '{}'",
    "UPDATE tracing_reports SET report_storage_key = 'tracing_reports/other.csv'",
    "UPDATE tracing_reports SET status = 'draft'",
    "UPDATE tracing_reports SET updated_at = '2020-01-01 00:00:00'",
    "DELETE FROM tracing_reports",
    "UPDATE approvals_eml SET notes = 'added later'",
    "UPDATE approvals_eml SET binding = 'not_verified'",
    "UPDATE approvals_eml SET report_id = 4711",
    "DELETE FROM approvals_eml",
    "UPDATE signatures SET meaning = 'reviewed'",
    "DELETE FROM signatures",
    "UPDATE audit_events SET reason = 'another'",
    "DELETE FROM audit_events",
]


def test_raw_sql_against_a_final_report_its_approvals_or_an_event_fails(workspace_on: Workspace) -> None:
    report = generated(workspace_on)
    with_mail(workspace_on, report)
    tracing_reports.finalize(workspace_on, report.id, PASSWORD, Meaning.APPROVED)
    was = records.dump(workspace_on)
    replaced = (
        "INSERT OR REPLACE INTO tracing_reports (id, filters_json, report_storage_key) VALUES (1, '{}', 'x')",
        "INSERT OR REPLACE INTO approvals_eml (id, report_id, storage_key, original_filename) VALUES (1, 1, 'x', 'y')",
    )
    truncated = ("TRUNCATE tracing_reports CASCADE", "TRUNCATE approvals_eml", "TRUNCATE report_changes")
    on_sqlite = workspace_on.sessions.engine.dialect.name == "sqlite"
    for statement in (*FIXED, *(replaced if on_sqlite else truncated)):
        with pytest.raises(DBAPIError, match=r"fixed|never deleted|append-only"):
            run_sql(workspace_on, statement)
        assert records.dump(workspace_on) == was, statement


def test_raw_sql_cannot_finish_a_draft_without_a_signature_or_change_what_it_says(workspace_on: Workspace) -> None:
    report = generated(workspace_on)
    with_mail(workspace_on, report)
    was = records.dump(workspace_on)
    for statement in (
        "UPDATE tracing_reports SET status = 'final'",
        "UPDATE tracing_reports SET unit_count = 7",
        "DELETE FROM tracing_reports",
        "UPDATE approvals_eml SET subject = 'another'",
        "DELETE FROM approvals_eml",
    ):
        with pytest.raises(DBAPIError, match=r"fixed|never deleted|append-only"):
            run_sql(workspace_on, statement)
        assert records.dump(workspace_on) == was, statement


def test_who_takes_the_triggers_away_is_found_by_verify(workspace_on: Workspace) -> None:
    report = generated(workspace_on)
    drop_triggers(workspace_on)
    run_sql(
        workspace_on,
        "INSERT INTO signatures (report_id, user_id, printed_name, meaning, signed_at, sha256)"
        " SELECT id, 1, 'Ada Admin', 'approved', generated_at, sha256 FROM tracing_reports",
        "UPDATE tracing_reports SET status = 'final'",
    )
    assert findings(workspace_on) == {"history": f"Report {report.id} is not what its history says"}


def test_a_mail_can_still_be_added_to_a_final_report(workspace: Workspace) -> None:
    """Evidence that arrives late is still evidence."""
    report = signed(workspace)
    with_mail(workspace, report)
    assert tracing_reports.get_report(workspace, report.id).bound_approvals == 1
