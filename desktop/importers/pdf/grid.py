"""Lines, labels, columns and table rows out of words, without any fixed position: only header words say where."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from desktop.importers.pdf.words import Word

_SAME_BASELINE = 0.3  # em
_WITHIN_LABEL = 0.9  # em; the widest space between two words of one label
_MOST_LINES = 300  # of a table whose rows are fitted; a longer one is cut at its anchors
_NOT_SQUASHED = re.compile(r"[^a-z0-9#]+")


class TextLine(NamedTuple):
    """Words on one baseline, from left to right."""

    words: tuple[Word, ...]
    base: float

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def em(self) -> float:
        return max(word.em for word in self.words)


class Label(NamedTuple):
    """Words that are known by what they say, `name`, and where they stand."""

    name: str
    words: tuple[Word, ...]

    @property
    def x0(self) -> float:
        return self.words[0].x0

    @property
    def x1(self) -> float:
        return self.words[-1].x1

    @property
    def base(self) -> float:
        return self.words[0].base

    @property
    def em(self) -> float:
        return self.words[0].em


def text_lines(words: Iterable[Word]) -> list[TextLine]:
    """The words by baseline, from top to bottom."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda word: word.base):
        if lines and word.base - lines[-1][0].base <= _SAME_BASELINE * min(word.em, lines[-1][0].em):
            lines[-1].append(word)
        else:
            lines.append([word])
    return [TextLine(tuple(sorted(line, key=lambda word: word.x0)), line[0].base) for line in lines]


@lru_cache(maxsize=20_000)
def squash(text: str) -> str:
    """A label for comparing: lower case letters, digits and `#` only."""
    return _NOT_SQUASHED.sub("", text.lower())


class LabelNames:
    """What labels say, squashed, and the name of each: `{"shipto": "ship to"}`."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = dict(names)
        self.beginnings = frozenset(name[:end] for name in names for end in range(1, len(name) + 1))


def find_labels(lines: Iterable[TextLine], names: LabelNames) -> list[Label]:
    """Every label whose squashed words are in `names`; of overlapping ones the longest."""
    found: list[Label] = []
    beginnings = names.beginnings
    for line in lines:
        words = line.words
        end = 0
        for at, word in enumerate(words):
            if at >= end and squash(word.text) in beginnings and (label := _label_at(words, at, names)) is not None:
                found.append(label)
                end = at + len(label.words)
    return found


def _label_at(words: Sequence[Word], at: int, names: LabelNames) -> Label | None:
    said = squash(words[at].text)
    longest = None
    end = at + 1
    while True:
        name = names.names.get(said)
        if name is not None:
            longest = Label(name, tuple(words[at:end]))
        if end == len(words) or words[end].x0 - words[end - 1].x1 > _WITHIN_LABEL * words[at].em:
            return longest
        said += squash(words[end].text)
        if said not in names.beginnings:
            return longest
        end += 1


def join_text(lines: Sequence[str]) -> str:
    """The lines of one cell as one text: a line that is wrapped at a hyphen goes on without a space."""
    text = ""
    for line in lines:
        wrapped = text.endswith("-") and not text.endswith(" -") and text != "-"
        text = text + line if not text or wrapped else f"{text} {line}"
    return text


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: what it holds, its header's words, and from where to where its words begin."""

    name: str
    header: Label
    left: float
    right: float


# How much a text looks like what a column holds: 1 for yes, -1 for no, 0 for cannot tell. By the column's name.
Likeness = Mapping[str, Callable[[Word], int]]


def find_columns(headers: Sequence[Label], body: Sequence[Word], likeness: Likeness) -> list[Column]:
    """The columns under `headers` (from left to right), cut where no word of the body is in the way.

    Cells usually begin where their header does. Where words lie across that line, or what looks like the column's own
    lies before it, the gap is taken that leaves most of the column's own behind it.
    """
    cuts = [float("-inf")]
    for at, (before, header) in enumerate(pairwise(headers)):
        beyond = headers[at + 2].x0 if at + 2 < len(headers) else float("inf")
        between = [word for word in body if word.x1 > max(before.x0, cuts[-1]) and word.x0 < beyond]
        cuts.append(_cut(before, header, between, likeness.get(header.name)))
    cuts.append(float("inf"))
    return [Column(label.name, label, cuts[at], cuts[at + 1]) for at, label in enumerate(headers)]


def _cut(before: Label, header: Label, body: Sequence[Word], like: Callable[[Word], int] | None) -> float:
    em = header.em
    usual = header.x0 - 0.2 * em
    in_the_way = any(word.x0 < usual - 0.1 * em and word.x1 > usual + 0.3 * em for word in body)
    likes = [(word.x0, like(word)) for word in body] if like is not None else []

    def score(cut: float) -> int:
        return sum(found if x0 >= cut else -found for x0, found in likes)

    gaps: list[tuple[float, float]] = []
    end = before.x0
    for start, finish in sorted((word.x0, word.x1) for word in body if word.x0 < header.x1):
        if start - end >= 0.2 * em:
            gaps.append((end, start))
        end = max(end, finish)
    gaps = [gap for gap in gaps if before.x0 < gap[1] <= header.x1]
    best = max((score(gap[1]) for gap in gaps), default=0)
    if not gaps or (not in_the_way and score(usual) >= best):
        return usual
    if like is None:
        chosen = min(gaps, key=lambda gap: abs(gap[1] - header.x0))
    else:
        chosen = max((gap for gap in gaps if score(gap[1]) == best), key=lambda gap: gap[1] - gap[0])
    return chosen[1] - min(0.2 * em, (chosen[1] - chosen[0]) / 2)


def in_column(column: Column, words: Iterable[Word]) -> list[Word]:
    """The words that begin in the column."""
    return [word for word in words if column.left <= word.x0 < column.right]


def crosses(line: TextLine, columns: Sequence[Column], cells: Sequence[TextLine]) -> bool:
    """Whether a line runs on from one column into the next as free text does, instead of keeping to its cells.

    `cells` are lines that are of the table: where they begin in a column, other cells of it may.
    """
    for column in columns[1:]:
        starts = {column.header.x0} | {own[0].x0 for other in cells if (own := in_column(column, other.words))}
        for left, right in pairwise(line.words):
            runs_on = right.x0 - left.x1 < 0.5 * right.em
            apart = all(abs(right.x0 - start) > 0.3 * right.em for start in starts)
            if left.x0 < column.left <= right.x0 and runs_on and apart:
                return True
        if any(word.x0 < column.left - 0.1 * word.em and word.x1 > column.left + 0.5 * word.em for word in line.words):
            return True
    return False


class RowSplit(NamedTuple):
    """Which lines of a column belong to which row; `sure` is False when they fit none of the known ways."""

    rows: list[list[TextLine]]
    sure: bool


def split_rows(cells: Sequence[Sequence[TextLine]], anchors: Sequence[float], em: float) -> list[RowSplit]:
    """The lines of each column of `cells`, split among the rows whose anchors (baselines) are given.

    A cell hangs from its row's anchor, is centred on it, or stands on it, the same in the whole table.
    """
    if not anchors:
        return [RowSplit([], sure=not lines) for lines in cells]
    if len(anchors) == 1:
        return [RowSplit([list(lines)], sure=True) for lines in cells]
    if max(map(len, cells), default=0) > _MOST_LINES:
        return [RowSplit(_from_anchors(lines, anchors, em), sure=False) for lines in cells]
    pitch = _pitch(cells, em)
    best: tuple[float, list[list[list[TextLine]]]] | None = None
    rival = float("inf")
    for where, penalty in ((_first, 0.0), (_middle, 0.06 * em), (_last, 0.12 * em)):
        cost, rows = penalty, []
        for lines in cells:
            fit, split = _fit(lines, anchors, pitch, 0.4 * em, where)
            cost += fit
            rows.append(split)
        if best is None or cost < best[0]:
            if best is not None and best[1] != rows:
                rival = best[0]
            best = (cost, rows)
        elif rows != best[1]:
            rival = min(rival, cost)
    if best is None or best[0] > 0.4 * em * max(1, len(anchors)):
        return [RowSplit(_from_anchors(lines, anchors, em), sure=not lines) for lines in cells]
    sure = rival - best[0] > 0.1 * em
    return [RowSplit(rows, sure) for rows in best[1]]


def split_repeated(lines: Sequence[TextLine], rows: int) -> RowSplit | None:
    """The lines as one block a row when all blocks say the same, else None."""
    if rows < 2 or not lines or len(lines) % rows:
        return None
    size = len(lines) // rows
    blocks = [list(lines[at : at + size]) for at in range(0, len(lines), size)]
    said = {tuple(line.text for line in block) for block in blocks}
    return RowSplit(blocks, sure=True) if len(said) == 1 else None


def split_within(lines: Sequence[TextLine], blocks: Sequence[Sequence[TextLine]], em: float) -> RowSplit:
    """The lines by the block of another column beside which they stand; sure when each stands beside one."""
    rows: list[list[TextLine]] = [[] for _ in blocks]
    sure = True
    for line in lines:
        distances = [max(block[0].base - line.base, line.base - block[-1].base, 0.0) for block in blocks]
        nearest = min(range(len(blocks)), key=distances.__getitem__)
        sure = sure and distances[nearest] <= 0.3 * em
        rows[nearest].append(line)
    return RowSplit(rows, sure)


def _pitch(cells: Sequence[Sequence[TextLine]], em: float) -> float:
    steps = [after.base - before.base for lines in cells for before, after in pairwise(lines)]
    steps = [step for step in steps if 0.6 * em <= step <= 2.2 * em]
    return min(steps, default=1.2 * em)


def _from_anchors(lines: Sequence[TextLine], anchors: Sequence[float], em: float) -> list[list[TextLine]]:
    rows: list[list[TextLine]] = [[] for _ in anchors]
    for line in lines:
        at = sum(anchor <= line.base + 0.4 * em for anchor in anchors) - 1
        rows[max(at, 0)].append(line)
    return rows


_Where = Callable[[Sequence[TextLine]], float]


def _first(block: Sequence[TextLine]) -> float:
    return block[0].base


def _middle(block: Sequence[TextLine]) -> float:
    return (block[0].base + block[-1].base) / 2


def _last(block: Sequence[TextLine]) -> float:
    return block[-1].base


def _fit(
    lines: Sequence[TextLine], anchors: Sequence[float], pitch: float, near: float, where: _Where
) -> tuple[float, list[list[TextLine]]]:
    """The cheapest split of the lines into one block a row, in order; a row may have none.

    A block keeps between the anchors of its neighbours: a line that is `near` an anchor belongs to that row.
    """
    count = len(lines)
    costs = [[float("inf")] * (count + 1) for _ in range(len(anchors) + 1)]
    starts = [[0] * (count + 1) for _ in range(len(anchors) + 1)]
    costs[0][0] = 0.0
    uneven = [0.0] * count
    for at in range(1, count):
        uneven[at] = max(0.0, abs(lines[at].base - lines[at - 1].base - pitch) - 0.12 * pitch)
    edges = [float("-inf"), *anchors, float("inf")]
    for row, anchor in enumerate(anchors, 1):
        above, below = edges[row - 1] + near, edges[row + 1] - near
        for end in range(count + 1):
            costs[row][end], starts[row][end] = costs[row - 1][end], end
            spread = 0.0
            for start in range(end - 1, -1, -1):
                if not above < lines[start].base < below:
                    break
                if start + 1 < end:
                    spread += uneven[start + 1]
                    if spread > 4 * pitch:
                        break
                cost = costs[row - 1][start] + spread + abs(where(lines[start:end]) - anchor)
                if cost < costs[row][end] - 1e-9:
                    costs[row][end], starts[row][end] = cost, start
    rows: list[list[TextLine]] = []
    end = count
    for row in range(len(anchors), 0, -1):
        start = starts[row][end]
        rows.append(list(lines[start:end]))
        end = start
    return costs[len(anchors)][count], rows[::-1]
