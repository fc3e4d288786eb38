"""The stories that have a command, told on the command line, on both engines."""

from __future__ import annotations

import csv
import hashlib
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from tests.support.command_line import CommandLine, write_csv, write_mail

MARCH = [
    "2025-03-03,SO-501,Lakeside Urology,211810SPT,SLQ-23455,10",
    "2025-03-04,SO-502,Fernmere Clinic,211610SPT,SLQ-23456,20",
    "2025-03-05,SO-503,Thornwick Hospital,211410SPT,SLQ-23456,30",
]
LATER = [
    MARCH[1],
    "2025-03-05,SO-503,Thornwick Hospital,211410SPT,SLQ-23456,35",
    "2025-03-06,SO-504,Lakeside Urology,211810SPT,SLQ-234,10",
    "2025-03-07,SO-505,Lakeside  UROLOGY,211810SPT,slq-23456,5",
]


@pytest.fixture
def admin(
    empty_database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> CommandLine:
    """The administrator of an installation that is not made yet."""
    evidence = tmp_path / "evidence"
    return CommandLine(capsys, monkeypatch, empty_database_url, evidence, "ada@example.com", "correct horse battery")


def test_a_month_from_the_office_to_the_recall(
    admin: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "run “silqeqms init” first" in admin("reports").refusal
    assert admin.json("init", "--admin-email", admin.user)["created"]["users"] == 1

    # A month from the office: one problem, one duplicate, one conflict; the good lines are logged.
    assert admin.json("import", write_csv(tmp_path / "march.csv", MARCH))["counts"]["imported"] == 3
    later = write_csv(tmp_path / "later.csv", LATER)
    ran = admin("import", later, "--json")
    assert ran.code == 1
    counts = {"lines": 4, "new": 1, "duplicate": 1, "conflict": 1, "problem": 1, "imported": 1}
    assert ran.document["counts"] == counts
    assert admin("import", later, "--json").document["counts"]["imported"] == 0
    exported = admin.json("export", "--out", tmp_path / "log.csv", "--month", "2025-03")
    assert (exported["rows"], exported["units"]) == (4, 65)

    # The monthly report holds the same bytes, and its reply is bound to it.
    first = admin.json("report", "--month", "2025-03", "--sku", "211810SPT")
    report = admin.json("report", "--month", "2025-03")
    assert report["sha256"] == exported["sha256"] == hashlib.sha256((tmp_path / "log.csv").read_bytes()).hexdigest()
    with (admin.storage / report["storage_key"]).open(encoding="utf-8", newline="") as file:
        assert [row["Quantity"] for row in csv.DictReader(file)] == ["10", "20", "30", "5"]
    reply = write_mail(tmp_path / "reply.eml", "Re: March", f"Approved.\n> Reference {report['reference']}")
    (answer,) = admin.json("approve", report["reference"], reply)
    assert (answer["accepted"], answer["binding"]) == (True, "bound")

    # Wrong mail: each is answered with what it is, and the report is unchanged.
    other = write_mail(tmp_path / "other.eml", f"Re: {first['reference']}", "Approved.")
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(20))
    ran = admin("approve", report["reference"], other, picture, "--json")
    assert ran.code == 1
    assert [(wrong["accepted"], wrong["binding"]) for wrong in ran.document] == [(False, "other_report"), (False, None)]
    assert first["reference"] in ran.document[0]["message"]

    # Something is wrong with a lot.
    trace = admin.json("trace", " slq-23456 ")
    assert (trace["lot"], trace["facilities"], trace["units"], len(trace["lines"])) == ("SLQ-23456", 3, 55, 3)

    # Read only: sees the log and the reports, and is refused with the missing permission's name.
    monkeypatch.setenv("SILQEQMS_NEW_PASSWORD", "only looking at it")
    admin.json("user", "add", "--email", "rita@example.com", "--name", "Rita Readonly", "--role", "readonly")
    rita = replace(admin, user="rita@example.com", password="only looking at it")
    assert [seen["reference"] for seen in rita.json("reports")] == [report["reference"], first["reference"]]
    for refused, permission in (
        (("import", later), "“Distribution Log: create” (distribution_log.create)"),
        (("report", "--month", "2025-03"), "“Tracing Reports: generate” (tracing_reports.generate)"),
        (("approve", report["reference"], reply), "“Approvals: upload” (approvals.upload)"),
    ):
        assert rita(*refused).refusal == f"Your account does not have the permission {permission}."

    # Everything is as it was recorded, until somebody goes behind the product's back.
    assert admin.json("verify")["ok"] is True
    stored = admin.storage / report["storage_key"]
    stored.chmod(0o600)
    stored.write_bytes(stored.read_bytes().replace(b",20,", b",21,"))
    engine = create_engine(admin.database)
    with closing(engine.raw_connection()) as connection:
        connection.cursor().execute("UPDATE distribution_log_entries SET quantity = 21 WHERE quantity = 20")
        connection.commit()
    engine.dispose()
    ran = admin("verify", "--json")
    assert ran.code == 1
    failed = {check["name"]: check["detail"] for check in ran.document["checks"] if not check["ok"]}
    assert failed.keys() == {"stored files", "history"}
    assert report["storage_key"] in failed["stored files"]
    assert "Import 1: a line was changed" in failed["history"]
