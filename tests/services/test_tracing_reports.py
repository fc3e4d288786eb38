"""Tracing reports: fixed bytes from a log and a filter, proven on every open and export."""

from __future__ import annotations

import csv
import hashlib
import io
import random
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from desktop.db.tables import CustomerRow, TracingReportRow
from desktop.domain.changes import Subject
from desktop.domain.distributions import LogTotals, Source
from desktop.domain.errors import EvidenceAltered, NotFound, RuleBroken, StorageTrouble
from desktop.domain.filters import DistributionFilter
from desktop.domain.permissions import Role
from desktop.domain.progress import Cancelled
from desktop.domain.reports import RECORD_COLUMNS, ReportStatus, TracingReport
from desktop.services import imports, tracing_reports
from desktop.services.tracing_reports import EmptyReport
from desktop.services.unit_of_work import Workspace
from tests.services import records
from tests.services.tampering import run_sql, stored_path

JANUARY = DistributionFilter(month=records.MONTH)
HEADER = (
    "Ship Date,Order #,Facility,City,State,SKU,Lot,Quantity,Rep,Source,"
    "Address 1,Address 2,Zip,Country,Contact Name,Contact Phone,Contact Email,Tracking #\r\n"
)


def generated(workspace: Workspace, wanted: DistributionFilter = JANUARY, **options: bool) -> TracingReport:
    """A report that was just generated."""
    (report_id,) = tracing_reports.generate(workspace, wanted, **options).ids  # type: ignore[arg-type]
    return tracing_reports.get_report(workspace, report_id)


def content(workspace: Workspace, report: TracingReport) -> str:
    """The text of a report's file."""
    return workspace.store.read(report.storage_key, report.sha256).decode()


def test_a_report_holds_the_lines_of_its_filter_in_the_fixed_order(workspace_on: Workspace) -> None:
    rita = records.person(workspace_on, Role.REP, name="Rita Rep")
    records.log(workspace_on, ("211810SPT", "SLQ-00002", 3), order_number="SO 2", ship_date=date(2026, 1, 31))
    records.log(workspace_on, ("211810SPT", "SLQ-00002", 3), order_number="SO 1", ship_date=date(2026, 1, 31))
    records.log(
        workspace_on,
        ("211610SPT", "SLQ-00002", 4),
        ("211610SPT", "SLQ-00001", 5),
        ("211410SPT", "SLQ-00009", 6),
        ("211610SPT", "SLQ-00001", 7),
        order_number="SO 3",
        ship_date=date(2026, 1, 1),
        rep_id=rita.user_id,
        facility_name='Zoë\'s "Best", Clinic',
        city="=1+1",
        zip="01234",
        tracking_number="1Z",
    )
    for outside in (date(2025, 12, 31), date(2026, 2, 1)):
        records.log(workspace_on, ship_date=outside)
    assert tracing_reports.count(workspace_on, JANUARY) == LogTotals(6, 28)
    report = generated(workspace_on)
    facility = '"Zoë\'s ""Best"", Clinic",=1+1,'
    rest = "Rita Rep,manual,,,01234,USA,,,,1Z\r\n"
    assert content(workspace_on, report) == (
        HEADER
        + f"2026-01-01,SO 3,{facility},211410SPT,SLQ-00009,6,{rest}"
        + f"2026-01-01,SO 3,{facility},211610SPT,SLQ-00001,5,{rest}"
        + f"2026-01-01,SO 3,{facility},211610SPT,SLQ-00001,7,{rest}"
        + f"2026-01-01,SO 3,{facility},211610SPT,SLQ-00002,4,{rest}"
        + "2026-01-31,SO 1,Lakeside Urology,,,211810SPT,SLQ-00002,3,,manual,,,,USA,,,,\r\n"
        + "2026-01-31,SO 2,Lakeside Urology,,,211810SPT,SLQ-00002,3,,manual,,,,USA,,,,\r\n"
    )
    assert (report.rows, report.units, report.status) == (6, 28, ReportStatus.DRAFT)
    assert (report.generated_by, report.filter) == ("Ada Admin", JANUARY)
    assert (report.approvals, report.bound_approvals) == (0, 0)


def test_the_same_log_and_filter_give_the_same_bytes_however_the_lines_came(
    workspace_on: Workspace, tmp_path: Path
) -> None:
    rows = [("2026-01-05", f"SO {n % 7}", "Lakeside Urology", "211810SPT", f"SLQ-0000{n % 3}", n) for n in range(1, 30)]
    file = records.csv_file(tmp_path / "some.csv", rows)
    imports.import_lines(workspace_on, file, imports.preview(workspace_on, file))
    first, second = generated(workspace_on), generated(workspace_on)
    assert first.sha256 == second.sha256
    assert first.storage_key != second.storage_key
    assert first.reference != second.reference
    assert hashlib.sha256(content(workspace_on, first).encode()).hexdigest() == first.sha256


def test_the_key_of_a_report_says_month_filter_and_moment(workspace: Workspace) -> None:
    records.log(workspace)
    at = datetime(2026, 3, 1, 12, 0, 0, 250, tzinfo=UTC)
    fixed = replace(workspace, clock=lambda: at)
    report = generated(fixed)
    assert report.storage_key.startswith("tracing_reports/2026-01/")
    assert report.storage_key.endswith("_20260301T120000000250Z.csv")
    assert report.generated_at == at
    with pytest.raises(StorageTrouble, match="never overwritten"):
        generated(fixed)
    other = generated(fixed, replace(JANUARY, sku="211810SPT"))
    assert other.storage_key != report.storage_key
    lot = generated(fixed, DistributionFilter(lot_number="SLQ-12345"))
    assert lot.storage_key.startswith("tracing_reports/lot_SLQ-12345/")
    in_range = generated(fixed, DistributionFilter(date_from=date(2026, 1, 1), date_to=date(2026, 1, 31)))
    assert in_range.storage_key.startswith("tracing_reports/2026-01-01_2026-01-31/")


def test_a_reference_is_the_number_and_the_first_of_the_hash_and_finds_the_report(workspace: Workspace) -> None:
    records.log(workspace)
    report = generated(workspace)
    assert report.reference == f"TR-{report.id:06d}-{report.sha256[:8].upper()}"
    assert tracing_reports.find_report(workspace, f"  {report.reference.lower()} ") == report
    for wrong in ("", "TR-000001", f"TR-000001-{'0' * 8}", report.sha256):
        with pytest.raises(NotFound, match="There is no tracing report"):
            tracing_reports.find_report(workspace, wrong)
    with pytest.raises(NotFound, match="There is no tracing report 4711"):
        tracing_reports.get_report(workspace, 4711)


def test_reports_are_listed_newest_first(workspace: Workspace) -> None:
    records.log(workspace)
    made = [generated(workspace) for _ in range(3)]
    assert tracing_reports.list_reports(workspace) == tuple(reversed(made))


@pytest.mark.parametrize(
    "wanted",
    [
        DistributionFilter(),
        DistributionFilter(sku="211810SPT"),
        DistributionFilter(source=Source.MANUAL, rep_id=1),
        DistributionFilter(date_from=date(2026, 1, 1)),
        DistributionFilter(date_to=date(2026, 1, 1)),
        DistributionFilter(date_from=date(2026, 2, 1), date_to=date(2026, 1, 1)),
        DistributionFilter(month=records.MONTH, date_from=date(2026, 2, 1)),
        DistributionFilter(month="2026-13"),
        DistributionFilter(month="../2026"),
        DistributionFilter(text="Lakeside"),
    ],
)
def test_a_report_needs_a_month_a_range_or_a_lot(workspace: Workspace, wanted: DistributionFilter) -> None:
    records.log(workspace)
    was = records.dump(workspace)
    for ask in (tracing_reports.count, tracing_reports.generate):
        with pytest.raises(RuleBroken):
            ask(workspace, wanted)  # type: ignore[operator]
    assert records.dump(workspace) == was


@records.postgresql_when_slow
def test_an_empty_report_is_said_first_and_made_only_on_purpose(workspace_on: Workspace) -> None:
    wanted = DistributionFilter(month="2025-03", sku="211610SPT")
    was = records.dump(workspace_on)
    assert tracing_reports.count(workspace_on, wanted) == LogTotals(0, 0)
    with pytest.raises(EmptyReport, match=r"No entry matches March 2025, SKU 211610SPT: the report would be empty\."):
        tracing_reports.generate(workspace_on, wanted)
    assert records.dump(workspace_on) == was
    report = generated(workspace_on, wanted, allow_empty=True)
    assert (report.rows, report.units, content(workspace_on, report)) == (0, 0, HEADER)
    assert tracing_reports.open_report(workspace_on, report.id).rows == ()


def test_names_in_a_filter_are_kept_as_they_were(workspace_on: Workspace) -> None:
    rita = records.person(workspace_on, Role.REP, name="Rita Rep")
    with workspace_on.sessions.writing() as session:
        customer_id = session.scalar(insert(CustomerRow).values(name="Lakeside Group").returning(CustomerRow.id))
        session.commit()
    records.log(workspace_on, rep_id=rita.user_id)
    wanted = replace(JANUARY, rep_id=rita.user_id, customer_id=customer_id)
    report = generated(workspace_on, wanted, allow_empty=True)
    run_sql(workspace_on, "UPDATE users SET display_name = 'Rita Other'", "UPDATE customers SET name = 'Other'")
    kept = tracing_reports.get_report(workspace_on, report.id).filter
    assert kept == replace(wanted, rep_name="Rita Rep", customer_name="Lakeside Group")
    assert kept.in_words() == "January 2026, rep Rita Rep, customer Lakeside Group"


def test_a_report_is_generated_with_its_event_and_its_file(workspace_on: Workspace) -> None:
    records.log(workspace_on)
    changes = tracing_reports.generate(workspace_on, JANUARY)
    assert changes.subjects == {Subject.TRACING_REPORTS, Subject.AUDIT}
    report = tracing_reports.get_report(workspace_on, changes.ids[0])
    (event,) = records.events(workspace_on, "tracing_reports.generate")
    assert event.entity_id == str(report.id)
    assert event.after_json == {
        "reference": report.reference,
        "filter": {"month": records.MONTH},
        "rows": 1,
        "units": 10,
        "sha256": report.sha256,
        "storage_key": report.storage_key,
        "status": "draft",
        "supersedes": None,
    }
    assert list(workspace_on.store.keys()) == [report.storage_key]


@records.postgresql_when_slow
def test_an_opened_report_is_what_is_in_its_file(workspace_on: Workspace) -> None:
    records.log(workspace_on, facility_name='A "B"\tC, D')
    report = generated(workspace_on)
    opened = tracing_reports.open_report(workspace_on, report.id)
    assert opened.report == report
    assert opened.header == tuple(column.header for column in RECORD_COLUMNS)
    assert [opened.header, *opened.rows] == [
        tuple(row) for row in csv.reader(io.StringIO(content(workspace_on, report), newline=""))
    ]
    event = records.events(workspace_on)[-1]
    assert (event.action, event.entity_id, event.metadata_json) == (
        "tracing_reports.open",
        str(report.id),
        {"sha256": report.sha256},
    )


def test_a_report_stays_as_it_is_when_the_log_changes(workspace: Workspace) -> None:
    records.log(workspace)
    report = generated(workspace)
    was = content(workspace, report)
    records.log(workspace)
    assert content(workspace, report) == was
    assert tracing_reports.get_report(workspace, report.id) == replace(report, changes=1)
    assert generated(workspace).rows == 2


@records.postgresql_when_slow
def test_one_flipped_bit_is_told_before_any_content_and_audited(workspace_on: Workspace, tmp_path: Path) -> None:
    records.log(workspace_on)
    report = generated(workspace_on)
    path = stored_path(workspace_on, report.storage_key)
    was = path.read_bytes()
    target = tmp_path / "report.csv"
    target.write_text("as it was")
    dice = random.Random(20260105)  # noqa: S311
    trials = 25
    for _ in range(trials):
        altered = bytearray(was)
        altered[dice.randrange(len(was))] ^= 1 << dice.randrange(8)
        path.write_bytes(altered)
        with pytest.raises(EvidenceAltered, match=f"“{report.storage_key}” was altered"):
            tracing_reports.open_report(workspace_on, report.id)
        with pytest.raises(EvidenceAltered):
            tracing_reports.export_report(workspace_on, report.id, target)
        assert target.read_text() == "as it was"
    events = records.events(workspace_on, "data.altered")
    assert [event.entity_id for event in events] == [str(report.id)] * trials * 2
    assert all("was altered" in (event.metadata_json or {})["found"] for event in events)
    assert records.events(workspace_on, "tracing_reports.open", "tracing_reports.download") == []
    path.write_bytes(was)
    assert tracing_reports.open_report(workspace_on, report.id).report == report


@pytest.mark.slow
def test_a_thousand_flipped_bits_are_all_told(workspace: Workspace) -> None:
    records.log(workspace)
    report = generated(workspace)
    path = stored_path(workspace, report.storage_key)
    was = path.read_bytes()
    dice = random.Random(1)  # noqa: S311
    for _ in range(1_000):
        altered = bytearray(was)
        altered[dice.randrange(len(was))] ^= 1 << dice.randrange(8)
        path.write_bytes(altered)
        with pytest.raises(EvidenceAltered):
            tracing_reports.open_report(workspace, report.id)
    assert len(records.events(workspace, "data.altered")) == 1_000


def test_a_missing_file_is_told_and_audited(workspace: Workspace, tmp_path: Path) -> None:
    records.log(workspace)
    report = generated(workspace)
    stored_path(workspace, report.storage_key).unlink()
    with pytest.raises(EvidenceAltered, match="is missing"):
        tracing_reports.open_report(workspace, report.id)
    with pytest.raises(EvidenceAltered, match="is missing"):
        tracing_reports.export_report(workspace, report.id, tmp_path / "report.csv")
    assert not (tmp_path / "report.csv").exists()
    assert len(records.events(workspace, "data.altered")) == 2


@records.postgresql_when_slow
def test_an_exported_report_is_its_exact_bytes(workspace_on: Workspace, tmp_path: Path) -> None:
    records.log(workspace_on)
    report = generated(workspace_on)
    target = tmp_path / "report.csv"
    target.write_text("replaced")
    changes = tracing_reports.export_report(workspace_on, report.id, target)
    assert changes.subjects == {Subject.AUDIT}
    assert hashlib.sha256(target.read_bytes()).hexdigest() == report.sha256
    event = records.events(workspace_on)[-1]
    assert (event.action, event.entity_id, event.metadata_json) == (
        "tracing_reports.download",
        str(report.id),
        {"file": "report.csv", "sha256": report.sha256},
    )


def test_an_export_that_fails_is_not_said_to_have_happened(workspace: Workspace, tmp_path: Path) -> None:
    records.log(workspace)
    report = generated(workspace)
    with pytest.raises(StorageTrouble):
        tracing_reports.export_report(workspace, report.id, tmp_path / "no" / "report.csv")
    assert records.events(workspace, "tracing_reports.download") == []


@records.postgresql_when_slow
def test_a_cancelled_report_leaves_nothing(workspace_on: Workspace) -> None:
    records.log(workspace_on)
    was = records.dump(workspace_on)

    def cancel(_done: int, _total: int | None) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        tracing_reports.generate(workspace_on, JANUARY, progress=cancel)
    assert records.dump(workspace_on) == was


def test_a_report_that_cannot_be_recorded_leaves_no_file(workspace: Workspace) -> None:
    records.log(workspace)
    run_sql(
        workspace,
        "CREATE TRIGGER full BEFORE INSERT ON tracing_reports BEGIN SELECT RAISE(ABORT, 'no more reports'); END",
    )
    was = records.dump(workspace)
    with pytest.raises(Exception, match="no more reports"):
        tracing_reports.generate(workspace, JANUARY)
    assert records.dump(workspace) == was


@records.postgresql_when_slow
def test_progress_is_told_up_to_the_end(workspace_on: Workspace, tmp_path: Path) -> None:
    rows = [("2026-01-05", f"SO {n}", "Lakeside Urology", "211810SPT", "SLQ-12345", 1) for n in range(4_500)]
    file = records.csv_file(tmp_path / "some.csv", rows)
    imports.import_lines(workspace_on, file, imports.preview(workspace_on, file))
    told: list[tuple[int, int | None]] = []
    tracing_reports.generate(workspace_on, JANUARY, progress=lambda done, total: told.append((done, total)))
    assert told[0] == (0, 4_500)
    assert told[-1] == (4_500, 4_500)
    assert told == sorted(told)


def test_the_text_that_asks_for_approval_quotes_the_reference(workspace: Workspace) -> None:
    records.log(workspace)
    report = generated(workspace)
    text = tracing_reports.request_text(workspace, report.id)
    assert report.reference in text
    assert "January 2026; 1 lines, 10 units" in text
    assert report.sha256 in text


def test_what_the_database_keeps_of_the_filter_gives_it_back(workspace_on: Workspace) -> None:
    records.log(workspace_on)
    wanted = DistributionFilter(
        date_from=date(2026, 1, 1),
        date_to=date(2026, 1, 31),
        source=Source.MANUAL,
        sku="211810SPT",
        lot_number="SLQ-12345",
    )
    report = generated(workspace_on, wanted)
    assert report.filter == wanted
    with workspace_on.sessions.reading() as session:
        assert session.scalars(select(TracingReportRow.filters_json)).one() == wanted.to_json()
