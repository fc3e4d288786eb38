"""What a file is by its content."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.imports import FileKind
from desktop.importers.recognise import recognise


def zipped(*names: str, mimetype: str = "") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype, zipfile.ZIP_STORED)
        for name in names:
            archive.writestr(name, "x" * 100)
        archive.writestr("large", bytes(range(256)) * 1_000, zipfile.ZIP_STORED)
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "kind", "what"),
    [
        (b"", FileKind.CSV, "a CSV file"),
        (b"Ship Date,Lot\n", FileKind.CSV, "a CSV file"),
        ("Ship Date,Lot\n".encode("utf-16"), FileKind.CSV, "a CSV file"),
        ("Ship Date,Lot,āďĀā\n".encode("utf-16-le"), FileKind.CSV, "a CSV file"),
        (b"<5 units,Lot\n", FileKind.CSV, "a CSV file"),
        (zipped("[Content_Types].xml", "xl/workbook.xml"), FileKind.XLSX, "an Excel workbook (.xlsx)"),
        (
            zipped(*(f"docProps/{n}.xml" for n in range(900)), "xl/workbook.xml"),
            FileKind.XLSX,
            "an Excel workbook (.xlsx)",
        ),
        (zipped("[Content_Types].xml", "word/document.xml"), None, "a Word document"),
        (
            zipped("content.xml", mimetype="application/vnd.oasis.opendocument.spreadsheet"),
            None,
            "an OpenDocument spreadsheet",
        ),
        (zipped("march.csv"), None, "a ZIP archive"),
        (b"%PDF-1.4\n", FileKind.PDF, "a PDF document"),
        (b"\r\n \xef\xbb\xbf%PDF-1.4\n", FileKind.PDF, "a PDF document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), None, "an old or encrypted Office file (.xls, .doc, .msg)"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
            None,
            "a workbook protected with a password",
        ),
        (b"\n <HTML>", None, "a web page (HTML)"),
        (b"<!-- saved --> <!DOCTYPE html><html>", None, "a web page (HTML)"),
        (b"<table border=1><tr>", None, "a web page (HTML)"),
        ("\ufeff<html>".encode("utf-16-le"), None, "a web page (HTML)"),
        ("\ufeff<html>".encode(), None, "a web page (HTML)"),
        (b'<?xml version="1.0"?><Workbook/>', None, "an XML file"),
        (b"{\\rtf1 ", None, "a formatted text (RTF)"),
        (b"\x89PNG\r\n\x1a\n", None, "a picture (PNG)"),
        (gzip.compress(b"Ship Date,Lot\n", mtime=0), None, "a compressed file (gzip)"),
        (b"\x7fELF" + bytes(range(1, 256)) * 10, None, "binary data"),
    ],
)
def test_kinds(content: bytes, kind: FileKind | None, what: str) -> None:
    file = io.BytesIO(content)
    found = recognise(file)
    assert (found.kind, found.what) == (kind, what)
    assert bool(found.advice) == (kind not in (FileKind.CSV, FileKind.XLSX, FileKind.PDF))
    assert file.tell() == 0


@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"<!--", b"\xff\xfe", b"%PDF"]))
def test_any_bytes_are_something(content: bytes, before: bytes) -> None:
    assert recognise(io.BytesIO(before + content)).what
