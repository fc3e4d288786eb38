"""The evidence store: write-once files under keys of our own making, each known by its SHA-256.

A file appears under its key whole, on the disk and re-read, or not at all: it is written under a temporary name in
the same folder and gets its key, exclusively, as the last step. A killed process leaves at most a file with a
temporary name (`leftovers`).
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BufferedReader, BufferedWriter
from pathlib import Path

from desktop.domain.errors import EvidenceAltered, StorageTrouble
from desktop.domain.files import file_trouble, whole_file

_PARTIAL = ".partial-"
_KEEPING = "keep a file in the evidence store"
_BLOCK = 1 << 20
_MAX_PART_BYTES = 200
# Names and characters that Windows gives another meaning (learn.microsoft.com: Naming Files, Paths, and Namespaces).
_DEVICES = frozenset(
    ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"]
    + [f"{port}{n}" for port in ("COM", "LPT") for n in "0123456789¹²³"]
)
_FORBIDDEN = frozenset('\\<>:"|?*')
_NO_HARD_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})
_NO_FOLDER_SYNC = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP})


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as it was kept: its key, the SHA-256 of its bytes (hex, lower case) and how many there are."""

    key: str
    sha256: str
    size: int


def check_key(key: str) -> None:
    """Raises `ValueError` unless `key` is a relative POSIX path that means the same file on every system.

    Keys are made by this program, never taken from outside, so a bad one is a bug and no known trouble.
    """
    for part in key.split("/"):
        if not part or part.startswith(".") or part.endswith((".", " ")):
            raise ValueError(f"Key {key!r} has a part that is empty, starts with a dot, or ends with a dot or space")
        if not part.isprintable() or not _FORBIDDEN.isdisjoint(part):
            raise ValueError(f"Key {key!r} has a character that no file name may have everywhere")
        if len(part.encode()) > _MAX_PART_BYTES:
            raise ValueError(f"Key {key!r} has a part of more than {_MAX_PART_BYTES} bytes")
        if part.split(".")[0].rstrip().upper() in _DEVICES:
            raise ValueError(f"Key {key!r} has a part that names a device on Windows")


class EvidenceWriter:
    """Takes the content of one file piece by piece."""

    def __init__(self, key: str, file: BufferedWriter) -> None:
        self._key = key
        self._file = file
        self._digest = hashlib.sha256()
        self._size = 0
        self._kept = False

    def write(self, content: bytes) -> None:
        """Append `content`. Raises `StorageTrouble`."""
        with file_trouble(_KEEPING):
            self._file.write(content)
        self._digest.update(content)
        self._size += len(content)

    @property
    def stored(self) -> StoredFile:
        """The file as it was kept; asking before the writer's block has ended is a bug."""
        if not self._kept:
            raise RuntimeError(f"{self._key!r} is not kept yet")
        return StoredFile(self._key, self._digest.hexdigest(), self._size)

    def _finish(self, temporary: Path) -> None:
        """Flush to the disk, then read back what is there."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        with temporary.open("rb") as written:
            if hashlib.file_digest(written, "sha256").digest() != self._digest.digest():
                raise StorageTrouble("The disk did not give back what was written to it. Nothing was kept.")


class EvidenceStore:
    """The files below one folder, readable by their owner only. Nothing is ever overwritten."""

    def __init__(self, folder: Path) -> None:
        """`folder` and the folders below it are made when the first file is kept."""
        self._folder = folder

    def put(self, key: str, content: bytes) -> StoredFile:
        """Keep `content` under a new key. Raises `StorageTrouble`, and `ValueError` for a bad key."""
        with self.writer(key) as writer:
            writer.write(content)
        return writer.stored

    @contextmanager
    def writer(self, key: str) -> Iterator[EvidenceWriter]:
        """Keep a file under a new key piece by piece; an exception inside the block leaves nothing.

        Raises `StorageTrouble`, and `ValueError` for a bad key.
        """
        check_key(key)
        path = self._folder / key
        temporary = path.with_name(f"{_PARTIAL}{secrets.token_hex(8)}")
        with file_trouble(_KEEPING):
            if path.exists():
                raise _taken(key)
            _make_folder(path.parent)
            flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)
            file = os.fdopen(os.open(temporary, flags, 0o600), "wb")
        writer = EvidenceWriter(key, file)
        try:
            yield writer
            with file_trouble(_KEEPING):
                writer._finish(temporary)
                try:
                    _publish(temporary, path)
                except FileExistsError:
                    raise _taken(key) from None
        except BaseException:
            with suppress(OSError):
                file.close()
            with suppress(OSError):
                temporary.unlink()
            raise
        writer._kept = True

    def read(self, key: str, sha256: str) -> bytes:
        """The bytes of a file. Raises `EvidenceAltered` unless they have the SHA-256 that was recorded."""
        with self._open(key) as file:
            content = b"".join(_blocks(file))
        _compare(key, hashlib.sha256(content).hexdigest(), sha256)
        return content

    def verify(self, key: str, sha256: str) -> None:
        """Raises `EvidenceAltered` unless the file is there with the SHA-256 that was recorded."""
        with self._open(key) as file:
            _compare(key, hashlib.file_digest(file, "sha256").hexdigest(), sha256)

    def export(self, key: str, sha256: str, target: Path) -> None:
        """Copy a file to `target`, verified while copying: `target` gets the recorded bytes or is left as it was.

        Raises `EvidenceAltered` and `StorageTrouble`.
        """
        if target.resolve().is_relative_to(self._folder.resolve()):
            raise StorageTrouble(f"Could not save “{target.name}”: choose a folder outside the evidence store.")
        digest = hashlib.sha256()
        with self._open(key) as file, whole_file(target) as copy:
            for block in _blocks(file):
                digest.update(block)
                copy.write(block)
            _compare(key, digest.hexdigest(), sha256)

    def remove_uncommitted(self, key: str) -> None:
        """Take out a file whose record was never committed. Raises `StorageTrouble`."""
        check_key(key)
        path = self._folder / key
        with file_trouble("take a file out of the evidence store"):
            path.unlink(missing_ok=True)
            if path.parent.is_dir():
                _sync_folder(path.parent)

    def keys(self) -> Iterator[str]:
        """The path of every file below the folder, sorted, whoever put it there; without the left-overs."""
        return (path for path in self._files() if not _is_partial(path))

    def leftovers(self) -> Iterator[str]:
        """The path of every file that a killed process left unfinished, or that is being written right now."""
        return (path for path in self._files() if _is_partial(path))

    def _files(self) -> Iterator[str]:
        with file_trouble("look through the evidence store"):
            for folder, folders, names in os.walk(self._folder, onerror=self._unreadable):
                folders.sort()
                for name in sorted(names):
                    yield Path(folder, name).relative_to(self._folder).as_posix()

    def _unreadable(self, error: OSError) -> None:
        if not (isinstance(error, FileNotFoundError) and error.filename == str(self._folder)):
            raise error

    @contextmanager
    def _open(self, key: str) -> Iterator[BufferedReader]:
        try:
            check_key(key)
        except ValueError as error:
            # Only a record that was changed behind the program's back can name such a file.
            raise EvidenceAltered(f"The record names “{key}”, which cannot be a file of the evidence store.") from error
        with file_trouble(f"read the stored file “{key}”"):
            try:
                file = (self._folder / key).open("rb")
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                raise EvidenceAltered(f"The stored file “{key}” is missing.") from None
            with file:
                yield file


def _blocks(file: BufferedReader) -> Iterator[bytes]:
    with file_trouble("read a file of the evidence store"):
        while block := file.read(_BLOCK):
            yield block


def _compare(key: str, found: str, recorded: str) -> None:
    if found != recorded:
        raise EvidenceAltered(f"The stored file “{key}” was altered: its SHA-256 is {found}, recorded was {recorded}.")


def _taken(key: str) -> StorageTrouble:
    return StorageTrouble(f"The evidence store already has a file “{key}”; it is never overwritten.")


def _is_partial(path: str) -> bool:
    return path.rpartition("/")[2].startswith(_PARTIAL)


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    _sync_folder(folder.parent)


def _publish(temporary: Path, path: Path) -> None:
    """Give a finished file its key. Raises `FileExistsError` when the key is taken, even in this very moment."""
    if os.name == "nt":
        temporary.rename(path)  # there a rename refuses a name that is taken
        return
    try:
        path.hardlink_to(temporary)
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        _rename_exclusively(temporary, path)
    else:
        with suppress(OSError):
            temporary.unlink()
    try:
        _sync_folder(path.parent)
    except OSError:
        path.unlink()
        raise


def _rename_exclusively(temporary: Path, path: Path) -> None:
    """For disks without hard links (FAT, some network folders), where POSIX rename would overwrite.

    The reservation keeps out everybody who writes through this class; it has the name of a left-over.
    """
    reservation = path.with_name(f"{_PARTIAL}{path.name}")
    os.close(os.open(reservation, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
        temporary.rename(path)
    finally:
        reservation.unlink()


def _sync_folder(folder: Path) -> None:
    """Makes the names in a folder survive a power cut. Windows cannot open a folder, and journals names itself."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise
    finally:
        os.close(descriptor)
