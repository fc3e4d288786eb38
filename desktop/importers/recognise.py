"""What a file is by its content: people rename files, and mail programs do it for them."""

from __future__ import annotations

import os
import re
from typing import BinaryIO, NamedTuple

from desktop.domain.imports import FileKind


class Recognised(NamedTuple):
    """`kind` is None for what no importer reads; `what` says in words what the file is, `advice` what to do then."""

    kind: FileKind | None
    what: str
    advice: str = ""


_ENDS = 65_536  # bytes looked at from the file's beginning and end
_SAVE_AS_CSV = "Open it in a spreadsheet, save it as CSV (UTF-8) and import that file."
_NOT_IMPORTED = "Choose the file that holds the shipments."

_CSV = Recognised(FileKind.CSV, "a CSV file")
_WORKBOOK = Recognised(FileKind.XLSX, "an Excel workbook (.xlsx)")
_PDF = Recognised(FileKind.PDF, "a PDF document")
_WEB_PAGE = Recognised(None, "a web page (HTML)", _SAVE_AS_CSV)
_LOCKED = Recognised(None, "a workbook protected with a password", "Save it without one and import that file.")
_BINARY = Recognised(None, "binary data", _NOT_IMPORTED)

# The container of old and of encrypted Office files, and a name in the directory of the latter.
_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# Names that a ZIP container of each kind holds; file names are stored uncompressed at both ends of a ZIP.
_ZIP_CONTENTS = (
    (b"xl/", _WORKBOOK),
    (b"application/vnd.oasis.opendocument.spreadsheet", Recognised(None, "an OpenDocument spreadsheet", _SAVE_AS_CSV)),
    (b"word/", Recognised(None, "a Word document", _NOT_IMPORTED)),
    (b"", Recognised(None, "a ZIP archive", "Unpack it and import the file inside.")),
)
_SIGNATURES = (
    (_OFFICE, Recognised(None, "an old or encrypted Office file (.xls, .doc, .msg)", _SAVE_AS_CSV)),
    (b"{\\rtf", Recognised(None, "a formatted text (RTF)", _NOT_IMPORTED)),
    (b"\x89PNG\r\n", Recognised(None, "a picture (PNG)", _NOT_IMPORTED)),
    (b"\xff\xd8\xff", Recognised(None, "a picture (JPEG)", _NOT_IMPORTED)),
    (b"GIF8", Recognised(None, "a picture (GIF)", _NOT_IMPORTED)),
    (b"\x1f\x8b", Recognised(None, "a compressed file (gzip)", "Unpack it and import the file inside.")),
    (b"7z\xbc\xaf\x27\x1c", Recognised(None, "a compressed file (7z)", "Unpack it and import the file inside.")),
)
_HTML = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|meta|body|table|div)\b", re.DOTALL | re.I)
_XML = re.compile(rb"\s*<\?xml\b", re.I)
_PDF_WITHIN = 1024  # readers accept "%PDF-" anywhere in the first 1,024 bytes
_CONTROL_BYTES = bytes(set(range(32)) - set(b"\0\t\n\v\f\r\x1a\x1b"))
_TEXT_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def recognise(file: BinaryIO) -> Recognised:
    """What an open file is; the file is left at its beginning. Plain text of any shape counts as CSV."""
    file.seek(0)
    head = file.read(_ENDS)
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _ENDS))
    tail = file.read(_ENDS)
    file.seek(0)
    if head.startswith(b"PK\x03\x04"):
        return next(kind for name, kind in _ZIP_CONTENTS if name in head or name in tail)
    if head.startswith(_OFFICE) and (_ENCRYPTED in head or _ENCRYPTED in tail):
        return _LOCKED
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    if b"%PDF-" in head[:_PDF_WITHIN]:
        return _PDF
    # Without marks and NUL bytes, so that a page in UTF-16 looks the same.
    text = head[3 if head.startswith(_TEXT_MARKS[0]) else 0 :].lstrip(b"\xff\xfe").replace(b"\0", b"")
    if _HTML.match(text):
        return _WEB_PAGE
    if _XML.match(text):
        return Recognised(None, "an XML file", _SAVE_AS_CSV)
    controls = len(head) - len(head.translate(None, _CONTROL_BYTES))
    in_pairs = head.startswith(_TEXT_MARKS) or head.count(0) * 4 > len(head)  # half of a letter may look like a control
    if controls * 20 > len(head) and not in_pairs:
        return _BINARY
    return _CSV
