"""Which label belongs to which slip: a slip takes a tracking number only from a label that agrees with it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from desktop.domain.imports import WordBox
from desktop.importers.pdf.documents import CarrierLabel, Placed, Slip
from desktop.importers.pdf.values import Address, order_key


class Tracking(NamedTuple):
    """What a slip takes from its label: the number, where it is printed, and what is to be known of it."""

    number: str = ""
    boxes: tuple[WordBox, ...] = ()
    notes: tuple[str, ...] = ()


# A place on paper: page and part.
Place = tuple[int, int]


def match_labels(
    slips: Sequence[Placed], labels: Sequence[Placed]
) -> tuple[Mapping[Place, Tracking], Mapping[int, list[str]]]:
    """The tracking of each slip by page and part, and what is to be said of the pages.

    A label on the slip's own page goes before the others of the file. Where several labels agree with a slip, or
    several slips with a label, the order number among the label's references or the ship date decides, else nobody.
    """
    tracking: dict[Place, Tracking] = {}
    messages: dict[int, list[str]] = {}
    taken: set[Place] = set()
    for label in labels:
        document = _label(label)
        if document.problem or document.note:
            messages.setdefault(label.page, []).append(f"{document.problem or document.note}.")
    labels_to, slips_to = _by_zip(labels), _by_zip(slips)
    for slip in slips:
        postal = _slip(slip).address.zip[:5]
        own = [label for label in labels_to.get(postal, ()) if agree(_slip(slip), _label(label))]
        near = [label for label in own if label.page == slip.page] or own
        chosen = _narrowed(slip, near)
        rivals = []
        if len(chosen) == 1 and chosen[0].page != slip.page and not _refers(_label(chosen[0]), _slip(slip)):
            same_zip = slips_to.get(postal, ())
            rivals = [other for other in same_zip if other is not slip and agree(_slip(other), _label(chosen[0]))]
        place = (slip.page, slip.part)
        if len(chosen) == 1 and not rivals:
            label = chosen[0]
            found = _label(label)
            taken.add((label.page, label.part))
            tracking[place] = Tracking(
                found.tracking, found.boxes.get("tracking_number", ()), _notes(_slip(slip), label)
            )
        elif chosen:
            numbers = ", ".join(_label(label).tracking for label in chosen)
            why = (
                f"Several labels go to this address ({numbers})"
                if len(chosen) > 1
                else "Several slips go to the label's address"
            )
            tracking[place] = Tracking(notes=(f"{why}: the tracking number is left empty",))
    by_page: dict[int, list[Placed]] = {}
    for slip in slips:
        by_page.setdefault(slip.page, []).append(slip)
    for label in labels:
        same_page = by_page.get(label.page, [])
        if (label.page, label.part) in taken:
            continue
        if same_page and not any(agree(_slip(slip), _label(label)) for slip in same_page):
            sentence = (
                "The label on this page is for another recipient than the slip: its tracking number is not taken."
            )
        else:
            sentence = (
                f"The label {_label(label).tracking or 'without a tracking number'} belongs to no slip for certain."
            )
        messages.setdefault(label.page, []).append(sentence)
    return tracking, messages


def _by_zip(placed: Sequence[Placed]) -> dict[str, list[Placed]]:
    """Slips or labels by the five digits of their zip, so that a large file is not compared each with each."""
    found: dict[str, list[Placed]] = {}
    for item in placed:
        document = item.document
        if isinstance(document, Slip | CarrierLabel):
            found.setdefault(document.address.zip[:5], []).append(item)
    return found


def agree(slip: Slip, label: CarrierLabel) -> bool:
    """Whether slip and label name the same recipient: the same five digits of the zip, and a name or a street alike."""
    ours, theirs = slip.address, label.address
    if not ours.zip or not theirs.zip or ours.zip[:5] != theirs.zip[:5]:
        return False
    return bool(_names(ours) & _names(theirs)) or bool(_street(ours) & _street(theirs))


def _names(address: Address) -> set[str]:
    """The names without what a carrier's label cuts off or writes in another way."""
    return {
        re.sub(r"[^A-Z0-9]", "", name.upper())[:18]
        for name in (address.contact_name, address.facility_name)
        if name.strip()
    }


def _street(address: Address) -> set[str]:
    found = re.match(r"\s*([0-9]+[A-Za-z]?)\s+(\w{1,4})", address.address1)
    return {f"{found.group(1)} {found.group(2)}".upper()} if found else set()


def _narrowed(slip: Placed, labels: Sequence[Placed]) -> list[Placed]:
    if len(labels) > 1:
        referring = [label for label in labels if _refers(_label(label), _slip(slip))]
        labels = referring or labels
    if len(labels) > 1:
        dated = [label for label in labels if _label(label).ship_date == _slip(slip).ship_date]
        labels = dated or labels
    return list(labels)


def _refers(label: CarrierLabel, slip: Slip) -> bool:
    """Whether the order number stands among the label's words."""
    digits = order_key(slip.order.value)[1]
    return bool(digits) and re.search(rf"(?<![0-9])0*{re.escape(digits)}(?![0-9])", label.words) is not None


def _notes(slip: Slip, placed: Placed) -> tuple[str, ...]:
    label = _label(placed)
    notes = []
    if label.problem:
        notes.append(f"{label.problem}: the tracking number is left empty")
    if label.note:
        notes.append(label.note)
    if label.ship_date and slip.ship_date and label.ship_date != slip.ship_date:
        notes.append(f"The label's ship date is {label.ship_date}, the slip's {slip.ship_date}")
    return tuple(notes)


def _slip(placed: Placed) -> Slip:
    assert isinstance(placed.document, Slip)  # noqa: S101  sorted by kind before
    return placed.document


def _label(placed: Placed) -> CarrierLabel:
    assert isinstance(placed.document, CarrierLabel)  # noqa: S101  sorted by kind before
    return placed.document
