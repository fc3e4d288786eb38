"""The rules of an edit, and of what several entries can share."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.distributions import NewLine, NewShipment, check_shipment
from desktop.domain.entry_edits import (
    FIELDS_TOGETHER,
    VALUE_FIELDS,
    EntryValues,
    FieldEdit,
    check_field,
    check_reason,
    check_values,
    differing,
)
from desktop.domain.entry_life import ending
from desktop.domain.lots import LotRule

TODAY = date(2026, 3, 1)
VALUES = EntryValues(date(2026, 1, 5), "SO 1", "Cedar Clinic", "211610SPT", "SLQ-12345", "5")
TEXTS = st.text(max_size=12)


def test_what_is_normalised_is_noted() -> None:
    checked = check_values(
        EntryValues(date(2026, 1, 5), "SO 1", " Cedar ", "211610SPT", "slq–12345", "1,000", city="=A1"),
        today=TODAY,
        lot_rule=LotRule(),
    )
    assert checked.problems == ()
    assert (checked.columns["lot_number"], checked.columns["quantity"]) == ("SLQ-12345", 1000)
    assert checked.columns["facility_name"] == "Cedar"
    assert checked.columns["contact_name"] is None
    assert {note.field for note in checked.notes} == {"lot_number", "quantity", "city"}


@given(order=TEXTS, facility=TEXTS, sku=TEXTS, lot=TEXTS, quantity=TEXTS, city=TEXTS)
def test_an_edit_obeys_the_rules_of_a_new_shipment(
    order: str, facility: str, sku: str, lot: str, quantity: str, city: str
) -> None:
    edited = check_values(
        EntryValues(date(2026, 1, 5), f"x{order}", facility, sku, lot, quantity, city=city),
        today=TODAY,
        lot_rule=LotRule(),
    )
    shipment = NewShipment(
        date(2026, 1, 5), f"x{order}", facility, (NewLine(sku, lot, quantity),), city=city, country=""
    )
    (line,), problems, notes = check_shipment(shipment, today=TODAY, lot_rule=LotRule())
    assert {problem[:3] for problem in edited.problems} == {problem[:3] for problem in problems}
    assert {note[:3] for note in edited.notes} == {note[:3] for note in notes}
    kept = line._asdict()
    assert all(edited.columns[name] == kept[name] for name in VALUE_FIELDS if name in kept)


def test_two_versions_are_compared_field_by_field() -> None:
    other = EntryValues(date(2026, 1, 6), "SO 1", "Cedar Clinic", "211610SPT", "SLQ-12345", "5", rep_id=3)
    assert differing(VALUES, other) == ("ship_date", "rep_id")
    assert differing(VALUES, VALUES) == ()


def test_what_an_entry_is_cannot_be_edited_for_several() -> None:
    assert not {"ship_date", "order_number", "sku", "lot_number", "quantity", "ss_shipment_id"} & set(FIELDS_TOGETHER)
    with pytest.raises(ValueError, match="quantity"):
        check_field(FieldEdit((), "quantity", "5", "r"))
    assert check_field(FieldEdit((), "city", " ", "r")).columns == {"city": None}
    assert check_field(FieldEdit((), "facility_name", " ", "r")).problems[0].message == "Facility name is required"
    assert check_field(FieldEdit((), "city", "-x", "r")).notes[0].field == "city"


@pytest.mark.parametrize("reason", ["", " ", "\n\t"])
def test_a_blank_reason_is_none(reason: str) -> None:
    assert check_reason(reason)[0].field == "reason"
    assert check_reason(f"{reason}x") == ()


@pytest.mark.parametrize(
    ("filename", "expected"),
    [("a.PDF", "pdf"), ("a.tar.gz", "gz"), ("a", ""), (".profile", ""), ("a.", ""), ("a.b c", ""), ("a.ü", "")],
)
def test_the_ending_of_a_file_name(filename: str, expected: str) -> None:
    assert ending(filename) == expected
