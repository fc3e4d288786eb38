"""What is exported from the log, and into which kind of file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from desktop.domain.reports import WORKBOOK_LINES
from desktop.ui.formats import counted
from desktop.ui.theme import Tone
from desktop.ui.widgets.fit_height import fit_height
from desktop.ui.widgets.named import muted, named
from desktop.ui.widgets.notice import Notice


class ExportFormat(Enum):
    """The value is the file's ending."""

    RECORD = "csv"
    WORKBOOK = "xlsx"


@dataclass(frozen=True, slots=True)
class ExportWanted:
    """`only_selected`: the selected entries instead of all that the filter finds."""

    only_selected: bool
    format: ExportFormat


class ExportDialog(QDialog):
    """Emits `submitted` with an `ExportWanted`; where to write is asked after that.

    `words` say the filter, `found` how many entries it finds (None while that is counted), `selected` how many of
    them are selected.
    """

    submitted = Signal(object)

    def __init__(self, words: str, found: int | None, selected: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("exportDialog")
        self.setWindowTitle("Export the distribution log")
        self.setFixedWidth(500)
        self._found, self._count = found, selected
        all_of_them = "The whole log" if words == "everything" else "What the filter finds"
        of_filter = all_of_them if found is None else f"{all_of_them}: {counted(found, 'entry', 'entries')}"
        self._everything = named(QRadioButton(of_filter), "exportFound", of_filter)
        of_selection = f"Only what is selected: {counted(selected, 'entry', 'entries')}"
        self._selected = named(QRadioButton(of_selection), "exportSelected", of_selection)
        self._selected.setEnabled(selected > 0)
        self._record = named(QRadioButton("CSV file, the record"), "exportRecord", "CSV file, the record")
        self._workbook = named(
            QRadioButton("Excel workbook, for a spreadsheet"), "exportWorkbook", "Excel workbook, for a spreadsheet"
        )
        self._groups = (QButtonGroup(self), QButtonGroup(self))
        for group, buttons in zip(
            self._groups, ((self._everything, self._selected), (self._record, self._workbook)), strict=True
        ):
            for button in buttons:
                group.addButton(button)
                button.toggled.connect(self._follow)
        self._too_many = Notice("exportTooMany", Tone.PROBLEM)
        cancel = named(QPushButton("Cancel"), "cancelButton")
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self._choose = named(QPushButton("Choose the file…"), "chooseFile", "Choose the file")
        self._choose.setProperty("primary", True)
        self._choose.setDefault(True)
        self._choose.clicked.connect(self._submit)
        self._arrange(words, cancel)
        self._everything.setChecked(True)
        self._record.setChecked(True)
        self._everything.setFocus()

    @property
    def problem(self) -> str:
        """Why what is chosen cannot be exported; "" when it can."""
        return self._too_many.text

    def _arrange(self, words: str, cancel: QPushButton) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(6)
        column.addWidget(_heading("Which entries"))
        column.addWidget(self._everything)
        if words != "everything":
            column.addWidget(_note(f"{words[0].upper()}{words[1:]}."))
        column.addWidget(self._selected)
        column.addSpacing(8)
        column.addWidget(_heading("Which file"))
        column.addWidget(self._record)
        column.addWidget(
            _note("The text exactly as it is recorded: to be kept, compared, and imported again to equal entries.")
        )
        column.addWidget(self._workbook)
        column.addWidget(
            _note("For people who work on with the figures: dates and quantities as such, and no cell is a formula.")
        )
        column.addSpacing(4)
        column.addWidget(
            muted(
                QLabel("Both have all columns of the record in their fixed order, not the ones shown.", wordWrap=True)
            )
        )
        column.addWidget(self._too_many)
        column.addSpacing(8)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self._choose)
        column.addLayout(buttons)

    def _follow(self) -> None:
        lines = self._count if self._selected.isChecked() else self._found
        too_many = self._workbook.isChecked() and lines is not None and lines > WORKBOOK_LINES
        self._too_many.say(
            f"A workbook holds at most {WORKBOOK_LINES:,} entries. Export as CSV, or choose fewer entries."
            if too_many
            else ""
        )
        self._choose.setEnabled(not too_many)
        fit_height(self)

    def _submit(self) -> None:
        kind = ExportFormat.WORKBOOK if self._workbook.isChecked() else ExportFormat.RECORD
        self.submitted.emit(ExportWanted(self._selected.isChecked(), kind))
        self.accept()


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("section", True)
    return label


def _note(text: str) -> QLabel:
    label = muted(QLabel(text, wordWrap=True, textFormat=Qt.TextFormat.PlainText))
    label.setContentsMargins(24, 0, 0, 4)
    return label
