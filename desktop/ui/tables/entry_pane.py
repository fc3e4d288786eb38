"""Everything that is recorded of one entry, and the other lines of its shipment."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHeaderView,
    QLabel,
    QScrollArea,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop.domain.distributions import DistributionEntry
from desktop.ui.formats import shown_date, shown_number, shown_time
from desktop.ui.tables.distributions import SOURCE_LABELS
from desktop.ui.widgets.detail_list import DetailList
from desktop.ui.widgets.named import muted, named

_KEY = Qt.ItemDataRole.UserRole
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
)


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
    )


class EntryPane(QStackedWidget):
    """Shows one entry, or says how many are selected. `line_chosen` carries the id of another line of the shipment."""

    line_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "entryPane", "Selected entry")
        self.setProperty("surface", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(240)
        self._entry: DistributionEntry | None = None
        self._hint = muted(QLabel(wordWrap=True))
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setContentsMargins(20, 20, 20, 20)
        self._facility = named(QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText), "entryFacility")
        self._facility.setProperty("section", True)
        self._details = DetailList("entryDetails", _LABELS)
        self._caption = QLabel()
        self._caption.setProperty("section", True)
        self._lines = named(QTreeWidget(), "shipmentLines", "Other lines of this shipment")
        self._lines.setRootIsDecorated(False)
        self._lines.setUniformRowHeights(True)
        self._lines.setFrameShape(QFrame.Shape.NoFrame)
        self._lines.setHeaderLabels(["SKU", "Lot", "Quantity"])
        self._lines.headerItem().setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._lines.header().setSectionsMovable(False)
        self._lines.header().setStretchLastSection(False)
        self._lines.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self._lines.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self._lines.header().setSectionResizeMode(2, QHeaderView.ResizeMode.ResizeToContents)
        self._lines.itemActivated.connect(lambda item: self.line_chosen.emit(item.data(0, _KEY)))
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(8)
        for widget in (self._facility, self._details, self._caption, self._lines):
            column.addWidget(widget)
        column.addStretch(1)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(content)
        content.setProperty("surface", True)
        self._content = scroll
        self.addWidget(self._hint)
        self.addWidget(scroll)
        self.show_selected(0)

    @property
    def entry(self) -> DistributionEntry | None:
        """The entry that is shown."""
        return self._entry

    @property
    def details(self) -> dict[str, str]:
        """What is shown of the entry, by label."""
        return dict(zip(_LABELS, self._details.values, strict=True)) if self._entry is not None else {}

    def show_selected(self, count: int) -> None:
        """Shows no entry, but how many are selected."""
        self._entry = None
        self._hint.setText(f"{count:,} entries are selected" if count else "Select an entry to see all of it")
        self.setCurrentWidget(self._hint)

    def show_entry(self, entry: DistributionEntry, shipment: Sequence[DistributionEntry]) -> None:
        """Shows an entry and the other lines of the same order and day, which `shipment` holds."""
        self._entry = entry
        self._facility.setText(entry.facility_name)
        self._details.set_values(_values(entry))
        self._show_others([line for line in shipment if line.id != entry.id])
        self.setCurrentWidget(self._content)

    def _show_others(self, others: Sequence[DistributionEntry]) -> None:
        self._caption.setText("Other lines of this shipment" if others else "The only line of its shipment")
        self._lines.clear()
        for line in others:
            item = QTreeWidgetItem([line.sku, line.lot_number, shown_number(line.quantity)])
            item.setData(0, _KEY, line.id)
            item.setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self._lines.addTopLevelItem(item)
        height = self._lines.header().sizeHint().height() + len(others) * max(self._lines.sizeHintForRow(0), 0) + 4
        self._lines.setFixedHeight(min(height, 240))
        self._lines.setVisible(bool(others))
