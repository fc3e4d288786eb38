"""The Distribution Log: entering shipments, reading the log, exporting it."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from desktop.db.raw_rows import raw_keys
from desktop.db.tables import DistributionEntryRow
from desktop.domain.audit import AuditAction, EntityType
from desktop.domain.changes import Changes, Subject
from desktop.domain.distributions import (
    CheckedShipment,
    DistributionEntry,
    Line,
    LogTotals,
    NewShipment,
    Source,
    check_shipment,
    identity,
)
from desktop.domain.errors import KnownTrouble, RuleBroken
from desktop.domain.filters import DistributionFilter, SortOrder
from desktop.domain.permissions import Permission
from desktop.domain.progress import Progress, no_progress
from desktop.domain.reports import RECORD_COLUMNS, check_workbook_lines
from desktop.services.access import requires
from desktop.services.log_query import ENTRY, RecordRows, count, fetch_entries, select_entries, select_keys, with_dates
from desktop.services.manual_orders import free_numbers
from desktop.services.settings import lot_rule
from desktop.services.unit_of_work import Workspace, reading, snapshot, unit_of_work

_KEYS_PER_QUERY = 500
_RECORD_OF = attrgetter(*(column.field for column in RECORD_COLUMNS))


class RepeatsFound(KnownTrouble):
    """A new shipment has lines that are in the log already; they can be saved on purpose."""

    def __init__(self, existing: tuple[DistributionEntry, ...]) -> None:
        self.existing = existing
        super().__init__(
            "The log has this line already." if len(existing) == 1 else "The log has some of these lines already."
        )


@dataclass(frozen=True, slots=True)
class ExportReceipt:
    """What an export wrote: lines, single units, and the SHA-256 of the file."""

    rows: int
    units: int
    sha256: str


@requires(Permission.DISTRIBUTION_LOG_CREATE)
def check_new_shipment(workspace: Workspace, shipment: NewShipment) -> CheckedShipment:
    """What would be wrong with a shipment, and what would be changed to read it; nothing is saved."""
    with reading(workspace) as session:
        return check_shipment(shipment, today=workspace.today(), lot_rule=lot_rule(session))


@requires(Permission.DISTRIBUTION_LOG_CREATE)
def create_shipment(workspace: Workspace, shipment: NewShipment) -> Changes:
    """Log the lines of one shipment entered by hand. Raises `RuleBroken` or `RepeatsFound`; then nothing is saved."""
    with unit_of_work(workspace) as work:
        lines, problems, _ = check_shipment(shipment, today=workspace.today(), lot_rule=lot_rule(work.session))
        if problems:
            raise RuleBroken(problems)
        order_number = lines[0].order_number or free_numbers(work.session, work.now.astimezone().date(), 1)[0]
        lines = tuple(line._replace(order_number=order_number) for line in lines)
        if not shipment.allow_repeats and (existing := repeats(work.session, lines)):
            raise RepeatsFound(existing)
        ids = []
        for line in lines:
            values = line._asdict()
            del values["rep"]
            entry = DistributionEntryRow(
                **values,
                rep_id=shipment.rep_id,
                source=Source.MANUAL.value,
                version=1,
                created_at=work.now,
                updated_at=work.now,
                created_by_user_id=work.actor.user_id,
                updated_by_user_id=work.actor.user_id,
            )
            work.session.add(entry)
            work.session.flush()
            work.record(AuditAction.LOG_CREATE, EntityType.ENTRY, entry.id, after=snapshot(entry))
            ids.append(entry.id)
        work.commit()
    return Changes.of(Subject.DISTRIBUTIONS, ids=tuple(ids))


@requires(Permission.DISTRIBUTION_LOG_VIEW)
def first_entries(
    workspace: Workspace, wanted: DistributionFilter, sort: SortOrder, limit: int
) -> tuple[DistributionEntry, ...]:
    """The first `limit` entries a filter finds: what a window paints while the rest is counted."""
    with reading(workspace) as session:
        ids = raw_keys(session, select_keys(session, wanted, sort, first_rows=True).limit(limit))
        return _in_order(session, ids)


@requires(Permission.DISTRIBUTION_LOG_VIEW)
def ordered_keys(workspace: Workspace, wanted: DistributionFilter, sort: SortOrder) -> array[int]:
    """The ids of every entry a filter finds, in order, eight bytes each."""
    with reading(workspace) as session:
        return raw_keys(session, select_keys(session, wanted, sort))


@requires(Permission.DISTRIBUTION_LOG_VIEW)
def entries(workspace: Workspace, ids: Sequence[int]) -> tuple[DistributionEntry, ...]:
    """The entries with these ids, in the same order; one that is gone is left out."""
    with reading(workspace) as session:
        return _in_order(session, ids)


@requires(Permission.DISTRIBUTION_LOG_VIEW)
def shipment_lines(workspace: Workspace, order_number: str, ship_date: date) -> tuple[DistributionEntry, ...]:
    """Every line of one order that was shipped on one day, by id."""
    with reading(workspace) as session:
        return _lines_of(session, order_number, ship_date)


@requires(Permission.DISTRIBUTION_LOG_VIEW)
def totals(workspace: Workspace, wanted: DistributionFilter) -> LogTotals:
    """How many lines and single units a filter finds."""
    with reading(workspace) as session:
        return count(session, wanted)


@requires(Permission.DISTRIBUTION_LOG_VIEW)
def totals_of(workspace: Workspace, ids: Sequence[int], progress: Progress = no_progress) -> LogTotals:
    """How many of these entries there are, and their units. `progress` may stop it."""
    with reading(workspace) as session:
        lines = units = 0
        for part in _parts(ids):
            found, summed = session.execute(
                select(func.count(), func.coalesce(func.sum(ENTRY.quantity), 0)).where(ENTRY.id.in_(part))
            ).one()
            lines, units = lines + found, units + int(summed)
            progress(lines, len(ids))
        return LogTotals(lines, units)


@requires(Permission.DISTRIBUTION_LOG_EXPORT)
def export_csv(
    workspace: Workspace,
    wanted: DistributionFilter,
    path: Path,
    progress: Progress = no_progress,
    *,
    ids: Sequence[int] | None = None,
) -> ExportReceipt:
    """Write what a filter finds as record CSV. The target is written whole or not at all.

    `ids` are those of the entries that were selected: then these are written, in their order.
    """
    from desktop.reports.record_csv import write_record_csv

    return _export(workspace, wanted, path, progress, write_record_csv, ids)


@requires(Permission.DISTRIBUTION_LOG_EXPORT)
def export_workbook(
    workspace: Workspace,
    wanted: DistributionFilter,
    path: Path,
    progress: Progress = no_progress,
    *,
    ids: Sequence[int] | None = None,
) -> ExportReceipt:
    """Write what a filter finds, or of it the entries with these `ids`, as a workbook for people.

    Raises `RuleBroken`, before anything is written, for more lines than a workbook holds. The target is written whole
    or not at all.
    """
    from desktop.reports.workbook import write_workbook

    check_workbook_lines(len(ids) if ids is not None else totals(workspace, wanted).lines)
    return _export(workspace, wanted, path, progress, lambda rows, file: write_workbook(with_dates(rows), file), ids)


def _export(
    workspace: Workspace,
    wanted: DistributionFilter,
    path: Path,
    progress: Progress,
    write: Callable[[Iterable[Sequence[object]], Path], str],
    ids: Sequence[int] | None,
) -> ExportReceipt:
    details: dict[str, object] = {"file": path.name, "filter": wanted.to_json()}
    with reading(workspace) as session:
        rows: RecordRows | _SelectedRows = RecordRows(session, wanted, progress)
        if ids is not None:
            rows = _SelectedRows(session, ids, progress)
            details["selected"] = len(ids)
        sha256 = write(rows, path)
    with unit_of_work(workspace) as work:
        work.record(
            AuditAction.LOG_EXPORT,
            EntityType.ENTRY,
            None,
            details={**details, "rows": rows.rows, "sha256": sha256},
        )
        work.commit()
    return ExportReceipt(rows.rows, rows.units, sha256)


class _SelectedRows:
    """As `RecordRows`, but of single entries, in the order of their ids; one that is gone is left out."""

    def __init__(self, session: Session, ids: Sequence[int], progress: Progress) -> None:
        self.rows = 0
        self.units = 0
        self._session = session
        self._ids = ids
        self._progress = progress

    def __iter__(self) -> Iterator[Sequence[object]]:
        for part in _parts(self._ids):
            self._progress(self.rows, len(self._ids))
            for entry in _in_order(self._session, part):
                self.rows += 1
                self.units += entry.quantity
                yield _RECORD_OF(entry)
        self._progress(self.rows, len(self._ids))


def repeats(session: Session, lines: Sequence[Line | DistributionEntry]) -> tuple[DistributionEntry, ...]:
    """The entries that say the same as one of the lines of a shipment."""
    same_shipment = _lines_of(session, lines[0].order_number, lines[0].ship_date)
    wanted = {identity(line) for line in lines}
    return tuple(entry for entry in same_shipment if identity(entry) in wanted)


def _lines_of(session: Session, order_number: str, ship_date: date | None) -> tuple[DistributionEntry, ...]:
    same = (ENTRY.order_number == order_number, ENTRY.ship_date == ship_date)
    return fetch_entries(session, select_entries().where(*same).order_by(ENTRY.id))


def _in_order(session: Session, ids: Sequence[int]) -> tuple[DistributionEntry, ...]:
    found: dict[int, DistributionEntry] = {}
    for part in _parts(ids):
        found |= {entry.id: entry for entry in fetch_entries(session, select_entries().where(ENTRY.id.in_(part)))}
    return tuple(found[entry_id] for entry_id in ids if entry_id in found)


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """`ids` in parts that fit into one statement on every engine."""
    for start in range(0, len(ids), _KEYS_PER_QUERY):
        yield list(ids[start : start + _KEYS_PER_QUERY])
