"""Every import that was made: where its file is from, what became of it, its source file, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.domain.changes import Changes
from desktop.domain.errors import KnownTrouble
from desktop.domain.import_review import ImportRecord
from desktop.ui.dialogs.reason import ReasonDialog
from desktop.ui.formats import counted, shown_time
from desktop.ui.prompter import FileType, Prompter
from desktop.ui.tables.imports import IMPORT_COLUMNS
from desktop.ui.tables.record_table import RecordTable
from desktop.ui.tables.short_list import ShortListModel
from desktop.ui.tasks import Lane, Tasks
from desktop.ui.theme import Tone, restyle
from desktop.ui.widgets.empty_state import EmptyState
from desktop.ui.widgets.hairline import hairline
from desktop.ui.widgets.named import named
from desktop.ui.widgets.notice import Notice
from desktop.ui.widgets.view_states import ViewStates

_SIZE = (1080, 560)
_SHA_SHOWN = 12


@dataclass(frozen=True, slots=True)
class ImportsWork:
    """The verbs behind the list, called in workers. `why_not_undo` and `why_not_save` say what the person may not; ""
    when they may.
    """

    list_imports: Callable[[], tuple[ImportRecord, ...]]
    undo: Callable[[int, str], tuple[Changes, int]]
    export_source: Callable[[int, Path], Changes]
    why_not_undo: str = ""
    why_not_save: str = ""


class ImportsDialog(QDialog):
    """The list, newest first. `changed` carries the `Changes` of what is done here. `show_in_log` carries the number of
    an import whose lines the person wants to see; the dialog is closed by then.
    """

    changed = Signal(object)
    show_in_log = Signal(int)

    def __init__(self, work: ImportsWork, tasks: Tasks, prompter: Prompter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("importsDialog")
        self.setWindowTitle("Imports")
        self.resize(*_SIZE)
        self._work = work
        self._tasks = tasks
        self._prompter = prompter
        self._busy = False
        self._notice = Notice("importsNotice", Tone.SUCCESS)
        self._model = ShortListModel(IMPORT_COLUMNS)
        self._model.setParent(self)
        self.table = RecordTable("importsTable", "Imports")
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setModel(self._model)
        self.table.set_columns(IMPORT_COLUMNS)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.horizontalHeader().setSortIndicator(0, Qt.SortOrder.DescendingOrder)
        self.table.setSortingEnabled(True)
        self.table.selectionModel().selectionChanged.connect(lambda: self._follow())
        self._states = ViewStates(self.table)
        self._states.retry.connect(self._read)
        self._empty = EmptyState(
            "noImports",
            "import",
            "Nothing was imported yet",
            "Drop a CSV file or a workbook on the Distribution Log, or press Ctrl+I there.",
        )
        self._about = named(QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText), "importAbout", "The import")
        self._about.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._about.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._about.setFixedHeight(3 * self._about.fontMetrics().lineSpacing() + 2)
        self._show = self._button("importsShow", "Sho&w in log", self._show_lines)
        self._save = self._button("importsSave", "&Save source file…", self._ask_where_to_save)
        self._undo = self._button("importsUndo", "&Undo…", self._ask_undo)
        self._close = self._button("importsClose", "C&lose", self.reject)
        self._arrange()
        self._follow()

    def open(self) -> None:
        """Shows the dialog and reads the list."""
        super().open()
        self._read()

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self._show)
        buttons.addWidget(self._save)
        buttons.addWidget(self._undo)
        buttons.addStretch(1)
        buttons.addWidget(self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(10)
        column.addWidget(self._notice)
        column.addWidget(self._states, 1)
        column.addWidget(self._about)
        column.addWidget(hairline())
        column.addLayout(buttons)

    def _button(self, name: str, text: str, act: Callable[[], object]) -> QPushButton:
        button = named(QPushButton(text, autoDefault=False), name, text.replace("&", "").rstrip("…"))
        button.clicked.connect(lambda: act())
        return button

    # The list.

    def _read(self) -> None:
        self._states.show_loading()
        list_imports = self._work.list_imports
        self._tasks.submit(
            lambda _progress: list_imports(),
            self._show_imports,
            lambda trouble: self._states.show_error(str(trouble)),
            lane=Lane.READ,
            owner=self,
        )

    def _show_imports(self, records: tuple[ImportRecord, ...]) -> None:
        before = self._selected
        self._model.show(records)
        if not records:
            self._states.show_empty(self._empty)
            self._close.setFocus()
        else:
            self._states.show_content()
            row = None if before is None else self._model.row_where(lambda record: record.id == before.id)
            self.table.select_rows([row or 0])
            self.table.setFocus()
        self._follow()

    @property
    def _selected(self) -> ImportRecord | None:
        rows = self.table.selected_rows()
        found = self._model.row_object(rows[0]) if rows else None
        return found if isinstance(found, ImportRecord) else None

    def _follow(self) -> None:
        """What is said of the selected import, and what can be done with it."""
        record = self._selected
        self._about.setText("" if record is None else _about(record))
        undone = record is not None and record.undone_at is not None
        for button, name, why_not in (
            (self._show, "The lines of this import in the Distribution Log", ""),
            (self._save, "The file as it was imported", self._work.why_not_save),
            (self._undo, "Take the lines of this import out of the log", self._work.why_not_undo),
        ):
            if not why_not and record is None:
                why_not = "Select an import first"
            if not why_not and undone and button is not self._save:
                why_not = "This import was undone already"
            button.setEnabled(not why_not and not self._busy)
            button.setToolTip(why_not or name)

    # What is done here.

    def _show_lines(self) -> None:
        record = self._selected
        if record is not None:
            self.accept()
            self.show_in_log.emit(record.id)

    def _ask_where_to_save(self) -> None:
        record = self._selected
        if record is not None:
            ending = Path(record.file_name).suffix.lstrip(".").lower() or "csv"
            kind = FileType(f"{ending.upper()} file", (ending,))
            self._prompter.save_file(
                self, "Save the source file", record.file_name, (kind,), lambda path: self._save_to(record, path)
            )

    def _save_to(self, record: ImportRecord, path: Path) -> None:
        export = self._work.export_source

        def saved(changes: Changes) -> None:
            self._set_busy(False)
            self._say(Tone.SUCCESS, f"Saved as {path.name}: its bytes are those that were imported.")
            self.changed.emit(changes)

        self._set_busy(True)
        self._tasks.submit(lambda _progress: export(record.id, path), saved, self._take_trouble, owner=self)

    def _ask_undo(self) -> None:
        record, undo = self._selected, self._work.undo
        if record is None:
            return
        lines, units = counted(record.imported, "line", "lines"), counted(record.units, "unit", "units")
        asked = ReasonDialog(
            "Undo import",
            f"Undo import {record.id}, {record.file_name}?",
            f"It brought {lines} with {units} into the log; this takes out what is left of that. "
            "The import, its source file and your reason are kept.",
            "Undo import",
            self,
        )
        asked.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def undone(result: tuple[Changes, int]) -> None:
            asked.accept()
            changes, removed = result
            verb = "was" if removed == 1 else "were"
            taken = f"{counted(removed, 'line', 'lines')} {verb} taken out of the log"
            self._say(Tone.SUCCESS, f"Import {record.id} was undone: {taken}.")
            self._read()
            self.changed.emit(changes)

        asked.submitted.connect(
            lambda reason: self._tasks.submit(
                lambda _progress: undo(record.id, reason), undone, asked.show_trouble, owner=asked
            )
        )
        asked.open()

    def _take_trouble(self, trouble: KnownTrouble) -> None:
        self._set_busy(False)
        self._say(Tone.PROBLEM, str(trouble))

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self._follow()

    def _say(self, tone: Tone, sentence: str) -> None:
        self._notice.setProperty("tone", tone.value)
        for part in (self._notice, *self._notice.findChildren(QLabel)):
            restyle(part)
        self._notice.say(sentence)


def _about(record: ImportRecord) -> str:
    """One import in words: its counts, its fingerprint, and why it was undone."""
    left_out = [
        counted(count, one, many)
        for count, one, many in (
            (record.duplicates, "duplicate", "duplicates"),
            (record.conflicts, "conflict", "conflicts"),
            (record.problems, "problem", "problems"),
        )
        if count
    ]
    among = f" Among its {counted(record.lines, 'line', 'lines')}: {', '.join(left_out)}." if left_out else ""
    lines, units = counted(record.imported, "line", "lines"), counted(record.units, "unit", "units")
    text = f"Imported: {lines} with {units}.{among} SHA-256 of the file: {record.sha256[:_SHA_SHOWN]}…"
    if record.undone_at is not None:
        by = f" by {record.undone_by}" if record.undone_by else ""
        text += f"\nUndone on {shown_time(record.undone_at)}{by}: {record.undo_reason or ''}"
    return text
