"""Reviewing a file: corrections, decisions and reps without reading it again; what is remembered; what is saved."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from desktop.db.tables import DistributionEntryRow, SettingRow, StoredFileRow
from desktop.domain.errors import FileRefused, NotFound, StaleEdit
from desktop.domain.import_review import ConflictDecision, ImportChoices, ImportCounts, ImportPreview, LineState
from desktop.domain.imports import LINE_FIELDS, DateOrder, FileKind
from desktop.domain.permissions import Role
from desktop.services import imports, integrity
from desktop.services.unit_of_work import Workspace
from tests.services import records

LINE = ("2026-01-05", "SO 0000901", "Lakeside Urology", "211810SPT", "SLQ-12345")


def texts(*values: object, **others: str) -> tuple[str, ...]:
    """A correction: the required values, and others by name."""
    found = dict(zip(LINE_FIELDS, map(str, values), strict=False)) | others
    return tuple(found.get(name, "") for name in LINE_FIELDS)


def previewed(workspace: Workspace, folder: Path, *rows: tuple[object, ...]) -> tuple[Path, ImportPreview]:
    file = records.csv_file(folder / "some.csv", rows)
    return file, imports.preview(workspace, file)


def everything(preview: ImportPreview) -> tuple[ImportCounts, list[object]]:
    """What a person sees of a preview."""
    return preview.counts, list(preview.lines or ())


# --- Reviewing again --------------------------------------------------------------------------------------------------


def test_only_the_choices_change_and_the_file_may_be_gone(workspace_on: Workspace, tmp_path: Path) -> None:
    records.log(workspace_on, ("211810SPT", "SLQ-00001", 4))
    file, before = previewed(workspace_on, tmp_path, (*LINE, 1), (*LINE[:4], "SLQ-1", 2), (*LINE[:4], "SLQ-1", 4))
    was = everything(before)
    file.unlink()
    choices = ImportChoices(
        corrections={2: texts(*LINE, 2), 3: texts(*LINE[:4], "SLQ-00001", 4)}, conflicts=ConflictDecision.KEEP
    )
    again = imports.review_again(workspace_on, before, choices)
    assert again.counts == ImportCounts(lines=3, new=2, duplicate=1)
    assert (again.choices, again.file) == (choices, before.file)
    assert everything(before) == was
    back = imports.review_again(workspace_on, again, ImportChoices())
    assert everything(back) == was


ROWS = st.tuples(
    st.sampled_from(["SO 1", "SO 2", ""]),
    st.sampled_from(["Lakeside Urology", "LAKESIDE  urology"]),
    st.sampled_from(["SLQ-00001", "SLQ-00002", "SLQ-1"]),
    st.sampled_from(["1", "2", "x"]),
)


@settings(max_examples=15)
@given(st.lists(ROWS, min_size=1, max_size=6), st.lists(ROWS, max_size=4), st.data())
def test_it_gives_what_a_new_preview_would_give(
    workspace: Workspace,
    tmp_path: Path,
    rows: list[tuple[str, ...]],
    logged: list[tuple[str, ...]],
    data: st.DataObject,
) -> None:
    with workspace.sessions.writing() as session:
        session.query(DistributionEntryRow).delete()
        session.commit()
    for order, facility, lot, quantity in logged:
        if order and lot != "SLQ-1" and quantity != "x":
            records.log(workspace, ("211810SPT", lot, int(quantity)), order_number=order, facility_name=facility)
    written = [("2026-01-05", order, facility, "211810SPT", lot, quantity) for order, facility, lot, quantity in rows]
    file, preview = previewed(workspace, tmp_path, *written)
    for _ in range(2):
        chosen = data.draw(st.dictionaries(st.integers(1, len(rows)), ROWS, max_size=3))
        corrections = {
            record: texts("2026-01-05", order, facility, "211810SPT", lot, quantity)
            for record, (order, facility, lot, quantity) in chosen.items()
        }
        choices = ImportChoices(corrections=corrections)
        preview = imports.review_again(workspace, preview, choices)
        assert everything(preview) == everything(imports.preview(workspace, file, choices))


def test_what_was_reviewed_again_is_what_is_written(workspace_on: Workspace, tmp_path: Path) -> None:
    file, preview = previewed(workspace_on, tmp_path, (*LINE, 1), (*LINE[:4], "SLQ-1", 2))
    again = imports.review_again(workspace_on, preview, ImportChoices(corrections={2: texts(*LINE, 7)}))
    assert imports.import_lines(workspace_on, file, again)[1].units == 8
    (event,) = records.events(workspace_on, "distribution_log.import_csv")
    assert event.metadata_json is not None
    assert [change["field"] for change in event.metadata_json["corrections"]] == ["lot_number", "quantity"]
    assert integrity.verify(workspace_on).ok


def test_a_log_that_changed_before_it_was_reviewed_again_still_stops_the_import(
    workspace_on: Workspace, tmp_path: Path
) -> None:
    file, preview = previewed(workspace_on, tmp_path, (*LINE, 1), (*LINE[:4], "SLQ-1", 2))
    records.log(workspace_on, ("211810SPT", "SLQ-12345", 1))
    again = imports.review_again(
        workspace_on, preview, ImportChoices(corrections={2: texts(LINE[0], "SO 2", *LINE[2:], 2)})
    )
    with pytest.raises(StaleEdit, match="log changed"):
        imports.import_lines(workspace_on, file, again)


@pytest.mark.parametrize(
    "choices",
    [
        ImportChoices(encoding="cp1252"),
        ImportChoices(date_order=DateOrder.DMY),
        ImportChoices(columns={"lot_number": "Lot"}),
    ],
)
def test_choices_that_read_the_file_otherwise_need_a_preview(
    workspace: Workspace, tmp_path: Path, choices: ImportChoices
) -> None:
    _, preview = previewed(workspace, tmp_path, (*LINE, 1))
    assert not choices.read_alike(preview.choices)
    with pytest.raises(ValueError, match="ask for a preview"):
        imports.review_again(workspace, preview, choices)
    assert choices.read_alike(replace(choices, corrections={1: texts()}, reps={"": 1}, conflicts=ConflictDecision.SKIP))


def test_a_lot_rule_that_changed_since_stops_the_import(workspace_on: Workspace, tmp_path: Path) -> None:
    file, preview = previewed(workspace_on, tmp_path, (*LINE, 1))
    with workspace_on.sessions.writing() as session:
        session.execute(
            insert(SettingRow).values(key="lot-rule", value="SLQ-[0-9]{8}", updated_at=workspace_on.clock())
        )
        session.commit()
    with pytest.raises(StaleEdit, match="lot rule changed"):
        imports.import_lines(workspace_on, file, preview)


# --- Reps and order numbers -------------------------------------------------------------------------------------------


def test_a_rep_that_is_not_recognised_is_chosen_for_all_lines_alike(workspace_on: Workspace, tmp_path: Path) -> None:
    rita = records.person(workspace_on, Role.REP, name="Rita Rep").user_id
    paul = records.person(workspace_on, Role.REP, name="Paul Rep").user_id
    assert rita is not None
    assert paul is not None
    reps = ("R. Rep", " r.  REP", "Paul Rep", "", "Someone")
    rows = [(*LINE, number, rep) for number, rep in enumerate(reps, 1)]
    file = records.csv_file(tmp_path / "reps.csv", rows, (*records.HEADER, "Rep"))
    preview = imports.preview(workspace_on, file)
    again = imports.review_again(workspace_on, preview, ImportChoices(reps={"r. rep": rita, "": paul}))
    assert again.lines is not None
    notes = [" ".join(note.message for note in line.notes if note.field == "rep") for line in again.lines]
    chosen = "The rep is {}, as was chosen in this review".format
    nobody = "Nobody is called “Someone” here: the line is kept without a rep"
    assert notes == [chosen("Rita Rep"), chosen("Rita Rep"), "", chosen("Paul Rep"), nobody]
    imports.import_lines(workspace_on, file, again)
    with workspace_on.sessions.reading() as session:
        kept = session.scalars(select(DistributionEntryRow.rep_id).order_by(DistributionEntryRow.id)).all()
    assert kept == [rita, rita, paul, paul, None]
    (event,) = records.events(workspace_on, "distribution_log.import_csv")
    assert event.metadata_json is not None
    assert event.metadata_json["reps"] == [
        {"written": "", "user_id": paul, "name": "Paul Rep"},
        {"written": "r. rep", "user_id": rita, "name": "Rita Rep"},
    ]
    assert integrity.verify(workspace_on).ok


def test_a_rep_is_chosen_for_a_file_without_reps_too(workspace: Workspace, tmp_path: Path) -> None:
    file, preview = previewed(workspace, tmp_path, (*LINE, 1))
    imports.import_lines(workspace, file, imports.review_again(workspace, preview, ImportChoices(reps={"": 1})))
    with workspace.sessions.reading() as session:
        assert session.scalars(select(DistributionEntryRow.rep_id)).all() == [1]


def test_a_rep_who_is_nobody_is_refused(workspace_on: Workspace, tmp_path: Path) -> None:
    file, preview = previewed(workspace_on, tmp_path, (*LINE, 1))
    with pytest.raises(NotFound, match="no person 4711"):
        imports.import_lines(
            workspace_on, file, imports.review_again(workspace_on, preview, ImportChoices(reps={"": 4711}))
        )


def test_blank_order_numbers_are_given_free_ones(workspace_on: Workspace, tmp_path: Path) -> None:
    at = replace(workspace_on, clock=lambda: datetime(2026, 3, 1, 12, tzinfo=UTC))
    records.log(at, order_number="")
    records.log(at, ("211810SPT", "SLQ-12345", 1), order_number="MAN-20260301-0007")
    given = imports.free_order_numbers(at, 2)
    assert given == ("MAN-20260301-0008", "MAN-20260301-0009")
    file, preview = previewed(at, tmp_path, (LINE[0], "", *LINE[2:], 1), (LINE[0], "", *LINE[2:], 2))
    assert preview.counts.problem == 2
    corrections = {number: texts(LINE[0], order, *LINE[2:], number) for number, order in enumerate(given, 1)}
    again = imports.review_again(at, preview, ImportChoices(corrections=corrections))
    assert imports.import_lines(at, file, again)[1].imported == 2
    assert imports.free_order_numbers(at, 1) == ("MAN-20260301-0010",)


def test_an_order_number_that_was_taken_since_stops_the_import(workspace_on: Workspace, tmp_path: Path) -> None:
    file, preview = previewed(workspace_on, tmp_path, (LINE[0], "", *LINE[2:], 1))
    (given,) = imports.free_order_numbers(workspace_on, 1)
    choices = ImportChoices(corrections={1: texts(LINE[0], given, *LINE[2:], 1)})
    again = imports.review_again(workspace_on, preview, choices)
    assert records.log(workspace_on, order_number="", facility_name="Northgate Clinic")
    was = records.dump(workspace_on)
    with pytest.raises(StaleEdit, match=f"order number {given} was given to another shipment"):
        imports.import_lines(workspace_on, file, again)
    assert records.dump(workspace_on) == was
    told = imports.preview(workspace_on, file, choices)
    assert told.lines is not None
    assert "The log has this order number already" in [note.message for note in told.lines[0].notes]


# --- What is remembered -----------------------------------------------------------------------------------------------

ODD = ("Ship Date", "Ref", "Facility", "SKU", "Lot", "Quantity")
CHOSEN = ImportChoices(columns={"order_number": "Ref"}, date_order=DateOrder.DMY)


def odd_file(folder: Path, day: str = "02/01/2026") -> Path:
    return records.csv_file(folder / "odd.csv", [(day, *LINE[1:], 1)], ODD)


def test_columns_and_date_order_are_remembered_by_an_import_for_the_same_header(
    workspace_on: Workspace, tmp_path: Path
) -> None:
    file = odd_file(tmp_path)
    assert imports.preview(workspace_on, file).file.file_problem is not None
    chosen = imports.preview(workspace_on, file, CHOSEN)
    assert imports.preview(workspace_on, file).file.file_problem is not None, "a preview settles nothing"
    imports.import_lines(workspace_on, file, chosen)
    (event,) = records.events(workspace_on, "distribution_log.import_csv")
    assert event.metadata_json is not None
    assert event.metadata_json["columns"]["order_number"] == "Ref"
    assert (event.metadata_json["date_order"], event.metadata_json["encoding"]) == ("dmy", "utf-8")

    remembered = imports.preview(workspace_on, odd_file(tmp_path, "03/01/2026"))
    assert remembered.file.columns["order_number"] == "Ref"
    assert remembered.lines is not None
    assert remembered.lines[0].line.ship_date == date(2026, 1, 3)
    assert remembered.choices == ImportChoices()


def test_what_is_chosen_or_proved_comes_before_what_is_remembered(workspace: Workspace, tmp_path: Path) -> None:
    file = odd_file(tmp_path)
    imports.import_lines(workspace, file, imports.preview(workspace, file, CHOSEN))
    chosen = imports.preview(workspace, odd_file(tmp_path, "03/01/2026"), ImportChoices(date_order=DateOrder.MDY))
    assert chosen.lines is not None
    assert chosen.lines[0].line.ship_date == date(2026, 3, 1)
    proved = imports.preview(workspace, odd_file(tmp_path, "01/31/2026"))
    assert proved.file.date_order is DateOrder.MDY
    assert proved.counts.new == 1


def test_dates_that_need_no_order_leave_the_remembered_one(workspace: Workspace, tmp_path: Path) -> None:
    for day, choices in (("02/01/2026", CHOSEN), ("2026-01-04", None)):
        file = odd_file(tmp_path, day)
        imports.import_lines(workspace, file, imports.preview(workspace, file, choices))
    again = imports.preview(workspace, odd_file(tmp_path, "03/01/2026"))
    assert again.file.date_order is DateOrder.DMY


# --- Problem rows -----------------------------------------------------------------------------------------------------


def saved(workspace: Workspace, preview: ImportPreview, folder: Path) -> tuple[Path, list[list[str]]]:
    target = folder / "problems.csv"
    count = imports.save_problem_rows(workspace, preview, target)
    content = target.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert count == len(rows) - 1
    return target, rows


def test_problem_rows_are_saved_with_their_problems_and_import_once_corrected(
    workspace_on: Workspace, tmp_path: Path
) -> None:
    file = records.csv_file(
        tmp_path / "odd.csv",
        [("03/01/2026", *LINE[1:], 1), ("04/01/2026", *LINE[1:4], "SLQ-1", "2.5"), ("05/01/2026", *LINE[1:], "x")],
        ODD,
    )
    preview = imports.preview(workspace_on, file, CHOSEN)
    preview = imports.review_again(
        workspace_on, preview, replace(CHOSEN, corrections={3: texts("05/01/2026", "SO 7", *LINE[2:], "y")})
    )
    target, rows = saved(workspace_on, preview, tmp_path)
    quantity = "Quantity must be a positive integer"
    assert rows == [
        [*ODD, "Problems"],
        ["04/01/2026", *LINE[1:4], "SLQ-1", "2.5", f"Lot number must match format: SLQ-#####; {quantity}"],
        ["05/01/2026", "SO 7", *LINE[2:], "y", quantity],
    ]
    (event,) = records.events(workspace_on, "distribution_log.export")
    assert event.metadata_json == {"file": "problems.csv", "problem_rows_of": "odd.csv", "rows": 2}
    assert imports.preview(workspace_on, target).counts == ImportCounts(lines=2, problem=2)
    corrected = target.read_text(encoding="utf-8-sig").replace("SLQ-1,2.5", "SLQ-54321,2").replace(",y,", ",3,")
    target.write_text(corrected, encoding="utf-8-sig")
    again = imports.preview(workspace_on, target)
    assert again.counts == ImportCounts(lines=2, new=2), "the columns and the date order are those of the first file"
    assert imports.import_lines(workspace_on, target, again)[1].units == 5


NASTY = st.one_of(
    st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=12),
    st.sampled_from(
        ['=HYPERLINK("http://example.invalid","x")', "-1+1", "@SUM(1)", "+1 555-0100", "0000123", "700000000001"]
    ),
    st.sampled_from(['="00042"', '="a""b"', " =1", "'", '"', "\t=1", "a\nb", "1,5"]),
)


@settings(max_examples=25)
@given(st.lists(st.tuples(NASTY, NASTY, NASTY), min_size=1, max_size=4))
def test_texts_come_back_as_they_were_and_none_would_run_in_a_spreadsheet(
    workspace: Workspace, tmp_path: Path, rows: list[tuple[str, str, str]]
) -> None:
    """The lot is wrong in each of these rows."""
    header = (*records.HEADER, "City")
    file = records.csv_file(
        tmp_path / "nasty.csv",
        [(LINE[0], order, facility, LINE[3], "SLQ-1", 1, city) for order, facility, city in rows],
        header,
    )
    preview = imports.preview(workspace, file)
    if preview.lines is None or preview.counts.problem != len(rows):
        return  # the file is read otherwise than it was meant, which is another test's business
    target, kept = saved(workspace, preview, tmp_path)
    for row in kept[1:]:
        for cell in row:
            assert not re.match(r"\s*(?!=\"|[+-][0-9.,]+$)[=+@-]", cell), cell
    again = imports.preview(workspace, target)
    assert again.lines is not None
    assert [line.line for line in again.lines] == [line.line for line in preview.lines]
    assert {line.state for line in again.lines} == {LineState.PROBLEM}


def test_a_file_that_cannot_be_read_has_no_rows_to_save(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    preview = imports.preview(workspace, tmp_path / "empty.csv")
    with pytest.raises(FileRefused):
        imports.save_problem_rows(workspace, preview, tmp_path / "problems.csv")
    assert not (tmp_path / "problems.csv").exists()


# --- ShipStation exports ----------------------------------------------------------------------------------------------

SHIPSTATION = (
    *("Order - Number", "Date - Shipped Date", "Ship To - Company", "Item - SKU", "Item - Qty", "Lot Number"),
    "Shipment Id",
)


def shipments(folder: Path, *lines: tuple[str, str, object, str]) -> Path:
    """An export; each line is (shipment id, lot, quantity, facility)."""
    rows = [
        ("SO 1", "1/31/2026 4:00:00 AM", facility, "211810SPT", quantity, lot, shipment)
        for shipment, lot, quantity, facility in lines
    ]
    return records.csv_file(folder / "shipments.csv", rows, SHIPSTATION)


def test_a_shipment_line_is_the_same_when_shipment_sku_and_lot_agree(workspace_on: Workspace, tmp_path: Path) -> None:
    file = shipments(tmp_path, ("77", "SLQ-00001", 5, "Lakeside Urology"), ("78", "SLQ-00001", 5, "Lakeside Urology"))
    preview = imports.preview(workspace_on, file)
    assert (preview.file.kind, preview.counts) == (FileKind.SHIPSTATION, ImportCounts(lines=2, new=2))
    imports.import_lines(workspace_on, file, preview)
    with workspace_on.sessions.reading() as session:
        kept = session.execute(select(DistributionEntryRow.ss_shipment_id, DistributionEntryRow.source)).all()
        stored = session.scalars(select(StoredFileRow)).one()
    assert sorted(kept) == [("77:211810SPT:SLQ-00001", "shipstation"), ("78:211810SPT:SLQ-00001", "shipstation")]
    assert (stored.media_type, stored.key.endswith(".csv")) == ("text/csv", True)
    (event,) = records.events(workspace_on, "distribution_log.import_csv")
    assert event.metadata_json is not None
    assert (event.metadata_json["kind"], event.metadata_json["source"]) == ("shipstation", "shipstation")
    again = imports.preview(
        workspace_on,
        shipments(
            tmp_path,
            ("77", "SLQ-00001", 5, "Renamed Clinic"),
            ("78", "SLQ-00001", 6, "Lakeside Urology"),
            ("79", "SLQ-00001", 5, "Lakeside Urology"),
        ),
    )
    assert again.lines is not None
    assert [line.state.value for line in again.lines] == ["duplicate", "conflict", "new"]
    assert "cannot be kept twice" in again.lines[1].notes[-1].message
    assert integrity.verify(workspace_on).ok


def test_a_shipment_line_that_stands_in_the_file_twice_is_a_problem(workspace: Workspace, tmp_path: Path) -> None:
    lines = [("77", "SLQ-00001", quantity, "Lakeside Urology") for quantity in (5, 6)]
    file = shipments(tmp_path, *lines, ("77", "SLQ-00002", 5, "Lakeside Urology"))
    preview = imports.preview(workspace, file)
    assert preview.counts == ImportCounts(lines=3, new=2, problem=1)
    assert preview.lines is not None
    (problem,) = preview.lines[1].problems
    assert "on an earlier line, too" in problem.message
    values = list(preview.lines[1].values)
    values[LINE_FIELDS.index("lot_number")] = "SLQ-00003"
    again = imports.review_again(workspace, preview, ImportChoices(corrections={2: tuple(values)}))
    assert again.counts == ImportCounts(lines=3, new=3)
    assert imports.import_lines(workspace, file, again)[1].imported == 3
