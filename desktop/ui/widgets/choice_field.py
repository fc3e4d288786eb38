"""A field to choose one of thousands by typing a part of its name."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QStringListModel, Qt, Signal
from PySide6.QtGui import QAction, QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QListView, QWidget

from desktop.ui.icons import icon
from desktop.ui.theme import restyle
from desktop.ui.widgets.named import named

_LINES_SHOWN = 14
_LIST_WIDTH = 300


class ChoiceField(QLineEdit):
    """`chosen` carries the key of what was chosen, None for nothing. Every choice has a text of its own.

    `entered` comes whenever the field gets the focus: choices can be read when they are wanted.

    While a text is typed, the choices that hold it are offered below. Enter takes the one that is marked, or the only
    one that is left; a text that could mean several is never guessed. Whoever leaves the field without choosing finds
    in it what was chosen before.
    """

    chosen = Signal(object)
    entered = Signal()

    def __init__(self, placeholder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(placeholder)
        self._keys: dict[str, int] = {}
        self._key: int | None = None
        self._text = ""
        self._names = QStringListModel(self)
        self._offer = QCompleter(self._names, self)
        self._offer.setFilterMode(Qt.MatchFlag.MatchContains)
        self._offer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._offer.setMaxVisibleItems(_LINES_SHOWN)
        choices = named(QListView(), "choices", "What can be chosen")
        choices.setMinimumWidth(_LIST_WIDTH)
        self._offer.setPopup(choices)
        self._offer.activated.connect(self._take)
        self.setCompleter(self._offer)
        self._open = QAction("Show all", self)
        self._open.setToolTip("Show all (Alt+Down)")
        self._open.triggered.connect(self.show_all)
        self.addAction(self._open, QLineEdit.ActionPosition.TrailingPosition)
        self._paint()
        self.returnPressed.connect(self._take_typed)
        self.textEdited.connect(lambda: self._mark(False))

    @property
    def key(self) -> int | None:
        """The key of what is chosen, None for nothing."""
        return self._key

    @property
    def choice(self) -> str:
        """The text of what is chosen, "" for nothing; what is being typed is not chosen yet."""
        return self._text

    def set_choices(self, choices: Sequence[tuple[int, str]]) -> None:
        """Offers these keys and texts; what is chosen stays chosen."""
        self._keys = {text: key for key, text in choices}
        self._names.setStringList([text for _, text in choices])
        if self.hasFocus() and self.text() and self.text() != self._text:  # they come while somebody types
            self._offer.setCompletionPrefix(self.text())
            self._offer.complete()

    def choose(self, key: int | None, text: str = "") -> None:
        """Shows a choice that is already in use, offered or not."""
        self._key, self._text = key, text if key is not None else ""
        self.setText(self._text)
        self._mark(False)

    def show_all(self) -> None:
        """Offers every choice."""
        self.setFocus()
        self._offer.setCompletionPrefix("")
        self._offer.complete()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        down, no_modifier = event.key() == Qt.Key.Key_Down, event.modifiers() == Qt.KeyboardModifier.NoModifier
        if down and (event.modifiers() & Qt.KeyboardModifier.AltModifier or (no_modifier and not self.text())):
            self.show_all()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        self.entered.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        if event.reason() == Qt.FocusReason.PopupFocusReason or self.text() == self._text:
            return
        if self.text().strip():
            self.choose(self._key, self._text)
        else:
            self._take("")

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_open"):
            self._paint()

    def _take_typed(self) -> None:
        typed = self.text().strip()
        if not typed or typed in self._keys:
            self._take(typed)
            return
        folded = typed.casefold()
        found = [name for name in self._keys if folded in name.casefold()]
        same = [name for name in found if name.casefold() == folded]
        if len(same) == 1 or len(found) == 1:
            self._take((same or found)[0])
        else:
            self._mark(True)
            self._offer.setCompletionPrefix(typed)
            self._offer.complete()

    def _take(self, text: str) -> None:
        key = self._keys.get(text)
        known = key != self._key
        self.choose(key, text)
        if known:
            self.chosen.emit(key)

    def _mark(self, unclear: bool) -> None:
        if bool(self.property("problem")) is not unclear:
            self.setProperty("problem", unclear)
            restyle(self)

    def _paint(self) -> None:
        self._open.setIcon(icon("expand"))
