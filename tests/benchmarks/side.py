"""One side of one benchmark in a process of its own: `python -m tests.benchmarks.side CASE ours|other FOLDER ROWS`."""

from __future__ import annotations

import importlib
import json
import resource
import sys
from pathlib import Path

from tests.benchmarks.places import Places

_WITHOUT_A_WINDOW = ("prepare", "import", "pandas", "preview", "report", "trace")


def main() -> None:
    """Print the side's figures as one JSON object."""
    case, side, folder, rows = sys.argv[1:]
    sides = "pdf_sides" if case == "pdf" else "storage_sides" if case in _WITHOUT_A_WINDOW else "window_sides"
    module = importlib.import_module(f"tests.benchmarks.{sides}")
    figures = getattr(module, f"{case}_{side}")(Places(Path(folder), int(rows)))
    # Linux counts in KiB; a child (the sqlite3 shell) is counted with it.
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(json.dumps({**figures, "peak_mb": peak / 1024}))  # noqa: T201


if __name__ == "__main__":
    main()
