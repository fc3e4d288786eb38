"""Runs the two sides of a comparison in turn, each in a process of its own, and prints medians, ratio and memory."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

REPEATS = 3


@dataclass(frozen=True)
class Outcome:
    """Medians of one comparison: seconds (CPU or wall, as the case says; memory: MB), ratio, peak memory in MB."""

    name: str
    ours_median: float
    other_median: float
    ratio: float
    ours_mb: float
    other_mb: float
    other: str
    target: float
    spread: str


def run_side(case: str, side: str, folder: Path, rows: int) -> dict[str, Any]:
    """One side of one case in a fresh process; it prints one JSON object of its figures."""
    command = [sys.executable, "-m", "tests.benchmarks.side", case, side, str(folder), str(rows)]
    # As where it is installed: compiled once. Else one side would compile its source each time it starts.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode != 0:
        raise RuntimeError(f"{case} {side} failed:\n{done.stderr[-2_000:]}")
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def compare(case: str, folder: Path, rows: int, names: dict[str, tuple[str, float]]) -> list[Outcome]:
    """Both sides in turn, `REPEATS` times; `names` maps a figure to what the other side is, and the target ratio."""
    ours, others = [], []
    if case == "start":  # what is measured is not the first start after an installation
        run_side(case, "other", folder, rows)
        run_side(case, "ours", folder, rows)
    for _ in range(REPEATS):
        others.append(run_side(case, "other", folder, rows))
        ours.append(run_side(case, "ours", folder, rows))
    return [_outcome(case, figure, ours, others, other, target) for figure, (other, target) in names.items()]


def _outcome(
    case: str, figure: str, ours: list[dict[str, Any]], others: list[dict[str, Any]], other: str, target: float
) -> Outcome:
    mine = [run[figure] for run in ours]
    theirs = [run[figure] for run in others]
    ratios = [a / b for a, b in zip(mine, theirs, strict=True)]
    return Outcome(
        name=f"{case}: {figure}",
        ours_median=statistics.median(mine),
        other_median=statistics.median(theirs),
        ratio=statistics.median(ratios),
        ours_mb=statistics.median(run["peak_mb"] for run in ours),
        other_mb=statistics.median(run["peak_mb"] for run in others),
        other=other,
        target=target,
        spread=f"{min(ratios):.2f}-{max(ratios):.2f}",
    )


def as_table(outcomes: list[Outcome]) -> str:
    """For people."""
    lines = [f"{'what':<48} {'ours':>9} {'other':>9} {'ratio':>6} {'target':>6} {'min-max':>11} {'MB':>6}  other"]
    lines += [
        f"{item.name:<48} {item.ours_median:>9.3f} {item.other_median:>9.3f} {item.ratio:>6.2f} {item.target:>6.2f} "
        f"{item.spread:>11} {item.ours_mb:>6.0f}  {item.other}"
        for item in outcomes
    ]
    return "\n".join(lines)


def as_json(outcomes: list[Outcome], rows: int) -> str:
    """For programs."""
    return json.dumps({"rows": rows, "outcomes": [asdict(item) for item in outcomes]}, indent=2)
