"""One door for every file with shipments: what it is, is told by its content, never by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from desktop.domain.errors import StorageTrouble
from desktop.domain.import_review import ImportChoices
from desktop.domain.imports import FileKind, FileProblem, FileProblemKind, ParsedFile
from desktop.domain.progress import Progress, no_progress
from desktop.importers.csv_file import read_csv
from desktop.importers.recognise import recognise
from desktop.importers.source_file import MAX_BYTES, TOO_LARGE_MESSAGE, SourceFile
from desktop.importers.table import Layouts

RECOGNISED = ImportChoices()  # nothing chosen otherwise
Reader = Callable[[SourceFile, ParsedFile, ImportChoices, Layouts, Progress], ParsedFile]
NOTHING_REMEMBERED: Layouts = MappingProxyType({})


def read_file(
    path: Path,
    choices: ImportChoices = RECOGNISED,
    layouts: Layouts = NOTHING_REMEMBERED,
    progress: Progress = no_progress,
) -> ParsedFile:
    """Reads a file; its SHA-256 is that of the very bytes the rows were read from.

    `choices` overrides what would be recognised; `layouts` maps a header row to what was settled for it earlier, for
    what `choices` leaves open. `progress` is told bytes of a CSV, parts of the work of a workbook, pages of a PDF. A
    file that is too large is not hashed: its `sha256` is "". Raises `StorageTrouble` when the file cannot be opened
    or read, and what `progress` raises; never for what is in the file.
    """
    try:
        with SourceFile(path) as source:
            return _read(source, path, choices, layouts, progress)
    except OSError as error:
        raise StorageTrouble(f"“{path.name}” cannot be read: {error.strerror or error}") from error


def _read(
    source: SourceFile,
    path: Path,
    choices: ImportChoices,
    layouts: Layouts,
    progress: Progress,
) -> ParsedFile:
    recognised = recognise(source.unhashed)
    if recognised.kind is FileKind.PDF:
        from desktop.importers.pdf.read_pdf import read_pdf

        return read_pdf(path, choices, progress)
    found = ParsedFile(path.name, sha256="", size=source.size, kind=recognised.kind or FileKind.CSV)
    if source.size > MAX_BYTES:
        return replace(found, file_problem=FileProblem(FileProblemKind.TOO_LARGE, TOO_LARGE_MESSAGE))
    if source.size == 0:
        found = replace(found, file_problem=FileProblem(FileProblemKind.EMPTY, "The file is empty."))
    elif (read := _READERS.get(recognised.kind)) is not None:
        found = read(source, found, choices, layouts, progress)
    else:
        message = f"The file is {recognised.what}, not a CSV file. {recognised.advice}"
        found = replace(found, file_problem=FileProblem(FileProblemKind.NOT_THIS_KIND, message))
    return replace(found, sha256=source.sha256(), size=source.done)


def _read_workbook(
    source: SourceFile, found: ParsedFile, choices: ImportChoices, layouts: Layouts, progress: Progress
) -> ParsedFile:
    from desktop.importers.workbook_file import read_workbook  # with libraries that the window's start does not need

    return read_workbook(source, found, choices, layouts, progress)


# What is not here is named, with what to do.
_READERS: Mapping[FileKind | None, Reader] = {FileKind.CSV: read_csv, FileKind.XLSX: _read_workbook}
