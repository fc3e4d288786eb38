"""The Distribution Log: filter it, read it, enter shipments, hand it on."""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QByteArray, QPoint, Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QSplitter, QVBoxLayout

from desktop.domain.changes import Changes, Subject
from desktop.domain.distributions import DistributionEntry, LogTotals, NewShipment
from desktop.domain.errors import KnownTrouble
from desktop.domain.filters import EVERYTHING, DistributionFilter, SortField, SortOrder
from desktop.domain.permissions import Permission
from desktop.domain.progress import Progress
from desktop.domain.users import Person
from desktop.services import distributions, users
from desktop.services.distributions import ExportReceipt, RepeatsFound
from desktop.services.unit_of_work import Workspace
from desktop.ui import actions
from desktop.ui.actions import LOG, Situation
from desktop.ui.dialogs.new_shipment import NewShipmentDialog
from desktop.ui.formats import counted
from desktop.ui.page import Page, PageContext, PageSpec
from desktop.ui.pages.distribution_log.link_customer import link_customer
from desktop.ui.prompter import FileType, Question
from desktop.ui.tables.distributions import DISTRIBUTION_COLUMNS, as_tab_separated
from desktop.ui.tables.entry_pane import EntryPane
from desktop.ui.tables.filter_bar import FilterBar
from desktop.ui.tables.record_table import RecordTable
from desktop.ui.tables.windowed import WindowedModel
from desktop.ui.tasks import Lane, Ticket
from desktop.ui.theme import Tone
from desktop.ui.widgets.action_button import ActionButton
from desktop.ui.widgets.banner import Message
from desktop.ui.widgets.empty_state import EmptyState
from desktop.ui.widgets.view_states import ViewStates

CSV_FILE = FileType("CSV file, the record", ("csv",))
WORKBOOK = FileType("Excel workbook, for a spreadsheet", ("xlsx",))

_ROWS_COPIED = 50_000
_ROWS_SUMMED = 20_000
_ROWS_RESELECTED = 200
_SHOWN_HERE = {Subject.DISTRIBUTIONS, Subject.IMPORTS, Subject.USERS}

OpenImport = Callable[[Page, Path | None], None]


def page_spec(open_import: OpenImport) -> PageSpec:
    """How the page registers. `open_import` opens the import on the page, with a file or to ask for one (None)."""
    return PageSpec(
        LOG,
        "Distribution Log",
        "log",
        Permission.DISTRIBUTION_LOG_VIEW,
        lambda context: DistributionLogPage(context, open_import),
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

    def __init__(self, context: PageContext, open_import: OpenImport) -> None:
        super().__init__(context)
        self.setObjectName("distributionLogPage")
        self.setAcceptDrops(True)
        self._open_import = open_import
        self._people: tuple[Person, ...] = ()
        self._stale = True
        self._to_select: array[int] = array("q")
        self._just_saved = False
        self._count: int | None = None
        self._totals: LogTotals | None = None
        self._selected = 0
        self._selected_units: int | None = None
        self._selection_number = 0
        self._bind_commands()
        self._build()
        self._sort = self._restore_view()
        self._model.sort_asked.connect(self._sort_by)
        self._model.first_shown.connect(self._show_first)
        self._model.counted.connect(self._show_count)
        self._model.failed.connect(self._show_failure)
        self._states.retry.connect(self.reload)
        self.filter_bar.changed.connect(self._filter_changed)
        self._selection_timer = QTimer(self, singleShot=True, interval=0)
        self._selection_timer.timeout.connect(self._show_selection)
        self.table.selectionModel().selectionChanged.connect(lambda: self._selection_timer.start())
        self._model.modelReset.connect(self._selection_timer.start)
        context.changes.changed.connect(self._take_changes)

    # Commands.

    def enter(self) -> None:
        if self._stale:
            self.reload()
            self._read_people()
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

    def new_shipment(self) -> None:
        """Opens the form for a shipment entered by hand."""
        dialog = NewShipmentDialog(self.context.workspace.today(), self._people, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.submitted.connect(lambda shipment: self._save(dialog, shipment))
        discard = Question(
            "New shipment",
            "Close without saving?",
            "What you entered for this shipment is dropped.",
            "Close without saving",
            destructive=True,
        )
        dialog.discard_asked.connect(lambda: self.context.prompter.confirm(dialog, discard, dialog.reject))
        dialog.open()

    def import_file(self, path: Path | None = None) -> None:
        """Opens the import, for a file or to choose one."""
        self._open_import(self, path)

    def export(self) -> None:
        """Asks where to, then writes every entry that the filter finds, as CSV or workbook by the file's ending."""
        name = f"distribution-log-{self.context.workspace.today()}.csv"
        self.context.prompter.save_file(
            self, "Export the distribution log", name, (CSV_FILE, WORKBOOK), self._export_to
        )

    def copy(self) -> None:
        """Puts the selected rows on the clipboard, as a spreadsheet takes them: the visible columns, with a header."""
        rows = self.table.selected_rows()
        if len(rows) > _ROWS_COPIED:
            self._say(Tone.WARNING, f"More than {_ROWS_COPIED:,} entries are selected: use Export instead of Copy.")
            return
        keys, workspace = self._model.keys_of(rows), self.context.workspace
        columns = [DISTRIBUTION_COLUMNS[place] for place in self.table.visible_sections()]

        def read(_progress: Progress) -> tuple[str, int]:
            entries = distributions.entries(workspace, keys)
            return as_tab_separated(entries, columns), len(entries)

        self.context.tasks.submit(read, self._take_copy, lane=Lane.READ, owner=self)

    # What the page is made of.

    def _bind_commands(self) -> None:
        for command, handler in (
            (actions.NEW_SHIPMENT, self.new_shipment),
            (actions.IMPORT_FILE, self.import_file),
            (actions.EXPORT_ENTRIES, self.export),
            (actions.COPY_ENTRIES, self.copy),
            (actions.REFRESH_LOG, self.reload),
            (actions.LINK_ENTRIES, lambda: link_customer(self, self._model.keys_of(self.table.selected_rows()))),
            (actions.FIND_ENTRIES, lambda: self.filter_bar.focus_search()),
            (actions.CLEAR_FILTER, lambda: self.filter_bar.clear()),
        ):
            self.context.actions.bind(command, handler, self)

    def _build(self) -> None:
        action = self.context.actions.action
        self.filter_bar = FilterBar(self.context.workspace.today(), [ActionButton(action(actions.CLEAR_FILTER))])
        self._model = WindowedModel(DISTRIBUTION_COLUMNS, lambda entry: entry.id, self.context.tasks)
        self.table = RecordTable("logTable", "Distribution Log")
        self.table.setModel(self._model)
        self.table.set_columns(DISTRIBUTION_COLUMNS)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._offer_commands)
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
        self.pane = EntryPane()
        self.pane.line_chosen.connect(self._go_to)
        self._splitter = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=True)
        self._splitter.setObjectName("logSplitter")
        self._splitter.setHandleWidth(1)
        self._splitter.addWidget(self._states)
        self._splitter.addWidget(self.pane)
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setSizes([838, 284])
        tools = QHBoxLayout()
        tools.addWidget(ActionButton(action(actions.NEW_SHIPMENT), primary=True))
        tools.addWidget(ActionButton(action(actions.IMPORT_FILE)))
        tools.addWidget(ActionButton(action(actions.EXPORT_ENTRIES)))
        tools.addWidget(ActionButton(action(actions.COPY_ENTRIES)))
        tools.addStretch(1)
        tools.addWidget(ActionButton(action(actions.REFRESH_LOG)))
        top = QVBoxLayout()
        top.setContentsMargins(12, 10, 12, 10)
        top.setSpacing(8)
        top.addLayout(tools)
        top.addWidget(self.filter_bar)
        line = QFrame()
        line.setProperty("line", True)
        line.setFixedHeight(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(line)
        column.addWidget(self._splitter, 1)

    def _restore_view(self) -> SortOrder:
        """Columns, order, filter and panes as this person left them."""
        settings = self.context.settings
        header = self.table.horizontalHeader()
        header.setSortIndicator(0, Qt.SortOrder.DescendingOrder)
        self.table.remember(settings, "log/columns")
        self.table.setSortingEnabled(True)
        stored = settings.value("log/filter")
        if stored:
            self.filter_bar.set_value(DistributionFilter.from_json(json.loads(str(stored))))
        panes = settings.value("log/panes")
        if isinstance(panes, QByteArray):
            self._splitter.restoreState(panes)
        self._splitter.splitterMoved.connect(lambda: settings.setValue("log/panes", self._splitter.saveState()))
        sort = DISTRIBUTION_COLUMNS[header.sortIndicatorSection()].sort
        return SortOrder(sort, header.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder)

    # Reading.

    def _rows(self) -> LogRows:
        return LogRows(self.context.workspace, self.filter_bar.value, self._sort)

    def _read(self) -> None:
        self._states.show_loading()
        self._model.show(self._rows())

    def _keep_selection(self) -> None:
        rows = self.table.selected_rows()
        if not self._to_select and 0 < len(rows) <= _ROWS_RESELECTED:
            self._to_select = self._model.keys_of(rows)

    def _read_people(self) -> None:
        workspace = self.context.workspace
        self.context.tasks.submit(
            lambda _progress: users.people(workspace), self._take_people, lane=Lane.READ, owner=self
        )

    def _take_people(self, people: tuple[Person, ...]) -> None:
        self._people = people
        self.filter_bar.set_people(people)

    def _filter_changed(self, wanted: DistributionFilter) -> None:
        self.context.settings.setValue("log/filter", json.dumps(wanted.to_json()))
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
            self._no_match.set_sentence(f"Looked for: {wanted.in_words()}.")
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
            self._read_people()
            self.reload()

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
        rows = self.table.selected_rows()
        self._selected = len(rows)
        self._selected_units = None
        self._selection_number += 1
        self.context.actions.set_situation(LOG, Situation(shown=self._model.rowCount(), selected=len(rows)))
        if len(rows) == 1:
            self._show_entry(self._model.keys_of(rows))
        else:
            self.pane.show_selected(len(rows))
        if 0 < len(rows) <= _ROWS_SUMMED:
            number, keys, workspace = self._selection_number, self._model.keys_of(rows), self.context.workspace
            self.context.tasks.submit(
                lambda _progress: distributions.totals_of(workspace, keys),
                lambda totals: self._take_selected_totals(number, totals),
                lane=Lane.READ,
                owner=self,
            )
        self._say_status()

    def _take_selected_totals(self, number: int, totals: LogTotals) -> None:
        if number == self._selection_number:
            self._selected_units = totals.units
            self._say_status()

    def _show_entry(self, keys: array[int]) -> None:
        number, workspace = self._selection_number, self.context.workspace

        def read(_progress: Progress) -> tuple[DistributionEntry, Sequence[DistributionEntry]] | None:
            found = distributions.entries(workspace, keys)
            if not found:
                return None
            return found[0], distributions.shipment_lines(workspace, found[0].order_number, found[0].ship_date)

        self.context.tasks.submit(read, lambda found: self._take_entry(number, found), lane=Lane.READ, owner=self)

    def _take_entry(self, number: int, found: tuple[DistributionEntry, Sequence[DistributionEntry]] | None) -> None:
        if number != self._selection_number:
            return
        if found is None:
            self.pane.show_selected(0)
        else:
            self.pane.show_entry(*found)

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
        selected = ""
        if self._selected:
            selected = f"Selected: {counted(self._selected, 'entry', 'entries')}"
            if self._selected_units is not None:
                selected += f", {counted(self._selected_units, 'unit', 'units')}"
        self.status_changed.emit(shown, selected)

    def _offer_commands(self, place: QPoint) -> None:
        action = self.context.actions.action
        menu = QMenu(self)
        menu.setObjectName("logMenu")
        menu.addActions([action(command) for command in (actions.COPY_ENTRIES, actions.LINK_ENTRIES)])
        entry = self._model.row_object(self.table.indexAt(place).row())
        if isinstance(entry, DistributionEntry):
            only_lot = menu.addAction(f"Only lot {entry.lot_number}")
            only_lot.setObjectName("onlyThisLot")
            only_lot.triggered.connect(
                lambda: self.filter_bar.set_value(replace(self.filter_bar.value, lot_number=entry.lot_number))
            )
        menu.addSeparator()
        menu.addActions([action(command) for command in (actions.NEW_SHIPMENT, actions.IMPORT_FILE)])
        menu.addActions([action(command) for command in (actions.EXPORT_ENTRIES, actions.REFRESH_LOG)])
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.table.viewport().mapToGlobal(place))

    # Writing and handing on.

    def _save(self, dialog: NewShipmentDialog, shipment: NewShipment) -> None:
        workspace = self.context.workspace

        def save(_progress: Progress) -> tuple[Changes, Sequence[DistributionEntry]]:
            changes = distributions.create_shipment(workspace, shipment)
            return changes, distributions.entries(workspace, changes.ids)

        def saved(found: tuple[Changes, Sequence[DistributionEntry]]) -> None:
            changes, entries = found
            dialog.accept()
            lines = counted(len(entries), "line", "lines")
            self._say(Tone.SUCCESS, f"Saved {lines} of order {entries[0].order_number}, {entries[0].facility_name}.")
            self._to_select, self._just_saved = array("q", changes.ids), True
            self.context.changes.announce(changes)

        def refused(trouble: KnownTrouble) -> None:
            if isinstance(trouble, RepeatsFound):
                dialog.show_repeats(trouble.existing)
            else:
                dialog.show_trouble(trouble)

        self.context.tasks.submit(save, saved, refused, owner=dialog)

    def _export_to(self, path: Path) -> None:
        workspace, wanted = self.context.workspace, self.filter_bar.value
        write = distributions.export_workbook if path.suffix.lower() == ".xlsx" else distributions.export_csv
        ticket: Ticket | None = None

        def tell(done: int, total: int | None) -> None:
            if ticket is not None:
                of = f" of {total:,}" if total is not None else ""
                self.context.say(Message(Tone.INFO, f"Exporting {done:,}{of} entries…", "Cancel", ticket.cancel))

        ticket = self.context.tasks.submit(
            lambda progress: write(workspace, wanted, path, progress),
            lambda receipt: self._say_exported(path, receipt),
            lambda trouble: self._say(Tone.PROBLEM, str(trouble)),
            tell,
            owner=self,
        )

    def _say_exported(self, path: Path, receipt: ExportReceipt) -> None:
        text = (
            f"Exported {counted(receipt.rows, 'entry', 'entries')}, {counted(receipt.units, 'unit', 'units')}, "
            f"to {path.name}."
        )
        show = self.context.prompter.show_folder
        self.context.say(Message(Tone.SUCCESS, text, "Show in folder", lambda: show(path.parent)))
        self.context.changes.announce(Changes.of())

    def _take_copy(self, copied: tuple[str, int]) -> None:
        text, count = copied
        QGuiApplication.clipboard().setText(text)
        self._say(Tone.SUCCESS, f"Copied {counted(count, 'entry', 'entries')}.")

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
