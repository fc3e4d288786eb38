"""`verify`: sound records pass, and whatever was done to them behind the product's back is named."""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from desktop.domain.audit import canonical_json
from desktop.domain.filters import DistributionFilter
from desktop.domain.permissions import Role
from desktop.domain.progress import Cancelled
from desktop.domain.reports import Meaning
from desktop.services import approvals, distributions, imports, integrity, sign_in, tracing_reports
from desktop.services.approvals import MailFile
from desktop.services.unit_of_work import Workspace
from tests.services import records
from tests.services.tampering import drop_triggers, findings, on_sqlite, run_sql, stored_path
from tests.support.databases import ADMIN

CHECKS = ("database", "triggers", "audit chain", "stored files", "rules", "search index", "history")


def use_every_verb(workspace: Workspace, folder: Path) -> tuple[int, int]:
    """Some of everything that writes; the ids of a report and of an approval on it."""
    ticking = replace(workspace, clock=records.ticking())
    folder.mkdir()
    rita = records.person(ticking, Role.REP, name="Rita Rep")
    distributions.create_shipment(
        ticking, records.shipment(("211810SPT", "SLQ-12345", 10), ("211610SPT", "SLQ-54321", 5), rep_id=rita.user_id)
    )
    file = records.csv_file(
        folder / "march.csv",
        [(f"2026-01-{day:02d}", f"SO {day}", "Nörthgate Clinic", "211410SPT", "SLQ-00001", day) for day in (6, 7, 8)],
    )
    imports.import_lines(ticking, file, imports.preview(ticking, file))
    (report_id,) = tracing_reports.generate(ticking, DistributionFilter(month=records.MONTH)).ids
    report = tracing_reports.open_report(ticking, report_id).report
    changes, _ = approvals.attach(ticking, report_id, [MailFile("a.eml", records.mail(f"Re: {report.reference}"))])
    approvals.open_mail(ticking, changes.ids[0])
    approvals.export_mail(ticking, changes.ids[0], folder / "a.eml")
    tracing_reports.export_report(ticking, report_id, folder / "report.csv")
    tracing_reports.finalize(ticking, report_id, str(ADMIN.password), Meaning.APPROVED)
    distributions.export_csv(ticking, DistributionFilter(), folder / "log.csv")
    distributions.export_workbook(ticking, DistributionFilter(), folder / "log.xlsx")
    sign_in.sign_out(ticking)
    return report_id, changes.ids[0]


def test_records_of_every_verb_are_sound(workspace_on: Workspace, tmp_path: Path) -> None:
    use_every_verb(workspace_on, tmp_path / "files")
    told: list[tuple[int, int | None]] = []
    for _ in range(2):  # the first run's own event is part of what the second one looks at
        result = integrity.verify(workspace_on, lambda done, total: told.append((done, total)))
        assert [(check.name, check.ok, check.detail) for check in result.checks] == [
            (name, True, "as it should be") for name in CHECKS
        ]
        assert result.ok
    assert told == [(number, len(CHECKS)) for number in range(len(CHECKS) + 1)] * 2
    event = records.events(workspace_on)[-1]
    assert (event.action, event.metadata_json) == ("data.verify", {"ok": True, "failed": []})


def test_a_run_that_finds_something_is_kept_with_what_failed(workspace: Workspace) -> None:
    drop_triggers(workspace)
    assert integrity.verify(workspace).ok is False
    assert records.events(workspace)[-1].metadata_json == {"ok": False, "failed": ["triggers"]}


def test_a_run_can_be_cancelled(workspace: Workspace) -> None:
    was = records.dump(workspace)

    def cancel(_done: int, _total: int | None) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        integrity.verify(workspace, cancel)
    assert records.dump(workspace) == was


# What SQL can do to records that are append-only; {0} is the table, {1} one of its columns.
FORBIDDEN = (
    "UPDATE {0} SET {1} = {1}",
    "DELETE FROM {0}",
    "DELETE FROM {0} WHERE 1 = 1 AND {1} = (SELECT min({1}) FROM {0})",
)
FORBIDDEN_ON = {
    "sqlite": (
        "INSERT OR REPLACE INTO {0} SELECT * FROM {0}",
        "REPLACE INTO {0} SELECT * FROM {0} LIMIT 1",
        "UPDATE OR REPLACE {0} SET {1} = {1}",
        "INSERT INTO {0} SELECT * FROM {0} WHERE true ON CONFLICT DO UPDATE SET {1} = excluded.{1}",
    ),
    "postgresql": (
        "TRUNCATE {0} CASCADE",
        "TRUNCATE users CASCADE",
        "TRUNCATE tracing_reports CASCADE",
        "INSERT INTO {0} SELECT * FROM {0} ON CONFLICT ({2}) DO UPDATE SET {1} = excluded.{1}",
    ),
}


# Table, one of its columns, and its key.
APPEND_ONLY = (("audit_events", "action", "id"), ("stored_files", "sha256", "key"), ("signatures", "meaning", "id"))


def test_append_only_records_can_neither_be_changed_nor_removed(workspace_on: Workspace, tmp_path: Path) -> None:
    use_every_verb(workspace_on, tmp_path / "files")
    run_sql(
        workspace_on,
        "INSERT INTO signatures (report_id, user_id, printed_name, meaning, signed_at, sha256)"
        " VALUES (1, 1, 'Ada Admin', 'approved', '2026-03-01 12:00:00', 'ab')",
    )
    was = records.dump(workspace_on)
    engine = workspace_on.sessions.engine.dialect.name
    for statement, names in itertools.product((*FORBIDDEN, *FORBIDDEN_ON[engine]), APPEND_ONLY):
        with pytest.raises(DBAPIError, match="is append-only"):
            run_sql(workspace_on, statement.format(*names))
    assert records.dump(workspace_on) == was


# Every column of an event, changed.
EDITS = {
    "created_at": "'2020-01-01 00:00:00'",
    "actor_user_id": "NULL",
    "actor_name": "'Somebody Else'",
    "action": "'distribution_log.view'",
    "entity_type": "'customer'",
    "entity_id": "'4711'",
    "reason": "'a better one'",
    "metadata_json": "'{\"forged\": true}'",
    "before_json": "'{\"forged\": true}'",
    "after_json": "'{\"quantity\": 1}'",
    "event_hash": "'00'",
}


def test_an_event_that_was_edited_is_named(workspace_on: Workspace) -> None:
    records.log(workspace_on)
    drop_triggers(workspace_on)
    position = records.events(workspace_on)[-1].position
    columns = ", ".join(EDITS)
    run_sql(workspace_on, f"CREATE TABLE kept AS SELECT {columns} FROM audit_events WHERE position = {position}")  # noqa: S608
    for column, value in EDITS.items():
        run_sql(workspace_on, f"UPDATE audit_events SET {column} = {value} WHERE position = {position}")  # noqa: S608
        assert f"Audit event {position} was changed" in findings(workspace_on)["audit chain"], column
        run_sql(
            workspace_on,
            f"UPDATE audit_events SET {column} = (SELECT {column} FROM kept) WHERE position = {position}",  # noqa: S608
        )
        assert "audit chain" not in findings(workspace_on)


@records.postgresql_when_slow
def test_an_event_that_was_removed_is_named(workspace_on: Workspace) -> None:
    for _ in range(3):
        records.log(workspace_on)
    drop_triggers(workspace_on)
    removed = records.events(workspace_on)[-2].position
    run_sql(workspace_on, f"DELETE FROM audit_events WHERE position = {removed}")  # noqa: S608
    said = f"Audit event {removed + 1} stands where event {removed} should be"
    assert said in findings(workspace_on)["audit chain"]


@records.postgresql_when_slow
def test_the_first_event_that_was_removed_is_named(workspace_on: Workspace) -> None:
    drop_triggers(workspace_on)
    run_sql(workspace_on, "DELETE FROM audit_events WHERE position = 1")
    assert "Audit event 2 stands where event 1 should be" in findings(workspace_on)["audit chain"]


@records.postgresql_when_slow
def test_events_that_were_renumbered_after_one_was_removed_are_named(workspace_on: Workspace) -> None:
    for _ in range(3):
        records.log(workspace_on)
    drop_triggers(workspace_on)
    removed = records.events(workspace_on)[-2].position
    run_sql(
        workspace_on,
        f"DELETE FROM audit_events WHERE position = {removed}",  # noqa: S608
        f"UPDATE audit_events SET position = -position WHERE position > {removed}",  # noqa: S608
        "UPDATE audit_events SET position = -position - 1 WHERE position < 0",
    )
    found = findings(workspace_on)["audit chain"]
    assert f"Audit event {removed} does not follow the event before it" in found
    assert f"Audit event {removed} was changed" in found


def test_events_that_were_reordered_are_named(workspace_on: Workspace) -> None:
    records.log(workspace_on)
    records.log(workspace_on)
    drop_triggers(workspace_on)
    first, second = (event.position for event in records.events(workspace_on)[-2:])
    run_sql(
        workspace_on,
        f"UPDATE audit_events SET position = 0 WHERE position = {first}",  # noqa: S608
        f"UPDATE audit_events SET position = {first} WHERE position = {second}",  # noqa: S608
        f"UPDATE audit_events SET position = {second} WHERE position = 0",  # noqa: S608
    )
    found = findings(workspace_on)["audit chain"]
    assert f"Audit event {first} does not follow the event before it" in found
    assert f"Audit event {second} was changed" in found


INSERT_EVENT = "INSERT INTO audit_events (action, entity_type, entity_id, position, previous_hash, event_hash) VALUES "


FORGED = (
    "('distribution_log.create', 'distribution_log_entry', '1', {}, '', '')",
    "('distribution_log.create', 'distribution_log_entry', 'abc', {}, '', '')",
    "('distribution_log.import_csv', 'import_batch', '7', {}, '', '')",
    "('tracing_reports.generate', 'tracing_report', 'abc', {}, '', '')",
    "('no such action', 'no such thing', NULL, {}, '', '')",
)


def test_an_event_that_was_added_is_named(workspace_on: Workspace) -> None:
    """No trigger forbids it, and it can say anything."""
    records.log(workspace_on)
    for forged in FORGED:
        position = len(records.events(workspace_on)) + 1
        run_sql(workspace_on, INSERT_EVENT + forged.format(position))
        found = findings(workspace_on)["audit chain"]
        assert f"Audit event {position} does not follow the event before it" in found
        assert f"Audit event {position} was changed" in found
    run_sql(workspace_on, INSERT_EVENT + FORGED[0].format(-1))
    assert "Audit event -1 stands where event 1 should be" in findings(workspace_on)["audit chain"]


def test_an_audit_trail_that_was_emptied_is_named_then_and_ever_after(workspace_on: Workspace, tmp_path: Path) -> None:
    use_every_verb(workspace_on, tmp_path / "files")
    drop_triggers(workspace_on)
    run_sql(workspace_on, "DELETE FROM audit_events" if on_sqlite(workspace_on) else "TRUNCATE audit_events")
    assert findings(workspace_on)["audit chain"] == "The audit trail is empty: its events were removed"
    history = findings(workspace_on)["history"]
    for record in ("Entry 1", "Lines of import 1", "User 1", "Report 1", "Approval 1"):
        assert f"{record} has no history" in history or f"{record} have no history" in history


def test_a_tail_that_was_cut_off_is_named_by_the_records_it_spoke_of(workspace_on: Workspace) -> None:
    records.log(workspace_on)
    cut = records.events(workspace_on)[-1].position
    (entry_id,) = records.log(workspace_on)
    drop_triggers(workspace_on)
    run_sql(workspace_on, f"DELETE FROM audit_events WHERE position > {cut}")  # noqa: S608
    assert findings(workspace_on) == {"history": f"Entry {entry_id} has no history: it was added outside the product"}


def test_values_that_cannot_even_be_read_are_a_finding_and_no_crash(workspace: Workspace, tmp_path: Path) -> None:
    """SQLite keeps any text in any column."""
    use_every_verb(workspace, tmp_path / "files")
    drop_triggers(workspace)
    run_sql(
        workspace,
        "UPDATE distribution_log_entries SET ship_date = 'yesterday' WHERE id = 1",
        "UPDATE audit_events SET after_json = '{broken' WHERE entity_id = '1' AND action LIKE '%create'",
    )
    found = findings(workspace)
    assert "cannot be read" in found["history"]
    assert "cannot be read" in found["audit chain"]


@records.postgresql_when_slow
def test_a_stored_file_that_was_altered_is_named(workspace_on: Workspace, tmp_path: Path) -> None:
    use_every_verb(workspace_on, tmp_path / "files")
    for key in workspace_on.store.keys():  # noqa: SIM118  not a mapping
        path = stored_path(workspace_on, key)
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
        assert f"The stored file “{key}” was altered" in findings(workspace_on)["stored files"]


@records.postgresql_when_slow
def test_a_stored_file_that_is_missing_is_named(workspace_on: Workspace, tmp_path: Path) -> None:
    use_every_verb(workspace_on, tmp_path / "files")
    keys = list(workspace_on.store.keys())
    assert [key.partition("/")[0] for key in keys] == ["approvals", "imports", "tracing_reports"]
    for key in keys:
        stored_path(workspace_on, key).unlink()
    found = findings(workspace_on)["stored files"]
    assert all(f"The stored file “{key}” is missing" in found for key in keys)


@records.postgresql_when_slow
def test_a_file_that_no_record_knows_is_named(workspace_on: Workspace) -> None:
    workspace_on.store.put("approvals/1/stray.eml", b"content")
    assert findings(workspace_on) == {
        "stored files": "The file “approvals/1/stray.eml” is in the evidence store, but no record knows it"
    }


def test_many_findings_are_cut_short(workspace: Workspace) -> None:
    for number in range(30):
        workspace.store.put(f"imports/{number:02d}.csv", b"")
    found = findings(workspace)["stored files"]
    assert found.count("no record knows it") == 20
    assert found.endswith(", and more")


def report_with_other_bytes(workspace: Workspace, report_id: int) -> None:
    """Everything that says what the file is changed at once: file, stored file's record and report."""
    report = tracing_reports.get_report(workspace, report_id)
    path = stored_path(workspace, report.storage_key)
    forged = path.read_bytes().replace(b"SLQ-12345", b"SLQ-99999")
    path.write_bytes(forged)
    sha256 = hashlib.sha256(forged).hexdigest()
    run_sql(
        workspace,
        f"UPDATE stored_files SET sha256 = '{sha256}' WHERE key = '{report.storage_key}'",  # noqa: S608
        f"UPDATE tracing_reports SET sha256 = '{sha256}' WHERE id = {report_id}",  # noqa: S608
    )


def test_a_report_whose_bytes_and_records_were_all_replaced_is_named(workspace_on: Workspace, tmp_path: Path) -> None:
    report_id, _ = use_every_verb(workspace_on, tmp_path / "files")
    drop_triggers(workspace_on)
    report_with_other_bytes(workspace_on, report_id)
    assert findings(workspace_on) == {"history": f"Report {report_id} is not what its history says"}


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ('UPDATE tracing_reports SET filters_json = \'{"month": "2020-01"}\'', "Report 1 is not what its history"),
        ("UPDATE tracing_reports SET row_count = 4", "Report 1 is not what its history"),
        ("UPDATE tracing_reports SET report_storage_key = 'x.csv'", "Report 1 is not what its history"),
        ("UPDATE approvals_eml SET binding = 'not_verified'", "Approval 1 is not what its history"),
        ("UPDATE approvals_eml SET from_email = 'boss@example.com'", "Approval 1 is not what its history"),
        ("DELETE FROM approvals_eml", "Approval 1 is missing"),
        ("DELETE FROM signatures; DELETE FROM tracing_reports", "Report 1 is missing"),
        ("INSERT INTO users (email) VALUES ('eve@example.com')", "User 3 has no history"),
        ("DELETE FROM users WHERE email LIKE 'person%'", "User 2 is missing"),
        (
            "INSERT INTO tracing_reports (filters_json, report_storage_key) VALUES ('{}', 'x.csv')",
            "Report 2 has no history",
        ),
        (
            "INSERT INTO approvals_eml (report_id, storage_key, original_filename) VALUES (1, 'x.eml', 'x.eml')",
            "Approval 2 has no history",
        ),
    ],
)
def test_a_record_changed_by_raw_sql_is_named(workspace: Workspace, tmp_path: Path, statement: str, said: str) -> None:
    use_every_verb(workspace, tmp_path / "files")
    drop_triggers(workspace)
    run_sql(workspace, *statement.split("; "))
    assert said in findings(workspace)["history"]


def test_an_event_that_was_forged_with_its_hash_breaks_the_next_one(workspace: Workspace) -> None:
    """Who recomputes a hash has to recompute every one after it."""
    records.log(workspace)
    records.log(workspace)
    drop_triggers(workspace)
    event = records.events(workspace)[-2]
    content = {
        "position": event.position,
        "previous_hash": event.previous_hash,
        "created_at": event.created_at.isoformat(timespec="microseconds"),
        "actor_user_id": event.actor_user_id,
        "actor_name": "Somebody Else",
        "action": event.action,
        "entity_type": event.entity_type,
        "entity_id": event.entity_id,
        "reason": event.reason,
        "before": event.before_json,
        "after": event.after_json,
        "details": event.metadata_json,
    }
    forged = hashlib.sha256(canonical_json(content)).hexdigest()
    run_sql(
        workspace,
        f"UPDATE audit_events SET actor_name = 'Somebody Else', event_hash = '{forged}'"  # noqa: S608
        f" WHERE position = {event.position}",
    )
    following = event.position + 1
    assert findings(workspace)["audit chain"] == f"Audit event {following} does not follow the event before it"


def test_lines_against_the_rules_are_named(workspace: Workspace) -> None:
    (entry_id,) = records.log(workspace)
    run_sql(
        workspace,
        "PRAGMA ignore_check_constraints=ON",
        "UPDATE distribution_log_entries SET sku = '1', lot_number = 'SLQ-1', quantity = 2.5, facility_name = ' '",
        "PRAGMA ignore_check_constraints=OFF",
    )
    found = findings(workspace)["rules"]
    for said in ("lot SLQ-1 does not match the lot rule", "SKU or quantity is not allowed", "facility or order number"):
        assert f"Entry {entry_id}: {said}" in found
