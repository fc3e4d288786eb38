"""How the times of the window grow with the log: nothing on the screen may grow faster than the id query."""

from __future__ import annotations

import math
import statistics
from html import escape
from pathlib import Path

from tests.benchmarks.measure import run_side

GROWTH = "growth"
_REPEATS = 3
_WIDTH, _HEIGHT, _MARGIN, _LEGEND = 980, 520, 60, 330
_COLOURS = ("#6b7280", "#1d4ed8", "#b45309", "#047857", "#be123c", "#7c3aed", "#0e7490", "#111827")

# Line of the chart -> case, side and figure.
_LINES = {
    "the ordered ids by the sqlite3 module": ("open", "other", "count and scroll bar"),
    "first rows of the whole log": ("open", "ours", "first rows painted"),
    "count and scroll bar": ("open", "ours", "count and scroll bar"),
    "one SKU, first rows": ("filter", "ours", "SKU, first rows painted"),
    "rare text, first rows": ("filter", "ours", "rare text, first rows painted"),
    "rare text, exact count": ("filter", "ours", "rare text, exact count"),
    "sort by facility, first rows": ("filter", "ours", "sort by facility, first rows painted"),
    "jump to a random row": ("jump", "ours", "to a random row, painted"),
}


def draw_growth(folder: Path, rows: int) -> str:
    """Measure at a fiftieth, a fifth and all of `rows`; returns the figures as text. The chart is `growth.svg`."""
    sizes = [max(1, rows // 50), max(1, rows // 5), rows]
    found: dict[str, list[float]] = {name: [] for name in _LINES}
    for size in sizes:
        run_side("prepare", "ours", folder, size)
        runs = {
            (case, side): [run_side(case, side, folder, size) for _ in range(_REPEATS)]
            for case, side in dict.fromkeys((case, side) for case, side, _ in _LINES.values())
        }
        for name, (case, side, figure) in _LINES.items():
            found[name].append(statistics.median(run[figure] for run in runs[case, side]))
    chart = folder / "growth.svg"
    chart.write_text(_chart(sizes, found), encoding="utf-8")
    heading = f"{'seconds at':<40}" + "".join(f"{size:>12,}" for size in sizes)
    lines = [f"{name:<40}" + "".join(f"{seconds:>12.4f}" for seconds in values) for name, values in found.items()]
    return "\n".join([heading, *lines, f"The chart: {chart}"])


def _chart(sizes: list[int], found: dict[str, list[float]]) -> str:
    """Lines of the log against seconds, both axes logarithmic."""
    seconds = [value for values in found.values() for value in values]
    low, high = math.floor(math.log10(min(seconds))), math.ceil(math.log10(max(seconds)))
    first, last = math.log10(sizes[0]), math.log10(sizes[-1])

    def across(size: float) -> float:
        return _MARGIN + (math.log10(size) - first) / (last - first) * (_WIDTH - _LEGEND - 2 * _MARGIN)

    def down(value: float) -> float:
        return _HEIGHT - _MARGIN - (math.log10(value) - low) / (high - low) * (_HEIGHT - 2 * _MARGIN)

    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" font-family="sans-serif"'
        ' font-size="12"><rect width="100%" height="100%" fill="white"/>'
        f'<text x="{_MARGIN}" y="28" font-size="15">Seconds until it is painted, by lines in the log</text>'
    ]
    right = _WIDTH - _LEGEND - _MARGIN
    for power in range(low, high + 1):
        y = down(10.0**power)
        drawn.append(f'<path d="M{_MARGIN} {y:.1f}H{right}" stroke="#d1d5db"/>')
        drawn.append(f'<text x="{_MARGIN - 8}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:g} s</text>')
    for size in sizes:
        drawn.append(f'<text x="{across(size):.1f}" y="{_HEIGHT - _MARGIN + 20}" text-anchor="middle">{size:,}</text>')
    for number, ((name, values), colour) in enumerate(zip(found.items(), _COLOURS, strict=True)):
        points = " ".join(f"{across(size):.1f},{down(value):.1f}" for size, value in zip(sizes, values, strict=True))
        y = _MARGIN + 24 * number
        drawn.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        drawn.append(f'<path d="M{right + 24} {y}h24" stroke="{colour}" stroke-width="2"/>')
        drawn.append(f'<text x="{right + 56}" y="{y + 4}">{escape(name)}</text>')
    return "\n".join([*drawn, "</svg>", ""])
