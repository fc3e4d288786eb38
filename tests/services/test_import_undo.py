"""Taking an import back: all of it, with a reason, and the history stays right."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from desktop.db.tables import DistributionEntryRow
from desktop.domain.changes import Subject
from desktop.domain.errors import NotFound, RuleBroken
from desktop.domain.filters import DistributionFilter
from desktop.domain.import_review import ImportReceipt
from desktop.domain.imports import FileKind
from desktop.domain.reports import Meaning
from desktop.services import imports, integrity, report_changes, tracing_reports
from desktop.services.unit_of_work import Workspace
from tests.services import records
from tests.services.tampering import findings, run_sql
from tests.services.test_entry_history import edit, remove
from tests.support.databases import ADMIN

WHY = "Wrong month"


def imported(workspace: Workspace, folder: Path, *quantities: int, lot: str = "SLQ-12345", order: str = "SO 1") -> int:
    """The number of an import with a line for each quantity."""
    rows = [("2026-01-05", order, "Lakeside Urology", "211810SPT", lot, quantity) for quantity in quantities]
    file = records.csv_file(folder / f"{lot}.csv", rows)
    _, receipt = imports.import_lines(workspace, file, imports.preview(workspace, file))
    assert receipt.batch_id is not None
    return receipt.batch_id


def log(workspace: Workspace) -> list[str]:
    """Every column of every line."""
    columns = DistributionEntryRow.__table__.columns
    with workspace.sessions.reading() as session:
        return [repr(row) for row in session.execute(select(*columns).order_by(DistributionEntryRow.id))]


def final_report(workspace: Workspace, **wanted: Any) -> str:
    changes = tracing_reports.generate(workspace, DistributionFilter(**wanted))
    tracing_reports.finalize(workspace, changes.ids[0], ADMIN.password or "", Meaning.APPROVED)
    return tracing_reports.get_report(workspace, changes.ids[0]).reference


def test_the_log_is_what_it_was_before_the_import(workspace_on: Workspace, tmp_path: Path) -> None:
    records.log(workspace_on, ("211810SPT", "SLQ-12345", 7))
    imported(workspace_on, tmp_path, 1, lot="SLQ-00001")
    was = log(workspace_on)
    batch_id = imported(workspace_on, tmp_path, 1, 2, 3)
    changes, removed = imports.undo_import(workspace_on, batch_id, f" {WHY} ")
    assert (removed, changes.ids) == (3, (batch_id,))
    assert changes.subjects == {Subject.DISTRIBUTIONS, Subject.IMPORTS, Subject.AUDIT}
    assert log(workspace_on) == was
    assert integrity.verify(workspace_on).ok
    (event,) = records.events(workspace_on, "distribution_log.undo_import")
    assert (event.entity_type, event.entity_id, event.reason) == ("import_batch", str(batch_id), WHY)
    assert event.metadata_json == {"file": "SLQ-12345.csv", "removed": 3, "units": 6}
    undone, other = imports.list_imports(workspace_on)
    assert (undone.id, undone.undone_by, undone.undo_reason) == (batch_id, "Ada Admin", WHY)
    assert undone.undone_at == event.created_at
    assert (other.id, other.undone_at, other.undone_by, other.undo_reason) == (1, None, None, None)


def test_the_same_file_can_be_imported_again_afterwards(workspace_on: Workspace, tmp_path: Path) -> None:
    imports.undo_import(workspace_on, imported(workspace_on, tmp_path, 1, 2), WHY)
    file = tmp_path / "SLQ-12345.csv"
    again = imports.preview(workspace_on, file)
    assert (again.counts.new, again.earlier) == (2, None)
    assert imports.import_lines(workspace_on, file, again)[1] == ImportReceipt(2, 2, 3)
    assert integrity.verify(workspace_on).ok


@pytest.mark.parametrize("reason", ["", " \n"])
def test_a_reason_is_needed(workspace: Workspace, tmp_path: Path, reason: str) -> None:
    batch_id = imported(workspace, tmp_path, 1)
    was = records.dump(workspace)
    with pytest.raises(RuleBroken, match="why") as broken:
        imports.undo_import(workspace, batch_id, reason)
    assert [problem.field for problem in broken.value.problems] == ["reason"]
    assert records.dump(workspace) == was


def test_what_is_not_there_or_undone_already_is_refused(workspace_on: Workspace, tmp_path: Path) -> None:
    batch_id = imported(workspace_on, tmp_path, 1)
    imports.undo_import(workspace_on, batch_id, WHY)
    was = records.dump(workspace_on)
    with pytest.raises(imports.UndoRefused, match=r"Import 1 was undone already, on \d{4}-"):
        imports.undo_import(workspace_on, batch_id, WHY)
    with pytest.raises(NotFound, match="no import 4711"):
        imports.undo_import(workspace_on, 4711, WHY)
    assert records.dump(workspace_on) == was


def test_a_final_report_keeps_the_lines_that_stand_in_it(workspace_on: Workspace, tmp_path: Path) -> None:
    batch_id = imported(workspace_on, tmp_path, 1, 2)
    other_id = imported(workspace_on, tmp_path, 1, lot="SLQ-00001", order="SO 2")
    reference = final_report(workspace_on, lot_number="SLQ-12345")
    was = records.dump(workspace_on)
    with pytest.raises(imports.UndoRefused, match=f"the final report {re.escape(reference)} holds lines of it"):
        imports.undo_import(workspace_on, batch_id, WHY)
    assert records.dump(workspace_on) == was
    assert imports.undo_import(workspace_on, other_id, WHY)[1] == 1
    assert integrity.verify(workspace_on).ok


def test_a_line_that_stood_in_a_final_report_before_it_was_edited_counts_too(
    workspace_on: Workspace, tmp_path: Path
) -> None:
    batch_id = imported(workspace_on, tmp_path, 1)
    edit(workspace_on, 1, lot_number="SLQ-00002")
    final_report(workspace_on, lot_number="SLQ-00002")
    edit(workspace_on, 1, lot_number="SLQ-00003")
    with pytest.raises(imports.UndoRefused, match="final report"):
        imports.undo_import(workspace_on, batch_id, WHY)


def test_drafts_and_reports_from_before_the_import_are_marked_and_keep_nothing(
    workspace_on: Workspace, tmp_path: Path
) -> None:
    records.log(workspace_on)
    final_report(workspace_on, month=records.MONTH)
    batch_id = imported(workspace_on, tmp_path, 1, 2)
    tracing_reports.generate(workspace_on, DistributionFilter(month=records.MONTH))
    edit(workspace_on, 2, quantity=9)
    assert imports.undo_import(workspace_on, batch_id, WHY)[1] == 2
    kinds = [
        sorted((change.kind.value, change.lines) for change in report_changes.list_changes(workspace_on, report_id))
        for report_id in (1, 2)
    ]
    assert kinds[0] == [("added", 2), ("changed", 1), ("removed", 1), ("removed", 1)]
    assert kinds[1] == [("changed", 1), ("removed", 1), ("removed", 1)]
    assert integrity.verify(workspace_on).ok


def test_a_line_that_was_edited_is_kept_whole_in_an_event_of_its_own(workspace_on: Workspace, tmp_path: Path) -> None:
    batch_id = imported(workspace_on, tmp_path, 1, 2, 3)
    edit(workspace_on, 2, quantity=20, city="Springfield")
    imports.undo_import(workspace_on, batch_id, WHY)
    (event,) = records.events(workspace_on, "distribution_log.delete")
    assert (event.entity_id, event.reason, event.after_json) == ("2", WHY, None)
    assert event.before_json is not None
    assert event.before_json.keys() == set(DistributionEntryRow.__table__.columns.keys())
    assert (event.before_json["quantity"], event.before_json["city"]) == (20, "Springfield")
    assert integrity.verify(workspace_on).ok


@records.postgresql_when_slow
def test_the_history_stays_right_however_lines_were_changed_before(workspace_on: Workspace, tmp_path: Path) -> None:
    first = imported(workspace_on, tmp_path, 1, 2, 3, 4, lot="SLQ-00001")
    second = imported(workspace_on, tmp_path, 1, 2, 3, lot="SLQ-00002")
    third = imported(workspace_on, tmp_path, 1, 2, lot="SLQ-00003")
    remove(workspace_on, 1)
    edit(workspace_on, 2, quantity=20)
    edit(workspace_on, 3, quantity=30)
    remove(workspace_on, 3)
    edit(workspace_on, 6, lot_number="SLQ-00009")
    remove(workspace_on, 8)
    assert findings(workspace_on) == {}
    for batch_id, left in ((first, 2), (third, 1), (second, 3)):
        assert imports.undo_import(workspace_on, batch_id, WHY)[1] == left
        assert findings(workspace_on) == {}
    assert log(workspace_on) == []


def test_raw_sql_around_an_undone_import_is_named(workspace: Workspace, tmp_path: Path) -> None:
    first = imported(workspace, tmp_path, 1, 2, lot="SLQ-00001")
    imported(workspace, tmp_path, 1, lot="SLQ-00002")
    run_sql(workspace, "CREATE TABLE kept AS SELECT * FROM distribution_log_entries WHERE id = 1")
    imports.undo_import(workspace, first, WHY)
    run_sql(workspace, "INSERT INTO distribution_log_entries SELECT * FROM kept")
    assert findings(workspace) == {"history": "Import 1 was undone, but the log has lines of it"}
    run_sql(workspace, "DELETE FROM distribution_log_entries WHERE id = 1")
    assert findings(workspace) == {}
    run_sql(workspace, "UPDATE import_batches SET undo_reason = 'No reason' WHERE id = 1")
    assert findings(workspace) == {"history": "Import 1 is not what its history says"}
    run_sql(workspace, f"UPDATE import_batches SET undo_reason = '{WHY}' WHERE id = 1")  # noqa: S608
    run_sql(workspace, "UPDATE import_batches SET undone_at = '2026-01-01 00:00:00' WHERE id = 2")
    assert findings(workspace) == {"history": "Import 2 is not what its history says"}


def test_imports_are_listed_newest_first_with_what_became_of_their_lines(
    workspace_on: Workspace, tmp_path: Path
) -> None:
    records.log(workspace_on, ("211810SPT", "SLQ-12345", 2), order_number="SO 1")
    rows = [
        ("2026-01-05", "SO 1", "Lakeside Urology", "211810SPT", lot, n)
        for lot, n in (("SLQ-12345", 2), ("SLQ-12346", 3), ("SLQ-12347", 4), ("SLQ-1", 5))
    ]
    file = records.csv_file(tmp_path / "march.csv", rows)
    imports.import_lines(workspace_on, file, preview := imports.preview(workspace_on, file))
    imported(workspace_on, tmp_path, 9, lot="SLQ-00009")
    newest, record = imports.list_imports(workspace_on)
    assert (newest.id, newest.units) == (2, 9)
    assert (record.id, record.file_name, record.kind, record.sha256) == (
        1,
        "march.csv",
        FileKind.CSV,
        preview.file.sha256,
    )
    assert (record.lines, record.imported, record.units) == (4, 2, 7)
    assert (record.duplicates, record.conflicts, record.problems) == (1, 0, 1)
    assert record.imported_by == "Ada Admin"


def test_the_source_file_of_an_import_comes_back_byte_for_byte(workspace_on: Workspace, tmp_path: Path) -> None:
    batch_id = imported(workspace_on, tmp_path, 1)
    target = tmp_path / "copy.csv"
    imports.export_source(workspace_on, batch_id, target)
    assert target.read_bytes() == (tmp_path / "SLQ-12345.csv").read_bytes()
    (event,) = records.events(workspace_on, "distribution_log.download_evidence")
    assert (event.entity_type, event.entity_id) == ("import_batch", str(batch_id))
    with pytest.raises(NotFound):
        imports.export_source(workspace_on, 4711, target)
