"""The filter row above the Distribution Log, and the chips that say what is active."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QComboBox, QVBoxLayout, QWidget

from desktop.domain.distributions import Source
from desktop.domain.filters import EVERYTHING, MONTH_NAMES, DistributionFilter, MissingField
from desktop.domain.lots import normalise_lot
from desktop.domain.periods import FilterChoice, Period
from desktop.domain.products import PRODUCTS
from desktop.domain.users import Person
from desktop.ui.tables.distributions import SOURCE_LABELS
from desktop.ui.theme import restyle
from desktop.ui.widgets.captioned import Captioned
from desktop.ui.widgets.chip_bar import ChipBar
from desktop.ui.widgets.choice_field import ChoiceField
from desktop.ui.widgets.date_field import DateField
from desktop.ui.widgets.flow_layout import FlowLayout
from desktop.ui.widgets.named import named
from desktop.ui.widgets.search_field import SearchField

_ANY_DATE = "any"
_RANGE = "range"
_MONTHS_OFFERED = 120
_NARROW, _MIDDLE, _PERIOD, _WIDE = 108, 118, 136, 200
_SEARCHED = "facility, order number, tracking number and city"
_DATES_KEY = "dates"
_NAME = Qt.ItemDataRole.UserRole + 1
_MISSING_LABELS = {
    MissingField.CUSTOMER: "Customer",
    MissingField.REP: "Rep",
    MissingField.RECALL_CONTACT: "Address or phone, for a recall",
}
_BY_KEY = {"rep_id": "rep_name", "customer_id": "customer_name"}


class FilterBar(QWidget):
    """Shows and changes one `DistributionFilter`.

    `changed` carries the filter, a moment after the last key. Esc empties the field it is pressed in; pressed again,
    it asks by `left` to go on to the rows. `customers_wanted` comes whenever somebody is about to choose one.
    `lot_entered` carries what was typed or scanned as a lot, for whoever can read more out of it (`use_lot`).
    """

    changed = Signal(object)
    left = Signal()
    customers_wanted = Signal()
    lot_entered = Signal(str)

    def __init__(self, today: date, buttons: Sequence[QAbstractButton] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filterBar")
        self._today = today
        self._choice = FilterChoice()
        self._value = EVERYTHING
        self._customer_names: dict[int, str] = {}
        self._make_editors()
        self._fill()
        self._chips = ChipBar("Only:", buttons)
        self._chips.removed.connect(self._remove)
        self._chips.emptied.connect(self.focus_search)
        self._range: list[Captioned] = []
        row = FlowLayout()
        for caption, widget, width in (
            ("&Text", self._search, _WIDE),
            ("&Dates", self._period, _PERIOD),
            ("From", self._from, _MIDDLE),
            ("Until", self._until, _MIDDLE),
            ("&Lot", self._lot, _NARROW),
            ("&SKU", self._sku, _NARROW),
            ("&Customer", self._customer, _MIDDLE),
            ("&Rep", self._rep, _MIDDLE),
            ("S&ource", self._source, _NARROW),
            ("&Missing", self._missing, _NARROW),
        ):
            widget.setFixedWidth(width)
            widget.installEventFilter(self)
            captioned = Captioned(caption, widget)
            row.addWidget(captioned)
            if widget in (self._from, self._until):
                self._range.append(captioned)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row)
        column.addWidget(self._chips)
        self._show_range(False)
        for box in self._boxes:
            box.currentIndexChanged.connect(self._tell)
        self._period.activated.connect(self._begin_range)
        self._search.settled.connect(self._tell)
        self._lot.settled.connect(self._take_lot)
        self._customer.chosen.connect(self._tell)
        self._customer.entered.connect(self.customers_wanted)
        for dates in (self._from, self._until):
            dates.date_changed.connect(self._tell)
            dates.textChanged.connect(self._mark_unreadable)
        # The fields of a range are not there until they are wanted.
        QShortcut(QKeySequence("Alt+F"), self, lambda: self._go_to_range(self._from))
        QShortcut(QKeySequence("Alt+U"), self, lambda: self._go_to_range(self._until))

    @property
    def value(self) -> DistributionFilter:
        """The filter that is active."""
        return self._value

    @property
    def choice(self) -> FilterChoice:
        """The filter that is active, with the moving period it was chosen by, if it was."""
        return self._choice

    @property
    def chips(self) -> tuple[str, ...]:
        """What the chips say."""
        return self._chips.texts

    def set_people(self, people: Sequence[Person]) -> None:
        """Offers these reps; who is not active any more is marked."""
        names = Counter(person.name or person.email for person in people)
        blocker = QSignalBlocker(self._rep)
        self._rep.clear()
        self._rep.addItem("Any", None)
        for person in people:
            name = person.name or person.email
            shown = f"{name}, {person.email}" if names[name] > 1 else name
            self._rep.addItem(shown if person.is_active else f"{shown} (not active)", person.id)
            self._rep.setItemData(self._rep.count() - 1, name, _NAME)
        blocker.unblock()
        self._choose_rep()

    def set_customers(self, customers: Sequence[tuple[int, str]]) -> None:
        """Offers these customers, each an id and a name; where two have one name, the id tells them apart."""
        self._customer_names = dict(customers)
        names = Counter(name for _, name in customers)
        self._customer.set_choices(
            [(key, f"{name} (no. {key})" if names[name] > 1 else name) for key, name in customers]
        )

    def set_value(self, wanted: DistributionFilter) -> None:
        """Shows another filter and makes it the active one."""
        self.set_choice(FilterChoice(wanted))

    def set_choice(self, choice: FilterChoice) -> None:
        """Shows another filter, chosen by a moving period or not, and makes it the active one."""
        wanted = choice.on(self._today)
        blockers = [QSignalBlocker(widget) for widget in self._editors()]
        self._search.set_text_silently(wanted.text)
        self._lot.set_text_silently(wanted.lot_number or "")
        for box, value in ((self._sku, wanted.sku), (self._source, wanted.source), (self._missing, wanted.missing)):
            box.setCurrentIndex(max(box.findData(value), 0))
        self._customer.choose(wanted.customer_id, wanted.customer_name or f"Customer {wanted.customer_id}")
        is_range = choice.period is None and (wanted.date_from is not None or wanted.date_to is not None)
        self._from.set_value(wanted.date_from if is_range else None)
        self._until.set_value(wanted.date_to if is_range else None)
        if choice.period is None and wanted.month is not None and self._period.findData(wanted.month) < 0:
            self._period.addItem(_month_label(wanted.month), wanted.month)
        shown = choice.period or wanted.month or (_RANGE if is_range else _ANY_DATE)
        self._period.setCurrentIndex(self._period.findData(shown))
        for blocker in blockers:
            blocker.unblock()
        self._mark_unreadable()
        self._use(choice)
        self._choose_rep()
        self._show_range(shown == _RANGE)
        self.changed.emit(self._value)

    def use_lot(self, lot_number: str) -> None:
        """Looks for this lot."""
        self._lot.set_text_silently(lot_number)
        self._tell()

    def clear(self) -> None:
        """Everything is meant again."""
        self.set_value(EVERYTHING)

    def focus_search(self) -> None:
        """Goes to the free text."""
        self._search.setFocus()
        self._search.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            self._escape(watched)
            return True
        return super().eventFilter(watched, event)

    def _make_editors(self) -> None:
        self._search = named(SearchField("Facility, order…", picture="search"), "filterText", f"Search {_SEARCHED}")
        self._period = named(QComboBox(), "filterPeriod", "Month, period or date range")
        self._from = named(DateField(), "filterFrom", "Shipped from")
        self._until = named(DateField(), "filterUntil", "Shipped until")
        self._lot = named(SearchField("Whole lot", whole=True), "filterLot", "Lot")
        self._sku = named(QComboBox(), "filterSku", "SKU")
        self._customer = named(ChoiceField("Any"), "filterCustomer", "Customer")
        self._rep = named(QComboBox(), "filterRep", "Rep")
        self._source = named(QComboBox(), "filterSource", "Source")
        self._missing = named(QComboBox(), "filterMissing", "What is missing")
        for widget, tip in (
            (self._search, f"Search {_SEARCHED} (Ctrl+F or Alt+T)"),
            (self._period, "Month, period or date range (Alt+D); type a month such as 2025-03"),
            (self._from, "Shipped from this day on (Alt+F)"),
            (self._until, "Shipped until this day, included (Alt+U)"),
            (self._lot, "The whole lot number, typed or scanned, then Enter (Alt+L)"),
            (self._sku, "SKU (Alt+S)"),
            (self._customer, "Type a part of the name, then Enter (Alt+C)"),
            (self._rep, "Rep (Alt+R)"),
            (self._source, "How the entries came into the log (Alt+O)"),
            (self._missing, "Entries that lack something (Alt+M)"),
        ):
            widget.setToolTip(tip)

    @property
    def _boxes(self) -> tuple[QComboBox, ...]:
        return (self._period, self._sku, self._rep, self._source, self._missing)

    def _editors(self) -> tuple[QWidget, ...]:
        return (*self._boxes, self._search, self._from, self._until, self._lot, self._customer)

    def _fill(self) -> None:
        self._period.addItem("Any", _ANY_DATE)
        for period in Period:
            self._period.addItem(period.label, period)
        self._period.addItem("Date range…", _RANGE)
        self._period.insertSeparator(self._period.count())
        self._period.setMaxVisibleItems(20)
        year, month = self._today.year, self._today.month
        for _ in range(_MONTHS_OFFERED):
            text = f"{year:04d}-{month:02d}"
            self._period.addItem(_month_label(text), text)
            year, month = (year, month - 1) if month > 1 else (year - 1, 12)
        for box in (self._sku, self._source, self._rep, self._missing):
            box.addItem("Any" if box is not self._missing else "—", None)
        for product in PRODUCTS:
            self._sku.addItem(product.sku, product.sku)
        for source in Source:
            self._source.addItem(SOURCE_LABELS[source], source)
        for missing in MissingField:
            self._missing.addItem(_MISSING_LABELS[missing], missing)
        for box in self._boxes:  # the list is as wide as its longest line, however narrow the field is
            box.view().setMinimumWidth(box.view().sizeHintForColumn(0) + 24)

    def _choose_rep(self) -> None:
        """The rep of the filter; one that the list does not have (yet) is added, so that nothing active is hidden."""
        blocker = QSignalBlocker(self._rep)
        place = self._rep.findData(self._value.rep_id)
        if place < 0:
            self._rep.addItem(self._value.rep_name or f"Rep {self._value.rep_id}", self._value.rep_id)
            place = self._rep.count() - 1
            self._rep.setItemData(place, self._value.rep_name, _NAME)
        self._rep.setCurrentIndex(place)
        self._rep.view().setMinimumWidth(self._rep.view().sizeHintForColumn(0) + 24)
        blocker.unblock()

    def _show_range(self, shown: bool) -> None:
        for captioned in self._range:
            captioned.setVisible(shown)

    def _begin_range(self) -> None:
        if self._period.currentData() == _RANGE:
            self._from.setFocus()

    def _go_to_range(self, field: DateField) -> None:
        self._period.setCurrentIndex(self._period.findData(_RANGE))
        field.setFocus()
        field.selectAll()

    def _escape(self, field: QObject) -> None:
        if isinstance(field, QComboBox) and field.currentIndex() > 0:
            field.setCurrentIndex(0)
        elif isinstance(field, ChoiceField) and (field.text() or field.key is not None):
            field.choose(None)
            self._tell()
        elif isinstance(field, SearchField) and field.text():
            field.set_text_silently("")
            self._tell()
        elif isinstance(field, DateField) and field.text():
            field.clear()
        else:
            self.left.emit()

    def _mark_unreadable(self) -> None:
        first, last = self._from.value, self._until.value
        backwards = first is not None and last is not None and first > last
        for field in (self._from, self._until):
            wrong = backwards or not field.is_readable
            if bool(field.property("problem")) is not wrong:
                field.setProperty("problem", wrong)
                restyle(field)

    def _take_lot(self, typed: str) -> None:
        """What was typed or scanned is shown as it is looked for."""
        self.use_lot(normalise_lot(typed))
        if typed:
            self.lot_entered.emit(typed)

    def _tell(self) -> None:
        shown = self._period.currentData()
        period = Period(shown) if shown in list(Period) else None
        is_range = shown == _RANGE
        source, missing = self._source.currentData(), self._missing.currentData()
        rep_id = self._rep.currentData()
        wanted = replace(
            self._choice.filter,
            month=None if period is not None or shown in (_ANY_DATE, _RANGE) else shown,
            date_from=self._from.value if is_range else None,
            date_to=self._until.value if is_range else None,
            source=None if source is None else Source(source),  # Qt gives a plain text back
            rep_id=rep_id,
            rep_name=None if rep_id is None else self._rep.currentData(_NAME),
            customer_id=self._customer.key,
            customer_name=self._customer_name(),
            sku=self._sku.currentData(),
            lot_number=self._lot.in_use,
            text=self._search.in_use,
            missing=None if missing is None else MissingField(missing),
        )
        self._show_range(is_range)
        if (choice := FilterChoice(wanted, period)) != self._choice:
            self._use(choice)
            self.changed.emit(self._value)

    def _customer_name(self) -> str | None:
        key = self._customer.key
        return None if key is None else self._customer_names.get(key, self._value.customer_name)

    def _use(self, choice: FilterChoice) -> None:
        self._choice, self._value = choice, choice.on(self._today)
        self._chips.set_chips(list(_chips(choice, self._value)))

    def _remove(self, key: str) -> None:
        choice = self._choice
        if key == _DATES_KEY:
            self.set_choice(FilterChoice(choice.filter))
            return
        without = {name: None for name in (key, _BY_KEY.get(key)) if name is not None}
        self.set_choice(replace(choice, filter=replace(choice.filter, **without if key != "text" else {"text": ""})))


def _month_label(month: str) -> str:
    """`2025-03 March`: begins with what a person can type to get there."""
    return f"{month} {MONTH_NAMES[int(month[5:]) - 1]}"


def _chips(choice: FilterChoice, wanted: DistributionFilter) -> Iterator[tuple[str, str]]:
    """Field and words of every condition."""
    if choice.period is not None:
        days = replace(EVERYTHING, month=wanted.month, date_from=wanted.date_from, date_to=wanted.date_to)
        yield _DATES_KEY, f"{choice.period.label.lower()}: {days.in_words()}"
    for field in (
        "text", "month", "date_from", "date_to", "lot_number", "sku", "facility_name", "order_number",
        "customer_id", "rep_id", "source", "missing", "import_batch_id",
    ):  # fmt: skip
        value = getattr(choice.filter, field)
        if value in (None, ""):
            continue
        alone = {name: getattr(wanted, name) for name in (field, _BY_KEY.get(field)) if name is not None}
        words = DistributionFilter(**alone).in_words()
        yield field, f"source {SOURCE_LABELS[value]}" if field == "source" else words
