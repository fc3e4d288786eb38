"""Importing a file: preview, review, one transaction for all of it, and the way back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import cast

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from desktop.db.base import storable
from desktop.db.bulk import insert_imported_lines
from desktop.db.tables import AuditEventRow, DistributionEntryRow, ImportBatchRow, UserRow
from desktop.domain.audit import AuditAction, EntityType
from desktop.domain.changes import Changes, Subject
from desktop.domain.distributions import LineChecker, Source
from desktop.domain.errors import FileRefused, KnownTrouble, NotFound, RuleBroken, StaleEdit
from desktop.domain.files import file_trouble
from desktop.domain.import_review import (
    ImportChoices,
    ImportCounts,
    ImportPreview,
    ImportReceipt,
    ImportRecord,
    LineState,
)
from desktop.domain.imports import FileKind, ParsedFile, Problem
from desktop.domain.permissions import Permission
from desktop.domain.progress import Progress, no_progress
from desktop.domain.reviewed_lines import LineColumns, ReviewedLines
from desktop.importers.read_file import read_file
from desktop.services.access import requires
from desktop.services.entry_history import LinesDigest
from desktop.services.evidence import audited_access
from desktop.services.import_comparison import earlier_import, logged_lines, people
from desktop.services.import_layouts import remember_layout, remembered_layouts
from desktop.services.import_undo import final_report_with, remove_lines
from desktop.services.manual_orders import free_numbers, taken_numbers
from desktop.services.settings import lot_rule
from desktop.services.unit_of_work import Workspace, reading, snapshot, unit_of_work
from desktop.storage.evidence_store import StoredFile

_COPY_SIZE = 1 << 20
_LINES_PER_PROGRESS = 5_000
_SOURCES: Mapping[FileKind, Source] = {
    FileKind.CSV: Source.CSV_IMPORT,
    FileKind.XLSX: Source.CSV_IMPORT,
    FileKind.PDF: Source.PDF_IMPORT,
    FileKind.SHIPSTATION: Source.SHIPSTATION,
}


class UndoRefused(KnownTrouble):
    """An import cannot be taken back: it was already, or a final report holds one of its lines."""


@requires(Permission.DISTRIBUTION_LOG_CREATE)
def preview(
    workspace: Workspace, path: Path, choices: ImportChoices | None = None, progress: Progress = no_progress
) -> ImportPreview:
    """Read a file, check every line and compare it with the log. Nothing is written.

    Columns and date order that nobody chose are taken from the last import with the same header row. A file that
    cannot be read is told in `preview.file.file_problem`, never raised.
    """
    choices = choices or ImportChoices()
    with reading(workspace) as session:
        layouts = remembered_layouts(session)
    file = read_file(path, choices, layouts, progress)
    if file.file_problem is not None:
        return ImportPreview(file, choices, None, ImportCounts())
    with reading(workspace) as session:
        checker = LineChecker.of(file, today=workspace.today(), lot_rule=lot_rule(session))
        lines = ReviewedLines(file, checker, choices, people(session), progress)
        counts = lines.compare(logged_lines(session, lines.wanted()), taken_numbers(session, lines.given_orders()))
        return ImportPreview(file, choices, lines, counts, earlier_import(session, file.sha256))


@requires(Permission.DISTRIBUTION_LOG_CREATE)
def review_again(
    workspace: Workspace,
    reviewed: ImportPreview,
    choices: ImportChoices,
    progress: Progress = no_progress,  # noqa: ARG001 - too short to tell
) -> ImportPreview:
    """The preview with other corrections, decisions or reps; only lines that they change are checked again.

    The file is not read again, so that `choices` must read it alike (`ImportChoices.read_alike`): for another encoding,
    date order or other columns ask for a new `preview`. Raises `ValueError` else. `reviewed` stays as it is.
    """
    if not choices.read_alike(reviewed.choices):
        raise ValueError("The file has to be read again for these choices: ask for a preview")
    if reviewed.lines is None:
        return replace(reviewed, choices=choices)
    lines, wanted = reviewed.lines.again(choices)
    with reading(workspace) as session:
        counts = lines.compare(logged_lines(session, wanted), taken_numbers(session, lines.given_orders()))
    return replace(reviewed, choices=choices, lines=lines, counts=counts)


@requires(Permission.DISTRIBUTION_LOG_VIEW)
def free_order_numbers(workspace: Workspace, count: int) -> tuple[str, ...]:
    """The next free order numbers `MAN-YYYYMMDD-NNNN` of today, for lines whose order number is blank.

    None of them is reserved: an import that gives one to a line is refused when the log got it meanwhile.
    """
    with reading(workspace) as session:
        return free_numbers(session, workspace.today(), count)


@requires(Permission.DISTRIBUTION_LOG_CREATE)
def save_problem_rows(workspace: Workspace, reviewed: ImportPreview, path: Path) -> int:
    """Write the lines with a problem as CSV that can be corrected and imported again; returns how many there are.

    That file is read alike when it is imported. Raises `StorageTrouble` when it cannot be written, and `FileRefused`
    when the reviewed one could not be read.
    """
    from desktop.reports.problem_rows import problem_columns, write_problem_rows

    lines = reviewed.lines
    if lines is None:
        raise FileRefused("This file has no lines that could be saved.")
    wrong = lines.indexes(LineState.PROBLEM)
    header = write_problem_rows(path, reviewed.file, map(lines.__getitem__, wrong))
    with unit_of_work(workspace) as work:
        remember_layout(work, header, problem_columns(reviewed.file), reviewed.file.date_order)
        details = {"file": path.name, "problem_rows_of": reviewed.file.name, "rows": len(wrong)}
        work.record(AuditAction.LOG_EXPORT, EntityType.IMPORT, None, details=details)
        work.commit()
    return len(wrong)


@requires(Permission.DISTRIBUTION_LOG_CREATE)
def import_lines(
    workspace: Workspace, path: Path, reviewed: ImportPreview, progress: Progress = no_progress
) -> tuple[Changes, ImportReceipt]:
    """Write what was reviewed, all of it or nothing, and keep the source file as evidence.

    The comparison is made again under the write lock. Raises `StaleEdit` when the log or the lot rule changed since
    the review, or another shipment got an order number that was given to a line; `NotFound` for a rep who is nobody;
    `FileRefused` when the file changed, or when it gives a shipment id twice or one that the log has.
    """
    lines = reviewed.lines
    if lines is None or reviewed.file.file_problem is not None:
        raise FileRefused("This file cannot be imported.")
    if reviewed.file.kind is FileKind.PDF:
        raise FileRefused(
            "A PDF cannot be imported yet: its lines must be confirmed beside the page. “--dry-run” shows what is read."
        )
    stored = _keep_source_file(workspace, path, reviewed.file)
    source = _SOURCES[reviewed.file.kind]
    with unit_of_work(workspace, stored) as work:
        _refuse_stale(work.session, lines)
        _refuse_unknown_reps(work.session, reviewed.choices.reps.values())
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
                work.session, importable, source=source, batch_id=batch.id, now=work.now, user_id=work.actor.user_id
            )
        work.touched(DistributionEntryRow)
        if importable.lines == 0:
            return Changes.of(), ImportReceipt(None, 0, 0)
        batch.imported = importable.lines
        batch.rows_digest = importable.digest.hexdigest()
        order = reviewed.file.date_order
        # A column that was said not to be there is no less settled than one that was named.
        absent = {field: "" for field, header in reviewed.choices.columns.items() if not header}
        remember_layout(work, reviewed.file.header, {**reviewed.file.columns, **absent}, order)
        work.record(
            AuditAction.LOG_IMPORT_CSV,
            EntityType.IMPORT,
            batch.id,
            details={
                "file": batch.file_name,
                "sha256": batch.sha256,
                "storage_key": batch.storage_key,
                "kind": batch.kind,
                "source": source.value,
                "encoding": reviewed.file.encoding,
                "date_order": None if order is None else order.value,
                "sheet": reviewed.file.sheet,
                "columns": dict(reviewed.file.columns),
                "lines": batch.lines,
                "imported": batch.imported,
                "units": importable.units,
                "duplicates": batch.duplicates,
                "conflicts": batch.conflicts,
                "problems": batch.problems,
                "rows_digest": batch.rows_digest,
                "corrections": [correction._asdict() for correction in lines.corrections()],
                "reps": [chosen._asdict() for chosen in lines.chosen_reps()],
            },
            covers=(EntityType.ENTRY,),
        )
        work.commit()
    changes = Changes.of(Subject.DISTRIBUTIONS, Subject.IMPORTS, ids=(batch.id,))
    return changes, ImportReceipt(batch.id, importable.lines, importable.units)


@requires(Permission.DISTRIBUTION_LOG_DELETE)
def undo_import(workspace: Workspace, batch_id: int, reason: str) -> tuple[Changes, int]:
    """Take every line of one import out of the log again; returns how many were left to take out.

    A line that was changed since is kept, every column of it, in an event of its own. Raises `RuleBroken` without a
    reason, `NotFound`, and `UndoRefused` when it was undone already or a final report holds one of its lines.
    """
    reason = reason.strip()
    if not reason:
        raise RuleBroken([Problem("reason", "", "Say why this import is undone")])
    with unit_of_work(workspace) as work:
        batch = work.session.get(ImportBatchRow, batch_id)
        if batch is None:
            raise NotFound(f"There is no import {batch_id}.")
        if batch.undone_at is not None:
            raise UndoRefused(f"Import {batch_id} was undone already, on {batch.undone_at.astimezone():%Y-%m-%d}.")
        if (report := final_report_with(work.session, batch)) is not None:
            raise UndoRefused(f"Import {batch_id} cannot be undone: the final report {report} holds lines of it.")
        before = snapshot(batch)
        removed = remove_lines(work, batch, reason)
        batch.undone_at = work.now
        batch.undone_by_user_id = work.actor.user_id
        batch.undo_reason = storable(reason)
        work.session.flush()
        work.record(
            AuditAction.LOG_UNDO_IMPORT,
            EntityType.IMPORT,
            batch_id,
            reason=reason,
            before=before,
            after=snapshot(batch),
            details={"file": batch.file_name, "removed": removed.lines, "units": removed.units},
            covers=(EntityType.ENTRY,),
        )
        work.commit()
    return Changes.of(Subject.DISTRIBUTIONS, Subject.IMPORTS, ids=(batch_id,)), removed.lines


@requires(Permission.DISTRIBUTION_LOG_VIEW)
def list_imports(workspace: Workspace) -> tuple[ImportRecord, ...]:
    """Every import, newest first, the undone ones too."""
    importer, undoer = aliased(UserRow), aliased(UserRow)
    query = (
        select(ImportBatchRow, importer.display_name, undoer.display_name)
        .outerjoin(importer, importer.id == ImportBatchRow.imported_by_user_id)
        .outerjoin(undoer, undoer.id == ImportBatchRow.undone_by_user_id)
        .order_by(ImportBatchRow.id.desc())
    )
    events = select(AuditEventRow.entity_id, AuditEventRow.metadata_json).where(
        AuditEventRow.action.in_([AuditAction.LOG_IMPORT_CSV.value, AuditAction.LOG_IMPORT_PDF.value])
    )
    with reading(workspace) as session:
        units = {int(record or 0): (details or {}).get("units", 0) for record, details in session.execute(events)}
        return tuple(
            ImportRecord(
                id=row.id,
                file_name=row.file_name,
                sha256=row.sha256,
                kind=FileKind(row.kind),
                imported_at=row.imported_at,
                imported_by=imported_by or "",
                lines=row.lines,
                imported=row.imported,
                units=units.get(row.id, 0),
                duplicates=row.duplicates,
                conflicts=row.conflicts,
                problems=row.problems,
                undone_at=row.undone_at,
                undone_by=undone_by,
                undo_reason=row.undo_reason,
            )
            for row, imported_by, undone_by in session.execute(query)
        )


@requires(Permission.DISTRIBUTION_LOG_EXPORT)
def export_source(workspace: Workspace, batch_id: int, path: Path) -> Changes:
    """Copy the source file of an import to `path`, re-hashed on the way. Raises `NotFound` and `EvidenceAltered`."""
    with reading(workspace) as session:
        batch = session.get(ImportBatchRow, batch_id)
    if batch is None:
        raise NotFound(f"There is no import {batch_id}.")
    details = {"file": path.name, "sha256": batch.sha256}
    with audited_access(workspace, AuditAction.EVIDENCE_DOWNLOAD, EntityType.IMPORT, batch_id, details):
        workspace.store.export(batch.storage_key, batch.sha256, path)
    return Changes.of(Subject.AUDIT)


class _Counted:
    """The lines that an import writes, counted and digested while they are written."""

    def __init__(self, lines: ReviewedLines, progress: Progress, total: int) -> None:
        self.lines = 0
        self.units = 0
        self.digest = LinesDigest()
        self._reviewed = lines
        self._progress = progress
        self._total = total

    def __iter__(self) -> Iterator[LineColumns]:
        told = 0
        for block in self._reviewed.importable():
            if self.lines >= told:
                self._progress(self.lines, self._total)
                told += _LINES_PER_PROGRESS
            self.lines += len(block["import_line"])
            self.units += sum(cast(Sequence[int], block["quantity"]))
            self.digest.add(block)
            yield block
        self._progress(self.lines, self._total)


def _refuse_stale(session: Session, lines: ReviewedLines) -> None:
    """Raises `StaleEdit` when the log, or what may stand in it, is not what it was at the review."""
    if lot_rule(session) != lines.lot_rule:
        raise StaleEdit("The lot rule changed since this file was reviewed. Review it again.")
    if lines.would_change(logged_lines(session, lines.wanted())):
        raise StaleEdit("The log changed since this file was reviewed. Review it again.")
    if taken := lines.newly_taken(taken_numbers(session, lines.given_orders())):
        raise StaleEdit(
            f"The order number {min(taken)} was given to another shipment since this file was reviewed: "
            "give this one another."
        )


def _refuse_unknown_reps(session: Session, reps: Iterable[int]) -> None:
    wanted = set(reps)
    known = set(session.scalars(select(UserRow.id).where(UserRow.id.in_(wanted))))
    if missing := wanted - known:
        raise NotFound(f"There is no person {min(missing)}.")


def _keep_source_file(workspace: Workspace, path: Path, reviewed: ParsedFile) -> StoredFile:
    """Copy the source file into the evidence store. Raises `FileRefused` when it is not the file that was reviewed."""
    # A ShipStation export can be either.
    ending = "pdf" if reviewed.kind is FileKind.PDF else "csv" if reviewed.sheet is None else "xlsx"
    key = f"imports/{workspace.clock():%Y%m%dT%H%M%S%fZ}_{reviewed.sha256[:12]}.{ending}"
    with file_trouble(f"read “{path.name}”"), path.open("rb") as source, workspace.store.writer(key) as writer:
        found = hashlib.sha256()
        while part := source.read(_COPY_SIZE):
            found.update(part)
            writer.write(part)
        if found.hexdigest() != reviewed.sha256:
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
