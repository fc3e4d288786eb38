"""What a database says of its own schema, read from the engine's catalog and not from what SQLAlchemy reflects.

Autogenerate does not see CHECKs, server defaults, predicates of partial indexes, AUTOINCREMENT and triggers; all of
them are here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from desktop.db.engine import open_engine


@dataclass
class TableCatalog:
    """One table. `columns`: name -> (type, nullable, default). `foreign_keys`: column -> `table.column ON DELETE …`.

    `constraints` and `indexes` hold definitions by name; a foreign key's name is kept where the engine knows it.
    """

    columns: dict[str, tuple[str, bool, str | None]] = field(default_factory=dict)
    foreign_keys: dict[str, str] = field(default_factory=dict)
    constraints: dict[str, str] = field(default_factory=dict)
    indexes: dict[str, str] = field(default_factory=dict)
    triggers: dict[str, str] = field(default_factory=dict)
    numbers_are_never_reused: bool = False


Catalog = dict[str, TableCatalog]


def catalog_of(url: str) -> Catalog:
    """Every table but Alembic's own, by name."""
    return _read(url, _sqlite_catalog, _postgresql_catalog)


def schema_text(url: str) -> list[str]:
    """Everything the database has, as its engine writes it down, for comparing a database with itself."""
    return _read(url, _sqlite_text, _postgresql_text)


def _read(url: str, sqlite: Any, postgresql: Any) -> Any:
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            return (sqlite if engine.dialect.name == "sqlite" else postgresql)(connection)
    finally:
        engine.dispose()


def _rows(connection: Connection, statement: str) -> list[Any]:
    return list(connection.exec_driver_sql(statement).all())


def _in_one_line(sql: str) -> str:
    return re.sub(r"\s+", " ", sql).strip()


_NAMED_CONSTRAINT = re.compile(r'CONSTRAINT "?(\w+)"? (?=CHECK|UNIQUE|PRIMARY KEY)')


def _sqlite_catalog(connection: Connection) -> Catalog:
    catalog: Catalog = {}
    statement = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    for name, sql in _rows(connection, statement):
        if name == "alembic_version":
            continue
        table = catalog[name] = TableCatalog(numbers_are_never_reused="AUTOINCREMENT" in sql)
        for _, column, kind, not_null, default, _, _ in _rows(connection, f"PRAGMA table_xinfo({name})"):
            table.columns[column] = (kind, not not_null, default)
        for _, _, referred, column, referred_column, _, on_delete, _ in _rows(
            connection, f"PRAGMA foreign_key_list({name})"
        ):
            table.foreign_keys[column] = f"{referred}.{referred_column} ON DELETE {on_delete}"
        table.constraints = dict(_named_constraints(_in_one_line(sql)))
    for kind, name, table_name, sql in _rows(connection, "SELECT type, name, tbl_name, sql FROM sqlite_master"):
        if table_name in catalog and sql and kind in ("index", "trigger"):
            entries = catalog[table_name].indexes if kind == "index" else catalog[table_name].triggers
            entries[name] = _in_one_line(sql)
    return catalog


def _named_constraints(sql: str) -> list[tuple[str, str]]:
    """Each `CONSTRAINT name …` of a CREATE TABLE with its text up to the bracket or comma that ends it."""
    found = []
    for match in _NAMED_CONSTRAINT.finditer(sql):
        depth, end = 0, match.end()
        while end < len(sql) and not (depth == 0 and sql[end] in ",)"):
            depth += {"(": 1, ")": -1}.get(sql[end], 0)
            end += 1
        definition = sql[match.end() : end].strip()
        found.append((match.group(1), definition))
    return found


def _postgresql_catalog(connection: Connection) -> Catalog:
    catalog: Catalog = {}
    for (name,) in _rows(connection, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
        if name != "alembic_version":
            catalog[name] = TableCatalog()
    columns = """
        SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,
               pg_get_expr(d.adbin, d.adrelid), a.attidentity
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
    """
    for table, name, kind, nullable, default, identity in _rows(connection, columns):
        if table in catalog:
            catalog[table].columns[name] = (kind, nullable, default)
            if identity or str(default).startswith("nextval("):
                catalog[table].numbers_are_never_reused = True
    constraints = """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    """
    for table, name, definition in _rows(connection, constraints):
        if table in catalog:
            catalog[table].constraints[name] = definition
            if definition.startswith("FOREIGN KEY"):
                column, referred = _foreign_key(definition)
                catalog[table].foreign_keys[column] = referred
    for table, name, definition in _rows(
        connection, "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    ):
        if table in catalog and name not in catalog[table].constraints:
            catalog[table].indexes[name] = definition
    triggers = """
        SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    """
    for table, name, definition in _rows(connection, triggers):
        catalog[table].triggers[name] = definition
    return catalog


def _foreign_key(definition: str) -> tuple[str, str]:
    match = re.fullmatch(r"FOREIGN KEY \((\w+)\) REFERENCES (\w+)\((\w+)\)(?: ON DELETE ([A-Z ]+))?", definition)
    assert match is not None, definition
    column, referred, referred_column, on_delete = match.groups()
    return column, f"{referred}.{referred_column} ON DELETE {on_delete or 'NO ACTION'}"


def _sqlite_text(connection: Connection) -> list[str]:
    rows = _rows(connection, "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master")
    return sorted(" | ".join((kind, name, table, _in_one_line(sql))) for kind, name, table, sql in rows)


def _postgresql_text(connection: Connection) -> list[str]:
    found = [
        f"{name} | {part} | {key} | {value}"
        for name, table in _postgresql_catalog(connection).items()
        for part, entries in vars(table).items()
        if isinstance(entries, dict)
        for key, value in entries.items()
    ]
    others = """
        SELECT 'relation', relname || ' ' || relkind::text FROM pg_class WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT 'function', pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT 'type', typname || ' ' || typtype::text FROM pg_type
                  WHERE typnamespace = 'public'::regnamespace
    """
    found += [" | ".join(row) for row in _rows(connection, others)]
    return sorted(found)
