"""The search index catches up with what was written, and changes nothing of what is found."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import insert, text

from desktop.db.tables import DistributionEntryRow
from desktop.domain.errors import SignInRefused
from desktop.domain.filters import DistributionFilter, SortOrder
from desktop.services import distributions, search_index
from desktop.services.unit_of_work import Workspace

LINES = 2_500
ASKED = ("clinic 017", "00042", "so", "nic 01", "clinic nobody")


@pytest.fixture
def filled(workspace_on: Workspace) -> Workspace:
    row = {"ship_date": date(2026, 1, 5), "sku": "211810SPT", "lot_number": "SLQ-12345", "quantity": 1}
    rows = [
        {
            **row,
            "source": "csv_import",
            "order_number": f"SO {number:05d}",
            "facility_name": f"Clinic {number % 50:03d}",
        }
        for number in range(LINES)
    ]
    with workspace_on.sessions.writing() as session:
        session.execute(insert(DistributionEntryRow), rows)
        session.commit()
    return workspace_on


def test_what_is_found_is_the_same_before_and_after(filled: Workspace) -> None:
    def found() -> list[list[int]]:
        return [
            list(distributions.ordered_keys(filled, DistributionFilter(text=words), SortOrder())) for words in ASKED
        ]

    before = found()
    texts = [(f"so {number:05d}", f"clinic {number % 50:03d}") for number in range(LINES)]
    expected = [sum(all(any(w in t for t in row) for w in words.split()) for row in texts) for words in ASKED]
    assert list(map(len, before)) == expected
    assert search_index.index_part(filled) is False
    assert found() == before
    with filled.sessions.reading() as session:
        if session.get_bind().dialect.name == "sqlite":
            assert session.scalar(text("SELECT indexed_to FROM log_search_state")) == LINES


def test_nobody_signed_in_changes_nothing(workspace: Workspace) -> None:
    with pytest.raises(SignInRefused):
        search_index.index_part(workspace.signed_out())
