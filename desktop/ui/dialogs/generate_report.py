"""What a tracing report is made of: a month, a date range or a lot, and what narrows it; its size is said before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.domain.distributions import LogTotals, Source
from desktop.domain.errors import KnownTrouble, RuleBroken
from desktop.domain.filters import MONTH_NAMES, DistributionFilter
from desktop.domain.lots import normalise_lot
from desktop.domain.products import PRODUCTS
from desktop.domain.reports import check_report_filter
from desktop.domain.users import Person
from desktop.ui.formats import counted
from desktop.ui.tables.distributions import SOURCE_LABELS
from desktop.ui.theme import Tone
from desktop.ui.widgets.date_field import DateField
from desktop.ui.widgets.form_field import FormField
from desktop.ui.widgets.named import muted, named
from desktop.ui.widgets.notice import Notice

_MILLISECONDS_BEFORE_COUNT = 200
_FIRST_YEAR = 2000
_FIELD_WIDTH, _MARGIN = 264, 16
_MONTH, _RANGE, _ANY_TIME = range(3)


@dataclass(frozen=True, slots=True)
class ReportWanted:
    """The report to make; `allow_empty` when it was said before that it has no rows, and is wanted all the same."""

    filter: DistributionFilter
    allow_empty: bool


def last_full_month(today: date) -> tuple[int, int]:
    """Year and month of the last month that is over."""
    end = today.replace(day=1) - timedelta(days=1)
    return end.year, end.month


class GenerateReportDialog(QDialog):
    """Emits `submitted` with a `ReportWanted`, and `count_asked` with a `DistributionFilter` whenever that changes.

    Whoever opened it answers a count with `show_count` or `show_count_trouble`, shows how far the making is by
    `show_progress`, and ends it by `accept` or `show_trouble`. `stop_asked` asks to stop the making.
    """

    submitted = Signal(object)
    count_asked = Signal(object)
    stop_asked = Signal()

    def __init__(self, today: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("generateReportDialog")
        self.setWindowTitle("Generate a tracing report")
        self.setFixedWidth(2 * _FIELD_WIDTH + 3 * _MARGIN)
        self._last_month = last_full_month(today)
        self._busy = False
        self._counted: DistributionFilter | None = None
        self._is_empty = False
        self._make_editors(today)
        self._trouble = Notice("reportProblem", Tone.PROBLEM)
        self._count = named(QLabel(wordWrap=True), "reportCount", "Size of the report")
        self._count.setProperty("section", True)
        self._empty = Notice("reportEmptyNotice", Tone.WARNING)
        self._progress = named(QProgressBar(), "reportProgress", "Progress")
        self._progress.hide()
        self._stop = named(QPushButton("Cancel"), "cancelButton")
        self._stop.setAutoDefault(False)
        self._stop.clicked.connect(self.reject)
        self._make = named(QPushButton(), "generateButton")
        self._make.setProperty("primary", True)
        self._make.setDefault(True)
        self._make.clicked.connect(self._submit)
        self._arrange()
        self._timer = QTimer(self, singleShot=True, interval=_MILLISECONDS_BEFORE_COUNT)
        self._timer.timeout.connect(self._ask_count)
        self._listen()
        self._follow()
        QTimer.singleShot(0, self, self._ask_count)

    # What whoever opened the dialog uses.

    @property
    def value(self) -> DistributionFilter:
        """What is asked for now; it may still break the rules of a report."""
        period = self._period.currentIndex()
        rep_id = self._rep.currentData()
        return DistributionFilter(
            month=f"{self._year.currentText()}-{self._month.currentIndex() + 1:02}" if period == _MONTH else None,
            date_from=self._from.value if period == _RANGE else None,
            date_to=self._to.value if period == _RANGE else None,
            source=self._source.currentData(),
            rep_id=rep_id,
            rep_name=self._rep.currentText() if rep_id is not None else None,
            sku=self._sku.currentData(),
            lot_number=normalise_lot(self._lot.text()),
        )

    @property
    def count_text(self) -> str:
        """What is said of the size of the report."""
        return self._count.text()

    @property
    def empty_text(self) -> str:
        """What is said of a report without rows; "" when it has some."""
        return self._empty.text

    @property
    def trouble(self) -> str:
        """What is said to be wrong with the whole; "" when nothing is."""
        return self._trouble.text

    def problem(self, field: str) -> str:
        """What is said to be wrong with `date_from`, `date_to` or `lot_number`; "" when nothing is."""
        return self._fields[field].problem

    def set_people(self, people: Sequence[Person]) -> None:
        """The reps to choose from, as soon as they are known."""
        for person in people:
            self._rep.addItem(person.name, person.id)

    def show_count(self, wanted: DistributionFilter, totals: LogTotals) -> None:
        """Says how large the report would be; an answer to an earlier question is dropped."""
        if wanted != self._counted:
            return
        self._is_empty = totals.lines == 0
        lines, units = counted(totals.lines, "line", "lines"), counted(totals.units, "unit", "units")
        words = wanted.in_words()
        self._count.setText(f"{words[0].upper()}{words[1:]}: {lines}, {units}")
        self._empty.say(f"No entry matches {wanted.in_words()}: the report would be empty." if self._is_empty else "")
        self._name_button()

    def show_count_trouble(self, wanted: DistributionFilter, trouble: KnownTrouble) -> None:
        """Says why the size is not known."""
        if wanted == self._counted:
            self._count.clear()
            self.show_trouble(trouble)

    def set_busy(self, busy: bool) -> None:
        """While the report is made nothing can be changed; Cancel then stops the making."""
        self._busy = busy
        self._form.setEnabled(not busy)
        self._make.setEnabled(not busy)
        self._stop.setEnabled(True)
        self._stop.setText("Stop" if busy else "Cancel")
        self._progress.setVisible(busy)
        self._progress.setRange(0, 0)
        self._name_button()
        if busy:
            self._stop.setFocus()

    def show_progress(self, done: int, total: int | None) -> None:
        """How many lines are written."""
        if self._busy and total:
            self._progress.setRange(0, total)
            self._progress.setValue(done)
            self._progress.setFormat(f"{done:,} of {total:,} lines")

    def show_trouble(self, trouble: KnownTrouble) -> None:
        """Says what is wrong, beside each field where that is known; what was chosen stays."""
        self.set_busy(False)
        if isinstance(trouble, RuleBroken):
            self._show_problems(self._placed(trouble))
        else:
            self._trouble.say(str(trouble))

    # How it works.

    def reject(self) -> None:
        """Closes the dialog, or asks to stop while the report is made: then it closes by the answer to that."""
        if self._busy:
            self._stop.setEnabled(False)
            self._stop.setText("Stopping…")
            self.stop_asked.emit()
        else:
            super().reject()

    def event(self, event: QEvent) -> bool:
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:  # a problem came or went: as high as what is said now
            self.resize(self.width(), self._column.totalHeightForWidth(self.width()))
        return handled

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        if self._busy:
            event.ignore()
            self.reject()
        else:
            super().closeEvent(event)

    def _make_editors(self, today: date) -> None:
        self._period = QComboBox()
        self._period.addItems(["One month", "A date range", "Any time, for one lot"])
        year, month = self._last_month
        self._month = QComboBox()
        self._month.addItems(MONTH_NAMES)
        self._month.setCurrentIndex(month - 1)
        self._month.setMaxVisibleItems(len(MONTH_NAMES))
        self._year = QComboBox()
        self._year.addItems([str(listed) for listed in range(today.year, _FIRST_YEAR - 1, -1)])
        self._year.setCurrentText(str(year))
        self._month_note = named(muted(QLabel()), "monthNote")
        self._from = DateField()
        self._to = DateField()
        self._lot = QLineEdit(placeholderText="All lots")
        self._sku = QComboBox()
        self._sku.addItem("All SKUs", None)
        for product in PRODUCTS:
            self._sku.addItem(f"{product.sku}  ({product.french} Fr)", product.sku)
        self._source = QComboBox()
        self._source.addItem("All sources", None)
        for source in Source:
            self._source.addItem(SOURCE_LABELS[source], source)
        self._rep = QComboBox()
        self._rep.addItem("All reps", None)
        self._fields = {
            "period": FormField("period", "Period", self._period),
            "month": FormField("month", "Month", self._month),
            "year": FormField("year", "Year", self._year),
            "date_from": FormField("date_from", "From", self._from),
            "date_to": FormField("date_to", "To, included", self._to),
            "lot_number": FormField("lot_number", "Lot", self._lot),
            "sku": FormField("sku", "SKU", self._sku),
            "source": FormField("source", "Source", self._source),
            "rep": FormField("rep", "Rep", self._rep),
        }

    def _arrange(self) -> None:
        self._form = named(QWidget(), "reportForm")
        dates = QHBoxLayout()
        dates.setSpacing(_MARGIN)
        for name, share in (("month", 3), ("year", 2), ("date_from", 1), ("date_to", 1)):
            dates.addWidget(self._fields[name], share)
        grid = QGridLayout(self._form)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(_MARGIN)
        grid.setVerticalSpacing(8)
        grid.addWidget(self._fields["period"], 0, 0)
        grid.addLayout(dates, 0, 1)
        grid.addWidget(self._month_note, 1, 1)
        for place, name in enumerate(("lot_number", "sku", "source", "rep")):
            grid.addWidget(self._fields[name], 2 + place // 2, place % 2)
        for column_of_fields in (0, 1):
            grid.setColumnStretch(column_of_fields, 1)
            grid.setColumnMinimumWidth(column_of_fields, _FIELD_WIDTH)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self._stop)
        buttons.addWidget(self._make)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        column.setSpacing(10)
        column.addWidget(self._trouble)
        column.addWidget(self._form)
        column.addSpacing(4)
        column.addWidget(self._count)
        column.addWidget(self._empty)
        column.addWidget(self._progress)
        column.addLayout(buttons)

    def _listen(self) -> None:
        for chooser in (self._period, self._month, self._year, self._sku, self._source, self._rep):
            chooser.currentIndexChanged.connect(self._follow)
        for text in (self._from, self._to, self._lot):
            text.textChanged.connect(self._follow)

    def _follow(self) -> None:
        """Something was changed: what was said of it before is taken back."""
        period = self._period.currentIndex()
        for name, needed in (("month", _MONTH), ("year", _MONTH), ("date_from", _RANGE), ("date_to", _RANGE)):
            self._fields[name].setVisible(period == needed)
        self._lot.setPlaceholderText("The lot to report" if period == _ANY_TIME else "All lots")
        chosen = (int(self._year.currentText()), self._month.currentIndex() + 1)
        self._month_note.setText("The last full month" if period == _MONTH and chosen == self._last_month else " ")
        for field in self._fields.values():
            field.set_problem(None)
        self._trouble.say("")
        self._empty.say("")
        self._count.setText(" ")
        self._counted = None
        self._is_empty = False
        self._name_button()
        self._timer.start()

    def _ask_count(self) -> None:
        wanted = self.value
        if self._busy or self._problems_of(wanted):
            return  # still being typed; problems are said when it is submitted
        self._counted = wanted
        self._count.setText("Counting…")
        self.count_asked.emit(wanted)

    def _submit(self) -> None:
        wanted = self.value
        if messages := self._problems_of(wanted):
            self._show_problems(messages)
        elif not self._busy:
            self._timer.stop()
            self._trouble.say("")
            self._counted = wanted
            allow_empty = self._is_empty
            self.set_busy(True)
            self.submitted.emit(ReportWanted(wanted, allow_empty))

    def _problems_of(self, wanted: DistributionFilter) -> dict[str, str]:
        """What is wrong, by the field where it is mended."""
        if self._period.currentIndex() == _RANGE:
            unreadable = {
                name: "Write the date as YYYY-MM-DD"
                for name, field in (("date_from", self._from), ("date_to", self._to))
                if not field.is_readable
            }
            if unreadable:
                return unreadable
        try:
            check_report_filter(wanted)
        except RuleBroken as broken:
            return self._placed(broken)
        return {}

    def _placed(self, broken: RuleBroken) -> dict[str, str]:
        messages: dict[str, str] = {}
        period = self._period.currentIndex()
        for problem in broken.problems:
            if problem.field != "month" or period == _MONTH:
                messages[str(problem.field)] = problem.message
            elif period == _ANY_TIME:
                messages["lot_number"] = "Enter the lot, or choose a month or a date range"
            else:
                blank = [name for name, field in (("date_from", self._from), ("date_to", self._to)) if not field.value]
                messages |= dict.fromkeys(blank, "Enter both dates, or a lot")
        return messages

    def _show_problems(self, messages: dict[str, str]) -> None:
        for name, field in self._fields.items():
            field.set_problem(messages.get(name))
        elsewhere = [message for name, message in messages.items() if name not in self._fields]
        self._trouble.say("; ".join(elsewhere))
        for name, field in self._fields.items():
            if name in messages:
                field.editor.setFocus()
                break

    def _name_button(self) -> None:
        if self._busy:
            text = "Generating…"
        elif self._is_empty:
            text = "Make an empty report"
        else:
            text = "Generate report"
        self._make.setText(text)
        self._make.setAccessibleName(text)
