"""A unit of work: all or nothing, never without its audit entry, and nothing left in the evidence store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import delete, insert, text, update

from desktop.db.tables import (
    ApprovalRow,
    AuditEventRow,
    CustomerRow,
    DistributionEntryRow,
    ImportBatchRow,
    RoleRow,
    SettingRow,
    SignatureRow,
    TracingReportRow,
    UserRoleRow,
    UserRow,
)
from desktop.domain.audit import AuditAction, EntityType
from desktop.domain.errors import SignInRefused, StorageTrouble
from desktop.services.unit_of_work import UnauditedChange, UnitOfWork, Workspace, snapshot, unit_of_work
from tests.services import records


def rename(work: UnitOfWork, name: str = "Northgate Clinic") -> None:
    work.session.execute(insert(CustomerRow).values(name=name))


@records.postgresql_when_slow
def test_what_is_not_committed_never_was(workspace_on: Workspace) -> None:
    was = records.dump(workspace_on)
    with unit_of_work(workspace_on) as work:
        rename(work)
        work.record(AuditAction.LOG_CREATE, EntityType.CUSTOMER, 1)
        work.session.flush()
    assert records.dump(workspace_on) == was


@records.postgresql_when_slow
def test_an_exception_rolls_back_and_passes(workspace_on: Workspace) -> None:
    was = records.dump(workspace_on)

    def fail() -> None:
        with unit_of_work(workspace_on) as work:
            rename(work)
            work.record(AuditAction.LOG_CREATE, EntityType.CUSTOMER, 1)
            work.store("imports/some.csv", b"content")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert records.dump(workspace_on) == was


def test_what_is_committed_stays_with_its_entry_and_its_file(workspace_on: Workspace) -> None:
    with unit_of_work(workspace_on) as work:
        rename(work)
        stored = work.store("imports/some.csv", b"content")
        work.record(
            AuditAction.LOG_CREATE, EntityType.CUSTOMER, 1, reason="new", before=None, after={"name": "é"}, details={}
        )
        work.commit()
    event = records.events(workspace_on)[-1]
    assert (event.actor_name, event.reason, event.after_json) == ("Ada Admin", "new", {"name": "é"})
    assert workspace_on.store.read(stored.key, stored.sha256) == b"content"


def orm_insert(work: UnitOfWork) -> None:
    work.session.add(CustomerRow(name="Northgate Clinic"))


def orm_update(work: UnitOfWork) -> None:
    user = work.session.get(UserRow, work.actor.user_id)
    assert user is not None
    user.display_name = "Another Name"


def orm_delete(work: UnitOfWork) -> None:
    work.session.delete(work.session.get(RoleRow, 1))


def core_update(work: UnitOfWork) -> None:
    work.session.execute(update(UserRow).values(display_name="Another Name"))


def core_delete(work: UnitOfWork) -> None:
    work.session.execute(delete(UserRoleRow))


def core_insert_of_many(work: UnitOfWork) -> None:
    work.session.execute(insert(CustomerRow), [{"name": "One"}, {"name": "Two"}])


def on_the_connection(work: UnitOfWork) -> None:
    work.session.connection().execute(insert(CustomerRow).values(name="One"))


def said_to_be_touched(work: UnitOfWork) -> None:
    work.touched(DistributionEntryRow)


@pytest.mark.parametrize(
    "change",
    [
        orm_insert,
        orm_update,
        orm_delete,
        core_update,
        core_delete,
        core_insert_of_many,
        on_the_connection,
        said_to_be_touched,
    ],
    ids=lambda change: change.__name__,
)
def test_a_change_without_an_audit_entry_is_refused(workspace: Workspace, change: Callable[[UnitOfWork], None]) -> None:
    was = records.dump(workspace)
    with unit_of_work(workspace) as work:
        change(work)
        with pytest.raises(UnauditedChange, match="No audit entry for a change of"):
            work.commit()
    with unit_of_work(workspace) as work:
        change(work)
        work.record(AuditAction.DATA_VERIFIED, EntityType.DATABASE, None)  # an entry of something else
        with pytest.raises(UnauditedChange):
            work.commit()
    assert records.dump(workspace) == was


@pytest.mark.parametrize(
    "table",
    [
        ApprovalRow,
        CustomerRow,
        DistributionEntryRow,
        ImportBatchRow,
        RoleRow,
        SettingRow,
        SignatureRow,
        TracingReportRow,
        UserRoleRow,
        UserRow,
    ],
    ids=lambda table: table.__tablename__,
)
def test_every_table_of_records_says_what_its_changes_are_audited_as(table: type) -> None:
    assert table.__table__.info["audited_as"] in set(EntityType)  # type: ignore[attr-defined]


def test_an_entry_can_speak_for_further_records(workspace: Workspace) -> None:
    with unit_of_work(workspace) as work:
        rename(work)
        work.touched(DistributionEntryRow)
        work.record(AuditAction.LOG_IMPORT_CSV, EntityType.CUSTOMER, 1, covers=(EntityType.ENTRY,))
        work.commit()


def test_a_unit_of_work_commits_once(workspace: Workspace) -> None:
    """What came after a commit would be in another transaction, whose changes nobody notes."""
    with unit_of_work(workspace) as work:
        work.record(AuditAction.DATA_VERIFIED, EntityType.DATABASE, None)
        work.commit()
        was = records.dump(workspace)
        rename(work)
        with pytest.raises(RuntimeError, match="committed already"):
            work.commit()
    assert records.dump(workspace) == was


def test_entries_of_one_work_are_chained_in_their_order(workspace_on: Workspace) -> None:
    with unit_of_work(workspace_on) as work:
        for number in range(3):
            work.record(AuditAction.DATA_VERIFIED, EntityType.DATABASE, number)
        work.commit()
    earlier, *three = records.events(workspace_on)[-4:]
    assert [event.entity_id for event in three] == ["0", "1", "2"]
    assert [event.previous_hash for event in three] == [event.event_hash for event in (earlier, *three[:2])]
    assert {event.created_at for event in three} == {work.now}


def test_a_file_that_was_put_before_is_taken_out_when_the_work_fails(workspace_on: Workspace) -> None:
    stored = workspace_on.store.put("imports/some.csv", b"content")
    with unit_of_work(workspace_on, stored):
        pass
    assert list(workspace_on.store.keys()) == []
    stored = workspace_on.store.put("imports/some.csv", b"content")
    with pytest.raises(StorageTrouble), unit_of_work(workspace_on, stored) as work:
        work.store("imports/some.csv", b"the key is taken")
    assert list(workspace_on.store.keys()) == []


def test_a_file_that_was_put_before_is_taken_out_when_the_work_cannot_even_begin(workspace: Workspace) -> None:
    stored = workspace.store.put("imports/some.csv", b"content")
    workspace.sessions.close()
    database = str(workspace.sessions.engine.url.database)
    with open(database, "wb") as file:  # noqa: PTH123  the shortest way to ruin a database
        file.write(b"no database any more" * 100)
    with pytest.raises(StorageTrouble), unit_of_work(workspace, stored):
        pass
    assert list(workspace.store.keys()) == []


def test_a_file_whose_bytes_were_recorded_under_the_same_key_is_refused(workspace: Workspace) -> None:
    with unit_of_work(workspace) as work:
        work.store("imports/some.csv", b"content")
        work.commit()
    with pytest.raises(StorageTrouble, match="never overwritten"), unit_of_work(workspace) as work:
        work.store("imports/some.csv", b"other")
    (key,) = workspace.store.keys()
    assert key == "imports/some.csv"


def test_nobody_signed_in_is_nobody(workspace: Workspace) -> None:
    with pytest.raises(SignInRefused, match="Sign in first"):
        _ = workspace.signed_out().person


def test_today_is_the_local_date(workspace: Workspace) -> None:
    assert workspace.today() == datetime.now().astimezone().date()


def test_a_snapshot_holds_every_column_as_json_values(workspace: Workspace) -> None:
    (entry_id,) = records.log(workspace)
    with workspace.sessions.reading() as session:
        row = session.get(DistributionEntryRow, entry_id)
        assert row is not None
        values = snapshot(row)
    assert values.keys() == {column.name for column in DistributionEntryRow.__table__.columns}
    assert values["ship_date"] == records.SHIPPED.isoformat()
    assert datetime.fromisoformat(values["created_at"]).tzinfo == UTC
    assert date.fromisoformat(values["ship_date"]) == row.ship_date
    assert {type(value) for value in values.values()} <= {str, int, type(None)}


def test_the_guard_is_on_the_transaction_and_not_on_the_pool(workspace: Workspace) -> None:
    """A listener that outlived its work would note the next one's changes in the wrong place."""
    with unit_of_work(workspace) as first:
        rename(first)
    with unit_of_work(workspace) as second:
        second.session.execute(text("SELECT 1"))
        second.commit()
    with workspace.sessions.reading() as session:
        assert session.query(AuditEventRow).count() == len(records.events(workspace))
