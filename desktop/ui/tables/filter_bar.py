"""The filter row above the Distribution Log, and the chips that say what is active."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QAbstractButton, QComboBox, QVBoxLayout, QWidget

from desktop.domain.distributions import Source
from desktop.domain.filters import EVERYTHING, DistributionFilter
from desktop.domain.lots import normalise_lot
from desktop.domain.products import PRODUCTS
from desktop.domain.users import Person
from desktop.ui.tables.distributions import SOURCE_LABELS
from desktop.ui.theme import restyle
from desktop.ui.widgets.chip_bar import ChipBar
from desktop.ui.widgets.date_field import DateField
from desktop.ui.widgets.flow_layout import FlowLayout
from desktop.ui.widgets.named import named
from desktop.ui.widgets.search_field import SearchField

_ANY_DATE = "any"
_RANGE = "range"
_MONTHS_OFFERED = 120
_MIDDLE, _WIDE = 126, 230


class FilterBar(QWidget):
    """Shows and changes one `DistributionFilter`. `changed` carries the filter, a moment after the last key."""

    changed = Signal(object)

    def __init__(self, today: date, buttons: Sequence[QAbstractButton] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filterBar")
        self._people: tuple[Person, ...] = ()
        self._value = EVERYTHING
        search = SearchField("Facility, order, tracking, city", picture="search")
        self._search = named(search, "filterText", "Search facility, order number, tracking number and city")
        self._search.setToolTip("Search facility, order number, tracking number and city (Ctrl+F)")
        self._period = named(QComboBox(), "filterPeriod", "Month or date range")
        self._period.setToolTip("Month or date range; type a month such as 2025-03")
        self._from = named(DateField(), "filterFrom", "Shipped from")
        self._until = named(DateField(), "filterUntil", "Shipped until")
        self._from.setPlaceholderText("From")
        self._until.setPlaceholderText("Until")
        self._sku = named(QComboBox(), "filterSku", "SKU")
        self._lot = named(SearchField("Lot"), "filterLot", "Lot")
        self._lot.setToolTip("The whole lot number")
        self._source = named(QComboBox(), "filterSource", "Source")
        self._rep = named(QComboBox(), "filterRep", "Rep")
        self._chips = ChipBar("Only:", buttons)
        self._chips.removed.connect(self._remove)
        self._fill(today)
        row = FlowLayout()
        for widget, width in (
            (self._search, _WIDE),
            (self._period, _MIDDLE + 16),
            (self._from, _MIDDLE),
            (self._until, _MIDDLE),
            (self._sku, _MIDDLE),
            (self._lot, _MIDDLE),
            (self._source, _MIDDLE),
            (self._rep, _MIDDLE),
        ):
            widget.setFixedWidth(width)
            row.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row)
        column.addWidget(self._chips)
        self._show_range(False)
        for box in (self._sku, self._source, self._rep, self._period):
            box.currentIndexChanged.connect(self._tell)
        for field in (self._search, self._lot):
            field.settled.connect(self._tell)
        for dates in (self._from, self._until):
            dates.date_changed.connect(self._tell)
            dates.textChanged.connect(self._mark_unreadable)

    @property
    def value(self) -> DistributionFilter:
        """The filter that is active."""
        return self._value

    @property
    def chips(self) -> tuple[str, ...]:
        """What the chips say."""
        return self._chips.texts

    def set_people(self, people: Sequence[Person]) -> None:
        """Offers these reps."""
        self._people = tuple(people)
        blocker = QSignalBlocker(self._rep)
        self._rep.clear()
        self._rep.addItem("Any rep", None)
        for person in people:
            self._rep.addItem(person.name or person.email, person.id)
        blocker.unblock()
        self._choose_rep()

    def set_value(self, wanted: DistributionFilter) -> None:
        """Shows another filter and makes it the active one."""
        blockers = [QSignalBlocker(widget) for widget in self._editors()]
        self._search.set_text_silently(wanted.text)
        self._lot.set_text_silently(wanted.lot_number or "")
        self._sku.setCurrentIndex(max(self._sku.findData(wanted.sku), 0))
        self._source.setCurrentIndex(max(self._source.findData(wanted.source), 0))
        self._from.set_value(wanted.date_from)
        self._until.set_value(wanted.date_to)
        has_range = wanted.date_from is not None or wanted.date_to is not None
        if wanted.month is not None and self._period.findData(wanted.month) < 0:
            self._period.addItem(_month_label(wanted.month), wanted.month)
        period = wanted.month or (_RANGE if has_range else _ANY_DATE)
        self._period.setCurrentIndex(self._period.findData(period))
        for blocker in blockers:
            blocker.unblock()
        self._value = wanted
        self._choose_rep()
        self._show_range(period == _RANGE)
        self._chips.set_chips(list(_chips(wanted)))
        self.changed.emit(wanted)

    def clear(self) -> None:
        """Everything is meant again."""
        self.set_value(EVERYTHING)

    def focus_search(self) -> None:
        """Goes to the free text."""
        self._search.setFocus()
        self._search.selectAll()

    def _editors(self) -> tuple[QWidget, ...]:
        return (self._search, self._period, self._from, self._until, self._sku, self._lot, self._source, self._rep)

    def _fill(self, today: date) -> None:
        self._period.addItem("Any date", _ANY_DATE)
        self._period.addItem("Date range…", _RANGE)
        self._period.insertSeparator(2)
        self._period.setMaxVisibleItems(16)
        year, month = today.year, today.month
        for _ in range(_MONTHS_OFFERED):
            text = f"{year:04d}-{month:02d}"
            self._period.addItem(_month_label(text), text)
            year, month = (year, month - 1) if month > 1 else (year - 1, 12)
        self._sku.addItem("Any SKU", None)
        for product in PRODUCTS:
            self._sku.addItem(product.sku, product.sku)
        self._source.addItem("Any source", None)
        for source in Source:
            self._source.addItem(SOURCE_LABELS[source], source)
        self._rep.addItem("Any rep", None)

    def _choose_rep(self) -> None:
        """The rep of the filter; one that the list does not have (yet) is added, so that nothing active is hidden."""
        blocker = QSignalBlocker(self._rep)
        place = self._rep.findData(self._value.rep_id)
        if place < 0:
            self._rep.addItem(self._value.rep_name or f"Rep {self._value.rep_id}", self._value.rep_id)
            place = self._rep.count() - 1
        self._rep.setCurrentIndex(place)
        blocker.unblock()

    def _show_range(self, shown: bool) -> None:
        self._from.setVisible(shown)
        self._until.setVisible(shown)

    def _mark_unreadable(self) -> None:
        for field in (self._from, self._until):
            if bool(field.property("problem")) is field.is_readable:
                field.setProperty("problem", not field.is_readable)
                restyle(field)

    def _tell(self) -> None:
        period = self._period.currentData()
        is_range = period == _RANGE
        source = self._source.currentData()
        rep_id = self._rep.currentData()
        wanted = replace(
            self._value,
            month=None if period in (_ANY_DATE, _RANGE) else period,
            date_from=self._from.value if is_range else None,
            date_to=self._until.value if is_range else None,
            source=None if source is None else Source(source),  # Qt gives a plain text back
            rep_id=rep_id,
            rep_name=None if rep_id is None else self._rep.currentText(),
            sku=self._sku.currentData(),
            lot_number=normalise_lot(self._lot.text()) or None,
            text=self._search.text().strip(),
        )
        self._show_range(is_range)
        if wanted != self._value:
            self._value = wanted
            self._chips.set_chips(list(_chips(wanted)))
            self.changed.emit(wanted)

    def _remove(self, key: str) -> None:
        kept = self._value.to_json()
        for name in (key, key.replace("_id", "_name")):
            kept.pop(name, None)
        self.set_value(DistributionFilter.from_json(kept))


def _month_label(month: str) -> str:
    """`2025-03 March`: begins with what a person can type to get there."""
    return f"{month} {calendar.month_name[int(month[5:])]}"


def _chips(wanted: DistributionFilter) -> Iterator[tuple[str, str]]:
    """Field and words of every condition."""
    for field in ("text", "month", "date_from", "date_to", "sku", "lot_number", "source", "rep_id", "customer_id"):
        value = getattr(wanted, field)
        if value in (None, ""):
            continue
        alone = {field: value}
        if field == "rep_id":
            alone["rep_name"] = wanted.rep_name
        elif field == "customer_id":
            alone["customer_name"] = wanted.customer_name
        words = DistributionFilter(**alone).in_words()
        yield field, f"source {SOURCE_LABELS[value]}" if field == "source" else words
