"""Everything that is recorded of one entry, beside the table."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QTreeWidget
from pytestqt.qtbot import QtBot

from desktop.ui.formats import BLANK, shown_time
from desktop.ui.tables.entry_pane import EntryFacts, EntryPane
from tests.ui.tables.test_distributions import ENTRY


@pytest.fixture
def pane(qtbot: QtBot) -> EntryPane:
    made = EntryPane([QAction(name, objectName=name) for name in ("attach", "open", "save")])
    qtbot.addWidget(made)
    made.show()
    return made


def test_it_says_what_to_do_while_nothing_is_selected(pane: EntryPane) -> None:
    assert pane.entry is None
    assert pane.details == {}
    assert pane.currentWidget().text() == "Select an entry to see all of it"


def test_several_entries_are_counted(pane: EntryPane) -> None:
    pane.show_selected(1234)
    assert pane.currentWidget().text() == "1,234 entries are selected"


def test_every_field_is_shown_and_an_empty_one_is_seen_to_be_empty(pane: EntryPane) -> None:
    entry = replace(
        ENTRY,
        address1="12 Example Street",
        address2="Dock 4",
        zip="43604",
        country="USA",
        contact_phone="419-555-0142",
        import_batch_id=3,
        import_line=17,
    )
    pane.show_entry(entry)
    assert pane.entry == entry
    assert pane.findChild(QLabel, "entryFacility").text() == "Cedar Clinic"
    assert pane.details == {
        "Ship date": "2025-03-04",
        "Order number": "SO-12344",
        "SKU": "211610SPT",
        "Lot": "SLQ-12345",
        "Quantity": "1,200",
        "Rep": BLANK,
        "Source": "CSV import, import 3, line 17",
        "Tracking": "794600000001",
        "Address": "12 Example Street\nDock 4",
        "City": "Toledo OH 43604, USA",
        "Contact": BLANK,
        "Phone": "419-555-0142",
        "E-mail": BLANK,
        "Customer": BLANK,
        "Entered": shown_time(entry.created_at),
        "Changed": BLANK,
        "Entry": "1, version 1",
    }


def test_a_changed_entry_says_when(pane: EntryPane) -> None:
    pane.show_entry(replace(ENTRY, version=2))
    assert pane.details["Changed"] == shown_time(ENTRY.updated_at)


def test_the_other_lines_of_the_shipment_lead_there(qtbot: QtBot, pane: EntryPane) -> None:
    other = replace(ENTRY, id=2, lot_number="SLQ-54321", quantity=7)
    pane.show_facts(EntryFacts(ENTRY, (ENTRY, other)))
    assert pane.tabs.tabText(1) == "Shipment 1"
    pane.tabs.setCurrentIndex(1)
    lines = pane.findChild(QTreeWidget, "shipmentLines")
    assert lines.topLevelItemCount() == 1
    line = lines.topLevelItem(0)
    assert [line.text(column) for column in range(3)] == ["211610SPT", "SLQ-54321", "7"]
    lines.setCurrentItem(line)
    with qtbot.waitSignal(pane.line_chosen) as blocker:
        qtbot.keyClick(lines, Qt.Key.Key_Return)
    assert blocker.args == [2]


def test_an_only_line_is_called_so(pane: EntryPane) -> None:
    pane.show_facts(EntryFacts(ENTRY, (ENTRY,)))
    pane.tabs.setCurrentIndex(1)
    assert not pane.findChild(QTreeWidget, "shipmentLines").isVisible()
    assert "The only line of its shipment" in [label.text() for label in pane.findChildren(QLabel)]


def test_text_from_outside_is_never_taken_for_formatting(pane: EntryPane) -> None:
    pane.show_entry(replace(ENTRY, facility_name="<b>Cedar</b>", city="<img src=x>"))
    assert pane.findChild(QLabel, "entryFacility").textFormat() == Qt.TextFormat.PlainText
    assert pane.details["City"] == "<img src=x> OH"
