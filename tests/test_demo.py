"""The demo: the same every time, sound, made of invented names only, and with files that do what they promise."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from desktop.db.tables import AuditEventRow
from desktop.demo import DATABASE_FILE, EVIDENCE_FOLDER, TRY_THESE_FOLDER, Demo, build
from desktop.demo_data import ADMINISTRATOR, OPERATIONS, QUALITY, READ_ONLY, REPS
from desktop.domain.approvals import Binding
from desktop.domain.distributions import Source
from desktop.domain.filters import EVERYTHING, DistributionFilter
from desktop.domain.import_review import ImportCounts
from desktop.domain.permissions import ROLE_PERMISSIONS, Role
from desktop.services import approvals, distributions, imports, integrity, tracing_reports, users
from desktop.services.approvals import MailFile
from desktop.services.sign_in import sign_in

_INVENTED_ADDRESS = re.compile(r"[a-z.'-]+@(?:[a-z-]+\.)?example\.(?:com|org)")
_INVENTED_PHONE = re.compile(r"[2-9][0-9]{2}-555-01[0-9]{2}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@dataclass(frozen=True)
class Traces:
    """What a build left: the end of the audit chain and every file, by SHA-256."""

    chain_head: tuple[int, str]
    files: dict[str, str]

    @classmethod
    def of(cls, demo: Demo, folder: Path) -> Traces:
        files = files_below(folder / EVIDENCE_FOLDER) | files_below(folder / TRY_THESE_FOLDER)
        return cls(chain_head(demo), files)


@pytest.fixture(scope="module")
def built(folder: Path) -> Iterator[tuple[Demo, Traces]]:
    demo = build(folder)
    yield demo, Traces.of(demo, folder)
    demo.workspace.sessions.close()


@pytest.fixture
def demo(built: tuple[Demo, Traces]) -> Demo:
    return built[0]


def log_lines(demo: Demo, folder: Path) -> list[dict[str, str]]:
    target = folder / "whole-log.csv"
    distributions.export_csv(demo.workspace, EVERYTHING, target)
    with target.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def chain_head(demo: Demo) -> tuple[int, str]:
    with demo.workspace.sessions.reading() as session:
        events = select(AuditEventRow.position, AuditEventRow.event_hash).order_by(AuditEventRow.position.desc())
        position, event_hash = session.execute(events).first() or (0, "")
        return position, event_hash


def files_below(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_another_build_has_the_same_history_and_the_same_files(
    built: tuple[Demo, Traces], folder: Path, tmp_path: Path
) -> None:
    demo, traces = built
    again = build(tmp_path)
    assert Traces.of(again, tmp_path) == traces
    assert log_lines(again, tmp_path) == log_lines(demo, folder)
    again.workspace.sessions.close()


def test_everything_in_it_is_sound(demo: Demo, folder: Path) -> None:
    assert integrity.verify(demo.workspace).ok
    assert {path.name for path in folder.iterdir()} >= {DATABASE_FILE, EVIDENCE_FOLDER, TRY_THESE_FOLDER}
    totals = distributions.totals(demo.workspace, EVERYTHING)
    assert 2_500 <= totals.lines <= 4_000
    manual = distributions.totals(demo.workspace, DistributionFilter(source=Source.MANUAL)).lines
    assert 20 <= manual <= 200


def test_every_name_in_it_is_invented(demo: Demo, folder: Path) -> None:
    lines = log_lines(demo, folder)
    assert len({line["Facility"] for line in lines}) > 100
    assert len({line["State"] for line in lines}) == 30
    for line in lines:
        assert _INVENTED_ADDRESS.fullmatch(line["Contact Email"])
        assert not line["Contact Phone"] or _INVENTED_PHONE.fullmatch(line["Contact Phone"])
        assert re.fullmatch(r"SLQ-[0-9]{5}", line["Lot"])
        assert re.fullmatch(r"[0-9]{12}", line["Tracking #"])
        assert 1 <= int(line["Quantity"]) <= 200
        assert line["Rep"] in {rep.name for rep in REPS}
    # A recall must meet somebody who cannot be called.
    assert "" in {line["Contact Phone"] for line in lines}
    assert all(_INVENTED_ADDRESS.fullmatch(person.email) for person in users.people(demo.workspace))


def test_the_people_of_the_demo_can_sign_in(demo: Demo) -> None:
    assert demo.administrator.email == ADMINISTRATOR.email
    for person, role in ((QUALITY, Role.QUALITY), (OPERATIONS, Role.OPS), (READ_ONLY, Role.READONLY)):
        assert sign_in(demo.workspace, person.email, person.password or "").permissions == ROLE_PERMISSIONS[role]


def test_reports_have_mails_of_each_kind_and_the_newest_waits_for_its_own(demo: Demo, folder: Path) -> None:
    newest, *earlier = tracing_reports.list_reports(demo.workspace)
    assert (newest.filter.month, newest.approvals) == ("2026-10", 0)
    mails = [mail for report in earlier for mail in approvals.list_approvals(demo.workspace, report.id)]
    assert {mail.binding for mail in mails} == {Binding.BOUND, Binding.NOT_VERIFIED}
    assert any(report.filter.lot_number for report in earlier)

    (reply,) = (folder / TRY_THESE_FOLDER).glob("*.eml")
    _, (answer,) = approvals.attach(demo.workspace, newest.id, [MailFile(reply.name, reply.read_bytes())])
    assert answer.binding is Binding.BOUND
    _, (answer,) = approvals.attach(demo.workspace, earlier[0].id, [MailFile(reply.name, reply.read_bytes())])
    assert answer.binding is Binding.OTHER_REPORT


def test_the_file_to_try_holds_one_of_everything(demo: Demo, folder: Path) -> None:
    (file,) = (folder / TRY_THESE_FOLDER).glob("*.csv")
    counts = imports.preview(demo.workspace, file).counts
    assert counts == ImportCounts(lines=counts.lines, new=counts.lines - 3, duplicate=1, conflict=1, problem=1)
