"""Which lines of the Distribution Log are meant: one value, used by screen, export, report and trace alike."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any

from desktop.domain.distributions import Source
from desktop.domain.errors import RuleBroken
from desktop.domain.imports import Problem

# Where free text is looked for.
SEARCHED_FIELDS = ("facility_name", "order_number", "tracking_number", "city")

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
# Not `calendar.month_name`: that speaks the language of the computer, and the words stand in records and mails.
MONTH_NAMES = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


class MissingField(StrEnum):
    """What an entry can lack that somebody should add. RECALL_CONTACT: the address or the phone a recall needs."""

    CUSTOMER = "customer"
    REP = "rep"
    RECALL_CONTACT = "recall_contact"

    @property
    def words(self) -> str:
        """As a condition reads: `without customer`."""
        return "without address or phone" if self is MissingField.RECALL_CONTACT else f"without {self.value}"


@dataclass(frozen=True, slots=True)
class DistributionFilter:
    """All conditions hold together; None or "" means "any" (and "" becomes None, so that equal filters are equal).

    `month` is written YYYY-MM. `date_from` and `date_to` are both included. `text` is looked for in facility,
    order number, tracking number and city, every word of it, without case. `order_number` and `facility_name` are
    meant whole, as recorded. `rep_name` and `customer_name` only say who is meant by the ids.
    """

    month: str | None = None
    date_from: date | None = None
    date_to: date | None = None
    source: Source | None = None
    import_batch_id: int | None = None
    rep_id: int | None = None
    rep_name: str | None = None
    customer_id: int | None = None
    customer_name: str | None = None
    sku: str | None = None
    lot_number: str | None = None
    text: str = ""
    order_number: str | None = None
    facility_name: str | None = None
    missing: MissingField | None = None

    def __post_init__(self) -> None:
        for name in ("month", "rep_name", "customer_name", "sku", "lot_number", "order_number", "facility_name"):
            if getattr(self, name) == "":
                object.__setattr__(self, name, None)

    def dates(self) -> tuple[date | None, date | None]:
        """First and last day meant, both included: the month and the range narrow each other.

        Raises `RuleBroken` when the month is not written YYYY-MM.
        """
        first, last = self.date_from, self.date_to
        if self.month is not None:
            begin, end = month_days(self.month)
            first = begin if first is None else max(first, begin)
            last = end if last is None else min(last, end)
        return first, last

    def may_match(self, entry: Mapping[str, Any]) -> bool:
        """Whether an entry, given by its columns with dates as ISO text, may be one that the filter finds.

        The database decides what a filter finds; this is for states that are in no database any more. Where the two
        could differ (upper and lower case of a text, what is missing), this says yes: better a mark too many than one
        too few.
        """
        first, last = self.dates()
        ship_date = entry["ship_date"]
        if (first is not None and ship_date < first.isoformat()) or (last is not None and ship_date > last.isoformat()):
            return False
        exact = ("source", "rep_id", "customer_id", "sku", "lot_number", "order_number", "facility_name")
        if any((wanted := getattr(self, name)) is not None and entry[name] != wanted for name in exact):
            return False
        if not self.text:
            return True
        searched = [(entry[name] or "").casefold() for name in SEARCHED_FIELDS]
        return all(any(word in text for text in searched) for word in self.text.casefold().split())

    def in_words(self) -> str:
        """The filter as people read it, `March 2025, SKU 211610SPT`; "everything" when nothing is asked for."""
        words: list[str] = []
        if self.month is not None:
            begin, _ = month_days(self.month)
            words.append(f"{MONTH_NAMES[begin.month - 1]} {begin.year}")
        if self.date_from is not None and self.date_to is not None:
            words.append(f"shipped {self.date_from} to {self.date_to}")
        elif self.date_from is not None:
            words.append(f"shipped from {self.date_from}")
        elif self.date_to is not None:
            words.append(f"shipped until {self.date_to}")
        for label, value in (
            ("lot", self.lot_number),
            ("SKU", self.sku),
            ("source", self.source.value if self.source else None),
            ("import", self.import_batch_id),
            ("rep", self.rep_name or self.rep_id),
            ("customer", self.customer_name or self.customer_id),
            ("facility", self.facility_name),
            ("order", self.order_number),
            ("text", f"“{self.text}”" if self.text else None),
        ):
            if value is not None:
                words.append(f"{label} {value}")
        if self.missing is not None:
            words.append(self.missing.words)
        return ", ".join(words) or "everything"

    def to_json(self) -> dict[str, Any]:
        """Only what is asked for, as JSON values; `from_json` gives the same filter back."""
        values = ((item.name, getattr(self, item.name)) for item in fields(self))
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in values
            if value not in (None, "")
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> DistributionFilter:
        """The filter that `to_json` wrote."""
        read = cls(**stored)
        return replace(
            read,
            date_from=_as_date(stored.get("date_from")),
            date_to=_as_date(stored.get("date_to")),
            source=Source(stored["source"]) if "source" in stored else None,
            missing=MissingField(stored["missing"]) if "missing" in stored else None,
        )


EVERYTHING = DistributionFilter()


def _as_date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


@lru_cache(maxsize=1_000)  # asked again for each entry that is written and each report there is
def month_days(month: str) -> tuple[date, date]:
    """First and last day of a month written YYYY-MM. Raises `RuleBroken` for any other text."""
    match = _MONTH.fullmatch(month)
    if match is None or int(match.group(1)) < 1:
        raise RuleBroken([Problem("month", month, f"Month “{month}” is not written as YYYY-MM")])
    year, number = int(match.group(1)), int(match.group(2))
    return date(year, number, 1), date(year, number, calendar.monthrange(year, number)[1])


class SortField(StrEnum):
    """The columns of the log that a person can sort by."""

    SHIP_DATE = "ship_date"
    ORDER_NUMBER = "order_number"
    FACILITY_NAME = "facility_name"
    CITY = "city"
    STATE = "state"
    SKU = "sku"
    LOT_NUMBER = "lot_number"
    QUANTITY = "quantity"
    REP = "rep"
    SOURCE = "source"
    TRACKING_NUMBER = "tracking_number"
    CUSTOMER = "customer"
    ADDRESS1 = "address1"
    ADDRESS2 = "address2"
    ZIP = "zip"
    COUNTRY = "country"
    CONTACT_NAME = "contact_name"
    CONTACT_PHONE = "contact_phone"
    CONTACT_EMAIL = "contact_email"
    CREATED_AT = "created_at"
    UPDATED_AT = "updated_at"


@dataclass(frozen=True, slots=True)
class SortOrder:
    """One column and a direction; the id settles ties, so that every order is total."""

    field: SortField = SortField.SHIP_DATE
    descending: bool = True
