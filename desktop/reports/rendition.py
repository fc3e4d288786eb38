"""A report as pages of PDF that can be printed and signed off: the same rows as the file, and what proves them.

The record is the CSV. Every page names it by reference and SHA-256, says who signed and what was attached, and carries
the head of the audit chain, so that a chain whose tail is cut later is seen to be shorter than it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import landscape, letter
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from desktop.domain.approvals import Approval, Binding
from desktop.domain.progress import Progress, no_progress
from desktop.domain.reports import RECORD_COLUMNS, OpenedReport, Printing, TracingReport
from desktop.paths import resources_folder

# Points, from the lower left corner.
_WIDTH, _HEIGHT = landscape(letter)
_MARGIN = 36
_TOP = _HEIGHT - 56  # below the head of the page
_FOOT = 66  # above the foot of the page
_TEXT_SIZE, _SMALL_SIZE, _LEADING = 7.5, 6.2, 9.5
_CELL_GAP = 5

_INK, _GREY, _LINE, _BAND = HexColor("#1a2126"), HexColor("#535f68"), HexColor("#b9c2c8"), HexColor("#f1f4f5")
_REGULAR, _BOLD = "DejaVuSansCondensed", "DejaVuSansCondensed-Bold"

# The columns of the table, with their widths; the rest of a row stands in small print below it.
_COLUMNS = {
    "ship_date": 50,
    "order_number": 84,
    "facility_name": 172,
    "city": 82,
    "state": 30,
    "sku": 58,
    "lot_number": 88,
    "quantity": 44,
    "rep_name": 66,
    "source": 46,
}
_RIGHT_ALIGNED = frozenset({"quantity"})
_FIELDS = [column.field for column in RECORD_COLUMNS]
_HEADERS = {column.field: column.header for column in RECORD_COLUMNS}
_PLACES = {field: _FIELDS.index(field) for field in _COLUMNS}
_IN_SMALL_PRINT = [(n, column.header) for n, column in enumerate(RECORD_COLUMNS) if column.field not in _COLUMNS]
_UNBREAKABLE = "\u00a0"  # so that a value is not torn from its name
_ROWS_PER_PROGRESS = 500


def write_rendition(
    file: BinaryIO,
    opened: OpenedReport,
    approvals: Sequence[Approval],
    printing: Printing,
    progress: Progress = no_progress,
) -> int:
    """Write the PDF of a report whose bytes were just verified; returns the number of pages.

    Equal input gives equal bytes. Raises what `progress` raises.
    """
    _load_fonts()
    pages = list(_paginated(opened, approvals, progress))
    canvas = Canvas(file, pagesize=(_WIDTH, _HEIGHT), invariant=True, pageCompression=1)
    canvas.setTitle(f"Tracing report {opened.report.reference}")
    canvas.setAuthor("SilqeQMS Desktop")
    for number, page in enumerate(pages, start=1):
        _draw_head(canvas, opened.report, number, len(pages))
        for block in page:
            block.draw(canvas)
        _draw_foot(canvas, opened.report, approvals, printing)
        canvas.showPage()
    canvas.save()
    return len(pages)


@dataclass(slots=True)
class _Block:
    """Some lines of text with their place on the page, `y` being the top of the block."""

    height: float
    texts: list[tuple[float, float, str, str, float, bool, bool]]
    band: bool = False
    line: bool = False
    y: float = 0.0

    def draw(self, canvas: Canvas) -> None:
        if self.band:
            canvas.setFillColor(_BAND)
            canvas.rect(_MARGIN - 2, self.y - self.height, _WIDTH - 2 * _MARGIN + 4, self.height, stroke=0, fill=1)
        if self.line:
            canvas.setStrokeColor(_LINE)
            canvas.line(_MARGIN - 2, self.y - self.height, _WIDTH - _MARGIN + 2, self.y - self.height)
        for x, down, text, font, size, grey, right in self.texts:
            canvas.setFont(font, size)
            canvas.setFillColor(_GREY if grey else _INK)
            (canvas.drawRightString if right else canvas.drawString)(x, self.y - down, text)


def _paginated(opened: OpenedReport, approvals: Sequence[Approval], progress: Progress) -> Iterator[list[_Block]]:
    """The blocks of each page, each at its place; the table's header stands again on every page."""
    header = _table_header()
    page: list[_Block] = []
    y = _TOP
    for block in _front_matter(opened.report, approvals):
        y = _put(page, block, y)
    y = _put(page, header, y)
    for block in _table(opened, progress):
        if y - block.height < _FOOT:
            yield page
            page = []
            y = _put(page, _table_header(), _TOP)
        y = _put(page, block, y)
    yield page


def _put(page: list[_Block], block: _Block, y: float) -> float:
    block.y = y
    page.append(block)
    return y - block.height


def _front_matter(report: TracingReport, approvals: Sequence[Approval]) -> Iterator[_Block]:
    yield _paragraph(f"Tracing report {report.reference}", _BOLD, 15, 22)
    yield _paragraph(f"Content: {report.filter.in_words()}", _REGULAR, 10, 15)
    yield _paragraph(
        f"{report.rows:,} lines, {report.units:,} units. Made {_moment(report.generated_at)} by {report.generated_by}."
        + (f" Supersedes {report.supersedes}." if report.supersedes else "")
        + (f" Superseded by {report.superseded_by}." if report.superseded_by else ""),
        _REGULAR,
        9,
        14,
    )
    if report.is_stale:
        words = f"Stale: {report.changes:,} lines were added, changed or removed in the log after the report was made."
        yield _paragraph(words, _BOLD, 9, 14)
    if report.signature is None:
        yield _paragraph("Draft: not signed.", _BOLD, 9, 14)
    else:
        signed = report.signature
        words = f"Signed: {signed.meaning.value} by {signed.printed_name}, {_moment(signed.signed_at)}."
        yield _paragraph(words, _BOLD, 9, 14)
    if not approvals:
        yield _paragraph("No approval e-mail is attached.", _REGULAR, 9, 14)
    for approval in approvals:
        binding = "bound" if approval.binding is Binding.BOUND else "not verified"
        sent = "no readable date" if approval.email_date is None else _moment(approval.email_date)
        yield _paragraph(
            f"Approval e-mail ({binding}): “{approval.subject or ''}” from {approval.from_email or 'nobody named'}, "
            f"{sent}; SHA-256 {approval.sha256}",
            _REGULAR,
            7.5,
            10.5,
        )
    yield _Block(10, [])


def _table_header() -> _Block:
    texts = []
    for field, x, width in _columns():
        right = field in _RIGHT_ALIGNED
        at = x + width - _CELL_GAP if right else x
        texts.append((at, 10.0, _HEADERS[field], _BOLD, _TEXT_SIZE, False, right))
    return _Block(15, texts, band=True, line=True)


def _table(opened: OpenedReport, progress: Progress) -> Iterator[_Block]:
    units_by_sku: dict[str, int] = {}
    for number, row in enumerate(opened.rows):
        if number % _ROWS_PER_PROGRESS == 0:
            progress(number, len(opened.rows))
        sku, quantity = row[_PLACES["sku"]], row[_PLACES["quantity"]]
        units_by_sku[sku] = units_by_sku.get(sku, 0) + int(quantity)
        yield _row(row)
    totals = "; ".join(f"{sku} {units:,}" for sku, units in sorted(units_by_sku.items()))
    words = f"Total: {opened.report.rows:,} lines, {opened.report.units:,} units. {totals}"
    yield _Block(18, [(_MARGIN, 13, _drawable(words), _BOLD, 8.5, False, False)])


def _row(row: Sequence[str]) -> _Block:
    texts: list[tuple[float, float, str, str, float, bool, bool]] = []
    deepest = 1
    for field, x, width in _columns():
        right = field in _RIGHT_ALIGNED
        lines = _wrapped(row[_PLACES[field]], _REGULAR, _TEXT_SIZE, width - _CELL_GAP)
        at = x + width - _CELL_GAP if right else x
        texts += [(at, 8 + n * _LEADING, line, _REGULAR, _TEXT_SIZE, False, right) for n, line in enumerate(lines)]
        deepest = max(deepest, len(lines))
    height = 2 + deepest * _LEADING
    small = "   ".join(
        f"{header}: {row[place]}".replace(" ", _UNBREAKABLE) for place, header in _IN_SMALL_PRINT if row[place]
    )
    if small:
        indent = _MARGIN + _COLUMNS["ship_date"]
        for line in _wrapped(small, _REGULAR, _SMALL_SIZE, _WIDTH - _MARGIN - indent):
            texts.append((indent, height + 6, line, _REGULAR, _SMALL_SIZE, True, False))
            height += 8
    return _Block(height + 2, texts, line=True)


def _paragraph(words: str, font: str, size: float, leading: float) -> _Block:
    lines = _wrapped(words, font, size, _WIDTH - 2 * _MARGIN)
    texts = [(float(_MARGIN), size + n * leading, line, font, size, False, False) for n, line in enumerate(lines)]
    return _Block(leading * len(lines), texts)


def _draw_head(canvas: Canvas, report: TracingReport, number: int, pages: int) -> None:
    canvas.setFillColor(_GREY)
    canvas.setFont(_REGULAR, 8)
    y = _HEIGHT - 34
    canvas.drawString(_MARGIN, y, f"SilqeQMS Desktop — Tracing report {report.reference}")
    canvas.drawRightString(_WIDTH - _MARGIN, y, f"Page {number} of {pages}")
    canvas.setStrokeColor(_LINE)
    canvas.line(_MARGIN, y - 6, _WIDTH - _MARGIN, y - 6)


def _draw_foot(canvas: Canvas, report: TracingReport, approvals: Sequence[Approval], printing: Printing) -> None:
    bound = sum(approval.binding is Binding.BOUND for approval in approvals)
    signed = (
        "Draft: not signed"
        if report.signature is None
        else f"Signed: {report.signature.meaning.value} by {report.signature.printed_name}, "
        f"{_moment(report.signature.signed_at)}"
    )
    lines = (
        f"{signed}. Approval e-mails: {bound} bound, {len(approvals) - bound} not verified.",
        f"SHA-256 of the report file {report.sha256}",
        f"Audit chain: event {printing.chain_head.position:,}, {printing.chain_head.event_hash}. "
        f"Printed {_moment(printing.printed_at)} by {printing.printed_by}.",
    )
    canvas.setStrokeColor(_LINE)
    canvas.line(_MARGIN, 56, _WIDTH - _MARGIN, 56)
    canvas.setFillColor(_GREY)
    canvas.setFont(_REGULAR, 7)
    for n, line in enumerate(lines):
        canvas.drawString(_MARGIN, 46 - n * 10, _drawable(line))


def _columns() -> Iterator[tuple[str, float, float]]:
    x = float(_MARGIN)
    for field, width in _COLUMNS.items():
        yield field, x, width
        x += width


@lru_cache(maxsize=20_000)
def _wrapped(text: str, font: str, size: float, width: float) -> tuple[str, ...]:
    """The text in lines no wider than `width` points; a word that is too long is broken, nothing is left out."""
    lines: list[str] = []
    line = ""
    for word in _drawable(text).split(" "):
        candidate = f"{line} {word}" if line else word
        if pdfmetrics.stringWidth(candidate, font, size) <= width:
            line = candidate
            continue
        if line:
            lines.append(line)
        while pdfmetrics.stringWidth(word, font, size) > width and len(word) > 1:
            fits = next(n for n in range(len(word) - 1, 0, -1) if n == 1 or _fits(word[:n], font, size, width))
            lines.append(word[:fits])
            word = word[fits:]
        line = word
    return (*lines, line)


def _fits(text: str, font: str, size: float, width: float) -> bool:
    return bool(pdfmetrics.stringWidth(text, font, size) <= width)


def _drawable(text: str) -> str:
    """The text as the font can draw it: line breaks as ↵, and what it has no sign for as its code, never as a gap."""
    signs = pdfmetrics.getFont(_REGULAR).face.charToGlyph
    shown = text.replace("\r\n", "↵").replace("\n", "↵").replace("\r", "↵").replace("\t", " ")
    return "".join(sign if ord(sign) in signs else f"<U+{ord(sign):04X}>" for sign in shown)


def _moment(moment: datetime) -> str:
    """UTC, because paper travels: `2026-03-04 16:05 UTC`."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _load_fonts() -> None:
    folder: Path = resources_folder() / "fonts"
    for name in (_REGULAR, _BOLD):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, str(folder / f"{name}.ttf")))
