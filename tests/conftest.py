"""Fixtures for all tests: real databases through the real migrations, on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from desktop.db.engine import SessionFactory, open_engine
from desktop.services.unit_of_work import Workspace
from desktop.storage.evidence_store import EvidenceStore
from tests.support import postgres
from tests.support.databases import Template, copy_sqlite, furnish, postgres_database

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
for _name in ("DATABASE_URL", "SILQEQMS_STORAGE", "SILQEQMS_USER", "SILQEQMS_PASSWORD"):
    os.environ.pop(_name, None)  # no test may touch the records of the person who runs it

settings.register_profile(
    "silqeqms", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
settings.load_profile("silqeqms")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    folder = tmp_path_factory.mktemp("template")
    url = f"sqlite:///{folder / 'template.db'}"
    return Template(url, furnish(url, folder))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL server; a test that asks for it is skipped where there is none."""
    with postgres.server() as url:
        if url is None:
            pytest.skip(postgres.MISSING)
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    with postgres_database(postgres_server) as url:
        yield Template(url, furnish(url, tmp_path_factory.mktemp("template")))


@pytest.fixture(params=["sqlite", "postgresql"])
def engine_name(request: pytest.FixtureRequest) -> str:
    """Runs a test on both engines."""
    return str(request.param)


@pytest.fixture
def empty_database_url(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table, on both engines."""
    if engine_name == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        with postgres_database(request.getfixturevalue("postgres_server")) as url:
            yield url


@pytest.fixture
def workspace_on(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Workspace]:
    """A furnished workspace with the administrator signed in, on both engines."""
    if engine_name == "sqlite":
        yield from _opened(request.getfixturevalue("sqlite_template"), tmp_path)
    else:
        template = request.getfixturevalue("postgres_template")
        with postgres_database(request.getfixturevalue("postgres_server"), template.url) as url:
            yield from _open(url, template, tmp_path)


@pytest.fixture
def workspace(sqlite_template: Template, tmp_path: Path) -> Iterator[Workspace]:
    """A furnished workspace with the administrator signed in, on SQLite."""
    yield from _opened(sqlite_template, tmp_path)


def _opened(template: Template, folder: Path) -> Iterator[Workspace]:
    yield from _open(copy_sqlite(template, folder / "silqeqms.db"), template, folder)


def _open(url: str, template: Template, folder: Path) -> Iterator[Workspace]:
    opened = Workspace(SessionFactory(open_engine(url)), EvidenceStore(folder / "evidence"), template.administrator)
    yield opened
    opened.sessions.close()
