"""Evidence files: any kind, kept as they came, replaced but never lost, re-hashed whenever somebody looks."""

from __future__ import annotations

import hashlib
import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from desktop.db.tables import StoredFileRow
from desktop.domain.entry_edits import EntryVersion
from desktop.domain.entry_life import MAX_EVIDENCE_BYTES
from desktop.domain.errors import EvidenceAltered, FileRefused, NotFound, RuleBroken, StaleEdit, StorageTrouble
from desktop.services import entry_edits, entry_evidence
from desktop.services.entry_evidence import NewEvidence
from desktop.services.unit_of_work import Workspace
from tests.services import records
from tests.services.tampering import drop_triggers, findings, stored_path

SLIP = b"%PDF-1.7 a packing slip"


def attach(workspace: Workspace, entry_id: int, filename: str = "packing slip.pdf", content: bytes = SLIP) -> str:
    """The key of a file that was just attached in place of what was there."""
    current = next((file for file in entry_evidence.list_evidence(workspace, entry_id) if file.current), None)
    replaces = None if current is None else current.storage_key
    entry_evidence.attach(workspace, NewEvidence(entry_id, filename, content, replaces, "a better scan"))
    return entry_evidence.list_evidence(workspace, entry_id)[0].storage_key


def test_a_file_is_kept_as_it_came_and_is_in_the_audit_trail(workspace_on: Workspace) -> None:
    (entry_id,) = records.log(workspace_on)
    clocked = replace(workspace_on, clock=lambda: datetime(2026, 3, 1, 12, 5, tzinfo=UTC))
    changes = entry_evidence.attach(clocked, NewEvidence(entry_id, "Packing slip #7.PDF", SLIP))
    assert changes.ids == (entry_id,)
    (file,) = entry_evidence.list_evidence(workspace_on, entry_id)
    assert file.storage_key == f"evidence/{entry_id}/20260301T120500000000Z_Packing_slip_7.pdf"
    assert (file.filename, file.size, file.current) == ("Packing slip #7.PDF", len(SLIP), True)
    assert file.sha256 == hashlib.sha256(SLIP).hexdigest()
    assert (file.attached_by, file.attached_at) == (
        workspace_on.person.name,
        datetime(2026, 3, 1, 12, 5, tzinfo=UTC),
    )
    assert stored_path(workspace_on, file.storage_key).read_bytes() == SLIP
    (event,) = records.events(workspace_on, "distribution_log.attach_evidence")
    assert (event.before_json or {})["evidence_file_storage_key"] is None
    assert (event.after_json or {})["evidence_file_storage_key"] == file.storage_key
    with workspace_on.sessions.reading() as session:
        kept = session.get_one(StoredFileRow, file.storage_key)
        assert (kept.sha256, kept.media_type) == (file.sha256, "application/pdf")
    assert findings(workspace_on) == {}


@pytest.mark.parametrize(
    ("filename", "ends_with", "media_type"),
    [
        ("scan.JPG", "_scan.jpg", "image/jpeg"),
        ("no ending", "_no_ending", "application/octet-stream"),
        ("..", "_file", "application/octet-stream"),
        ("../../etc/passwd", "_etc_passwd", "application/octet-stream"),
        ("C:\\Temp\\slip.pdf", "_C_Temp_slip.pdf", "application/pdf"),
        ("слип.pdf", "_file.pdf", "application/pdf"),
        ("x" * 300 + ".tiff", "_" + "x" * 80 + ".tiff", "image/tiff"),
        ("CON.txt", "_CON.txt", "text/plain"),
        ("odd.ex e", "_odd_ex_e", "application/octet-stream"),
        ("a\x00b\udcff.png", "_a_b.png", "image/png"),
    ],
)
def test_names_from_outside_never_become_paths(
    workspace: Workspace, filename: str, ends_with: str, media_type: str
) -> None:
    (entry_id,) = records.log(workspace)
    key = attach(workspace, entry_id, filename)
    folder, _, name = key.rpartition("/")
    assert folder == f"evidence/{entry_id}"
    assert name[22:] == ends_with
    with workspace.sessions.reading() as session:
        assert session.scalar(select(StoredFileRow.media_type)) == media_type
    assert findings(workspace) == {}


def test_an_empty_and_a_too_large_file_are_refused(workspace: Workspace) -> None:
    (entry_id,) = records.log(workspace)
    was = records.dump(workspace)
    with pytest.raises(FileRefused, match=r"“a.pdf” is empty"):
        entry_evidence.attach(workspace, NewEvidence(entry_id, "a.pdf", b""))
    with pytest.raises(FileRefused, match="evidence may have 50 MB"):
        entry_evidence.attach(workspace, NewEvidence(entry_id, "a.pdf", bytes(MAX_EVIDENCE_BYTES + 1)))
    with pytest.raises(NotFound):
        entry_evidence.attach(workspace, NewEvidence(4711, "a.pdf", SLIP))
    assert records.dump(workspace) == was


def test_a_replaced_file_stays_with_its_hash_and_can_be_opened(workspace_on: Workspace, tmp_path: Path) -> None:
    (entry_id,) = records.log(workspace_on)
    first = attach(workspace_on, entry_id)
    with pytest.raises(RuleBroken, match="a reason is required"):
        entry_evidence.attach(workspace_on, NewEvidence(entry_id, "b.pdf", b"2", first))
    second = attach(workspace_on, entry_id, "b.pdf", b"2")
    current, earlier = entry_evidence.list_evidence(workspace_on, entry_id)
    assert (current.storage_key, current.current, current.reason) == (second, True, "a better scan")
    assert (earlier.storage_key, earlier.current) == (first, False)
    assert entry_evidence.open_evidence(workspace_on, entry_id, first, tmp_path).read_bytes() == SLIP
    assert findings(workspace_on) == {}


def test_nobody_replaces_a_file_that_they_have_not_seen(workspace_on: Workspace) -> None:
    (entry_id,) = records.log(workspace_on)
    first = attach(workspace_on, entry_id)
    was = records.dump(workspace_on)
    for seen in (None, "evidence/1/another.pdf"):
        with pytest.raises(StaleEdit, match="Somebody else attached a file"):
            entry_evidence.attach(workspace_on, NewEvidence(entry_id, "b.pdf", b"2", seen, "r"))
    assert records.dump(workspace_on) == was
    assert attach(workspace_on, entry_id, "b.pdf", b"2") != first


def test_two_files_in_one_moment_get_two_keys(workspace: Workspace) -> None:
    (entry_id,) = records.log(workspace)
    stopped = replace(workspace, clock=lambda: datetime(2026, 3, 1, 12, 5, tzinfo=UTC))
    assert attach(stopped, entry_id) != attach(stopped, entry_id)
    assert findings(workspace) == {}


def test_a_file_is_opened_from_a_read_only_copy_and_the_look_is_audited(workspace: Workspace, tmp_path: Path) -> None:
    (entry_id,) = records.log(workspace)
    key = attach(workspace, entry_id)
    for _ in range(2):
        copy = entry_evidence.open_evidence(workspace, entry_id, key, tmp_path)
        assert copy.parent == tmp_path
        assert copy.suffix == ".pdf"
        assert not copy.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)
    entry_evidence.export_evidence(workspace, entry_id, key, tmp_path / "kept.pdf")
    assert (tmp_path / "kept.pdf").read_bytes() == SLIP
    looks = records.events(
        workspace, "distribution_log.open_evidence", "distribution_log.download_evidence", "data.altered"
    )
    assert [event.action.rpartition(".")[2] for event in looks] == ["open_evidence"] * 2 + ["download_evidence"]
    assert {(event.metadata_json or {})["storage_key"] for event in looks} == {key}
    assert findings(workspace) == {}


def test_an_altered_file_is_not_shown_and_the_finding_is_audited(workspace: Workspace, tmp_path: Path) -> None:
    (entry_id,) = records.log(workspace)
    key = attach(workspace, entry_id)
    stored_path(workspace, key).write_bytes(SLIP.replace(b"slip", b"slop"))
    with pytest.raises(EvidenceAltered):
        entry_evidence.open_evidence(workspace, entry_id, key, tmp_path)
    with pytest.raises(EvidenceAltered):
        entry_evidence.export_evidence(workspace, entry_id, key, tmp_path / "kept.pdf")
    assert not (tmp_path / "kept.pdf").exists()
    assert not list(tmp_path.glob("*.pdf"))
    altered = records.events(workspace, "data.altered")
    assert [event.entity_id for event in altered] == [str(entry_id)] * 2


def test_a_file_and_its_record_altered_together_are_noticed(workspace: Workspace, tmp_path: Path) -> None:
    """The hash that counts is the one in the audit trail."""
    (entry_id,) = records.log(workspace)
    key = attach(workspace, entry_id)
    forged = b"another slip"
    drop_triggers(workspace)
    stored_path(workspace, key).write_bytes(forged)
    with workspace.sessions.writing() as session:
        session.get_one(StoredFileRow, key).sha256 = hashlib.sha256(forged).hexdigest()
        session.commit()
    with pytest.raises(EvidenceAltered):
        entry_evidence.open_evidence(workspace, entry_id, key, tmp_path)


def test_only_files_of_the_entry_are_opened(workspace: Workspace, tmp_path: Path) -> None:
    first, second = records.log(workspace, ("211810SPT", "SLQ-12345", 1), ("211810SPT", "SLQ-12345", 2))
    key = attach(workspace, first)
    for entry_id, wanted in ((second, key), (first, "imports/x.csv"), (4711, key)):
        with pytest.raises(NotFound):
            entry_evidence.open_evidence(workspace, entry_id, wanted, tmp_path)


def test_evidence_follows_an_entry_that_was_deleted_and_entered_again(workspace: Workspace, tmp_path: Path) -> None:
    (entry_id,) = records.log(workspace)
    key = attach(workspace, entry_id)
    entry_edits.delete_entries(workspace, [EntryVersion(entry_id, 2)], "by mistake")
    with pytest.raises(NotFound):
        entry_evidence.list_evidence(workspace, entry_id)
    (again,) = entry_edits.undo_delete(workspace, [entry_id]).ids
    (file,) = entry_evidence.list_evidence(workspace, again)
    assert (file.storage_key, file.current) == (key, True)
    assert entry_evidence.open_evidence(workspace, again, key, tmp_path).read_bytes() == SLIP


def test_a_disk_that_takes_nothing_leaves_no_record(workspace: Workspace) -> None:
    (entry_id,) = records.log(workspace)
    stored_path(workspace, "evidence").parent.mkdir(parents=True)
    stored_path(workspace, "evidence").write_text("a file where the folder should be")
    was = records.dump(workspace)
    with pytest.raises(StorageTrouble):
        entry_evidence.attach(workspace, NewEvidence(entry_id, "a.pdf", SLIP))
    assert records.dump(workspace) == was
