"""Head of the migrations and the models are the same schema, on both engines."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import desktop.db.tables  # noqa: F401  fills Base.metadata
from desktop.db.base import Base
from desktop.db.engine import open_engine
from tests.migrations import running
from tests.migrations.catalog import Catalog, catalog_of
from tests.support.databases import postgres_database


@pytest.fixture
def migrated_url(empty_database_url: str) -> str:
    running.upgrade(empty_database_url)
    return empty_database_url


@pytest.fixture
def made_from_models(
    engine_name: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Catalog]:
    """The catalog of a second database that was made from the models alone."""
    if engine_name == "sqlite":
        yield _create_all(f"sqlite:///{tmp_path_factory.mktemp('models') / 'models.db'}")
    else:
        with postgres_database(request.getfixturevalue("postgres_server")) as url:
            yield _create_all(url)


def _create_all(url: str) -> Catalog:
    engine = open_engine(url)
    Base.metadata.create_all(engine)
    engine.dispose()
    return catalog_of(url)


def test_autogenerate_finds_nothing_to_do(migrated_url: str) -> None:
    engine = open_engine(migrated_url)

    def on_this_engine(item: object, name: str | None, *_rest: object) -> bool:
        return not (name or "").startswith("log_search") and getattr(item, "info", {}).get("only_on") in (
            None,
            engine.dialect.name,
        )

    options = {"compare_type": True, "include_object": on_this_engine}
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata) == []
    engine.dispose()


def test_the_catalog_says_the_same_of_both(migrated_url: str, made_from_models: Catalog) -> None:
    """CHECKs, defaults, partial predicates and AUTOINCREMENT too, which autogenerate does not compare."""
    migrated = catalog_of(migrated_url)
    for name in [name for name in migrated if name.startswith("log_search")]:
        del migrated[name]  # no model: only SQL of its own knows the search index
    for table in migrated.values():
        table.triggers.clear()  # only a migration makes triggers
        table.indexes.pop("log_search", None)
    assert migrated == made_from_models


APPEND_ONLY = ("audit_events", "report_changes", "signatures", "stored_files")
FIXED = ("approvals_eml", "tracing_reports")


def test_triggers_stand_at_head(migrated_url: str, engine_name: str) -> None:
    kinds = ("no_update", "no_delete") if engine_name == "sqlite" else ("append_only", "no_truncate")
    found = {name for table in catalog_of(migrated_url).values() for name in table.triggers}
    fixed_kinds = ("no_change", "no_delete", *(() if engine_name == "sqlite" else ("no_truncate",)))
    search = {"tr_log_search_insert", "tr_log_search_update"} if engine_name == "sqlite" else set()
    assert found == search | {f"tr_{table}_{kind}" for table in APPEND_ONLY for kind in kinds} | {
        f"tr_{table}_{kind}" for table in FIXED for kind in fixed_kinds
    }


def test_the_search_index_stands_at_head(migrated_url: str, engine_name: str) -> None:
    catalog = catalog_of(migrated_url)
    if engine_name == "sqlite":
        assert {"log_search", "log_search_state", "log_search_changed"} <= catalog.keys()
    else:  # Debian's server ships the extension
        assert "gin_trgm_ops" in catalog["distribution_log_entries"].indexes["log_search"]
