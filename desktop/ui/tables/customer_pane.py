"""One customer: its fields, its facilities as shipped, and its latest shipments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from desktop.domain.customers import Customer, FacilityUse
from desktop.domain.distributions import DistributionEntry
from desktop.ui.formats import counted, shown_date, shown_time
from desktop.ui.tables.customers import FACILITY_COLUMNS
from desktop.ui.tables.distributions import DISTRIBUTION_COLUMNS
from desktop.ui.tables.record_table import RecordTable
from desktop.ui.tables.short_list import ShortListModel
from desktop.ui.tables.windowed import Column
from desktop.ui.widgets.action_button import ActionButton
from desktop.ui.widgets.detail_list import DetailList
from desktop.ui.widgets.named import muted, named

_LABELS = ("Address", "City", "Country", "Contact", "Phone", "E-mail", "Changed")
_WIDEST = 11  # digits: the pane is narrow
_SHIPMENT_COLUMNS = tuple(
    replace(column, width=min(column.width, _WIDEST))
    for name in ("ship_date", "order_number", "sku", "lot_number", "quantity")
    for column in DISTRIBUTION_COLUMNS
    if column.name == name
)
_FACILITIES_HEIGHT, _SHIPMENTS_HEIGHT = 120, 200


class CustomerPane(QStackedWidget):
    """Shows one customer at a time, or says that none is selected."""

    def __init__(self, buttons: Sequence[ActionButton], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "customerPane", "Selected customer")
        self.setProperty("surface", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(300)
        hint = muted(QLabel("Select a customer to see its facilities and shipments.", wordWrap=True))
        hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        hint.setContentsMargins(20, 20, 20, 20)
        self.addWidget(hint)
        self._customer: Customer | None = None
        self._name = named(QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText), "customerName", "Name")
        self._name.setProperty("heading", True)
        self._name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._facts = named(muted(QLabel(wordWrap=True)), "customerFacts", "What was shipped")
        self._details = DetailList("customerDetails", _LABELS)
        self._facilities, facilities = _list("customerFacilities", "Facilities as shipped", FACILITY_COLUMNS)
        self._shipments, shipments = _list("customerShipments", "Latest shipments", _SHIPMENT_COLUMNS)
        facilities.setMinimumHeight(_FACILITIES_HEIGHT)
        shipments.setMinimumHeight(_SHIPMENTS_HEIGHT)
        tools = QHBoxLayout()
        for button in buttons:
            tools.addWidget(button)
        tools.addStretch(1)
        inner = QWidget()
        inner.setProperty("surface", True)
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(8)
        column.addWidget(self._name)
        column.addWidget(self._facts)
        column.addLayout(tools)
        column.addWidget(self._details)
        for title, table, share in (("Facilities as shipped", facilities, 1), ("Latest shipments", shipments, 2)):
            caption = QLabel(title)
            caption.setProperty("section", True)
            column.addSpacing(6)
            column.addWidget(caption)
            column.addWidget(table, share)
        scroll = named(QScrollArea(), "customerScroll", "Selected customer")
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inner)
        self.addWidget(scroll)

    @property
    def customer(self) -> Customer | None:
        """Who is shown."""
        return self._customer

    @property
    def details(self) -> tuple[str, ...]:
        """The values that are shown."""
        return self._details.values

    @property
    def facilities(self) -> tuple[FacilityUse, ...]:
        """The facilities that are listed."""
        return tuple(self._facilities.rows)

    @property
    def shipments(self) -> tuple[DistributionEntry, ...]:
        """The entries that are listed."""
        return tuple(self._shipments.rows)

    def show_customer(self, customer: Customer | None) -> None:
        """Shows the fields of a customer; its facilities and shipments come later, those of another one go at once."""
        if customer is None or self._customer is None or customer.id != self._customer.id:
            self._facilities.show(())
            self._shipments.show(())
        self._customer = customer
        if customer is None:
            self.setCurrentIndex(0)
            return
        self._name.setText(customer.name)
        entries, units = counted(customer.entries, "entry", "entries"), counted(customer.units, "unit", "units")
        last = f"; last shipment {shown_date(customer.last_shipment)}" if customer.last_shipment else ""
        self._facts.setText(f"{entries}, {units}{last}" if customer.entries else "No entry is linked to it yet.")
        place = " ".join(part for part in (customer.state, customer.zip) if part)
        self._details.set_values(
            (
                "\n".join(part for part in (customer.address1, customer.address2) if part),
                ", ".join(part for part in (customer.city, place) if part),
                customer.country,
                customer.contact_name,
                customer.contact_phone,
                customer.contact_email,
                shown_time(customer.updated_at),
            )
        )
        self.setCurrentIndex(1)

    def show_shipped(self, facilities: Sequence[FacilityUse], shipments: Sequence[DistributionEntry]) -> None:
        """Shows what was shipped to the customer that is shown."""
        self._facilities.show(facilities)
        self._shipments.show(shipments)


def _list(name: str, spoken: str, columns: Sequence[Column[Any]]) -> tuple[ShortListModel, RecordTable]:
    model = ShortListModel(columns)
    table = RecordTable(name, spoken)
    table.setModel(model)
    table.set_columns(columns)
    return model, table
