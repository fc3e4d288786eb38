"""Changing entries that are in the log: the commands, and the rules, which are those of every other way in.

There is no exception for what was there before: a lot that no longer matches the lot rule is refused when its entry is
edited, whatever was edited of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import NamedTuple

from desktop.domain.distributions import (
    FIELD_LABELS,
    DistributionEntry,
    Reading,
    check_ship_date,
    read_lot,
    read_order_number,
    read_quantity,
    read_sku,
    read_text,
)
from desktop.domain.errors import StaleEdit
from desktop.domain.imports import Problem
from desktop.domain.lots import LotRule

# Each entry has its own audit event; a whole import is taken back by its undo, which has one for all.
MOST_AT_ONCE = 5_000

ENTRY_LABELS: Mapping[str, str] = {
    **FIELD_LABELS,
    "rep_id": "Rep",
    "customer_id": "Customer",
    "evidence_file_storage_key": "Evidence file",
}

# What can be the same for many entries at once; the other fields say what an entry is.
FIELDS_TOGETHER = (
    "facility_name",
    "rep_id",
    "customer_id",
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
)


@dataclass(frozen=True, slots=True)
class EntryValues:
    """Every value of an entry that a person can change, as a form holds it; how it came (`source`) is none of them."""

    ship_date: date | None
    order_number: str
    facility_name: str
    sku: str
    lot_number: str
    quantity: str
    rep_id: int | None = None
    customer_id: int | None = None
    address1: str = ""
    address2: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    country: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""
    tracking_number: str = ""
    ss_shipment_id: str = ""


VALUE_FIELDS = tuple(item.name for item in fields(EntryValues))
_CHOSEN = ("rep_id", "customer_id")
_TEXTS = tuple(name for name in VALUE_FIELDS if name not in ("ship_date", *_CHOSEN))


class EntryVersion(NamedTuple):
    """Which state of an entry a person looked at."""

    entry_id: int
    version: int


class ChangeNote(NamedTuple):
    """Who changed an entry last, when (UTC), and why."""

    actor: str
    moment: datetime
    reason: str | None


@dataclass(frozen=True, slots=True)
class EditableEntry:
    """One entry with the values a form needs. `changed` is None for an entry nobody touched since it came."""

    entry: DistributionEntry
    values: EntryValues
    changed: ChangeNote | None = None


@dataclass(frozen=True, slots=True)
class EntryEdit:
    """New values for one entry, made from its state `version`; `allow_repeats` repeats another line on purpose."""

    entry_id: int
    version: int
    values: EntryValues
    reason: str
    allow_repeats: bool = False


@dataclass(frozen=True, slots=True)
class FieldEdit:
    """One value for one of FIELDS_TOGETHER in several entries; `value` is an id for rep and customer, else a text."""

    entries: tuple[EntryVersion, ...]
    field: str
    value: str | int | None
    reason: str
    allow_repeats: bool = False


class CheckedValues(NamedTuple):
    """Values as they would be kept, by column, with what is wrong with them and what was changed to read them."""

    columns: Mapping[str, object]
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]


class StaleEntry(StaleEdit):
    """Somebody else changed the entry after it was read; `theirs` is what it says now."""

    def __init__(self, theirs: EditableEntry) -> None:
        self.theirs = theirs
        super().__init__("Somebody else changed this entry after you opened it. Nothing was saved.")


class StaleEntries(StaleEdit):
    """Some of several entries were changed (`now` is what they say) or are `gone` since they were read."""

    def __init__(self, now: Sequence[DistributionEntry], gone: Sequence[int]) -> None:
        self.now = tuple(now)
        self.gone = tuple(gone)
        count = len(self.now) + len(self.gone)
        who = "One of these entries was" if count == 1 else f"{count:,} of these entries were"
        super().__init__(f"{who} changed or deleted by somebody else meanwhile. Nothing was done: look again.")


def check_values(values: EntryValues, *, today: date, lot_rule: LotRule) -> CheckedValues:
    """All values of a form against the rules."""
    readings = {"ship_date": Reading(values.ship_date, check_ship_date(values.ship_date, today))}
    readings |= {name: _read(name, getattr(values, name), lot_rule) for name in _TEXTS}
    columns = {name: reading.value for name, reading in readings.items()}
    columns |= {name: getattr(values, name) for name in _CHOSEN}
    typed = {name: str(getattr(values, name) or "") for name in readings}
    return CheckedValues(
        columns,
        tuple(Problem(name, typed[name], read.problem) for name, read in readings.items() if read.problem is not None),
        tuple(Problem(name, typed[name], read.note) for name, read in readings.items() if read.note is not None),
    )


def check_field(edit: FieldEdit) -> CheckedValues:
    """The one value of several entries against the rules. Raises `ValueError` for a field that is none of them."""
    if edit.field not in FIELDS_TOGETHER:
        raise ValueError(f"{edit.field} is not a field of several entries")
    if edit.field in _CHOSEN:
        return CheckedValues({edit.field: edit.value}, (), ())
    text = str(edit.value or "")
    reading = _read(edit.field, text, LotRule())
    return CheckedValues(
        {edit.field: reading.value},
        () if reading.problem is None else (Problem(edit.field, text, reading.problem),),
        () if reading.note is None else (Problem(edit.field, text, reading.note),),
    )


def check_reason(reason: str) -> tuple[Problem, ...]:
    """What is wrong with the reason of an edit or a deletion."""
    return () if reason.strip() else (Problem("reason", reason, "Say why: a reason is required"),)


def differing(mine: EntryValues, theirs: EntryValues) -> tuple[str, ...]:
    """The fields in which two sets of values differ, in the order of a form."""
    return tuple(name for name in VALUE_FIELDS if getattr(mine, name) != getattr(theirs, name))


def _read(name: str, text: str, lot_rule: LotRule) -> Reading:
    if name == "order_number":
        return read_order_number(text)
    if name == "sku":
        return read_sku(text)
    if name == "lot_number":
        return read_lot(text, lot_rule)
    if name == "quantity":
        return read_quantity(text)
    return read_text(text, ENTRY_LABELS[name], required=name == "facility_name")
