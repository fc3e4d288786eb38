"""`python -m tests.benchmarks [NAME …] [--rows N] [--json] [--folder DIR]`: ours against a floor or a peer, in turn.

`growth` measures our side of open, filter and jump on --rows, a fifth and a fiftieth of them, and draws a chart.
Absolute times of a shared machine say little; the ratio of two sides measured in turn does.
"""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.growth import GROWTH, draw_growth
from tests.benchmarks.measure import as_json, as_table, compare, run_side

# Figure -> what the other side is, and the target for ours / other.
CASES: dict[str, dict[str, tuple[str, float]]] = {
    "start": {
        "sign-in window painted (CPU)": ("a bare PySide6 table window", 1.3),
        "log painted (CPU)": ("that window and `import sqlalchemy.orm`", 1.25),
    },
    "open": {
        "first rows painted": ("QSqlQueryModel, first 256 rows", 1.5),
        "count and scroll bar": ("the ordered ids by the sqlite3 module", 1.5),
    },
    "filter": {
        f"{change}, {figure}": (other, 1.5)
        for change in ("SKU", "common text", "rare text", "sort by facility", "sort by city")
        for figure, other in (
            ("first rows painted", "QSqlQueryModel, first 256 rows"),
            ("exact count", "then the ordered ids by the sqlite3 module"),
        )
    },
    "jump": {"to a random row, painted": ("QSqlQueryModel with every row in memory", 1.3)},
    "memory": {"scrolled end to end, over the empty window": ("the promise, in MB", 1.0)},
    "import": {
        "into an empty log": ("sqlite3 shell, .import", 1.5),
        "into a log of as many lines": ("sqlite3 shell, .import", 1.5),
    },
    "pandas": {"into an empty log": ("pandas, read_csv and to_sql", 0.6)},
    "preview": {"new lines": ("csv.reader", 4.0), "lines that the log has": ("csv.reader", 4.0)},
    "pdf": {"500 pages of slips, labels and orders": ("the bare words by pypdfium2", 1.5)},
    "report": {"all lines": ("sqlite3 shell, -csv and SHA-256", 2.0)},
    "trace": {"one lot": ("the bare indexed query", 2.0)},
}


def main() -> None:
    """Measure the cases that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*CASES, GROWTH, []], help="all cases when none is named")
    parser.add_argument("--rows", type=int, default=100_000, help="lines of the log (default 100,000)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--folder", type=Path, help="keep what is made here, for the next run")
    wanted = parser.parse_args()
    if GROWTH in wanted.names and wanted.folder is None:
        parser.error("growth draws a chart: say with --folder where to keep it")
    if shutil.which("sqlite3") is None:
        parser.error("the sqlite3 shell is needed as the other side (Debian: apt-get install sqlite3)")
    names = wanted.names or list(CASES)
    if "pandas" in names and importlib.util.find_spec("pandas") is None:
        names.remove("pandas")
        print("The comparison with pandas is left out: it is not installed.", file=sys.stderr)  # noqa: T201
    folder = wanted.folder or Path(tempfile.mkdtemp(prefix="silqeqms-benchmarks-"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if GROWTH in wanted.names:
            print(draw_growth(folder, wanted.rows))  # noqa: T201
            return
        # In a process of its own: a process starts with the peak memory of the one that started it.
        run_side("prepare", "ours", folder, wanted.rows)
        outcomes = [outcome for name in names for outcome in compare(name, folder, wanted.rows, CASES[name])]
        print(as_json(outcomes, wanted.rows) if wanted.json else as_table(outcomes))  # noqa: T201
    finally:
        if wanted.folder is None:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
