"""The history of one entry: what happened to it, newest first, in names and not in ids."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert

from desktop.db.tables import CustomerRow
from desktop.domain.entry_edits import EntryEdit, EntryVersion
from desktop.domain.entry_life import FieldChange, Origin
from desktop.domain.import_review import ImportChoices
from desktop.domain.permissions import Role
from desktop.services import audit_trail, entry_edits, entry_evidence, imports
from desktop.services.entry_evidence import NewEvidence
from desktop.services.unit_of_work import Workspace
from tests.services import records


def edit(workspace: Workspace, entry_id: int, reason: str, **changes: object) -> None:
    read = entry_edits.entry_to_edit(workspace, entry_id)
    values = replace(read.values, **changes)  # type: ignore[arg-type]
    entry_edits.edit_entry(workspace, EntryEdit(entry_id, read.entry.version, values, reason))


def test_an_entry_tells_who_changed_what_and_why(workspace_on: Workspace, tmp_path: Path) -> None:
    (entry_id,) = records.log(workspace_on)
    rep = records.person(workspace_on, Role.REP, name="Rita Rep")
    with workspace_on.sessions.writing() as session:
        session.execute(insert(CustomerRow).values(id=7, name="Northgate Group"))
        session.commit()
    edit(workspace_on, entry_id, "the slip says 12", quantity="12", rep_id=rep.user_id, customer_id=7)
    entry_evidence.attach(workspace_on, NewEvidence(entry_id, "slip.pdf", b"1"))
    key = entry_evidence.list_evidence(workspace_on, entry_id)[0].storage_key
    entry_evidence.open_evidence(workspace_on, entry_id, key, tmp_path)
    attached, edited, created = audit_trail.history_of_entry(workspace_on, entry_id)
    assert (created.action, created.changes, created.reason) == ("distribution_log.create", (), None)
    assert (edited.action, edited.reason, edited.actor) == (
        "distribution_log.update",
        "the slip says 12",
        workspace_on.person.name,
    )
    assert sorted(edited.changes, key=lambda change: change.field) == [
        FieldChange("customer_id", None, "Northgate Group"),
        FieldChange("quantity", 10, 12),
        FieldChange("rep_id", None, "Rita Rep"),
    ]
    assert (attached.action, attached.changes) == ("distribution_log.attach_evidence", ())
    assert (attached.details["file"], attached.details["storage_key"]) == ("slip.pdf", key)


@records.postgresql_when_slow
def test_an_imported_entry_begins_with_its_import(workspace_on: Workspace, tmp_path: Path) -> None:
    rows = [
        ("2026-01-05", "SO 1", "Northgate Clinic", "211410SPT", "SLQ-00001", 3),
        ("2026-01-06", "SO 2", "Northgate Clinic", "211410SPT", "SLQ-1", 4),
    ]
    file = records.csv_file(tmp_path / "march.csv", rows)
    read = imports.preview(workspace_on, file)
    assert read.lines is not None
    corrected = tuple("SLQ-00001" if value == "SLQ-1" else value for value in read.lines[1].values)
    clocked = replace(workspace_on, clock=lambda: datetime(2026, 3, 1, 12, 5, tzinfo=UTC))
    imports.import_lines(clocked, file, imports.preview(clocked, file, ImportChoices(corrections={2: corrected})))
    edit(workspace_on, 2, "typo", quantity="5")
    edited, imported = audit_trail.history_of_entry(workspace_on, 2)
    assert edited.changes == (FieldChange("quantity", 4, 5),)
    assert imported.action == "distribution_log.import_csv"
    assert (imported.details["import"], imported.details["file"], imported.details["line"]) == (1, "march.csv", 3)
    assert imported.changes == (FieldChange("lot_number", "SLQ-1", "SLQ-00001"),)
    assert audit_trail.history_of_entry(workspace_on, 1)[0].changes == ()
    origin = audit_trail.origin_of_entry(workspace_on, 2)
    assert origin == Origin(
        1, "march.csv", 3, datetime(2026, 3, 1, 12, 5, tzinfo=UTC), workspace_on.person.name, read.file.sha256
    )


def test_an_entry_that_was_deleted_still_has_its_history(workspace: Workspace, tmp_path: Path) -> None:
    file = records.csv_file(tmp_path / "a.csv", [("2026-01-05", "SO 1", "Clinic", "211410SPT", "SLQ-00001", 3)])
    imports.import_lines(workspace, file, imports.preview(workspace, file))
    entry_edits.delete_entries(workspace, [EntryVersion(1, 1)], "wrong file")
    assert [event.action for event in audit_trail.history_of_entry(workspace, 1)] == [
        "distribution_log.delete",
        "distribution_log.import_csv",
    ]
    assert audit_trail.origin_of_entry(workspace, 1) is None
    (again,) = entry_edits.undo_delete(workspace, [1]).ids
    assert [event.action for event in audit_trail.history_of_entry(workspace, again)] == [
        "distribution_log.create",
        "distribution_log.delete",
        "distribution_log.import_csv",
    ]


def test_an_entry_by_hand_has_no_import(workspace: Workspace) -> None:
    (entry_id,) = records.log(workspace)
    assert audit_trail.origin_of_entry(workspace, entry_id) is None
    assert audit_trail.history_of_entry(workspace, 4711) == ()
