"""Where shipped files lie; the only file that knows a frozen application from a source checkout."""

from __future__ import annotations

import sys
from pathlib import Path


def shipped_folder() -> Path:
    """The folder that holds `migrations` and `resources`."""
    frozen = getattr(sys, "_MEIPASS", None)
    return Path(frozen) if frozen is not None else Path(__file__).resolve().parent.parent


def migrations_folder() -> Path:
    """Alembic's `env.py` and the revisions."""
    return shipped_folder() / "migrations"


def resources_folder() -> Path:
    """Icons, help and sample files."""
    return shipped_folder() / "resources"


READ_PDF = "--read-pdf"


def pdf_worker_command() -> list[str]:
    """What starts the process that reads a PDF: in a frozen application the application itself, by its hidden word."""
    if getattr(sys, "frozen", False):
        return [sys.executable, READ_PDF]
    return [sys.executable, "-m", "desktop", READ_PDF]
