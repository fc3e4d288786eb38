"""The second step of an import: every line with what would become of it, corrected and decided here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QColor, QIcon, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.domain.import_review import ConflictDecision, ImportChoices, LineState
from desktop.domain.imports import OPTIONAL_FIELDS
from desktop.ui.formats import counted, shown_number
from desktop.ui.icons import icon
from desktop.ui.tables.import_review import (
    REVIEW_COLUMNS,
    STATE_ICONS,
    STATE_LABELS,
    STATE_TONES,
    ImportReviewModel,
    Review,
    ShownLine,
)
from desktop.ui.tables.record_table import RecordTable
from desktop.ui.theme import tokens_in_use
from desktop.ui.widgets.flow_layout import FlowLayout
from desktop.ui.widgets.named import muted, named

DECISION_LABELS: Mapping[ConflictDecision, str] = {
    ConflictDecision.SKIP: "Skip: the log stays",
    ConflictDecision.KEEP: "Keep both lines",
}
_COLUMN_PLACES = {column.name: section for section, column in enumerate(REVIEW_COLUMNS)}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import would do with the lines of a file; every line is counted once."""

    new: int = 0
    kept: int = 0
    duplicates: int = 0
    skipped: int = 0
    undecided: int = 0
    problems: int = 0

    @classmethod
    def of(cls, review: Review, choices: ImportChoices) -> Outcome:
        """The outcome with these decisions."""
        decided = [choices.conflict_decisions.get(record, choices.conflicts) for record in review.conflicts.values()]
        counts = review.preview.counts
        return cls(
            new=counts.new,
            kept=decided.count(ConflictDecision.KEEP),
            duplicates=counts.duplicate,
            skipped=decided.count(ConflictDecision.SKIP),
            undecided=decided.count(None),
            problems=counts.problem,
        )

    @property
    def imported(self) -> int:
        """How many lines an import writes."""
        return self.new + self.kept

    @property
    def left_out(self) -> int:
        """How many lines a person could still bring in."""
        return self.problems + self.undecided

    def in_words(self) -> str:
        """Everything that is not imported, and why; "" when every line is."""
        sentences: list[str] = []
        if self.left_out:
            parts = []
            if self.problems:
                parts.append(counted(self.problems, "problem", "problems"))
            if self.undecided:
                parts.append(counted(self.undecided, "undecided conflict", "undecided conflicts"))
            verb = "is" if self.left_out == 1 else "are"
            sentences.append(f"{counted(self.left_out, 'line', 'lines')} {verb} left out: {', '.join(parts)}.")
        if self.duplicates:
            verb = "is" if self.duplicates == 1 else "are"
            sentences.append(f"{counted(self.duplicates, 'duplicate', 'duplicates')} {verb} in the log already.")
        if self.skipped:
            verb = "is" if self.skipped == 1 else "are"
            sentences.append(f"{counted(self.skipped, 'conflict', 'conflicts')} {verb} skipped.")
        return " ".join(sentences)


class _Cells(QStyledItemDelegate):
    """Frames the current cell, and edits it as text in an editor that is named after its column."""

    def initStyleOption(  # noqa: N802
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        # The style shades the current cell until its text is hard to read: `paint` frames it instead.
        option.state &= ~QStyle.StateFlag.State_HasFocus

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.save()
            painter.setPen(QPen(QColor(tokens_in_use().accent), 2))
            painter.drawRect(option.rect.adjusted(1, 1, -1, -1))
            painter.restore()

    def createEditor(  # noqa: N802
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        editor = super().createEditor(parent, option, index)
        return named(editor, "importCell", REVIEW_COLUMNS[index.column()].title)


class _ReviewTable(RecordTable):
    """Enter corrects the current cell; it must not reach the dialog, where it would press a button."""

    def __init__(self) -> None:
        super().__init__("importTable", "Lines of the file")
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setItemDelegate(_Cells(self))
        self.horizontalHeader().setSectionsMovable(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and self.state() != QAbstractItemView.State.EditingState:
            index = self.currentIndex()
            if self.model().flags(index) & Qt.ItemFlag.ItemIsEditable:
                self.edit(index)
            return
        super().keyPressEvent(event)


class ImportReview(QWidget):
    """Shows one `Review`. `choices_changed` carries the choices with a correction or decision more.

    They are shown at once; whoever listens has the lines checked again and calls `show_checked`.
    """

    choices_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("importReview")
        self._review: Review | None = None
        self._choices = ImportChoices()
        self.model = ImportReviewModel()
        self.model.setParent(self)
        self.model.corrected.connect(self._correct)
        self.table = _ReviewTable()
        self.table.setModel(self.model)
        self.table.set_columns(REVIEW_COLUMNS)
        self.table.selectionModel().selectionChanged.connect(self._explain)
        self.table.selectionModel().currentChanged.connect(self._explain)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._offer)
        self._filters = {state: self._make_filter(state) for state in (None, *LineState)}
        self._build_panel()
        filters = FlowLayout()
        for button in self._filters.values():
            filters.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(filters)
        column.addWidget(self.table, 1)
        column.addLayout(self._panel)
        self._paint()

    def show_review(self, review: Review, choices: ImportChoices) -> None:
        """Shows the lines of another reading of the file, and the first of them."""
        self._review, self._choices = review, choices
        self.model.show(review, choices)
        for section, column in enumerate(REVIEW_COLUMNS):
            absent = column.name in OPTIONAL_FIELDS and column.name not in review.preview.file.columns
            self.table.setColumnHidden(section, absent)
        self._filters[None].setChecked(True)
        self._count()
        self._go_to_first()

    def show_checked(self, review: Review, choices: ImportChoices) -> None:
        """Shows the same lines checked again; what is selected and where the table stands stays as it is."""
        self._review, self._choices = review, choices
        self.model.show_checked(review, choices)
        self._count()
        self._explain()

    def show_lines(self, state: LineState | None) -> None:
        """Shows the lines of one state, or all."""
        self._filters[state].setChecked(True)
        self.model.show_state(state)
        self._count()
        self._go_to_first()

    def finish_editing(self) -> None:
        """Takes in the cell that is being edited, if one is."""
        editor = self.table.indexWidget(self.table.currentIndex())
        if editor is not None:
            self.table.commitData(editor)
            self.table.closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_filters"):
            self._paint()

    # Corrections and decisions.

    def _correct(self, record: int, values: tuple[str, ...] | None) -> None:
        corrections = dict(self._choices.corrections)
        if values is None:
            corrections.pop(record, None)
        else:
            corrections[record] = values
        self._choose(replace(self._choices, corrections=corrections))

    def _decide(self, decision: ConflictDecision) -> None:
        """The selected conflicts."""
        records = self.model.conflicts_among(self.table.selected_rows())
        if records:
            decisions = dict(self._choices.conflict_decisions) | dict.fromkeys(records, decision)
            self._choose(replace(self._choices, conflict_decisions=decisions))

    def _decide_all(self, decision: ConflictDecision) -> None:
        self._choose(replace(self._choices, conflicts=decision, conflict_decisions={}))

    def _choose(self, choices: ImportChoices) -> None:
        self._choices = choices
        self.model.set_choices(choices)
        self._explain()
        self.choices_changed.emit(choices)

    # What is shown.

    def _count(self) -> None:
        counts = self._review.preview.counts if self._review is not None else None
        for state, button in self._filters.items():
            count = 0 if counts is None else counts.lines if state is None else getattr(counts, state.value)
            label = "All" if state is None else STATE_LABELS[state]
            button.setText(f"&{label} {shown_number(count)}")
            lines = counted(count, "line", "lines")
            button.setAccessibleName(f"Show all {lines}" if state is None else f"Show {label.lower()}: {lines}")
            button.setToolTip(f"{button.accessibleName()} (Alt+{label[0]})")
            button.setEnabled(count > 0 or button.isChecked() or state is None)
        self._all.setVisible(counts is not None and counts.conflict > 1)

    def _go_to_first(self) -> None:
        if self.model.rowCount():
            field = self.model.problem_field(0)
            self.table.setCurrentIndex(
                self.model.index(0, _COLUMN_PLACES.get(field or "", _COLUMN_PLACES["ship_date"]))
            )
            self.table.scrollToTop()
            self.table.horizontalScrollBar().setValue(0)
        self._explain()

    def _explain(self, *_changed: object) -> None:
        rows = self.table.selected_rows()
        conflicts = self.model.conflicts_among(rows)
        if not rows:
            self._says.setText("" if self.model.rowCount() else "There is no such line.")
        elif len(rows) == 1:
            self._says.setText(_explanation(self.model.line(rows[0])))
        else:
            about = f", {counted(len(conflicts), 'conflict', 'conflicts')} among them" if conflicts else ""
            self._says.setText(f"{counted(len(rows), 'line', 'lines')} selected{about}.")
        decisions = {self._choices.conflict_decisions.get(record, self._choices.conflicts) for record in conflicts}
        for decision, button in self._decisions.items():
            button.setVisible(bool(conflicts))
            button.setChecked(decisions == {decision})
            button.setIcon(icon("success") if button.isChecked() else QIcon())

    def _offer(self, place: QPoint) -> None:
        menu = named(QMenu(self.table), "importMenu")
        index = self.table.indexAt(place)
        correct = menu.addAction("Correct this cell\tF2", partial(self.table.edit, index))
        correct.setEnabled(index.isValid() and bool(self.model.flags(index) & Qt.ItemFlag.ItemIsEditable))
        menu.addSeparator()
        conflicts = self.model.conflicts_among(self.table.selected_rows())
        for decision, label in DECISION_LABELS.items():
            action = menu.addAction(label, partial(self._decide, decision))
            action.setObjectName(f"importMenu_{decision.value}")
            action.setEnabled(bool(conflicts))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.table.viewport().mapToGlobal(place))

    def _make_filter(self, state: LineState | None) -> QToolButton:
        if not hasattr(self, "_group"):
            self._group = QButtonGroup(self)
        button = named(QToolButton(), f"importFilter_{'all' if state is None else state.value}")
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setChecked(state is None)
        button.clicked.connect(partial(self.show_lines, state))
        self._group.addButton(button)
        return button

    def _build_panel(self) -> None:
        self._says = named(QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText), "importSays", "The selected line")
        self._says.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._says.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._says.setFixedHeight(3 * self._says.fontMetrics().lineSpacing() + 2)
        self._decisions: dict[ConflictDecision, QPushButton] = {}
        decide = QHBoxLayout()
        for decision, label in DECISION_LABELS.items():
            button = named(QPushButton(f"&{label}", autoDefault=False), f"importDecide_{decision.value}", label)
            button.setCheckable(True)
            button.clicked.connect(partial(self._decide, decision))
            self._decisions[decision] = button
            decide.addWidget(button)
        self._all = named(QPushButton("Decide all conflic&ts", autoDefault=False), "importDecideAll")
        self._all.setAccessibleName("Decide all conflicts alike")
        menu = named(QMenu(self._all), "importDecideAllMenu")
        for decision, label in DECISION_LABELS.items():
            action = QAction(f"{label}, for every conflict", menu)
            action.setObjectName(f"importDecideAll_{decision.value}")
            action.triggered.connect(partial(self._decide_all, decision))
            menu.addAction(action)
        self._all.setMenu(menu)
        decide.addWidget(self._all)
        hint = muted(QLabel("Enter or F2 corrects a cell"))
        right = QVBoxLayout()
        right.setSpacing(4)
        right.addLayout(decide)
        right.addWidget(hint, 0, Qt.AlignmentFlag.AlignRight)
        right.addStretch(1)
        self._panel = QHBoxLayout()
        self._panel.setSpacing(16)
        self._panel.addWidget(self._says, 1)
        self._panel.addLayout(right)

    def _paint(self) -> None:
        tokens = tokens_in_use()
        for state, button in self._filters.items():
            tone = None if state is None else STATE_TONES[state]
            picture = "log" if state is None else STATE_ICONS[state]
            button.setIcon(icon(picture, tokens.muted if tone is None else tokens.tone(tone)[0]))
        self._explain()


def _explanation(shown: ShownLine) -> str:
    row = f"Row {shown_number(shown.reviewed.row)}"
    if shown.checking:
        return f"{row} is checked again."
    state = STATE_LABELS[shown.reviewed.state]
    says = shown.says
    if not shown.can_be_corrected:
        says += ". This row cannot be corrected here: correct it in the file"
    return f"{row}, {state.lower()}. {says}{'.' if says else ''}"
