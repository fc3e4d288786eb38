"""Where an entry comes from, what happened to it, and the files that are its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from desktop.domain.errors import FileRefused

MAX_EVIDENCE_BYTES = 50 * 1024 * 1024

# What the system's own viewer may be given: kinds that show, and run nothing. Everything else can be saved.
_SHOWN = frozenset(
    "pdf png jpg jpeg gif bmp tif tiff webp heic txt csv eml xlsx docx pptx odt ods odp rtf".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that was changed, by its column's name; people and customers by name, never by id."""

    field: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class HistoryEvent:
    """One thing that happened to an entry: who, when (UTC), what (an `AuditAction` value), what of it, and why."""

    position: int
    moment: datetime
    actor: str
    action: str
    reason: str | None
    changes: tuple[FieldChange, ...]
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Origin:
    """The import that brought an entry: its number, the source file, the line of it, when (UTC) and by whom."""

    batch_id: int
    file_name: str
    line: int | None
    imported_at: datetime
    imported_by: str
    sha256: str


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A file that is, or was, the evidence of an entry. `size` is in bytes; only the latest is `current`."""

    storage_key: str
    filename: str
    sha256: str
    size: int
    attached_at: datetime
    attached_by: str
    reason: str | None
    current: bool

    @property
    def can_be_shown(self) -> bool:
        """Whether the system's viewer may be given a copy: programs, scripts and web pages are only saved."""
        return ending(self.filename) in _SHOWN


def ending(filename: str) -> str:
    """The ending of a file's name, lower case, without the dot; "" when there is none."""
    stem, dot, last = filename.rpartition(".")
    return last.lower() if dot and stem and last.isascii() and last.isalnum() else ""


def refuse_unless_evidence(filename: str, size: int) -> None:
    """Raises `FileRefused` for an empty file and for one of more than 50 MB; any other file can be evidence."""
    if size == 0:
        raise FileRefused(f"“{filename}” is empty: there is nothing in it to keep.")
    if size > MAX_EVIDENCE_BYTES:
        limit = MAX_EVIDENCE_BYTES // 1024**2
        raise FileRefused(f"“{filename}” is too large: evidence may have {limit} MB.")
