"""Files on a disk, for every room that writes some: what an error means in a sentence, and writing one whole."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedRandom
from pathlib import Path

from desktop.domain.errors import StorageTrouble

_REASONS = {
    errno.ENOSPC: "the disk is full. Free some space and try again",
    errno.EDQUOT: "your share of the disk is used up. Free some space and try again",
    errno.EFBIG: "the file is larger than this disk allows",
    errno.EROFS: "the disk is read-only",
    errno.EACCES: "it is not allowed, or another program has the file open",
    errno.EPERM: "it is not allowed",
    errno.ENOENT: "the folder does not exist",
    errno.ENOTDIR: "the folder does not exist",
    errno.EISDIR: "a folder has that name",
    errno.EEXIST: "the name is already taken",
    errno.ENAMETOOLONG: "the name is too long",
    errno.EIO: "the disk reported an error",
}


@contextmanager
def file_trouble(doing: str) -> Iterator[None]:
    """Raises `StorageTrouble` in place of an `OSError`: “Could not {doing}: the disk is full. …”."""
    try:
        yield
    except OSError as error:
        reason = _REASONS.get(error.errno or 0) or error.strerror or "the system gave no reason"
        raise StorageTrouble(f"Could not {doing}: {reason}.") from error


@contextmanager
def whole_file(target: Path) -> Iterator[BufferedRandom]:
    """A file to write and read back, which takes the place of `target` when the block ends.

    On any exception `target` is as it was. Raises `StorageTrouble`. The unfinished file lies beside `target`, so that
    the exchange happens on one disk, in one step.
    """
    unfinished = target.with_name(f".unfinished-{secrets.token_hex(8)}")
    with file_trouble(f"save “{target.name}”"):
        try:
            with unfinished.open("x+b") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(target)
        except BaseException:
            with suppress(OSError):
                unfinished.unlink()
            raise
