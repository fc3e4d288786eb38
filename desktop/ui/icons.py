"""Our line icons in the colours of the theme. The drawings are `resources/icons/*.svg`, black on nothing, 20 x 20."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap

from desktop.paths import resources_folder
from desktop.ui.theme import tokens_in_use

_SIZES = (16, 20, 32, 48)
_DRAWN_IN = b"#000"


def icon(name: str, color: str | None = None) -> QIcon:
    """The icon in a colour, the theme's text colour unless told; disabled it is paler.

    An icon keeps the colours it was made with: make it again when the theme changes.
    """
    from PySide6.QtSvg import QSvgRenderer  # the library is loaded with the first icon, not with the module

    tokens = tokens_in_use()
    drawing = (resources_folder() / "icons" / f"{name}.svg").read_bytes()
    made = QIcon()
    for mode, ink in ((QIcon.Mode.Normal, color or tokens.text), (QIcon.Mode.Disabled, tokens.disabled)):
        renderer = QSvgRenderer(QByteArray(drawing.replace(_DRAWN_IN, ink.encode())))
        for size in _SIZES:
            pixmap = QPixmap(QSize(size, size))
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            renderer.render(painter)
            painter.end()
            made.addPixmap(pixmap, mode)
    return made
