"""Edit, edit of several, delete and undo: with a reason, by the rules, and never over somebody else's change."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from desktop.db.engine import SessionFactory, open_engine
from desktop.db.tables import CustomerRow, DistributionEntryRow
from desktop.domain.distributions import Source
from desktop.domain.entry_edits import (
    MOST_AT_ONCE,
    EntryEdit,
    EntryVersion,
    FieldEdit,
    StaleEntries,
    StaleEntry,
)
from desktop.domain.errors import KnownTrouble, NotFound, RuleBroken, StaleEdit
from desktop.domain.permissions import Role
from desktop.services import distributions, entry_edits, imports, integrity
from desktop.services.distributions import RepeatsFound
from desktop.services.unit_of_work import Workspace
from tests.services import records
from tests.services.tampering import findings, run_sql


def edit_of(workspace: Workspace, entry_id: int, reason: str = "typo", **changes: Any) -> EntryEdit:
    """An edit of the entry as it is now."""
    read = entry_edits.entry_to_edit(workspace, entry_id)
    return EntryEdit(entry_id, read.entry.version, replace(read.values, **changes), reason)


def seen(workspace: Workspace, *ids: int) -> tuple[EntryVersion, ...]:
    return tuple(EntryVersion(entry.id, entry.version) for entry in distributions.entries(workspace, ids))


def add_customer(workspace: Workspace, name: str = "Northgate Group") -> int:
    with workspace.sessions.writing() as session:
        (customer_id,) = session.execute(insert(CustomerRow).values(name=name)).inserted_primary_key
        session.commit()
    return int(customer_id)


# -- one entry


def test_an_edit_is_kept_with_who_before_after_and_why(workspace_on: Workspace) -> None:
    (entry_id,) = records.log(workspace_on)
    rep = records.person(workspace_on, Role.REP)
    customer_id = add_customer(workspace_on)
    edit = edit_of(
        workspace_on,
        entry_id,
        "  the slip says 12 ",
        quantity="12",
        lot_number="slq‑54321",
        rep_id=rep.user_id,
        customer_id=customer_id,
        city=" Springfield ",
        ship_date=date(2026, 1, 6),
    )
    changes = entry_edits.edit_entry(workspace_on, edit)
    assert changes.ids == (entry_id,)
    (entry,) = distributions.entries(workspace_on, [entry_id])
    assert (entry.quantity, entry.lot_number, entry.city) == (12, "SLQ-54321", "Springfield")
    assert (entry.rep_name, entry.customer_name, entry.ship_date) == (rep.name, "Northgate Group", date(2026, 1, 6))
    assert (entry.version, entry.source) == (2, Source.MANUAL)
    (event,) = records.events(workspace_on, "distribution_log.update")
    assert (event.actor_name, event.reason, event.entity_id) == (
        workspace_on.person.name,
        "the slip says 12",
        str(entry_id),
    )
    assert event.before_json is not None
    assert event.after_json is not None
    changed = {name for name, value in event.after_json.items() if event.before_json[name] != value}
    assert changed == {
        *("quantity", "lot_number", "city", "rep_id", "customer_id", "ship_date"),
        *("version", "updated_at"),
    }
    assert (event.before_json["quantity"], event.after_json["quantity"]) == (10, 12)


def test_every_broken_rule_is_told_at_once_and_nothing_is_saved(workspace: Workspace) -> None:
    (entry_id,) = records.log(workspace)
    wrong = edit_of(
        workspace,
        entry_id,
        " ",
        ship_date=workspace.today() + timedelta(days=1),
        order_number="",
        facility_name=" ",
        sku="211811SPT",
        lot_number="SLQ-1",
        quantity="2.5",
        rep_id=4711,
        customer_id=4711,
    )
    was = records.dump(workspace)
    with pytest.raises(RuleBroken) as refused:
        entry_edits.edit_entry(workspace, wrong)
    assert {(problem.field, problem.message) for problem in refused.value.problems} == {
        ("ship_date", "Ship date cannot be in the future"),
        ("order_number", "Order number is required"),
        ("facility_name", "Facility name is required"),
        ("sku", "SKU must be one of: 211810SPT, 211610SPT, 211410SPT"),
        ("lot_number", "Lot number must match format: SLQ-#####"),
        ("quantity", "Quantity must be a positive integer"),
        ("rep_id", "This rep is not there any more: choose another one"),
        ("customer_id", "This customer is not there any more: choose another one"),
        ("reason", "Say why: a reason is required"),
    }
    assert records.dump(workspace) == was


def test_an_edit_that_changes_nothing_is_refused(workspace: Workspace) -> None:
    (entry_id,) = records.log(workspace)
    was = records.dump(workspace)
    for same in ({}, {"city": "  "}, {"lot_number": " slq-12345"}, {"quantity": "10.0"}):
        with pytest.raises(RuleBroken, match="Nothing was changed"):
            entry_edits.edit_entry(workspace, edit_of(workspace, entry_id, **same))
    assert records.dump(workspace) == was


@records.postgresql_when_slow
def test_a_stale_edit_is_refused_with_what_the_entry_says_now(workspace_on: Workspace) -> None:
    (entry_id,) = records.log(workspace_on)
    mine = edit_of(workspace_on, entry_id, "mine", quantity="11")
    other = workspace_on.signed_in(records.person(workspace_on, Role.QUALITY, name="Quinn Quality"))
    entry_edits.edit_entry(other, edit_of(other, entry_id, "theirs", quantity="12", city="Springfield"))
    with pytest.raises(StaleEntry) as stale:
        entry_edits.edit_entry(workspace_on, mine)
    theirs = stale.value.theirs
    assert (theirs.values.quantity, theirs.values.city, theirs.entry.version) == ("12", "Springfield", 2)
    assert theirs.changed is not None
    assert (theirs.changed.actor, theirs.changed.reason) == ("Quinn Quality", "theirs")
    decided = replace(mine, version=theirs.entry.version, values=replace(theirs.values, quantity="11"))
    entry_edits.edit_entry(workspace_on, decided)
    (entry,) = distributions.entries(workspace_on, [entry_id])
    assert (entry.quantity, entry.city, entry.version) == (11, "Springfield", 3)


def test_an_entry_that_somebody_deleted_says_who_and_why(workspace: Workspace) -> None:
    (entry_id,) = records.log(workspace)
    mine = edit_of(workspace, entry_id, quantity="11")
    entry_edits.delete_entries(workspace, seen(workspace, entry_id), "entered twice")
    with pytest.raises(NotFound, match=r"deleted this entry on \d{4}-\d\d-\d\d \d\d:\d\d: entered twice"):
        entry_edits.edit_entry(workspace, mine)
    with pytest.raises(NotFound, match="There is no entry 4711"):
        entry_edits.entry_to_edit(workspace, 4711)


@records.postgresql_when_slow
def test_an_edit_that_repeats_another_line_is_saved_only_on_purpose(workspace_on: Workspace) -> None:
    first, second = records.log(workspace_on, ("211810SPT", "SLQ-12345", 10), ("211810SPT", "SLQ-12345", 11))
    edit = edit_of(workspace_on, second, quantity="10")
    with pytest.raises(RepeatsFound) as found:
        entry_edits.edit_entry(workspace_on, edit)
    assert [entry.id for entry in found.value.existing] == [first]
    assert distributions.entries(workspace_on, [second])[0].quantity == 11
    entry_edits.edit_entry(workspace_on, replace(edit, allow_repeats=True))
    # It repeats the other line already: an edit of its city is no new repeat.
    entry_edits.edit_entry(workspace_on, edit_of(workspace_on, second, city="Springfield"))


@records.postgresql_when_slow
def test_a_shipment_id_of_another_entry_is_told_at_its_field(workspace_on: Workspace) -> None:
    first, second = records.log(workspace_on, ("211810SPT", "SLQ-12345", 10), ("211810SPT", "SLQ-12345", 11))
    entry_edits.edit_entry(workspace_on, edit_of(workspace_on, first, ss_shipment_id="7:a:b"))
    with pytest.raises(RuleBroken) as refused:
        entry_edits.edit_entry(workspace_on, edit_of(workspace_on, second, ss_shipment_id="7:a:b"))
    assert refused.value.problems[0].field == "ss_shipment_id"
    assert integrity.verify(workspace_on).ok


def test_a_rep_who_left_may_stay_but_not_be_chosen(workspace: Workspace) -> None:
    rep = records.person(workspace, Role.REP)
    first, second = records.log(workspace, ("211810SPT", "SLQ-12345", 10), ("211810SPT", "SLQ-12345", 11))
    entry_edits.edit_entry(workspace, edit_of(workspace, first, rep_id=rep.user_id))
    run_sql(workspace, f"UPDATE users SET is_active = 0 WHERE id = {rep.user_id}")  # noqa: S608
    entry_edits.edit_entry(workspace, edit_of(workspace, first, city="Springfield"))
    with pytest.raises(RuleBroken, match="rep is not there any more"):
        entry_edits.edit_entry(workspace, edit_of(workspace, second, rep_id=rep.user_id))


def test_a_lot_that_no_longer_matches_the_rule_is_refused_whatever_is_edited(workspace: Workspace) -> None:
    (entry_id,) = records.log(workspace)
    edit = edit_of(workspace, entry_id, city="Springfield")
    run_sql(workspace, "UPDATE distribution_log_entries SET lot_number = 'SLQ-1'")
    with pytest.raises(RuleBroken, match="Lot number must match format"):
        entry_edits.edit_entry(workspace, replace(edit, values=replace(edit.values, lot_number="SLQ-1")))


# -- several entries


def test_several_entries_get_one_value_with_an_event_each(workspace_on: Workspace) -> None:
    ids = records.log(workspace_on, *(("211810SPT", "SLQ-12345", number) for number in (1, 2, 3)))
    entry_edits.edit_entry(workspace_on, edit_of(workspace_on, ids[1], facility_name="Lakeside Urology Center"))
    wanted = FieldEdit(seen(workspace_on, *ids), "facility_name", " Lakeside Urology Center ", "one spelling")
    told: list[int] = []
    changes = entry_edits.edit_field(workspace_on, wanted, lambda done, _total: told.append(done))
    assert changes.ids == (ids[0], ids[2])
    assert {entry.facility_name for entry in distributions.entries(workspace_on, ids)} == {"Lakeside Urology Center"}
    events = records.events(workspace_on, "distribution_log.update")[1:]
    assert [(event.entity_id, event.reason) for event in events] == [
        (str(ids[0]), "one spelling"),
        (str(ids[2]), "one spelling"),
    ]
    assert told[-1] == 2
    assert findings(workspace_on) == {}


def test_a_rep_or_a_customer_is_given_to_several_and_taken_away(workspace: Workspace) -> None:
    ids = records.log(workspace, ("211810SPT", "SLQ-12345", 1), ("211810SPT", "SLQ-12345", 2))
    customer_id = add_customer(workspace)
    entry_edits.edit_field(workspace, FieldEdit(seen(workspace, *ids), "customer_id", customer_id, "linked"))
    assert [entry.customer_name for entry in distributions.entries(workspace, ids)] == ["Northgate Group"] * 2
    entry_edits.edit_field(workspace, FieldEdit(seen(workspace, ids[0]), "customer_id", None, "another one"))
    assert [entry.customer_name for entry in distributions.entries(workspace, ids)] == [None, "Northgate Group"]


@pytest.mark.parametrize(
    ("field", "value", "reason", "said"),
    [
        ("facility_name", " ", "r", "Facility name is required"),
        ("city", "Springfield", " ", "Say why"),
        ("rep_id", 4711, "r", "This rep is not there"),
        ("customer_id", 4711, "r", "This customer is not there"),
        ("facility_name", "Lakeside Urology", "r", "Nothing was changed"),
        ("city", "a\x00b", "r", "cannot be kept"),
    ],
)
def test_what_breaks_a_rule_for_several_is_refused_for_all(
    workspace: Workspace, field: str, value: str | int, reason: str, said: str
) -> None:
    ids = records.log(workspace, ("211810SPT", "SLQ-12345", 1), ("211810SPT", "SLQ-12345", 2))
    was = records.dump(workspace)
    with pytest.raises(RuleBroken, match=said):
        entry_edits.edit_field(workspace, FieldEdit(seen(workspace, *ids), field, value, reason))
    assert records.dump(workspace) == was


def test_what_says_what_an_entry_is_cannot_be_the_same_for_many(workspace: Workspace) -> None:
    ids = records.log(workspace)
    for field in ("quantity", "lot_number", "source", "version"):
        with pytest.raises(ValueError, match="is not a field of several entries"):
            entry_edits.edit_field(workspace, FieldEdit(seen(workspace, *ids), field, "1", "r"))


def test_several_that_become_repeats_are_told(workspace: Workspace) -> None:
    records.log(workspace, facility_name="Lakeside Urology")
    ids = records.log(workspace, facility_name="Lakeside Urolgy")
    wanted = FieldEdit(seen(workspace, *ids), "facility_name", "Lakeside Urology", "typo")
    with pytest.raises(RepeatsFound):
        entry_edits.edit_field(workspace, wanted)
    assert distributions.entries(workspace, ids)[0].facility_name == "Lakeside Urolgy"
    entry_edits.edit_field(workspace, replace(wanted, allow_repeats=True))


def test_several_of_which_one_is_stale_are_all_refused(workspace_on: Workspace) -> None:
    ids = records.log(workspace_on, *(("211810SPT", "SLQ-12345", number) for number in (1, 2, 3)))
    looked_at = seen(workspace_on, *ids)
    entry_edits.edit_entry(workspace_on, edit_of(workspace_on, ids[0], city="Toledo"))
    entry_edits.delete_entries(workspace_on, looked_at[1:2], "twice")
    was = records.dump(workspace_on)
    for refused in (
        lambda: entry_edits.edit_field(workspace_on, FieldEdit(looked_at, "city", "Springfield", "r")),
        lambda: entry_edits.delete_entries(workspace_on, looked_at, "r"),
    ):
        with pytest.raises(StaleEntries, match="2 of these entries were changed or deleted") as stale:
            refused()
        assert [entry.city for entry in stale.value.now] == ["Toledo"]
        assert stale.value.gone == (ids[1],)
    assert records.dump(workspace_on) == was


def test_too_many_at_once_are_refused(workspace: Workspace) -> None:
    many = [EntryVersion(number, 1) for number in range(MOST_AT_ONCE + 1)]
    with pytest.raises(KnownTrouble, match="At most 5,000 entries"):
        entry_edits.delete_entries(workspace, many, "r")
    with pytest.raises(KnownTrouble, match="At most 5,000 entries"):
        entry_edits.edit_field(workspace, FieldEdit(tuple(many), "city", "x", "r"))


# -- delete


def test_every_column_of_a_deleted_entry_stays_in_its_event(workspace_on: Workspace) -> None:
    first, second = records.log(
        workspace_on, ("211810SPT", "SLQ-12345", 10), ("211610SPT", "SLQ-54321", 5), city="Springfield"
    )
    entry_edits.delete_entries(workspace_on, seen(workspace_on, first, second), " entered twice ")
    assert distributions.entries(workspace_on, [first, second]) == ()
    events = records.events(workspace_on, "distribution_log.delete")
    assert [(event.entity_id, event.reason, event.after_json) for event in events] == [
        (str(first), "entered twice", None),
        (str(second), "entered twice", None),
    ]
    columns = {column.key for column in DistributionEntryRow.__table__.columns}
    assert set(events[0].before_json or {}) == columns
    assert (events[0].before_json or {})["city"] == "Springfield"
    assert findings(workspace_on) == {}


def test_without_a_reason_nothing_is_deleted(workspace: Workspace) -> None:
    ids = records.log(workspace)
    with pytest.raises(RuleBroken, match="a reason is required"):
        entry_edits.delete_entries(workspace, seen(workspace, *ids), " \n")
    assert len(distributions.entries(workspace, ids)) == 1


# -- undo


@records.postgresql_when_slow
def test_an_edit_is_undone_by_an_edit_that_says_so(workspace_on: Workspace) -> None:
    (entry_id,) = records.log(workspace_on, city="Toledo")
    before = entry_edits.entry_to_edit(workspace_on, entry_id).values
    entry_edits.edit_entry(workspace_on, edit_of(workspace_on, entry_id, city="", quantity="12"))
    entry_edits.undo_edit(workspace_on, seen(workspace_on, entry_id))
    read = entry_edits.entry_to_edit(workspace_on, entry_id)
    assert (read.values, read.entry.version) == (before, 3)
    edited, undone = records.events(workspace_on, "distribution_log.update")
    assert undone.reason == "Undone: typo"
    assert undone.metadata_json == {"undoes": edited.position}
    assert findings(workspace_on) == {}


def test_an_edit_that_somebody_changed_since_is_not_undone(workspace: Workspace) -> None:
    (entry_id,) = records.log(workspace)
    entry_edits.edit_entry(workspace, edit_of(workspace, entry_id, city="Toledo"))
    made = seen(workspace, entry_id)
    entry_edits.edit_entry(workspace, edit_of(workspace, entry_id, city="Springfield"))
    with pytest.raises(StaleEntries):
        entry_edits.undo_edit(workspace, made)
    (never_edited,) = records.log(workspace)
    with pytest.raises(StaleEdit, match="was no edit"):
        entry_edits.undo_edit(workspace, seen(workspace, never_edited))


@records.postgresql_when_slow
def test_a_deleted_entry_is_entered_again_as_one_that_names_it(workspace_on: Workspace, tmp_path: Path) -> None:
    file = records.csv_file(
        tmp_path / "one.csv", [("2026-01-05", "SO 1", "Northgate Clinic", "211410SPT", "SLQ-00001", 3)]
    )
    imports.import_lines(workspace_on, file, imports.preview(workspace_on, file))
    before = entry_edits.entry_to_edit(workspace_on, 1)
    entry_edits.delete_entries(workspace_on, seen(workspace_on, 1), "wrong file")
    (again,) = entry_edits.undo_delete(workspace_on, [1]).ids
    assert again != 1
    read = entry_edits.entry_to_edit(workspace_on, again)
    assert read.values == before.values
    assert (read.entry.source, read.entry.import_batch_id) == (Source.CSV_IMPORT, None)
    created = records.events(workspace_on, "distribution_log.create")[-1]
    assert created.reason == "Undone: wrong file"
    assert (created.metadata_json or {})["entered_again"] == 1
    with pytest.raises(StaleEdit, match="entered again already"):
        entry_edits.undo_delete(workspace_on, [1])
    with pytest.raises(StaleEdit, match="is not deleted"):
        entry_edits.undo_delete(workspace_on, [again])
    assert findings(workspace_on) == {}


def test_what_no_longer_obeys_the_rules_is_not_brought_back(workspace: Workspace) -> None:
    (entry_id,) = records.log(workspace)
    entry_edits.edit_entry(workspace, edit_of(workspace, entry_id, lot_number="SLQ-54321"))
    run_sql(
        workspace,
        "INSERT INTO settings (key, value, updated_at) VALUES ('lot-rule', 'SLQ-5[0-9]{4}', '2026-01-01 00:00:00')",
    )
    with pytest.raises(RuleBroken, match="Lot number must match format"):
        entry_edits.undo_edit(workspace, seen(workspace, entry_id))


# -- verify


def test_verify_accepts_what_was_edited_and_deleted_and_names_what_raw_sql_changed_after(
    workspace_on: Workspace, tmp_path: Path
) -> None:
    first, second = records.log(workspace_on, ("211810SPT", "SLQ-12345", 10), ("211610SPT", "SLQ-54321", 5))
    rows = [("2026-01-05", f"SO {n}", "Northgate Clinic", "211410SPT", "SLQ-00001", n) for n in (1, 2, 3)]
    file = records.csv_file(tmp_path / "three.csv", rows)
    imports.import_lines(workspace_on, file, imports.preview(workspace_on, file))
    imported = second + 1
    entry_edits.edit_entry(workspace_on, edit_of(workspace_on, first, quantity="11"))
    entry_edits.edit_entry(workspace_on, edit_of(workspace_on, imported, quantity="11", ship_date=date(2026, 1, 6)))
    entry_edits.edit_field(
        workspace_on, FieldEdit(seen(workspace_on, first, imported + 1), "city", "Springfield", "filled in")
    )
    entry_edits.delete_entries(workspace_on, seen(workspace_on, second, imported + 1), "twice")
    assert findings(workspace_on) == {}
    run_sql(workspace_on, f"UPDATE distribution_log_entries SET quantity = 7 WHERE id IN ({first}, {imported})")  # noqa: S608
    assert findings(workspace_on) == {
        "history": f"Entry {first} is not what its history says; Entry {imported} is not what its history says"
    }


# -- several people


@pytest.fixture
def two_laptops(workspace_on: Workspace) -> Iterator[tuple[Workspace, Workspace]]:
    """The same database, opened twice, by two people."""
    other = records.person(workspace_on, Role.QUALITY, name="Quinn Quality")
    second = SessionFactory(open_engine(workspace_on.sessions.engine.url))
    yield workspace_on, Workspace(second, workspace_on.store, other)
    second.close()


def test_many_edits_of_one_entry_at_once_lose_none(two_laptops: tuple[Workspace, Workspace]) -> None:
    """Each person adds one unit, ten times; whoever comes too late looks again. In the end every unit is there."""
    workspace, _ = two_laptops
    (entry_id,) = records.log(workspace, ("211810SPT", "SLQ-12345", 1))

    def add_ten(laptop: Workspace) -> None:
        for number in range(10):
            while True:
                read = entry_edits.entry_to_edit(laptop, entry_id)
                more = replace(read.values, quantity=str(int(read.values.quantity) + 1))
                edit = EntryEdit(entry_id, read.entry.version, more, f"{laptop.person.name} {number}")
                try:
                    entry_edits.edit_entry(laptop, edit)
                except StaleEntry:
                    continue
                break

    with ThreadPoolExecutor(2) as people:
        list(people.map(add_ten, two_laptops))
    (entry,) = distributions.entries(workspace, [entry_id])
    assert (entry.quantity, entry.version) == (21, 21)
    reasons = [str(event.reason) for event in records.events(workspace, "distribution_log.update")]
    assert sorted(reasons) == sorted(f"{laptop.person.name} {number}" for laptop in two_laptops for number in range(10))
    assert integrity.verify(workspace).ok


def test_an_edit_and_a_deletion_at_once_leave_one_of_them_refused(two_laptops: tuple[Workspace, Workspace]) -> None:
    workspace_on, other = two_laptops
    ids = [records.log(workspace_on, order_number=f"SO {number}")[0] for number in range(8)]
    edits = {entry_id: edit_of(workspace_on, entry_id, city="Toledo") for entry_id in ids}
    versions = {entry_id: seen(workspace_on, entry_id) for entry_id in ids}

    def answer(task: tuple[str, int]) -> tuple[str, int, bool]:
        what, entry_id = task
        try:
            if what == "edit":
                entry_edits.edit_entry(workspace_on, edits[entry_id])
            else:
                entry_edits.delete_entries(other, versions[entry_id], "gone")
        except (StaleEdit, NotFound):
            return what, entry_id, False
        return what, entry_id, True

    with ThreadPoolExecutor(2) as people:
        done = list(people.map(answer, [(what, entry_id) for entry_id in ids for what in ("edit", "delete")]))
    for entry_id in ids:
        won = [what for what, number, ok in done if number == entry_id and ok]
        assert len(won) == 1
        assert bool(distributions.entries(workspace_on, [entry_id])) is (won == ["edit"])
    assert integrity.verify(workspace_on).ok
