"""Below the grid of an import's review: what is said of the selected lines, and what is decided of their conflicts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from desktop.domain.import_review import ConflictDecision
from desktop.ui.formats import shown_number
from desktop.ui.icons import icon
from desktop.ui.tables.import_lines import STATE_LABELS, ShownLine
from desktop.ui.widgets.named import muted, named

DECISION_LABELS: Mapping[ConflictDecision, str] = {
    ConflictDecision.SKIP: "Skip: the log stays",
    ConflictDecision.KEEP: "Keep both lines",
}
_LINES_OF_TEXT = 3


class ReviewPanel(QWidget):
    """`decided` carries a `ConflictDecision` for the selected conflicts, `all_decided` one for every conflict."""

    decided = Signal(object)
    all_decided = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._says = named(QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText), "importSays", "The selected line")
        self._says.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._says.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._says.setFixedHeight(_LINES_OF_TEXT * self._says.fontMetrics().lineSpacing() + 2)
        self._decisions: dict[ConflictDecision, QPushButton] = {}
        decide = QHBoxLayout()
        for decision, label in DECISION_LABELS.items():
            button = named(QPushButton(f"&{label}", autoDefault=False), f"importDecide_{decision.value}", label)
            button.setCheckable(True)
            button.clicked.connect(partial(self._decide, decision))
            self._decisions[decision] = button
            decide.addWidget(button)
        self._all = self._make_all_button()
        decide.addWidget(self._all)
        hint = muted(QLabel("Enter corrects a cell, F8 goes to the next problem"))
        right = QVBoxLayout()
        right.setSpacing(4)
        right.addLayout(decide)
        right.addWidget(hint, 0, Qt.AlignmentFlag.AlignRight)
        right.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self._says, 1)
        row.addLayout(right)

    def say(self, text: str) -> None:
        """What is said of the selected lines."""
        self._says.setText(text)

    def show_conflicts(self, decisions: set[ConflictDecision | None], *, several: bool) -> None:
        """What was decided of the selected conflicts; empty when none is selected. `several`: the file has some."""
        for decision, button in self._decisions.items():
            button.setVisible(bool(decisions))
            button.setChecked(decisions == {decision})
            button.setIcon(icon("success") if button.isChecked() else QIcon())
        self._all.setVisible(several)

    def _decide(self, decision: ConflictDecision) -> None:
        self.decided.emit(decision)

    def _make_all_button(self) -> QPushButton:
        button = named(QPushButton("Decide all conflic&ts", autoDefault=False), "importDecideAll")
        button.setAccessibleName("Decide all conflicts alike")
        menu = named(QMenu(button), "importDecideAllMenu")
        for decision, label in DECISION_LABELS.items():
            action = QAction(f"{label}, for every conflict", menu)
            action.setObjectName(f"importDecideAll_{decision.value}")
            action.triggered.connect(partial(self.all_decided.emit, decision))
            menu.addAction(action)
        button.setMenu(menu)
        return button


def explanation(shown: ShownLine) -> str:
    """A line in words: where it stands, what it is, and everything that is said of it."""
    row = f"Row {shown_number(shown.reviewed.row)}"
    if shown.checking:
        return f"{row} is checked again."
    state = STATE_LABELS[shown.reviewed.state]
    says = shown.says
    if not shown.can_be_corrected:
        says += ". This row cannot be corrected here: correct it in the file"
    return f"{row}, {state.lower()}. {says}{'.' if says else ''}"
