"""The bytes of a file: bounded, and hashed as they are read, so that the hash is that of what was read."""

from __future__ import annotations

import hashlib
import io
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


class SourceFile(io.RawIOBase):
    """A file opened for one reading from its beginning to its end, whose SHA-256 is that of the bytes handed out.

    `size` is its size when it was opened, `done` the bytes read so far. Read as a stream, it is a text: it raises
    `Unreadable` when a line does not end within MAX_LINE_BYTES or the file grows beyond MAX_BYTES, so that no file can
    exhaust the memory.
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

    def whole(self) -> bytes:
        """All bytes at once, for what is not a text. Raises `Unreadable` when the file grew beyond MAX_BYTES."""
        self.rewind()
        content = bytearray()
        while piece := self._file.read(_PIECE):
            self._count(piece)
            content += piece
        return bytes(content)

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

    def _count(self, piece: bytes) -> None:
        self._hash.update(piece)
        self.done += len(piece)
        if self.done > MAX_BYTES:
            raise Unreadable(FileProblemKind.TOO_LARGE, TOO_LARGE_MESSAGE)

    def _take(self, piece: bytes) -> None:
        self._count(piece)
        last_break = max(piece.rfind(b"\n"), piece.rfind(b"\r"))
        self._unbroken = self._unbroken + len(piece) if last_break < 0 else len(piece) - last_break - 1
        if self._unbroken > MAX_LINE_BYTES:
            raise Unreadable(FileProblemKind.TOO_LARGE, "A line of the file is longer than 4 MB.")
