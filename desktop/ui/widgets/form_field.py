"""A field of a form: its label above it, what is wrong below it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from desktop.ui.widgets.named import muted, named
from desktop.ui.widgets.problem_label import ProblemLabel


class FormField(QWidget):
    """`editor` gets `name` as its objectName and `label` as its accessibleName.

    `row` is the widget that is laid out when the editor has company, such as a button beside it.
    """

    def __init__(self, name: str, label: str, editor: QWidget, row: QWidget | None = None) -> None:
        super().__init__()
        self.editor = named(editor, name, label)
        caption = QLabel(label)
        caption.setBuddy(editor)
        self._problem = ProblemLabel(editor)
        self._note = muted(QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText))
        self._note.setObjectName(f"{name}Note")
        self._note.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(caption)
        column.addWidget(row or editor)
        column.addWidget(self._problem)
        column.addWidget(self._note)
        column.addStretch(1)

    @property
    def problem(self) -> str:
        """What is said to be wrong; "" when nothing is."""
        return self._problem.text()

    def set_problem(self, sentence: str | None) -> None:
        """Says what is wrong with the value, or that nothing is."""
        self._problem.set_problem(sentence)

    @property
    def note(self) -> str:
        """What is said about the value that is not wrong; "" when nothing is."""
        return self._note.text()

    def set_note(self, sentence: str | None) -> None:
        """Says what becomes of the value, quietly, or nothing."""
        self._note.setText(sentence or "")
        self._note.setVisible(bool(sentence))
