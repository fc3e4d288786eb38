"""Tracing reports: what may be asked for, how the record CSV is laid out, and how a report is called."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

from desktop.domain.audit import canonical_json
from desktop.domain.entry_life import FieldChange
from desktop.domain.errors import RuleBroken
from desktop.domain.filters import DistributionFilter
from desktop.domain.imports import Problem


class ReportStatus(StrEnum):
    """A draft becomes final by a signature and never goes back."""

    DRAFT = "draft"
    FINAL = "final"


class Meaning(StrEnum):
    """What a signature means, as 21 CFR 11.50 wants it stated."""

    APPROVED = "approved"
    REVIEWED = "reviewed"
    AUTHORED = "authored"


class ChangeKind(StrEnum):
    """What became of a line after a report was made."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


class RecordColumn(NamedTuple):
    """One column of the record CSV: its header and the field of `DistributionEntry` it holds."""

    header: str
    field: str


# Fixed: reports and exports made years apart must be comparable byte by byte.
RECORD_COLUMNS = (
    RecordColumn("Ship Date", "ship_date"),
    RecordColumn("Order #", "order_number"),
    RecordColumn("Facility", "facility_name"),
    RecordColumn("City", "city"),
    RecordColumn("State", "state"),
    RecordColumn("SKU", "sku"),
    RecordColumn("Lot", "lot_number"),
    RecordColumn("Quantity", "quantity"),
    RecordColumn("Rep", "rep_name"),
    RecordColumn("Source", "source"),
    RecordColumn("Address 1", "address1"),
    RecordColumn("Address 2", "address2"),
    RecordColumn("Zip", "zip"),
    RecordColumn("Country", "country"),
    RecordColumn("Contact Name", "contact_name"),
    RecordColumn("Contact Phone", "contact_phone"),
    RecordColumn("Contact Email", "contact_email"),
    RecordColumn("Tracking #", "tracking_number"),
)

# Excel's own limit, less the header: support.microsoft.com, "Excel specifications and limits".
WORKBOOK_LINES = 1_048_576 - 1

# A lot in a key is for people who look into the folder; the filter's hash is what tells two reports apart.
_UNSAFE_IN_KEY = re.compile(r"[^0-9A-Za-z-]")
_LOT_IN_KEY = 60


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed, when, what it means, and the SHA-256 of the exact bytes that were signed."""

    printed_name: str
    signed_at: datetime
    meaning: Meaning
    sha256: str


@dataclass(frozen=True, slots=True)
class TracingReport:
    """One report of the list.

    `changes` counts the lines that were added, changed or removed since: with any, the report is stale.
    `supersedes` and `superseded_by` are references.
    """

    id: int
    reference: str
    generated_at: datetime
    generated_by: str
    filter: DistributionFilter
    rows: int
    units: int
    sha256: str
    storage_key: str
    status: ReportStatus
    approvals: int
    bound_approvals: int
    changes: int = 0
    signature: Signature | None = None
    supersedes: str | None = None
    superseded_by: str | None = None

    @property
    def is_stale(self) -> bool:
        """Whether the log says something else by now than the report."""
        return self.changes > 0


@dataclass(frozen=True, slots=True)
class ReportChange:
    """Something that happened to `lines` lines of a report after it was made, by an edit, a deletion, or an import.

    `what` names the entry or the import in words. `fields` are those that differ; an import has none.
    """

    changed_at: datetime
    kind: ChangeKind
    lines: int
    what: str
    changed_by: str
    reason: str | None
    entry_id: int | None = None
    import_batch_id: int | None = None
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenedReport:
    """A report whose bytes were re-hashed and found unaltered: header and rows as they are in the file."""

    report: TracingReport
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The latest audit event when something was printed: its position, and its hash in hex."""

    position: int
    event_hash: str


@dataclass(frozen=True, slots=True)
class Printing:
    """Who prints a report, when, and how far the audit trail had come."""

    printed_at: datetime
    printed_by: str
    chain_head: ChainHead


def check_report_filter(wanted: DistributionFilter) -> None:
    """Raises `RuleBroken` unless a month, a date range or a lot is asked for."""
    first, last = wanted.dates()
    if wanted.lot_number is None and (first is None or last is None):
        raise RuleBroken([Problem("month", "", "Choose a month, a date range with both ends, or a lot")])
    if first is not None and last is not None and first > last:
        raise RuleBroken([Problem("date_to", str(last), "The date range ends before it begins")])


def check_workbook_lines(lines: int) -> None:
    """Raises `RuleBroken` for more lines than a workbook holds."""
    if lines > WORKBOOK_LINES:
        message = f"A workbook holds at most {WORKBOOK_LINES:,} lines. Export as CSV, or choose fewer lines."
        raise RuleBroken([Problem(None, "", message)])


def reference(report_id: int, sha256: str) -> str:
    """How people call a report: `TR-000123-9F3A2C41`, its number and the first hex digits of its SHA-256."""
    return f"TR-{report_id:06d}-{sha256[:8].upper()}"


def storage_key(wanted: DistributionFilter, made_at: datetime) -> str:
    """`tracing_reports/{month}/{filters hash}_{UTC time}.csv`; a lot or range report has its own first part.

    Raises `RuleBroken` when the month is not written YYYY-MM: what people type never becomes a path.
    """
    first, last = wanted.dates()
    if wanted.month is not None:
        part = wanted.month
    elif wanted.lot_number is not None and first is None and last is None:
        part = f"lot_{_UNSAFE_IN_KEY.sub('_', wanted.lot_number)[:_LOT_IN_KEY]}"
    else:
        part = f"{first or 'begin'}_{last or 'now'}"
    digest = hashlib.sha256(canonical_json(wanted.to_json())).hexdigest()[:12]
    return f"tracing_reports/{part}/{digest}_{made_at.astimezone(UTC):%Y%m%dT%H%M%S%fZ}.csv"
