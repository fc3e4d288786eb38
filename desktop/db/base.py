"""The declarative base, the naming convention and the column types that every table shares."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, MetaData, TypeDecorator
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeEngine

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware in Python, UTC in the database. SQLite keeps no time zone, so it is put on and taken off here.

    Raises `ValueError` for a naive datetime: nobody could say which moment it means.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware to UTC, and without zone for SQLite."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A naive datetime does not say which moment it means")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """UTC as kept to aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def storable(text: str) -> str:
    """A text from outside without what no database keeps: NUL, and the lone surrogates of a broken file name."""
    return text.replace("\x00", "").encode(errors="replace").decode()


class JsonDocument(TypeDecorator[Any]):
    """JSON text on SQLite, JSONB on PostgreSQL (plain `JSON` would be `json` there, which cannot be indexed).

    A variant of `JSON` would need PostgreSQL's dialect when the tables are defined: every start would import it.
    """

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type of this engine."""
        if dialect.name == "postgresql":
            from sqlalchemy.dialects.postgresql import JSONB

            return dialect.type_descriptor(JSONB(none_as_null=True))
        return dialect.type_descriptor(JSON(none_as_null=True))


JSON_DOCUMENT = JsonDocument(none_as_null=True)


class Base(DeclarativeBase):
    """All tables; `Base.metadata` is complete once `desktop.db.tables` is imported."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map = {datetime: UtcDateTime(), dict[str, Any]: JSON_DOCUMENT}
