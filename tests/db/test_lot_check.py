"""PostgreSQL's CHECK takes exactly the lots that the lot rule takes, whatever the rule."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError

from desktop.db.tables import DistributionEntryRow
from desktop.domain.errors import RuleBroken
from desktop.domain.lot_patterns import read_lot_pattern
from desktop.domain.lots import LONGEST_LOT, LotRule
from desktop.services.settings import change_lot_rule, list_settings
from desktop.services.unit_of_work import Workspace
from tests.services import records

WHY = "The lots printed on the slips are longer."


@pytest.fixture
def engine_name() -> str:
    """The other engine has no CHECK for lots."""
    return "postgresql"


def database_takes(workspace: Workspace, lot_number: str) -> bool:
    """Whether the table itself takes a lot, past the application."""
    with workspace.sessions.writing() as session:
        try:
            session.execute(
                insert(DistributionEntryRow).values(
                    ship_date=records.SHIPPED,
                    order_number="SO 1",
                    facility_name="Lakeside",
                    sku="211810SPT",
                    lot_number=lot_number,
                    quantity=1,
                    source="manual",
                )
            )
        except IntegrityError as refused:
            if "ck_distribution_log_lot" not in str(refused.orig):
                raise
            return False
        finally:
            session.rollback()
    return True


def is_validated(workspace: Workspace) -> bool:
    with workspace.sessions.reading() as session:
        found = session.scalar(text("SELECT convalidated FROM pg_constraint WHERE conname = 'ck_distribution_log_lot'"))
    return bool(found)


def test_the_check_follows_the_rule(workspace_on: Workspace) -> None:
    for pattern in (
        "SLQ-([0-9]{5}|[0-9]{8,11})",
        "SLQ-[0-9]{8,11}",
        "SLQ-[0-9]+",
        r"A'?[.:#-]\d{2}(?:SLQ|X)",
        "SLQ-[0-9]{5}",
    ):
        change_lot_rule(workspace_on, pattern, WHY)
        rule = LotRule(pattern)
        for lot_number in (
            "SLQ-12345",
            "SLQ-123456789",
            "SLQ-12345\n",
            "SLQ-１２３４５",
            "SLQ-123456789\n",
            "slq-12345",
            "A'.01SLQ",
            "A:01X",
            "SLQ-" + "1" * (LONGEST_LOT - 4),
            "SLQ-" + "1" * (LONGEST_LOT - 3),
            "",
        ):
            assert database_takes(workspace_on, lot_number) == rule.accepts(lot_number), (pattern, lot_number)
        assert is_validated(workspace_on)


def test_a_check_that_older_entries_would_fail_holds_for_what_is_written_from_now_on(workspace_on: Workspace) -> None:
    records.log(workspace_on, ("211810SPT", "SLQ-12345", 5))
    change_lot_rule(workspace_on, "SLQ-[0-9]{8}", WHY)
    assert not is_validated(workspace_on)
    assert not database_takes(workspace_on, "SLQ-54321")
    assert database_takes(workspace_on, "SLQ-12345678")
    change_lot_rule(workspace_on, "SLQ-[0-9]{5,8}", WHY)
    assert is_validated(workspace_on)


# Patterns of everything that is understood, with lots that match them or nearly do.
_CHARACTER = st.sampled_from(["A", "Z", "0", "9", "-", r"\d", r"\.", r"\+", r"\{", "'", ":", "#", "[A-C]", "[0-9]"])
_CLASS = st.lists(st.sampled_from(["A-F", "0-4", r"\d", "Z", ".", "$", "(", "|", "*"]), min_size=1, unique=True).map(
    lambda members: f"[{''.join(members)}-]"
)
_TIMES = st.sampled_from(["", "", "?", "*", "+", "{2}", "{1,3}", "{2,}"])
_PATTERNS = st.recursive(
    st.tuples(_CHARACTER | _CLASS, _TIMES).map("".join),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=4).map("".join)
        | st.tuples(inner, inner).map(lambda two: f"({two[0]}|{two[1]})")
        | st.tuples(inner, _TIMES).map(lambda two: f"(?:{two[0]}){two[1]}")
    ),
    max_leaves=6,
)
_ODD = st.sampled_from(["\n", "０", "a", " ", "A", "9", "-", ""])


@settings(max_examples=40)
@given(data=st.data(), pattern=_PATTERNS)
def test_the_check_takes_what_the_rule_takes_and_refuses_what_it_refuses(
    workspace_on: Workspace, data: st.DataObject, pattern: str
) -> None:
    try:
        read_lot_pattern(pattern)
    except RuleBroken:
        return
    rule = LotRule(pattern)
    if list_settings(workspace_on)[0].value != pattern:  # an example can come twice
        change_lot_rule(workspace_on, pattern, WHY)
    for _ in range(4):
        lot_number = data.draw(st.from_regex(rule.compiled, fullmatch=True))[:LONGEST_LOT]
        place = data.draw(st.integers(0, len(lot_number)))
        for tried in (lot_number, lot_number[:place] + data.draw(_ODD) + lot_number[place:], lot_number[:place]):
            assert database_takes(workspace_on, tried) == rule.accepts(tried), (pattern, tried)
