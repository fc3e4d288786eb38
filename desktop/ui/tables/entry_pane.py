"""Everything that is known of one entry: its fields, its shipment, its evidence, its history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QFrame,
    QHeaderView,
    QLabel,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QTabWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop.domain.distributions import DistributionEntry
from desktop.domain.entry_life import EvidenceFile, HistoryEvent, Origin
from desktop.ui.formats import counted, shown_date, shown_number, shown_time
from desktop.ui.tables.distributions import SOURCE_LABELS
from desktop.ui.tables.entry_evidence import EntryEvidence
from desktop.ui.tables.entry_history import HistoryText
from desktop.ui.theme import Tone
from desktop.ui.widgets.detail_list import DetailList
from desktop.ui.widgets.named import muted, named
from desktop.ui.widgets.notice import Notice

_KEY = Qt.ItemDataRole.UserRole
_MILLISECONDS_BEFORE_LOADING = 300
_LABELS = (
    "Ship date",
    "Order number",
    "SKU",
    "Lot",
    "Quantity",
    "Rep",
    "Source",
    "Tracking",
    "Address",
    "City",
    "Contact",
    "Phone",
    "E-mail",
    "Customer",
    "Entered",
    "Changed",
    "Entry",
)
_ENTRY, _SHIPMENT, _EVIDENCE, _HISTORY = range(4)
_TITLES = ("Entry", "Shipment", "Evidence", "History")


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """What is read of an entry besides itself. `shipment` holds every line of the same order and day."""

    entry: DistributionEntry
    shipment: tuple[DistributionEntry, ...] = ()
    files: tuple[EvidenceFile, ...] = ()
    origin: Origin | None = None
    history: tuple[HistoryEvent, ...] = ()


def _values(entry: DistributionEntry) -> tuple[str | None, ...]:
    """One text per label, in their order."""
    origin = SOURCE_LABELS[entry.source]
    if entry.import_batch_id is not None:
        origin += f", import {entry.import_batch_id}, line {entry.import_line}"
    place = " ".join(part for part in (entry.city, entry.state, entry.zip) if part)
    return (
        shown_date(entry.ship_date),
        entry.order_number,
        entry.sku,
        entry.lot_number,
        shown_number(entry.quantity),
        entry.rep_name,
        origin,
        entry.tracking_number,
        "\n".join(part for part in (entry.address1, entry.address2) if part),
        ", ".join(part for part in (place, entry.country) if part),
        entry.contact_name,
        entry.contact_phone,
        entry.contact_email,
        entry.customer_name,
        shown_time(entry.created_at),
        shown_time(entry.updated_at) if entry.version > 1 else None,
        f"{entry.id}, version {entry.version}",
    )


class EntryPane(QStackedWidget):
    """Shows one entry, or says how many are selected.

    The entry itself is shown at once; the rest when it was read (`show_facts`). `line_chosen` carries the id of
    another line of the shipment.
    """

    line_chosen = Signal(int)
    retry = Signal()

    def __init__(self, evidence_actions: Sequence[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "entryPane", "Selected entry")
        self.setProperty("surface", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(270)
        self._entry: DistributionEntry | None = None
        self._hint = muted(QLabel(wordWrap=True))
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setContentsMargins(20, 20, 20, 20)
        self._facility = named(QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText), "entryFacility")
        self._facility.setProperty("section", True)
        self._facility.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._facility.setContentsMargins(12, 12, 12, 6)
        self._trouble = Notice("entryTrouble", Tone.PROBLEM)
        again = named(QPushButton("Try again"), "entryRetry", "Try again")
        again.clicked.connect(self.retry)
        self._trouble.column.addWidget(again, 0, Qt.AlignmentFlag.AlignLeft)
        self._reading = named(muted(QLabel("Reading…")), "entryReading")
        self._reading.setContentsMargins(12, 0, 12, 6)
        self._reading.hide()
        self._details = DetailList("entryDetails", _LABELS)
        self._details.setContentsMargins(12, 10, 12, 10)
        self._caption = QLabel(wordWrap=True)
        self._lines = self._make_lines()
        self.evidence = EntryEvidence(evidence_actions)
        self.history = HistoryText()
        self.tabs = named(QTabWidget(), "entryTabs", "Parts of the entry")
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setObjectName("entryTabBar")
        self.tabs.tabBar().setAccessibleName("Parts of the entry")
        self.tabs.tabBar().setExpanding(False)
        for title, page in zip(
            _TITLES,
            (_scrolled(self._details), self._make_shipment(), _scrolled(self.evidence), self.history),
            strict=True,
        ):
            self.tabs.addTab(page, title)
        content = QWidget()
        content.setProperty("surface", True)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        trouble = QVBoxLayout()
        trouble.setContentsMargins(12, 0, 12, 0)
        trouble.addWidget(self._trouble)
        column.addWidget(self._facility)
        column.addLayout(trouble)
        column.addWidget(self._reading)
        column.addWidget(self.tabs, 1)
        self._content = content
        self.addWidget(self._hint)
        self.addWidget(content)
        self._loading = QTimer(self, singleShot=True, interval=_MILLISECONDS_BEFORE_LOADING)
        self._loading.timeout.connect(self._reading.show)
        self.show_selected(0)

    @property
    def entry(self) -> DistributionEntry | None:
        """The entry that is shown."""
        return self._entry

    @property
    def details(self) -> dict[str, str]:
        """What is shown of the entry, by label."""
        return dict(zip(_LABELS, self._details.values, strict=True)) if self._entry is not None else {}

    @property
    def trouble(self) -> str:
        """Why the rest of the entry could not be read; "" when it could."""
        return self._trouble.text

    def show_selected(self, count: int) -> None:
        """Shows no entry, but how many are selected."""
        self._entry = None
        self._loading.stop()
        self.evidence.clear()
        self._hint.setText(f"{count:,} entries are selected" if count else "Select an entry to see all of it")
        self.setCurrentWidget(self._hint)

    def show_entry(self, entry: DistributionEntry) -> None:
        """Shows the fields of an entry; the rest of it is being read. What is shown of the same entry stays."""
        if self._entry is None or self._entry.id != entry.id:
            self._lines.clear()
            self._caption.clear()
            self.evidence.clear()
            self.history.show_events(())
            self._count(_SHIPMENT, 0)
            self._count(_EVIDENCE, 0)
            self._loading.start()
        self._show_fields(entry)

    def show_facts(self, facts: EntryFacts) -> None:
        """Shows everything."""
        self._loading.stop()
        self._reading.hide()
        self._trouble.say("")
        self._show_fields(facts.entry)
        self._show_others([line for line in facts.shipment if line.id != facts.entry.id])
        self.evidence.show_files(facts.files, facts.origin)
        self._count(_EVIDENCE, len(facts.files))
        self.history.show_events(facts.history)

    def show_trouble(self, sentence: str) -> None:
        """Says why the rest could not be read; `retry` is the way out."""
        self._loading.stop()
        self._reading.hide()
        self._trouble.say(sentence)

    def show_history(self) -> None:
        """Goes to the history, with the keyboard too."""
        self.tabs.setCurrentIndex(_HISTORY)
        self.history.setFocus()

    def show_evidence(self) -> None:
        """Goes to the evidence."""
        self.tabs.setCurrentIndex(_EVIDENCE)

    def _show_fields(self, entry: DistributionEntry) -> None:
        self._entry = entry
        self._facility.setText(entry.facility_name)
        self._details.set_values(_values(entry))
        self.setCurrentWidget(self._content)

    def _count(self, tab: int, count: int) -> None:
        self.tabs.setTabText(tab, f"{_TITLES[tab]} {count}" if count else _TITLES[tab])

    def _show_others(self, others: Sequence[DistributionEntry]) -> None:
        units = sum(line.quantity for line in others)
        text = (
            f"{counted(len(others), 'other line', 'other lines')}, {counted(units, 'unit', 'units')}. Enter goes there."
        )
        self._caption.setText(text if others else "The only line of its shipment")
        self._lines.clear()
        for line in others:
            item = QTreeWidgetItem([line.sku, line.lot_number, shown_number(line.quantity)])
            item.setData(0, _KEY, line.id)
            item.setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self._lines.addTopLevelItem(item)
        self._lines.setVisible(bool(others))
        self._count(_SHIPMENT, len(others))

    def _make_shipment(self) -> QWidget:
        page = QWidget()
        page.setProperty("surface", True)
        column = QVBoxLayout(page)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(8)
        column.addWidget(self._caption)
        column.addWidget(self._lines, 1)
        column.addStretch(0)
        return page

    def _make_lines(self) -> QTreeWidget:
        lines = named(QTreeWidget(), "shipmentLines", "Other lines of this shipment")
        lines.setRootIsDecorated(False)
        lines.setUniformRowHeights(True)
        lines.setFrameShape(QFrame.Shape.NoFrame)
        lines.setHeaderLabels(["SKU", "Lot", "Quantity"])
        lines.headerItem().setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        lines.header().setSectionsMovable(False)
        lines.header().setStretchLastSection(False)
        lines.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        lines.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        lines.header().setSectionResizeMode(2, QHeaderView.ResizeMode.ResizeToContents)
        lines.itemActivated.connect(lambda item: self.line_chosen.emit(item.data(0, _KEY)))
        return lines


def _scrolled(content: QWidget) -> QScrollArea:
    """`content` in a page that scrolls up and down only."""
    holder = QWidget()
    holder.setProperty("surface", True)
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(content)
    column.addStretch(1)
    scroll = QScrollArea(widgetResizable=True)
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setWidget(holder)
    return scroll
