"""Which row of a table is its header, and which column is which field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from desktop.domain.imports import LINE_FIELDS, REQUIRED_FIELDS, FileProblem, FileProblemKind

# The first name of a field is the one that messages use.
HEADER_NAMES: Mapping[str, tuple[str, ...]] = {
    "ship_date": ("Ship Date", "Shipped", "Date Shipped", "Shipped Date", "Date - Shipped Date"),
    "order_number": ("Order Number", "Order #", "Order No.", "Order", "SO #", "SO Number"),
    "facility_name": ("Facility Name", "Facility", "Customer", "Ship To - Company", "Recipient Company"),
    "sku": ("SKU", "Item - SKU"),
    "lot_number": ("Lot Number", "Lot #", "Lot No.", "Lot"),
    "quantity": ("Quantity", "Qty", "Item - Qty", "Item Quantity"),
    "rep": ("Rep", "Rep Name", "Sales Rep"),
    "address1": ("Address 1", "Address", "Address Line 1", "Ship To - Address 1"),
    "address2": ("Address 2", "Address Line 2", "Ship To - Address 2"),
    "city": ("City", "Ship To - City"),
    "state": ("State", "State Code", "Ship To - State"),
    "zip": ("Zip", "Zip Code", "Postal Code", "Ship To - Postal Code"),
    "country": ("Country", "Country Code", "Ship To - Country"),
    "contact_name": ("Contact Name", "Contact", "Ship To - Name"),
    "contact_phone": ("Contact Phone", "Phone", "Ship To - Phone"),
    "contact_email": ("Contact Email", "Email", "Customer - Email"),
    "tracking_number": ("Tracking Number", "Tracking #", "Tracking", "Shipment - Tracking Number"),
    "ss_shipment_id": ("Shipment Id", "SS Shipment Id", "Shipment - Shipment ID", "Shipment - ID"),
}

_NOTHING = str.maketrans("", "", " \t\r\n\v\f\u00a0_#.-\u2010\u2011\u2013\u00ad\u200b\ufeff")


def folded(header: str) -> str:
    """A header for comparing: without case, white space, invisible characters and `_ # . -`."""
    return header.translate(_NOTHING).casefold()


_FIELD_OF = {folded(name): field for field, names in HEADER_NAMES.items() for name in names}
# Read without a word: how an entry came is set by the product, never by a file.
_SOURCE = folded("Source")
# Below the first row, a row needs so many known names to be taken for the header: else it is what a person wrote.
_NAMES_OF_A_LOWER_HEADER = 3
ROWS_ABOVE = 30  # rows looked through for the header
_NO_HEADER = "The first row holds no column names that are known, such as Ship Date, Order Number or Lot Number."


class HeaderMatch(NamedTuple):
    """`positions` maps a field to the index of its column; `unused` names the columns that are no field.

    With a `problem` no row can be read; `positions` then holds what is beyond doubt.
    """

    positions: dict[str, int]
    unused: tuple[str, ...]
    problem: FileProblem | None = None


def clean_header(cell: str) -> str:
    """A header as people see it: without byte order mark, zero-width spaces and outer white space."""
    return cell.replace("\ufeff", "").replace("\u200b", "").strip()


def known_names(header: Iterable[str], chosen: Mapping[str, str]) -> int:
    """How many cells of a row are names of fields, or headers that were chosen for one."""
    wanted = set(chosen.values()) - {""}
    return sum(folded(cell) in _FIELD_OF or clean_header(cell) in wanted for cell in header)


def names_within(text: str) -> int:
    """How many required fields are named somewhere in a text that is not a table yet."""
    within = folded(text)
    return sum(any(folded(name) in within for name in HEADER_NAMES[field]) for field in REQUIRED_FIELDS)


def find_header(
    rows: Sequence[Sequence[str]], chosen: Mapping[str, str], remembered: Collection[tuple[str, ...]]
) -> int:
    """Which of the first rows of a table is its header: titles may stand above it.

    `rows` begins with a row that is not blank. `remembered` holds headers that were met before.
    """
    best, most = 0, max(known_names(rows[0], chosen), _NAMES_OF_A_LOWER_HEADER - 1)
    for place, row in enumerate(rows[:ROWS_ABOVE]):
        if tuple(row) in remembered:
            return place
        if (known := known_names(row, chosen)) > most:
            best, most = place, known
    return best


def match_header(
    header: Sequence[str], chosen: Mapping[str, str], required: Collection[str] = REQUIRED_FIELDS
) -> HeaderMatch:
    """The column of each field: the `chosen` one, none when "" was chosen, else the one whose name is known.

    The problem is that a header occurs twice, two columns could be one field, or a `required` field has no column.
    """
    problems = [*_repeated(header, chosen)]
    positions: dict[str, int] = {}
    for field, name in chosen.items():
        if name in header:
            positions[field] = header.index(name)
        elif name:
            problems.append(FileProblem(FileProblemKind.MISSING_COLUMN, f"The column “{name}” is not in the file."))
    unused: list[str] = []
    doubtful: set[str] = set()
    taken = set(positions.values())
    for index, name in enumerate(header):
        matched = _FIELD_OF.get(folded(name))
        if index in taken or not name or folded(name) == _SOURCE:
            continue
        if matched is None or matched in chosen:
            unused.append(name)
        elif matched in positions:
            doubtful.add(matched)
            problems.append(_either(header[positions[matched]], name, matched))
        else:
            positions[matched] = index
    if not positions and not problems:
        problems.append(FileProblem(FileProblemKind.NO_HEADER, _NO_HEADER))
    problems += _missing(required, positions)
    certain = {field: positions[field] for field in LINE_FIELDS if field in positions and field not in doubtful}
    return HeaderMatch(certain, tuple(unused), problems[0] if problems else None)


def _either(first: str, second: str, field: str) -> FileProblem:
    return FileProblem(
        FileProblemKind.DUPLICATE_HEADER,
        f"The columns “{first}” and “{second}” could both be {HEADER_NAMES[field][0]}: "
        "choose one, or remove the other from the file.",
    )


def _repeated(header: Sequence[str], chosen: Mapping[str, str]) -> Iterable[FileProblem]:
    """The headers that occur more than once. Once columns are chosen, one that no field needs is let pass."""
    wanted = {name.casefold() for name in chosen.values()}
    for name, times in Counter(name.casefold() for name in header if name).items():
        if times == 1 or (chosen and name not in wanted and _FIELD_OF.get(folded(name)) in (None, *chosen)):
            continue
        shown = next(cell for cell in header if cell.casefold() == name)
        yield FileProblem(FileProblemKind.DUPLICATE_HEADER, f"The column “{shown}” occurs {times} times.")


def _missing(required: Collection[str], positions: Mapping[str, int]) -> Iterable[FileProblem]:
    missing = [HEADER_NAMES[field][0] for field in required if field not in positions]
    if missing:
        *most, last = (f"“{name}”" for name in missing)
        message = f"The columns {', '.join(most)} and {last} are missing." if most else f"The column {last} is missing."
        yield FileProblem(FileProblemKind.MISSING_COLUMN, message)
