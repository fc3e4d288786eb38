"""What leaves the log for other programs: rows on the clipboard, and exported files."""

from __future__ import annotations

from array import array
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication

from desktop.domain.changes import Changes
from desktop.domain.distributions import DistributionEntry
from desktop.domain.errors import KnownTrouble
from desktop.domain.filters import DistributionFilter
from desktop.domain.progress import Cancelled, Progress
from desktop.services import distributions
from desktop.services.distributions import ExportReceipt
from desktop.ui.dialogs.export_entries import ExportDialog, ExportFormat, ExportWanted
from desktop.ui.formats import counted
from desktop.ui.page import Page
from desktop.ui.prompter import FileType
from desktop.ui.tables.distributions import DISTRIBUTION_COLUMNS, as_cell, as_tab_separated
from desktop.ui.tables.record_table import RecordTable
from desktop.ui.tables.windowed import WindowedModel
from desktop.ui.tasks import Lane, Ticket
from desktop.ui.theme import Tone
from desktop.ui.widgets.banner import Message

CSV_FILE = FileType("CSV file, the record", ("csv",))
WORKBOOK = FileType("Excel workbook, for a spreadsheet", ("xlsx",))

_ROWS_COPIED = 50_000


class HandingOn(QObject):
    """Copies and exports what a page's table shows and has selected."""

    def __init__(self, page: Page, table: RecordTable, model: WindowedModel) -> None:
        super().__init__(page)
        self._page = page
        self._table = table
        self._model = model
        self._context = page.context

    # Copying.

    def copy(self, *, header: bool = True) -> None:
        """Puts the selected rows on the clipboard, as a spreadsheet takes them: the columns that are shown."""
        ranges = self._table.selected_ranges()
        if sum(map(len, ranges)) > _ROWS_COPIED:
            self._say(Tone.WARNING, f"More than {_ROWS_COPIED:,} entries are selected: use Export instead of Copy.")
            return
        keys, workspace = self._selected_keys(), self._context.workspace
        columns = [DISTRIBUTION_COLUMNS[place] for place in self._table.visible_sections()]

        def read(_progress: Progress) -> tuple[str, int]:
            entries = distributions.entries(workspace, keys)
            return as_tab_separated(entries, columns, header=header), len(entries)

        self._context.tasks.submit(read, self._take_copy, lane=Lane.READ, owner=self)

    def copy_cell(self) -> None:
        """Puts the value of the cell that the keys are in on the clipboard."""
        cell = self._table.currentIndex()
        entry = self._model.row_object(cell.row())
        if isinstance(entry, DistributionEntry):
            self.copy_value(entry, cell.column())

    def copy_value(self, entry: DistributionEntry, section: int) -> None:
        """Puts one value of an entry on the clipboard."""
        column = DISTRIBUTION_COLUMNS[section]
        QGuiApplication.clipboard().setText(as_cell(entry, column))
        self._say(Tone.SUCCESS, f"Copied {column.title}.")

    def _take_copy(self, copied: tuple[str, int]) -> None:
        text, count = copied
        QGuiApplication.clipboard().setText(text)
        self._say(Tone.SUCCESS, f"Copied {counted(count, 'entry', 'entries')}.")

    # Exporting.

    def export(self, wanted: DistributionFilter, found: int | None) -> None:
        """Asks what of the `found` entries to write and where to, then writes it; it can be stopped until it is done.

        A file called `.csv` or `.xlsx` is what its name says, whatever was chosen before.
        """
        selected = sum(map(len, self._table.selected_ranges()))
        dialog = ExportDialog(wanted.in_words(), found, selected, self._page)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.submitted.connect(partial(self._ask_where, wanted))
        dialog.open()

    def _ask_where(self, wanted: DistributionFilter, chosen: ExportWanted) -> None:
        keys = self._selected_keys() if chosen.only_selected else None
        if keys is not None and len(keys) == self._model.rowCount():
            keys = None  # all that the filter finds, which one query reads
        kind = WORKBOOK if chosen.format is ExportFormat.WORKBOOK else CSV_FILE
        name = f"distribution-log-{self._context.workspace.today()}.{chosen.format.value}"
        self._context.prompter.save_file(
            self._page,
            "Export the distribution log",
            name,
            (kind,),
            lambda path: self._export_to(path, wanted, keys, chosen.format),
        )

    def _export_to(self, path: Path, wanted: DistributionFilter, keys: array[int] | None, chosen: ExportFormat) -> None:
        workspace, endings = self._context.workspace, {kind.value: kind for kind in ExportFormat}
        kind = endings.get(path.suffix.lower().removeprefix("."), chosen)
        write = distributions.export_workbook if kind is ExportFormat.WORKBOOK else distributions.export_csv
        ticket: Ticket | None = None

        def stop() -> None:
            if ticket is not None:
                ticket.cancel()

        def tell(done: int, total: int | None) -> None:
            of = f" of {total:,}" if total is not None else ""
            self._context.say(Message(Tone.INFO, f"Exporting {done:,}{of} entries…", "Cancel", stop))

        self._context.say(Message(Tone.INFO, "Exporting…", "Cancel", stop))
        ticket = self._context.tasks.submit(
            lambda progress: write(workspace, wanted, path, progress, ids=keys),
            lambda receipt: self._say_exported(path, receipt),
            self._say_not_exported,
            tell,
            owner=self,
        )

    def _say_exported(self, path: Path, receipt: ExportReceipt) -> None:
        text = (
            f"Exported {counted(receipt.rows, 'entry', 'entries')}, {counted(receipt.units, 'unit', 'units')}, "
            f"to {path.name}."
        )
        show = self._context.prompter.show_folder
        self._context.say(Message(Tone.SUCCESS, text, "Show in folder", lambda: show(path.parent)))
        self._context.changes.announce(Changes.of())

    def _say_not_exported(self, trouble: KnownTrouble) -> None:
        if isinstance(trouble, Cancelled):
            self._say(Tone.INFO, "The export was cancelled. No file was written.")
        else:
            self._say(Tone.PROBLEM, str(trouble))

    def _selected_keys(self) -> array[int]:
        keys: array[int] = array("q")
        for rows in self._table.selected_ranges():
            keys += self._model.keys_of(rows)
        return keys

    def _say(self, tone: Tone, text: str) -> None:
        self._context.say(Message(tone, text))
