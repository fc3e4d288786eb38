"""All pages of a file: which layout each one has, and what becomes of its documents as rows, pages and orders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from desktop.domain.imports import DateOrder, IgnoredLine, ParsedPage, ParsedRow, Problem, SalesOrder
from desktop.domain.products import ProductTable
from desktop.importers.pdf.documents import CarrierLabel, Document, OrderPage, Placed, Slip
from desktop.importers.pdf.grid import text_lines
from desktop.importers.pdf.label_match import match_labels
from desktop.importers.pdf.layouts import LAYOUTS
from desktop.importers.pdf.order_check import check_against_orders
from desktop.importers.pdf.order_rows import order_rows, orders_of
from desktop.importers.pdf.slip_rows import SlipRows, slip_rows
from desktop.importers.pdf.words import PageWords

_NO_TEXT = (
    "The page has no text layer: it is a scan or a drawing. Print the document to PDF from the program that made it, "
    "or enter its lines by hand."
)
_PICTURE = "The page is a scan with a text layer made by character recognition: compare every value with the picture."
_LAYOUT_WORDS = {"packing_slip": "a packing slip", "sales_order": "a sales order", "shipping_label": "a carrier label"}


@dataclass(slots=True)
class _Page:
    """What is known of a page before its documents are compared with those of other pages."""

    number: int
    layouts: tuple[str, ...] = ()
    messages: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Contents:
    """What a PDF holds."""

    rows: tuple[ParsedRow, ...]
    pages: tuple[ParsedPage, ...]
    orders: tuple[SalesOrder, ...]
    layout: str | None
    notes: tuple[str, ...] = ()


class PageReader:
    """Takes in the pages of a file one after another, in order, and gives what the whole file holds."""

    def __init__(self, table: ProductTable, dates: DateOrder) -> None:
        self._table = table
        self._dates = dates
        self._pages: list[_Page] = []
        self._placed: list[Placed] = []

    def add(self, words: PageWords) -> None:
        """Recognise the documents of a page. Words of one reading direction make a document, never of two."""
        page = _Page(words.number)
        self._pages.append(page)
        if not words.characters:
            page.messages.append(_NO_TEXT)
            return
        found: list[tuple[str, Document]] = []
        near: list[tuple[int, str, tuple[str, ...]]] = []
        groups = [text_lines(group) for group in words.groups.values()]
        for layout in LAYOUTS:
            for lines in groups:
                result = layout.find(lines, self._table, self._dates)
                found += [(layout.NAME, document) for document in result.documents]
                if result.documents and result.missing:
                    page.messages.append(f"Missing on {_LAYOUT_WORDS[layout.NAME]}: {', '.join(result.missing)}.")
                elif result.missing:
                    near.append((len(result.present), layout.NAME, result.missing))
        found.sort(key=lambda item: (item[1].place.y0, item[1].place.x0))
        for part, (name, document) in enumerate(found, 1):
            self._placed.append(Placed(words.number, part, name, document, words.is_picture))
        page.layouts = tuple(dict.fromkeys(name for name, _ in found))
        if not found:
            page.messages.append(_not_recognised(near))
        if words.is_picture and found:
            page.messages.append(_PICTURE)

    def unreadable(self, number: int, message: str) -> None:
        """Account for a page that cannot be read."""
        self._pages.append(_Page(number, messages=[message]))

    def contents(self) -> Contents:
        """Rows, pages and orders, compared with each other."""
        slips = _documents(self._placed, Slip)
        labels = _documents(self._placed, CarrierLabel)
        order_pages = _documents(self._placed, OrderPage)
        orders, order_problems = orders_of(order_pages, self._table)
        tracking, label_messages = match_labels(slips, labels)
        made: list[SlipRows] = slip_rows(slips, tracking, self._table)
        made += order_rows(order_pages, order_problems, self._table)
        made.sort(key=lambda item: (item.page, item.part))
        rows = [row for item in made for row in item.rows]
        rows = check_against_orders(rows, orders)
        if any(placed.is_picture for placed in self._placed):
            pictures = {placed.page for placed in self._placed if placed.is_picture}
            rows = [_doubted(row) if row.page in pictures else row for row in rows]
        rows = [row._replace(record=number, line=number) for number, row in enumerate(rows, 1)]
        by_page: dict[int, list[SlipRows]] = {}
        for item in made:
            by_page.setdefault(item.page, []).append(item)
        pages = tuple(
            _parsed_page(page, by_page.get(page.number, ()), label_messages.get(page.number, ()))
            for page in self._pages
        )
        layouts = list(dict.fromkeys(page.layout for page in pages if page.layout))
        return Contents(tuple(rows), pages, orders, _file_layout(layouts), _notes(pages))


def _parsed_page(page: _Page, own: Sequence[SlipRows], more: Iterable[str]) -> ParsedPage:
    numbers = dict.fromkeys(item.order_number for item in own if item.order_number)
    ignored: tuple[IgnoredLine, ...] = tuple(line for item in own for line in item.ignored)
    messages = [*page.messages, *(message for item in own for message in item.messages), *more]
    if ignored:
        listed = "; ".join(f"{line.item_code} ({line.reason})" for line in ignored)
        messages.append(f"Not logged, because they are no devices: {listed}.")
    layout = next((name for name in _LAYOUT_WORDS if name in page.layouts), next(iter(page.layouts), None))
    return ParsedPage(
        page=page.number,
        layout=layout,
        order_number=", ".join(numbers) or None,
        lines=sum(len(item.rows) for item in own),
        message=" ".join(dict.fromkeys(messages)) or None,
        ignored=ignored,
    )


def _documents(placed: Sequence[Placed], kind: type[Document]) -> list[Placed]:
    return [item for item in placed if isinstance(item.document, kind)]


def _not_recognised(near: Sequence[tuple[int, str, tuple[str, ...]]]) -> str:
    """What the page lacks of the layout that it is most like; of all of them when it is like none."""
    most = max((present for present, _, _ in near), default=0)
    missing: dict[str, tuple[str, ...]] = {}
    for present, name, marks in near:
        if present == most and (name not in missing or len(marks) < len(missing[name])):
            missing[name] = marks
    said = "; ".join(f"for {_LAYOUT_WORDS.get(name, name)}: {', '.join(marks)}" for name, marks in missing.items())
    return f"The page is not recognised, missing {said}."


def _doubted(row: ParsedRow) -> ParsedRow:
    return row._replace(problems=(*row.problems, Problem(None, "", _PICTURE)))


def _file_layout(layouts: Sequence[str]) -> str | None:
    return next((name for name in _LAYOUT_WORDS if name in layouts), next(iter(layouts), None))


def _notes(pages: Sequence[ParsedPage]) -> tuple[str, ...]:
    notes = []
    unread = [page.page for page in pages if page.layout is None]
    if unread:
        shown = ", ".join(map(str, unread[:20])) + (" and more" if len(unread) > 20 else "")
        notes.append(f"Nothing was read from {len(unread)} of {len(pages)} pages: {shown}.")
    return tuple(notes)
