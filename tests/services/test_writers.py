"""Many writers on one database: no gap in the chain, no order number twice, no line imported twice."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import PIPE
from typing import Any

import pytest
from sqlalchemy import select

from desktop.db.tables import DistributionEntryRow
from desktop.domain.approvals import DroppedMail
from desktop.domain.errors import KnownTrouble, RuleBroken, StaleEdit
from desktop.domain.filters import DistributionFilter
from desktop.domain.permissions import Role
from desktop.domain.users import NewUser
from desktop.services import approvals, distributions, imports, integrity, tracing_reports, users
from desktop.services.approvals import MailFile
from desktop.services.unit_of_work import Workspace
from tests.services import records


def at_once(writers: int, write: Callable[[int], Any]) -> list[Any]:
    """What each of some threads got from its write, or the known trouble it ran into."""

    def answer(number: int) -> Any:
        try:
            return write(number)
        except KnownTrouble as trouble:
            return trouble

    with ThreadPoolExecutor(writers) as threads:
        return list(threads.map(answer, range(writers)))


def test_shipments_logged_at_once_get_a_number_each_and_leave_the_chain_whole(workspace_on: Workspace) -> None:
    def ten_shipments(writer: int) -> None:
        for number in range(10):
            facility = f"Facility {writer}-{number}"
            records.log(
                workspace_on,
                ("211810SPT", "SLQ-12345", 1),
                ("211610SPT", "SLQ-12345", 1),
                order_number="",
                facility_name=facility,
            )

    assert at_once(4, ten_shipments) == [None] * 4
    with workspace_on.sessions.reading() as session:
        orders = session.scalars(select(DistributionEntryRow.order_number)).all()
    prefix = f"MAN-{workspace_on.today():%Y%m%d}-"
    assert Counter(orders) == {f"{prefix}{number:04d}": 2 for number in range(1, 41)}
    assert integrity.verify(workspace_on).ok


def test_a_line_entered_twice_at_once_is_found_to_be_a_repeat(workspace_on: Workspace) -> None:
    same = records.shipment(allow_repeats=False)
    answers = at_once(3, lambda _: distributions.create_shipment(workspace_on, same))
    assert sum(isinstance(answer, distributions.RepeatsFound) for answer in answers) == 2


def test_a_file_imported_twice_at_once_is_imported_once(workspace_on: Workspace, tmp_path: Path) -> None:
    rows = [("2026-01-05", f"SO {number}", "Lakeside Urology", "211810SPT", "SLQ-12345", 1) for number in range(50)]
    file = records.csv_file(tmp_path / "fifty.csv", rows)
    previews = [imports.preview(workspace_on, file) for _ in range(3)]
    answers = at_once(3, lambda number: imports.import_lines(workspace_on, file, previews[number]))
    assert sum(isinstance(answer, StaleEdit) for answer in answers) == 2
    assert distributions.totals(workspace_on, DistributionFilter()).lines == 50
    assert len(list(workspace_on.store.keys())) == 1
    assert integrity.verify(workspace_on).ok


def test_a_mail_dropped_twice_at_once_is_attached_once(workspace_on: Workspace) -> None:
    records.log(workspace_on)
    (report_id,) = tracing_reports.generate(workspace_on, DistributionFilter(month=records.MONTH)).ids
    mail = MailFile("a.eml", records.mail())
    answers = at_once(3, lambda _: approvals.attach(workspace_on, report_id, [mail])[1][0])
    assert all(isinstance(answer, DroppedMail) for answer in answers)
    assert sum(answer.accepted for answer in answers) == 1
    assert len(approvals.list_approvals(workspace_on, report_id)) == 1


def test_a_person_added_twice_at_once_is_added_once(workspace_on: Workspace) -> None:
    new = NewUser("rita.rep@example.com", "Rita Rep", (Role.REP,))
    answers = at_once(3, lambda _: users.add_user(workspace_on, new))
    assert sum(isinstance(answer, RuleBroken) for answer in answers) == 2


def test_a_check_while_others_write_finds_nothing_wrong(workspace_on: Workspace) -> None:
    def write_or_verify(writer: int) -> bool:
        if writer == 0:
            return all(integrity.verify(workspace_on).ok for _ in range(5))
        for number in range(10):
            records.log(workspace_on, facility_name=f"Facility {writer}-{number}")
        return True

    assert at_once(3, write_or_verify) == [True] * 3


LOGS_SHIPMENTS = """
import sys
from pathlib import Path
from desktop.db.engine import SessionFactory, open_engine
from desktop.domain.users import Actor
from desktop.services.unit_of_work import Workspace
from desktop.storage.evidence_store import EvidenceStore
from tests.services import records

url, folder, user_id = sys.argv[1:]
workspace = Workspace(SessionFactory(open_engine(url)), EvidenceStore(Path(folder)), Actor(int(user_id), "Ada Admin"))
print("ready", flush=True)
for writer in sys.stdin:
    for number in range(10):
        records.log(workspace, order_number="", facility_name=f"Facility {writer}-{number}")
    print("done", flush=True)
workspace.sessions.close()
"""


def test_two_windows_on_one_sqlite_file_write_in_turn(workspace: Workspace, tmp_path: Path) -> None:
    url = str(workspace.sessions.engine.url)
    command = [sys.executable, "-c", LOGS_SHIPMENTS, url, str(tmp_path / "evidence"), str(workspace.person.user_id)]
    root = Path(__file__).resolve().parents[2]
    windows = [subprocess.Popen(command, stdin=PIPE, stdout=PIPE, text=True, cwd=root) for _ in range(2)]
    for window in windows:
        assert window.stdout is not None
        assert window.stdout.readline() == "ready\n"
    for number, window in enumerate(windows):
        assert window.stdin is not None
        window.stdin.write(f"{number}\n")
        window.stdin.flush()
    for window in windows:
        said, _ = window.communicate()
        assert said == "done\n"
        assert window.returncode == 0
    with workspace.sessions.reading() as session:
        orders = session.scalars(select(DistributionEntryRow.order_number)).all()
    assert len(set(orders)) == len(orders) == 20
    assert integrity.verify(workspace).ok


@pytest.mark.slow
def test_a_writer_that_waits_for_long_is_told_so(workspace_on: Workspace) -> None:
    with workspace_on.sessions.writing() as session:
        session.connection()
        begun = time.monotonic()
        (answer,) = at_once(1, lambda _: records.log(workspace_on))
        waited = time.monotonic() - begun
    assert str(answer) == "The database is in use by another window or program. Try again in a moment."
    assert 4 < waited < 30
