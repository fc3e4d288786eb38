"""The process that opens a PDF: bounded, ended when it must be, and whatever the file is, a sentence."""

from __future__ import annotations

import hashlib
import os
import random
import sys
import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption

from desktop.domain.errors import StorageTrouble
from desktop.domain.imports import FileKind, FileProblemKind, ParsedFile
from desktop.domain.progress import Cancelled
from desktop.importers.pdf.read_pdf import PdfLimits, read_pdf
from tests.importers.pdf.checking import read_here
from tests.support.pdf_documents import a_slip, draw_order, draw_slip, slip_look
from tests.support.pdf_writer import Sheet, write_pdf


def some_pages(path: Path, count: int = 1, **canvas: object) -> Path:
    """Slips and an order."""
    chance = random.Random(count)  # noqa: S311
    sheets = [Sheet() for _ in range(count)]
    for sheet in sheets:
        truth, rows = a_slip(chance)
        draw_slip(sheet, 39, truth, rows, slip_look(chance, rows))
    draw_order(sheets, chance, rows=2)
    return write_pdf(path, sheets, **canvas)


def refused(parsed: ParsedFile) -> tuple[FileProblemKind, str]:
    """Why a file cannot be read; with a problem there is nothing else."""
    assert parsed.file_problem is not None
    assert (parsed.kind, tuple(parsed.rows), parsed.pages, parsed.orders) == (FileKind.PDF, (), (), ())
    return parsed.file_problem


def test_what_the_process_reads_is_what_is_in_the_file(tmp_path: Path) -> None:
    path = some_pages(tmp_path / "slips.pdf", 3)
    told: list[tuple[int, int | None]] = []
    parsed = read_pdf(path, progress=lambda done, total: told.append((done, total)))
    here = read_here(path)
    assert (parsed.rows, parsed.pages, parsed.orders) == (here.rows, here.pages, here.orders)
    assert (parsed.kind, parsed.layout, parsed.file_problem) == (FileKind.PDF, "packing_slip", None)
    assert parsed.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert told[0] == (0, None)
    assert told[-1][1] == 4
    assert [done for done, _ in told] == sorted(done for done, _ in told)


@pytest.mark.parametrize(
    ("content", "kind", "said"),
    [
        (b"", FileProblemKind.EMPTY, "The file is empty."),
        (b"%PDF-1.7\n" + b"garbage " * 200, FileProblemKind.DAMAGED, "The PDF is damaged and cannot be opened"),
        (b"Ship Date,Lot\n", FileProblemKind.NOT_THIS_KIND, "The file is a CSV file, not a PDF document."),
    ],
)
def test_what_is_no_readable_pdf(content: bytes, kind: FileProblemKind, said: str, tmp_path: Path) -> None:
    path = tmp_path / "file.pdf"
    path.write_bytes(content)
    found, message = refused(read_pdf(path))
    assert (found, message[: len(said)]) == (kind, said)


def test_a_password_is_said(tmp_path: Path) -> None:
    locked = some_pages(tmp_path / "locked.pdf", encrypt=StandardEncryption("secret", canPrint=0))
    kind, message = refused(read_pdf(locked))
    assert (kind, message.partition(":")[0]) == (FileProblemKind.DAMAGED, "The PDF is protected by a password")
    only_owner = some_pages(tmp_path / "open.pdf", encrypt=StandardEncryption("", ownerPassword="secret"))
    assert read_pdf(only_owner).rows


def test_limits_of_size_and_pages(tmp_path: Path) -> None:
    path = some_pages(tmp_path / "slips.pdf", 3)
    parsed = read_pdf(path, limits=PdfLimits(size=1_000))
    assert (parsed.sha256, refused(parsed)[0]) == ("", FileProblemKind.TOO_LARGE)
    assert refused(read_pdf(path, limits=PdfLimits(pages=3))) == (
        FileProblemKind.TOO_LARGE,
        "The PDF has 4 pages, more than 3: split it and import its parts.",
    )
    assert (PdfLimits().size, PdfLimits().pages, PdfLimits().seconds_for(100)) == (52_428_800, 2_000, 25.0)


def test_what_cannot_be_opened_is_trouble(tmp_path: Path) -> None:
    with pytest.raises(StorageTrouble, match=r"gone\.pdf” cannot be read"):
        read_pdf(tmp_path / "gone.pdf")
    with pytest.raises(StorageTrouble, match="it is not a file"):
        read_pdf(tmp_path)


# --- Bombs, crashes, and being ended ----------------------------------------------------------------------------------


def a_pdf(objects: Sequence[bytes]) -> bytes:
    """A PDF of these objects, the first of which is the catalogue."""
    content, offsets = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, 1):
        offsets.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return content + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        size, table, size, len(content),
    )  # fmt: skip


def a_stream(content: bytes, more: bytes = b"") -> bytes:
    packed = zlib.compress(content, 9)
    return b"<</Length %d/Filter/FlateDecode%s>>stream\n%s\nendstream" % (len(packed), more, packed)


def a_page(content: bytes, resources: bytes, *more: bytes) -> bytes:
    return a_pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<<%s>>>>" % resources,
            content,
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
            *more,
        ]
    )


def forms_within_forms(levels: int = 12) -> bytes:
    """A few kilobytes that draw one letter 10 to the power of `levels` times."""
    forms = []
    for level in range(levels):
        last = level == levels - 1
        body = b"BT /F 9 Tf (x) Tj ET" if last else b"/N Do " * 10
        resources = b"/Font<</F 5 0 R>>" if last else b"/XObject<</N %d 0 R>>" % (7 + level)
        forms.append(a_stream(body, b"/Type/XObject/Subtype/Form/BBox[0 0 612 792]/Resources<<%s>>" % resources))
    return a_page(a_stream(b"/N Do " * 10), b"/XObject<</N 6 0 R>>", *forms)


def test_a_file_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    path = tmp_path / "bomb.pdf"
    path.write_bytes(forms_within_forms())
    kind, message = refused(read_pdf(path, limits=PdfLimits(seconds=0.3, seconds_a_page=0.1)))
    assert kind is FileProblemKind.TOO_LARGE
    assert message == "Reading the PDF took longer than 0.4 seconds for 1 page: print it to a new PDF and try that."


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the system cannot be asked to limit memory")
def test_a_file_that_wants_all_memory_is_ended(tmp_path: Path) -> None:
    path = tmp_path / "bomb.pdf"
    path.write_bytes(a_page(a_stream(b" " * 200_000_000), b"/Font<</F 5 0 R>>"))
    kind, message = refused(read_pdf(path, limits=PdfLimits(seconds=60, memory=300_000_000)))
    assert kind in (FileProblemKind.DAMAGED, FileProblemKind.TOO_LARGE)
    assert "memory than a file may have" in message


CRASHES = {
    "aborts": "import os; os.abort()",
    "is refused memory": "raise MemoryError",
    "says nothing": "",
    "says what is no JSON": "print('hello')",
    "says half": "print('{\"ready\":true}'); print('{\"contents\":[1,2]}')",
    "says an unknown thing": "print('[1]')",
}


@pytest.mark.parametrize("script", CRASHES.values(), ids=CRASHES)
def test_a_process_that_ends_without_an_answer_is_a_sentence(script: str, tmp_path: Path) -> None:
    path = some_pages(tmp_path / "slips.pdf")
    kind, message = refused(read_pdf(path, worker=[sys.executable, "-c", script]))
    assert (kind, message.partition(":")[0]) == (
        FileProblemKind.DAMAGED,
        "The PDF made the program that reads it end",
    )


_HANGS = """
import os, pathlib, sys, threading
print('{"ready":true}\\n{"pages":7}', flush=True)
pathlib.Path(sys.argv[1]).write_text(str(os.getpid()))
threading.Event().wait()
"""


def test_cancelling_ends_the_process(tmp_path: Path) -> None:
    path, pid_file = some_pages(tmp_path / "slips.pdf"), tmp_path / "pid"

    def cancel(_done: int, _total: int | None) -> None:
        if pid_file.exists() and pid_file.read_text():
            raise Cancelled

    with pytest.raises(Cancelled):
        read_pdf(path, progress=cancel, worker=[sys.executable, "-c", _HANGS, str(pid_file)])
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid_file.read_text()), 0)


def test_a_process_that_hangs_is_ended(tmp_path: Path) -> None:
    path, pid_file = some_pages(tmp_path / "slips.pdf"), tmp_path / "pid"
    limits = PdfLimits(seconds=0.2, seconds_a_page=0.01)
    kind, message = refused(read_pdf(path, limits=limits, worker=[sys.executable, "-c", _HANGS, str(pid_file)]))
    assert (kind, "for 7 pages" in message) == (FileProblemKind.TOO_LARGE, True)


def damaged(content: bytes, chance: random.Random) -> bytes:
    """A file with some bytes changed, cut out or cut off."""
    changed = bytearray(content)
    for _ in range(chance.choice((1, 5, 40))):
        at = chance.randrange(20, len(changed))
        changed[at] = chance.randrange(256)
    if chance.random() < 0.3:
        del changed[chance.randrange(20, len(changed)) :]
    return bytes(changed)


def check_damaged(path: Path, content: bytes, seeds: Sequence[int]) -> None:
    for seed in seeds:
        path.write_bytes(damaged(content, random.Random(seed)))  # noqa: S311
        parsed = read_pdf(path)
        assert (parsed.file_problem is None) == bool(parsed.pages), seed


def test_damaged_files_are_pages_or_a_sentence(tmp_path: Path) -> None:
    path = some_pages(tmp_path / "slips.pdf", pageCompression=0)
    check_damaged(path, path.read_bytes(), range(3))


@pytest.mark.slow
def test_many_damaged_files_are_pages_or_a_sentence(tmp_path: Path) -> None:
    for compression in (0, 1):
        path = some_pages(tmp_path / "slips.pdf", pageCompression=compression)
        check_damaged(path, path.read_bytes(), range(10, 50))
