"""The sides of the benchmark `pdf`: slips, labels and orders read whole, against the bare words of the same pages."""

from __future__ import annotations

import ctypes
import random
from pathlib import Path
from time import perf_counter

import pypdfium2
import pypdfium2.raw as pdfium

from desktop.importers.pdf.read_pdf import read_pdf
from tests.benchmarks.places import Places
from tests.support.pdf_documents import a_slip, draw_label, draw_order, draw_slip, slip_look
from tests.support.pdf_writer import Sheet, write_pdf

PAGES = 500


def pdf_ours(places: Places) -> dict[str, float]:
    """The file by the importer: process, words, layouts, lots, labels, orders, and back as rows."""
    path = _file(places)
    start = perf_counter()
    parsed = read_pdf(path)
    taken = perf_counter() - start
    if len(parsed.pages) != PAGES or any(page.layout is None for page in parsed.pages):
        raise RuntimeError("Not every page was recognised")
    return {"500 pages of slips, labels and orders": taken}


def pdf_other(places: Places) -> dict[str, float]:
    """Every character's text, loose box and angle by pypdfium2, joined to words at white space and gaps."""
    path = _file(places)
    start = perf_counter()
    words = sum(map(len, _bare_words(path)))
    taken = perf_counter() - start
    if words < PAGES:
        raise RuntimeError("There are no words")
    return {"500 pages of slips, labels and orders": taken}


def _bare_words(path: Path) -> list[list[tuple[str, float, float, float, float]]]:
    document = pypdfium2.PdfDocument(path.read_bytes())
    box = pdfium.FS_RECTF()
    pages = []
    for page in document:
        text_page = page.get_textpage()
        handle = text_page.raw
        words: list[tuple[str, float, float, float, float]] = []
        text, edges, turned = "", (0.0, 0.0, 0.0, 0.0), ctypes.c_float(0).value
        for index in range(pdfium.FPDFText_CountChars(handle)):
            char = chr(pdfium.FPDFText_GetUnicode(handle, index))
            pdfium.FPDFText_GetLooseCharBox(handle, index, box)
            angle = pdfium.FPDFText_GetCharAngle(handle, index)
            gap = box.left - edges[2] if angle == 0 else box.bottom - edges[3]
            if text and (char.isspace() or angle != turned or abs(gap) > 0.18 * (box.top - box.bottom)):
                words.append((text, *edges))
                text = ""
            if not char.isspace():
                edges = (
                    (min(edges[0], box.left), min(edges[1], box.bottom), box.right, box.top)
                    if text
                    else (box.left, box.bottom, box.right, box.top)
                )
                text, turned = text + char, angle
        pages.append(words)
        text_page.close()
        page.close()
    document.close()
    return pages


def _file(places: Places) -> Path:
    """Made once for a folder: four in ten pages are slips, two have a label above a slip, four are of orders."""
    path = places.folder / f"documents-{PAGES}.pdf"
    if not path.exists():
        chance = random.Random(1)  # noqa: S311
        sheets: list[Sheet] = []
        while len(sheets) < PAGES:
            for labelled in (False, False, True):
                sheet = Sheet()
                for top in (417,) if labelled else (39, 417):
                    truth, rows = a_slip(chance)
                    draw_slip(sheet, top, truth, rows, slip_look(chance, rows))
                if labelled:
                    draw_label(sheet, chance, truth)
                sheets.append(sheet)
            for _ in range(2):
                draw_order(sheets, chance, rows=4)
        write_pdf(path, sheets[:PAGES])
    return path
