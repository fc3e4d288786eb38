"""The first step of an import: what was recognised in the file, in one look."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop.domain.distributions import FIELD_LABELS
from desktop.domain.import_review import ImportPreview
from desktop.domain.imports import LINE_FIELDS, ParsedFile
from desktop.ui.dialogs.import_words import (
    DATE_ORDER_LABELS,
    KIND_LABELS,
    SEPARATOR_LABELS,
    earlier_sentence,
    encoding_label,
    lines_in_words,
)
from desktop.ui.formats import BLANK, shown_size
from desktop.ui.theme import Tone
from desktop.ui.widgets.named import muted, named
from desktop.ui.widgets.notice import Notice


class ImportRecognition(QScrollArea):
    """Shows one file. `columns_asked` asks for the step where it can be read in another way."""

    columns_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("importRecognition")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._earlier = Notice("importEarlier", Tone.INFO)
        self._values = {
            text: _value(name, text)
            for text, name in (
                ("Kind", "importKind"),
                ("Lines", "importLines"),
                ("Sheet", "importSheetShown"),
                ("Separator", "importSeparator"),
                ("Encoding", "importEncodingShown"),
                ("Dates", "importDates"),
                ("Read", "importRead"),
            )
        }
        self._captions = {text: muted(QLabel(text)) for text in self._values}
        self._notes = named(QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText), "importNotes", "Notes")
        self._notes.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._columns = self._make_column_list()
        self._missing = named(muted(QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)), "importMissing")
        self._change = named(QPushButton("&Columns…", autoDefault=False), "importChangeColumns", "Columns")
        self._change.setToolTip("Read other columns, another encoding, date order or sheet")
        self._change.clicked.connect(lambda: self.columns_asked.emit())
        self._build()

    def show_preview(self, preview: ImportPreview) -> None:
        """Shows what was found in a file that could be read."""
        file = preview.file
        facts = {
            "Kind": f"{KIND_LABELS[file.kind]}, {shown_size(file.size)}",
            "Lines": lines_in_words(preview.counts),
            "Sheet": file.sheet or "",
            "Separator": SEPARATOR_LABELS.get(file.delimiter or "", file.delimiter or ""),
            "Encoding": "" if file.encoding is None else encoding_label(file.encoding),
            "Dates": BLANK if file.date_order is None else DATE_ORDER_LABELS[file.date_order],
            "Read": "As last time for files with this header" if file.remembered else "",
        }
        for text, fact in facts.items():
            self._values[text].setText(fact)
            for widget in (self._values[text], self._captions[text]):
                widget.setVisible(bool(fact))
        self._notes.setText("\n".join(f"•  {note}" for note in file.notes))
        self._notes.setVisible(bool(file.notes))
        self._show_columns(file)
        self._change.setEnabled(bool(file.header))
        self._earlier.say("" if preview.earlier is None else earlier_sentence(preview.earlier))

    def _show_columns(self, file: ParsedFile) -> None:
        self._columns.clear()
        for field in LINE_FIELDS:
            if field in file.columns:
                QTreeWidgetItem(self._columns, [FIELD_LABELS[field], file.columns[field]])
        missing = [FIELD_LABELS[field] for field in LINE_FIELDS if field not in file.columns]
        self._missing.setText(f"Not in the file: {', '.join(missing)}." if missing else "")
        self._missing.setVisible(bool(missing))

    def _make_column_list(self) -> QTreeWidget:
        columns = named(QTreeWidget(), "importColumns", "Columns of the file")
        columns.setHeaderLabels(["Field", "Column in the file"])
        columns.setRootIsDecorated(False)
        columns.setUniformRowHeights(True)
        columns.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        columns.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        columns.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        return columns

    def _build(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for row, (text, value) in enumerate(self._values.items()):
            grid.addWidget(self._captions[text], row, 0)
            grid.addWidget(value, row, 1)
        left = _side("What was recognised")
        left.addLayout(grid)
        left.addWidget(self._notes)
        left.addStretch(1)
        right = _side("Columns")
        right.addWidget(self._columns, 1)
        right.addWidget(self._missing)
        right.addWidget(self._change, 0, Qt.AlignmentFlag.AlignLeft)
        sides = QHBoxLayout()
        sides.setSpacing(24)
        sides.addLayout(left, 1)
        sides.addLayout(right, 1)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self._earlier)
        column.addLayout(sides, 1)
        self.setWidget(inner)


def _side(title: str) -> QVBoxLayout:
    label = QLabel(title)
    label.setProperty("section", True)
    column = QVBoxLayout()
    column.setSpacing(12)
    column.addWidget(label)
    return column


def _value(name: str, spoken: str) -> QLabel:
    label = named(QLabel(textFormat=Qt.TextFormat.PlainText), name, spoken)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label
