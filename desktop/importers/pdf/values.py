"""Single values as these documents print them: dates, order numbers, amounts, and the address a parcel goes to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from desktop.domain.imports import DateOrder
from desktop.importers.pdf.words import UNREADABLE

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "january"),
            ("feb", "february"),
            ("mar", "march"),
            ("apr", "april"),
            ("may",),
            ("jun", "june"),
            ("jul", "july"),
            ("aug", "august"),
            ("sep", "sept", "september"),
            ("oct", "october"),
            ("nov", "november"),
            ("dec", "december"),
        ),
        1,
    )
    for name in names
}
_TIME = r"(?:[ T]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?\s*(?:[AaPp]\.?[Mm]\.?)?)?"
_NUMBERS_DATE = re.compile(rf"([0-9]{{1,2}})\s*([/.-])\s*([0-9]{{1,2}})\s*\2\s*([0-9]{{4}}|[0-9]{{2}}){_TIME}")
_ISO_DATE = re.compile(rf"([0-9]{{4}})-([0-9]{{1,2}})-([0-9]{{1,2}}){_TIME}")
_DAY_MONTH_DATE = re.compile(r"(?:[A-Za-z]+,? +)?([0-9]{1,2})[ -]?([A-Za-z]{3,9})\.?,?[ -]?([0-9]{4}|[0-9]{2})")
_MONTH_DAY_DATE = re.compile(r"(?:[A-Za-z]+, +)?([A-Za-z]{3,9})\.? +([0-9]{1,2})(?:st|nd|rd|th)?,? +([0-9]{4})")


class DateRead(NamedTuple):
    """A date, or what is wrong with its text."""

    value: date | None
    problem: str = ""


def read_date(text: str, order: DateOrder = DateOrder.MDY) -> DateRead:
    """A date as printed: numbers in the given order (these documents put the month first), or with a named month."""
    text = text.strip()
    try:
        if match := _ISO_DATE.fullmatch(text):
            return DateRead(date(int(match.group(1)), int(match.group(2)), int(match.group(3))))
        if match := _NUMBERS_DATE.fullmatch(text):
            first, second, year = int(match.group(1)), int(match.group(3)), _year(match.group(4))
            month, day = (second, first) if order is DateOrder.DMY else (first, second)
            return DateRead(date(year, month, day))
        if match := _DAY_MONTH_DATE.fullmatch(text):
            return DateRead(date(_year(match.group(3)), _MONTHS[match.group(2).lower()], int(match.group(1))))
        if match := _MONTH_DAY_DATE.fullmatch(text):
            return DateRead(date(int(match.group(3)), _MONTHS[match.group(1).lower()], int(match.group(2))))
    except (ValueError, KeyError):
        return DateRead(None, f"“{text}” is not a real date")
    return DateRead(None, f"“{text}” is not read as a date")


def _year(digits: str) -> int:
    return int(digits) + (2000 if len(digits) == 2 else 0)


class OrderRead(NamedTuple):
    """An order number as it is kept, and what is to be said of it."""

    value: str
    note: str = ""
    problem: str = ""


_ORDER_NUMBER = re.compile(r"(?:([A-Z][A-Z0-9]{1,3})[\s:#-]*)?([0-9]{4,9}(?:-[0-9]{1,4})?)")


def read_order_number(text: str) -> OrderRead:
    """An order number in the form in which it is kept: as printed, with single spaces and upper-case letters.

    Neither prefix nor leading zeros are added or taken away: exports of other programs carry the number as text in
    the same spelling, so that a line of a slip is found to be the same as a line of a CSV. One slip of the pen is put
    right and noted: `S0` with a zero, which no order has, is `SO`. To compare two spellings use `order_key`.
    """
    printed = " ".join(text.split())
    kept = printed.upper()
    note = ""
    if re.match(r"S0(?=[\s:#-]|[0-9]{6,})", kept):
        kept = f"SO{kept[2:]}"
    if kept != printed:
        note = f"Order number {kept} read from “{printed}”"
    if not kept:
        return OrderRead("", problem="The order number is empty on the page")
    if UNREADABLE in kept or not _ORDER_NUMBER.fullmatch(kept):
        return OrderRead(kept, note, f"“{printed}” is not written like an order number: check it on the page")
    return OrderRead(kept, note)


def order_key(order_number: str) -> tuple[str, str]:
    """What two spellings of one order share: `SO 0000901`, `SO 000901` and `0000901`; an RMA is not an order."""
    match = _ORDER_NUMBER.fullmatch(read_order_number(order_number).value)
    if match is None:
        return ("?", order_number)
    prefix = match.group(1) or "SO"
    return (prefix, match.group(2).lstrip("0"))


def read_count(text: str) -> int | None:
    """A quantity as printed, `5`, `1,200` or `5.0000`; None for anything else, zero included."""
    if not re.fullmatch(r"[0-9]{1,9}(?:\.0+)?|[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.0+)?", text):
        return None
    return int(text.partition(".")[0].replace(",", "")) or None


def read_amount(text: str) -> Decimal | None:
    """A number of an order, `1,250.00`, `.50`, `25.00-` or `(25.00)`; None for anything else."""
    plain = text.replace(",", "").replace("$", "")
    negative = plain.endswith("-") or (plain.startswith("(") and plain.endswith(")"))
    plain = plain.strip("()-") if negative else plain
    if not re.fullmatch(r"-?[0-9]{0,12}\.?[0-9]{0,6}", plain) or not any(map(str.isdigit, plain)):
        return None
    try:
        return -Decimal(plain) if negative else Decimal(plain)
    except InvalidOperation:
        return None


@dataclass(frozen=True, slots=True)
class Address:
    """Where a parcel goes. `lines` is the block as printed; `doubts` maps a field to why it is not certain."""

    lines: tuple[str, ...]
    contact_name: str = ""
    facility_name: str = ""
    address1: str = ""
    address2: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    country: str = ""
    phone: str = ""
    doubts: tuple[tuple[str, str], ...] = ()


_CITY_LINE = re.compile(
    r"(?P<city>[^\d,][^,]*?)\s*,?\s+(?P<state>[A-Za-z]{2})\.?,?\s+(?P<zip>[0-9]{5}(?:\s*-\s*[0-9]{4})?)"
    r"(?:[\s,]+(?P<country>[A-Za-z][A-Za-z. ]*))?"
)
_FOREIGN_CITY_LINE = re.compile(
    r"(?P<city>[^\d,][^,]*?),\s*(?P<state>[A-Za-z]{2,3})\s+(?P<zip>[A-Z]\d[A-Z] ?\d[A-Z]\d|[0-9]{4,6})"
    r"(?:[\s,]+(?P<country>[A-Za-z][A-Za-z. ]*))?"
)
_COUNTRY_LINE = re.compile(
    r"(?:US|USA|U\.S\.A?\.?|UNITED STATES(?: OF AMERICA)?(?: US)?|CANADA|CA|MEXICO|MX)", re.IGNORECASE
)
_PHONE_LINE = re.compile(
    r"(?:(?:ph|phone|tel)\.?:? *)?(\+?1?[ .-]*\(?[0-9]{3}\)?[ .-]*[0-9]{3}[ .-]*[0-9]{4})(?: *x[0-9]+)?", re.IGNORECASE
)
_STREET_WORDS = (
    "street|st|avenue|ave|av|road|rd|drive|dr|boulevard|blvd|lane|ln|way|court|ct|circle|cir|plaza|plz|parkway|pkwy"
    "|highway|hwy|place|pl|square|sq|terrace|ter|trail|trl|loop|pike|route|turnpike|tpke|broadway|expressway|expy|alley"
)
_STREET = re.compile(
    rf"(?:[0-9]+[A-Za-z]?(?:-[0-9]+)?\s+\S.*|[NSEW]\.?\s?[0-9]+\s?\S.*|P\.?\s*O\.?\s*(?:Box|Drawer)\b.*"
    rf"|(?:one|two|three|four|five|six|seven|eight|nine|ten)\s+.*|\S.*\b(?:{_STREET_WORDS})\.?(?:\s+[NSEW]{{1,2}}\.?)?(?:,.*|\s+[0-9]+)?)",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"(?:suite|ste|unit|apt|room|rm|floor|fl|bldg|building|dept|department|dock|attn|attention|c/o|mail ?stop)\b|#",
    re.IGNORECASE,
)
_ATTENTION = re.compile(r"(?:attn|attention|c/o)\b[\s:.]*", re.IGNORECASE)
_FACILITY_WORDS = re.compile(
    r"\b(?:hospitals?|clinics?|clinical|medical|medicine|med|cent(?:er|re)s?|ctr|urolog\w*|health\w*|care|inc|llc|llp|ltd"
    r"|corp|co|company|va|vamc|veterans?|univ\w*|college|surg\w*|pharmac\w*|supply|supplies|associates?|group|institute"
    r"|rehab\w*|nursing|home|hospice|system|systems|services?|laborator\w*|labs?|memorial|regional|department|dept"
    r"|physicians?|specialists?|partners|foundation|logistics|warehouse|receiving|distribution|international|usa)\b",
    re.IGNORECASE,
)


def read_address(lines: Sequence[str]) -> Address:
    """The parts of an address block of 2 to 7 lines: person, facility, street, more, `CITY, ST 99999-9999 US`.

    With one name it is the facility's. What does not fit the order is read as far as it goes and doubted.
    """
    printed = tuple(line for line in lines if line.strip())
    rest = list(printed)
    doubts: dict[str, str] = {}
    phone = country = ""
    while len(rest) > 1 and (match := _PHONE_LINE.fullmatch(rest[-1].strip())):
        phone = match.group(1).strip()
        rest.pop()
    if len(rest) > 1 and _COUNTRY_LINE.fullmatch(rest[-1].strip()):
        country = rest.pop().strip()
    match = next((found for found in map(_city_line, reversed(rest[-1:])) if found), None)
    if match is None and len(rest) > 1 and (joined := _city_line(" ".join(rest[-2:]))) and _city_line(rest[-1]) is None:
        only_zip = not any(char.isalpha() for char in rest[-1].split()[0])
        match = joined if only_zip or len(rest[-1]) <= 14 else None
        if match is not None:
            rest = [*rest[:-2], " ".join(rest[-2:])]
    city = state = postal = ""
    if match is None:
        doubts["city"] = "The last line of the address is not read as city, state and zip"
    else:
        rest.pop()
        city, state = match.group("city").strip(), match.group("state").upper()
        postal = re.sub(r"\s*-\s*", "-", match.group("zip"))
        country = (match.group("country") or country).strip(" .")
    names, address1, more, name_doubts = _names_and_street(rest, without_city=match is None)
    doubts |= name_doubts
    contact, facility, facility_doubt = _contact_and_facility(names)
    if facility_doubt:
        doubts["facility_name"] = facility_doubt
    if not printed:
        doubts = {"facility_name": "The page names nobody to ship to"}
    return Address(
        printed, contact, facility, address1, more, city, state, postal, country, phone, tuple(doubts.items())
    )


def _city_line(line: str) -> re.Match[str] | None:
    return _CITY_LINE.fullmatch(line.strip()) or _FOREIGN_CITY_LINE.fullmatch(line.strip())


def _names_and_street(lines: Sequence[str], *, without_city: bool) -> tuple[list[str], str, str, dict[str, str]]:
    doubts: dict[str, str] = {}
    street = next((at for at, line in enumerate(lines) if at and _STREET.fullmatch(line.strip())), None)
    sure = next(
        (at for at, line in enumerate(lines) if at and re.match(r"[0-9]+[A-Za-z]?\s|P\.?\s*O\.?\s*Box", line, re.I)),
        None,
    )
    if sure is not None:
        street = sure
    if street is None:
        if len(lines) <= 1 or without_city:
            if len(lines) > 1:
                doubts["address1"] = "No line of the address is read as a street"
            return list(lines[:2]), "", ", ".join(lines[2:]), doubts
        street = min(2, len(lines) - 1)
        doubts["address1"] = f"“{lines[street]}” is taken for the street: no line looks like one"
        if len(lines) > 2:
            doubts["facility_name"] = "It is not certain which line of the address is the facility"
    names = list(lines[:street])
    extra = [line for line in names[1:] if _MORE.match(line.strip()) and not _ATTENTION.match(line.strip())]
    names = [line for line in names if line not in extra]
    if len(names) > 2:
        extra = [*names[2:], *extra]
        names = names[:2]
        doubts["facility_name"] = "The address has more than two lines before the street: check which is the facility"
    return names, lines[street].strip(), ", ".join([*lines[street + 1 :], *extra]), doubts


def _contact_and_facility(names: Sequence[str]) -> tuple[str, str, str]:
    """Contact, facility and why they may be the other way round."""
    if not names:
        return "", "", "The address names no facility"
    if len(names) == 1:
        return "", _ATTENTION.sub("", names[0].strip()), ""
    first, second = (name.strip() for name in names[:2])
    for contact, facility in ((first, second), (second, first)):
        if _ATTENTION.match(contact):
            return _ATTENTION.sub("", contact), facility, ""
    if _FACILITY_WORDS.search(first) and not _FACILITY_WORDS.search(second):
        return second, first, f"“{first}” is taken for the facility, though the facility is usually the second line"
    return first, second, ""
