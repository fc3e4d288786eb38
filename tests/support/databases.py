"""Fresh databases at head, made once from the real migrations and copied for each test."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, make_url

from desktop.db.engine import SessionFactory, open_engine
from desktop.db.upgrade import bring_to_head
from desktop.domain.users import Actor, NewUser
from desktop.services import sign_in, users
from desktop.services.installation import install
from desktop.services.unit_of_work import Workspace
from desktop.storage.evidence_store import EvidenceStore

ADMIN = NewUser("ada.admin@example.com", "Ada Admin", (), "correct horse battery")


@dataclass(frozen=True)
class Template:
    """A database at head with the roles seeded and one administrator, and how to copy it."""

    url: str
    administrator: Actor


def furnish(url: str, folder: Path) -> Actor:
    """Bring an empty database to head, seed it, add the administrator and sign in."""
    revisions = bring_to_head(url)
    workspace = Workspace(SessionFactory(open_engine(url)), EvidenceStore(folder))
    install(workspace, *revisions)
    users.create_first_administrator(workspace, ADMIN)
    actor = sign_in.sign_in(workspace, ADMIN.email, ADMIN.password or "")
    workspace.sessions.close()
    return actor


def copy_sqlite(template: Template, target: Path) -> str:
    """A copy of the template as a file of its own."""
    shutil.copy(make_url(template.url).database or "", target)
    return f"sqlite:///{target}"


_numbers = itertools.count(1)


@contextmanager
def postgres_database(server_url: str, template: str | None = None) -> Iterator[str]:
    """A database of its own on the server, empty or a copy, dropped afterwards."""
    name = f"test_{next(_numbers)}"
    admin = create_engine(server_url, isolation_level="AUTOCOMMIT")
    copied = f' TEMPLATE "{make_url(template).database}"' if template else ""
    with admin.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"{copied}')
    try:
        yield make_url(server_url).set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')
        admin.dispose()
