"""Very many lines in one statement each: in order, complete, and what the models read back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from desktop.db.bulk import insert_imported_lines
from desktop.db.tables import DistributionEntryRow, ImportBatchRow, StoredFileRow, UserRow
from desktop.domain.distributions import Line, Source
from desktop.services.unit_of_work import Workspace

NOW = datetime(2026, 3, 1, 12, 30, 15, 250, tzinfo=UTC)


def line(number: int, **changes: object) -> Line:
    bare = dict.fromkeys(Line._fields)
    values = bare | {
        "ship_date": date(2026, 1, 5),
        "order_number": f"SO {number:06d}",
        "facility_name": "Lakeside Urology",
        "sku": "211810SPT",
        "lot_number": "SLQ-12345",
        "quantity": number,
        "country": "USA",
    }
    return Line(**(values | changes))  # type: ignore[arg-type]


def blocks(*lines: tuple[Line, int | None, int], size: int = 1_000) -> Iterator[dict[str, Sequence[object]]]:
    """Lines, each with the id of its rep and the line of its file, column by column."""
    for start in range(0, len(lines), size):
        part = lines[start : start + size]
        columns = dict(zip(Line._fields, zip(*(line for line, _, _ in part), strict=True), strict=True))
        columns["ship_date"] = list(map(str, columns["ship_date"]))
        del columns["rep"]
        yield columns | {"rep_id": [rep for _, rep, _ in part], "import_line": [number for _, _, number in part]}


def add_batch(session: Session) -> int:
    session.execute(insert(StoredFileRow).values(key="a.csv", sha256="", size=0, media_type="text/csv", stored_at=NOW))
    batch = ImportBatchRow(
        file_name="a.csv",
        sha256="",
        storage_key="a.csv",
        kind="csv",
        imported_at=NOW,
        lines=0,
        imported=0,
        duplicates=0,
        conflicts=0,
        problems=0,
        rows_digest="",
    )
    session.add(batch)
    session.flush()
    return batch.id


def test_lines_are_kept_in_the_order_given_with_ascending_ids(workspace_on: Workspace) -> None:
    with workspace_on.sessions.writing() as session:
        batch_id, user_id = add_batch(session), session.scalars(select(UserRow.id)).one()
        wanted = [(line(number), None, number + 1) for number in range(5_432, 0, -1)]
        insert_imported_lines(
            session, blocks(*wanted), source=Source.CSV_IMPORT, batch_id=batch_id, now=NOW, user_id=user_id
        )
        session.commit()
    columns = (DistributionEntryRow.quantity, DistributionEntryRow.import_line)
    with workspace_on.sessions.reading() as session:
        kept = session.execute(select(*columns).order_by(DistributionEntryRow.id)).all()
    assert kept == [(number, number + 1) for number in range(5_432, 0, -1)]


def test_every_column_is_read_back_by_the_model(workspace_on: Workspace) -> None:
    text = {
        name: f"{name} — “ä” 'q' \"q\" \\ % ; {{}} \n end"
        for name in Line._fields
        if name not in ("ship_date", "sku", "lot_number", "quantity", "rep")
    }
    with workspace_on.sessions.writing() as session:
        batch_id, user_id = add_batch(session), session.scalars(select(UserRow.id)).one()
        given = line(999_999_999, rep="Rita Rep", **text)
        insert_imported_lines(
            session, blocks((given, user_id, 7)), source=Source.CSV_IMPORT, batch_id=batch_id, now=NOW, user_id=user_id
        )
        row = session.scalars(select(DistributionEntryRow)).one()
        for name in Line._fields:
            if name != "rep":
                assert getattr(row, name) == getattr(given, name)
        assert (row.rep_id, row.import_line, row.import_batch_id, row.source) == (user_id, 7, batch_id, "csv_import")
        assert (row.created_at, row.updated_at, row.version) == (NOW, NOW, 1)
        assert (row.created_by_user_id, row.updated_by_user_id) == (user_id, user_id)


def test_a_line_that_breaks_a_constraint_stops_all_of_them(workspace_on: Workspace) -> None:
    with workspace_on.sessions.writing() as session:
        batch_id = add_batch(session)
        lines = [(line(number), None, number) for number in (1, 2, 0, 3)]
        with pytest.raises(DBAPIError):
            insert_imported_lines(
                session, blocks(*lines), source=Source.CSV_IMPORT, batch_id=batch_id, now=NOW, user_id=None
            )
    with workspace_on.sessions.reading() as session:
        assert session.scalars(select(DistributionEntryRow)).all() == []


def test_no_line_is_no_statement(workspace: Workspace) -> None:
    with workspace.sessions.writing() as session:
        insert_imported_lines(session, [], source=Source.CSV_IMPORT, batch_id=4711, now=NOW, user_id=None)
        assert session.scalars(select(DistributionEntryRow)).all() == []
