"""Facilities as earlier shipments name them: offered while a shipment is entered, so that one spelling stays one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

# What a facility's shipments share, by the names of a shipment's fields.
ADDRESS_FIELDS = (
    "address1",
    "address2",
    "city",
    "state",
    "zip",
    "country",
    "contact_name",
    "contact_phone",
    "contact_email",
)


@dataclass(frozen=True, slots=True)
class KnownFacility:
    """One spelling of a facility, how many lines have it, and where the latest of them went."""

    name: str
    lines: int
    last_shipped: date
    address: Mapping[str, str]

    def in_one_line(self) -> str:
        """Where it is, as people write it in one line; "" when nothing is known."""
        place = " ".join(self.address[name] for name in ("city", "state", "zip") if self.address[name])
        return ", ".join(part for part in (self.address["address1"], self.address["address2"], place) if part)
