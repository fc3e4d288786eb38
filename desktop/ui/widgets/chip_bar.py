"""The conditions that are active, one chip each; a click or a key takes one away."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QLabel, QToolButton, QWidget

from desktop.ui.formats import plain_tool_tip
from desktop.ui.icons import icon
from desktop.ui.theme import tokens_in_use
from desktop.ui.widgets.flow_layout import FlowLayout
from desktop.ui.widgets.named import muted, named


class _Chip(QToolButton):
    """One condition; Delete, Backspace and Enter take it away as a click and Space do."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


class ChipBar(QWidget):
    """Hidden while there is no chip. `removed` carries the key of the chip that was taken away. `buttons` stand last.

    The focus goes on to the next chip when the one that had it is taken away, and `emptied` follows the last.
    """

    removed = Signal(str)
    emptied = Signal()

    def __init__(self, caption: str, buttons: Sequence[QAbstractButton] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = FlowLayout(self)
        self._caption = muted(QLabel(caption))
        self._caption.setMinimumHeight(24)
        self._row.addWidget(self._caption)
        self._buttons = tuple(buttons)
        self._chips: list[QToolButton] = []
        self.hide()

    @property
    def texts(self) -> tuple[str, ...]:
        """What the chips say."""
        return tuple(chip.text().replace("&&", "&") for chip in self._chips)

    def set_chips(self, chips: Sequence[tuple[str, str]]) -> None:
        """Shows these chips, each a key and a text."""
        focused = next((place for place, chip in enumerate(self._chips) if chip.hasFocus()), None)
        for chip in self._chips:
            self._row.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._chips = [self._chip(key, text) for key, text in chips]
        for button in (*self._chips, *self._buttons):
            self._row.removeWidget(button)
            self._row.addWidget(button)
        self.setVisible(bool(self._chips))
        self.updateGeometry()
        if focused is not None and self._chips:
            following = self._chips[min(focused, len(self._chips) - 1)]
            following.show()  # a layout shows it later, and what is not shown takes no focus
            following.setFocus()
        elif focused is not None:
            self.emptied.emit()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_chips"):
            for chip in self._chips:
                chip.setIcon(icon("close", tokens_in_use().on_selection))

    def _chip(self, key: str, text: str) -> QToolButton:
        chip = named(_Chip(), f"chip_{key}", f"Remove the condition {text}")
        chip.setText(text.replace("&", "&&"))  # no letter of an imported name is the mark of a key
        chip.setToolTip(plain_tool_tip(f"Remove the condition “{text}”"))
        chip.setProperty("chip", True)
        chip.setIcon(icon("close", tokens_in_use().on_selection))
        chip.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        chip.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        chip.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        chip.clicked.connect(lambda: self.removed.emit(key))
        return chip
