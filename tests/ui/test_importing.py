"""Importing the window does nothing: no application, no database library before a page needs it."""

from __future__ import annotations

import subprocess
import sys

EVERYTHING = """
import importlib, pkgutil, desktop.ui
for found in pkgutil.walk_packages(desktop.ui.__path__, "desktop.ui."):
    importlib.import_module(found.name)
from PySide6.QtCore import QCoreApplication
assert QCoreApplication.instance() is None
"""

FIRST_WINDOW = """
import sys
import desktop.ui.theme, desktop.ui.tasks, desktop.ui.prompter
import desktop.ui.dialogs.sign_in, desktop.ui.dialogs.first_start
loaded = {name.partition(".")[0] for name in sys.modules}
assert not loaded & {"sqlalchemy", "alembic", "argon2", "xlsxwriter"}, loaded
assert "PySide6.QtSvg" not in sys.modules
"""


def run(code: str) -> None:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_importing_every_part_needs_no_application() -> None:
    run(EVERYTHING)


def test_the_first_window_waits_for_no_database_library() -> None:
    run(FIRST_WINDOW)
