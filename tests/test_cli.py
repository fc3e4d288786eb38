"""The command line: options, answers for people and for programs, exit codes, and every way to be refused."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from desktop import __version__
from desktop.cli import main
from desktop.db.tables import CustomerRow
from desktop.db.upgrade import HEAD_REVISION
from desktop.domain.audit import AuditAction, EntityType
from desktop.domain.distributions import LogTotals, NewLine, NewShipment
from desktop.domain.filters import EVERYTHING, DistributionFilter
from desktop.domain.permissions import ROLE_PERMISSIONS, Permission, Role
from desktop.domain.reports import TracingReport
from desktop.domain.users import NewUser
from desktop.services import distributions, imports, tracing_reports, users
from desktop.services.unit_of_work import Workspace, unit_of_work
from tests.support.command_line import CommandLine, write_csv, write_mail
from tests.support.databases import ADMIN
from tests.support.pdf_documents import write_mixed_file

GOOD = "2025-01-14,SO-1,Lakeside Urology,211810SPT,SLQ-12345,5"
OTHER = "2025-02-03,SO-2,Fernmere Clinic,211610SPT,SLQ-12346,1000"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


@pytest.fixture
def silqeqms(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> CommandLine:
    """The command line of the administrator, at the same database as `workspace`."""
    monkeypatch.delenv("SILQEQMS_NEW_PASSWORD", raising=False)
    database = str(workspace.sessions.engine.url)
    return CommandLine(capsys, monkeypatch, database, tmp_path / "evidence", ADMIN.email, ADMIN.password or "")


class Program:
    """`python -m desktop` as a process of its own, whose per-user files are in the test's folder."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"

    def __call__(
        self, *arguments: object, program: Sequence[str] = ("-m", "desktop"), **environment: str
    ) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-W", "error", *program, *map(str, arguments)]
        return subprocess.run(command, capture_output=True, env=self.environment | environment, timeout=60)

    @property
    def environment(self) -> dict[str, str]:
        where = dict.fromkeys(("HOME", "XDG_DATA_HOME", "LOCALAPPDATA"), str(self.home))
        return os.environ | where


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


# --- What can be typed ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["nope"], "invalid choice: 'nope'"),
        (["user"], "COMMAND"),
        (["import"], "FILE"),
        (["reports", "--databse", "x"], "--databse"),
        (["export"], "--out"),
        (["export", "--out", "a.pdf"], "“a.pdf” must end in .csv or .xlsx"),
        (["export", "--out", "a.csv", "--month", "2025-13"], "Month “2025-13” is not written as YYYY-MM"),
        (["export", "--out", "a.csv", "--from", "20250101"], "“20250101” is not a date written as YYYY-MM-DD"),
        (["export", "--out", "a.csv", "--to", "2025-02-30"], "“2025-02-30” is not a date"),
        (["export", "--out", "a.csv", "--sku", "211811SPT"], "SKU must be one of: 211810SPT"),
        (["export", "--out", "a.csv", "--source", "fax"], "invalid choice: 'fax'"),
        (["export", "--out", "a.csv", "--lot", ""], "a lot is needed"),
        (["trace", " "], "a lot is needed"),
        (["reports", "--database", "mysql://server/name"], "DATABASE_URL cannot be read"),
        (["reports", "--database", "postgresql://server:port/name"], "DATABASE_URL cannot be read"),
        (["import", "a.csv", "--conflicts", "ask"], "invalid choice: 'ask'"),
        (["user", "add", "--email", "x@example.com", "--name", "X"], "--role"),
        (["user", "add", "--email", "x@example.com", "--name", "X", "--role", "boss"], "invalid choice: 'boss'"),
        (["--json"], "--json needs a command"),
        (["--demo", "reports"], "--demo opens the window"),
    ],
)
def test_wrong_usage_is_one_sentence_and_exit_code_2(silqeqms: CommandLine, arguments: list[str], part: str) -> None:
    assert part in silqeqms.plainly(*arguments).refusal


def test_version_and_help_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, part in (
        [["--version"], __version__],
        [["--help"], "verify"],
        [["user", "add", "--help"], "--role"],
    ):
        with pytest.raises(SystemExit) as left:
            main(arguments)
        assert left.value.code == 0
        assert part in capsys.readouterr().out


def test_common_options_are_taken_before_and_after_the_command(silqeqms: CommandLine) -> None:
    assert silqeqms("reports", "--json").document == []  # the helper puts them before; and sets who asks
    where = ["--database", silqeqms.database, "--storage", silqeqms.storage]
    assert silqeqms.plainly("--json", "reports", *where).document == []
    add = ["--email", "r@example.com", "--name", "R", "--role", "rep", "--no-password"]
    assert silqeqms.plainly("user", *where, "add", *add, "--json").document["can_sign_in"] is False
    assert "is not right" in silqeqms.plainly(*where, "reports", "--user", "nobody@example.com").refusal


# --- init -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def new_database(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line at a database that does not exist yet."""
    file = tmp_path / "new" / "silqeqms.db"
    return CommandLine(capsys, monkeypatch, str(file), tmp_path / "evidence", "ida@example.com", "ten characters")


def test_init_makes_everything_once(new_database: CommandLine) -> None:
    first = new_database.json("init", "--admin-email", "Ida@example.com", "--admin-name", "Ida Init")
    grants = sum(map(len, ROLE_PERMISSIONS.values()))
    created = {"permissions": len(Permission), "roles": len(Role), "grants": grants, "users": 1}
    assert first == {"revision": HEAD_REVISION, "created": created}

    again = new_database.json("init", "--admin-email", "somebody.else@example.com")
    assert again == {"revision": HEAD_REVISION, "created": dict.fromkeys(created, 0)}
    assert new_database.json("reports") == []


def test_init_without_an_administrator_says_what_is_missing(new_database: CommandLine) -> None:
    ran = new_database("init")
    assert ran.code == 0
    assert "There is no administrator yet" in ran.out
    assert "added: nothing" in new_database("init").out


def test_init_refuses_a_password_that_breaks_the_rule_and_asks_for_a_missing_one(new_database: CommandLine) -> None:
    new_database.password = "short"
    refusal = new_database("init", "--admin-email", "ida@example.com").refusal
    assert refusal == "Password must have at least 10 characters"
    new_database.password = ""
    refusal = new_database("init", "--admin-email", "ida@example.com").refusal
    assert refusal == "There is no password: set SILQEQMS_PASSWORD, or run this in a terminal."


def test_a_database_that_is_not_there_is_never_made_by_accident(new_database: CommandLine) -> None:
    refusal = new_database("reports").refusal
    assert refusal == f"There is no database {new_database.database}: run “silqeqms init” first."
    assert not Path(new_database.database).exists()


def test_a_database_without_tables_or_of_another_version_is_refused(new_database: CommandLine, tmp_path: Path) -> None:
    new_database.database = str(tmp_path / "other.db")
    Path(new_database.database).touch()
    assert "has no tables yet: run “silqeqms init” first" in new_database("verify").refusal

    with closing(sqlite3.connect(new_database.database)) as connection, connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("INSERT INTO alembic_version VALUES ('f00dfeed0000')")
    assert f"is at revision f00dfeed0000, not at {HEAD_REVISION}" in new_database("verify").refusal
    assert "newer version" in new_database("init").refusal


def test_a_file_that_is_no_database_is_refused(new_database: CommandLine, tmp_path: Path) -> None:
    new_database.database = str(write_csv(tmp_path / "shipments.csv", [GOOD] * 50))
    assert new_database("reports").refusal == "The file is not a database."


def test_a_missing_database_driver_is_named(program: Program) -> None:
    without_driver = "import sys; sys.modules['psycopg'] = None; from desktop.cli import main; sys.exit(main())"
    url = "postgresql://tests@127.0.0.1:1/none"
    ran = program("reports", "--database", url, program=["-c", without_driver])
    assert (ran.returncode, ran.stdout) == (2, b"")
    assert ran.stderr == b"The driver for PostgreSQL is not installed here: add psycopg\n"


# --- import -----------------------------------------------------------------------------------------------------------


def test_import_answers_field_by_field(silqeqms: CommandLine, tmp_path: Path) -> None:
    header = "Ship Date,Order #,Facility,Address 1,City,State,Zip,SKU,Lot,Qty,Tracking #"
    rows = [
        "2025-01-14,SO-1,Lakeside Urology,12 Heron Street,Quillhaven,IL,61701,211810SPT,slq-12345,1.0,770000000001",
        "soon,SO-2,,,,,,211811SPT,SLQ-1,2.5,",
    ]
    file = write_csv(tmp_path / "march.csv", rows, header)
    ran = silqeqms("import", file, "--json")
    assert ran.code == 1
    assert ran.document == {
        "file": "march.csv",
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "kind": "csv",
        "layout": None,
        "encoding": "utf-8",
        "delimiter": ",",
        "date_order": "iso",
        "batch": 1,
        "counts": {"lines": 2, "new": 1, "duplicate": 0, "conflict": 0, "problem": 1, "imported": 1},
        "lines": [
            {
                "row": 2,
                "page": None,
                "part": None,
                "state": "new",
                "ship_date": "2025-01-14",
                "order_number": "SO-1",
                "facility_name": "Lakeside Urology",
                "sku": "211810SPT",
                "item_code": None,
                "lot_number": "SLQ-12345",
                "quantity": 1,
                "quantity_as_written": "1.0",
                "tracking_number": "770000000001",
                "address1": "12 Heron Street",
                "city": "Quillhaven",
                "state_code": "IL",
                "zip": "61701",
                "problems": [],
            },
            {
                "row": 3,
                "page": None,
                "part": None,
                "state": "problem",
                "ship_date": None,
                "order_number": "SO-2",
                "facility_name": "",
                "sku": "211811SPT",
                "item_code": None,
                "lot_number": "SLQ-1",
                "quantity": None,
                "quantity_as_written": "2.5",
                "tracking_number": None,
                "address1": None,
                "city": None,
                "state_code": None,
                "zip": None,
                "problems": [
                    {
                        "field": "ship_date",
                        "value": "soon",
                        "message": "Ship date “soon” is not a date written as YYYY-MM-DD",
                    },
                    {"field": "facility_name", "value": "", "message": "Facility name is required"},
                    {
                        "field": "sku",
                        "value": "211811SPT",
                        "message": "SKU must be one of: 211810SPT, 211610SPT, 211410SPT",
                    },
                    {
                        "field": "lot_number",
                        "value": "SLQ-1",
                        "message": "Lot number must match format: SLQ-#####",
                    },
                    {"field": "quantity", "value": "2.5", "message": "Quantity must be a positive integer"},
                ],
            },
        ],
        "pages": [],
    }


def test_import_tells_people_every_remark(silqeqms: CommandLine, tmp_path: Path) -> None:
    file = write_csv(
        tmp_path / "march.csv",
        [
            GOOD,
            '2025-02-03,SO-2,Fernmere Clinic,211610SPT,slq-12346,"1,000"',
            "2025-02-03,SO-3,Fernmere,211610SPT,SLQ-1,1",
        ],
    )
    ran = silqeqms("import", file)
    assert ran.code == 1
    assert ran.out.splitlines() == [
        "march.csv: 3 lines: 2 new, 0 duplicates, 0 conflicts, 1 problem",
        "  Imported 2 lines with 1,005 units as import 1.",
        "  Line 4: Lot number “SLQ-1”: Lot number must match format: SLQ-#####",
        "  Line 3: Lot number read from “slq-12346”",
        "  Line 3: Quantity read from “1,000”",
    ]
    again = silqeqms("import", file).out
    assert "There was nothing to import." in again
    assert "The same file was imported on" in again


def test_a_very_long_list_of_remarks_is_cut_for_people_only(silqeqms: CommandLine, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "wrong.csv", [f"2025-01-14,SO-{n},Lakeside,211810SPT,SLQ-1,5" for n in range(150)])
    lines = silqeqms("import", file).out.splitlines()
    assert len(lines) == 103
    assert lines[-1] == "  … and more; --json lists every line."
    assert len(silqeqms("import", file, "--json").document["lines"]) == 150


def test_a_dry_run_writes_nothing(silqeqms: CommandLine, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "march.csv", [GOOD])
    assert "Nothing was written" in silqeqms("import", file, "--dry-run").out
    dry = silqeqms.json("import", file, "--dry-run")
    assert (dry["batch"], dry["counts"]["new"], dry["counts"]["imported"]) == (None, 1, 0)
    assert not silqeqms.storage.exists()
    wet = silqeqms.json("import", file)
    assert (wet["batch"], wet["counts"]["imported"]) == (1, 1)


def test_conflicts_are_left_out_until_they_are_decided(
    silqeqms: CommandLine, workspace: Workspace, tmp_path: Path
) -> None:
    log(workspace, write_csv(tmp_path / "first.csv", [GOOD]))
    file = write_csv(tmp_path / "second.csv", [GOOD.removesuffix("5") + "6"])

    undecided = silqeqms("import", file)
    assert undecided.code == 1
    assert "quantity 6, the log has 5: left out; decide with --conflicts skip or keep" in undecided.out
    skipped = silqeqms.json("import", file, "--conflicts", "skip")
    assert (skipped["counts"]["conflict"], skipped["counts"]["imported"]) == (1, 0)
    kept = silqeqms("import", file, "--conflicts", "keep")
    assert kept.code == 0
    assert "logged as well" in kept.out
    assert distributions.totals(workspace, EVERYTHING) == LogTotals(2, 11)


def test_a_date_order_is_said_where_a_file_proves_none(silqeqms: CommandLine, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "some.csv", ["02/01/2026,SO 1,Lakeside Urology,211810SPT,SLQ-12345,5"])
    unclear = silqeqms("import", file, "--json")
    assert (unclear.code, unclear.document["date_order"], unclear.document["counts"]["problem"]) == (1, None, 1)
    read = silqeqms.json("import", file, "--date-order", "dmy")
    assert (read["date_order"], read["lines"][0]["ship_date"]) == ("dmy", "2026-01-02")


def test_an_import_is_undone_with_a_reason(silqeqms: CommandLine, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "some.csv", ["2026-01-05,SO 1,Lakeside Urology,211810SPT,SLQ-12345,5"])
    batch = silqeqms.json("import", file)["batch"]
    assert "--reason" in silqeqms("undo-import", batch).refusal
    assert silqeqms("undo-import", batch, "--reason", " ").refusal == "Say why this import is undone"
    assert silqeqms.json("undo-import", batch, "--reason", "Wrong file") == {"batch": batch, "removed": 1}
    assert "undone already" in silqeqms("undo-import", batch, "--reason", "Wrong file").refusal
    again = silqeqms.json("import", file)["batch"]
    ran = silqeqms("undo-import", again, "--reason", "Wrong file")
    assert (ran.code, ran.out) == (0, f"Import {again} is undone: 1 line taken out of the log.\n")


def test_several_files_are_one_list(silqeqms: CommandLine, tmp_path: Path) -> None:
    first, second = write_csv(tmp_path / "a.csv", [GOOD]), write_csv(tmp_path / "b.csv", [GOOD, OTHER])
    answers = silqeqms.json("import", first, second)
    assert [(answer["file"], answer["batch"]) for answer in answers] == [("a.csv", 1), ("b.csv", 2)]
    assert [line["state"] for line in answers[1]["lines"]] == ["duplicate", "new"]


def test_a_file_that_cannot_be_imported_is_an_answer(silqeqms: CommandLine, tmp_path: Path) -> None:
    picture = tmp_path / "photo.csv"
    picture.write_bytes(PNG)
    ran = silqeqms("import", picture, write_csv(tmp_path / "a.csv", [GOOD]), "--json")
    assert ran.code == 1
    refused, imported = ran.document
    assert (refused["lines"], refused["pages"], refused["batch"]) == ([], [], None)
    assert refused["file_problem"]["kind"] == "not_this_kind"
    assert "PNG" in refused["file_problem"]["message"]
    assert imported["counts"]["imported"] == 1
    assert "file_problem" not in imported
    for_people = silqeqms("import", picture, "--dry-run")
    assert (for_people.code, for_people.out.partition(": ")[0]) == (1, "photo.csv cannot be imported")


def test_import_of_a_pdf_accounts_for_every_page(silqeqms: CommandLine, workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "slips.pdf"
    tracking = write_mixed_file(path)
    ran = silqeqms("import", path, "--dry-run", "--json")
    assert ran.code == 1  # a lot that the rule refuses, an order, a page of neither
    document = ran.document
    head = {name: document[name] for name in ("file", "kind", "layout", "encoding", "delimiter", "date_order", "batch")}
    assert head == {
        "file": "slips.pdf",
        "kind": "pdf",
        "layout": "packing_slip",
        "encoding": None,
        "delimiter": None,
        "date_order": "mdy",
        "batch": None,
    }
    first, second, third = (line for line in document["lines"] if line["page"] == 1)
    assert first == {
        "row": 1,
        "page": 1,
        "part": 2,
        "state": "new",
        "ship_date": "2026-01-02",
        "order_number": "SO 0000901",
        "facility_name": "Lakeside Urology",
        "sku": "211610SPT",
        "item_code": "21600101003",
        "lot_number": "SLQ-12345",
        "quantity": 20,
        "quantity_as_written": "2",
        "tracking_number": tracking,
        "address1": "12 Harbor St",
        "city": "Port Alder",
        "state_code": "WA",
        "zip": "98005",
        "problems": [],
    }
    assert (second["lot_number"], second["quantity"], second["quantity_as_written"]) == ("SLQ-12346", 10, "1")
    assert (third["lot_number"], third["state"], third["quantity"]) == ("SLQ-12345678", "problem", 5)
    pages = document["pages"]
    assert [(page["page"], page["layout"], page["lines"]) for page in pages] == [
        (1, "packing_slip", 3),
        (2, "sales_order", 2),
        (3, None, 0),
    ]
    assert pages[0]["order_number"] == "SO 0000901"
    assert [line["item_code"] for line in pages[0]["ignored"]] == ["SLQ-4007"]
    assert pages[2]["message"].startswith("The page is not recognised, missing ")
    assert {line["state"] for line in document["lines"] if line["page"] == 2} == {"problem"}

    for_people = silqeqms("import", path, "--dry-run").out
    assert "  Line 3 (page 1, document 2): Lot number “SLQ-12345678”: " in for_people
    assert "  Page 3: The page is not recognised, missing " in for_people
    assert "confirmed beside the page" in silqeqms("import", path).refusal
    assert distributions.totals(workspace, EVERYTHING).lines == 0


def test_a_name_typed_wrong_imports_nothing(silqeqms: CommandLine, workspace: Workspace, tmp_path: Path) -> None:
    refusal = silqeqms("import", write_csv(tmp_path / "a.csv", [GOOD]), tmp_path / "missing.csv").refusal
    assert "missing.csv” cannot be read: " in refusal
    assert distributions.totals(workspace, EVERYTHING).lines == 0


@pytest.mark.skipif(sys.platform != "linux", reason="needs a file that opens and cannot be read")
def test_trouble_in_the_middle_keeps_the_answers_before_it(silqeqms: CommandLine, tmp_path: Path) -> None:
    ran = silqeqms("import", write_csv(tmp_path / "a.csv", [GOOD]), "/proc/self/mem", "--json")
    assert ran.code == 2
    assert [answer["file"] for answer in ran.document] == ["a.csv"]
    assert "cannot be read" in ran.err


# --- export, report, reports, approve ---------------------------------------------------------------------------------


@pytest.fixture
def logged(silqeqms: CommandLine, workspace: Workspace, tmp_path: Path) -> CommandLine:
    """Three lines that differ in everything a filter can ask for."""
    rep = users.add_user(workspace, NewUser("rae.rep@example.com", "Rae Rep", (Role.REP,))).ids[0]
    by_hand = NewShipment(
        ship_date=workspace.today() - timedelta(days=1),
        order_number="SO-3",
        facility_name="Thornwick Hospital",
        lines=(NewLine("211410SPT", "SLQ-12347", "7"),),
        rep_id=rep,
        city="Thornwick",
    )
    distributions.create_shipment(workspace, by_hand)
    log(workspace, write_csv(tmp_path / "logged.csv", [GOOD, OTHER]))
    return silqeqms


def log(workspace: Workspace, file: Path) -> None:
    imports.import_lines(workspace, file, imports.preview(workspace, file))


def report_on(workspace: Workspace, month: str) -> TracingReport:
    report_id = tracing_reports.generate(workspace, DistributionFilter(month=month)).ids[0]
    return tracing_reports.get_report(workspace, report_id)


@pytest.mark.parametrize(
    ("options", "units"),
    [
        (["--month", "2025-01"], 5),
        (["--from", "2025-02-03", "--to", "2025-02-28"], 1000),
        (["--source", "manual"], 7),
        (["--rep", "Rae.Rep@example.com"], 7),
        (["--sku", "211610SPT"], 1000),
        (["--lot", "slq-12345"], 5),
        (["--text", "thornWICK so-3"], 7),
        (["--order", "SO-3"], 7),
        (["--order", "so-3"], 0),
        (["--facility", "Thornwick"], 0),
        (["--missing", "customer"], 1012),
        (["--missing", "rep"], 1005),
        (["--missing", "recall_contact"], 1012),
    ],
)
def test_every_filter_option_asks_for_its_lines(
    logged: CommandLine, tmp_path: Path, options: list[str], units: int
) -> None:
    target = tmp_path / "out.csv"
    answer = logged.json("export", "--out", target, *options)
    assert (answer["units"], answer["sha256"]) == (units, hashlib.sha256(target.read_bytes()).hexdigest())


def test_the_customer_filter_takes_a_name(logged: CommandLine, workspace: Workspace, tmp_path: Path) -> None:
    with unit_of_work(workspace) as work:
        work.session.add_all([CustomerRow(name="Fernmere Group"), CustomerRow(name="Twin"), CustomerRow(name="TWIN")])
        work.record(AuditAction.LOG_CREATE, EntityType.CUSTOMER, None)
        work.commit()
    out = ("export", "--out", tmp_path / "out.csv", "--customer")
    assert logged.json(*out, "fernmere  GROUP")["rows"] == 0
    assert logged(*out, "Nobody").refusal == "No customer is called “Nobody”."
    assert logged(*out, "twin").refusal == "2 customers are called “twin”."


def test_a_filter_that_cannot_be_meant_is_refused(logged: CommandLine, tmp_path: Path) -> None:
    out = ("export", "--out", tmp_path / "out.csv")
    assert logged(*out, "--rep", "x@example.com").refusal == "Nobody here has the e-mail address “x@example.com”."
    backwards = logged(*out, "--from", "2025-02-01", "--to", "2025-01-01").refusal
    assert backwards == "The date range ends before it begins"
    assert not (tmp_path / "out.csv").exists()


def test_export_writes_what_the_extension_says(logged: CommandLine, tmp_path: Path) -> None:
    ran = logged("export", "--out", tmp_path / "log.XLSX")
    assert ran.out.splitlines()[0] == "log.XLSX: 3 lines, 1,012 units"
    assert zipfile.is_zipfile(tmp_path / "log.XLSX")
    refusal = logged("export", "--out", tmp_path / "nowhere" / "log.csv").refusal
    assert refusal == "Could not save “log.csv”: the folder does not exist."


def test_report_and_reports(logged: CommandLine) -> None:
    assert logged("reports").out == "No tracing report yet.\n"
    report = logged.json("report", "--month", "2025-02")
    assert list(report) == ["id", "reference", "rows", "units", "sha256", "storage_key", "status"]
    assert (report["rows"], report["units"], report["status"]) == (1, 1000, "draft")
    content = (logged.storage / report["storage_key"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == report["sha256"]
    for_people = logged("report", "--lot", "SLQ-12346", "--month", "2025-02").out
    assert "(draft): February 2025, lot SLQ-12346: 1 line, 1,000 units" in for_people
    assert [found["id"] for found in logged.json("reports")] == [2, 1]
    header, newest, oldest = logged("reports").out.splitlines()
    assert header.split() == ["Reference", "Made", "By", "Content", "Lines", "Units", "Status", "Mails", "Bound"]
    assert "February 2025, lot SLQ-12346" in newest
    assert oldest.endswith("      1  1,000  draft       0      0")


def test_an_empty_report_is_made_on_purpose_only(logged: CommandLine) -> None:
    assert logged("report").refusal == "Choose a month, a date range with both ends, or a lot"
    refusal = logged("report", "--month", "2024-01").refusal
    assert refusal == "No entry matches January 2024: the report would be empty."
    assert logged.json("report", "--month", "2024-01", "--allow-empty")["rows"] == 0


def test_approve_answers_every_file(logged: CommandLine, workspace: Workspace, tmp_path: Path) -> None:
    reference = report_on(workspace, "2025-02").reference
    bound = write_mail(tmp_path / "bound.eml", f"Re: {reference}", "Approved.")
    other = write_mail(tmp_path / "other.eml", "Re: TR-000099-0011AABB", "Approved.")
    new = write_mail(tmp_path / "new.eml", "February", "All fine.")
    picture = tmp_path / "picture.eml"
    picture.write_bytes(PNG)

    ran = logged("approve", reference.lower(), bound, other, new, picture, "--json")
    assert ran.code == 1
    assert ran.document[0] == {
        "file": "bound.eml",
        "accepted": True,
        "binding": "bound",
        "subject": f"Re: {reference}",
        "from_email": "maren.oakes@example.org",
        "to_email": "quality@example.com",
        "email_date": "2025-02-04T08:30:00+00:00",
        "message": f"Attached to {reference}: the mail speaks of this report.",
    }
    answers = [(answer["accepted"], answer["binding"], answer["subject"]) for answer in ran.document[1:]]
    assert answers == [
        (False, "other_report", "Re: TR-000099-0011AABB"),
        (True, "not_verified", "February"),
        (False, None, None),
    ]
    assert "TR-000099-0011AABB" in ran.document[1]["message"]
    assert "PNG" in ran.document[3]["message"]

    again = logged("approve", reference, bound)
    assert (again.code, again.out) == (1, "bound.eml: This mail is already attached to this report.\n")
    assert "missing.eml” cannot be read" in logged("approve", reference, tmp_path / "missing.eml").refusal
    assert "no tracing report “TR-1”" in logged("approve", "TR-1", bound).refusal


# --- trace, verify, user add ------------------------------------------------------------------------------------------


def test_finalize_signs_once(logged: CommandLine, workspace: Workspace) -> None:
    report = report_on(workspace, "2025-02")
    ran = logged("finalize", report.reference.lower(), "--meaning", "approved", "--json")
    assert (ran.code, ran.document["reference"], ran.document["status"]) == (0, report.reference, "final")
    again = logged("finalize", report.reference, "--meaning", "reviewed")
    assert (again.code, again.err) == (2, "This report is final already\n")
    assert logged("finalize", report.reference).code == 2
    assert logged("finalize", report.reference, "--meaning", "noted").code == 2


def test_pack_writes_one_zip_and_tells_its_manifest(logged: CommandLine, workspace: Workspace, tmp_path: Path) -> None:
    report = report_on(workspace, "2025-02")
    ran = logged("pack", report.reference, "--out", tmp_path / "pack.zip", "--json")
    assert (ran.code, ran.document["reference"], ran.document["file"]) == (0, report.reference, "pack.zip")
    with zipfile.ZipFile(tmp_path / "pack.zip") as pack:
        manifest = pack.read("manifest.json")
    assert hashlib.sha256(manifest).hexdigest() == ran.document["manifest_sha256"]
    assert logged("pack", report.reference, "--out", tmp_path / "pack.tar").code == 2


def test_trace_says_who_received_a_lot(logged: CommandLine) -> None:
    found = logged.json("trace", "slq–12346")
    assert {name: found[name] for name in ("lot", "facilities", "units")} == {
        "lot": "SLQ-12346",
        "facilities": 1,
        "units": 1000,
    }
    (line,) = found["lines"]
    assert (line["ship_date"], line["facility_name"], line["quantity"]) == ("2025-02-03", "Fernmere Clinic", 1000)
    assert logged("trace", "SLQ-12346").out.splitlines() == [
        "Lot SLQ-12346: 1 facility, 1,000 units, 1 line",
        "",
        "Shipped     Order  Facility         City  State  SKU        Units  Contact  Phone  Tracking",
        "2025-02-03  SO-2   Fernmere Clinic               211610SPT  1,000",
    ]
    nobody = logged("trace", "SLQ-00000")
    assert (nobody.code, nobody.out) == (0, "Nobody received lot SLQ-00000.\n")


def test_verify_names_what_is_wrong(logged: CommandLine, workspace: Workspace) -> None:
    assert logged.json("verify")["ok"] is True
    key = report_on(workspace, "2025-02").storage_key
    (logged.storage / key).unlink()
    ran = logged("verify")
    assert ran.code == 1
    assert f"BAD  stored files  The stored file “{key}” is missing." in ran.out
    assert ran.out.endswith("Something is not as it was recorded.\n")


def test_user_add_takes_the_password_from_its_own_variable(
    silqeqms: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = ("user", "add", "--email", "Olga@example.com", "--name", "Olga Ops", "--role", "ops", "--role", "readonly")
    assert "set SILQEQMS_NEW_PASSWORD" in silqeqms(*add).refusal
    monkeypatch.setenv("SILQEQMS_NEW_PASSWORD", "a new password")
    answer = silqeqms.json(*add)
    assert answer | {"id": 0} == {
        "id": 0,
        "email": "olga@example.com",
        "name": "Olga Ops",
        "roles": ["ops", "readonly"],
        "can_sign_in": True,
    }
    assert "There is an account with this e-mail address already" in silqeqms(*add).refusal
    olga = replace(silqeqms, user="olga@example.com", password="a new password")
    assert olga("user", *add[1:]).refusal == "Your account does not have the permission “Users: manage” (users.manage)."
    assert olga.json("reports") == []


def test_user_roles_and_deactivate_change_an_account(silqeqms: CommandLine) -> None:
    email = "olga@example.com"
    silqeqms("user", "add", "--email", email, "--name", "Olga Ops", "--role", "ops", "--no-password")
    answer = silqeqms.json("user", "roles", "--email", email)
    assert answer | {"id": 0} == {
        "id": 0,
        "email": email,
        "name": "Olga Ops",
        "roles": ["ops"],
        "can_sign_in": False,
        "is_active": True,
    }
    assert silqeqms.json("user", "roles", "--email", email, "--role", "rep", "--role", "readonly")["roles"] == [
        "readonly",
        "rep",
    ]
    deactivated = silqeqms("user", "deactivate", "--email", email)
    assert deactivated.out == "Olga Ops <olga@example.com>: readonly, rep; deactivated.\n"
    assert silqeqms("user", "deactivate", "--email", email).refusal.startswith("Nothing was changed")
    assert "last administrator" in silqeqms("user", "deactivate", "--email", ADMIN.email).refusal
    assert "Nobody here has" in silqeqms("user", "roles", "--email", "x@example.com").refusal


def test_the_lot_rule_is_a_setting(logged: CommandLine) -> None:
    assert logged.json("settings", "list") == {"lot-rule": "SLQ-[0-9]{5}"}
    assert "the default" in logged("settings", "list").out
    change = ("settings", "set", "lot-rule", "SLQ-[0-9]{5,11}")
    assert "--reason" in logged(*change).refusal
    assert "a reason is required" in logged(*change, "--reason", " ").refusal
    assert "would take any character" in logged(*change[:3], ".*", "--reason", "So.").refusal
    assert logged.json(*change, "--reason", "The slips print longer lots.") == {"lot-rule": "SLQ-[0-9]{5,11}"}
    assert ADMIN.name in logged("settings", "list").out
    assert "invalid choice" in logged("settings", "set", "sku-rule", "A", "--reason", "So.").refusal


def test_who_asks_must_be_said_and_known(silqeqms: CommandLine) -> None:
    silqeqms.user = ""
    assert silqeqms("reports").refusal == "Say who you are: --user EMAIL, or SILQEQMS_USER."
    silqeqms.user, silqeqms.password = ADMIN.email, "not the password"
    assert silqeqms("reports").refusal == "E-mail address or password is not right."
    silqeqms.password = ""
    assert "There is no password: set SILQEQMS_PASSWORD" in silqeqms("reports").refusal


# --- The program as it is started -------------------------------------------------------------------------------------


def person(silqeqms: CommandLine) -> dict[str, str]:
    return {
        "DATABASE_URL": silqeqms.database,
        "SILQEQMS_STORAGE": str(silqeqms.storage),
        "SILQEQMS_USER": silqeqms.user,
        "SILQEQMS_PASSWORD": silqeqms.password,
    }


def test_text_from_outside_cannot_command_the_console(silqeqms: CommandLine, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "evil.csv", ["2025-01-14,SO-1,Lakeside,211810SPT,\x1b[31mSLQ-1,\u009b2J"])
    out = silqeqms("import", file).out
    assert "\x1b" not in out
    assert "\u009b" not in out
    assert "“\\x1b[31mSLQ-1”" in out


def test_a_console_without_the_characters_shows_codes(silqeqms: CommandLine, program: Program, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "märz.csv", ["2025-01-14,SO-1,Klinik Käfer,211810SPT,SLQ-1,5"])
    for_people = program("import", file, **person(silqeqms), PYTHONIOENCODING="ascii")
    assert for_people.returncode == 1, for_people.stderr
    assert for_people.stdout.startswith(b"m\\xe4rz.csv: 1 line: ")
    as_json = program("import", file, "--json", **person(silqeqms), PYTHONIOENCODING="ascii")
    assert b"Klinik K\\u00e4fer" in as_json.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_an_answer_that_cannot_be_written_is_told(silqeqms: CommandLine, program: Program) -> None:
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "desktop", "trace", "SLQ-12345"]
        environment = program.environment | person(silqeqms)
        ran = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=environment, timeout=60)
    assert ran.returncode == 2
    assert ran.stderr == b"The answer could not be written: No space left on device.\n"


def test_a_program_without_a_console_works(silqeqms: CommandLine, program: Program, tmp_path: Path) -> None:
    without_console = (
        "import sys; sys.stdin = sys.stdout = sys.stderr = None; from desktop.cli import main; sys.exit(main())"
    )
    target = tmp_path / "log.csv"
    ran = program("export", "--out", target, program=["-c", without_console], **person(silqeqms))
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")
    assert target.exists()
    assert program("nope", program=["-c", without_console]).returncode == 2


def test_a_bug_is_told_in_a_sentence_and_logged_without_what_was_entered(
    new_database: CommandLine, program: Program
) -> None:
    new_database.json("init")
    with closing(sqlite3.connect(new_database.database)) as connection, connection:
        connection.execute("CREATE TRIGGER t BEFORE INSERT ON users BEGIN SELECT RAISE(ABORT, 'odd trigger'); END")
    ran = program("init", "--admin-email", "ida@example.com", **person(new_database))
    assert (ran.returncode, ran.stdout) == (2, b"")
    sentence = ran.stderr.decode()
    assert sentence.startswith("Unexpected trouble, which is a bug (IntegrityError). Its details are in ")
    file = Path(sentence.rstrip(".\n").partition("details are in ")[2])
    assert file.is_relative_to(program.home)
    logged = file.read_text(encoding="utf-8")
    assert "odd trigger" in logged
    assert "argon2" not in logged


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
def test_the_password_is_asked_for_without_echo(silqeqms: CommandLine, program: Program) -> None:
    spawn = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"
    command = [sys.executable, "-c", spawn, sys.executable, "-m", "desktop", "reports", "--user", silqeqms.user]
    environment = program.environment | {"DATABASE_URL": silqeqms.database}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment
    ) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        wanted = f"Password of {silqeqms.user}: ".encode()
        assert running.stdout.read(len(wanted)) == wanted
        running.stdin.write(f"{silqeqms.password}\n".encode())
        running.stdin.flush()
        assert running.stdout.read().split() == b"No tracing report yet.".split()
    assert running.returncode == 0


def test_starting_up_loads_no_database_and_no_window(program: Program) -> None:
    loaded = (
        "import desktop.cli, sys; "
        "print(*{name.split('.')[0] for name in sys.modules} & {'sqlalchemy', 'alembic', 'argon2', 'PySide6'})"
    )
    assert program(program=["-c", loaded]).stdout.split() == []
