"""The audit chain: one JSON text for a value, and a hash that changes with everything it covers."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from desktop.domain.audit import GENESIS_HASH, AuditAction, AuditEvent, EntityType, canonical_json

ANY_TEXT = st.text(st.characters(), max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.none() | st.dictionaries(ANY_TEXT, JSON, max_size=3)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "position": st.integers(1, 2**40),
    "previous_hash": st.from_regex("[0-9a-f]{64}", fullmatch=True),
    "created_at": st.datetimes(timezones=st.just(UTC), min_value=datetime(1990, 1, 1)),  # noqa: DTZ001  naive is asked for
    "actor_user_id": st.none() | st.integers(1, 2**31),
    "actor_name": ANY_TEXT,
    "action": st.sampled_from(AuditAction).map(str),
    "entity_type": st.sampled_from(EntityType).map(str),
    "entity_id": st.none() | ANY_TEXT,
    "reason": st.none() | ANY_TEXT,
    "before": OBJECTS,
    "after": OBJECTS,
    "details": OBJECTS,
}
EVENTS = st.builds(AuditEvent, **FIELDS)


def test_every_field_is_tried() -> None:
    assert {field.name for field in fields(AuditEvent)} == {*FIELDS, "event_hash"}


@given(EVENTS, st.data())
def test_the_hash_changes_with_every_field(event: AuditEvent, data: st.DataObject) -> None:
    for name, values in FIELDS.items():
        other = data.draw(values, name)
        if other != getattr(event, name):
            assert replace(event, **{name: other}).computed_hash() != event.computed_hash(), name


@given(EVENTS)
def test_the_hash_is_that_of_the_content_alone(event: AuditEvent) -> None:
    assert replace(event, event_hash="anything").computed_hash() == event.computed_hash()
    assert len(event.computed_hash()) == 64


@given(EVENTS, st.integers(-14, 14))
def test_the_hash_does_not_depend_on_how_a_database_gives_the_time_back(event: AuditEvent, hours: int) -> None:
    there = event.created_at.astimezone(timezone(timedelta(hours=hours)))
    assert replace(event, created_at=there).computed_hash() == event.computed_hash()


@given(OBJECTS)
def test_the_text_survives_the_database_s_json(details: dict[str, Any] | None) -> None:
    assert canonical_json(json.loads(json.dumps(details))) == canonical_json(details)


def test_the_hash_of_a_known_event_never_changes() -> None:
    event = AuditEvent(
        position=1,
        previous_hash=GENESIS_HASH,
        created_at=datetime(2025, 3, 4, 9, 15, 1, 5, tzinfo=UTC),
        actor_user_id=7,
        actor_name="Dana Hill",
        action=AuditAction.LOG_CREATE,
        entity_type=EntityType.ENTRY,
        entity_id="12",
        reason=None,
        before=None,
        after={"quantity": 10, "facility_name": "Müller"},
        details=None,
    )
    assert event.computed_hash() == "50d57d5c3b7e637740052a23d089d94c9cc03113a1a4a6b979a3698c4ce4e299"


@given(st.dictionaries(ANY_TEXT, JSON, max_size=5), st.randoms())
def test_the_order_of_keys_does_not_matter(value: dict[str, Any], source: Any) -> None:
    items = list(value.items())
    source.shuffle(items)
    assert canonical_json(dict(items)) == canonical_json(value)


@given(JSON)
def test_the_text_is_json_of_the_same_value(value: object) -> None:
    assert json.loads(canonical_json(value).decode()) == value


@given(JSON, JSON)
def test_different_values_have_different_texts(one: object, other: object) -> None:
    assume(json.dumps(one, sort_keys=True) != json.dumps(other, sort_keys=True))
    assert canonical_json(one) != canonical_json(other)


def test_the_text_has_no_spaces_and_is_utf_8() -> None:
    assert canonical_json({"b": [1, 2], "a": "é"}) == '{"a":"é","b":[1,2]}'.encode()


def test_a_file_name_that_is_not_utf_8_has_a_text_too() -> None:
    assert canonical_json("mail\udce9.eml") == b'"mail\\udce9.eml"'
    assert canonical_json("mail\udce9.eml") != canonical_json("mail\\udce9.eml")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), {1, 2}])
def test_what_is_no_json_is_a_bug(value: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        canonical_json({"value": value})
