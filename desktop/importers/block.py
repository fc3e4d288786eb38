"""Some records of a file on their way into a table."""

from __future__ import annotations

from dataclasses import dataclass, field

from desktop.domain.imports import Problem


@dataclass(slots=True)
class Block:
    """Some records: their cells, the line of the file where each starts, and problems by position in `rows`.

    `plain` tells that every record takes one line and has no problem.
    """

    rows: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    problems: dict[int, tuple[Problem, ...]] = field(default_factory=dict)
    plain: bool = True
