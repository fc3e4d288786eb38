"""In which encoding the bytes of a text file are."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from desktop.domain.imports import FileProblemKind
from desktop.importers.source_file import SourceFile
from desktop.importers.unreadable import Unreadable

_PIECE = 1024 * 1024
_HEAD = 4096
# UTF-32 first: its little-endian mark begins with the one of UTF-16.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Bytes that are hardly ever meant in Windows-1252: a capital A with an accent before a sign, or longer runs of such.
_UTF8_EVIDENCE = re.compile(
    rb"[\xc2-\xc5][\x80-\xbf]"
    rb"|[\xe0-\xef][\x80-\xbf]{2}"
    rb"|[\xf0-\xf4][\x80-\xbf]{3}"
    rb"|(?:[\xc6-\xdf][\x80-\xbf]){2}"
)
_LONGEST_EVIDENCE = 4


def recognise_encoding(file: BinaryIO) -> str:
    """The encoding of a text: by its byte order mark, else strict UTF-8, else UTF-16 by its NUL bytes, else cp1252.

    Raises `Unreadable` when UTF-8 and Windows-1252 are mixed: any reading would alter some of the names.
    """
    file.seek(0)
    head = file.read(_HEAD)
    for mark, encoding in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return encoding
    # Before UTF-8: NUL is a character of UTF-8, so UTF-16 of plain English would pass.
    if encoding_by_nuls := _utf16_by_nuls(head):
        return encoding_by_nuls
    if _is_utf8(file):
        return "utf-8"
    _refuse_utf8_within(file)
    return "cp1252"


def chosen_encoding(name: str, file: BinaryIO) -> str:
    """Python's name of a text encoding that a person chose. Raises `Unreadable` for a name that is none."""
    try:
        encoding = codecs.lookup(name).name
    except (LookupError, ValueError):  # ValueError: a name with a NUL
        raise Unreadable(FileProblemKind.ENCODING, f"“{name}” is not an encoding that is known.") from None
    if encoding != "utf-16":
        return encoding
    file.seek(0)
    head = file.read(_HEAD)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16-le" if head.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
    return _utf16_by_nuls(head) or "utf-16-le"


@contextmanager
def open_text(source: SourceFile, encoding: str) -> Iterator[io.TextIOWrapper]:
    """The text of a source, strictly decoded, its lines ending as they are written (LF, CRLF or CR).

    The source stays open afterwards: it may not be hashed to its end yet.
    """
    source.rewind()
    buffered = io.BufferedReader(source, 65_536)
    try:
        text = io.TextIOWrapper(buffered, encoding=encoding, errors="strict", newline="")
    except LookupError:
        buffered.detach()
        raise Unreadable(FileProblemKind.ENCODING, f"“{encoding}” is not an encoding of text.") from None
    try:
        yield text
    finally:
        text.detach()
        buffered.detach()


def _utf16_by_nuls(head: bytes) -> str | None:
    """Text in a Latin script has a NUL in nearly every pair of bytes, always on the same side."""
    pairs = len(head) // 2
    first, second = (head[side : pairs * 2 : 2].count(0) for side in (0, 1))
    if second * 2 > pairs and first * 10 <= pairs:
        return "utf-16-le"
    if first * 2 > pairs and second * 10 <= pairs:
        return "utf-16-be"
    return None


def _is_utf8(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    file.seek(0)
    try:
        while piece := file.read(_PIECE):
            if not piece.isascii() or decoder.getstate()[0]:
                decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _refuse_utf8_within(file: BinaryIO) -> None:
    file.seek(0)
    line = 1
    before = b""
    while piece := file.read(_PIECE):
        window = before + piece
        if found := _UTF8_EVIDENCE.search(window):
            line += window.count(b"\n", 0, found.start())
            raise Unreadable(
                FileProblemKind.ENCODING,
                f"The file mixes two encodings: line {line} is UTF-8, other lines are not. Export it again as UTF-8, "
                "or choose the encoding.",
            )
        before = window[-(_LONGEST_EVIDENCE - 1) :]
        line += window.count(b"\n") - before.count(b"\n")
