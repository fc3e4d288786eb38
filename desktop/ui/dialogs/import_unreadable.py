"""What stands in an import's steps while there is no file to show: which one, or why not this one."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QPushButton

from desktop.ui.dialogs.import_words import encoding_choices
from desktop.ui.widgets.empty_state import EmptyState
from desktop.ui.widgets.named import named


def push_button(name: str, text: str, *, primary: bool = False) -> QPushButton:
    """A button of the dialog. Not autoDefault: Enter in the table, or on any other button, must never import."""
    button = named(QPushButton(text, autoDefault=False), name, text.replace("&", "").rstrip("…"))
    button.setProperty("primary", primary)
    return button


class StartState(EmptyState):
    """No file yet."""

    def __init__(self) -> None:
        self.choose = push_button("importChoose", "Choose a &file…")
        super().__init__(
            "importStart",
            "import",
            "Which file do you want to import?",
            "A CSV file or a workbook with ship date, order number, facility, SKU, lot and quantity, or a ShipStation "
            "export. You see every line before anything is written.",
            [self.choose],
        )


class UnreadableState(EmptyState):
    """A file that cannot be read, with the ways out. `encoding_chosen` carries the name of another encoding."""

    encoding_chosen = Signal(str)

    def __init__(self) -> None:
        self.choose = push_button("importChooseInstead", "Choose another &file…")
        self.again = push_button("importReadAgain", "&Try again")
        self._encodings = push_button("importEncodingButton", "&Read it as")
        self._encodings.setAccessibleName("Read the file in another encoding")
        self._encodings.setMenu(named(QMenu(self._encodings), "importEncodingMenu"))
        buttons = [self.choose, self.again, self._encodings]
        super().__init__("importUnreadable", "problem", "This file cannot be imported", "", buttons)

    def show_reason(self, sentence: str, recognised: str | None, *, perhaps_encoding: bool) -> None:
        """Says why; other encodings are offered where that may help."""
        self.set_sentence(sentence)
        self._encodings.setVisible(perhaps_encoding)
        menu = self._encodings.menu()
        menu.clear()
        for name, label in encoding_choices(recognised):
            menu.addAction(label, partial(self.encoding_chosen.emit, name))
