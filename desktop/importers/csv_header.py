"""Which column of a table is which field, by its header."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from desktop.domain.imports import REQUIRED_FIELDS, FileProblemKind
from desktop.importers.unreadable import Unreadable

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
    "contact_email": ("Contact Email", "Email"),
    "tracking_number": ("Tracking Number", "Tracking #", "Tracking", "Shipment - Tracking Number"),
    "ss_shipment_id": ("Shipment Id", "SS Shipment Id"),
}

_NOTHING = str.maketrans("", "", " \t\r\n\v\f\u00a0_#.-\u2010\u2011\u2013\u00ad\u200b\ufeff")


def _folded(header: str) -> str:
    """A header for comparing: without case, white space, invisible characters and `_ # . -`."""
    return header.translate(_NOTHING).casefold()


_FIELD_OF = {_folded(name): field for field, names in HEADER_NAMES.items() for name in names}
# Read without a word: how an entry came is set by the product, never by a file.
_SOURCE = _folded("Source")
_SHIPSTATION = ("ordernumber", "dateshippeddate", "itemsku")


class HeaderMatch(NamedTuple):
    """`positions` maps a field to the index of its column; `unused` names the columns that are no field."""

    positions: dict[str, int]
    unused: tuple[str, ...]


def clean_header(cell: str) -> str:
    """A header as people see it: without byte order mark, zero-width spaces and outer white space."""
    return cell.replace("\ufeff", "").replace("\u200b", "").strip()


def known_names(header: Iterable[str], chosen: Mapping[str, str]) -> int:
    """How many cells of a row are names of fields, or headers that were chosen for one."""
    wanted = set(chosen.values())
    return sum(_folded(cell) in _FIELD_OF or clean_header(cell) in wanted for cell in header)


def names_within(text: str) -> int:
    """How many required fields are named somewhere in a text that is not a table yet."""
    folded = _folded(text)
    return sum(any(_folded(name) in folded for name in HEADER_NAMES[field]) for field in REQUIRED_FIELDS)


def match_header(header: Sequence[str], chosen: Mapping[str, str]) -> HeaderMatch:
    """The column of each field: the `chosen` one, else the one whose name is known.

    Raises `Unreadable` when a header occurs twice, two columns could be one field, or a required one is missing.
    """
    _refuse_repeated(header)
    positions: dict[str, int] = {}
    for field, name in chosen.items():
        if name not in header:
            raise Unreadable(FileProblemKind.MISSING_COLUMN, f"The column “{name}” is not in the file.")
        positions[field] = header.index(name)
    unused: list[str] = []
    taken = set(positions.values())
    for index, name in enumerate(header):
        matched = _FIELD_OF.get(_folded(name))
        if index in taken or not name or _folded(name) == _SOURCE:
            continue
        if matched is None or matched in chosen:
            unused.append(name)
        elif matched in positions:
            first = header[positions[matched]]
            raise Unreadable(
                FileProblemKind.DUPLICATE_HEADER,
                f"The columns “{first}” and “{name}” could both be {HEADER_NAMES[matched][0]}: "
                "choose one, or remove the other from the file.",
            )
        else:
            positions[matched] = index
    if not positions:
        raise Unreadable(
            FileProblemKind.NO_HEADER,
            "The first row holds no column names that are known, such as Ship Date, Order Number or Lot Number.",
        )
    _refuse_missing(header, positions)
    return HeaderMatch(positions, tuple(unused))


def _refuse_repeated(header: Sequence[str]) -> None:
    for name, times in Counter(name.casefold() for name in header if name).items():
        if times > 1:
            shown, *_ = (cell for cell in header if cell.casefold() == name)
            raise Unreadable(FileProblemKind.DUPLICATE_HEADER, f"The column “{shown}” occurs {times} times.")


def _refuse_missing(header: Sequence[str], positions: Mapping[str, int]) -> None:
    missing = [HEADER_NAMES[field][0] for field in REQUIRED_FIELDS if field not in positions]
    if not missing:
        return
    *most, last = (f"“{name}”" for name in missing)
    message = f"The columns {', '.join(most)} and {last} are missing." if most else f"The column {last} is missing."
    if "lot_number" not in positions and set(_SHIPSTATION) <= {_folded(name) for name in header}:
        message += (
            " This is a ShipStation export, which has no lot numbers: add the column “Lot Number” and fill it in."
        )
    raise Unreadable(FileProblemKind.MISSING_COLUMN, message)
