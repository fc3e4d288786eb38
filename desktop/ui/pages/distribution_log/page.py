"""The Distribution Log: filter it, read it, enter shipments, hand it on."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSplitter, QVBoxLayout

from desktop.domain.changes import Changes, Subject
from desktop.domain.distributions import DistributionEntry, LogTotals
from desktop.domain.errors import KnownTrouble
from desktop.domain.filters import EVERYTHING, DistributionFilter, SortField, SortOrder
from desktop.domain.permissions import Permission
from desktop.services import distributions
from desktop.services.unit_of_work import Workspace
from desktop.ui import actions
from desktop.ui.actions import LOG, Situation
from desktop.ui.formats import counted
from desktop.ui.page import Page, PageContext, PageSpec
from desktop.ui.pages.distribution_log.columns_and_order import ColumnsAndOrder
from desktop.ui.pages.distribution_log.entry_reading import EntryReading
from desktop.ui.pages.distribution_log.entry_work import EntryWork, Selection
from desktop.ui.pages.distribution_log.evidence_work import EvidenceWork
from desktop.ui.pages.distribution_log.filter_choices import FilterChoices
from desktop.ui.pages.distribution_log.filter_menu import FilterMenu
from desktop.ui.pages.distribution_log.handing_on import HandingOn
from desktop.ui.pages.distribution_log.link_customer import link_customer
from desktop.ui.pages.distribution_log.row_menu import add_narrowers
from desktop.ui.pages.distribution_log.selection_sum import SelectionSum
from desktop.ui.tables.distributions import DISTRIBUTION_COLUMNS, HIDDEN_AT_FIRST
from desktop.ui.tables.entry_pane import EntryPane
from desktop.ui.tables.filter_bar import FilterBar
from desktop.ui.tables.record_table import RecordTable
from desktop.ui.tables.saved_filters import SavedFilters
from desktop.ui.tables.windowed import WindowedModel
from desktop.ui.tasks import Lane
from desktop.ui.theme import Tone
from desktop.ui.widgets.action_button import ActionButton
from desktop.ui.widgets.banner import Message
from desktop.ui.widgets.empty_state import EmptyState
from desktop.ui.widgets.hairline import hairline
from desktop.ui.widgets.panes import remember_panes
from desktop.ui.widgets.view_states import ViewStates

_ROWS_RESELECTED = 200
_SHOWN_HERE = {Subject.DISTRIBUTIONS, Subject.IMPORTS, Subject.USERS}

# What the context menu offers for the selected entries.
_OF_THE_SELECTION = (
    actions.COPY_ENTRIES,
    actions.EDIT_ENTRY,
    actions.EDIT_SELECTED,
    actions.DELETE_ENTRIES,
    actions.LINK_ENTRIES,
    actions.ATTACH_EVIDENCE,
    actions.OPEN_EVIDENCE,
    actions.SHOW_HISTORY,
)

OpenImport = Callable[["DistributionLogPage", Path | None], None]
ShowImports = Callable[["DistributionLogPage"], None]


def page_spec(open_import: OpenImport, show_imports: ShowImports) -> PageSpec:
    """How the page registers. `open_import` opens the import on the page, with a file or to ask for one (None);
    `show_imports` opens the list of imports on it.
    """
    return PageSpec(
        LOG,
        "Distribution Log",
        "log",
        Permission.DISTRIBUTION_LOG_VIEW,
        lambda context: DistributionLogPage(context, open_import, show_imports),
    )


@dataclass(frozen=True)
class LogRows:
    """The entries of one filter in one order; asked in a worker."""

    workspace: Workspace
    wanted: DistributionFilter
    sort: SortOrder

    def first(self, limit: int) -> Sequence[DistributionEntry]:
        return distributions.first_entries(self.workspace, self.wanted, self.sort, limit)

    def keys(self) -> array[int]:
        return distributions.ordered_keys(self.workspace, self.wanted, self.sort)

    def rows(self, keys: Sequence[int]) -> Sequence[DistributionEntry]:
        return distributions.entries(self.workspace, keys)


class DistributionLogPage(Page):
    """Filter row, table and the selected entry."""

    def __init__(self, context: PageContext, open_import: OpenImport, show_imports: ShowImports) -> None:
        super().__init__(context)
        self.setObjectName("distributionLogPage")
        self.setAcceptDrops(True)
        self._open_import = open_import
        self._show_imports = show_imports
        self._stale = True
        self._to_select: array[int] = array("q")
        self._just_saved = False
        self._count: int | None = None
        self._totals: LogTotals | None = None
        self._selected = 0
        self._bind_commands()
        self._build()
        self._saved = SavedFilters(context.settings)
        self._restore_view()
        self._sort = self.columns_and_order.order
        self._model.sort_asked.connect(self._sort_by)
        self._model.first_shown.connect(self._show_first)
        self._model.counted.connect(self._show_count)
        self._model.failed.connect(self._show_failure)
        self._states.retry.connect(self.reload)
        self.filter_bar.changed.connect(self._filter_changed)
        self.filter_bar.left.connect(self.table.setFocus)
        self._selection_timer = QTimer(self, singleShot=True, interval=0)
        self._selection_timer.timeout.connect(self._show_selection)
        self.table.selectionModel().selectionChanged.connect(lambda: self._selection_timer.start())
        self._model.modelReset.connect(self._selection_timer.start)
        context.changes.changed.connect(self._take_changes)

    # Commands.

    def enter(self) -> None:
        if self._stale:
            self.reload()
            self._choices.read_people()
        self._say_status()
        self.table.setFocus()

    def show_entries(self, wanted: DistributionFilter) -> None:
        self.filter_bar.set_value(wanted)

    def reload(self) -> None:
        """Reads the log again; the selection stays where its entries are still there."""
        self._stale = False
        self._keep_selection()
        top = self.table.rowAt(0)
        if top < 0:
            self._read()
        else:
            self._model.refresh(self._rows(), top)

    def import_file(self, path: Path | None = None) -> None:
        """Opens the import, for a file or to choose one."""
        self._open_import(self, path)

    def show_import(self, batch_id: int) -> None:
        """Shows the lines of one import, and nothing else."""
        self.filter_bar.set_value(DistributionFilter(import_batch_id=batch_id))
        self.table.setFocus()

    def export(self) -> None:
        """Asks what to write and where to: what the filter finds or what is selected, as the record or a workbook."""
        self.handing_on.export(self.filter_bar.value, self._count)

    # What the page is made of.

    def _bind_commands(self) -> None:
        for command, handler in (
            (actions.IMPORT_FILE, self.import_file),
            (actions.SHOW_IMPORTS, lambda: self._show_imports(self)),
            (actions.EXPORT_ENTRIES, self.export),
            (actions.COPY_ENTRIES, lambda: self.handing_on.copy()),
            (actions.COPY_WITHOUT_HEADER, lambda: self.handing_on.copy(header=False)),
            (actions.COPY_CELL, lambda: self.handing_on.copy_cell()),
            (actions.REFRESH_LOG, self.reload),
            (actions.LINK_ENTRIES, lambda: link_customer(self, self._model.keys_of(self.table.selected_rows()))),
            (actions.FIND_ENTRIES, lambda: self.filter_bar.focus_search()),
            (actions.CLEAR_FILTER, lambda: self.filter_bar.clear()),
        ):
            self.context.actions.bind(command, handler, self)
        self.context.actions.bind(actions.SHOW_HISTORY, lambda: self.pane.show_history(), self)
        self.work = EntryWork(self, Selection(self._selected_keys, self._follow))
        self.evidence_work = EvidenceWork(self, lambda: self.pane)

    def _build(self) -> None:
        action = self.context.actions.action
        self.filter_bar = FilterBar(self.context.workspace.today(), [ActionButton(action(actions.CLEAR_FILTER))])
        self._model = WindowedModel(DISTRIBUTION_COLUMNS, lambda entry: entry.id, self.context.tasks)
        self.table = RecordTable("logTable", "Distribution Log")
        self.table.setModel(self._model)
        self.table.set_columns(DISTRIBUTION_COLUMNS, HIDDEN_AT_FIRST)
        self.table.menu_asked.connect(self._offer_commands)
        self.handing_on = HandingOn(self, self.table, self._model)
        self.columns_and_order = ColumnsAndOrder(self, self.table)
        self._choices = FilterChoices(self.context, self.filter_bar, self)
        self._sum = SelectionSum(self.context, self._model, self)
        self._sum.changed.connect(self._say_status)
        self._states = ViewStates(self.table)
        self._no_entries = EmptyState(
            "noEntries",
            "log",
            "No entries yet",
            "Import a file, drop one here, or enter a shipment by hand.",
            [
                ActionButton(action(actions.IMPORT_FILE), primary=True),
                ActionButton(action(actions.NEW_SHIPMENT)),
            ],
        )
        self._no_match = EmptyState(
            "noMatch", "search", "No entry matches this filter", "", [ActionButton(action(actions.CLEAR_FILTER))]
        )
        evidence = (actions.ATTACH_EVIDENCE, actions.OPEN_EVIDENCE, actions.SAVE_EVIDENCE)
        self.pane = EntryPane([action(command) for command in evidence])
        self.pane.line_chosen.connect(self._go_to)
        self._reading = EntryReading(self.context, self.pane, self)
        self.evidence_work.listen()
        self.table.activated.connect(action(actions.EDIT_ENTRY).trigger)
        self._splitter = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=True)
        self._splitter.setObjectName("logSplitter")
        self._splitter.setHandleWidth(1)
        self._splitter.addWidget(self._states)
        self._splitter.addWidget(self.pane)
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setSizes([812, 310])
        tools = QHBoxLayout()
        tools.addWidget(ActionButton(action(actions.NEW_SHIPMENT), primary=True))
        tools.addWidget(ActionButton(action(actions.IMPORT_FILE)))
        tools.addWidget(ActionButton(action(actions.EDIT_ENTRY)))
        tools.addWidget(ActionButton(action(actions.DELETE_ENTRIES)))
        tools.addWidget(ActionButton(action(actions.EXPORT_ENTRIES)))
        tools.addStretch(1)
        self._tools = tools
        for command in (actions.SORT_ENTRIES, actions.CHOOSE_COLUMNS, actions.REFRESH_LOG):
            tools.addWidget(ActionButton(action(command), picture_only=True))
        top = QVBoxLayout()
        top.setContentsMargins(12, 10, 12, 10)
        top.setSpacing(8)
        top.addLayout(tools)
        top.addWidget(self.filter_bar)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(hairline())
        column.addWidget(self._splitter, 1)

    def _restore_view(self) -> None:
        """Columns, order, filter and panes as this person left them, or the filter that the log is to begin with."""
        settings = self.context.settings
        header = self.table.horizontalHeader()
        header.setSortIndicator(0, Qt.SortOrder.DescendingOrder)
        self.table.remember(settings, "log/columns")
        self.table.setSortingEnabled(True)
        self.filter_bar.set_choice(self._saved.to_begin_with())
        self.filter_menu = FilterMenu(self, self.filter_bar, self._saved)
        self._tools.insertWidget(self._tools.count() - 3, self.filter_menu.button)
        remember_panes(self._splitter, settings, "log/panes")

    # Reading.

    def _rows(self) -> LogRows:
        return LogRows(self.context.workspace, self.filter_bar.value, self._sort)

    def _read(self) -> None:
        self._states.show_loading()
        self._model.show(self._rows())

    def _keep_selection(self) -> None:
        ranges = self.table.selected_ranges()
        if not self._to_select and 0 < sum(map(len, ranges)) <= _ROWS_RESELECTED:
            self._to_select = self._model.keys_of([row for rows in ranges for row in rows])

    def _filter_changed(self) -> None:
        self._saved.keep_last(self.filter_bar.choice)
        self.table.clearSelection()
        self._read()

    def _sort_by(self, field: SortField, descending: bool) -> None:
        self._sort = SortOrder(field, descending)
        self._keep_selection()
        self._read()

    def _show_first(self) -> None:
        wanted = self.filter_bar.value
        has_rows = self._model.rowCount() > 0
        if has_rows:
            self._states.show_content()
        elif wanted == EVERYTHING:
            self._states.show_empty(self._no_entries)
        else:
            first, last = wanted.dates()
            backwards = first is not None and last is not None and first > last
            looked = f"Looked for: {wanted.in_words()}."
            self._no_match.set_sentence(f"{looked} The range ends before it begins." if backwards else looked)
            self._states.show_empty(self._no_match)
        self.pane.setVisible(has_rows)
        self._count = self._totals = None
        self._say_status()

    def _show_count(self, count: int) -> None:
        self._count = count
        self._say_status()
        self._select_again()
        wanted, workspace = self.filter_bar.value, self.context.workspace
        self.context.tasks.submit(
            lambda _progress: distributions.totals(workspace, wanted),
            lambda totals: self._take_totals(wanted, totals),
            lane=Lane.READ,
            owner=self,
        )

    def _take_totals(self, wanted: DistributionFilter, totals: LogTotals) -> None:
        if wanted == self.filter_bar.value:
            self._totals = totals
            self._say_status()

    def _show_failure(self, trouble: KnownTrouble) -> None:
        self._states.show_error(str(trouble))

    def _take_changes(self, changes: Changes) -> None:
        if not changes.subjects & _SHOWN_HERE:
            return
        self._stale = True
        if self.isVisible():
            self._choices.read_people()
            self.reload()
            self._reading.read_now()

    # The selection.

    def _select_again(self) -> None:
        """After the rows were read again: what was selected, or was just saved, is selected."""
        wanted, self._to_select = self._to_select, array("q")
        just_saved, self._just_saved = self._just_saved, False
        if not wanted:
            return
        rows = self._model.rows_of(wanted)
        if rows:
            self.table.select_rows(rows)
        elif just_saved:
            self.context.say(
                Message(Tone.INFO, "Saved. The filter hides it.", "Clear the filter", self.filter_bar.clear)
            )

    def _show_selection(self) -> None:
        ranges = self.table.selected_ranges()
        self._selected = sum(map(len, ranges))
        self.context.actions.set_situation(LOG, Situation(shown=self._model.rowCount(), selected=self._selected))
        if self._selected == 1:
            row = ranges[0][0]
            known = self._model.row_object(row)
            entry = known if isinstance(known, DistributionEntry) else None
            self._reading.show(self._model.keys_of(ranges[0])[0], entry)
        else:
            self._reading.show_selected(self._selected)
        self._sum.select(ranges, self.filter_bar.value)
        self._say_status()

    def _selected_keys(self) -> array[int]:
        return self._model.keys_of(self.table.selected_rows())

    def _follow(self, ids: Sequence[int]) -> None:
        """What was just written is selected when the rows are read again."""
        self._to_select, self._just_saved = array("q", ids), True

    def _go_to(self, key: int) -> None:
        rows = self._model.rows_of([key])
        if rows:
            self.table.select_rows(rows)
            self.table.setFocus()
        else:
            self.context.say(
                Message(Tone.INFO, "The filter hides that line.", "Clear the filter", self.filter_bar.clear)
            )

    def _say_status(self) -> None:
        if self._count is None:
            shown = "Counting…" if self._model.rowCount() else ""
        else:
            shown = counted(self._count, "entry", "entries")
            if self._totals is not None:
                shown += f", {counted(self._totals.units, 'unit', 'units')}"
            if self.columns_and_order.hidden_order:
                shown += f", sorted by {self.columns_and_order.hidden_order}"
        self.status_changed.emit(shown, self._sum.in_words)

    def _offer_commands(self, cell: QModelIndex, place: QPoint) -> None:
        action = self.context.actions.action
        menu = QMenu(self)
        menu.setObjectName("logMenu")
        menu.addActions([action(command) for command in _OF_THE_SELECTION])
        entry = self._model.row_object(cell.row())
        if isinstance(entry, DistributionEntry):
            copy_cell = menu.addAction(f"Copy {DISTRIBUTION_COLUMNS[cell.column()].title}")
            copy_cell.setObjectName("copyThisCell")
            copy_cell.triggered.connect(lambda: self.handing_on.copy_value(entry, cell.column()))
            menu.addSeparator()
            add_narrowers(menu, entry, self.filter_bar, self._choices.only_customer)
        if self.filter_bar.value != EVERYTHING:
            menu.addAction(action(actions.CLEAR_FILTER))
        menu.addSeparator()
        menu.addActions([action(command) for command in (actions.NEW_SHIPMENT, actions.IMPORT_FILE)])
        menu.addActions([action(command) for command in (actions.EXPORT_ENTRIES, actions.REFRESH_LOG)])
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    def _say(self, tone: Tone, text: str) -> None:
        self.context.say(Message(tone, text))

    # Files dropped on the page: always a copy, because a move may delete the person's file.

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        self._answer_drag(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: N802
        self._answer_drag(event)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if reason := self.context.actions.why_not(actions.IMPORT_FILE):
            self._say(Tone.WARNING, f"Import: {reason}.")
        elif len(files) == 1:
            self.import_file(files[0])
        else:
            self._say(Tone.WARNING, "Drop one file at a time: each import is reviewed by itself.")

    def _answer_drag(self, event: QDragMoveEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
        else:
            event.ignore()
