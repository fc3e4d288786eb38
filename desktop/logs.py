"""The log file, and the last resort for exceptions that nobody caught. Never a password, a hash or a mail body."""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
from pathlib import Path
from types import TracebackType

_BYTES_PER_FILE = 1_000_000
_FILES = 3

log = logging.getLogger("silqeqms")


class _RotatingFile(logging.Handler):
    """A rotating file that is opened with the first record.

    `logging.handlers` brings sockets and pickling with it, which would be a tenth of the time to the first window, and
    most runs have nothing to log.
    """

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file
        self._opened: logging.Handler | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Hand the record to the file."""
        if self._opened is None:
            from logging.handlers import RotatingFileHandler

            self._opened = RotatingFileHandler(
                self._file, maxBytes=_BYTES_PER_FILE, backupCount=_FILES, encoding="utf-8"
            )
            self._opened.setFormatter(self.formatter)
        self._opened.handle(record)

    def close(self) -> None:
        """Close the file, if it was opened."""
        if self._opened is not None:
            self._opened.close()
        super().close()


def start_logging(folder: Path) -> Path:
    """Log to `folder`, also what nobody caught in any thread and what crashes the interpreter; returns the log file.

    A windowed program on Windows has no stderr: a file is the only place where anything can be read later.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = folder / "silqeqms.log"
    handler = _RotatingFile(file)
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
