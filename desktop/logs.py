"""The log file, and the last resort for exceptions that nobody caught. Never a password, a hash or a mail body."""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

_BYTES_PER_FILE = 1_000_000
_FILES = 3

log = logging.getLogger("silqeqms")


def start_logging(folder: Path) -> Path:
    """Log to `folder`, also what nobody caught in any thread and what crashes the interpreter; returns the log file.

    A windowed program on Windows has no stderr: a file is the only place where anything can be read later.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = folder / "silqeqms.log"
    handler = RotatingFileHandler(file, maxBytes=_BYTES_PER_FILE, backupCount=_FILES, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    # Kept open for the life of the process: the crash handler writes to its descriptor.
    faulthandler.enable((folder / "crash.log").open("a", encoding="utf-8"))
    sys.excepthook = _log_exception
    threading.excepthook = lambda uncaught: _log_exception(
        uncaught.exc_type, uncaught.exc_value or uncaught.exc_type(), uncaught.exc_traceback
    )
    return file


def _log_exception(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    log.error("Unexpected trouble", exc_info=(kind, error, trace))
    if sys.stderr is not None:
        sys.__excepthook__(kind, error, trace)
