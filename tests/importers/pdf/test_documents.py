"""Every field of every page of invented documents is read right or flagged; nothing is wrong without a flag."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.importers.pdf.checking import Score, check_order, read_here, score_slip, slip_rows_of
from tests.support.pdf_documents import (
    OrderTruth,
    SlipLook,
    SlipRow,
    SlipTruth,
    a_slip,
    draw_label,
    draw_order,
    draw_slip,
    odd_look,
    slip_look,
)
from tests.support.pdf_writer import Sheet, Style, write_pdf

Look = Callable[[random.Random, Sequence[SlipRow]], SlipLook]

STYLES = (
    Style(),
    Style(shuffle=True),
    Style(runs=1),
    Style(runs=3, shuffle=True),
    Style(in_form=True),
    Style(scale=0.6),
    Style(scale=1.7, shuffle=True),
    Style(rotate=90),
    Style(rotate=180),
    Style(rotate=270),
    Style(crop=30),
    Style(crop=25, rotate=90, scale=0.8),
    Style(twice=True),
)


def read_and_score(score: Score, seed: int, style: Style, look: Look, folder: Path, *, orders: int = 1) -> None:
    """A file with a page of two slips, a page of a label above its slip, and orders; compared with the truth."""
    chance = random.Random(seed)  # noqa: S311
    sheets: list[Sheet] = []
    slips: list[tuple[int, list[SlipTruth], bool]] = []
    ordered: list[tuple[int, OrderTruth]] = []
    for labelled in (False, True):
        sheet = Sheet()
        sheets.append(sheet)
        truths = []
        for top in (417,) if labelled else (39, 417):
            truth, rows = a_slip(chance)
            draw_slip(sheet, top, truth, rows, look(chance, rows))
            truths.append(truth)
        if labelled:
            truths[0].tracking = draw_label(sheet, chance, truths[0]).tracking
        slips.append((len(sheets), truths, labelled))
    for _ in range(orders):
        first = len(sheets) + 1
        ordered.append((first, draw_order(sheets, chance)))
    contents = read_here(write_pdf(folder / "documents.pdf", sheets, style, seed))
    assert [page.page for page in contents.pages] == list(range(1, len(sheets) + 1))
    for number, truths, labelled in slips:
        where = f"seed {seed}, page {number}, {style}"
        found = slip_rows_of(contents, number)
        if len(found) != len(truths):
            score.wrong.append(f"{where}: {len(found)} slips instead of {len(truths)}: {contents.pages[number - 1]}")
            continue
        for truth, rows_read in zip(truths, found, strict=True):
            score_slip(score, where, truth, rows_read, tracking=labelled)
    for first, order in ordered:
        score.wrong += check_order(f"seed {seed}, {style}", order, contents, first)


def test_documents_as_measured(tmp_path: Path) -> None:
    """At least forty pages of each kind; whatever way a program writes them."""
    score = Score()
    for seed in range(42):
        read_and_score(score, seed, STYLES[seed % len(STYLES)], slip_look, tmp_path)
    assert score.wrong == []
    assert score.not_right == []
    assert score.unflagged > 0.8 * score.lines


def test_slips_in_layouts_that_nobody_has_seen(tmp_path: Path) -> None:
    score = Score()
    for seed in range(1_000, 1_018):
        read_and_score(score, seed, STYLES[seed % len(STYLES)], odd_look, tmp_path, orders=0)
    assert score.wrong == []
    assert score.right >= 0.98 * score.lines, score.not_right
    assert score.unflagged > 0.7 * score.lines


@pytest.mark.slow
@pytest.mark.parametrize("look", [slip_look, odd_look])
def test_many_documents(look: Look, tmp_path: Path) -> None:
    score = Score()
    for seed in range(2_000, 2_300):
        read_and_score(score, seed, STYLES[seed % len(STYLES)], look, tmp_path)
    assert score.wrong == []
    assert score.right >= 0.98 * score.lines, score.not_right
