"""What a barcode scanner types: a plain lot, or a GS1 element string with the lot in it.

Source: GS1 General Specifications, application identifiers 01 (trade item), 10 (lot), 11 (made on) and 17 (use by);
symbology identifiers of ISO/IEC 15424. biip knows the identifiers, their lengths and their dates.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from desktop.domain.lots import normalise_lot

if TYPE_CHECKING:  # imported where it is used: its tables take a tenth of the time to the first window
    from biip.gs1_messages import GS1Message

_SYMBOLOGY = re.compile(r"\](?:C1|d2|Q3|e0|J1)")
_SEPARATOR = "\x1d"  # FNC1 as scanners send it
# What scanners are set to send in its place, because programs lose control characters.
_STAND_INS = str.maketrans(dict.fromkeys("\x1e\x1f^~|", _SEPARATOR))
_LONGEST = 200
_LOT, _TRADE_ITEM, _MADE_ON, _USE_BY = "10", "01", "11", "17"
# The shortest remainder that could be another element: an identifier and one character.
_SHORTEST_ELEMENT = 3


@dataclass(frozen=True, slots=True)
class ScannedCode:
    """What was read: the lot as it is kept ("" when the code holds none), and what a GS1 code says besides."""

    lot: str
    gtin: str | None = None
    made_on: date | None = None
    use_by: date | None = None


def read_scanned_code(text: str, is_lot: Callable[[str], bool]) -> ScannedCode:
    """The lot that was typed or scanned, with or without brackets and separators.

    `is_lot` says of a normalised lot whether it can be one. It settles where a lot ends whose separator was lost, and
    that a plain lot such as `1012345678` is no GS1 code. Never raises: what is no code is a lot as typed.
    """
    typed = text.strip()
    plain = ScannedCode(normalise_lot(typed))
    if is_lot(plain.lot) or len(typed) > _LONGEST:
        return plain
    elements = _elements(typed, is_lot)
    if elements is None:
        return plain
    found = {element.ai.ai: element for element in reversed(elements.element_strings)}
    lot, trade_item, made_on, use_by = (found.get(name) for name in (_LOT, _TRADE_ITEM, _MADE_ON, _USE_BY))
    return ScannedCode(
        lot="" if lot is None else normalise_lot(lot.value),
        # With a wrong check digit the number is worth nothing; the lot was read all the same.
        gtin=None if trade_item is None or trade_item.gtin is None else trade_item.value,
        made_on=None if made_on is None else made_on.date,
        use_by=None if use_by is None else use_by.date,
    )


def _elements(typed: str, is_lot: Callable[[str], bool]) -> GS1Message | None:
    from biip.gs1_messages import GS1Message

    if typed.startswith("("):
        return _parsed(typed, GS1Message.parse_hri)
    code = _SYMBOLOGY.sub("", typed, count=1).translate(_STAND_INS).strip(_SEPARATOR)
    message = _parsed(code, GS1Message.parse)
    if message is None:
        return None
    lots = [element.value for element in message.element_strings if element.ai.ai == _LOT]
    if not lots or is_lot(normalise_lot(lots[0])):
        return message
    # The separator after the lot was lost: the lot ends where it is one and the rest is a code again.
    lot = lots[0]
    for end in range(len(lot) - _SHORTEST_ELEMENT, 0, -1):
        if is_lot(normalise_lot(lot[:end])):
            whole = code.replace(lot, lot[:end] + _SEPARATOR + lot[end:], 1)
            if (found := _parsed(whole, GS1Message.parse)) is not None:
                return found
    return message


def _parsed(code: str, parse: Callable[[str], GS1Message]) -> GS1Message | None:
    from biip import ParseError

    try:
        return parse(code)
    except ParseError:
        return None
