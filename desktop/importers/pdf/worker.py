"""The process that opens a PDF: it may crash, hang or want all memory, and nothing else is harmed.

The file is its standard input; what it finds goes to standard output as lines of JSON (`exchange.py`). It needs no
file, no network and no database.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import BinaryIO

import pypdfium2
import pypdfium2.raw as pdfium

from desktop.domain.imports import FileProblem, FileProblemKind
from desktop.importers.pdf.exchange import (
    DONE,
    PAGES,
    PROBLEM,
    READY,
    Request,
    read_request,
    write_contents,
    write_message,
)
from desktop.importers.pdf.pages import PageReader
from desktop.importers.pdf.words import read_words
from desktop.importers.unreadable import Unreadable

_ENCRYPTED = "The PDF is protected by a password: open it with the password, print it to a new PDF and import that one."
_DAMAGED = "The PDF is damaged and cannot be opened: get it again from where it came from."


def main(arguments: Sequence[str]) -> int:
    """Read the PDF on standard input as the one argument says; the exit code is 0 when an answer was given."""
    request = read_request(arguments[0])
    _bound(request.max_memory)
    answers = sys.stdout.buffer
    _tell(answers, write_message(READY, True))
    try:
        _read(sys.stdin.buffer.read(), request, answers)
    except Unreadable as reason:
        _tell(answers, write_message(PROBLEM, reason.problem))
    except MemoryError:
        problem = FileProblem(FileProblemKind.TOO_LARGE, "The PDF needs more memory than a file may have.")
        _tell(answers, write_message(PROBLEM, problem))
    return 0


def _tell(answers: BinaryIO, line: bytes) -> None:
    answers.write(line)
    answers.flush()


def _bound(max_memory: int) -> None:
    """Limit memory, leave no core file and write no file, where the system can be asked for that (not on Windows)."""
    try:
        import resource
    except ImportError:
        return
    for kind, most in ((resource.RLIMIT_AS, max_memory), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)):
        with suppress(OSError, ValueError):  # a system that refuses one has the others
            resource.setrlimit(kind, (most, most))


def _read(content: bytes, request: Request, answers: BinaryIO) -> None:
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        encrypted = pdfium.FPDF_GetLastError() == pdfium.FPDF_ERR_PASSWORD or "password" in str(error).lower()
        raise Unreadable(FileProblemKind.DAMAGED, _ENCRYPTED if encrypted else _DAMAGED) from error
    count = len(document)
    if count == 0:
        raise Unreadable(FileProblemKind.EMPTY, "The PDF has no pages.")
    if count > request.max_pages:
        message = f"The PDF has {count:,} pages, more than {request.max_pages:,}: split it and import its parts."
        raise Unreadable(FileProblemKind.TOO_LARGE, message)
    _tell(answers, write_message(PAGES, count))
    reader = PageReader(request.table, request.dates)
    for number in range(1, count + 1):
        _read_page(document, number, reader)
        _tell(answers, write_message(DONE, number))
    _tell(answers, write_contents(hashlib.sha256(content).hexdigest(), reader.contents()))


def _read_page(document: pypdfium2.PdfDocument, number: int, reader: PageReader) -> None:
    try:
        page = document[number - 1]
        try:
            words = read_words(page, number)
        finally:
            page.close()
    except pypdfium2.PdfiumError:
        reader.unreadable(number, "The page is damaged and cannot be read.")
        return
    reader.add(words)
