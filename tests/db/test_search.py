"""Free text is found by the index exactly as by comparing every entry, whatever was written in between."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.orm import Session

from desktop.db import search
from desktop.db.tables import DistributionEntryRow
from desktop.services.unit_of_work import Workspace

ENTRY = DistributionEntryRow
# Letters with two cases in three alphabets, letters whose cases are not one letter each, and what SQL gives a meaning.
LETTERS = "aAbBkKsS" + "éÉßſİıÅåµΣσςжЖΏώ" + "漢字ა\u2c80\u2c81K😀" + "%_\\*?[]^-'\"(){}#0179"
TEXTS = st.lists(st.text(LETTERS, min_size=1, max_size=6), min_size=1, max_size=3).map(" ".join)
ROW = st.fixed_dictionaries(
    {"facility_name": TEXTS, "order_number": TEXTS, "tracking_number": st.none() | TEXTS, "city": st.none() | TEXTS}
)
WRITES = st.lists(
    st.one_of(
        st.tuples(st.just("insert"), ROW),
        st.tuples(st.just("update"), st.integers(1, 8), ROW),
        st.tuples(st.just("delete"), st.integers(1, 8)),
        st.tuples(st.just("put back"), st.integers(1, 8), ROW),
        st.tuples(st.just("index")),
    ),
    max_size=14,
)


@pytest.fixture
def session(workspace: Workspace) -> Iterator[Session]:
    with workspace.sessions.writing() as opened:
        yield opened


def add(session: Session, values: dict[str, object]) -> None:
    fixed = {"ship_date": date(2026, 1, 5), "sku": "211810SPT", "lot_number": "SLQ-12345", "quantity": 1}
    session.execute(insert(ENTRY).values(**fixed, source="manual", **values))


def apply(session: Session, write: tuple[object, ...]) -> None:
    match write:
        case ("insert", dict() as values):
            add(session, values)
        case ("update", int() as entry_id, dict() as values):
            session.execute(update(ENTRY).where(ENTRY.id == entry_id).values(**values))
        case ("delete", int() as entry_id):
            session.execute(delete(ENTRY).where(ENTRY.id == entry_id))
        case ("put back", int() as entry_id, dict() as values):
            if session.get(ENTRY, entry_id) is None:
                add(session, {"id": entry_id, **values})
            session.expunge_all()
        case ("index",):
            search.index_part(session, behind=1)


def found(session: Session, words: list[str], *, first_rows: bool = False) -> list[int]:
    query = select(ENTRY.id).where(*search.holds(session, words, first_rows=first_rows)).order_by(ENTRY.id)
    return list(session.scalars(query))


def compared(session: Session, words: list[str]) -> list[int]:
    """Without the index: nothing counts as indexed, so that every entry is compared."""
    session.execute(text("UPDATE log_search_state SET indexed_to = 0"))
    return found(session, words)


@settings(max_examples=40)
@given(writes=WRITES, asked=st.lists(st.text(LETTERS, min_size=1, max_size=5), min_size=1, max_size=2))
def test_the_index_finds_what_comparing_every_entry_finds(
    workspace: Workspace, writes: list[tuple[object, ...]], asked: list[str]
) -> None:
    with workspace.sessions.writing() as session:  # rolled back at the end of each example
        for write in writes:
            apply(session, write)
        rows = session.execute(select(*search.SEARCHED)).all()
        own = [word[:5] for row in rows for value in row if value for word in value.split()]
        questions = [
            asked,
            *([word] for word in own),
            *([word.upper()] for word in own),
            *([word[1:4]] for word in own),
        ]
        questions = [list(words) for words in {tuple(filter(None, words)) for words in questions}]
        by_index = [(found(session, words), found(session, words, first_rows=True)) for words in questions]
        assert not list(search.unindexed_entries(session))
        for words, (all_rows, first_rows) in zip(questions, by_index, strict=True):
            assert all_rows == first_rows == compared(session, words), words


def test_upper_and_lower_case_are_one_beyond_ascii(session: Session) -> None:
    names = ("Clínica Zoë", "CLÍNICA ZOË", "Ωμέγα ΙΑΤΡΙΚΉ", "клиника Жук")
    for name in names:
        add(session, {"facility_name": name, "order_number": "SO 1"})
    search.index_part(session, behind=1)
    assert found(session, ["clínica"]) == found(session, ["CLÍNICA"]) == [1, 2]
    assert found(session, ["zoë"]) == found(session, ["ZOË", "Í"]) == [1, 2]
    assert found(session, ["ιατρική"]) == found(session, ["ΩΜΈΓΑ"]) == [3]
    assert found(session, ["КЛИНИКА", "жук"]) == [4]
    assert found(session, ["clinica"]) == []


def test_the_index_folds_every_letter_that_is_compared_without_case(session: Session) -> None:
    """Else a line would be missed: the comparison takes two letters for one, and the index does not."""
    pairs = [
        (chr(code), other) for code in range(0x20, 0x530) for other in search._cases(chr(code)) if other != chr(code)
    ]
    assert len(pairs) > 600
    for entry_id, (_, other) in enumerate(pairs, start=1):
        add(session, {"id": entry_id, "facility_name": f"{other}ab", "order_number": "SO 1"})
    search.index_part(session, behind=1)
    missed = [
        letter for entry_id, (letter, _) in enumerate(pairs, start=1) if entry_id not in found(session, [f"{letter}ab"])
    ]
    assert missed == []


def test_few_entries_are_left_for_later_and_many_are_added_in_parts(session: Session) -> None:
    add(session, {"facility_name": "Lakeside", "order_number": "SO 1"})
    assert not search.index_part(session)
    assert session.scalar(text("SELECT count(*) FROM log_search_state")) == 0
    for _ in range(4):
        add(session, {"facility_name": "Northgate", "order_number": "SO 2"})
    assert [search.index_part(session, behind=1, rows=2) for _ in range(4)] == [True, True, False, False]
    assert session.scalar(text("SELECT indexed_to FROM log_search_state")) == 5
    assert found(session, ["lake"]) == [1]


def test_an_entry_the_index_lacks_is_named(session: Session) -> None:
    for name in ("Lakeside", "Northgate"):
        add(session, {"facility_name": name, "order_number": "SO 1"})
    search.index_part(session, behind=1)
    assert list(search.unindexed_entries(session)) == []
    session.execute(text("INSERT INTO log_search (log_search) VALUES ('delete-all')"))
    named = list(search.unindexed_entries(session))
    assert [sentence.partition(" is")[0] for sentence in named] == ["Entry 1", "Entry 2"]


def test_both_engines_find_any_part_of_a_word_without_case(workspace_on: Workspace) -> None:
    with workspace_on.sessions.writing() as session:
        add(session, {"facility_name": "100% Clinic_A", "order_number": "SO 77", "tracking_number": "1Z999"})
        add(session, {"facility_name": "Lakeside", "order_number": "SO 78", "city": "Springfield"})

        def check() -> None:
            assert found(session, ["CLIN"]) == found(session, ["0%"]) == found(session, ["c_a", "1z9"]) == [1]
            assert found(session, ["ringf"]) == found(session, ["lake", "78"]) == [2]
            assert found(session, ["so"]) == [1, 2]

        check()
        if session.get_bind().dialect.name == "postgresql":  # where pg_trgm cannot be installed there is no index
            session.execute(text("DROP INDEX log_search"))
            check()
