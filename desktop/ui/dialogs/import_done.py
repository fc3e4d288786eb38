"""The last step of an import: what was written, and what was not."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.domain.import_review import ImportReceipt
from desktop.ui.dialogs.import_outcome import Outcome
from desktop.ui.formats import counted, or_blank, shown_number
from desktop.ui.icons import icon
from desktop.ui.theme import Tone, tokens_in_use
from desktop.ui.widgets.named import muted, named

_FACTS = {
    "importedLines": "Lines imported",
    "importedUnits": "Units",
    "importedDuplicates": "Duplicates, in the log already",
    "importedSkipped": "Conflicts skipped",
    "importedLeftOut": "Left out: problems and undecided conflicts",
    "importedNumber": "Number of the import",
}


class ImportDone(QWidget):
    """Shows the receipt of one import, and that it was undone."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "importDone")
        self.setProperty("surface", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._picture = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._heading = named(QLabel(alignment=Qt.AlignmentFlag.AlignCenter), "importedHeading")
        self._heading.setProperty("heading", True)
        self._sentence = named(muted(QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)), "importedSentence")
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._sentence.setFixedWidth(480)
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(4)
        self._values: dict[str, QLabel] = {}
        for row, (name, text) in enumerate(_FACTS.items()):
            value = named(QLabel(textFormat=Qt.TextFormat.PlainText), name, text)
            value.setAlignment(Qt.AlignmentFlag.AlignRight)
            grid.addWidget(muted(QLabel(text)), row, 0)
            grid.addWidget(value, row, 1)
            self._values[name] = value
        # Not an alignment in the column: that would give the sentence the height it needs at the column's full width.
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self._sentence)
        middle.addStretch(1)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addStretch(2)
        column.addWidget(self._picture)
        column.addWidget(self._heading)
        column.addSpacing(6)
        facts = QWidget()
        facts.setLayout(grid)
        column.addWidget(facts, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addLayout(middle)
        column.addStretch(3)
        self._show_picture("success", Tone.SUCCESS)

    def show_receipt(self, receipt: ImportReceipt, outcome: Outcome) -> None:
        """Shows what was written, and of the `outcome` what was not."""
        verb = "was" if receipt.imported == 1 else "were"
        self._heading.setText(f"{counted(receipt.imported, 'line', 'lines')} {verb} imported")
        self.setAccessibleName(self._heading.text())
        numbers = {
            "importedLines": shown_number(receipt.imported),
            "importedUnits": shown_number(receipt.units),
            "importedDuplicates": shown_number(outcome.duplicates),
            "importedSkipped": shown_number(outcome.skipped),
            "importedLeftOut": shown_number(outcome.left_out),
            "importedNumber": or_blank(shown_number(receipt.batch_id)),
        }
        for name, text in numbers.items():
            self._values[name].setText(text)
        self._sentence.setText(
            "What was left out can be corrected in the file, or saved as problem rows, and imported again: "
            "the lines that are in the log by now are recognised."
            if outcome.left_out
            else ""
        )
        self._show_picture("success", Tone.SUCCESS)

    def show_undone(self, removed: int) -> None:
        """The import was taken back; `removed` lines were left to take out."""
        self._heading.setText("The import was undone")
        self.setAccessibleName(self._heading.text())
        verb = "was" if removed == 1 else "were"
        self._sentence.setText(
            f"{counted(removed, 'line', 'lines')} {verb} taken out of the log. The import, its source file and the "
            "reason are kept, and the file can be imported again."
        )
        self._show_picture("info", Tone.INFO)

    def _show_picture(self, name: str, tone: Tone) -> None:
        self._shown_picture = name, tone
        self._paint()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_shown_picture"):
            self._paint()

    def _paint(self) -> None:
        name, tone = self._shown_picture
        ink, _ = tokens_in_use().tone(tone)
        self._picture.setPixmap(icon(name, ink).pixmap(48, 48))
