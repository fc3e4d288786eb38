"""How the window looks: our own colours, light and dark, on Qt's Fusion style.

Every colour is a named token. `CONTRAST_PAIRS` and `EDGE_PAIRS` list which token stands on which, and a test
measures them (WCAG 2.1: 4.5:1 for text, 3:1 for the edge of something to act on).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from desktop.paths import resources_folder


class Look(StrEnum):
    """Which colours a person wants; SYSTEM follows the desktop's setting."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Tone(StrEnum):
    """What a message is about; each has a text and a background colour."""

    INFO = "info"
    SUCCESS = "success"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Tokens:
    """One set of colours as `#rrggbb`. `surface` is where data stands; `raised` is the navigation and the headers."""

    window: str
    surface: str
    alternate: str
    raised: str
    button: str
    text: str
    muted: str
    disabled: str
    line: str
    edge: str
    accent: str
    on_accent: str
    selection: str
    on_selection: str
    info: str
    info_ground: str
    success: str
    success_ground: str
    warning: str
    warning_ground: str
    problem: str
    problem_ground: str

    def tone(self, tone: Tone) -> tuple[str, str]:
        """Text and background of a message."""
        return getattr(self, tone.value), getattr(self, f"{tone.value}_ground")


LIGHT = Tokens(
    window="#f3f5f6",
    surface="#ffffff",
    alternate="#f7f9fa",
    raised="#e8ecee",
    button="#fcfdfd",
    text="#1a2126",
    muted="#535f68",
    disabled="#87929a",
    line="#d5dbdf",
    edge="#7f8b94",
    accent="#0b6473",
    on_accent="#ffffff",
    selection="#cfe6ea",
    on_selection="#0c262b",
    info="#0b5563",
    info_ground="#e0f0f3",
    success="#17613a",
    success_ground="#e1f3e8",
    warning="#704700",
    warning_ground="#fdf0d0",
    problem="#a8231c",
    problem_ground="#fce9e7",
)

DARK = Tokens(
    window="#1b1f22",
    surface="#212629",
    alternate="#252a2e",
    raised="#292f33",
    button="#30373c",
    text="#e4e8ea",
    muted="#a5b0b7",
    disabled="#747f87",
    line="#3a4248",
    edge="#7f8b93",
    accent="#62c3d1",
    on_accent="#06262c",
    selection="#1f4d56",
    on_selection="#effafc",
    info="#93d3de",
    info_ground="#1b3439",
    success="#84d5a5",
    success_ground="#1d3527",
    warning="#f0c467",
    warning_ground="#3a2f17",
    problem="#ff9f97",
    problem_ground="#422624",
)

# Text token, background token: read text must reach 4.5:1.
CONTRAST_PAIRS = (
    *(
        (text, ground)
        for text in ("text", "muted")
        for ground in ("window", "surface", "alternate", "raised", "button")
    ),
    ("accent", "surface"),
    ("accent", "window"),
    ("on_accent", "accent"),
    ("on_selection", "selection"),
    ("problem", "surface"),
    ("problem", "window"),
    ("warning", "window"),
    ("success", "window"),
    *((tone.value, f"{tone.value}_ground") for tone in Tone),
)

# The edge of a field, and the focus mark, against what lies around them: 3:1.
EDGE_PAIRS = (
    ("edge", "surface"),
    ("edge", "window"),
    ("accent", "surface"),
    ("accent", "window"),
    ("accent", "raised"),
    ("problem", "surface"),
)


class Theme(QObject):
    """Puts the colours on the application and keeps them in step with the system; `changed` follows a change."""

    changed = Signal()

    def __init__(self, app: QApplication, look: Look = Look.SYSTEM) -> None:
        super().__init__(app)
        self._app = app
        self._look = look
        app.setStyle("Fusion")
        app.styleHints().colorSchemeChanged.connect(self._apply)
        self.choose(look)

    @property
    def look(self) -> Look:
        """What was chosen; not necessarily what is shown."""
        return self._look

    def choose(self, look: Look) -> None:
        """Shows this look from now on."""
        self._look = look
        schemes = {Look.LIGHT: Qt.ColorScheme.Light, Look.DARK: Qt.ColorScheme.Dark}
        self._app.styleHints().setColorScheme(schemes.get(look, Qt.ColorScheme.Unknown))
        self._apply()

    def _apply(self) -> None:
        system_is_dark = self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        dark = self._look is Look.DARK or (self._look is Look.SYSTEM and system_is_dark)
        tokens = DARK if dark else LIGHT
        wanted = palette_of(tokens)
        if self._app.palette() == wanted and self._app.styleSheet():
            return
        self._app.setPalette(wanted)
        self._app.setStyleSheet(style_sheet(tokens))
        self.changed.emit()


def tokens_in_use() -> Tokens:
    """The colours that are shown now, for what paints itself."""
    return DARK if QApplication.palette().color(QPalette.ColorRole.Base).lightness() < 128 else LIGHT


def restyle(widget: QWidget) -> None:
    """Lets the style sheet read the widget's properties again. Not for `changeEvent`: it changes the palette."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def contrast(first: str, second: str) -> float:
    """The WCAG 2.1 contrast ratio of two colours, 1 to 21."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: str) -> float:
    channels = (int(color[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def palette_of(tokens: Tokens) -> QPalette:
    """Qt's palette for the tokens. An inactive window keeps the colours of its selection."""
    role = QPalette.ColorRole
    colors = {
        role.Window: tokens.window,
        role.WindowText: tokens.text,
        role.Base: tokens.surface,
        role.AlternateBase: tokens.alternate,
        role.Text: tokens.text,
        role.PlaceholderText: tokens.muted,
        role.Button: tokens.button,
        role.ButtonText: tokens.text,
        role.BrightText: tokens.problem,
        role.Highlight: tokens.accent,
        role.HighlightedText: tokens.on_accent,
        role.Accent: tokens.accent,
        role.Link: tokens.accent,
        role.LinkVisited: tokens.accent,
        role.ToolTipBase: tokens.raised,
        role.ToolTipText: tokens.text,
        role.Light: tokens.surface,
        role.Midlight: tokens.alternate,
        role.Mid: tokens.line,
        role.Dark: tokens.edge,
        role.Shadow: tokens.edge,
    }
    palette = QPalette()
    for color_role, color in colors.items():
        palette.setColor(color_role, QColor(color))
    for color_role in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, color_role, QColor(tokens.disabled))
    palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(tokens.line))
    palette.setColor(QPalette.ColorGroup.Disabled, role.HighlightedText, QColor(tokens.muted))
    return palette


def style_sheet(tokens: Tokens) -> str:
    """What a palette cannot say. Small on purpose: a style sheet makes every widget it names slower to paint."""
    tones = "".join(
        f'QFrame[tone="{tone}"] {{ background: {ground}; border: 1px solid {text}; border-radius: 4px; }}'
        f'QFrame[tone="{tone}"] QLabel {{ color: {text}; }}'
        f'QLabel[tone="{tone}"] {{ color: {text}; background: transparent; border: none; }}'
        for tone in Tone
        for text, ground in [tokens.tone(tone)]
    )
    icons, ground = resources_folder() / "icons", "dark" if tokens is DARK else "light"
    check = icons / f"check_on_{ground}.svg"
    arrow, arrow_up = icons / f"arrow_down_on_{ground}.svg", icons / f"arrow_up_on_{ground}.svg"
    return f"""
{tones}
QLabel[muted="true"] {{ color: {tokens.muted}; }}
QLabel[heading="true"] {{ font-weight: 600; font-size: 13pt; }}
QLabel[section="true"] {{ font-weight: 600; }}
QFrame[line="true"] {{ background: {tokens.line}; border: none; }}
QWidget[raised="true"] {{ background: {tokens.raised}; }}
QWidget[surface="true"] {{ background: {tokens.surface}; }}
QLineEdit, QPlainTextEdit {{
    background: {tokens.surface}; border: 1px solid {tokens.edge}; border-radius: 3px; padding: 3px 5px;
    selection-background-color: {tokens.accent}; selection-color: {tokens.on_accent};
}}
QLineEdit:focus, QPlainTextEdit:focus {{ border: 2px solid {tokens.accent}; padding: 2px 4px; }}
QLineEdit:disabled, QPlainTextEdit:disabled {{ border-color: {tokens.line}; background: {tokens.window}; }}
QLineEdit[problem="true"] {{ border: 2px solid {tokens.problem}; padding: 2px 4px; }}
QAbstractItemView QLineEdit {{ border: none; padding: 0 2px; }}
QComboBox {{
    background: {tokens.surface}; border: 1px solid {tokens.edge}; border-radius: 3px; padding: 3px 5px;
    selection-background-color: {tokens.accent}; selection-color: {tokens.on_accent};
}}
QComboBox:focus {{ border: 2px solid {tokens.accent}; padding: 2px 4px; }}
QComboBox:disabled {{ border-color: {tokens.line}; background: {tokens.window}; color: {tokens.disabled}; }}
QComboBox[problem="true"] {{ border: 2px solid {tokens.problem}; padding: 2px 4px; }}
QComboBox::drop-down {{ border: none; width: 20px; }}
QComboBox::down-arrow {{ image: url("{arrow.as_posix()}"); width: 12px; height: 12px; }}
QComboBox QLineEdit, QComboBox QLineEdit:focus {{ border: none; padding: 0; }}
QPushButton {{
    background: {tokens.button}; border: 1px solid {tokens.edge}; border-radius: 4px; padding: 4px 12px;
}}
QPushButton:hover {{ background: {tokens.raised}; }}
QPushButton:pressed {{ background: {tokens.line}; }}
QPushButton:disabled {{ color: {tokens.disabled}; border-color: {tokens.line}; }}
QPushButton:focus {{ border: 2px solid {tokens.accent}; padding: 3px 11px; }}
QPushButton[primary="true"] {{ background: {tokens.accent}; color: {tokens.on_accent}; border-color: {tokens.accent}; }}
QPushButton[primary="true"]:focus {{ border: 2px solid {tokens.text}; }}
QPushButton[primary="true"]:disabled {{
    background: {tokens.line}; color: {tokens.muted}; border-color: {tokens.line};
}}
QToolButton {{ border: 1px solid transparent; border-radius: 4px; padding: 4px 6px; }}
QToolButton:hover:enabled {{ background: {tokens.line}; }}
QToolButton:pressed {{ background: {tokens.selection}; }}
QToolButton:checked {{ background: {tokens.selection}; color: {tokens.on_selection}; }}
QToolButton::menu-indicator {{ image: none; }}
QToolButton:focus {{ border: 2px solid {tokens.accent}; padding: 3px 5px; }}
QRadioButton::indicator {{
    width: 12px; height: 12px; border: 1px solid {tokens.edge}; border-radius: 7px; background: {tokens.surface};
}}
QRadioButton::indicator:checked {{ border: 4px solid {tokens.accent}; width: 6px; height: 6px; }}
QRadioButton::indicator:focus {{ border-color: {tokens.accent}; }}
QRadioButton:focus {{ color: {tokens.accent}; }}
QToolButton[chip="true"] {{
    background: {tokens.selection}; color: {tokens.on_selection}; border-radius: 9px; padding: 2px 8px;
}}
QToolButton[chip="true"]:focus {{ border: 2px solid {tokens.accent}; padding: 1px 7px; }}
QTableView, QListView {{
    background: {tokens.surface}; border: 1px solid transparent; gridline-color: {tokens.line};
    selection-background-color: {tokens.selection}; selection-color: {tokens.on_selection};
}}
QTableView:focus, QListView:focus, QTreeView:focus {{ border: 1px solid {tokens.accent}; }}
QTreeView {{
    background: {tokens.surface}; border: 1px solid {tokens.line};
    selection-background-color: {tokens.selection}; selection-color: {tokens.on_selection};
}}
QTreeView::item {{ min-height: 20px; padding: 0 2px; }}
QTreeView::item:selected {{ background: {tokens.selection}; color: {tokens.on_selection}; }}
QHeaderView::section {{
    background: {tokens.raised}; color: {tokens.text}; border: none;
    border-right: 1px solid {tokens.line}; border-bottom: 1px solid {tokens.line}; padding: 4px;
}}
QListView#navigation {{ background: {tokens.raised}; outline: none; }}
QListView#navigation::item {{ padding: 6px 10px; border-left: 3px solid transparent; }}
QListView#navigation::item:selected {{
    background: {tokens.selection}; color: {tokens.on_selection}; border-left: 3px solid {tokens.accent};
}}
QHeaderView::up-arrow {{ image: url("{arrow_up.as_posix()}"); width: 12px; height: 12px; }}
QHeaderView::down-arrow {{ image: url("{arrow.as_posix()}"); width: 12px; height: 12px; }}
QCheckBox::indicator, QRadioButton::indicator, QListView::indicator {{
    width: 12px; height: 12px; background: {tokens.surface}; border: 1px solid {tokens.edge}; border-radius: 2px;
}}
QRadioButton::indicator {{ border-radius: 7px; }}
QCheckBox::indicator:checked, QListView::indicator:checked {{
    background: {tokens.accent}; border-color: {tokens.accent}; image: url("{check.as_posix()}");
}}
QRadioButton::indicator:checked {{
    width: 6px; height: 6px; background: {tokens.on_accent}; border: 4px solid {tokens.accent};
}}
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled {{ border-color: {tokens.line}; }}
QCheckBox:focus, QRadioButton:focus {{ border: 1px solid {tokens.accent}; border-radius: 3px; padding: 1px 3px; }}
QCheckBox, QRadioButton {{ border: 1px solid transparent; padding: 1px 3px; }}
QListView::item {{ min-height: 20px; }}
QSplitter::handle {{ background: {tokens.line}; }}
QStatusBar {{ background: {tokens.raised}; }}
QStatusBar::item {{ border: none; }}
QTableView::indicator {{
    width: 12px; height: 12px; background: {tokens.surface}; border: 1px solid {tokens.edge}; border-radius: 2px;
}}
QTableView::indicator:checked {{
    background: {tokens.accent}; border-color: {tokens.accent}; image: url("{_tick(tokens).as_posix()}");
}}
QToolTip {{ background: {tokens.raised}; color: {tokens.text}; border: 1px solid {tokens.edge}; padding: 3px; }}
"""


def _tick(tokens: Tokens) -> Path:
    """The tick of a box in a table."""
    return resources_folder() / "icons" / f"check_on_{'dark' if tokens is DARK else 'light'}.svg"
