"""An entry that was changed, added or removed by raw SQL is named, entered by hand or imported."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import insert

from desktop.db.tables import DistributionEntryRow
from desktop.domain.audit import AuditAction, EntityType
from desktop.domain.customers import NewCustomer
from desktop.services import customers, imports
from desktop.services.unit_of_work import Workspace, snapshot, unit_of_work
from tests.services import records
from tests.services.tampering import findings, run_sql

IMPORTED = "Import 1: a line was changed, added or removed outside the product"

# Every column of a line, changed to something the constraints accept.
CHANGES = {
    "ship_date": "'2026-01-04'",
    "order_number": "'SO 9'",
    "facility_name": "'Lakeside  Urology'",
    "sku": "'211610SPT'",
    "lot_number": "'SLQ-99999'",
    "quantity": "11",
    "rep_id": "1",
    "address1": "'1 Other Street'",
    "address2": "''",
    "city": "'Springfield'",
    "state": "'OR'",
    "zip": "'00000'",
    "country": "'Canada'",
    "contact_name": "'Other'",
    "contact_phone": "'555-0199'",
    "contact_email": "'other@example.com'",
    "tracking_number": "'1Z'",
    "ss_shipment_id": "'7:' || id",
}


def import_three(workspace: Workspace, folder: Path) -> None:
    rows = [(f"2026-01-0{day}", f"SO {day}", "Northgate Clinic", "211410SPT", "SLQ-00001", day) for day in (6, 7, 8)]
    file = records.csv_file(folder / "three.csv", rows)
    imports.import_lines(workspace, file, imports.preview(workspace, file))


def test_whatever_was_changed_of_an_entry_is_named(workspace_on: Workspace, tmp_path: Path) -> None:
    (entry_id,) = records.log(workspace_on)
    import_three(workspace_on, tmp_path)
    for column, value in CHANGES.items():
        run_sql(
            workspace_on,
            "CREATE TABLE kept AS SELECT * FROM distribution_log_entries",
            f"UPDATE distribution_log_entries SET {column} = {value} WHERE id IN ({entry_id}, {entry_id + 2})",  # noqa: S608
        )
        said = findings(workspace_on)["history"]
        assert said == f"Entry {entry_id} is not what its history says; {IMPORTED}", column
        run_sql(
            workspace_on,
            f"UPDATE distribution_log_entries SET {column} ="  # noqa: S608
            f" (SELECT {column} FROM kept WHERE kept.id = distribution_log_entries.id)",
            "DROP TABLE kept",
        )
    assert findings(workspace_on) == {}


@pytest.mark.parametrize("column", ["source", "version", "created_at", "created_by_user_id", "import_batch_id"])
def test_what_the_product_itself_sets_of_an_entry_is_watched_too(
    workspace: Workspace, tmp_path: Path, column: str
) -> None:
    (entry_id,) = records.log(workspace)
    import_three(workspace, tmp_path)
    value = {"source": "'shipstation'", "created_at": "'2020-01-01'", "created_by_user_id": "NULL"}.get(column, "1")
    if column == "version":
        value = "2"
    run_sql(workspace, f"UPDATE distribution_log_entries SET {column} = {value} WHERE id = {entry_id}")  # noqa: S608
    assert f"Entry {entry_id} is not what its history says" in findings(workspace)["history"]


@records.postgresql_when_slow
def test_what_the_product_itself_sets_of_an_imported_line_is_watched_too(
    workspace_on: Workspace, tmp_path: Path
) -> None:
    """None of it is in the import's digest."""
    import_three(workspace_on, tmp_path)
    customers.create_customer(workspace_on, NewCustomer("Northgate"))
    for column, value in {
        "source": "'manual'",
        "customer_id": "1",
        "evidence_file_storage_key": "'a.eml'",
        "created_at": "'2020-01-01 00:00:00'",
        "updated_at": "'2020-01-01 00:00:00'",
        "created_by_user_id": "NULL",
        "updated_by_user_id": "NULL",
        "version": "2",
    }.items():
        run_sql(
            workspace_on,
            "CREATE TABLE kept AS SELECT * FROM distribution_log_entries",
            f"UPDATE distribution_log_entries SET {column} = {value} WHERE id = 2",  # noqa: S608
        )
        assert findings(workspace_on) == {"history": "Entry 2 is not what its history says"}, column
        run_sql(
            workspace_on,
            f"UPDATE distribution_log_entries SET {column} ="  # noqa: S608
            f" (SELECT {column} FROM kept WHERE kept.id = distribution_log_entries.id)",
            "DROP TABLE kept",
        )
    assert findings(workspace_on) == {}


@records.postgresql_when_slow
def test_an_entry_that_was_removed_is_named(workspace_on: Workspace, tmp_path: Path) -> None:
    (entry_id,) = records.log(workspace_on)
    import_three(workspace_on, tmp_path)
    run_sql(workspace_on, f"DELETE FROM distribution_log_entries WHERE id = {entry_id}")  # noqa: S608
    missing = f"Entry {entry_id} is missing: it was removed outside the product"
    assert findings(workspace_on) == {"history": missing}
    for imported in (entry_id + 3, entry_id + 1, entry_id + 2):
        run_sql(workspace_on, f"DELETE FROM distribution_log_entries WHERE id = {imported}")  # noqa: S608
        assert findings(workspace_on) == {"history": f"{missing}; {IMPORTED}"}


ADD = (
    "INSERT INTO distribution_log_entries"
    " (ship_date, order_number, facility_name, sku, lot_number, quantity, source, import_batch_id, import_line)"
    " VALUES ('2026-01-09', 'SO 9', 'Northgate Clinic', '211410SPT', 'SLQ-00001', 9, "
)


def test_an_entry_that_was_added_is_named(workspace_on: Workspace, tmp_path: Path) -> None:
    import_three(workspace_on, tmp_path)
    run_sql(workspace_on, ADD + "'manual', NULL, NULL)")
    added = "Entry 4 has no history: it was added outside the product"
    assert findings(workspace_on) == {"history": added}
    run_sql(workspace_on, ADD + "'csv_import', 1, 5)")
    assert findings(workspace_on) == {"history": f"{added}; Entry 5 is not what its history says; {IMPORTED}"}


def test_lines_of_an_import_that_never_was_are_named(workspace: Workspace, tmp_path: Path) -> None:
    import_three(workspace, tmp_path)
    run_sql(
        workspace,
        "CREATE TABLE forged AS SELECT * FROM import_batches",
        "UPDATE forged SET id = 2",
        "INSERT INTO import_batches SELECT * FROM forged",
        ADD + "'csv_import', 2, 2)",
    )
    assert "Lines of import 2 have no history: they were added outside the product" in findings(workspace)["history"]


def test_two_lines_of_an_import_that_changed_places_are_named(workspace: Workspace, tmp_path: Path) -> None:
    import_three(workspace, tmp_path)
    run_sql(
        workspace,
        "UPDATE distribution_log_entries SET quantity = 13 - quantity, order_number = 'SO ' || (13 - quantity),"
        " ship_date = '2026-01-0' || (13 - quantity) WHERE id IN (1, 2)",
    )
    assert findings(workspace) == {"history": IMPORTED}


def edit(workspace: Workspace, entry_id: int, **changes: object) -> None:
    """An edit as an editing verb records it."""
    with unit_of_work(workspace) as work:
        entry = work.session.get_one(DistributionEntryRow, entry_id)
        before = snapshot(entry)
        for name, value in changes.items():
            setattr(entry, name, value)
        entry.version += 1
        entry.updated_at = work.now
        work.session.flush()
        work.record(
            AuditAction.LOG_UPDATE, EntityType.ENTRY, entry_id, reason="typo", before=before, after=snapshot(entry)
        )
        work.commit()


def remove(workspace: Workspace, entry_id: int) -> None:
    """A deletion as a deleting verb records it."""
    with unit_of_work(workspace) as work:
        entry = work.session.get_one(DistributionEntryRow, entry_id)
        work.record(AuditAction.LOG_DELETE, EntityType.ENTRY, entry_id, reason="wrong", before=snapshot(entry))
        work.session.delete(entry)
        work.commit()


def test_what_was_edited_and_deleted_with_its_audit_event_is_sound(workspace_on: Workspace, tmp_path: Path) -> None:
    (entry_id,) = records.log(workspace_on)
    import_three(workspace_on, tmp_path)
    import_three_more = records.csv_file(
        tmp_path / "more.csv", [("2026-01-09", "SO 9", "Northgate Clinic", "211410SPT", "SLQ-00001", n) for n in (1, 2)]
    )
    imports.import_lines(workspace_on, import_three_more, imports.preview(workspace_on, import_three_more))
    edit(workspace_on, entry_id, quantity=11)
    edit(workspace_on, entry_id, quantity=12, city="Springfield")
    edit(workspace_on, entry_id + 2, lot_number="SLQ-00002")
    edit(workspace_on, entry_id + 3, lot_number="SLQ-00003")
    assert findings(workspace_on) == {}
    for gone in (entry_id, entry_id + 1, entry_id + 3, entry_id + 5):
        remove(workspace_on, gone)
        assert findings(workspace_on) == {}
    for gone in (entry_id + 2, entry_id + 4):
        remove(workspace_on, gone)
    assert findings(workspace_on) == {}


def test_an_imported_line_changed_by_raw_sql_after_an_edit_is_named(workspace: Workspace, tmp_path: Path) -> None:
    import_three(workspace, tmp_path)
    edit(workspace, 2, quantity=70)
    run_sql(workspace, "UPDATE distribution_log_entries SET quantity = 7 WHERE id = 2")
    assert findings(workspace) == {"history": "Entry 2 is not what its history says"}


def test_a_line_that_came_back_after_its_deletion_is_named(workspace: Workspace) -> None:
    (entry_id,) = records.log(workspace)
    with workspace.sessions.reading() as session:
        values = {
            column.key: getattr(session.get_one(DistributionEntryRow, entry_id), column.key)
            for column in DistributionEntryRow.__table__.columns
        }
    remove(workspace, entry_id)
    with workspace.sessions.writing() as session:
        session.execute(insert(DistributionEntryRow).values(**values))
        session.commit()
    assert findings(workspace) == {"history": f"Entry {entry_id} is not what its history says"}
