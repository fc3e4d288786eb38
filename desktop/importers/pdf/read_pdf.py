"""A PDF file in, rows of text out, read in a process of its own that is bounded and can be ended at any time."""

from __future__ import annotations

import hashlib
import json
import stat
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import FileIO
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from time import monotonic
from typing import IO, Any

from desktop.domain.errors import StorageTrouble
from desktop.domain.import_review import ImportChoices
from desktop.domain.imports import DateOrder, FileKind, FileProblem, FileProblemKind, ParsedFile
from desktop.domain.products import ProductTable
from desktop.domain.progress import Progress, no_progress
from desktop.importers.pdf.exchange import (
    CONTENTS,
    DONE,
    PAGES,
    PROBLEM,
    READY,
    Request,
    read_contents,
    write_request,
)
from desktop.importers.pdf.pages import Contents
from desktop.importers.recognise import recognise
from desktop.importers.unreadable import Unreadable
from desktop.paths import pdf_worker_command, shipped_folder

RECOGNISED = ImportChoices()  # nothing chosen otherwise

_TICK = 0.05  # seconds between two looks at the clock and at whether the person cancelled
_LONGEST_ANSWER = 256 * 1024 * 1024  # bytes
_CRASHED = (
    "The PDF made the program that reads it end: it is damaged, or needs more memory than a file may have. "
    "Print it to a new PDF and import that one."
)


@dataclass(frozen=True, slots=True)
class PdfLimits:
    """The bounds of one file. It may take `seconds` and `seconds_a_page` for each page once its process has started."""

    size: int = 50 * 1024 * 1024  # bytes
    pages: int = 2_000
    seconds: float = 5.0
    seconds_a_page: float = 0.2
    seconds_to_start: float = 60.0
    memory: int = 2 * 1024 * 1024 * 1024  # bytes of address space

    def seconds_for(self, pages: int) -> float:
        """How long a file of so many pages may take."""
        return self.seconds + self.seconds_a_page * pages


def read_pdf(
    path: Path,
    choices: ImportChoices = RECOGNISED,
    progress: Progress = no_progress,
    *,
    table: ProductTable | None = None,
    limits: PdfLimits | None = None,
    worker: Sequence[str] | None = None,
) -> ParsedFile:
    """Reads a PDF of packing slips, sales orders and carrier labels; every page is accounted for in `pages`.

    Of `choices` the date order is used; these documents put the month first. `progress` is told pages, and what it
    raises ends the process that reads. `table` says what item codes and pack words mean; `worker` is the command of
    that process. A file that is too large is not hashed: its `sha256` is "". Raises `StorageTrouble` when the file
    cannot be opened or read; never for what is in the file.
    """
    limits = limits or PdfLimits()
    order = choices.date_order or DateOrder.MDY
    request = Request(order, table or ProductTable(), limits.pages, limits.memory)
    command = [*(worker or pdf_worker_command()), write_request(request)]
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "it is not a file", str(path))
        with path.open("rb", buffering=0) as file:
            found = ParsedFile(path.name, sha256="", size=status.st_size, kind=FileKind.PDF, date_order=order)
            try:
                return _read(file, found, command, limits, progress)
            except _Refused as refused:
                return refused.file
    except OSError as error:
        raise StorageTrouble(f"“{path.name}” cannot be read: {error.strerror or error}") from error


class _Refused(Exception):
    """Ends the reading of a file with what is known of it."""

    def __init__(self, file: ParsedFile, problem: FileProblem) -> None:
        self.file = replace(file, file_problem=problem)


def _read(file: FileIO, found: ParsedFile, command: Sequence[str], limits: PdfLimits, progress: Progress) -> ParsedFile:
    if found.size > limits.size:
        message = f"The PDF is larger than {limits.size // (1024 * 1024)} MB: split it and import its parts."
        raise _Refused(found, FileProblem(FileProblemKind.TOO_LARGE, message))
    progress(0, None)
    found = replace(found, sha256=hashlib.file_digest(file, "sha256").hexdigest())
    recognised = recognise(file)
    if found.size == 0:
        raise _Refused(found, FileProblem(FileProblemKind.EMPTY, "The file is empty."))
    if recognised.kind is not FileKind.PDF:
        message = f"The file is {recognised.what}, not a PDF document. {recognised.advice}".rstrip()
        raise _Refused(found, FileProblem(FileProblemKind.NOT_THIS_KIND, message))
    file.seek(0)
    try:
        with _started(command, file) as answers:
            sha256, contents = _follow(answers, limits, progress)
    except Unreadable as reason:
        raise _Refused(found, reason.problem) from reason
    if sha256 != found.sha256:
        raise _Refused(
            found, FileProblem(FileProblemKind.DAMAGED, "The file was changed while it was read. Try again.")
        )
    return replace(
        found,
        rows=contents.rows,
        layout=contents.layout,
        notes=contents.notes,
        pages=contents.pages,
        orders=contents.orders,
    )


@contextmanager
def _started(command: Sequence[str], file: FileIO) -> Iterator[Queue[bytes]]:
    """The lines that the process says, b"" after its last one; the process is ended with the block, come what may."""
    process = subprocess.Popen(  # noqa: S603  our own program
        command,
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=shipped_folder(),  # where `-m` finds the package
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0) if sys.platform == "win32" else 0,
    )
    assert process.stdout is not None  # noqa: S101  it is a pipe
    answers: Queue[bytes] = Queue()
    # A thread, because a pipe cannot be waited for with a time limit on every system. It ends with the process.
    reader = Thread(target=_pump, args=(process.stdout, answers), name="silqeqms-pdf", daemon=True)
    reader.start()
    try:
        yield answers
    finally:
        process.kill()
        process.wait()
        reader.join()
        process.stdout.close()


def _pump(pipe: IO[bytes], answers: Queue[bytes]) -> None:
    while line := pipe.readline(_LONGEST_ANSWER):
        answers.put(line)
    answers.put(b"")


def _follow(answers: Queue[bytes], limits: PdfLimits, progress: Progress) -> tuple[str, Contents]:
    """The SHA-256 of what was read, and what it holds. Raises `Unreadable`, and what `progress` raises."""
    done, total = 0, None
    began, most = monotonic(), limits.seconds_to_start
    while True:
        progress(done, total)
        try:
            line = answers.get(timeout=_TICK)
        except Empty:
            line = None
        if line is None:
            if monotonic() - began > most:
                of_pages = "" if total is None else f" for {total:,} page{'' if total == 1 else 's'}"
                message = (
                    f"Reading the PDF took longer than {most:g} seconds{of_pages}: print it to a new PDF and try that."
                )
                raise Unreadable(FileProblemKind.TOO_LARGE, message)
            continue
        key, value = _message(line)
        if key == READY:
            began, most = monotonic(), limits.seconds
        elif key == PAGES:
            total, most = value, limits.seconds_for(value)
        elif key == DONE:
            done = value
        elif key == PROBLEM:
            raise Unreadable(FileProblemKind(value[0]), value[1])
        elif key == CONTENTS:
            return _contents(value)


def _message(line: bytes) -> tuple[str, Any]:
    """One line of the process. Raises `Unreadable` when it ended without an answer or says what it never says."""
    try:
        ((key, value),) = json.loads(line).items()
    except (ValueError, AttributeError):
        raise Unreadable(FileProblemKind.DAMAGED, _CRASHED) from None
    return key, value


def _contents(value: Any) -> tuple[str, Contents]:
    try:
        return read_contents(value)
    except (ValueError, TypeError, LookupError):
        raise Unreadable(FileProblemKind.DAMAGED, _CRASHED) from None
