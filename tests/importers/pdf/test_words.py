"""Words are whole, in the direction in which they read, whatever way they were drawn."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest

from desktop.importers.pdf.words import PageWords, read_words
from tests.support.pdf_writer import SOFT_HYPHEN, TRUETYPE, Sheet, Style, write_pdf


def words_of(path: Path) -> PageWords:
    document = pypdfium2.PdfDocument(path.read_bytes())
    try:
        return read_words(document[0], 1)
    finally:
        document.close()


def texts(sheet: Sheet, folder: Path, style: Style | None = None, direction: int = 0) -> list[str]:
    words = words_of(write_pdf(folder / "words.pdf", [sheet], style)).groups.get(direction, [])
    return [word.text for word in words]


@pytest.mark.parametrize(
    "style", [Style(), Style(runs=1), Style(runs=2, shuffle=True), Style(in_form=True), Style(twice=True)]
)
def test_numbers_stay_whole(style: Style, tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.add("21600101003 SLQ-12345678 10-Pack", 37, 100)
    assert texts(sheet, tmp_path, style) == ["21600101003", "SLQ-12345678", "10-Pack"]


def test_every_hyphen_is_one(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.add(f"SLQ{SOFT_HYPHEN}12345678 LOT: SLQ{SOFT_HYPHEN}", 37, 100, font=TRUETYPE)
    sheet.add("87654321", 37, 110, font=TRUETYPE)
    assert texts(sheet, tmp_path) == ["SLQ-12345678", "LOT:", "SLQ-", "87654321"]


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_text_reads_in_its_own_direction(turned: int, rotate: int, tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.add("TRK# 1234 5678", 300, 400, turned=turned)
    assert texts(sheet, tmp_path, Style(rotate=rotate, scale=0.7, crop=12), turned) == ["TRK#", "1234", "5678"]


@pytest.mark.parametrize("style", [Style(), Style(rotate=90), Style(rotate=180), Style(rotate=270), Style(crop=40)])
def test_boxes_lie_on_the_page_as_it_is_displayed(style: Style, tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.add("upright", 100, 200, size=10)
    sheet.add("upward", 300, 500, size=10, turned=90)
    page = words_of(write_pdf(tmp_path / "boxes.pdf", [sheet], style))
    (upright,), (upward,) = page.groups[0], page.groups[90]
    assert upright.box.x0 == pytest.approx(100, abs=0.5)
    assert upright.box.y0 < 200 < upright.box.y1 < 206
    assert upward.box.y1 == pytest.approx(500, abs=0.5)
    assert upward.box.x0 < 300 < upward.box.x1 < 306


def test_what_is_outside_of_the_visible_page_is_not_read(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.add("seen", 100, 100)
    assert texts(sheet, tmp_path, Style(crop=40)) == ["seen"]


def test_a_picture_of_a_page_is_known(tmp_path: Path) -> None:
    sheet = Sheet(picture=True)
    sheet.add("text", 100, 100)
    assert words_of(write_pdf(tmp_path / "scan.pdf", [sheet])).is_picture
    assert not words_of(write_pdf(tmp_path / "text.pdf", [Sheet(sheet.texts)])).is_picture


def test_a_page_without_text(tmp_path: Path) -> None:
    assert words_of(write_pdf(tmp_path / "empty.pdf", [Sheet()])).characters == 0
