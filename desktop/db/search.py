"""Free text in the log: an index of three-letter pieces that finds any part of a word, and what makes it exact.

The index (`log_search`, SQLite's FTS5) is derived data: it only says which entries may hold a word. Every entry it
names is compared with the word itself, so that no state of the index can add a line to what is found, and what an
entry said before an edit, or before it was deleted, may stay in the index. No line is missed either:

- Entries up to the id in `log_search_state` are in the index, as they were when they were added.
- Those that were written since are in `log_search_changed`, by triggers, in the same transaction. They and the entries
  above that id are compared one by one, until `index_part` has added them. An import therefore costs nothing here.
- A word of fewer than three letters is compared with every entry.

PostgreSQL has an index of its own for the same comparison (pg_trgm), where that extension can be installed; without it
every entry is compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Insert,
    column,
    delete,
    func,
    insert,
    or_,
    select,
    table,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from desktop.db.tables import DistributionEntryRow
from desktop.domain.filters import SEARCHED_FIELDS

_ENTRY = DistributionEntryRow
SEARCHED: tuple[InstrumentedAttribute[str | None], ...] = tuple(getattr(_ENTRY, name) for name in SEARCHED_FIELDS)

_INDEX = table("log_search", column("rowid"), column("log_search"), *map(column, SEARCHED_FIELDS))
_STATE = table("log_search_state", column("indexed_to"))
_CHANGED = table("log_search_changed", column("id"))
_INDEXED_TO = func.coalesce(select(_STATE.c.indexed_to).scalar_subquery(), 0)

_PIECE = 3
_PIECES_LOOKED_UP = 32
_FEW = 5_000  # so many are found in 3 ms, compared and sorted in 10
_BEHIND = 2_000  # so many are compared in 1 ms: no reason to write
_ROWS_PER_PART = 25_000  # added in 0.2 s, for which nobody else can write
_CHECKED = 12

# Upper and lower case are one letter in the alphabets up to here (Latin, Greek, Cyrillic), where the index folds them
# alike; it knows Unicode 6.1, which lacks the Greek yot. What is not known to be one letter is compared as written.
_LAST_CASED = 0x0527
_UNKNOWN_TO_THE_INDEX = "\u037f\u03f3"


def holds(session: Session, words: Sequence[str], *, first_rows: bool = False) -> list[ColumnElement[bool]]:
    """The conditions that each of `words` is part of one of the searched columns, without case.

    `first_rows` says that only the first rows are wanted, in an order that has an index: words that many entries hold
    are then met soon by going through the entries in that order, and the index is left out.
    """
    if not _has_index(session):
        return [or_(*(searched.icontains(word, autoescape=True) for searched in SEARCHED)) for word in words]
    conditions = [or_(*(_contains(searched, word) for searched in SEARCHED)) for word in words]
    pieces = list(_pieces(words))
    if pieces:
        candidates = _candidates(pieces)
        some = candidates.limit(_FEW + 1).subquery()
        if not first_rows or (session.scalar(select(func.count()).select_from(some)) or 0) <= _FEW:
            conditions.append(_ENTRY.id.in_(candidates))
    return conditions


def index_part(session: Session, *, behind: int = _BEHIND, rows: int = _ROWS_PER_PART) -> bool:
    """Add the next `rows` entries to the index, when `behind` of them wait; returns whether more are left."""
    if not _has_index(session):
        return False
    indexed_to = session.scalar(select(_INDEXED_TO)) or 0
    waiting = select(_ENTRY.id).where(_ENTRY.id > indexed_to).order_by(_ENTRY.id).limit(rows)
    ids = session.scalars(waiting).all()
    changed = session.scalar(select(func.count()).select_from(_CHANGED)) or 0
    if len(ids) + changed < behind:
        return False
    if changed:
        session.execute(_add(_ENTRY.id.in_(select(_CHANGED.c.id))))
        session.execute(delete(_CHANGED))
    if ids:
        session.execute(_add(_ENTRY.id.between(indexed_to + 1, ids[-1])))
        session.execute(delete(_STATE))
        session.execute(insert(_STATE).values(indexed_to=ids[-1]))
    return len(ids) == rows


def unindexed_entries(session: Session) -> Iterator[str]:
    """One sentence for each entry of a sample that should be found by its own words, and is not."""
    if not _has_index(session):
        return
    indexed_to = session.scalar(select(_INDEXED_TO)) or 0
    columns = (_ENTRY.id, _ENTRY.facility_name, _ENTRY.order_number)
    step = max(1, indexed_to // _CHECKED)
    for wanted in range(1, indexed_to + 1, step):
        row = session.execute(
            select(*columns)
            .where(_ENTRY.id.between(wanted, indexed_to), _ENTRY.id.not_in(select(_CHANGED.c.id)))
            .order_by(_ENTRY.id)
            .limit(1)
        ).first()
        pieces = [] if row is None else list(_pieces([*row[1].split(), *row[2].split()]))
        if row is None or not pieces:
            continue
        found = select(_INDEX.c.rowid).where(_INDEX.c.log_search.op("MATCH")(_asked(pieces)), _INDEX.c.rowid == row[0])
        if session.scalar(found) is None:
            yield f"Entry {row[0]} is not found by its own words: the search index lacks it"


def _candidates(pieces: Sequence[str]) -> CompoundSelect[int]:
    """The ids of the entries that may hold all `pieces`: by the index, or because they are not in it yet."""
    indexed = select(_INDEX.c.rowid).where(_INDEX.c.log_search.op("MATCH")(_asked(pieces)))
    return union_all(indexed, select(_CHANGED.c.id), select(_ENTRY.id).where(_ENTRY.id > _INDEXED_TO))


def _asked(pieces: Sequence[str]) -> str:
    """In the language of FTS5: each piece quoted, all of them wanted."""
    return " AND ".join('"' + piece.replace('"', '""') + '"' for piece in pieces)


def _pieces(words: Sequence[str]) -> Iterator[str]:
    """Pieces that cover the words; enough to leave few entries to compare."""
    found: dict[str, None] = {}
    for word in words:
        last = len(word) - _PIECE
        if last >= 0:
            found |= dict.fromkeys(word[start : start + _PIECE] for start in (*range(0, last, _PIECE), last))
    yield from list(found)[:_PIECES_LOOKED_UP]


def _add(which: ColumnElement[bool]) -> Insert:
    rows = select(_ENTRY.id, *SEARCHED).where(which).order_by(_ENTRY.id)
    return insert(_INDEX).from_select(["rowid", *SEARCHED_FIELDS], rows)


def _has_index(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _contains(searched: InstrumentedAttribute[str | None], word: str) -> ColumnElement[bool]:
    """SQLite's LIKE knows upper and lower case of A to Z only; for other letters GLOB is told both."""
    letters = [_cases(letter) for letter in word]
    if all(len(cases) == 1 or cases.isascii() for cases in letters):
        escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return searched.like(f"%{escaped}%", escape="\\")
    pattern = "".join(f"[{cases}]" if len(cases) > 1 or cases in "*?[" else cases for cases in letters)
    return searched.op("GLOB")(f"*{pattern}*")


def _cases(letter: str) -> str:
    """The letter in both cases where they are one letter each."""
    if ord(letter) > _LAST_CASED or letter in _UNKNOWN_TO_THE_INDEX:
        return letter
    return letter + "".join(
        other
        for other in {letter.lower(), letter.upper()} - {letter}
        if len(other) == 1 and ord(other) <= _LAST_CASED and other.lower() == letter.lower()
    )
