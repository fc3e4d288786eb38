"""Trace a lot: typed or scanned, and then everybody who received it, how much, when, and what is not known of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QTabWidget, QVBoxLayout, QWidget

from desktop.domain.changes import Changes, Subject
from desktop.domain.errors import KnownTrouble
from desktop.domain.filters import DistributionFilter
from desktop.domain.permissions import Permission
from desktop.domain.products import SKUS
from desktop.domain.progress import Progress
from desktop.domain.recalls import Consignee, MonthOfUnits, consignees, units_per_month
from desktop.services import distributions, lot_trace, tracing_reports
from desktop.services.distributions import ExportReceipt
from desktop.services.lot_trace import LotTrace
from desktop.ui import actions
from desktop.ui.actions import Situation
from desktop.ui.formats import counted, shown_date
from desktop.ui.icons import icon
from desktop.ui.page import Page, PageContext, PageSpec
from desktop.ui.prompter import FileType
from desktop.ui.tables.consignees import CONSIGNEE_COLUMNS
from desktop.ui.tables.distributions import DISTRIBUTION_COLUMNS, as_tab_separated
from desktop.ui.tables.record_table import RecordTable
from desktop.ui.tables.short_list import ShortListModel
from desktop.ui.tasks import Lane
from desktop.ui.theme import Tone
from desktop.ui.widgets.action_button import ActionButton
from desktop.ui.widgets.banner import Message
from desktop.ui.widgets.bar_chart import Bar, BarChart
from desktop.ui.widgets.empty_state import EmptyState
from desktop.ui.widgets.hairline import hairline
from desktop.ui.widgets.named import muted, named
from desktop.ui.widgets.status_light import StatusLight
from desktop.ui.widgets.view_states import ViewStates

_FILE_TYPES = (FileType("CSV file, the record", ("csv",)), FileType("Excel workbook, for a spreadsheet", ("xlsx",)))
_FIELD_WIDTH = 360
_FACILITIES_NAMED = 2
_UNITS_COLUMN = [column.name for column in CONSIGNEE_COLUMNS].index("units")


def page_spec() -> PageSpec:
    """How the page registers itself."""
    return PageSpec(actions.TRACE, "Trace a Lot", "trace", Permission.DISTRIBUTION_LOG_VIEW, TraceLotPage)


@dataclass(frozen=True, slots=True)
class _Traced:
    """A trace, made ready for the screen in the worker."""

    trace: LotTrace
    consignees: tuple[Consignee, ...]
    months: tuple[MonthOfUnits, ...]


class TraceLotPage(Page):
    """The field takes what is typed or scanned (a scanner ends with Enter) and selects it, ready for the next one."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.setObjectName("traceLotPage")
        self._shown: _Traced | None = None
        self._asked = 0
        self._consignees = ShortListModel(CONSIGNEE_COLUMNS)
        self._lines = ShortListModel(DISTRIBUTION_COLUMNS)
        bind = context.actions.bind
        bind(actions.FREEZE_TRACE, self.freeze, self)
        bind(actions.EXPORT_TRACE, self._ask_where_to_export, self)
        bind(actions.COPY_CONSIGNEES, self._copy, self)
        self._build()
        context.changes.changed.connect(self._follow_changes)
        self._states.retry.connect(self.trace)
        self._tell_situation()

    def enter(self) -> None:
        self._tell_situation()
        self._field.setFocus()
        self._field.selectAll()

    def trace(self) -> None:
        """Traces what is in the field, in a worker."""
        typed = self._field.text().strip()
        if not typed:
            return
        self._asked += 1
        number, workspace = self._asked, self.context.workspace
        self._states.show_loading()

        def read(_progress: Progress) -> _Traced:
            code = lot_trace.read_code(workspace, typed)
            found = lot_trace.trace(workspace, code.lot)
            return _Traced(found, consignees(found.lines), units_per_month(found.lines))

        self.context.tasks.submit(
            read,
            lambda traced: self._show(traced) if number == self._asked else None,
            lambda trouble: self._say_unreadable(trouble) if number == self._asked else None,
            lane=Lane.READ,
            owner=self,
        )

    def freeze(self) -> None:
        """Makes a tracing report of the lot that is shown."""
        if self._shown is None:
            return
        workspace, wanted = self.context.workspace, DistributionFilter(lot_number=self._shown.trace.lot)

        def made(changes: Changes) -> None:
            self.context.changes.announce(changes)
            self.context.tasks.submit(
                lambda _progress: tracing_reports.get_report(workspace, changes.ids[0]).reference,
                lambda name: self._say(Tone.SUCCESS, f"Frozen as tracing report {name}: it is under Tracing Reports."),
                lane=Lane.READ,
                owner=self,
            )

        self.context.tasks.submit(
            lambda progress: tracing_reports.generate(workspace, wanted, progress=progress), made, owner=self
        )

    # How it is built.

    def _build(self) -> None:
        action = self.context.actions.action
        self._field = named(QLineEdit(), "traceField", "Lot, typed or scanned")
        self._field.setPlaceholderText("Type or scan a lot, then Enter")
        self._field.setClearButtonEnabled(True)
        self._field.setFixedWidth(_FIELD_WIDTH)
        self._field.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self._field.returnPressed.connect(self.trace)
        label = QLabel("&Lot")
        label.setBuddy(self._field)
        tools = QHBoxLayout()
        tools.setContentsMargins(12, 10, 12, 10)
        tools.setSpacing(8)
        tools.addWidget(label)
        tools.addWidget(self._field)
        tools.addStretch(1)
        tools.addWidget(ActionButton(action(actions.FREEZE_TRACE), primary=True))
        tools.addWidget(ActionButton(action(actions.EXPORT_TRACE)))
        tools.addWidget(ActionButton(action(actions.COPY_CONSIGNEES)))
        self._states = ViewStates(self._make_answer())
        self._nothing_asked = EmptyState(
            "traceNothingAsked",
            "trace",
            "Who received this lot?",
            "Type a lot, or scan its barcode (also GS1 codes with the lot in them), and press Enter.",
        )
        self._nobody = EmptyState("traceNobody", "search", "Nobody received this lot", "")
        self._states.show_empty(self._nothing_asked)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addLayout(tools)
        page.addWidget(hairline())
        page.addWidget(self._states, 1)

    def _make_answer(self) -> QWidget:
        self._title = named(QLabel(textFormat=Qt.TextFormat.PlainText), "traceTitle")
        self._title.setProperty("heading", True)
        self._title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._summary = named(muted(QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)), "traceSummary")
        self._missing = named(StatusLight(), "traceMissing")
        words = QVBoxLayout()
        words.setSpacing(6)
        for widget in (self._title, self._summary, self._missing):
            words.addWidget(widget)
        words.addStretch(1)
        self._chart = BarChart("traceChart", "Units per month")
        head = QHBoxLayout()
        head.setContentsMargins(12, 10, 12, 6)
        head.setSpacing(24)
        head.addLayout(words, 2)
        head.addWidget(self._chart, 3)
        self._consignee_table = RecordTable("consigneeTable", "Consignees of the lot")
        self._consignee_table.setModel(self._consignees)
        self._consignee_table.set_columns(CONSIGNEE_COLUMNS)
        self._consignee_table.horizontalHeader().setSortIndicator(_UNITS_COLUMN, Qt.SortOrder.DescendingOrder)
        self._consignee_table.remember(self.context.settings, "trace_lot/consignees")
        self._line_table = RecordTable("traceLineTable", "Lines of the lot")
        self._line_table.setModel(self._lines)
        self._line_table.set_columns(DISTRIBUTION_COLUMNS)
        self._line_table.horizontalHeader().setSortIndicator(0, Qt.SortOrder.AscendingOrder)
        self._line_table.remember(self.context.settings, "trace_lot/lines")
        for table in (self._consignee_table, self._line_table):
            table.setSortingEnabled(True)
        self._tabs = named(QTabWidget(), "traceTabs", "Consignees or lines")
        self._tabs.setDocumentMode(True)
        self._tabs.addTab(self._consignee_table, "&Consignees")
        self._tabs.addTab(self._line_table, "L&ines")
        answer = QWidget()
        answer.setProperty("surface", True)
        answer.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(answer)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._tabs, 1)
        return answer

    # The answer.

    def _show(self, traced: _Traced) -> None:
        self._field.selectAll()
        found = traced.trace
        self._shown = traced if found.lines else None
        if found.lines:
            self._say_answer(traced)
            self._states.show_content()
        else:
            self._nobody.set_sentence(
                f"No line of the log has the lot {found.lot}." if found.lot else "The code that was scanned has no lot."
            )
            self._states.show_empty(self._nobody)
        self._tell_situation()

    def _say_answer(self, traced: _Traced) -> None:
        found, places = traced.trace, traced.consignees
        self._title.setText(
            f"{found.lot}: {counted(found.units, 'unit', 'units')} "
            f"to {counted(found.facilities, 'facility', 'facilities')}"
        )
        skus = tuple(sku for sku in SKUS if any(line.sku == sku for line in found.lines))
        first, last = found.lines[0].ship_date, found.lines[-1].ship_date
        days = shown_date(first) if first == last else f"{shown_date(first)} to {shown_date(last)}"
        self._summary.setText(f"Shipped {days} in {counted(len(found.lines), 'line', 'lines')}; SKU {', '.join(skus)}.")
        lacking = [place for place in places if place.missing]
        if lacking:
            names = ", ".join(place.facility_name for place in lacking[:_FACILITIES_NAMED])
            more = len(lacking) - _FACILITIES_NAMED
            several = counted(len(lacking), "consignee lacks", "consignees lack")
            rest = f" and {more:,} more" if more > 0 else ""
            self._missing.set_status(Tone.WARNING, f"{several} an address or a phone number: {names}{rest}.")
        else:
            self._missing.set_status(Tone.SUCCESS, "Every consignee has an address and a phone number.")
        self._chart.show_bars(
            skus, [Bar(month.month, tuple(month.units.get(sku, 0) for sku in skus)) for month in traced.months]
        )
        self._consignees.show(places)
        self._lines.show(found.lines)
        self._tabs.setTabText(0, f"&Consignees ({len(places):,})")
        self._tabs.setTabText(1, f"L&ines ({len(found.lines):,})")

    def _say_unreadable(self, trouble: KnownTrouble) -> None:
        self._shown = None
        self._states.show_error(str(trouble))
        self._tell_situation()

    def _follow_changes(self, changes: Changes) -> None:
        if Subject.DISTRIBUTIONS in changes.subjects and self._asked:
            self.trace()

    def _tell_situation(self) -> None:
        lines = 0 if self._shown is None else len(self._shown.trace.lines)
        self.context.actions.set_situation(actions.TRACE, Situation(shown=lines, selected=lines))
        shown = ""
        if self._shown is not None:
            units = counted(self._shown.trace.units, "unit", "units")
            shown = f"{counted(lines, 'line', 'lines')}, {units}"
        self.status_changed.emit(shown, "")

    # Handing on.

    def _copy(self) -> None:
        rows = [self._consignees.rows[row] for row in self._consignee_table.selected_rows()] or self._consignees.rows
        QGuiApplication.clipboard().setText(as_tab_separated(rows, CONSIGNEE_COLUMNS))
        self._say(Tone.SUCCESS, f"Copied {counted(len(rows), 'consignee', 'consignees')}.")

    def _ask_where_to_export(self) -> None:
        if self._shown is not None:
            name = f"lot-{self._shown.trace.lot}.csv"
            self.context.prompter.save_file(self, "Export the lines of the lot", name, _FILE_TYPES, self._export)

    def _export(self, path: Path) -> None:
        if self._shown is None:
            return
        workspace, wanted = self.context.workspace, DistributionFilter(lot_number=self._shown.trace.lot)
        write = distributions.export_workbook if path.suffix.lower() == ".xlsx" else distributions.export_csv

        def exported(receipt: ExportReceipt) -> None:
            text = f"Exported {counted(receipt.rows, 'line', 'lines')} to {path.name}."
            show = partial(self.context.prompter.show_folder, path.parent)
            self.context.say(Message(Tone.SUCCESS, text, "Show in folder", show))
            self.context.changes.announce(Changes.of())

        self.context.tasks.submit(lambda progress: write(workspace, wanted, path, progress), exported, owner=self)

    def _say(self, tone: Tone, text: str) -> None:
        self.context.say(Message(tone, text))
