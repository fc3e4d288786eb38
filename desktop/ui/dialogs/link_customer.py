"""Linking: which facilities belong to a customer, or become customers, and which customer selected entries belong to.

What looks alike is offered first and never ticked or chosen: a person decides, and says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from desktop.domain.customers import Customer, Facility, LikelyFacility, Match, SameName
from desktop.domain.errors import KnownTrouble
from desktop.domain.imports import Problem
from desktop.ui.dialogs.form_dialog import FormDialog
from desktop.ui.formats import counted, shown_number
from desktop.ui.tables.facilities import LIKELY_COLUMNS, TickedFacilities
from desktop.ui.tables.record_table import RecordTable
from desktop.ui.tables.short_list import ShortListModel
from desktop.ui.tables.windowed import Column
from desktop.ui.theme import Tone
from desktop.ui.widgets.form_field import FormField
from desktop.ui.widgets.named import muted, named
from desktop.ui.widgets.notice import Notice
from desktop.ui.widgets.search_field import SearchField

_WIDTH, _HEIGHT = 940, 580
_REASON_MISSING = "Say why: a reason is required"


@dataclass(frozen=True, slots=True)
class FacilitiesChosen:
    """The facilities that were ticked, why, and whether names that customers have already are meant."""

    facilities: tuple[Facility, ...]
    reason: str
    keep_same_name: bool = False


class _LinkDialog(FormDialog):
    """A list with a search above it, and a reason below; the list takes what room there is."""

    def __init__(self, name: str, title: str, intro: str, yes: str, parent: QWidget | None) -> None:
        super().__init__(name, title, yes, _WIDTH, parent)
        self.resize(_WIDTH, _HEIGHT)
        self.intro = named(QLabel(intro, wordWrap=True, textFormat=Qt.TextFormat.PlainText), "linkIntro")
        self.search = named(SearchField("Search", picture="search"), "linkSearch", "Search")
        self.table = RecordTable("linkTable", title)
        self.summary = named(muted(QLabel()), "linkSummary", "What is chosen")
        self.tools = QHBoxLayout()
        self.tools.addWidget(self.search, 1)
        self._reason = QLineEdit(placeholderText="It is kept in the audit trail with each entry")
        self.fields["reason"] = FormField("reason", "Reason", self._reason)
        self.body.addWidget(self.intro)
        self.body.addLayout(self.tools)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self.summary)
        self.body.addWidget(self.fields["reason"])

    @property
    def reason(self) -> str:
        """Why, trimmed; "" when nothing is said yet."""
        return self._reason.text().strip()

    def fit(self) -> None:
        """The list gives and takes the room."""

    def set_busy(self, busy: bool) -> None:
        super().set_busy(busy)
        self.table.setEnabled(not busy)
        self.search.setEnabled(not busy)


class FacilitiesDialog(_LinkDialog):
    """Emits `submitted` with `FacilitiesChosen`; the facilities come by `show_facilities`, once they are read.

    With a customer: its likely facilities first, all of them on demand. Without: each ticked one becomes a customer.
    """

    submitted = Signal(object)

    def __init__(self, customer: Customer | None = None, parent: QWidget | None = None) -> None:
        if customer is None:
            title, yes = "Create customers from facilities", "Create customers"
            intro = (
                "Each facility that you tick becomes a customer with the address of its last entry, "
                "and its entries are linked to it. The facility names stay as shipped."
            )
        else:
            title, yes = f"Link facilities to {customer.name}", "Link"
            intro = (
                f"Tick the facilities that belong to {customer.name}: their entries without customer are linked to it. "
                "The facility names stay as shipped."
            )
        super().__init__("facilitiesDialog", title, intro, yes, parent)
        columns = tuple(column for column in LIKELY_COLUMNS if customer is not None or column.name != "why")
        self._model = TickedFacilities(columns)
        self._is_read = False
        self._same = Notice("sameNameNotice", Tone.WARNING)
        self.body.insertWidget(0, self._same)
        self.all_box = named(QCheckBox("All facilities without customer"), "allFacilities")
        self.all_box.setVisible(customer is not None)
        self.all_box.setChecked(customer is None)
        self.tools.addWidget(self.all_box)
        self.table.setModel(self._model)
        self.table.set_columns(columns)
        self.table.setSortingEnabled(False)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.search.settled.connect(self._search)
        self.all_box.toggled.connect(self._search)
        self._model.ticked_changed.connect(self._follow)
        self._follow()
        self.table.setFocus()

    def show_facilities(self, facilities: Sequence[LikelyFacility]) -> None:
        """Offers facilities, none of them ticked; all at once when none is likely."""
        self._is_read = True
        self._model.offer(facilities)
        self.all_box.setText(f"All {counted(len(facilities), 'facility', 'facilities')} without customer")
        if not any(row.score for row in facilities):
            self.all_box.setChecked(True)
        self._search()
        self._follow()

    @property
    def warning(self) -> str:
        """What is said of names that customers have already; "" when nothing is."""
        return self._same.text

    def submit(self) -> None:
        if not self.reason:
            self.show_problems([Problem("reason", "", _REASON_MISSING)])
            return
        self.show_problems(())
        self.set_busy(True)
        chosen = tuple(row.use.facility for row in self._model.ticked)
        self.submitted.emit(FacilitiesChosen(chosen, self.reason, bool(self._same.text)))

    def set_busy(self, busy: bool) -> None:
        super().set_busy(busy)
        self.yes_button.setEnabled(not busy and bool(self._model.ticked))

    def show_trouble(self, trouble: KnownTrouble) -> None:
        if isinstance(trouble, SameName):
            self.set_busy(False)
            self._same.say(
                f"{trouble} Untick the facility and link it to that customer, or create another one on purpose."
            )
            self.yes_button.setText("Create all the same")
        else:
            super().show_trouble(trouble)

    def _search(self, _changed: object = None) -> None:
        self._model.search(self.search.text(), likely_only=not self.all_box.isChecked())
        if self._model.rows:
            self.table.setCurrentIndex(self._model.index(0, 0))

    def _follow(self) -> None:
        self._same.say("")
        ticked = self._model.ticked
        if ticked:
            entries = counted(sum(row.use.entries for row in ticked), "entry", "entries")
            self.summary.setText(f"Ticked: {counted(len(ticked), 'facility', 'facilities')}, {entries}")
        elif not self._is_read:
            self.summary.setText("Looking for facilities without customer…")
        elif self._model.is_empty:
            self.summary.setText("There is none: every entry of the log is linked to a customer, or the log is empty.")
        else:
            self.summary.setText("Nothing is ticked. Space ticks.")
        self.yes_button.setEnabled(bool(ticked))


@dataclass(frozen=True, slots=True)
class CustomerChosen:
    """The customer that entries are linked to, or None to link them to none, and why."""

    customer_id: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class _Offer:
    """One row: a customer, and what agrees."""

    customer: Customer
    why: str
    score: int


_OFFER_COLUMNS: tuple[Column[_Offer], ...] = (
    Column("name", "Customer", lambda row: row.customer.name, lambda row: row.customer.name.casefold(), 34),
    Column("why", "What agrees", lambda row: row.why, lambda row: (row.score, row.why), 26),
    Column("city", "City", lambda row: row.customer.city or "", lambda row: row.customer.city or "", 16),
    Column(
        "entries",
        "Entries",
        lambda row: shown_number(row.customer.entries),
        lambda row: row.customer.entries,
        8,
        align_right=True,
    ),
)


class LinkEntriesDialog(_LinkDialog):
    """Emits `submitted` with a `CustomerChosen` for entries that are selected in the log.

    `facilities` are their names as shipped, `matches` what the first of them may belong to. Nothing is chosen yet.
    """

    submitted = Signal(object)

    def __init__(
        self,
        entries: int,
        facilities: Sequence[str],
        matches: Sequence[Match],
        customers: Sequence[Customer],
        parent: QWidget | None = None,
    ) -> None:
        what = counted(entries, "entry", "entries")
        more = f" and {len(facilities) - 1} more" if len(facilities) > 1 else ""
        intro = f"{what} shipped to {facilities[0]}{more}. The facility name stays as shipped."
        super().__init__("linkEntriesDialog", "Link entries to a customer", intro, "Link", parent)
        alike = {match.customer.id: match for match in matches}
        offers = [_Offer(match.customer, match.why, match.score) for match in matches]
        self._offers = (*offers, *(_Offer(one, "", 0) for one in customers if one.id not in alike))
        self._model = ShortListModel(_OFFER_COLUMNS)
        self.table.setModel(self._model)
        self.table.set_columns(_OFFER_COLUMNS)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.selectionModel().selectionChanged.connect(self._follow)
        self._model.modelReset.connect(self._follow)
        self._unlink = named(QPushButton("Link to no customer"), "unlinkButton")
        self._unlink.setAutoDefault(False)
        self._unlink.clicked.connect(lambda: self._send(None))
        self.foot.insertWidget(0, self._unlink)
        self.search.settled.connect(self._search)
        self._search()
        self.search.setFocus()

    def submit(self) -> None:
        if (chosen := self._chosen) is not None:
            self._send(chosen.id)

    def set_busy(self, busy: bool) -> None:
        super().set_busy(busy)
        self._unlink.setEnabled(not busy)
        self.yes_button.setEnabled(not busy and self._chosen is not None)

    @property
    def _chosen(self) -> Customer | None:
        rows = self.table.selectionModel().selectedRows()
        offer = self._model.row_object(rows[0].row()) if rows else None
        return None if offer is None else offer.customer

    def _send(self, customer_id: int | None) -> None:
        if not self.reason:
            self.show_problems([Problem("reason", "", _REASON_MISSING)])
            return
        self.show_problems(())
        self.set_busy(True)
        self.submitted.emit(CustomerChosen(customer_id, self.reason))

    def _search(self, _changed: object = None) -> None:
        text = self.search.text()
        self._model.show([offer for offer in self._offers if offer.customer.mentions(text)])

    def _follow(self) -> None:
        chosen = self._chosen
        self.summary.setText("No customer is chosen" if chosen is None else f"Chosen: {chosen.name}")
        self.yes_button.setEnabled(chosen is not None)
