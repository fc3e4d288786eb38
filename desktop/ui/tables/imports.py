"""The columns of the list of imports."""

from __future__ import annotations

from desktop.domain.import_review import ImportRecord
from desktop.domain.imports import FileKind
from desktop.ui.formats import or_blank, shown_number, shown_time
from desktop.ui.tables.windowed import Column

_KINDS = {FileKind.CSV: "CSV", FileKind.XLSX: "Workbook", FileKind.PDF: "PDF", FileKind.SHIPSTATION: "ShipStation"}


def import_state(record: ImportRecord) -> str:
    """`In the log`, or when and by whom it was undone."""
    if record.undone_at is None:
        return "In the log"
    by = f" by {record.undone_by}" if record.undone_by else ""
    return f"Undone {shown_time(record.undone_at)}{by}"


IMPORT_COLUMNS: tuple[Column[ImportRecord], ...] = (
    Column("id", "Import", lambda record: str(record.id), lambda record: record.id, 7),
    Column("file_name", "File", lambda record: record.file_name, lambda record: record.file_name.casefold(), 24),
    Column("kind", "Kind", lambda record: _KINDS[record.kind], lambda record: _KINDS[record.kind], 9),
    Column("imported_at", "When", lambda record: shown_time(record.imported_at), lambda record: record.imported_at, 14),
    Column("imported_by", "Who", lambda record: or_blank(record.imported_by), lambda record: record.imported_by, 14),
    Column("lines", "Lines", lambda record: shown_number(record.lines), lambda record: record.lines, 8, True),
    Column(
        "imported", "Imported", lambda record: shown_number(record.imported), lambda record: record.imported, 8, True
    ),
    Column(
        "problems", "Problems", lambda record: shown_number(record.problems), lambda record: record.problems, 8, True
    ),
    Column("state", "State", import_state, import_state, 24),
)
