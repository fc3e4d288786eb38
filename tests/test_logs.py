"""The log file gets what nobody caught, in any thread."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_PROGRAM = """
import sys, threading
from pathlib import Path
from desktop.logs import start_logging
sys.stderr = None  # as in a windowed program on Windows
start_logging(Path(sys.argv[1]))
worker = threading.Thread(target=lambda: 1 / 0, name="worker-7")
worker.start()
worker.join()
raise LookupError("the window's own")
"""


def test_what_nobody_caught_is_written_to_the_log_file(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", _PROGRAM, str(tmp_path / "logs")], check=False)
    written = (tmp_path / "logs" / "silqeqms.log").read_text(encoding="utf-8")
    assert done.returncode == 1
    assert "worker-7" in written
    assert "ZeroDivisionError" in written
    assert "LookupError: the window's own" in written
