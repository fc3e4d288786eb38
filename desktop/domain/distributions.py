"""The Distribution Log: what a line is, and the rules every line obeys however it came.

The rules are the traceability plan's constraints in the words people read. They are the same for manual entry,
edit and import: each field has one function that reads a text, and all problems of a line are reported at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache, partial
from operator import getitem
from typing import NamedTuple

from desktop.domain.imports import LINE_FIELDS, DateOrder, Problem
from desktop.domain.lots import LotRule, normalise_lot
from desktop.domain.products import SKUS


class Source(StrEnum):
    """How a line came into the log; set by the way it came, never typed."""

    SHIPSTATION = "shipstation"
    MANUAL = "manual"
    CSV_IMPORT = "csv_import"
    PDF_IMPORT = "pdf_import"


class Line(NamedTuple):
    """One SKU and one lot of one shipment, read from text; the field names are the columns' names.

    A required field that could not be read is None or "". `quantity` counts single units. `rep` is the name or
    e-mail address as written. Empty optional fields are None.
    """

    ship_date: date | None
    order_number: str
    facility_name: str
    sku: str
    lot_number: str
    quantity: int | None
    rep: str | None
    address1: str | None
    address2: str | None
    city: str | None
    state: str | None
    zip: str | None
    country: str | None
    contact_name: str | None
    contact_phone: str | None
    contact_email: str | None
    tracking_number: str | None
    ss_shipment_id: str | None


class CheckedLine(NamedTuple):
    """A line with everything that is wrong with it (`problems`) and everything that was changed or odd (`notes`)."""

    line: Line
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]


class Reading(NamedTuple):
    """One value read from text: the value kept, what is wrong with it, and what was changed to read it."""

    value: object
    problem: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class NewLine:
    """One SKU, lot and quantity of a shipment, as typed."""

    sku: str
    lot_number: str
    quantity: str


@dataclass(frozen=True, slots=True)
class NewShipment:
    """What the manual form hands over: one shipment with one or more lines.

    A blank `order_number` gets the next free `MAN-YYYYMMDD-NNNN`. `allow_repeats` saves lines that repeat
    existing ones, on purpose.
    """

    ship_date: date | None
    order_number: str
    facility_name: str
    lines: tuple[NewLine, ...]
    rep_id: int | None = None
    address1: str = ""
    address2: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    country: str = "USA"
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""
    tracking_number: str = ""
    allow_repeats: bool = False


@dataclass(frozen=True, slots=True)
class DistributionEntry:
    """One line of the log as it is kept. `rep_name` and `customer_name` are names, never ids, for people to read."""

    id: int
    ship_date: date
    order_number: str
    facility_name: str
    sku: str
    lot_number: str
    quantity: int
    source: Source
    rep_name: str | None
    customer_name: str | None
    address1: str | None
    address2: str | None
    city: str | None
    state: str | None
    zip: str | None
    country: str | None
    contact_name: str | None
    contact_phone: str | None
    contact_email: str | None
    tracking_number: str | None
    ss_shipment_id: str | None
    import_batch_id: int | None
    import_line: int | None
    created_at: datetime
    updated_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class LogTotals:
    """How many lines a filter finds and how many single units they hold."""

    lines: int
    units: int


# What makes two lines the same: (ship date, order number, folded facility, SKU, lot, quantity).
Identity = tuple[date, str, str, str, str, int]

_INVISIBLE = str.maketrans("", "", "\u200b\ufeff\u00ad")
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffd]")
_SPREADSHEET_TEXT = re.compile(r'="(.*)"', re.DOTALL)
_SHORTENED_NUMBER = re.compile(r"[0-9](?:[.,][0-9]+)?[Ee]\+?[0-9]+")
_RUNS_IN_SPREADSHEET = ("=", "+", "-", "@")  # a leading tab or CR would too, but texts are trimmed
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_SLASH_DATE = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_NAMED_MONTH_DATE = re.compile(r"([0-9]{1,2})-([A-Za-z]{3})-([0-9]{4})")
_SERIAL_DATE = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_QUANTITY = re.compile(r"[0-9]{1,9}")
_GROUPED_QUANTITY = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+")  # 0,500 is a decimal comma
_DECIMAL_QUANTITY = re.compile(r"([0-9]{1,9})\.0+")

QUANTITY_MESSAGE = "Quantity must be a positive integer"
SKU_MESSAGE = f"SKU must be one of: {', '.join(SKUS)}"
FUTURE_MESSAGE = "Ship date cannot be in the future"


@lru_cache(maxsize=10_000)
def fold_facility(facility_name: str) -> str:
    """A facility name for comparing: without case and repeated spaces. The name as shipped is what is kept."""
    return " ".join(facility_name.split()).casefold()


def identity(line: Line | DistributionEntry) -> Identity:
    """What makes two lines the same. Raises `ValueError` for a line that lacks its date or quantity."""
    if line.ship_date is None or line.quantity is None:
        raise ValueError("A line without date or quantity has no identity")
    facility = fold_facility(line.facility_name)
    return (line.ship_date, line.order_number, facility, line.sku, line.lot_number, line.quantity)


def is_blank(text: str) -> bool:
    """Whether nothing visible is left: white space, zero-width space, byte order mark and soft hyphen are nothing."""
    return not text.translate(_INVISIBLE).strip()


def check_ship_date(ship_date: date | None, today: date) -> str | None:
    """What is wrong with a date, or None."""
    if ship_date is None:
        return "Ship date is required"
    return FUTURE_MESSAGE if ship_date > today else None


def read_ship_date(text: str, order: DateOrder | None, today: date) -> Reading:
    """A date written YYYY-MM-DD, DD-Mon-YYYY, or with slashes when the column's `order` is known."""
    text = text.strip()
    if is_blank(text):
        return Reading(None, "Ship date is required")
    if match := _ISO_DATE.fullmatch(text):
        year, month, day = map(int, match.groups())
    elif match := _NAMED_MONTH_DATE.fullmatch(text):
        name = match.group(2).lower()
        if name not in _MONTH_NAMES:
            return Reading(None, f"Ship date “{text}” has no month that is known")
        year, month, day = int(match.group(3)), _MONTH_NAMES.index(name) + 1, int(match.group(1))
    elif match := _SLASH_DATE.fullmatch(text):
        first, second, year = map(int, match.groups())
        if order not in (DateOrder.MDY, DateOrder.DMY):
            if max(first, second) > 12:
                return Reading(None, f"Ship date “{text}” can be read once the date order is chosen")
            return Reading(None, f"Ship date “{text}” can be read as month/day or day/month: choose the date order")
        month, day = (first, second) if order is DateOrder.MDY else (second, first)
    elif _SERIAL_DATE.fullmatch(text):
        return Reading(None, f"Ship date “{text}” is a spreadsheet's serial number, not a date")
    else:
        return Reading(None, f"Ship date “{text}” is not a date written as YYYY-MM-DD")
    try:
        ship_date = date(year, month, day)
    except ValueError:
        return Reading(None, f"Ship date “{text}” is not a real date")
    return Reading(ship_date, check_ship_date(ship_date, today))


def read_text(text: str, name: str, *, required: bool = False) -> Reading:
    """A text field: trimmed, `="0123"` unwrapped, kept otherwise as written. "" reads as None when optional."""
    kept = text.strip()
    if kept and kept.isascii() and kept.isprintable() and not kept.startswith(_RUNS_IN_SPREADSHEET):
        return Reading(kept)  # nearly every text: nothing below can apply to it
    notes = []
    if wrapped := _SPREADSHEET_TEXT.fullmatch(kept):
        kept = wrapped.group(1).strip()
        notes.append(f'{name}: the spreadsheet wrapping ="…" was removed')
    if is_blank(kept):
        return Reading("" if required else None, f"{name} is required" if required else None)
    if _UNSTORABLE.search(kept):
        return Reading(kept, f"{name} contains a character that cannot be kept")
    if kept.startswith(_RUNS_IN_SPREADSHEET):
        notes.append(f"{name} starts with “{kept[0]}”: a spreadsheet would run it as a formula; it is kept as text")
    return Reading(kept, None, "; ".join(notes) or None)


def read_order_number(text: str) -> Reading:
    """An order number; one that a spreadsheet shortened to 1.23E+05 is a problem that says so."""
    reading = read_text(text, "Order number", required=True)
    if reading.problem is None and _SHORTENED_NUMBER.fullmatch(str(reading.value)):
        return Reading(reading.value, f"Order number “{reading.value}”: a spreadsheet shortened this number")
    return reading


def read_sku(text: str) -> Reading:
    """Exactly one of the three SKUs."""
    sku = text.strip()
    return Reading(sku, None if sku in SKUS else SKU_MESSAGE)


def read_lot(text: str, rule: LotRule) -> Reading:
    """A lot number, normalised, then matched whole by the lot rule; what was normalised is noted, never silent."""
    lot_number = normalise_lot(text)
    if not rule.accepts(lot_number):
        return Reading(lot_number, rule.message)
    return Reading(lot_number, None, None if lot_number == text else f"Lot number read from “{text}”")


def read_quantity(text: str) -> Reading:
    """Single units, 1 to 999,999,999. `1,000` and `5.0` are read with a note; `2.5`, `+5`, `０５` are refused."""
    text = text.strip()
    note = None
    if _QUANTITY.fullmatch(text):
        quantity = int(text)
    elif _GROUPED_QUANTITY.fullmatch(text) and len(digits := text.replace(",", "")) <= 9:
        quantity, note = int(digits), f"Quantity read from “{text}”"
    elif match := _DECIMAL_QUANTITY.fullmatch(text):
        quantity, note = int(match.group(1)), f"Quantity read from “{text}”"
    else:
        return Reading(None, QUANTITY_MESSAGE)
    return Reading(quantity, None, note) if quantity >= 1 else Reading(None, QUANTITY_MESSAGE)


FIELD_LABELS: Mapping[str, str] = {
    "ship_date": "Ship date",
    "order_number": "Order number",
    "facility_name": "Facility name",
    "sku": "SKU",
    "lot_number": "Lot number",
    "quantity": "Quantity",
    "source": "Source",
    "rep": "Rep",
    "address1": "Address 1",
    "address2": "Address 2",
    "city": "City",
    "state": "State",
    "zip": "Zip",
    "country": "Country",
    "contact_name": "Contact name",
    "contact_phone": "Contact phone",
    "contact_email": "Contact e-mail",
    "tracking_number": "Tracking number",
    "ss_shipment_id": "Shipment id",
}


class LineChecker:
    """Checks many rows of text against the rules, remembering each distinct value of a field.

    Real files repeat their values (three SKUs, some lots, a few hundred dates and facilities), so that most of a
    million rows cost one dictionary look-up a field.
    """

    def __init__(self, *, today: date, lot_rule: LotRule, date_order: DateOrder | None) -> None:
        readers: dict[str, Callable[[str], Reading]] = {
            "ship_date": partial(read_ship_date, order=date_order, today=today),
            "order_number": read_order_number,
            "facility_name": partial(read_text, name="Facility name", required=True),
            "sku": read_sku,
            "lot_number": partial(read_lot, rule=lot_rule),
            "quantity": read_quantity,
        }
        self.lot_rule = lot_rule
        self._columns = [
            _Remembered(readers.get(name) or partial(read_text, name=FIELD_LABELS[name])) for name in LINE_FIELDS
        ]

    def check(self, values: Sequence[str]) -> CheckedLine:
        """The line of one row; `values` has one text per name in LINE_FIELDS."""
        try:
            return CheckedLine(Line._make(map(getitem, self._columns, values)), (), ())
        except _Remarkable:
            return self._check_in_full(values)

    def _check_in_full(self, values: Sequence[str]) -> CheckedLine:
        """The line of a row with at least one problem or note."""
        readings = [column.reading(text) for column, text in zip(self._columns, values, strict=True)]
        return CheckedLine(
            Line._make([reading.value for reading in readings]),
            _said(values, [reading.problem for reading in readings]),
            _said(values, [reading.note for reading in readings]),
        )


class _Remarkable(Exception):
    """A row cannot be checked by look-up alone: one of its values has a problem or a note."""


class _Remembered(dict[str, object]):
    """One field's texts and the values read from them; a text with a problem or a note raises `_Remarkable`.

    Bounded, so that memory stays flat on unique or very long texts.
    """

    BOUND = 20_000
    LONGEST = 1_000  # characters

    def __init__(self, read: Callable[[str], Reading]) -> None:
        super().__init__()
        self._read = read
        self._remarkable: dict[str, Reading] = {}

    def __missing__(self, text: str) -> object:
        reading = self._remarkable.get(text) or self._remember(text)
        if reading.problem is not None or reading.note is not None:
            raise _Remarkable
        return reading.value

    def reading(self, text: str) -> Reading:
        """The reading of a text, in full."""
        if text in self:
            return Reading(self[text])
        return self._remarkable.get(text) or self._remember(text)

    def _remember(self, text: str) -> Reading:
        reading = self._read(text)
        if len(text) > self.LONGEST:
            return reading
        # When full, begin anew: values that repeat do so nearby, as the lines of an order follow each other.
        if reading.problem is None and reading.note is None:
            if len(self) >= self.BOUND:
                self.clear()
            self[text] = reading.value
        else:
            if len(self._remarkable) >= self.BOUND:
                self._remarkable.clear()
            self._remarkable[text] = reading
        return reading


def _said(values: Sequence[str], messages: Sequence[str | None]) -> tuple[Problem, ...]:
    said = zip(LINE_FIELDS, values, messages, strict=True)
    return tuple(Problem(name, text, message) for name, text, message in said if message is not None)


def check_shipment(
    shipment: NewShipment, *, today: date, lot_rule: LotRule
) -> tuple[tuple[Line, ...], tuple[Problem, ...]]:
    """The lines of a manually entered shipment and every problem of them.

    A blank order number is no problem here: the service that saves the shipment gives it one.
    """
    problems: list[Problem] = []
    if message := check_ship_date(shipment.ship_date, today):
        problems.append(Problem("ship_date", str(shipment.ship_date or ""), message))
    shared: dict[str, object] = {"ship_date": shipment.ship_date, "rep": None, "ss_shipment_id": None}
    for name in LINE_FIELDS:
        if name in shared or name in ("sku", "lot_number", "quantity"):
            continue
        text = getattr(shipment, name)
        if name == "order_number" and is_blank(text):
            reading = Reading("")
        elif name == "order_number":
            reading = read_order_number(text)
        else:
            reading = read_text(text, FIELD_LABELS[name], required=name == "facility_name")
        shared[name] = reading.value
        if reading.problem is not None:
            problems.append(Problem(name, text, reading.problem))
    if not shipment.lines:
        problems.append(Problem(None, "", "Enter at least one SKU, lot and quantity"))
    lines: list[Line] = []
    for number, typed in enumerate(shipment.lines):
        readings = {
            "sku": read_sku(typed.sku),
            "lot_number": read_lot(typed.lot_number, lot_rule),
            "quantity": read_quantity(typed.quantity),
        }
        problems += [
            Problem(name, getattr(typed, name), reading.problem, number)
            for name, reading in readings.items()
            if reading.problem is not None
        ]
        values = shared | {name: reading.value for name, reading in readings.items()}
        lines.append(Line(**values))  # type: ignore[arg-type]
    return tuple(lines), tuple(problems)
