"""What each command answers: one JSON document for programs, lines for people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from desktop.domain.approvals import DroppedMail
from desktop.domain.distributions import FIELD_LABELS, DistributionEntry
from desktop.domain.errors import KnownTrouble
from desktop.domain.import_review import ConflictDecision, ImportPreview, ImportReceipt, LineState, ReviewedLine
from desktop.domain.imports import LINE_FIELDS, ParsedPage
from desktop.domain.reports import TracingReport
from desktop.domain.settings import Setting
from desktop.domain.users import Account, NewUser

if TYPE_CHECKING:
    from desktop.services.distributions import ExportReceipt
    from desktop.services.integrity import Verification
    from desktop.services.lot_trace import LotTrace

_QUANTITY = LINE_FIELDS.index("quantity")
_MOST_REMARKS = 100


@dataclass(frozen=True)
class Answer:
    """`document` is the text of one JSON document, in pieces; `lines` say the same to people.

    `well` is False when the command was done and what was asked about is not well. `trouble` is what ended the
    command after some of it was done: the answer is given, and the command is refused.
    """

    document: Iterable[str]
    lines: Iterable[str]
    well: bool = True
    trouble: KnownTrouble | None = None


def counted(number: int, noun: str) -> str:
    """`1 line`, `1,930 units`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Aligned columns, numbers to the right with thousands separators, None as nothing."""
    cells = [[_cell(value) for value in row] for row in rows]
    numeric = [all(number for _, number in column) for column in zip(*cells, strict=True)]
    texts = [headers, *([text for text, _ in row] for row in cells)]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    for row in texts:
        aligned = zip(row, widths, numeric or [False] * len(widths), strict=True)
        yield "  ".join(f"{text:>{width}}" if right else f"{text:<{width}}" for text, width, right in aligned).rstrip()


def _cell(value: object) -> tuple[str, bool]:
    return ("" if value is None else f"{value:,}" if isinstance(value, int) else str(value)), isinstance(value, int)


# --- init, user ---------------------------------------------------------------------------------------------------


def initialised(revision: str, created: dict[str, int], *, has_administrator: bool) -> Answer:
    """Of `init`: the revision the database is at now, and how many records of each kind were added."""
    added = [counted(number, name.removesuffix("s")) for name, number in created.items() if number]
    lines = [f"The database is at revision {revision}; added: {', '.join(added) or 'nothing'}."]
    if not has_administrator:
        lines.append("There is no administrator yet: run “silqeqms init --admin-email EMAIL”, or open the window.")
    return _answer({"revision": revision, "created": created}, lines)


def user_added(user_id: int, new: NewUser) -> Answer:
    """Of `user add`."""
    roles = [role.value for role in new.roles]
    can_sign_in = new.password is not None
    document = {"id": user_id, "email": new.email, "name": new.name, "roles": roles, "can_sign_in": can_sign_in}
    without = "" if can_sign_in else "; without a password nobody can sign in with it"
    return _answer(document, [f"Added {new.name} <{new.email}> as {', '.join(roles)}{without}."])


def account(shown: Account) -> Answer:
    """Of `user deactivate` and `user roles`: the account as it is now."""
    document = {
        "id": shown.id,
        "email": shown.email,
        "name": shown.name,
        "roles": list(shown.roles),
        "can_sign_in": shown.can_sign_in,
        "is_active": shown.is_active,
    }
    roles = ", ".join(shown.roles) or "no role"
    return _answer(document, [f"{shown.name} <{shown.email}>: {roles}{'' if shown.is_active else '; deactivated'}."])


# --- settings ---------------------------------------------------------------------------------------------------------


def settings_listed(settings: Sequence[Setting]) -> Answer:
    """Of `settings list` and `settings set`: every setting as it is in force."""
    rows = (
        (
            setting.key,
            setting.value,
            "the default" if setting.changed_at is None else f"{setting.changed_at.astimezone():%Y-%m-%d %H:%M}",
            setting.changed_by,
        )
        for setting in settings
    )
    document = {setting.key: setting.value for setting in settings}
    return _answer(document, table(("Setting", "Value", "Changed", "By"), rows))


# --- import -----------------------------------------------------------------------------------------------------------

# A file and what was written of it: None for a dry run and for a file that cannot be read.
ImportedFile = tuple[ImportPreview, ImportReceipt | None]


def imported(
    files: Sequence[ImportedFile],
    *,
    several: bool,
    conflicts: ConflictDecision | None,
    trouble: KnownTrouble | None,
) -> Answer:
    """Of `import`: one object when one file was given, a list of them when several were."""
    well = all(
        preview.file.file_problem is None
        and not preview.counts.problem
        and not (preview.counts.conflict and conflicts is None)
        for preview, _ in files
    )
    lines = (line for preview, receipt in files for line in _import_lines(preview, receipt, conflicts))
    return Answer(_import_documents(files, several), lines, well, trouble)


def import_undone(batch: int, removed: int) -> Answer:
    """Of `undo-import`."""
    lines = [f"Import {batch} is undone: {counted(removed, 'line')} taken out of the log."]
    return _answer({"batch": batch, "removed": removed}, lines)


def _import_documents(files: Sequence[ImportedFile], several: bool) -> Iterator[str]:
    """Line by line: a file of a million lines must not become a million objects at once."""
    if several:
        yield "["
    for number, (preview, receipt) in enumerate(files):
        if number:
            yield ", "
        yield from _import_document(preview, receipt)
    if several:
        yield "]"


def _import_document(preview: ImportPreview, receipt: ImportReceipt | None) -> Iterator[str]:
    file, counts = preview.file, preview.counts
    head: dict[str, Any] = {
        "file": file.name,
        "sha256": file.sha256,
        "kind": file.kind.value,
        "layout": file.layout,
        "encoding": file.encoding,
        "delimiter": file.delimiter,
        "date_order": None if file.date_order is None else file.date_order.value,
        "batch": None if receipt is None else receipt.batch_id,
        "counts": {
            "lines": counts.lines,
            "new": counts.new,
            "duplicate": counts.duplicate,
            "conflict": counts.conflict,
            "problem": counts.problem,
            "imported": 0 if receipt is None else receipt.imported,
        },
    }
    if file.file_problem is not None:
        head["file_problem"] = {"kind": file.file_problem.kind.value, "message": file.file_problem.message}
    yield json.dumps(head).removesuffix("}")
    yield ', "lines": ['
    for number, reviewed in enumerate(preview.lines or ()):
        yield (", " if number else "") + json.dumps(_reviewed_line(reviewed))
    yield f'], "pages": {json.dumps([_page(page) for page in file.pages])}}}'


def _page(page: ParsedPage) -> dict[str, Any]:
    """`ignored` are the lines of the page that are no devices: they are listed here and nowhere else."""
    return {
        "page": page.page,
        "layout": page.layout,
        "order_number": page.order_number,
        "lines": page.lines,
        "message": page.message,
        "ignored": [
            {
                "part": line.part,
                "item_code": line.item_code,
                "quantity_as_written": line.quantity,
                "description": line.description,
                "reason": line.reason,
            }
            for line in page.ignored
        ],
    }


def _reviewed_line(reviewed: ReviewedLine) -> dict[str, Any]:
    line, printed = reviewed.line, reviewed.printed
    return {
        "row": reviewed.row,
        "page": reviewed.page,
        "part": reviewed.part,
        "state": reviewed.state.value,
        "ship_date": None if line.ship_date is None else line.ship_date.isoformat(),
        "order_number": line.order_number,
        "facility_name": line.facility_name,
        "sku": line.sku,
        "item_code": None if printed is None else printed.item_code,
        "lot_number": line.lot_number,
        "quantity": line.quantity,
        "quantity_as_written": reviewed.values[_QUANTITY] if printed is None else printed.quantity,
        "tracking_number": line.tracking_number,
        "address1": line.address1,
        "city": line.city,
        "state_code": line.state,
        "zip": line.zip,
        "problems": [
            {"field": problem.field, "value": problem.value, "message": problem.message}
            for problem in reviewed.problems
        ],
    }


def _import_lines(
    preview: ImportPreview, receipt: ImportReceipt | None, conflicts: ConflictDecision | None
) -> Iterator[str]:
    file, counts = preview.file, preview.counts
    if file.file_problem is not None:
        yield f"{file.name} cannot be imported: {file.file_problem.message}"
        return
    yield (
        f"{file.name}: {counted(counts.lines, 'line')}: {counts.new:,} new, {counted(counts.duplicate, 'duplicate')}, "
        f"{counted(counts.conflict, 'conflict')}, {counted(counts.problem, 'problem')}"
    )
    if receipt is None:
        yield "  Nothing was written: this is a dry run."
    elif receipt.batch_id is None:
        yield "  There was nothing to import."
    else:
        written = f"{counted(receipt.imported, 'line')} with {counted(receipt.units, 'unit')}"
        yield f"  Imported {written} as import {receipt.batch_id}."
    if preview.earlier is not None:
        earlier = preview.earlier
        day = earlier.imported_at.astimezone().date()
        yield f"  The same file was imported on {day} by {earlier.imported_by} (import {earlier.batch_id})."
    yield from (f"  {note}" for note in file.notes)
    yield from (f"  Page {page.page}: {page.message}" for page in file.pages if page.message)
    remarks = _remarks(preview, conflicts)
    yield from islice(remarks, _MOST_REMARKS)
    if next(remarks, None) is not None:
        yield "  … and more; --json lists every line."


def _place(reviewed: ReviewedLine) -> str:
    """Where a person finds the line in the file."""
    if reviewed.page is None:
        return f"Line {reviewed.row}"
    return f"Line {reviewed.row} (page {reviewed.page}, document {reviewed.part})"


def _remarks(preview: ImportPreview, conflicts: ConflictDecision | None) -> Iterator[str]:
    """What is to be known of single lines: problems first, then conflicts, then how values were read."""
    lines = preview.lines
    if lines is None:
        return
    for index in lines.indexes(LineState.PROBLEM):
        reviewed = lines[index]
        for problem in reviewed.problems:
            about = "" if problem.field is None else f"{FIELD_LABELS.get(problem.field, problem.field)} "
            yield f"  {_place(reviewed)}: {about}“{problem.value}”: {problem.message}"
    fate = "logged as well" if conflicts is ConflictDecision.KEEP else "left out"
    hint = "; decide with --conflicts skip or keep" if conflicts is None else ""
    for index in lines.indexes(LineState.CONFLICT):
        reviewed = lines[index]
        yield (
            f"  {_place(reviewed)}: order {reviewed.line.order_number}, lot {reviewed.line.lot_number}: "
            f"quantity {reviewed.line.quantity}, the log has {reviewed.differs_from}: {fate}{hint}"
        )
    for reviewed in lines:
        if reviewed.state is not LineState.PROBLEM:
            yield from (f"  {_place(reviewed)}: {note.message}" for note in reviewed.notes)


# --- export, report, reports, approve ---------------------------------------------------------------------------------


def exported(file_name: str, receipt: ExportReceipt) -> Answer:
    """Of `export`."""
    document = {"rows": receipt.rows, "units": receipt.units, "sha256": receipt.sha256}
    size = f"{counted(receipt.rows, 'line')}, {counted(receipt.units, 'unit')}"
    return _answer(document, [f"{file_name}: {size}", f"SHA-256 {receipt.sha256}"])


def report_made(report: TracingReport) -> Answer:
    """Of `report`."""
    size = f"{counted(report.rows, 'line')}, {counted(report.units, 'unit')}"
    lines = [
        f"{report.reference} ({report.status.value}): {report.filter.in_words()}: {size}",
        f"SHA-256 {report.sha256}",
        f"Stored as {report.storage_key}",
    ]
    return _answer(_report(report), lines)


def reports_listed(reports: Sequence[TracingReport]) -> Answer:
    """Of `reports`, in the order given."""
    headers = ("Reference", "Made", "By", "Content", "Lines", "Units", "Status", "Mails", "Bound")
    rows = [
        (
            report.reference,
            f"{report.generated_at.astimezone():%Y-%m-%d %H:%M}",
            report.generated_by,
            report.filter.in_words(),
            report.rows,
            report.units,
            report.status.value,
            report.approvals,
            report.bound_approvals,
        )
        for report in reports
    ]
    return _answer(
        [_report(report) for report in reports], table(headers, rows) if rows else ["No tracing report yet."]
    )


def report_signed(report: TracingReport) -> Answer:
    """Of `finalize`."""
    signature = report.signature
    assert signature is not None  # noqa: S101  it was just signed
    line = (
        f"{report.reference} is final: {signature.meaning.value} by {signature.printed_name}, "
        f"{signature.signed_at.astimezone():%Y-%m-%d %H:%M}"
    )
    return _answer(_report(report), [line, f"SHA-256 {signature.sha256}"])


def packed(reference: str, file_name: str, manifest_sha256: str) -> Answer:
    """Of `pack`."""
    document = {"reference": reference, "file": file_name, "manifest_sha256": manifest_sha256}
    return _answer(document, [f"{file_name}: {reference}", f"SHA-256 of the manifest {manifest_sha256}"])


def _report(report: TracingReport) -> dict[str, Any]:
    return {
        "id": report.id,
        "reference": report.reference,
        "rows": report.rows,
        "units": report.units,
        "sha256": report.sha256,
        "storage_key": report.storage_key,
        "status": report.status.value,
    }


def mails_attached(answers: Sequence[DroppedMail]) -> Answer:
    """Of `approve`: not well unless every mail was accepted. A file that is no mail has no binding."""
    document = [
        {
            "file": answer.filename,
            "accepted": answer.accepted,
            "binding": None if answer.binding is None else answer.binding.value,
            "subject": answer.mail and answer.mail.subject,
            "from_email": answer.mail and answer.mail.from_email,
            "to_email": answer.mail and answer.mail.to_email,
            "email_date": answer.mail and answer.mail.date and answer.mail.date.isoformat(),
            "message": answer.message,
        }
        for answer in answers
    ]
    lines = [f"{answer.filename}: {answer.message}" for answer in answers]
    return _answer(document, lines, well=all(answer.accepted for answer in answers))


# --- trace, verify ----------------------------------------------------------------------------------------------------


def traced(found: LotTrace) -> Answer:
    """Of `trace`. That nobody received a lot is an answer, too."""
    document = {
        "lot": found.lot,
        "facilities": found.facilities,
        "units": found.units,
        "lines": [_entry(entry) for entry in found.lines],
    }
    if not found.lines:
        return _answer(document, [f"Nobody received lot {found.lot}."])
    headers = ("Shipped", "Order", "Facility", "City", "State", "SKU", "Units", "Contact", "Phone", "Tracking")
    rows = [
        (
            entry.ship_date,
            entry.order_number,
            entry.facility_name,
            entry.city,
            entry.state,
            entry.sku,
            entry.quantity,
            entry.contact_name,
            entry.contact_phone,
            entry.tracking_number,
        )
        for entry in found.lines
    ]
    facilities = "1 facility" if found.facilities == 1 else f"{found.facilities:,} facilities"
    summary = f"Lot {found.lot}: {facilities}, {counted(found.units, 'unit')}, {counted(len(rows), 'line')}"
    return _answer(document, [summary, "", *table(headers, rows)])


def _entry(entry: DistributionEntry) -> dict[str, Any]:
    """A line of the log by the same names as a line of an import."""
    return {
        "id": entry.id,
        "ship_date": entry.ship_date.isoformat(),
        "order_number": entry.order_number,
        "facility_name": entry.facility_name,
        "sku": entry.sku,
        "lot_number": entry.lot_number,
        "quantity": entry.quantity,
        "source": entry.source.value,
        "rep": entry.rep_name,
        "customer": entry.customer_name,
        "address1": entry.address1,
        "address2": entry.address2,
        "city": entry.city,
        "state_code": entry.state,
        "zip": entry.zip,
        "country": entry.country,
        "contact_name": entry.contact_name,
        "contact_phone": entry.contact_phone,
        "contact_email": entry.contact_email,
        "tracking_number": entry.tracking_number,
    }


def verified(result: Verification) -> Answer:
    """Of `verify`."""
    checks = [{"name": check.name, "ok": check.ok, "detail": check.detail} for check in result.checks]
    width = max(len(check.name) for check in result.checks)
    lines = [f"{'ok ' if check.ok else 'BAD'}  {check.name:<{width}}  {check.detail}" for check in result.checks]
    summary = "Everything is as it was recorded." if result.ok else "Something is not as it was recorded."
    return _answer({"ok": result.ok, "checks": checks}, [*lines, summary], well=result.ok)


def _answer(document: object, lines: Iterable[str], *, well: bool = True) -> Answer:
    return Answer((json.dumps(document),), lines, well)
