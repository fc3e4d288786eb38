"""The columns step of an import: which column is which field, and everything else about how the file is read."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from desktop.domain.distributions import FIELD_LABELS
from desktop.domain.import_review import ImportChoices
from desktop.domain.imports import LINE_FIELDS, REQUIRED_FIELDS, DateOrder, FileProblemKind, ParsedFile
from desktop.ui.dialogs.import_words import DATE_ORDER_LABELS, ORDER_NAMES, date_in_words, encoding_choices
from desktop.ui.tables.import_columns import (
    FIELD,
    HEADER,
    NOT_USED,
    REMARK,
    SAMPLES,
    FileColumnsModel,
    file_columns,
)
from desktop.ui.tables.record_table import RecordTable
from desktop.ui.theme import Tone
from desktop.ui.widgets.named import muted, named
from desktop.ui.widgets.notice import Notice

_Index = QModelIndex | QPersistentModelIndex

# What can be repaired by saying which column is which.
REPAIRED_HERE = (FileProblemKind.MISSING_COLUMN, FileProblemKind.DUPLICATE_HEADER, FileProblemKind.NO_HEADER)
_REMARK_WIDTH, _SAMPLES_WIDTH = 300, 330


class _Fields(QStyledItemDelegate):
    """Edits the field of a column by a list that opens at once."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:  # noqa: ARG002, N802
        box = named(QComboBox(parent), "importField", "Taken for")
        box.addItem(NOT_USED, "")
        for field in LINE_FIELDS:
            box.addItem(f"{FIELD_LABELS[field]} *" if field in REQUIRED_FIELDS else FIELD_LABELS[field], field)
        box.activated.connect(partial(self._take, box))
        QTimer.singleShot(0, box, box.showPopup)
        return box

    def setEditorData(self, editor: QWidget, index: _Index) -> None:  # noqa: N802
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(editor.findData(index.data(Qt.ItemDataRole.EditRole) or ""))

    def setModelData(self, editor: QWidget, model: object, index: _Index) -> None:  # noqa: N802
        if isinstance(editor, QComboBox) and isinstance(model, FileColumnsModel):
            model.setData(index, editor.currentData())

    def _take(self, box: QComboBox, _chosen: int) -> None:
        self.commitData.emit(box)
        self.closeEditor.emit(box)


class _ColumnsTable(RecordTable):
    """Enter, F2 or a click opens the list of fields; Delete takes the column for none. Ctrl+Enter is the dialog's."""

    def __init__(self) -> None:
        super().__init__("importColumnTable", "Columns of the file")
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.DoubleClicked | triggers.SelectedClicked | triggers.EditKeyPressed)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setItemDelegateForColumn(FIELD, _Fields(self))
        self.horizontalHeader().setSectionsMovable(False)
        self.horizontalHeader().setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        row, model = self.currentIndex().row(), self.model()
        if row < 0 or not isinstance(model, FileColumnsModel):
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2) and not event.modifiers():
            if model.flags(model.index(row, FIELD)) & Qt.ItemFlag.ItemIsEditable:
                self.edit(model.index(row, FIELD))
        elif event.key() == Qt.Key.Key_Delete:
            model.assign(row, None)
        else:
            super().keyPressEvent(event)


class ImportColumns(QWidget):
    """Shows how one file is read, or why it cannot be yet.

    `encoding_chosen` and `sheet_chosen` ask for another reading at once, because the columns may be others then.
    `changed` follows every choice that is taken with `chosen` when the person goes on.
    """

    encoding_chosen = Signal(str)
    sheet_chosen = Signal(str)
    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "importColumnStep")
        self._file = FileColumnsModel.NO_FILE
        self._date_order: DateOrder | None = None
        self._asked_for_dates = False
        self._model = FileColumnsModel()
        self._model.setParent(self)
        self._model.assigned.connect(self._settle)
        self._problem = Notice("importColumnProblem", Tone.PROBLEM)
        self._build_question()
        self._encoding_label = muted(QLabel("Encoding"))
        self._sheet_label = muted(QLabel("Sheet"))
        self._dates_label = muted(QLabel("Dates"))
        self._as_last_time = named(muted(QLabel("As last time for files with this header.")), "importAsLastTime")
        facts = self._build_facts()
        self.table = _ColumnsTable()
        self.table.setModel(self._model)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(HEADER, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(FIELD, QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        self.table.setColumnWidth(SAMPLES, _SAMPLES_WIDTH)
        self.table.setColumnWidth(REMARK, _REMARK_WIDTH)
        hint = muted(QLabel("Enter chooses the field of a column, Delete leaves the column out."))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self._problem)
        column.addWidget(self._question)
        column.addLayout(facts)
        column.addWidget(self.table, 1)
        column.addWidget(hint)

    def show_file(self, file: ParsedFile, recognised: str | None, example: str | None) -> None:
        """Shows a file as it was read. `recognised` is the encoding found before another one was chosen; `example` is
        its `date_example`.
        """
        self._file = file
        optional = frozenset() if file.file_problem else frozenset(REQUIRED_FIELDS) - frozenset(file.columns)
        self._model.show(file_columns(file), file.columns, optional)
        self._show_facts(file, recognised)
        self._date_order = file.date_order
        self._asked_for_dates = file.date_order is None and example is not None
        can_choose = self._asked_for_dates or file.date_order in ORDER_NAMES
        self._dates.setVisible(can_choose)
        self._dates_label.setVisible(can_choose)
        self._dates.setCurrentIndex(-1 if file.date_order is None else self._dates.findData(file.date_order))
        self._ask_for_dates(example)
        index = self._model.index(self._model.first_undecided(), FIELD)
        self.table.setCurrentIndex(index)
        self.table.scrollTo(index)
        self._settle()

    @property
    def is_changed(self) -> bool:
        """Whether the file must be read again for what is chosen now."""
        return dict(self._model.columns) != dict(self._file.columns) or self._date_order != self._file.date_order

    def chosen(self, choices: ImportChoices) -> ImportChoices:
        """The choices with the columns and the date order that are chosen here.

        A field that would be recognised but is not wanted gets "" for its header. What nobody changed is left to be
        recognised or remembered.
        """
        columns = dict(self._model.columns)
        if columns != dict(self._file.columns) or self._file.file_problem is not None:
            columns |= {field: "" for field in self._file.columns if field not in columns}
            choices = replace(choices, columns=columns)
        if self._date_order != self._file.date_order:
            choices = replace(choices, date_order=self._date_order)
        return choices

    @property
    def problem(self) -> str:
        """What must be decided before the file can be read so; "" when nothing is."""
        return " ".join([*self._column_problems(), *self._date_problems()])

    def _date_problems(self) -> list[str]:
        asked = self._asked_for_dates and self._date_order is None
        return ["Choose the date order."] if asked else []

    def _column_problems(self) -> list[str]:
        sentences = []
        if missing := [FIELD_LABELS[field] for field in self._model.missing]:
            *most, last = missing
            named_fields = f"{', '.join(most)} and {last}" if most else last
            verb = "have" if most else "has"
            sentences.append(f"{named_fields} {verb} no column yet: choose the one it is read from.")
        for field in self._model.doubled:
            headers = [
                f"“{self._model.index(row, HEADER).data()}”"
                for row, taken in enumerate(self._model.fields)
                if taken == field
            ]
            sentences.append(f"{' and '.join(headers)} are both taken for {FIELD_LABELS[field].lower()}: choose one.")
        return sentences

    def focus_first(self) -> None:
        """The keyboard begins where something must be decided."""
        if self._date_problems() and not self._column_problems():
            self._answers[DateOrder.MDY].setFocus()
        else:
            self.table.setFocus()

    # What is shown.

    def _settle(self) -> None:
        sentences = self._column_problems()
        read = self._file.file_problem
        if read is not None and (sentences or not self.is_changed):
            sentences.insert(0, read.message)
        self._problem.say(" ".join(sentences))
        for order, button in self._answers.items():
            button.setChecked(order is self._date_order)
        self.changed.emit()

    def _show_facts(self, file: ParsedFile, recognised: str | None) -> None:
        self._encoding.clear()
        for name, label in encoding_choices(recognised):
            self._encoding.addItem(label, name)
        self._encoding_shown = self._encoding.findData(file.encoding)
        self._encoding.setCurrentIndex(self._encoding_shown)
        for widget in (self._encoding, self._encoding_label):
            widget.setVisible(file.encoding is not None)
        self._sheet.clear()
        self._sheet.addItems(list(file.sheets))
        self._sheet_shown = self._sheet.findText(file.sheet or "")
        self._sheet.setCurrentIndex(self._sheet_shown)
        for widget in (self._sheet, self._sheet_label):
            widget.setVisible(len(file.sheets) > 1)
        self._as_last_time.setVisible(file.remembered)

    def _ask_for_dates(self, example: str | None) -> None:
        if not self._asked_for_dates:
            self._question.say("")
            return
        dates = f"Its dates, such as “{example}”," if example else "Its dates"
        self._question.say(
            f"{dates} can be read with the month first or with the day first, and nothing in the file settles it."
        )
        for asked, button in self._answers.items():
            day = date_in_words(example, asked)
            button.setText(f"&{ORDER_NAMES[asked]}: {day}" if day else f"&{ORDER_NAMES[asked]}")

    def _choose_encoding(self, index: int) -> None:
        if index != self._encoding_shown:
            # What is shown stays what the file was read with, until it was read again.
            self._encoding.setCurrentIndex(self._encoding_shown)
            self.encoding_chosen.emit(self._encoding.itemData(index))

    def _choose_sheet(self, index: int) -> None:
        if index != self._sheet_shown:
            self._sheet.setCurrentIndex(self._sheet_shown)
            self.sheet_chosen.emit(self._sheet.itemText(index))

    def _choose_dates(self, order: DateOrder) -> None:
        self._date_order = order
        self._dates.setCurrentIndex(self._dates.findData(order))
        self._settle()

    # What the step is made of.

    def _build_question(self) -> None:
        self._question = Notice("importDateQuestion", Tone.WARNING)
        row = QHBoxLayout()
        self._answers: dict[DateOrder, QPushButton] = {}
        for order in ORDER_NAMES:
            button = named(QPushButton(autoDefault=False), f"importDates_{order.value}", DATE_ORDER_LABELS[order])
            button.setCheckable(True)
            button.clicked.connect(partial(self._answer, order))
            self._answers[order] = button
            row.addWidget(button)
        row.addStretch(1)
        self._question.column.addLayout(row)

    def _answer(self, order: DateOrder) -> None:
        self._choose_dates(order)

    def _build_facts(self) -> QHBoxLayout:
        self._encoding = named(QComboBox(), "importEncoding", "Encoding")
        self._encoding.activated.connect(self._choose_encoding)
        self._encoding_shown = -1
        self._sheet = named(QComboBox(), "importSheet", "Sheet")
        self._sheet.activated.connect(self._choose_sheet)
        self._sheet_shown = -1
        self._dates = named(QComboBox(), "importDateOrder", "Date order")
        self._dates.setPlaceholderText("Choose the date order")
        for order in ORDER_NAMES:
            self._dates.addItem(DATE_ORDER_LABELS[order], order)
        self._dates.activated.connect(lambda index: self._choose_dates(DateOrder(self._dates.itemData(index))))
        facts = QHBoxLayout()
        facts.setSpacing(8)
        for label, box in (
            (self._encoding_label, self._encoding),
            (self._sheet_label, self._sheet),
            (self._dates_label, self._dates),
        ):
            label.setBuddy(box)
            facts.addWidget(label)
            facts.addWidget(box)
            facts.addSpacing(12)
        facts.addStretch(1)
        facts.addWidget(self._as_last_time)
        return facts
