"""What any importer hands over: the file as it was recognised, its rows as text, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, Protocol, runtime_checkable


class Problem(NamedTuple):
    """Something wrong, or worth knowing, about one value: the field's name, the value as read, and a sentence.

    `field` is None when the whole row is meant. `line` numbers the line of a form with several, from 0.
    """

    field: str | None
    value: str
    message: str
    line: int | None = None


class FileKind(StrEnum):
    """What a file is by its content, never by its name."""

    CSV = "csv"
    XLSX = "xlsx"
    PDF = "pdf"
    SHIPSTATION = "shipstation"


class FileProblemKind(StrEnum):
    """Why a whole file cannot be read."""

    EMPTY = "empty"
    NO_HEADER = "no_header"
    MISSING_COLUMN = "missing_column"
    DUPLICATE_HEADER = "duplicate_header"
    ENCODING = "encoding"
    DIALECT = "dialect"
    NOT_THIS_KIND = "not_this_kind"
    TOO_LARGE = "too_large"
    DAMAGED = "damaged"


class FileProblem(NamedTuple):
    """Why nothing of a file can be read, in one sentence."""

    kind: FileProblemKind
    message: str


class DateOrder(StrEnum):
    """How the dates of a column are written."""

    ISO = "iso"
    MDY = "mdy"
    DMY = "dmy"


# The fields a line can carry, in the order in which an importer hands their texts over.
REQUIRED_FIELDS = ("ship_date", "order_number", "facility_name", "sku", "lot_number", "quantity")
OPTIONAL_FIELDS = (
    "rep",
    "address1",
    "address2",
    "city",
    "state",
    "zip",
    "country",
    "contact_name",
    "contact_phone",
    "contact_email",
    "tracking_number",
    "ss_shipment_id",
)
LINE_FIELDS = REQUIRED_FIELDS + OPTIONAL_FIELDS


class WordBox(NamedTuple):
    """Where words lie on a page as it is displayed: points from its top left corner, pages counted from 1."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float


class Printed(NamedTuple):
    """What a line of a PDF was read from, as printed (hyphens of every kind as `-`).

    `quantity` is the count as written, `pack` the words that tell how many units one of it holds and `pack_units`
    their number, None when they tell none. `boxes` has the words each field came from, by its name in LINE_FIELDS.
    `uncertain` names the fields whose value a person should look at twice; `notes` tell what was changed to read one.
    """

    item_code: str = ""
    quantity: str = ""
    pack: str = ""
    pack_units: int | None = None
    lot_cell: str = ""
    order_number: str = ""
    ship_date: str = ""
    boxes: Mapping[str, tuple[WordBox, ...]] = {}
    uncertain: tuple[str, ...] = ()
    notes: tuple[Problem, ...] = ()


class ParsedRow(NamedTuple):
    """One record of a file, as text.

    `record` counts records from 1 without the header; `line` is the line of the file where the record starts
    (the header of a plain CSV is line 1); `page` and `part` are set for a PDF, and `printed` is what its line was
    read from. `values` has one text per name in LINE_FIELDS, "" where the file has no such column. `problems` are
    those of the row's shape.
    """

    record: int
    line: int
    values: tuple[str, ...]
    problems: tuple[Problem, ...] = ()
    page: int | None = None
    part: int | None = None
    printed: Printed | None = None


class IgnoredLine(NamedTuple):
    """A line of a document that is no device, or no shipment: listed, never logged."""

    page: int
    part: int
    item_code: str
    quantity: str
    description: str
    reason: str


class ParsedPage(NamedTuple):
    """One page of a PDF, from 1: the layout that was recognised, how many lines came of it, what to know of it.

    `order_number` names all orders of the page. `layout` is None for a page that is none of the known ones.
    """

    page: int
    layout: str | None
    order_number: str | None
    lines: int
    message: str | None
    ignored: tuple[IgnoredLine, ...] = ()


class OrderedLine(NamedTuple):
    """One line of a sales order. `sku` is "" for what is no device; `units` is None when the pack is not told.

    `ordered`, `price` and `amount` are as written.
    """

    page: int
    item_code: str
    description: str
    unit: str
    ordered: str
    price: str
    amount: str
    due: str
    sku: str
    units: int | None


class SalesOrder(NamedTuple):
    """What was ordered, over all pages of the order. It carries no lots: slips are checked against it.

    `order_date` is as written; `ship_to` are the lines of the address; `problems` are those of the order as a whole.
    """

    pages: tuple[int, ...]
    order_number: str
    order_date: str
    customer_number: str
    customer_po: str
    sold_to: tuple[str, ...]
    ship_to: tuple[str, ...]
    ship_zip: str
    net_order: str
    lines: tuple[OrderedLine, ...]
    problems: tuple[Problem, ...] = ()


class RowBlock(NamedTuple):
    """Some rows that follow each other, column by column.

    `first` is the index of the first one. `columns` holds one text per row for each field that the file has a column
    for; the others are "" in every row. `problems` are those of the rows' shape: one item per row, or none at all.
    """

    first: int
    lines: Sequence[int]
    columns: Mapping[str, Sequence[str]]
    problems: Sequence[tuple[Problem, ...]]


@runtime_checkable
class BlockRows(Protocol):
    """Rows that can be had column by column, which costs a fraction of one by one."""

    def blocks(self) -> Iterator[RowBlock]:
        """All rows, in order; the same blocks each time."""


_ROWS_PER_BLOCK = 500


def row_blocks(rows: Sequence[ParsedRow]) -> Iterator[RowBlock]:
    """The rows of a file in blocks, always the same ones."""
    if isinstance(rows, BlockRows):
        yield from rows.blocks()
        return
    for first in range(0, len(rows), _ROWS_PER_BLOCK):
        part = rows[first : first + _ROWS_PER_BLOCK]
        columns = dict(zip(LINE_FIELDS, zip(*(row.values for row in part), strict=True), strict=True))
        problems = [row.problems for row in part] if any(row.problems for row in part) else ()
        yield RowBlock(first, [row.line for row in part], columns, problems)


@dataclass(frozen=True, slots=True)
class RememberedLayout:
    """What a person settled for one header row: it stands for every file with that header until they choose anew.

    `columns` maps a field to a header, "" meaning that the file has no column for it; fields that are not named are
    recognised. `date_order` answers when the dates of a file prove none.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    date_order: DateOrder | None = None


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """A file as an importer read it. With a `file_problem`, `rows` is empty.

    `columns` maps a field to the header that was taken for it. `date_order` is None when every date of the column
    could be read both ways: then a person is asked, or `ambiguous_dates` stays a problem of every such row.
    `sample_rows` holds the first records below the header as they stand, each as wide as `header`; like `columns` it
    is there as far as the file could be read, also with a `file_problem`, so that a person can choose the columns.
    `sheet` is the sheet that was read, `sheets` are all that can be chosen, of a workbook. `remembered` tells that a
    `RememberedLayout` was used. `fixed_widths` maps a field to the width of its numbers, where most of them are
    filled up to it with leading zeros. A PDF has `pages`, every one of them, and the sales `orders` found on them.
    """

    name: str
    sha256: str
    size: int
    kind: FileKind
    rows: Sequence[ParsedRow] = ()
    layout: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    date_order: DateOrder | None = None
    notes: tuple[str, ...] = ()
    file_problem: FileProblem | None = None
    sample_rows: tuple[tuple[str, ...], ...] = ()
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    remembered: bool = False
    fixed_widths: Mapping[str, int] = field(default_factory=dict)
    pages: tuple[ParsedPage, ...] = ()
    orders: tuple[SalesOrder, ...] = ()
