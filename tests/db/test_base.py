"""Moments are aware in Python and UTC in the database, on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import StatementError

from desktop.db.base import UtcDateTime
from desktop.db.tables import StoredFileRow
from desktop.services.unit_of_work import Workspace

MOMENTS = st.datetimes(
    datetime(1970, 1, 2),  # noqa: DTZ001  hypothesis adds the zone
    datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)


def keep(workspace: Workspace, moment: datetime) -> datetime:
    """The moment as it comes back from a database that it went into."""
    with workspace.sessions.writing() as session:
        session.add(StoredFileRow(key="some.csv", sha256="", size=0, media_type="text/csv", stored_at=moment))
        session.flush()
        session.expire_all()
        return session.scalars(select(StoredFileRow.stored_at)).one()


@given(moment=MOMENTS)
def test_a_moment_comes_back_the_same_and_in_utc(workspace_on: Workspace, moment: datetime) -> None:
    kept = keep(workspace_on, moment)
    assert kept == moment
    assert kept.tzinfo is UTC


def test_sqlite_keeps_utc_without_a_zone(workspace: Workspace) -> None:
    moment = datetime(2026, 1, 5, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    with workspace.sessions.writing() as session:
        session.add(StoredFileRow(key="some.csv", sha256="", size=0, media_type="text/csv", stored_at=moment))
        session.flush()
        assert session.scalar(text("SELECT stored_at FROM stored_files")) == "2026-01-04 23:30:00.000000"


def test_a_naive_datetime_is_refused(workspace_on: Workspace) -> None:
    with pytest.raises(StatementError, match="does not say which moment"):
        keep(workspace_on, datetime(2026, 1, 5))  # noqa: DTZ001
    with workspace_on.sessions.reading() as session, pytest.raises(StatementError, match="does not say which moment"):
        session.scalars(select(StoredFileRow).where(StoredFileRow.stored_at < datetime(2026, 1, 5))).all()  # noqa: DTZ001


def test_no_moment_is_none_both_ways(workspace: Workspace) -> None:
    dialect = workspace.sessions.engine.dialect
    assert UtcDateTime().process_bind_param(None, dialect) is None
    assert UtcDateTime().process_result_value(None, dialect) is None
