"""Customers: who the facilities of the log belong to, linked by people and never guessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, NamedTuple

from desktop.domain.distributions import FIELD_LABELS, fold_facility, read_text
from desktop.domain.errors import KnownTrouble, StaleEdit
from desktop.domain.imports import Problem


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """What a person types of a customer; the field names are the columns' names. "" is an empty field.

    `keep_same_name` keeps a customer on purpose although another one has the same name.
    """

    name: str
    address1: str = ""
    address2: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    country: str = "USA"
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""
    keep_same_name: bool = False


CUSTOMER_FIELDS = tuple(item.name for item in fields(NewCustomer) if item.name != "keep_same_name")
CUSTOMER_LABELS: Mapping[str, str] = {"name": "Name"} | {name: FIELD_LABELS[name] for name in CUSTOMER_FIELDS[1:]}


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer as it is kept, and what the log holds for it: entries, single units, day of the last shipment.

    `version` counts the states of the customer from 1, so that a stale edit is seen.
    """

    id: int
    name: str
    address1: str | None
    address2: str | None
    city: str | None
    state: str | None
    zip: str | None
    country: str | None
    contact_name: str | None
    contact_phone: str | None
    contact_email: str | None
    created_at: datetime
    updated_at: datetime
    version: int
    entries: int = 0
    units: int = 0
    last_shipment: date | None = None

    def as_typed(self) -> NewCustomer:
        """The fields as a form shows them for editing."""
        values: dict[str, Any] = {name: getattr(self, name) or "" for name in CUSTOMER_FIELDS}
        return NewCustomer(**values)

    def mentions(self, text: str) -> bool:
        """Whether every word of `text` stands in name, city or contact, without case."""
        searched = (self.name, self.city, self.contact_name, self.contact_phone, self.contact_email)
        spoken = fold_facility(" ".join(value for value in searched if value))
        return all(word in spoken for word in fold_facility(text).split())


def read_customer(new: NewCustomer) -> tuple[dict[str, str | None], tuple[Problem, ...]]:
    """The columns of a customer as they are kept, trimmed, and everything that is wrong with what was typed."""
    values: dict[str, str | None] = {}
    problems: list[Problem] = []
    for name in CUSTOMER_FIELDS:
        typed = getattr(new, name)
        reading = read_text(typed, CUSTOMER_LABELS[name], required=name == "name")
        values[name] = None if reading.value is None else str(reading.value)
        if reading.problem is not None:
            problems.append(Problem(name, typed, reading.problem))
    return values, tuple(problems)


class Facility(NamedTuple):
    """A place as shipped: name, city, state and zip exactly as the entries have them."""

    name: str
    city: str | None = None
    state: str | None = None
    zip: str | None = None

    def in_words(self) -> str:
        """`Lakeside Urology, Riverton, WY 82501`."""
        place = " ".join(part for part in (self.state, self.zip) if part)
        return ", ".join(part for part in (self.name, self.city, place) if part)


@dataclass(frozen=True, slots=True)
class FacilityUse:
    """A facility and what the log holds for it: entries, single units, days of the first and the last shipment."""

    facility: Facility
    entries: int
    units: int
    first_shipment: date
    last_shipment: date


@dataclass(frozen=True, slots=True)
class Match:
    """A customer that a facility may belong to: `score` of 100, and `why` in words. A person decides."""

    customer: Customer
    score: int
    why: str


@dataclass(frozen=True, slots=True)
class LikelyFacility:
    """A facility that may belong to a customer: `score` of 100, and `why` in words. A person decides."""

    use: FacilityUse
    score: int
    why: str


class SameName(KnownTrouble):
    """A customer would have the name of another one; it can be kept on purpose."""

    def __init__(self, existing: Sequence[Customer]) -> None:
        self.existing = tuple(existing)
        super().__init__(
            f"There is a customer called “{self.existing[0].name}” already."
            if len(self.existing) == 1
            else f"There are {len(self.existing)} customers with this name already."
        )


class StaleCustomer(StaleEdit):
    """Somebody else changed the customer after it was read; `theirs` is what it says now."""

    def __init__(self, theirs: Customer) -> None:
        self.theirs = theirs
        super().__init__("Somebody else changed this customer after you opened it. Nothing was saved.")
