"""The walls between the rooms of `desktop/` stand, and a crossing is noticed.

The contracts are in pyproject.toml (`tool.importlinter`); each is checked on this checkout, and again on a copy of the
package into which one forbidden import per wall was put.
"""

from __future__ import annotations

import ast
import fnmatch
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "desktop"

CONTRACTS: dict[str, str] = {
    contract["id"]: contract["name"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}


@dataclass(frozen=True)
class Crossing:
    """A module of the copy that does what one wall forbids."""

    wall: str  # the contract's id
    module: str
    imports: str

    def write_into(self, copy: Path) -> None:
        file = copy.joinpath(*self.module.split(".")).with_suffix(".py")
        with file.open("a") as source:
            source.write(f"import {self.imports}\n")


CROSSINGS = [
    Crossing("floors", "desktop.services.crossing", "desktop.ui.widgets"),
    Crossing("floors", "desktop.paths", "desktop.services.access"),
    Crossing("domain", "desktop.domain.crossing", "desktop.db.engine"),
    Crossing("domain", "desktop.domain.crossing", "sqlalchemy"),
    Crossing("files", "desktop.importers.crossing", "desktop.db.engine"),
    Crossing("files", "desktop.reports.crossing", "desktop.storage.evidence_store"),
    Crossing("files", "desktop.storage.crossing", "PySide6"),
    Crossing("files", "desktop.storage.crossing", "sqlalchemy"),
    Crossing("db", "desktop.db.crossing", "desktop.services.access"),
    Crossing("db", "desktop.db.crossing", "desktop.settings"),
    Crossing("db", "desktop.db.crossing", "PySide6"),
    Crossing("services", "desktop.services.crossing", "desktop.ui.theme"),
    Crossing("services", "desktop.services.crossing", "PySide6"),
    Crossing("services", "desktop.services.crossing", "alembic"),
    Crossing("ui", "desktop.ui.crossing", "desktop.db.engine"),
    Crossing("ui", "desktop.ui.crossing", "desktop.importers.crossing"),
    Crossing("ui", "desktop.ui.crossing", "desktop.reports.crossing"),
    Crossing("ui", "desktop.ui.crossing", "sqlalchemy"),
    Crossing("widgets", "desktop.ui.widgets.crossing", "desktop.domain.errors"),
    Crossing("widgets", "desktop.ui.widgets.crossing", "desktop.services.access"),
    Crossing("widgets", "desktop.ui.widgets.crossing", "desktop.ui.crossing"),
    Crossing("dialogs", "desktop.ui.dialogs.crossing", "desktop.services.access"),
    Crossing("dialogs", "desktop.ui.dialogs.crossing", "desktop.ui.pages.crossing"),
    Crossing("pages", "desktop.ui.pages.crossing", "desktop.ui.pages.other"),
]


def lint(folder: Path, wall: str, cache: Path) -> subprocess.CompletedProcess[str]:
    """Check one contract of pyproject.toml on the package in a folder."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    options = ["--config", str(ROOT / "pyproject.toml"), "--contract", wall, "--cache-dir", str(cache), "--no-logo"]
    return subprocess.run(
        [*command, *options], cwd=folder, env=os.environ | {"COLUMNS": "300"}, capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("import-graphs")


@pytest.fixture(scope="module")
def crossed_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package with every crossing in it."""
    folder = tmp_path_factory.mktemp("crossed")
    shutil.copytree(PACKAGE, folder / "desktop", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "desktop" / "ui" / "pages" / "other.py").touch()
    for crossing in CROSSINGS:
        crossing.write_into(folder)
    return folder


@pytest.mark.parametrize("wall", CONTRACTS, ids=CONTRACTS.values())
def test_wall_stands(wall: str, cache: Path) -> None:
    result = lint(ROOT, wall, cache)

    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("wall", CONTRACTS, ids=CONTRACTS.values())
def test_crossing_a_wall_is_noticed(wall: str, crossed_copy: Path, cache: Path) -> None:
    crossings = [crossing for crossing in CROSSINGS if crossing.wall == wall]
    assert crossings, "every wall has somebody who tries to cross it"

    result = lint(crossed_copy, wall, cache)

    assert result.returncode == 1
    for crossing in crossings:
        assert f"{crossing.module} -> {crossing.imports}" in result.stdout, result.stdout


def test_a_room_without_a_floor_is_noticed(tmp_path: Path, cache: Path) -> None:
    shutil.copytree(PACKAGE, tmp_path / "desktop", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "desktop" / "attic.py").touch()

    result = lint(tmp_path, "floors", cache)

    assert result.returncode == 1
    assert "attic" in result.stdout


def test_the_domain_imports_only_itself_and_the_standard_library() -> None:
    """The contract names the libraries we have today; this one holds for those to come."""
    graph = grimp.build_graph("desktop", include_external_packages=True, cache_dir=None)
    domain = {"desktop.domain"} | graph.find_descendants("desktop.domain")

    outside = {
        imported
        for module in domain
        for imported in graph.find_modules_directly_imported_by(module)
        if imported not in domain and imported not in sys.stdlib_module_names
    }

    assert outside == set()


# --- Things that belong in one place ---------------------------------------------------------------------------------


def modules(folder: Path) -> Iterator[tuple[str, ast.Module]]:
    """Every Python file below a folder of the checkout: its path from the root, and its tree."""
    for file in sorted(folder.rglob("*.py")):
        yield file.relative_to(ROOT).as_posix(), ast.parse(file.read_text(encoding="utf-8"))


def uses_sql_text(tree: ast.Module) -> bool:
    """Whether a module gets hold of SQLAlchemy's `text`, by name or through the package under any alias."""
    packages = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "sqlalchemy":
            if any(alias.name in ("text", "*") for alias in node.names):
                return True
            packages |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            packages |= {
                alias.asname or "sqlalchemy" for alias in node.names if alias.name.split(".")[0] == "sqlalchemy"
            }
    return any(
        isinstance(node, ast.Attribute) and node.attr == "text" and ast.unparse(node.value).split(".")[0] in packages
        for node in ast.walk(tree)
    )


@pytest.mark.parametrize(
    "source",
    [
        "from sqlalchemy import text",
        "from sqlalchemy import select, text as raw",
        "from sqlalchemy.sql import text",
        "from sqlalchemy.sql.expression import *",
        "import sqlalchemy\nsqlalchemy.text('x')",
        "import sqlalchemy as sa\nsa.text('x')",
        "import sqlalchemy.sql\nsqlalchemy.sql.text('x')",
        "from sqlalchemy import sql\nsql.text('x')",
    ],
)
def test_sql_text_is_recognised_however_it_is_imported(source: str) -> None:
    assert uses_sql_text(ast.parse(source))


def test_sql_text_is_written_only_in_the_database_room_and_in_migrations() -> None:
    """Plain-text DML slips past the unit of work, which would then commit what nobody audited."""
    writers = [path for path, tree in modules(PACKAGE) if uses_sql_text(tree)]

    assert [path for path in writers if not path.startswith("desktop/db/")] == []


def test_only_settings_reads_the_environment() -> None:
    readers = [
        path
        for path, tree in modules(PACKAGE)
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and ast.unparse(node) in ("os.environ", "os.getenv"))
        or (isinstance(node, ast.ImportFrom) and node.module == "os" and {"environ", "getenv"} & names(node))
    ]

    assert set(readers) <= {"desktop/settings.py"}


def test_only_paths_knows_a_frozen_application_from_a_checkout() -> None:
    knowing = [
        path
        for path, tree in modules(PACKAGE)
        for node in ast.walk(tree)
        if (isinstance(node, ast.Constant) and node.value in ("frozen", "_MEIPASS"))
        or (isinstance(node, ast.Attribute) and ast.unparse(node) in ("sys.frozen", "sys._MEIPASS"))
    ]

    assert set(knowing) <= {"desktop/paths.py"}


def test_revisions_import_nothing_of_ours() -> None:
    """A revision says what the schema was; a model it imported would say what it is today."""
    importing = [
        path
        for path, tree in modules(ROOT / "migrations" / "versions")
        for node in ast.walk(tree)
        if (isinstance(node, ast.Import) and any(name.split(".")[0] == "desktop" for name in names(node)))
        or (isinstance(node, ast.ImportFrom) and (node.level > 0 or (node.module or "").split(".")[0] == "desktop"))
    ]

    assert importing == []


def names(node: ast.Import | ast.ImportFrom) -> set[str]:
    """The imported names of a statement, before any `as`."""
    return {alias.name for alias in node.names}


def test_importing_services_loads_no_migration_spreadsheet_or_window_library() -> None:
    """They are imported where they are used, so that the window opens fast and the command line needs no Qt."""
    program = """
import importlib, pkgutil, sys
import desktop.services
for module in pkgutil.walk_packages(desktop.services.__path__, "desktop.services."):
    importlib.import_module(module.name)
print(*{name.split(".")[0] for name in sys.modules} & {"alembic", "xlsxwriter", "PySide6", "shiboken6"})
"""
    result = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)

    assert result.returncode == 0, result.stderr
    assert result.stdout.split() == []


def test_the_top_level_holds_only_what_the_design_names() -> None:
    allowed = {"desktop", "resources", "migrations", "tests", "alembic.ini", "pyproject.toml", "README.md"}
    allowed_hidden = {
        *(".ci", ".github"),
        *(".gitignore", ".gitattributes", ".editorconfig", ".pre-commit-config.yaml"),
    }
    # What git ignores is left behind by tools; what it does not ignore would be committed.
    ignored = [line.strip("/") for line in (ROOT / ".gitignore").read_text().split()]
    found = {
        path.name
        for path in ROOT.iterdir()
        if path.name != ".git" and not any(fnmatch.fnmatch(path.name, pattern) for pattern in ignored)
    }

    assert found - allowed - allowed_hidden == set()
