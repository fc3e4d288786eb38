"""The inspection pack holds everything about a report, and its verifier names whatever is done to it."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.domain.errors import EvidenceAltered
from desktop.domain.filters import DistributionFilter
from desktop.domain.reports import Meaning
from desktop.services import approvals, imports, inspection_packs, tracing_reports
from desktop.services.approvals import MailFile
from desktop.services.unit_of_work import Workspace
from tests.services import records
from tests.services.tampering import stored_path
from tests.support.databases import ADMIN


def furnished(workspace: Workspace, folder: Path) -> int:
    """The number of a final report with two mails, of entries that were typed and imported, and one added later."""
    folder.mkdir()
    (entry_id,) = records.log(workspace, facility_name="Nörthgate “東” <b>Clinic</b>")
    rows = [("2026-01-06", "SO 7", "Lakeside Urology", "211410SPT", "SLQ-00001", 4)]
    file = records.csv_file(folder / "january.csv", rows)
    imports.import_lines(workspace, file, imports.preview(workspace, file))
    records.log(workspace, ship_date=records.SHIPPED.replace(month=3), order_number="SO ELSEWHERE")
    (report_id,) = tracing_reports.generate(workspace, DistributionFilter(month=records.MONTH)).ids
    reference = tracing_reports.get_report(workspace, report_id).reference
    mails = [
        MailFile("../../evil.eml", records.mail(f"Re: <script>alert(1)</script> {reference}", "Approved. Zoë")),
        MailFile("b.eml", records.mail("Re: fine", "Approved as well.", attached=b"a,b")),
    ]
    approvals.attach(workspace, report_id, mails)
    tracing_reports.finalize(workspace, report_id, str(ADMIN.password), Meaning.APPROVED)
    records.log(workspace, ("211610SPT", "SLQ-00009", 1), order_number="SO LATE")
    assert entry_id
    return report_id


@pytest.fixture
def unpacked(workspace: Workspace, tmp_path: Path) -> Path:
    report_id = furnished(workspace, tmp_path / "files")
    inspection_packs.write_pack(workspace, report_id, tmp_path / "pack.zip")
    with zipfile.ZipFile(tmp_path / "pack.zip") as pack:
        pack.extractall(tmp_path / "pack")
    return tmp_path / "pack"


def verify(folder: Path) -> tuple[int, str]:
    """What the stock interpreter says, with nothing of ours on its path and no site-packages."""
    ran = subprocess.run(
        [sys.executable, "-I", "-S", str(folder / "verify.py")],
        capture_output=True,
        text=True,
        env={"PYTHONUTF8": "1"},
        timeout=60,
        check=False,
    )
    assert ran.stderr == ""
    return ran.returncode, ran.stdout


def test_a_pack_holds_everything_and_verifies(workspace_on: Workspace, tmp_path: Path) -> None:
    report_id = furnished(workspace_on, tmp_path / "files")
    report = tracing_reports.get_report(workspace_on, report_id)
    _, manifest_sha256 = inspection_packs.write_pack(workspace_on, report_id, tmp_path / "pack.zip")
    with zipfile.ZipFile(tmp_path / "pack.zip") as pack:
        pack.extractall(tmp_path / "pack")
        assert sorted(pack.namelist()) == sorted(
            [
                *("approvals/01.eml", "approvals/01.txt", "approvals/02.eml", "approvals/02.txt"),
                *("audit_events.jsonl", "entries.json", "index.html", "manifest.json", "report.csv", "report.pdf"),
                *("verify.ps1", "verify.py"),
            ]
        )
        assert pack.read("report.csv") == workspace_on.store.read(report.storage_key, report.sha256)
        assert "Approved. Zoë" in pack.read("approvals/01.txt").decode()
        entries = json.loads(pack.read("entries.json"))
        page = pack.read("index.html").decode()
    lives = {entry["entry"]["order_number"]: [event["action"] for event in entry["events"]] for entry in entries}
    assert lives == {
        "SO 0000901": ["distribution_log.create"],
        "SO 7": ["distribution_log.import_csv"],
        "SO LATE": ["distribution_log.create"],
    }
    assert report.reference in page
    assert "<script" not in page
    code, said = verify(tmp_path / "pack")
    assert (code, said.splitlines()[-1]) == (0, "Everything is as it was recorded.")
    assert manifest_sha256 in said
    assert manifest_sha256 in (tmp_path / "pack" / "verify.ps1").read_text()
    (event,) = records.events(workspace_on, "tracing_reports.pack")
    assert event.metadata_json is not None
    assert event.metadata_json["manifest_sha256"] == manifest_sha256


def test_events_of_other_records_are_in_the_chain_by_their_hashes_alone(unpacked: Path) -> None:
    text = (unpacked / "audit_events.jsonl").read_text(encoding="utf-8")
    assert "SO 0000901" in text
    assert "SO ELSEWHERE" not in text
    events = [json.loads(line) for line in text.splitlines()]
    assert [event["position"] for event in events] == list(range(1, len(events) + 1))
    assert {"position", "previous_hash", "event_hash"} in [set(event) for event in events]


def changed_byte(folder: Path) -> None:
    path = folder / "approvals" / "01.eml"
    content = path.read_bytes()
    path.write_bytes(content[:50] + bytes([content[50] ^ 1]) + content[51:])


def edited_manifest(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(path.read_text().replace('"units": ', '"units": 1'))


def edited_event(folder: Path) -> None:
    path = folder / "audit_events.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace("SO 0000901", "SO 0000902"), encoding="utf-8")


def cut_events(folder: Path) -> None:
    path = folder / "audit_events.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-2]))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (changed_byte, ["approvals/01.eml was altered"]),
        (lambda folder: (folder / "report.pdf").unlink(), ["report.pdf is missing"]),
        (lambda folder: (folder / "approvals" / "03.eml").write_bytes(b""), ["approvals/03.eml was added"]),
        (lambda folder: (folder / "manifest.json").unlink(), ["manifest.json is missing"]),
        (lambda folder: (folder / "manifest.json").write_bytes(b"[]"), ["manifest.json was altered", "cannot be read"]),
        (edited_manifest, ["manifest.json was altered"]),
        (edited_event, ["audit_events.jsonl was altered", "was altered"]),
        (cut_events, ["The audit events end at"]),
        (lambda folder: (folder / "audit_events.jsonl").write_bytes(b"\xff{"), ["audit_events.jsonl cannot be read"]),
    ],
)
def test_whatever_is_done_to_a_pack_is_named(
    unpacked: Path, change: Callable[[Path], object], named: list[str]
) -> None:
    change(unpacked)
    code, said = verify(unpacked)
    assert code == 1
    for finding in named:
        assert finding in said


def test_an_altered_mail_is_told_and_no_pack_is_written(workspace: Workspace, tmp_path: Path) -> None:
    report_id = furnished(workspace, tmp_path / "files")
    mail = approvals.list_approvals(workspace, report_id)[0]
    path = stored_path(workspace, mail.storage_key)
    path.chmod(0o600)
    path.write_bytes(b"forged")
    with pytest.raises(EvidenceAltered):
        inspection_packs.write_pack(workspace, report_id, tmp_path / "pack.zip")
    assert not (tmp_path / "pack.zip").exists()
    assert records.events(workspace)[-1].action == "data.altered"
