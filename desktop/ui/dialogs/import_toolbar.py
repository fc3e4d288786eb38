"""The tools above the grid of an import's review, each with its keys."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from desktop.domain.import_review import ImportCounts
from desktop.ui.widgets.named import named


class ReviewToolbar(QWidget):
    """Asks for what its tools do. The keys work in the widget that the tools are for.

    `step_asked` carries 1 for the next problem and -1 for the one before.
    """

    undo_asked = Signal()
    redo_asked = Signal()
    step_asked = Signal(int)
    fill_asked = Signal()
    orders_asked = Signal()
    reps_asked = Signal()
    save_asked = Signal()

    def __init__(self, place: QWidget) -> None:
        super().__init__()
        self._place = place
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)
        self._undo = self._tool("importUndo", "Undo", self.undo_asked.emit, "Ctrl+Z")
        self._redo = self._tool("importRedo", "Redo", self.redo_asked.emit, "Ctrl+Y", "Ctrl+Shift+Z")
        next_tip = "The next cell that keeps a line out of the import"
        ahead, back = partial(self.step_asked.emit, 1), partial(self.step_asked.emit, -1)
        self._next = self._tool("importNextProblem", "Next problem", ahead, "F8", "Ctrl+Down", tip=next_tip)
        self._previous = self._action("importPreviousProblem", "Previous problem", back, "Shift+F8", "Ctrl+Up")
        fill_tip = "One value into the same cell of many lines"
        self.fill = self._tool("importFill", "Fill…", self.fill_asked.emit, "Ctrl+D", tip=fill_tip)
        orders_tip = "An order number for the lines that have none"
        self.orders = self._tool("importOrders", "Give order number…", self.orders_asked.emit, "Ctrl+G", tip=orders_tip)
        reps_tip = "A person for a rep whose name nobody here has, or for lines without one"
        self.reps = self._tool("importReps", "Link rep…", self.reps_asked.emit, "Ctrl+L", tip=reps_tip)
        self._row.addStretch(1)
        save_tip = "The problem rows as a CSV file, to correct there and import again"
        self._save = self._tool(
            "importSaveProblems", "Save problem rows…", self.save_asked.emit, "Ctrl+S", tip=save_tip
        )

    def set_history(self, undo_words: str, redo_words: str) -> None:
        """What can be taken back and taken again; "" for nothing."""
        for action, verb, words in ((self._undo, "Undo", undo_words), (self._redo, "Redo", redo_words)):
            action.setEnabled(bool(words))
            keys = _keys(action)
            action.setToolTip(f"{verb}: {words} ({keys})" if words else f"Nothing to {verb.lower()} ({keys})")

    def set_counts(self, counts: ImportCounts) -> None:
        """There is nothing to go to, or to save, when no line is left out."""
        for action in (self._next, self._previous):
            action.setEnabled(counts.problem + counts.conflict > 0)
        self._save.setEnabled(counts.problem > 0)

    def _tool(self, name: str, text: str, act: Callable[[], object], *keys: str, tip: str = "") -> QAction:
        action = self._action(name, text, act, *keys, tip=tip)
        button = named(QToolButton(), name, text.rstrip("…"))
        button.setDefaultAction(action)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._row.addWidget(button)
        return action

    def _action(self, name: str, text: str, act: Callable[[], object], *keys: str, tip: str = "") -> QAction:
        action = QAction(text, self)
        action.setIconText(text)  # a tool button would leave the dots out
        action.setObjectName(f"{name}Action")
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.setToolTip(f"{tip or text} ({_keys(action)})")
        action.triggered.connect(lambda _checked=False: act())
        self._place.addAction(action)
        return action


def _keys(action: QAction) -> str:
    return action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
