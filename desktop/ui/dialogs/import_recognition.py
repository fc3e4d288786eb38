"""The first step of an import: what was recognised in the file, and what can be chosen instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop.domain.distributions import FIELD_LABELS, read_ship_date
from desktop.domain.import_review import EarlierImport, ImportCounts, ImportPreview
from desktop.domain.imports import LINE_FIELDS, DateOrder, FileKind, ParsedFile
from desktop.ui.formats import BLANK, counted, shown_number, shown_size, shown_time
from desktop.ui.theme import Tone
from desktop.ui.widgets.named import muted, named
from desktop.ui.widgets.notice import Notice

KIND_LABELS: Mapping[FileKind, str] = {
    FileKind.CSV: "CSV file",
    FileKind.XLSX: "Workbook (XLSX)",
    FileKind.PDF: "PDF",
    FileKind.SHIPSTATION: "ShipStation export",
}
ENCODING_LABELS: Mapping[str, str] = {
    "utf-8": "UTF-8",
    "cp1252": "Windows-1252 (Western Europe)",
    "cp1250": "Windows-1250 (Central Europe)",
    "iso8859-1": "ISO 8859-1 (Latin 1)",
    "mac-roman": "Mac Roman",
    "cp437": "DOS (code page 437)",
    "utf-16-le": "UTF-16, little endian",
    "utf-16-be": "UTF-16, big endian",
}
SEPARATOR_LABELS: Mapping[str, str] = {",": "Comma  ,", ";": "Semicolon  ;", "\t": "Tab", "|": "Vertical bar  |"}
DATE_ORDER_LABELS: Mapping[DateOrder, str] = {
    DateOrder.ISO: "Year first (2025-03-04 is 4 March)",
    DateOrder.MDY: "Month first (3/4/2025 is 4 March)",
    DateOrder.DMY: "Day first (3/4/2025 is 3 April)",
}
_ORDER_NAMES: Mapping[DateOrder, str] = {DateOrder.MDY: "Month first", DateOrder.DMY: "Day first"}


def encoding_choices(recognised: str | None) -> list[tuple[str, str]]:
    """Encodings to choose from, each its name and what people call it; the recognised one comes first and is marked."""
    choices = [(name, label) for name, label in ENCODING_LABELS.items() if name != recognised]
    if recognised is not None:
        label = ENCODING_LABELS.get(recognised, recognised.upper())
        choices.insert(0, (recognised, f"{label}, as recognised"))
    return choices


class EncodingButton(QPushButton):
    """Offers the encodings where no file could be read yet. `chosen` carries the encoding's name."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("&Read it as", parent)
        named(self, "importEncodingButton", "Read the file in another encoding")
        self.setMenu(named(QMenu(self), "importEncodingMenu"))

    def set_recognised(self, recognised: str | None) -> None:
        """Offers the encodings for a file."""
        menu = self.menu()
        menu.clear()
        for name, label in encoding_choices(recognised):
            menu.addAction(label, partial(self.chosen.emit, name))


class ImportRecognition(QScrollArea):
    """Shows one file. `encoding_chosen` and `date_order_chosen` ask for another reading of it."""

    encoding_chosen = Signal(str)
    date_order_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("importRecognition")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._earlier = Notice("importEarlier", Tone.INFO)
        self._build_question()
        self._kind = _value("importKind", "Kind of file")
        self._lines = _value("importLines", "Lines")
        self._separator = _value("importSeparator", "Separator")
        self._encoding = named(QComboBox(), "importEncoding", "Encoding")
        self._encoding.activated.connect(self._choose_encoding)
        self._date_order = named(QComboBox(), "importDateOrder", "Date order")
        self._date_order.setPlaceholderText("Choose the date order")
        for order in _ORDER_NAMES:
            self._date_order.addItem(DATE_ORDER_LABELS[order], order)
        self._date_order.activated.connect(self._choose_date_order)
        self._dates = _value("importDates", "Dates")
        self._notes = named(QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText), "importNotes", "Notes")
        self._notes.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._columns = self._make_column_list()
        self._missing = named(muted(QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)), "importMissing")
        self._encoding_shown = -1
        self._date_order_shown = -1
        self._build()

    def show_preview(self, preview: ImportPreview, recognised: str | None, example: str | None) -> None:
        """Shows what was found in a file that could be read.

        `recognised` is the encoding that was found before another one was chosen. `example` is its `date_example`.
        """
        file = preview.file
        self._kind.setText(f"{KIND_LABELS[file.kind]}, {shown_size(file.size)}")
        self._lines.setText(_lines_in_words(preview.counts))
        self._separator.setText(SEPARATOR_LABELS.get(file.delimiter or "", file.delimiter or BLANK))
        self._encoding.clear()
        for name, label in encoding_choices(recognised):
            self._encoding.addItem(label, name)
        self._encoding_shown = self._encoding.findData(file.encoding)
        self._encoding.setCurrentIndex(self._encoding_shown)
        self._show_date_order(file.date_order, example)
        self._notes.setText("\n".join(f"•  {note}" for note in file.notes))
        self._notes.setVisible(bool(file.notes))
        self._show_columns(file)
        self._earlier.say("" if preview.earlier is None else _earlier_sentence(preview.earlier))

    def _show_date_order(self, order: DateOrder | None, example: str | None) -> None:
        can_choose = order in _ORDER_NAMES or example is not None
        self._dates.setText(BLANK if order is None else DATE_ORDER_LABELS[order])
        self._dates.setVisible(not can_choose)
        self._date_order.setVisible(can_choose)
        self._date_order_shown = -1 if order is None else self._date_order.findData(order)
        self._date_order.setCurrentIndex(self._date_order_shown)
        if order is not None or example is None:
            self._question.say("")
            return
        dates = f"Its dates, such as “{example}”," if example else "Its dates"
        self._question.say(
            f"{dates} can be read with the month first or with the day first, and nothing in the file settles it. "
            "Until you choose, lines with such a date are problems."
        )
        for asked, button in self._answers.items():
            day = _in_words(example, asked)
            button.setText(f"&{_ORDER_NAMES[asked]}: {day}" if day else f"&{_ORDER_NAMES[asked]}")

    def _show_columns(self, file: ParsedFile) -> None:
        self._columns.clear()
        for field in LINE_FIELDS:
            if field in file.columns:
                QTreeWidgetItem(self._columns, [FIELD_LABELS[field], file.columns[field]])
        missing = [FIELD_LABELS[field] for field in LINE_FIELDS if field not in file.columns]
        self._missing.setText(f"Not in the file: {', '.join(missing)}." if missing else "")
        self._missing.setVisible(bool(missing))

    def _choose_encoding(self, index: int) -> None:
        if index != self._encoding_shown:
            # What is shown stays what the file was read with, until it was read again.
            self._encoding.setCurrentIndex(self._encoding_shown)
            self.encoding_chosen.emit(self._encoding.itemData(index))

    def _choose_date_order(self, index: int) -> None:
        if index != self._date_order_shown:
            self._date_order.setCurrentIndex(self._date_order_shown)
            self.date_order_chosen.emit(DateOrder(self._date_order.itemData(index)))

    def _build_question(self) -> None:
        self._question = Notice("importDateQuestion", Tone.WARNING)
        row = QHBoxLayout()
        self._answers: dict[DateOrder, QPushButton] = {}
        for order in _ORDER_NAMES:
            button = named(QPushButton(autoDefault=False), f"importDates_{order.value}", DATE_ORDER_LABELS[order])
            button.clicked.connect(partial(self._answer, order))
            self._answers[order] = button
            row.addWidget(button)
        row.addStretch(1)
        self._question.column.addLayout(row)

    def _answer(self, order: DateOrder) -> None:
        self.date_order_chosen.emit(order)

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
        facts: Sequence[tuple[str, QWidget]] = (
            ("Kind", self._kind),
            ("Lines", self._lines),
            ("Separator", self._separator),
            ("Encoding", self._encoding),
            ("Dates", self._date_order),
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for row, (text, widget) in enumerate(facts):
            label = muted(QLabel(text))
            label.setBuddy(widget)
            grid.addWidget(label, row, 0)
            grid.addWidget(widget, row, 1)
        grid.addWidget(self._dates, len(facts) - 1, 1)
        left = QVBoxLayout()
        left.setSpacing(12)
        left.addWidget(_section("What was recognised"))
        left.addLayout(grid)
        left.addWidget(self._notes)
        left.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(12)
        right.addWidget(_section("Columns"))
        right.addWidget(self._columns, 1)
        right.addWidget(self._missing)
        sides = QHBoxLayout()
        sides.setSpacing(24)
        sides.addLayout(left, 1)
        sides.addLayout(right, 1)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self._earlier)
        column.addWidget(self._question)
        column.addLayout(sides, 1)
        self.setWidget(inner)


def date_example(file: ParsedFile) -> str | None:
    """A date of a file that can be read both ways; "" when only the order is in doubt, None when nothing is."""
    if file.date_order is not None:
        return None
    place = LINE_FIELDS.index("ship_date")
    found: str | None = None
    for row in file.rows:
        text = row.values[place].strip()
        readings = {read_ship_date(text, order, date.max).value for order in (DateOrder.MDY, DateOrder.DMY)} - {None}
        if len(readings) == 2:
            return text
        if readings and found is None and read_ship_date(text, None, date.max).value is None:
            found = ""
    return found


def _in_words(example: str | None, order: DateOrder) -> str:
    """`4 March 2025`; "" when there is no example."""
    day = read_ship_date(example or "", order, date.max).value
    return f"{day.day} {QLocale.c().monthName(day.month)} {day.year}" if isinstance(day, date) else ""


def _lines_in_words(counts: ImportCounts) -> str:
    """`10: 7 new, 1 duplicate, 1 conflict, 1 problem`."""
    parts = [
        f"{shown_number(counts.new)} new",
        counted(counts.duplicate, "duplicate", "duplicates"),
        counted(counts.conflict, "conflict", "conflicts"),
        counted(counts.problem, "problem", "problems"),
    ]
    return f"{shown_number(counts.lines)}: {', '.join(parts)}" if counts.lines else "None"


def _earlier_sentence(earlier: EarlierImport) -> str:
    by = f" by {earlier.imported_by}" if earlier.imported_by else ""
    return (
        f"The same file was imported on {shown_time(earlier.imported_at)}{by} (import {earlier.batch_id}). "
        "Lines that are in the log already are not imported again."
    )


def _section(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("section", True)
    return label


def _value(name: str, spoken: str) -> QLabel:
    label = named(QLabel(textFormat=Qt.TextFormat.PlainText), name, spoken)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label
