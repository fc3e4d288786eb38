"""The catheters that are shipped. Source of the SKUs: the traceability plan's `ck_distribution_log_sku`.

The codes and packs that packing slips and sales orders print are a table, never searched for digits: the same digits
occur in lots, order numbers and telephone numbers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple


class Product(NamedTuple):
    """One stock-keeping unit; `french` is the outer diameter on the French scale (1 Fr = 1/3 mm)."""

    sku: str
    french: int


PRODUCTS = (Product("211810SPT", 18), Product("211610SPT", 16), Product("211410SPT", 14))
SKUS = tuple(product.sku for product in PRODUCTS)


class PackSize(NamedTuple):
    """How many units one of the printed quantity holds; `printed` is the words that say so.

    `units` is None when the words name different numbers, or a number that the table does not have.
    """

    printed: str
    units: int | None


_DEVICE_CODES = {
    code: sku
    for sku, codes in {
        "211810SPT": ("211810SPT", "21810SPT", "211810", "21810", "21800101003", "21800101004", "1810"),
        "211610SPT": ("211610SPT", "21610SPT", "211610", "21610", "21600101003", "21600101004", "1610"),
        "211410SPT": ("211410SPT", "21410SPT", "211410", "21410", "21400101003", "21400101004", "1410"),
    }.items()
    for code in codes
}
_OTHER_CODES = {
    "SLQ-4007": "leaflet",
    "NRE": "engineering charge",
    "FREIGHT": "charge",
    "SHIPPING": "charge",
    "HANDLING": "charge",
}
_PACKS = {
    "10-pack": 10,
    "10-pk": 10,
    "10-count": 10,
    "pack of 10": 10,
    "box of 10": 10,
    "10 per box": 10,
    "single catheter": 1,
    "single unit": 1,
    "single pack": 1,
    "1 unit": 1,
    "1-pack": 1,
    "pack of 1": 1,
    "box of 1": 1,
}
# Words that name a pack of any size: a size that the table lacks is shown and left to a person.
_ANY_PACK = re.compile(
    r"(?<![a-z0-9.])(?:(\d{1,4})[\s-]*(?:packs?|pk|pcs|count|ct)|(?:box|case|carton|pack|bag)(?:es|s)?[\s-]*of[\s-]*(\d{1,4})"
    r"|(\d{1,4})[\s-]*(?:per|/)[\s-]*(?:box|case|carton|pack|bag))(?![a-z0-9])",
    re.IGNORECASE,
)
_NO_PART_OF_CODE = re.compile(r"[\s+-]+")


def fold_code(text: str) -> str:
    """An item code as it is looked up: upper case, without spaces, hyphens and plus signs."""
    return _NO_PART_OF_CODE.sub("", text).upper()


@dataclass(frozen=True)
class ProductTable:
    """What printed item codes and pack words mean.

    `devices` maps a code to its SKU, `others` a code of what is no device to what it is, `packs` the words of a
    description to the units of one pack (hyphens and spaces in them are alike, case does not count).
    """

    devices: Mapping[str, str] = field(default_factory=lambda: dict(_DEVICE_CODES))
    others: Mapping[str, str] = field(default_factory=lambda: dict(_OTHER_CODES))
    packs: Mapping[str, int] = field(default_factory=lambda: dict(_PACKS))

    def sku(self, code: str) -> str | None:
        """The SKU of a device, None for every other code."""
        return self._folded_devices.get(fold_code(code))

    def other(self, code: str) -> str | None:
        """What a code that is no device stands for, None for a device and for an unknown code."""
        return self._folded_others.get(fold_code(code).removeprefix("/"))

    def knows(self, code: str) -> bool:
        """Whether the code is in the table."""
        return self.sku(code) is not None or self.other(code) is not None

    def pack(self, description: str) -> PackSize | None:
        """The pack that a description names, None when it names none."""
        found: dict[str, int | None] = {}
        for phrase, units in self._phrases:
            if match := phrase.search(description):
                found[match.group()] = units
        for match in _ANY_PACK.finditer(description):
            number = int(next(group for group in match.groups() if group))
            found.setdefault(match.group(), number if number in self.packs.values() else None)
        if not found:
            return None
        sizes = set(found.values())
        return PackSize(", ".join(found), sizes.pop() if len(sizes) == 1 else None)

    @cached_property
    def _folded_devices(self) -> dict[str, str]:
        return {fold_code(code): sku for code, sku in self.devices.items()}

    @cached_property
    def _folded_others(self) -> dict[str, str]:
        return {fold_code(code): what for code, what in self.others.items()}

    @cached_property
    def _phrases(self) -> tuple[tuple[re.Pattern[str], int], ...]:
        return tuple(
            (
                re.compile(
                    r"(?<![A-Za-z0-9.])"
                    + r"[\s-]*".join(map(re.escape, re.findall(r"\w+", phrase)))
                    + r"s?(?![A-Za-z0-9])",
                    re.IGNORECASE,
                ),
                units,
            )
            for phrase, units in self.packs.items()
        )
