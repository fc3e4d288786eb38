"""Importing a file: what is counted as new, what a reviewer decides, and all of it or nothing."""

from __future__ import annotations

import itertools
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select, update

from desktop.db.tables import DistributionEntryRow, ImportBatchRow, SettingRow, StoredFileRow, UserRow
from desktop.domain.changes import Subject
from desktop.domain.distributions import Source
from desktop.domain.errors import FileRefused, StaleEdit, StorageTrouble
from desktop.domain.filters import EVERYTHING, DistributionFilter, SortField, SortOrder
from desktop.domain.import_review import (
    ConflictDecision,
    ImportChoices,
    ImportCounts,
    ImportPreview,
    ImportReceipt,
    LineState,
)
from desktop.domain.imports import LINE_FIELDS, REQUIRED_FIELDS, DateOrder
from desktop.domain.permissions import Role
from desktop.domain.progress import Cancelled
from desktop.services import distributions, imports, integrity
from desktop.services.unit_of_work import Workspace
from tests.services import records
from tests.services.tampering import run_sql

LINE = ("2026-01-05", "SO 0000901", "Lakeside Urology", "211810SPT", "SLQ-12345")


def previewed(
    workspace: Workspace, folder: Path, *rows: tuple[object, ...], choices: ImportChoices | None = None
) -> tuple[Path, ImportPreview]:
    """A file with these rows, and its preview."""
    file = records.csv_file(folder / "some.csv", rows)
    return file, imports.preview(workspace, file, choices)


def imported(workspace: Workspace, folder: Path, *rows: tuple[object, ...], **choices: object) -> ImportReceipt:
    """The receipt of an import of these rows."""
    file, preview = previewed(workspace, folder, *rows, choices=ImportChoices(**choices))  # type: ignore[arg-type]
    return imports.import_lines(workspace, file, preview)[1]


def quantities(workspace: Workspace, order_number: str = "") -> list[int]:
    """What the log holds, smallest first."""
    query = select(DistributionEntryRow.quantity).order_by(DistributionEntryRow.quantity)
    if order_number:
        query = query.where(DistributionEntryRow.order_number == order_number)
    with workspace.sessions.reading() as session:
        return list(session.scalars(query))


def test_a_file_is_written_with_its_batch_its_evidence_and_its_event(workspace_on: Workspace, tmp_path: Path) -> None:
    records.log(workspace_on, ("211810SPT", "SLQ-12345", 1))
    records.log(workspace_on, ("211810SPT", "SLQ-12345", 5))
    rows = [(*LINE, 1), (*LINE, 2), (*LINE[:4], "slq–77777", 3), (*LINE[:4], "SLQ-1", 4)]
    file, preview = previewed(workspace_on, tmp_path, *rows)
    assert preview.counts == ImportCounts(lines=4, new=1, duplicate=1, conflict=1, problem=1)
    was = records.dump(workspace_on)
    imports.preview(workspace_on, file)
    assert records.dump(workspace_on) == was
    changes, receipt = imports.import_lines(workspace_on, file, preview)
    assert receipt == ImportReceipt(1, 1, 3)
    assert changes.subjects == {Subject.DISTRIBUTIONS, Subject.IMPORTS, Subject.AUDIT}
    assert changes.ids == (1,)

    (entry,) = distributions.first_entries(workspace_on, DistributionFilter(lot_number="SLQ-77777"), SortOrder(), 10)
    assert (entry.source, entry.import_batch_id, entry.import_line, entry.version) == (Source.CSV_IMPORT, 1, 4, 1)
    with workspace_on.sessions.reading() as session:
        batch = session.scalars(select(ImportBatchRow)).one()
        stored = session.scalars(select(StoredFileRow)).one()
    assert (batch.file_name, batch.kind, batch.imported_by_user_id) == ("some.csv", "csv", 1)
    assert (batch.lines, batch.imported, batch.duplicates, batch.conflicts, batch.problems) == (4, 1, 1, 1, 1)
    assert workspace_on.store.read(batch.storage_key, batch.sha256) == file.read_bytes()
    assert (stored.key, stored.sha256, stored.media_type) == (batch.storage_key, preview.file.sha256, "text/csv")
    assert (entry.created_at, entry.updated_at) == (batch.imported_at, batch.imported_at)

    (event,) = records.events(workspace_on, "distribution_log.import_csv")
    assert (event.entity_type, event.entity_id) == ("import_batch", "1")
    assert event.metadata_json == {
        "file": "some.csv",
        "sha256": batch.sha256,
        "storage_key": batch.storage_key,
        "kind": "csv",
        "source": "csv_import",
        "encoding": "utf-8",
        "sheet": None,
        "date_order": "iso",
        "columns": dict(zip(REQUIRED_FIELDS, records.HEADER, strict=True)),
        "lines": 4,
        "imported": 1,
        "units": 3,
        "duplicates": 1,
        "conflicts": 1,
        "problems": 1,
        "rows_digest": batch.rows_digest,
        "corrections": [],
        "reps": [],
    }
    assert integrity.verify(workspace_on).ok


def test_importing_a_file_again_adds_nothing_and_leaves_no_trace(workspace_on: Workspace, tmp_path: Path) -> None:
    rows = [(*LINE, 1), (*LINE, 1), (*LINE, 2)]
    assert imported(workspace_on, tmp_path, *rows).imported == 3
    was = records.dump(workspace_on)
    file, again = previewed(workspace_on, tmp_path, *rows)
    assert again.counts == ImportCounts(lines=3, duplicate=3)
    assert again.earlier is not None
    assert (again.earlier.batch_id, again.earlier.imported_by) == (1, "Ada Admin")
    assert imports.import_lines(workspace_on, file, again)[1] == ImportReceipt(None, 0, 0)
    assert records.dump(workspace_on) == was


def test_the_whole_file_again_with_one_line_more_adds_that_line(workspace: Workspace, tmp_path: Path) -> None:
    imported(workspace, tmp_path, (*LINE, 1), (*LINE, 1))
    assert imported(workspace, tmp_path, (*LINE, 1), (*LINE, 1), (*LINE, 1)).imported == 1
    assert quantities(workspace) == [1, 1, 1]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (0, "2026-01-06"),
        (1, "SO 0000902"),
        (1, "so 0000901"),
        (2, "Lakeside-Urology"),
        (3, "211610SPT"),
        (4, "SLQ-12346"),
    ],
)
def test_lines_that_differ_in_anything_but_the_quantity_are_two_lines(
    workspace: Workspace, tmp_path: Path, column: int, value: str
) -> None:
    imported(workspace, tmp_path, (*LINE, 1))
    other = (*LINE[:column], value, *LINE[column + 1 :], 1)
    _, preview = previewed(workspace, tmp_path, other)
    assert preview.counts == ImportCounts(lines=1, new=1)


_orders = itertools.count(1)
QUANTITIES = st.lists(st.integers(1, 3), max_size=6)
FACILITIES = st.sampled_from(["Lakeside Urology", "LAKESIDE  urology", " Lakeside Urology "])


def brute_force(in_file: list[int], in_log: list[int]) -> tuple[int, int, int]:
    """How many lines of a file are new, duplicate and in conflict, by crossing out pairs on paper."""
    file, log = list(in_file), list(in_log)
    duplicate = conflict = 0
    for quantity in list(file):
        if quantity in log:
            file.remove(quantity)
            log.remove(quantity)
            duplicate += 1
    while file and log:
        file.pop()
        log.pop()
        conflict += 1
    return len(file), duplicate, conflict


@settings(max_examples=40)
@given(
    st.lists(st.tuples(QUANTITIES, QUANTITIES), min_size=1, max_size=2),
    st.sampled_from([None, *ConflictDecision]),
    st.data(),
)
def test_duplicates_are_counted_and_conflicts_decided_as_on_paper(
    workspace: Workspace,
    tmp_path: Path,
    lots: list[tuple[list[int], list[int]]],
    decision: ConflictDecision | None,
    data: st.DataObject,
) -> None:
    """Each lot is a line of its own, with its quantities in the file and in the log."""
    order = f"SO {next(_orders)}"
    names = [f"SLQ-{number:05d}" for number in range(len(lots))]
    logged = [
        ("211810SPT", name, quantity) for name, (_, in_log) in zip(names, lots, strict=True) for quantity in in_log
    ]
    if logged:
        records.log(workspace, *logged, order_number=order, facility_name=data.draw(FACILITIES))
    rows = [
        ("2026-01-05", order, data.draw(FACILITIES), "211810SPT", name, quantity)
        for name, (in_file, _) in zip(names, lots, strict=True)
        for quantity in in_file
    ]
    rows = data.draw(st.permutations(rows))
    file, preview = previewed(workspace, tmp_path, *rows, choices=ImportChoices(conflicts=decision))
    new, duplicate, conflict = (sum(each) for each in zip(*itertools.starmap(brute_force, lots), strict=True))
    assert preview.counts == ImportCounts(len(rows), new, duplicate, conflict, 0)
    assert preview.lines is not None
    for state in LineState:
        assert len(preview.lines.indexes(state)) == getattr(preview.counts, state.value)

    receipt = imports.import_lines(workspace, file, preview)[1]
    kept = new + (conflict if decision is ConflictDecision.KEEP else 0)
    assert receipt.imported == kept
    found = Counter(quantities(workspace, order))
    file_lines, log_lines = Counter(q for f, _ in lots for q in f), Counter(q for _, g in lots for q in g)
    assert found >= log_lines
    assert found.total() == log_lines.total() + kept
    if decision is ConflictDecision.KEEP or conflict == 0:
        per_lot = [Counter(in_file) | Counter(in_log) for in_file, in_log in lots]
        assert found == sum(per_lot, Counter())
    assert found <= file_lines + log_lines
    _, again = previewed(workspace, tmp_path, *rows, choices=ImportChoices(conflicts=ConflictDecision.SKIP))
    assert again.counts.new == 0


def test_conflicts_are_decided_one_by_one_before_all_alike(workspace: Workspace, tmp_path: Path) -> None:
    records.log(workspace, ("211810SPT", "SLQ-12345", 1), ("211810SPT", "SLQ-54321", 1))
    rows = [(*LINE, 2), (*LINE[:4], "SLQ-54321", 3)]
    _, preview = previewed(workspace, tmp_path, *rows)
    assert preview.lines is not None
    assert [line.differs_from for line in preview.lines] == [1, 1]
    kept = imported(
        workspace,
        tmp_path,
        *rows,
        conflicts=ConflictDecision.SKIP,
        conflict_decisions={2: ConflictDecision.KEEP},
    )
    assert (kept.imported, kept.units) == (1, 3)
    assert quantities(workspace) == [1, 1, 3]


def test_a_conflict_nobody_decided_is_not_written(workspace: Workspace, tmp_path: Path) -> None:
    records.log(workspace, ("211810SPT", "SLQ-12345", 1))
    assert imported(workspace, tmp_path, (*LINE, 2)) == ImportReceipt(None, 0, 0)
    assert quantities(workspace) == [1]


def test_only_lines_without_a_problem_are_written_and_a_correction_makes_one_so(
    workspace: Workspace, tmp_path: Path
) -> None:
    rows = [(*LINE, 1), (*LINE[:4], "SLQ-1", 2)]
    corrected = dict.fromkeys(LINE_FIELDS, "") | dict(zip(LINE_FIELDS, (*LINE, "2"), strict=False))
    assert imported(workspace, tmp_path, *rows).imported == 1
    receipt = imported(workspace, tmp_path, *rows, corrections={2: tuple(corrected.values())}, conflicts=None)
    assert receipt.imported == 1
    assert quantities(workspace) == [1, 2]


def test_what_the_reviewer_corrected_stays_in_the_audit_trail(workspace_on: Workspace, tmp_path: Path) -> None:
    corrected = dict.fromkeys(LINE_FIELDS, "") | dict(zip(LINE_FIELDS, (*LINE[:4], "SLQ-12345", "7"), strict=False))
    imported(workspace_on, tmp_path, (*LINE[:4], "SLQ-\x001234", "7"), corrections={1: tuple(corrected.values())})
    (event,) = records.events(workspace_on, "distribution_log.import_csv")
    assert event.metadata_json is not None
    (correction,) = event.metadata_json["corrections"]
    assert (correction["row"], correction["field"], correction["corrected"]) == (2, "lot_number", "SLQ-12345")
    assert correction["read"].startswith("SLQ-")
    assert correction["read"].endswith("1234")
    assert integrity.verify(workspace_on).ok


def test_dates_are_read_in_the_order_that_was_chosen(workspace: Workspace, tmp_path: Path) -> None:
    row = ("02/01/2026", *LINE[1:], 1)
    _, asked = previewed(workspace, tmp_path, row)
    assert asked.counts == ImportCounts(lines=1, problem=1)
    assert imported(workspace, tmp_path, row, date_order=DateOrder.DMY).imported == 1
    (entry,) = distributions.first_entries(workspace, EVERYTHING, SortOrder(), 10)
    assert entry.ship_date.isoformat() == "2026-01-02"


def test_the_lot_rule_in_force_decides(workspace: Workspace, tmp_path: Path) -> None:
    with workspace.sessions.writing() as session:
        session.execute(insert(SettingRow).values(key="lot-rule", value="SLQ-[0-9]{8}", updated_at=workspace.clock()))
        session.commit()
    rows = [(*LINE[:4], "SLQ-12345", 1), (*LINE[:4], "SLQ-12345678", 1)]
    _, preview = previewed(workspace, tmp_path, *rows)
    assert preview.counts == ImportCounts(lines=2, new=1, problem=1)


@records.postgresql_when_slow
def test_a_file_of_many_orders_is_compared_too(workspace_on: Workspace, tmp_path: Path) -> None:
    """So many orders are not looked up one by one."""
    rows = [(*LINE[:1], f"SO {number:07d}", *LINE[2:], number + 1) for number in range(2_345)]
    assert imported(workspace_on, tmp_path, *rows).imported == len(rows)
    file, again = previewed(workspace_on, tmp_path, *rows, (*LINE, 1), (*rows[7][:5], 999_999))
    assert again.counts == ImportCounts(lines=len(rows) + 2, new=2, duplicate=len(rows))
    assert imports.import_lines(workspace_on, file, again)[1].imported == 2
    entries = distributions.first_entries(
        workspace_on, EVERYTHING, SortOrder(SortField.ORDER_NUMBER, descending=False), len(rows) + 2
    )
    assert [(entry.order_number, entry.quantity) for entry in entries if entry.import_batch_id == 1] == [
        (row[1], row[5]) for row in rows
    ]
    assert integrity.verify(workspace_on).ok


def test_a_rep_is_found_by_name_or_address(workspace_on: Workspace, tmp_path: Path) -> None:
    rita = records.person(workspace_on, Role.REP, name="Rita Rep")
    twins = [records.person(workspace_on, Role.REP, name="Sam Same") for _ in range(2)]
    gone = records.person(workspace_on, Role.REP, name="Carl Gone")
    with workspace_on.sessions.writing() as session:
        session.execute(update(UserRow).where(UserRow.id == gone.user_id).values(is_active=False))
        session.commit()
    reps = {
        " rita  REP ": rita.user_id,
        (rita.email or "").upper(): rita.user_id,
        "Sam Same": None,
        twins[0].email or "": twins[0].user_id,
        "Carl Gone": None,
        "Nobody": None,
        "": None,
    }
    rows = [(*LINE[:4], f"SLQ-0000{number}", 1, rep) for number, rep in enumerate(reps)]
    file = records.csv_file(tmp_path / "reps.csv", rows, (*records.HEADER, "Rep"))
    preview = imports.preview(workspace_on, file)
    assert preview.lines is not None
    noted = [any("Nobody is called" in note.message for note in line.notes) for line in preview.lines]
    assert noted == [rep_id is None and rep != "" for rep, rep_id in reps.items()]
    imports.import_lines(workspace_on, file, preview)
    with workspace_on.sessions.reading() as session:
        rep_ids = session.scalars(select(DistributionEntryRow.rep_id).order_by(DistributionEntryRow.id)).all()
    assert rep_ids == list(reps.values())
    assert integrity.verify(workspace_on).ok


def test_a_log_that_changed_since_the_review_stops_the_import(workspace_on: Workspace, tmp_path: Path) -> None:
    file, preview = previewed(workspace_on, tmp_path, (*LINE, 1), (*LINE, 2))
    records.log(workspace_on, ("211810SPT", "SLQ-12345", 2))
    was = records.dump(workspace_on)
    for _ in range(2):  # asking again does not make it the file that was reviewed
        with pytest.raises(StaleEdit, match="Review it again"):
            imports.import_lines(workspace_on, file, preview)
    assert records.dump(workspace_on) == was
    assert imports.import_lines(workspace_on, file, imports.preview(workspace_on, file))[1].imported == 1


def test_a_log_that_changed_to_the_same_counts_stops_the_import_too(workspace: Workspace, tmp_path: Path) -> None:
    """Else a line would be written that the reviewer saw as a duplicate."""
    records.log(workspace, ("211810SPT", "SLQ-12345", 1))
    file, preview = previewed(workspace, tmp_path, (*LINE, 1), (*LINE[:4], "SLQ-54321", 1))
    run_sql(workspace, "UPDATE distribution_log_entries SET lot_number = 'SLQ-54321'")
    assert imports.preview(workspace, file).counts == preview.counts
    for _ in range(2):
        with pytest.raises(StaleEdit):
            imports.import_lines(workspace, file, preview)
    assert quantities(workspace) == [1]


def test_a_change_of_the_log_that_concerns_no_line_of_the_file_is_none(workspace: Workspace, tmp_path: Path) -> None:
    file, preview = previewed(workspace, tmp_path, (*LINE, 1))
    records.log(workspace, ("211810SPT", "SLQ-99999", 2))
    assert imports.import_lines(workspace, file, preview)[1].imported == 1


@records.postgresql_when_slow
def test_a_file_that_changed_since_the_review_is_refused(workspace_on: Workspace, tmp_path: Path) -> None:
    file, preview = previewed(workspace_on, tmp_path, (*LINE, 1))
    was = records.dump(workspace_on)
    content = file.read_bytes()
    for changed in (content.replace(b",1\r\n", b",7\r\n"), content + b"\r\n", b""):
        file.write_bytes(changed)
        with pytest.raises(FileRefused, match="was changed since it was reviewed"):
            imports.import_lines(workspace_on, file, preview)
    file.unlink()
    with pytest.raises(StorageTrouble, match=r"Could not read “some\.csv”"):
        imports.import_lines(workspace_on, file, preview)
    assert records.dump(workspace_on) == was
    file.write_bytes(content)
    assert imports.import_lines(workspace_on, file, preview)[1].imported == 1


def test_a_file_that_cannot_be_read_is_told_and_cannot_be_imported(workspace: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "some.csv"
    for content in (b"", b"%PDF-1.7 not a table", b"a,b\r\n1,2\r\n"):
        file.write_bytes(content)
        preview = imports.preview(workspace, file)
        assert preview.file.file_problem is not None
        assert (preview.lines, preview.counts) == (None, ImportCounts())
        with pytest.raises(FileRefused):
            imports.import_lines(workspace, file, preview)
    assert list(workspace.store.keys()) == []


@records.postgresql_when_slow
def test_a_cancelled_import_leaves_nothing(workspace_on: Workspace, tmp_path: Path) -> None:
    rows = [(*LINE[:1], f"SO {number:07d}", *LINE[2:], 1) for number in range(7_000)]
    file, preview = previewed(workspace_on, tmp_path, *rows)
    was = records.dump(workspace_on)
    told: list[tuple[int, int | None]] = []

    def cancel(done: int, total: int | None) -> None:
        told.append((done, total))
        if told.count((done, total)) == 1:
            raise Cancelled

    while not told or told[-1][0] < len(rows):  # at each place where it can be
        with pytest.raises(Cancelled, match="Nothing was changed"):
            imports.import_lines(workspace_on, file, preview, cancel)
        assert records.dump(workspace_on) == was
    assert {total for _, total in told} == {7_000}
    assert [done // 5_000 * 5_000 for done in sorted({done for done, _ in told})] == [0, 5_000, 5_000]
    assert imports.import_lines(workspace_on, file, preview)[1].imported == 7_000


def test_a_preview_can_be_cancelled(workspace: Workspace, tmp_path: Path) -> None:
    file, _ = previewed(workspace, tmp_path, (*LINE, 1))

    def cancel(_done: int, _total: int | None) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        imports.preview(workspace, file, None, cancel)


def test_shipment_ids_that_repeat_are_refused_in_one_sentence(workspace_on: Workspace, tmp_path: Path) -> None:
    header = (*records.HEADER, "Shipment Id")
    file = records.csv_file(tmp_path / "some.csv", [(*LINE, 1, "77"), (*LINE, 2, "77")], header)
    was = records.dump(workspace_on)
    with pytest.raises(FileRefused, match="shipment id"):
        imports.import_lines(workspace_on, file, imports.preview(workspace_on, file))
    assert records.dump(workspace_on) == was
    file = records.csv_file(tmp_path / "some.csv", [(*LINE, 1, "77"), (*LINE, 2, "78"), (*LINE, 3, "")], header)
    assert imports.import_lines(workspace_on, file, imports.preview(workspace_on, file))[1].imported == 3


def test_text_of_a_file_comes_back_as_it_was(workspace_on: Workspace, tmp_path: Path) -> None:
    odd = "Zoë's “Clinic”, 100% \\ %s :x {y} \u2028\U0001f600 =1+1"
    (receipt,) = [imported(workspace_on, tmp_path, (*LINE[:2], odd, *LINE[3:], 1))]
    assert receipt.imported == 1
    (entry,) = distributions.first_entries(workspace_on, EVERYTHING, SortOrder(), 10)
    assert entry.facility_name == odd
    assert previewed(workspace_on, tmp_path, (*LINE[:2], odd, *LINE[3:], 1))[1].counts.duplicate == 1


def test_two_imports_at_one_moment_keep_both_files(workspace: Workspace, tmp_path: Path) -> None:
    for number in (1, 2):
        assert imported(workspace, tmp_path, (*LINE, number), (*LINE[:4], f"SLQ-0000{number}", 1)).imported > 0
    with workspace.sessions.reading() as session:
        assert session.scalar(select(func.count()).select_from(StoredFileRow)) == 2
