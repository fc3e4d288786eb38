"""Files from outside the window: dropped, pasted or chosen, read once into names and bytes.

What drag sources hand over differs (files, virtual files, or nothing but private types): whatever arrives is answered,
each file by itself. Nothing is ever fetched: a web address is only text that somebody dropped.
"""

from __future__ import annotations

import stat
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData

_MEGABYTE = 1024 * 1024
MAX_FILE_BYTES = 25 * _MEGABYTE  # what the evidence store takes of a mail: a larger one need not be read
MAX_TOTAL_BYTES = 10 * MAX_FILE_BYTES

NO_FILE = "No file arrived: the other program handed over none. Save the message as .eml and drop the file."
ONLY_A_LINK = "A link arrived, not a file, and links are never fetched. Save the message as .eml and drop the file."
NO_FILE_PASTED = "The clipboard holds no file. Copy the saved .eml in the file manager and paste it here."


@dataclass(frozen=True, slots=True)
class FilesWanted:
    """What files are taken here: the bytes one may have, and the words for what is not taken."""

    max_bytes: int
    one: str
    folder: str
    no_file: str
    only_a_link: str


MAILS = FilesWanted(
    MAX_FILE_BYTES, "a mail", "This is a folder. Drop the e-mails that are in it.", NO_FILE, ONLY_A_LINK
)

# Windows virtual files (FILEGROUPDESCRIPTORW in shlobj_core.h): a count, then per file flags, an unused middle part,
# the size as high and low half, and the name in UTF-16 with a NUL behind it.
_WINDOWS = 'application/x-qt-windows-mime;value="{}"'
_DESCRIPTORS = _WINDOWS.format("FileGroupDescriptorW")
_CONTENTS = _WINDOWS.format("FileContents")
_DESCRIPTOR = struct.Struct("<I60xII520s")
_COUNT_BYTES = 4
_HAS_SIZE = 0x40


@dataclass(frozen=True, slots=True)
class DroppedFile:
    """One file as it arrived: the sender's name for it (no path), and its bytes."""

    filename: str
    content: bytes


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """Something that could not be read: its name, "" where there is none, and why and what to do instead."""

    filename: str
    sentence: str


@dataclass(frozen=True, slots=True)
class DroppedFiles:
    """Everything that arrived at once; never both empty."""

    files: tuple[DroppedFile, ...] = ()
    refused: tuple[RefusedFile, ...] = ()


def read_dropped(mime: QMimeData, *, nothing: str = "", wanted: FilesWanted = MAILS) -> DroppedFiles:
    """The files in what was dropped or pasted; `nothing` is said when there are none, else what `wanted` says.

    Call it once, while the drop is handled: with every read some programs write the message to the disk again, and
    after the drop they may take it away.
    """
    urls = mime.urls() if mime.hasUrls() else []
    if paths := [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]:
        return read_files(paths, wanted)
    if mime.hasFormat(_DESCRIPTORS):
        return _read_virtual(mime, wanted)
    return DroppedFiles(refused=(RefusedFile("", wanted.only_a_link if urls else nothing or wanted.no_file),))


def read_files(paths: Iterable[Path], wanted: FilesWanted = MAILS) -> DroppedFiles:
    """The files at these paths. A folder, a file that is too large and one that cannot be read are refused."""
    files: list[DroppedFile] = []
    refused: list[RefusedFile] = []
    left = MAX_TOTAL_BYTES
    for path in paths:
        name = path.name or str(path)
        try:
            found = path.stat()
            if stat.S_ISDIR(found.st_mode):
                refused.append(RefusedFile(name, wanted.folder))
            elif not stat.S_ISREG(found.st_mode):
                refused.append(RefusedFile(name, "This is not a file that can be read."))
            elif sentence := _too_large(found.st_size, left, wanted):
                refused.append(RefusedFile(name, sentence))
            else:
                files.append(DroppedFile(name, path.read_bytes()))
                left -= found.st_size
        except OSError as error:
            refused.append(RefusedFile(name, f"The file could not be read: {error.strerror or 'no reason was given'}."))
    return DroppedFiles(tuple(files), tuple(refused))


def _read_virtual(mime: QMimeData, wanted: FilesWanted) -> DroppedFiles:
    """Files that exist only inside the program they are dragged from."""
    files: list[DroppedFile] = []
    refused: list[RefusedFile] = []
    left = MAX_TOTAL_BYTES
    descriptors = mime.data(_DESCRIPTORS).data()[_COUNT_BYTES:]
    whole = descriptors[: len(descriptors) // _DESCRIPTOR.size * _DESCRIPTOR.size]
    for number, (flags, high, low, raw_name) in enumerate(_DESCRIPTOR.iter_unpack(whole)):
        name = _last_part(raw_name.decode("utf-16-le", "replace").partition("\0")[0])
        if flags & _HAS_SIZE and (sentence := _too_large(high << 32 | low, left, wanted)):
            refused.append(RefusedFile(name, sentence))
            continue
        content = bytes(mime.data(f"{_CONTENTS};index={number}").data())
        if not content:
            refused.append(RefusedFile(name, wanted.no_file))
        elif sentence := _too_large(len(content), left, wanted):
            refused.append(RefusedFile(name, sentence))
        else:
            files.append(DroppedFile(name, content))
            left -= len(content)
    if not files and not refused:
        refused.append(RefusedFile("", wanted.no_file))
    return DroppedFiles(tuple(files), tuple(refused))


def _too_large(size: int, left: int, wanted: FilesWanted) -> str | None:
    if size > wanted.max_bytes:
        tenths = -(-size * 10 // _MEGABYTE)
        limit = wanted.max_bytes // _MEGABYTE
        return f"The file is too large: {tenths / 10:,} MB, and {wanted.one} may have {limit} MB."
    if size > left:
        return f"More than {MAX_TOTAL_BYTES // _MEGABYTE} MB at once: drop this file again, with fewer others."
    return None


def _last_part(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2]
