"""A throw-away database full of invented records, made through the real services: the same every time.

The clock is set, so that moments, keys and hashes agree from one build to the next; only the passwords' hashes
differ, whose salts are random.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from desktop.db.engine import SessionFactory, open_engine
from desktop.db.upgrade import bring_to_head
from desktop.demo_data import (
    ADMINISTRATOR,
    MONTHS,
    OPERATIONS,
    QUALITY,
    READ_ONLY,
    REPS,
    Month,
    Order,
    office_csv,
    orders_of,
)
from desktop.domain.filters import DistributionFilter
from desktop.domain.reports import Meaning, TracingReport
from desktop.domain.users import Actor, NewUser
from desktop.services import approvals, distributions, imports, tracing_reports, users
from desktop.services.sign_in import sign_in
from desktop.services.unit_of_work import Workspace
from desktop.storage.evidence_store import EvidenceStore

DATABASE_FILE = "demo.db"
EVIDENCE_FOLDER = "demo-evidence"
TRY_THESE_FOLDER = "try-these"

_FIRST_DAY = date(2024, 10, 30)
_AT_WORK = time(14, 0, tzinfo=UTC)
_DAY = timedelta(days=1)
_MONTHS_REPORTED = 6
_MONTH_OF_A_NEW_MAIL = (2026, 7)  # somebody wrote a new mail instead of a reply: nothing in it names the report
_MONTH_OF_A_LOT_REPORT = (2026, 8)
_FIRST_NEW_ORDER = 29_001


class Demo(NamedTuple):
    """An open workspace with the real clock, and the demo's administrator, signed in."""

    workspace: Workspace
    administrator: Actor


def build(folder: Path) -> Demo:
    """Make the demo in an empty folder: database, evidence, and in `try-these` files to import and to drop."""
    url = f"sqlite:///{folder / DATABASE_FILE}"
    bring_to_head(url)
    clock = _Clock(_FIRST_DAY)
    past = Workspace(SessionFactory(open_engine(url)), EvidenceStore(folder / EVIDENCE_FOLDER), clock=clock)
    staff = _hire(past)
    orders: Sequence[Order] = ()
    with TemporaryDirectory(dir=folder) as office:
        for month, orders in zip(MONTHS, orders_of(MONTHS), strict=True):
            _log(staff, clock, month, orders, Path(office))
            if month in MONTHS[-_MONTHS_REPORTED:]:
                _report(staff, clock, month, orders)
    _write_try_these(folder / TRY_THESE_FOLDER, staff, clock, orders)
    administrator = staff.administrator.person
    return Demo(Workspace(past.sessions, past.store, administrator), administrator)


class _Clock:
    """Tells a moment of the past, each time one second later: no two records are made in the same one."""

    def __init__(self, first: date) -> None:
        self.now = datetime.combine(first, _AT_WORK)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def go_on_to(self, day: date) -> None:
        """The beginning of work on a day, unless it is later already."""
        self.now = max(self.now, datetime.combine(day, _AT_WORK))


@dataclass(frozen=True)
class _Staff:
    """The same workspace in the names of the people who do something in it."""

    administrator: Workspace
    quality: Workspace
    operations: Workspace
    rep_ids: tuple[int, ...]


def _hire(workspace: Workspace) -> _Staff:
    users.seed_roles(workspace)
    users.create_first_administrator(workspace, ADMINISTRATOR)
    administrator = _signed_in(workspace, ADMINISTRATOR)
    for new in (QUALITY, OPERATIONS, READ_ONLY):
        users.add_user(administrator, new)
    rep_ids = tuple(users.add_user(administrator, new).ids[0] for new in REPS)
    return _Staff(administrator, _signed_in(workspace, QUALITY), _signed_in(workspace, OPERATIONS), rep_ids)


def _signed_in(workspace: Workspace, person: NewUser) -> Workspace:
    return workspace.signed_in(sign_in(workspace, person.email, person.password or ""))


def _log(staff: _Staff, clock: _Clock, month: Month, orders: Sequence[Order], office: Path) -> None:
    """Orders by phone are entered on the day; the rest comes from the office, as one file in the next month."""
    for order in orders:
        if order.by_phone:
            clock.go_on_to(order.ship_date)
            distributions.create_shipment(staff.operations, order.as_shipment(staff.rep_ids))
    file = office / f"shipments-{month[0]}-{month[1]:02d}.csv"
    # The office changed its spreadsheet's settings after a year.
    file.write_bytes(office_csv([order for order in orders if not order.by_phone], american_dates=month < (2025, 11)))
    clock.go_on_to(_first_of_next(month) + _DAY)
    imports.import_lines(staff.operations, file, imports.preview(staff.operations, file))


def _report(staff: _Staff, clock: _Clock, month: Month, orders: Sequence[Order]) -> None:
    """A month's report, and the answer to it on the next day; the last month's is still to come."""
    clock.go_on_to(_first_of_next(month) + 3 * _DAY)
    report = _generate(staff.quality, DistributionFilter(month=f"{month[0]}-{month[1]:02d}"))
    if month == _MONTH_OF_A_LOT_REPORT:
        _generate(staff.quality, DistributionFilter(lot_number=orders[0].lines[0].lot_number))
    if month == MONTHS[-1]:
        return
    clock.go_on_to(_first_of_next(month) + 4 * _DAY)
    if month == _MONTH_OF_A_NEW_MAIL:
        mail = _mail("July shipments", "I looked through the July list. It is approved.", clock.now)
    else:
        mail = _reply(staff.quality, report, clock.now)
    approvals.attach(staff.quality, report.id, [approvals.MailFile("approval.eml", mail)])
    if month < MONTHS[-2] and month != _MONTH_OF_A_NEW_MAIL:
        tracing_reports.finalize(staff.quality, report.id, QUALITY.password or "", Meaning.APPROVED)


def _generate(workspace: Workspace, wanted: DistributionFilter) -> TracingReport:
    return tracing_reports.get_report(workspace, tracing_reports.generate(workspace, wanted).ids[0])


def _first_of_next(month: Month) -> date:
    year, number = month
    return date(year + number // 12, number % 12 + 1, 1)


# --- Mails, and files to try ------------------------------------------------------------------------------------------


def _reply(workspace: Workspace, report: TracingReport, sent: datetime) -> bytes:
    """The approver's answer to the request for approval, which it quotes."""
    request = tracing_reports.request_text(workspace, report.id)
    quoted = "".join(f"> {line}".rstrip() + "\n" for line in request.splitlines())
    text = f"Approved, thank you.\n\nMaren Oakes\nMedical Affairs\n\nQuinn Abernathy wrote:\n{quoted}"
    return _mail(f"Re: Approval of tracing report {report.reference}", text, sent)


def _mail(subject: str, text: str, sent: datetime) -> bytes:
    head = {
        "From": "Maren Oakes <maren.oakes@example.org>",
        "To": f"{QUALITY.name} <{QUALITY.email}>",
        "Subject": subject,
        "Date": format_datetime(sent),
        "Message-ID": f"<{sent:%Y%m%d%H%M%S}@mail.example.org>",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
    }
    lines = [*(f"{name}: {value}" for name, value in head.items()), "", *text.splitlines()]
    return "".join(f"{line}\r\n" for line in lines).encode()


def _write_try_these(folder: Path, staff: _Staff, clock: _Clock, orders: Sequence[Order]) -> None:
    """A reply to the newest report, and a file of shipments with a problem, a duplicate and a conflict in it."""
    folder.mkdir()
    newest = tracing_reports.list_reports(staff.quality)[0]
    reply = _reply(staff.quality, newest, clock.now + _DAY)
    (folder / f"approval-of-{newest.reference}.eml").write_bytes(reply)
    *recent, repeated, differing = [order for order in orders if not order.by_phone][-6:]
    new = [replace(order, number=f"SO-{_FIRST_NEW_ORDER + index}") for index, order in enumerate(recent)]
    new[0] = replace(new[0], lines=(*new[0].lines, replace(new[0].lines[0], lot_number="SLQ-3110")))
    line = differing.lines[0]
    more = replace(line, quantity=str(int(line.quantity) + 10))
    listed = [*new, replace(repeated, lines=repeated.lines[:1]), replace(differing, lines=(more,))]
    (folder / "late-october-shipments.csv").write_bytes(office_csv(listed, american_dates=False))
