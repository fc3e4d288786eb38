"""The review of an import: every line with what would become of it, corrected and decided here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from desktop.domain.import_review import ConflictDecision, ImportChoices, LineState
from desktop.domain.imports import LINE_FIELDS, OPTIONAL_FIELDS
from desktop.domain.progress import Progress
from desktop.ui.dialogs.import_bulk import Lines, paste, problem_kinds, search
from desktop.ui.dialogs.import_edits import Alike, Edit, EditHistory
from desktop.ui.dialogs.import_filters import ReviewFilters
from desktop.ui.dialogs.import_panel import DECISION_LABELS, ReviewPanel, explanation
from desktop.ui.dialogs.import_review_table import ReviewTable
from desktop.ui.dialogs.import_toolbar import ReviewToolbar
from desktop.ui.dialogs.import_work import Doing, Job
from desktop.ui.formats import counted
from desktop.ui.tables.import_lines import REVIEW_COLUMNS, Review
from desktop.ui.tables.import_review import ImportReviewModel
from desktop.ui.tasks import Tasks
from desktop.ui.widgets.named import named

Gather = Callable[[Progress], Edit]

_COLUMN_PLACES = {column.name: section for section, column in enumerate(REVIEW_COLUMNS)}
_NO_REVIEW = ImportReviewModel.NOTHING


class ImportReview(QWidget):
    """Shows one `Review`. `choices_changed` carries the choices with a step more.

    They are shown at once; whoever listens has the lines checked again and calls `show_checked`. `gather_asked`
    carries words, work for a worker and who takes its result: whoever listens lets nobody change the lines meanwhile.
    `fill_asked`, `orders_asked`, `reps_asked` and `save_asked` ask for the dialogs behind the tools.
    """

    choices_changed = Signal(object)
    gather_asked = Signal(str, object, object)
    fill_asked = Signal()
    orders_asked = Signal()
    reps_asked = Signal()
    save_asked = Signal()
    said = Signal(str)

    def __init__(self, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("importReview")
        self._review = _NO_REVIEW
        self._choices = ImportChoices()
        self._history = EditHistory()
        self._kind_lines: dict[str, Sequence[int]] = {}
        self._found: Sequence[int] | None = None
        self._search = Job(tasks, self)
        self._kinds = Job(tasks, self)
        self.model = ImportReviewModel()
        self.model.setParent(self)
        self.model.corrected.connect(self._correct)
        self.table = ReviewTable()
        self.table.setModel(self.model)
        self.table.set_columns(REVIEW_COLUMNS)
        self.table.pasted.connect(self._paste)
        self.table.selectionModel().selectionChanged.connect(self._explain)
        self.table.selectionModel().currentChanged.connect(self._explain)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._offer)
        self.filters = ReviewFilters(self)
        self.filters.changed.connect(self._show_wanted)
        self.filters.searched.connect(self._look_for)
        self._panel = ReviewPanel()
        self._panel.decided.connect(self._decide)
        self._panel.all_decided.connect(self._decide_all)
        self._toolbar = ReviewToolbar(self)
        for asked, act in (
            (self._toolbar.undo_asked, self._undo),
            (self._toolbar.redo_asked, self._redo),
            (self._toolbar.step_asked, self.go_to_problem),
            (self._toolbar.fill_asked, self.fill_asked),
            (self._toolbar.orders_asked, self.orders_asked),
            (self._toolbar.reps_asked, self.reps_asked),
            (self._toolbar.save_asked, self.save_asked),
        ):
            asked.connect(act)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.filters)
        column.addWidget(self._toolbar)
        column.addWidget(self.table, 1)
        column.addWidget(self._panel)
        self._follow_history()

    # What whoever opened the review uses.

    @property
    def field(self) -> str:
        """The field of the current cell; the lot number when it is no field's."""
        name = REVIEW_COLUMNS[max(0, self.table.currentIndex().column())].name
        return name if name in LINE_FIELDS else "lot_number"

    @property
    def selected(self) -> Lines:
        """The selected lines."""
        return Lines(self._review, self._choices, self.model.indexes(self.table.selected_rows()))

    @property
    def shown(self) -> Lines:
        """All lines that are shown."""
        return Lines(self._review, self._choices, self.model.indexes(range(self.model.rowCount())))

    @property
    def all_lines(self) -> Lines:
        """All lines of the file."""
        return Lines(self._review, self._choices, range(self._review.preview.counts.lines))

    def show_review(self, review: Review, choices: ImportChoices) -> None:
        """Shows the lines of another reading of the file, and the first of them."""
        self._search.drop()
        self._kinds.drop()
        self._history.clear()
        self._found = None
        self._review, self._choices = review, choices
        self.filters.reset()
        self.model.show(review, choices)
        self._show_columns()
        self._count()
        self._go_to_first()
        self._follow_history()

    def show_checked(self, review: Review, choices: ImportChoices) -> None:
        """Shows the same lines checked again; what is selected and where the table stands stays as it is."""
        self._review, self._choices = review, choices
        self.model.show_checked(review, choices)
        self._count()
        self._explain()
        self._count_kinds()

    def take(self, edit: Edit) -> None:
        """One step more, in all lines that it changes."""
        if edit.is_empty:
            self.said.emit("Nothing was changed: these lines have it so already, or must be corrected in the file.")
        else:
            self._choose(self._history.do(self._choices, edit))

    def show_field(self, field: str) -> None:
        """Shows a field's column, also when the file has none for it."""
        self.table.setColumnHidden(_COLUMN_PLACES[field], False)

    def finish_editing(self) -> None:
        """Takes in the cell that is being edited, if one is."""
        self.table.finish_editing()

    def go_to_problem(self, step: int = 1) -> None:
        """Goes to the next cell that keeps a line out of the import, or with -1 to the one before."""
        self.finish_editing()
        if self._next_in_line(step):
            return
        row = self.model.next_left_out(self.table.currentIndex().row(), step)
        if row is None and self.filters.state is not None:
            self.filters.choose(None)
            row = self.model.next_left_out(-1, step)
        if row is None:
            self.said.emit("No line is left out.")
            return
        fields = self.model.problem_fields(row) or ["quantity"]
        self._go_to(row, fields[0 if step > 0 else -1])

    # Corrections and decisions.

    def _correct(self, record: int, values: tuple[str, ...] | None) -> None:
        title = REVIEW_COLUMNS[self.table.currentIndex().column()].title
        self.take(Edit(f"{title} of one line", {record: values}))

    def _paste(self, cells: list[list[str]]) -> None:
        rows: Sequence[int] = self.table.selected_rows()
        if len(rows) < 2:
            current = self.table.currentIndex().row()
            rows = range(current, min(current + len(cells), self.model.rowCount()))
        elif len(cells) > 1:
            rows = rows[: len(cells)]
        too_many = len(cells) - len(rows)
        lines = Lines(self._review, self._choices, self.model.indexes(rows))
        section = self.table.currentIndex().column()
        fields = [REVIEW_COLUMNS[at].name for at in self.table.visible_sections() if at >= section]
        fields = [name for name in fields if name in LINE_FIELDS][: max(map(len, cells))]

        def take(edit: Edit) -> None:
            self.take(edit)
            if too_many > 0:
                self.said.emit(f"{counted(too_many, 'row', 'rows')} of the clipboard found no line to go to.")

        if fields and rows:
            work: Gather = partial(paste, lines, fields, cells)
            self.gather_asked.emit(f"Pasting into {counted(len(rows), 'line', 'lines')}…", work, take)

    def _decide(self, decision: ConflictDecision) -> None:
        """The selected conflicts."""
        records = self.model.conflicts_among(self.table.selected_rows())
        if records:
            words = counted(len(records), "conflict", "conflicts")
            self.take(Edit(f"Decision of {words}", decisions=dict.fromkeys(records, decision)))

    def _decide_all(self, decision: ConflictDecision) -> None:
        one_by_one = dict.fromkeys(self._choices.conflict_decisions)
        self.take(Edit("Decision of all conflicts", decisions=one_by_one, alike=Alike(decision)))

    def _undo(self) -> None:
        if self._history.undo_words:
            self._choose(self._history.undo(self._choices))

    def _redo(self) -> None:
        if self._history.redo_words:
            self._choose(self._history.redo(self._choices))

    def _choose(self, choices: ImportChoices) -> None:
        self._choices = choices
        self.model.set_choices(choices)
        self._follow_history()
        self._explain()
        self.choices_changed.emit(choices)

    # Which lines are shown.

    def _show_wanted(self) -> None:
        """The lines of the state, kind and text that are wanted, as they are now."""
        lines = self._review.preview.lines
        state, kind = self.filters.state, self.filters.kind
        indexes: Sequence[int]
        if lines is None:
            indexes = ()
        elif state is None:
            indexes = range(len(lines))
        else:
            indexes = lines.indexes(state) if kind is None else self._kind_lines.get(kind, ())
        if self._found is not None:
            found = set(self._found)
            indexes = self._found if state is None else [index for index in indexes if index in found]
        self.model.show_lines(indexes)
        self._count()
        self._go_to_first()
        self._count_kinds()

    def _look_for(self, text: str) -> None:
        self._search.drop()
        if not text:
            self._found = None
            self._show_wanted()
            return
        self._search.start(
            Doing.LOOKING, "", partial(search, self.all_lines, text), self._take_found, self._take_trouble
        )

    def _take_found(self, found: Sequence[int]) -> None:
        self._found = found
        self._show_wanted()

    def _count_kinds(self) -> None:
        """Which kinds of problem there are is only read when somebody looks at the problems."""
        if self.filters.state is not LineState.PROBLEM:
            return
        problems = Lines(self._review, self._choices, self._review.problems)
        self._kinds.start(
            Doing.LOOKING,
            "",
            lambda progress: dict(problem_kinds(problems, progress)),
            self._take_kinds,
            self._take_trouble,
        )

    def _take_kinds(self, kinds: dict[str, Sequence[int]]) -> None:
        self._kind_lines = kinds
        self.filters.set_kinds(kinds)

    def _take_trouble(self, trouble: Exception) -> None:
        self.said.emit(str(trouble))

    # What is shown.

    def _count(self) -> None:
        self.filters.set_counts(self._review.preview.counts)
        self._toolbar.set_counts(self._review.preview.counts)

    def _show_columns(self) -> None:
        """What the file has no column for is hidden until somebody puts something there."""
        columns = self._review.preview.file.columns
        for section, column in enumerate(REVIEW_COLUMNS):
            absent = column.name in OPTIONAL_FIELDS and column.name not in columns
            self.table.setColumnHidden(section, absent)

    def _next_in_line(self, step: int) -> bool:
        """Goes to another wrong cell of the current line, if it has one that way."""
        current = self.table.currentIndex()
        if not current.isValid():
            return False
        places = [
            _COLUMN_PLACES[field] for field in self.model.problem_fields(current.row()) if field in _COLUMN_PLACES
        ]
        further = [place for place in places if (place - current.column()) * step > 0]
        if not further:
            return False
        self._go_to(current.row(), REVIEW_COLUMNS[min(further) if step > 0 else max(further)].name)
        return True

    def _go_to(self, row: int, field: str) -> None:
        index = self.model.index(row, _COLUMN_PLACES.get(field, _COLUMN_PLACES["ship_date"]))
        self.table.go_to(index)
        self.table.setFocus()

    def _go_to_first(self) -> None:
        if self.model.rowCount():
            fields = self.model.problem_fields(0)
            section = _COLUMN_PLACES.get(fields[0] if fields else "", _COLUMN_PLACES["ship_date"])
            self.table.go_to(self.model.index(0, section))
            self.table.scrollToTop()
            self.table.horizontalScrollBar().setValue(0)
        self._explain()

    def _explain(self, *_changed: object) -> None:
        rows = self.table.selected_rows()
        conflicts = self.model.conflicts_among(rows)
        if not rows:
            self._panel.say("" if self.model.rowCount() else "There is no such line.")
        elif len(rows) == 1:
            self._panel.say(explanation(self.model.line(rows[0])))
        else:
            about = f", {counted(len(conflicts), 'conflict', 'conflicts')} among them" if conflicts else ""
            self._panel.say(f"{counted(len(rows), 'line', 'lines')} selected{about}.")
        decisions = {self._choices.conflict_decisions.get(record, self._choices.conflicts) for record in conflicts}
        self._panel.show_conflicts(decisions, several=self._review.preview.counts.conflict > 1)

    def _follow_history(self) -> None:
        self._toolbar.set_history(self._history.undo_words, self._history.redo_words)

    def _offer(self, place: QPoint) -> None:
        menu = named(QMenu(self.table), "importMenu")
        index = self.table.indexAt(place)
        correct = menu.addAction("Correct this cell\tF2", partial(self.table.edit, index))
        correct.setEnabled(index.isValid() and bool(self.model.flags(index) & Qt.ItemFlag.ItemIsEditable))
        menu.addActions([self._toolbar.fill, self._toolbar.orders, self._toolbar.reps])
        menu.addSeparator()
        conflicts = self.model.conflicts_among(self.table.selected_rows())
        for decision, label in DECISION_LABELS.items():
            action = menu.addAction(label, partial(self._decide, decision))
            action.setObjectName(f"importMenu_{decision.value}")
            action.setEnabled(bool(conflicts))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.table.viewport().mapToGlobal(place))
