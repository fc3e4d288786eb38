"""Reading and exporting the log, and the finer points of entering a shipment."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from desktop.domain.changes import Subject
from desktop.domain.distributions import LogTotals, NewLine
from desktop.domain.errors import RuleBroken, StorageTrouble
from desktop.domain.filters import EVERYTHING, DistributionFilter, SortField, SortOrder
from desktop.domain.permissions import Role
from desktop.domain.progress import Cancelled
from desktop.domain.reports import RECORD_COLUMNS, WORKBOOK_LINES
from desktop.services import distributions, imports, tracing_reports
from desktop.services.distributions import ExportReceipt, RepeatsFound
from desktop.services.unit_of_work import Workspace
from tests.services import records

UP = SortOrder(SortField.QUANTITY, descending=False)


def test_a_shipment_says_what_it_changed_and_each_line_has_its_event(workspace_on: Workspace) -> None:
    rita = records.person(workspace_on, Role.REP)
    wanted = records.shipment(
        ("211810SPT", "slq–12345", 3), ("211610SPT", "SLQ-54321", 4), rep_id=rita.user_id, city=" Salem ", country=""
    )
    changes = distributions.create_shipment(workspace_on, wanted)
    assert changes.subjects == {Subject.DISTRIBUTIONS, Subject.AUDIT}
    entries = distributions.entries(workspace_on, changes.ids)
    assert [(entry.lot_number, entry.quantity, entry.city, entry.country) for entry in entries] == [
        ("SLQ-12345", 3, "Salem", None),
        ("SLQ-54321", 4, "Salem", None),
    ]
    events = records.events(workspace_on, "distribution_log.create")
    assert [event.entity_id for event in events] == [str(entry_id) for entry_id in changes.ids]
    for event, entry in zip(events, entries, strict=True):
        after = event.after_json or {}
        assert event.before_json is None
        assert (after["lot_number"], after["quantity"], after["rep_id"]) == (
            entry.lot_number,
            entry.quantity,
            rita.user_id,
        )
        assert entry.created_at == entry.updated_at == event.created_at
        assert entry.version == 1


@pytest.mark.parametrize("lines", [(), (NewLine("211810SPT", "SLQ-12345", "1"), NewLine("", "", ""))])
def test_nothing_of_a_shipment_is_kept_when_a_line_breaks_a_rule(
    workspace: Workspace, lines: tuple[NewLine, ...]
) -> None:
    was = records.dump(workspace)
    with pytest.raises(RuleBroken):
        distributions.create_shipment(workspace, replace(records.shipment(), lines=lines))
    assert records.dump(workspace) == was


def test_two_equal_lines_of_one_shipment_are_both_kept(workspace: Workspace) -> None:
    """Two equal boxes can both be real; only what is in the log already is a repeat."""
    line = ("211810SPT", "SLQ-12345", 3)
    ids = distributions.create_shipment(workspace, records.shipment(line, line, allow_repeats=False)).ids
    assert len(ids) == 2
    with pytest.raises(RepeatsFound) as found:
        distributions.create_shipment(workspace, records.shipment(line, allow_repeats=False))
    assert tuple(entry.id for entry in found.value.existing) == ids


def test_another_day_order_lot_or_quantity_is_no_repeat(workspace: Workspace) -> None:
    line = ("211810SPT", "SLQ-12345", 3)
    records.log(workspace, line)
    for other in (
        records.shipment(line, ship_date=records.SHIPPED + timedelta(days=1)),
        records.shipment(line, order_number="SO 0000902"),
        records.shipment(line, facility_name="Lakeside Urology Annex"),
        records.shipment(("211810SPT", "SLQ-12346", 3)),
        records.shipment(("211610SPT", "SLQ-12345", 3)),
        records.shipment(("211810SPT", "SLQ-12345", 4)),
    ):
        assert distributions.create_shipment(workspace, replace(other, allow_repeats=False)).ids


def test_the_number_of_a_manual_entry_is_the_next_free_one_of_the_day(workspace_on: Workspace) -> None:
    noon = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    day = f"{noon.astimezone():%Y%m%d}"
    fixed = replace(workspace_on, clock=lambda: noon)

    def number(workspace: Workspace) -> str:
        (entry,) = distributions.entries(workspace, records.log(workspace, order_number=""))
        return entry.order_number

    assert number(fixed) == f"MAN-{day}-0001"
    for taken in (f"MAN-{day}-0007", f"MAN-{day}-x", f"MAN-{day}-", f"man-{day}-0050", "MAN-20200101-0099"):
        records.log(fixed, order_number=taken)
    assert number(fixed) == f"MAN-{day}-0008"
    records.log(fixed, order_number=f"MAN-{day}-9999")
    assert number(fixed) == f"MAN-{day}-10000"
    tomorrow = replace(workspace_on, clock=lambda: noon + timedelta(days=1))
    assert number(tomorrow).endswith("-0001")


def test_a_shipment_of_tomorrow_is_refused_and_of_today_is_not(workspace: Workspace) -> None:
    records.log(workspace, ship_date=workspace.today())
    with pytest.raises(RuleBroken, match="Ship date cannot be in the future"):
        records.log(workspace, ship_date=workspace.today() + timedelta(days=1))


@records.postgresql_when_slow
def test_entries_come_in_the_order_asked_for_and_missing_ones_are_left_out(workspace_on: Workspace) -> None:
    ids = records.log(workspace_on, *(("211810SPT", "SLQ-12345", quantity) for quantity in range(1, 4)))
    found = distributions.entries(workspace_on, [ids[2], 4711, ids[0], ids[2]])
    assert [entry.id for entry in found] == [ids[2], ids[0], ids[2]]
    assert distributions.entries(workspace_on, []) == ()
    assert distributions.totals_of(workspace_on, [ids[2], 4711, ids[0]]) == LogTotals(2, 4)
    assert distributions.totals_of(workspace_on, []) == LogTotals(0, 0)


@records.postgresql_when_slow
def test_a_window_of_more_entries_than_fit_into_one_query(workspace_on: Workspace, tmp_path: Path) -> None:
    rows = [("2026-01-05", f"SO {n}", "Lakeside Urology", "211810SPT", "SLQ-12345", n) for n in range(1, 1_203)]
    file = records.csv_file(tmp_path / "some.csv", rows)
    imports.import_lines(workspace_on, file, imports.preview(workspace_on, file))
    keys = distributions.ordered_keys(workspace_on, EVERYTHING, UP)
    assert keys.typecode == "q"
    entries = distributions.entries(workspace_on, list(reversed(keys)))
    assert [entry.quantity for entry in entries] == list(range(1_202, 0, -1))
    assert distributions.totals_of(workspace_on, keys) == LogTotals(1_202, 1_202 * 1_203 // 2)
    assert distributions.first_entries(workspace_on, EVERYTHING, UP, 3) == tuple(reversed(entries))[:3]


def test_the_lines_of_a_shipment_are_those_of_its_order_and_day(workspace: Workspace) -> None:
    ids = records.log(workspace, ("211810SPT", "SLQ-12345", 3), ("211610SPT", "SLQ-12345", 3))
    records.log(workspace, ship_date=date(2026, 1, 6))
    records.log(workspace, order_number="SO 2")
    found = distributions.shipment_lines(workspace, "SO 0000901", records.SHIPPED)
    assert tuple(entry.id for entry in found) == ids


@pytest.mark.parametrize("export", [distributions.export_csv, distributions.export_workbook])
def test_an_export_is_written_whole_counted_and_audited(
    workspace_on: Workspace, tmp_path: Path, export: object
) -> None:
    records.log(workspace_on, ("211810SPT", "SLQ-12345", 3), ("211610SPT", "SLQ-12345", 4))
    records.log(workspace_on, ("211410SPT", "SLQ-12345", 5))
    target = tmp_path / "out"
    target.write_bytes(b"replaced")
    wanted = DistributionFilter(lot_number="SLQ-12345", month=records.MONTH)
    receipt = export(workspace_on, wanted, target)  # type: ignore[operator]
    assert receipt == ExportReceipt(3, 12, hashlib.sha256(target.read_bytes()).hexdigest())
    event = records.events(workspace_on)[-1]
    assert (event.action, event.entity_type, event.entity_id) == (
        "distribution_log.export",
        "distribution_log_entry",
        None,
    )
    assert event.metadata_json == {"file": "out", "filter": wanted.to_json(), "rows": 3, "sha256": receipt.sha256}


def test_an_exported_csv_is_the_bytes_of_a_report_and_imports_back(workspace_on: Workspace, tmp_path: Path) -> None:
    rita = records.person(workspace_on, Role.REP, name="Rita Rep")
    records.log(
        workspace_on,
        ("211810SPT", "SLQ-12345", 3),
        ("211810SPT", "SLQ-12345", 3),
        facility_name='Zoë\'s "Best", Clinic',
        rep_id=rita.user_id,
        address1="1 Main Street\nRear",
    )
    wanted = DistributionFilter(month=records.MONTH)
    target = tmp_path / "out.csv"
    receipt = distributions.export_csv(workspace_on, wanted, target)
    (report_id,) = tracing_reports.generate(workspace_on, wanted).ids
    assert tracing_reports.get_report(workspace_on, report_id).sha256 == receipt.sha256
    preview = imports.preview(workspace_on, target)
    assert (preview.counts.lines, preview.counts.duplicate) == (2, 2)
    rows = list(csv.reader(io.StringIO(target.read_text(encoding="utf-8"), newline="")))
    assert rows[0] == [column.header for column in RECORD_COLUMNS]
    assert rows[1][8:11] == ["Rita Rep", "manual", "1 Main Street\nRear"]


def test_an_export_that_fails_or_is_cancelled_leaves_the_file_and_the_audit_trail_as_they_were(
    workspace: Workspace, tmp_path: Path
) -> None:
    records.log(workspace)
    target = tmp_path / "out.csv"
    target.write_bytes(b"as it was")
    was = records.dump(workspace)

    def cancel(_done: int, _total: int | None) -> None:
        raise Cancelled

    for export in (distributions.export_csv, distributions.export_workbook):
        with pytest.raises(Cancelled):
            export(workspace, EVERYTHING, target, cancel)
        with pytest.raises(StorageTrouble):
            export(workspace, EVERYTHING, tmp_path / "no" / "out.csv")
    assert records.dump(workspace) == was
    assert target.read_bytes() == b"as it was"
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith("out") or file.name.startswith(".")] == [
        "out.csv"
    ]


def test_selected_entries_are_exported_in_their_order(workspace_on: Workspace, tmp_path: Path) -> None:
    first, second = records.log(workspace_on, ("211810SPT", "SLQ-12345", 3), ("211610SPT", "SLQ-12345", 4))
    records.log(workspace_on)
    target = tmp_path / "out.csv"
    receipt = distributions.export_csv(workspace_on, EVERYTHING, target, ids=[second, first, 4711])
    assert receipt == ExportReceipt(2, 7, hashlib.sha256(target.read_bytes()).hexdigest())
    assert [line.split(",")[5] for line in target.read_text().splitlines()] == ["SKU", "211610SPT", "211810SPT"]
    assert (records.events(workspace_on)[-1].metadata_json or {})["selected"] == 3
    everything = distributions.export_csv(workspace_on, EVERYTHING, tmp_path / "all.csv")
    keys = distributions.ordered_keys(workspace_on, EVERYTHING, SortOrder(descending=False))
    assert distributions.export_csv(workspace_on, EVERYTHING, target, ids=keys).rows == everything.rows == 3
    assert distributions.export_workbook(workspace_on, EVERYTHING, tmp_path / "out.xlsx", ids=[first]).units == 3


def test_more_than_a_workbook_holds_is_refused_before_anything_is_written(workspace: Workspace, tmp_path: Path) -> None:
    target = tmp_path / "out.xlsx"
    with pytest.raises(RuleBroken, match="at most 1,048,575 lines"):
        distributions.export_workbook(workspace, EVERYTHING, target, ids=range(WORKBOOK_LINES + 1))
    assert not target.exists()


def test_summing_entries_can_be_stopped(workspace: Workspace) -> None:
    ids = records.log(workspace, ("211810SPT", "SLQ-12345", 3), ("211610SPT", "SLQ-12345", 4))

    def cancel(_done: int, _total: int | None) -> None:
        raise Cancelled

    assert distributions.totals_of(workspace, ids) == LogTotals(2, 7)
    with pytest.raises(Cancelled):
        distributions.totals_of(workspace, ids, cancel)


def test_an_export_of_nothing_is_a_header(workspace: Workspace, tmp_path: Path) -> None:
    receipt = distributions.export_csv(workspace, EVERYTHING, tmp_path / "out.csv")
    assert (receipt.rows, receipt.units) == (0, 0)
    assert (tmp_path / "out.csv").read_text().startswith("Ship Date,Order #,")
