"""Writes PDF pages from placed texts, plainly or in the awkward ways in which programs write them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import reportlab
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

SOFT_HYPHEN = "\u00ad"
PAGE = (612.0, 792.0)
# The bundled TrueType font has the glyphs of U+00AD, so that the text layer says U+00AD as on real slips.
TRUETYPE = "Vera"


def register_fonts() -> None:
    """Make the bundled TrueType font known to the writer."""
    if TRUETYPE not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(TRUETYPE, str(Path(reportlab.__file__).parent / "fonts" / "Vera.ttf")))


def width_of(text: str, font: str, size: float) -> float:
    """In points."""
    register_fonts()
    return float(pdfmetrics.stringWidth(text, font, size))


@dataclass(frozen=True)
class Text:
    """One text: its left end and baseline in points from the page's top left corner.

    `turned` is the reading direction in degrees, counter-clockwise.
    """

    text: str
    x: float
    y: float
    font: str = "Helvetica"
    size: float = 9.0
    turned: int = 0


@dataclass(frozen=True)
class Style:
    """How a page is written: nothing of it changes what a person sees, but for `scale`.

    `runs` splits texts into pieces of so many characters; `rotate` is the page's /Rotate with the content turned back;
    `crop` adds a margin outside of the visible box.
    """

    shuffle: bool = False
    runs: int = 0
    in_form: bool = False
    scale: float = 1.0
    rotate: int = 0
    crop: float = 0.0
    twice: bool = False


@dataclass
class Sheet:
    """The texts of one page; `picture` covers it with an image."""

    texts: list[Text] = field(default_factory=list)
    picture: bool = False

    def add(self, text: str, x: float, y: float, **how: object) -> None:
        """One text, if there is any."""
        if text:
            self.texts.append(replace(Text(text, x, y), **how))  # type: ignore[arg-type]

    def right(self, text: str, x: float, y: float, *, font: str = "Helvetica", size: float = 9.0) -> None:
        """A text that ends at x."""
        self.add(text, x - width_of(text, font, size), y, font=font, size=size)

    def centred(self, text: str, x: float, y: float, *, font: str = "Helvetica", size: float = 9.0) -> None:
        """A text with its middle at x."""
        self.add(text, x - width_of(text, font, size) / 2, y, font=font, size=size)


def write_pdf(path: Path, sheets: Sequence[Sheet], style: Style | None = None, seed: int = 0, **canvas: object) -> Path:
    """A PDF of these pages."""
    register_fonts()
    style = style or Style()
    chance = random.Random(seed)  # noqa: S311
    width, height = PAGE[0] * style.scale, PAGE[1] * style.scale
    turned_size = (height, width) if style.rotate in (90, 270) else (width, height)
    target = Canvas(
        str(path),
        pagesize=(width + 2 * style.crop, height + 2 * style.crop),  # turned by the library when the page is
        cropBox=(style.crop, style.crop, turned_size[0] + style.crop, turned_size[1] + style.crop),
        **canvas,
    )
    for number, sheet in enumerate(sheets):
        if style.crop:
            target.setFont("Helvetica", 9)
            target.drawString(2, 2, "outside of what is seen")
        target.saveState()
        target.translate(style.crop, style.crop)
        if style.rotate:
            target.setPageRotation(style.rotate)
            # What is drawn is turned the other way, so that the displayed page is the same.
            if style.rotate == 90:
                target.translate(height, 0)
            elif style.rotate == 180:
                target.translate(width, height)
            else:
                target.translate(0, width)
            target.rotate(style.rotate)
        target.scale(style.scale, style.scale)
        if style.in_form:
            target.beginForm(f"form{number}")
        _draw(target, sheet, style, chance)
        if style.in_form:
            target.endForm()
            target.doForm(f"form{number}")
        target.restoreState()
        target.showPage()
    target.save()
    return path


def _draw(target: Canvas, sheet: Sheet, style: Style, chance: random.Random) -> None:
    if sheet.picture:
        from PIL import Image
        from reportlab.lib.utils import ImageReader

        target.drawImage(ImageReader(Image.new("L", (8, 8), 250)), 0, 0, *PAGE)
    pieces = [piece for text in sheet.texts for piece in _pieces(text, style)]
    if style.twice:
        pieces = [piece for text in pieces for piece in (text, replace(text, x=text.x + 0.2))]
    if style.shuffle:
        chance.shuffle(pieces)
    for piece in pieces:
        target.saveState()
        target.translate(piece.x, PAGE[1] - piece.y)
        if piece.turned:
            target.rotate(piece.turned)
        target.setFont(piece.font, piece.size)
        target.drawString(0, 0, piece.text)
        target.restoreState()


def _pieces(text: Text, style: Style) -> list[Text]:
    if not style.runs or text.turned:
        return [text]
    pieces = []
    for start in range(0, len(text.text), style.runs):
        before = width_of(text.text[:start], text.font, text.size)
        pieces.append(replace(text, text=text.text[start : start + style.runs], x=text.x + before))
    return pieces
