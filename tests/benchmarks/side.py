"""One side of one benchmark in a process of its own: `python -m tests.benchmarks.side CASE ours|other FOLDER ROWS`."""

from __future__ import annotations

import importlib
import json
import resource
import sys
from pathlib import Path

from tests.benchmarks.places import Places

_MODULES = {
    **dict.fromkeys(("prepare", "import", "pandas", "preview", "report", "trace"), "storage_sides"),
    **dict.fromkeys(("filter", "jump", "memory"), "reading_sides"),
    **dict.fromkeys(("start", "open"), "window_sides"),
    "pdf": "pdf_sides",
}


def main() -> None:
    """Print the side's figures as one JSON object."""
    case, side, folder, rows = sys.argv[1:]
    module = importlib.import_module(f"tests.benchmarks.{_MODULES[case]}")
    figures = getattr(module, f"{case}_{side}")(Places(Path(folder), int(rows)))
    # Linux counts in KiB; a child (the sqlite3 shell) is counted with it.
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(json.dumps({**figures, "peak_mb": peak / 1024}))  # noqa: T201


if __name__ == "__main__":
    main()
