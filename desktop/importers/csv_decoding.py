"""The bytes of a text file: hashed as they are read, bounded, and in which encoding they are."""

from __future__ import annotations

import codecs
import hashlib
import io
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from desktop.domain.imports import FileProblemKind
from desktop.importers.unreadable import Unreadable

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MAX_BYTES = 200 * 1024 * 1024
MAX_LINE_BYTES = 4 * 1024 * 1024
TOO_LARGE_MESSAGE = "The file is larger than 200 MB: split it and import its parts."

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


class SourceFile(io.RawIOBase):
    """A file opened for one reading from its beginning to its end, whose SHA-256 is that of the bytes handed out.

    `size` is its size when it was opened, `done` the bytes read so far. Raises `Unreadable` when a line does not
    end within MAX_LINE_BYTES or the file grows beyond MAX_BYTES, so that no file can exhaust the memory.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "it is not a file", str(path))
        self.size = status.st_size
        self.done = 0
        self._file = path.open("rb", buffering=0)
        self._hash = hashlib.sha256()
        self._unbroken = 0

    @property
    def unhashed(self) -> BinaryIO:
        """The file for looking ahead; `rewind` comes after."""
        return self._file

    def rewind(self) -> None:
        """Begins the reading that is hashed."""
        self._file.seek(0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer)
        count = self._file.readinto(view) or 0
        self._take(bytes(view[:count]))
        return count

    def sha256(self) -> str:
        """Reads what was not read yet and gives the hash of the whole file."""
        if self.done == 0:
            self.rewind()
        while piece := self._file.read(_PIECE):
            self.done += len(piece)
            self._hash.update(piece)
        return self._hash.hexdigest()

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()

    def _take(self, piece: bytes) -> None:
        self._hash.update(piece)
        self.done += len(piece)
        if self.done > MAX_BYTES:
            raise Unreadable(FileProblemKind.TOO_LARGE, TOO_LARGE_MESSAGE)
        last_break = max(piece.rfind(b"\n"), piece.rfind(b"\r"))
        self._unbroken = self._unbroken + len(piece) if last_break < 0 else len(piece) - last_break - 1
        if self._unbroken > MAX_LINE_BYTES:
            raise Unreadable(FileProblemKind.TOO_LARGE, "A line of the file is longer than 4 MB.")


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


def open_text(source: SourceFile, encoding: str) -> io.TextIOWrapper:
    """The text of a source, strictly decoded, its lines ending as they are written (LF, CRLF or CR)."""
    source.rewind()
    buffered = io.BufferedReader(source, 65_536)
    try:
        return io.TextIOWrapper(buffered, encoding=encoding, errors="strict", newline="")
    except LookupError:
        buffered.detach()  # else it closes the source
        raise Unreadable(FileProblemKind.ENCODING, f"“{encoding}” is not an encoding of text.") from None


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
