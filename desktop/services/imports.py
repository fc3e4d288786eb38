"""Importing a file: preview, review, and one transaction for all of it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desktop.db.base import storable
from desktop.db.bulk import ImportedLine, insert_imported_lines
from desktop.db.tables import DistributionEntryRow, ImportBatchRow, UserRow
from desktop.domain.audit import AuditAction, EntityType
from desktop.domain.changes import Changes, Subject
from desktop.domain.distributions import LineChecker, Source, fold_facility
from desktop.domain.errors import FileRefused, StaleEdit
from desktop.domain.files import file_trouble
from desktop.domain.import_review import (
    EarlierImport,
    ImportChoices,
    ImportCounts,
    ImportPreview,
    ImportReceipt,
    LineKey,
    LoggedQuantities,
    ReviewedLines,
)
from desktop.domain.permissions import Permission
from desktop.domain.progress import Progress, no_progress
from desktop.importers.csv_file import read_csv
from desktop.services.access import requires
from desktop.services.entry_history import LinesDigest
from desktop.services.log_query import ENTRY
from desktop.services.settings import lot_rule
from desktop.services.unit_of_work import Workspace, reading, unit_of_work
from desktop.storage.evidence_store import StoredFile

_ORDERS_LOOKED_UP = 2_000
_KEYS_PER_QUERY = 500
_COPY_SIZE = 1 << 20
_LINES_PER_PROGRESS = 5_000


@requires(Permission.DISTRIBUTION_LOG_CREATE)
def preview(
    workspace: Workspace, path: Path, choices: ImportChoices | None = None, progress: Progress = no_progress
) -> ImportPreview:
    """Read a file, check every line and compare it with the log. Nothing is written.

    A file that cannot be read is told in `preview.file.file_problem`, never raised.
    """
    choices = choices or ImportChoices()
    file = read_csv(path, choices, progress)
    if file.file_problem is not None:
        return ImportPreview(file, choices, None, ImportCounts())
    with reading(workspace) as session:
        checker = LineChecker(today=workspace.today(), lot_rule=lot_rule(session), date_order=file.date_order)
        lines = ReviewedLines(file, checker, choices, _people_by_name(session), progress)
        counts = lines.compare(_logged_quantities(session, lines.keys()))
        return ImportPreview(file, choices, lines, counts, _earlier_import(session, file.sha256))


@requires(Permission.DISTRIBUTION_LOG_CREATE)
def import_lines(
    workspace: Workspace, path: Path, reviewed: ImportPreview, progress: Progress = no_progress
) -> tuple[Changes, ImportReceipt]:
    """Write what was reviewed, all of it or nothing, and keep the source file as evidence.

    The comparison is made again under the write lock. Raises `StaleEdit` when the log or the lot rule changed since,
    `FileRefused` when the file did, or when it gives a shipment id twice or one that the log has.
    """
    lines = reviewed.lines
    if lines is None or reviewed.file.file_problem is not None:
        raise FileRefused("This file cannot be imported.")
    stored = _keep_source_file(workspace, path, reviewed.file.sha256)
    with unit_of_work(workspace, stored) as work:
        lines.compare(_logged_quantities(work.session, lines.keys()))
        if lines.lot_rule != lot_rule(work.session):
            raise StaleEdit("The lot rule was changed since this file was reviewed. Review it again.")
        if lines.changed_since_review:
            raise StaleEdit("The log changed since this file was reviewed. Review it again.")
        importable = _Counted(lines, progress, reviewed.counts.new + reviewed.counts.conflict)
        batch = ImportBatchRow(
            file_name=storable(reviewed.file.name),
            sha256=stored.sha256,
            storage_key=stored.key,
            kind=reviewed.file.kind.value,
            imported_at=work.now,
            imported_by_user_id=work.actor.user_id,
            lines=reviewed.counts.lines,
            imported=0,
            duplicates=reviewed.counts.duplicate,
            conflicts=reviewed.counts.conflict,
            problems=reviewed.counts.problem,
            rows_digest="",
        )
        work.session.add(batch)
        work.session.flush()
        with _unique_shipment_ids():
            insert_imported_lines(
                work.session,
                importable,
                source=Source.CSV_IMPORT,
                batch_id=batch.id,
                now=work.now,
                user_id=work.actor.user_id,
            )
        work.touched(DistributionEntryRow)
        if importable.lines == 0:
            return Changes.of(), ImportReceipt(None, 0, 0)
        batch.imported = importable.lines
        batch.rows_digest = importable.digest.hexdigest()
        work.record(
            AuditAction.LOG_IMPORT_CSV,
            EntityType.IMPORT,
            batch.id,
            details={
                "file": batch.file_name,
                "sha256": batch.sha256,
                "storage_key": batch.storage_key,
                "lines": batch.lines,
                "imported": batch.imported,
                "units": importable.units,
                "duplicates": batch.duplicates,
                "conflicts": batch.conflicts,
                "problems": batch.problems,
                "rows_digest": batch.rows_digest,
                "corrections": [correction._asdict() for correction in lines.corrections()],
            },
            covers=(EntityType.ENTRY,),
        )
        work.commit()
    changes = Changes.of(Subject.DISTRIBUTIONS, Subject.IMPORTS, ids=(batch.id,))
    return changes, ImportReceipt(batch.id, importable.lines, importable.units)


class _Counted:
    """The lines that an import writes, counted and digested while they are written."""

    def __init__(self, lines: ReviewedLines, progress: Progress, total: int) -> None:
        self.lines = 0
        self.units = 0
        self.digest = LinesDigest()
        self._reviewed = lines
        self._progress = progress
        self._total = total

    def __iter__(self) -> Iterator[ImportedLine]:
        for line, rep_id, row in self._reviewed.importable():
            if self.lines % _LINES_PER_PROGRESS == 0:
                self._progress(self.lines, self._total)
            self.lines += 1
            self.units += line.quantity or 0
            self.digest.add(line, rep_id, row)
            yield line, rep_id, row
        self._progress(self.lines, self._total)


def _keep_source_file(workspace: Workspace, path: Path, sha256: str) -> StoredFile:
    """Copy the source file into the evidence store. Raises `FileRefused` when it is not the file that was reviewed."""
    key = f"imports/{workspace.clock():%Y%m%dT%H%M%S%fZ}_{sha256[:12]}.csv"
    with file_trouble(f"read “{path.name}”"), path.open("rb") as source, workspace.store.writer(key) as writer:
        found = hashlib.sha256()
        while part := source.read(_COPY_SIZE):
            found.update(part)
            writer.write(part)
        if found.hexdigest() != sha256:
            raise FileRefused(f"{path.name} was changed since it was reviewed. Review it again.")
    return writer.stored


@contextmanager
def _unique_shipment_ids() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        if "ss_shipment_id" not in str(error.orig):
            raise
        raise FileRefused(
            "A shipment id of this file stands in it twice, or is in the log already. Each line needs its own, or none."
        ) from error


def _logged_quantities(session: Session, keys: set[LineKey]) -> LoggedQuantities:
    """How often the log holds each quantity of the lines asked for."""
    columns = select(
        ENTRY.ship_date, ENTRY.order_number, ENTRY.facility_name, ENTRY.sku, ENTRY.lot_number, ENTRY.quantity
    )
    orders = sorted({key[1] for key in keys})
    if len(orders) <= _ORDERS_LOOKED_UP:
        queries = [
            columns.where(ENTRY.order_number.in_(orders[start : start + _KEYS_PER_QUERY]))
            for start in range(0, len(orders), _KEYS_PER_QUERY)
        ]
    else:
        dates = {key[0] for key in keys}
        queries = [columns.where(ENTRY.ship_date.between(min(dates), max(dates)))]
    logged: dict[LineKey, Counter[int]] = {}
    for query in queries:
        rows = session.connection().execute(query, execution_options={"yield_per": _KEYS_PER_QUERY})
        for ship_date, order_number, facility_name, sku, lot_number, quantity in rows:
            key = (ship_date, order_number, fold_facility(facility_name), sku, lot_number)
            if key in keys:
                logged.setdefault(key, Counter())[quantity] += 1
    return logged


def _people_by_name(session: Session) -> Mapping[str, int]:
    """Active people by name and by e-mail address, folded; a name that two people share means neither."""
    found: dict[str, int] = {}
    shared: set[str] = set()
    for user in session.scalars(select(UserRow).where(UserRow.is_active)):
        for name in {fold_facility(user.display_name), fold_facility(user.email)} - {""}:
            if name in found:
                shared.add(name)
            found[name] = user.id
    return {name: user_id for name, user_id in found.items() if name not in shared}


def _earlier_import(session: Session, sha256: str) -> EarlierImport | None:
    """The latest import of the same bytes that was not undone."""
    row = session.execute(
        select(ImportBatchRow.id, ImportBatchRow.imported_at, UserRow.display_name)
        .outerjoin(UserRow, UserRow.id == ImportBatchRow.imported_by_user_id)
        .where(ImportBatchRow.sha256 == sha256, ImportBatchRow.undone_at.is_(None))
        .order_by(ImportBatchRow.id.desc())
        .limit(1)
    ).first()
    return None if row is None else EarlierImport(row[0], row[1], row[2] or "")
