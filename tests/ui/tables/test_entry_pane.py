"""Everything that is recorded of one entry, beside the table."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QPushButton, QTreeWidget
from pytestqt.qtbot import QtBot

from desktop.domain.entry_life import EvidenceFile, Origin
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
    entry = ENTRY._replace(
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
    pane.show_entry(ENTRY._replace(version=2))
    assert pane.details["Changed"] == shown_time(ENTRY.updated_at)


def test_the_other_lines_of_the_shipment_lead_there(qtbot: QtBot, pane: EntryPane) -> None:
    other = ENTRY._replace(id=2, lot_number="SLQ-54321", quantity=7)
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
    pane.show_entry(ENTRY._replace(facility_name="<b>Cedar</b>", city="<img src=x>"))
    assert pane.findChild(QLabel, "entryFacility").textFormat() == Qt.TextFormat.PlainText
    assert pane.details["City"] == "<img src=x> OH"


ORIGIN = Origin(3, "march.csv", 17, ENTRY.created_at, "Oliver Brandt", "cd" * 32)


def evidence(name: str, *, current: bool, reason: str | None = None) -> EvidenceFile:
    return EvidenceFile(f"evidence/1/{name}", name, "ab" * 32, 1500, ENTRY.created_at, "Ada Admin", reason, current)


def test_evidence_is_listed_with_what_it_replaced_and_where_the_entry_came_from(pane: EntryPane) -> None:
    files = (evidence("new.pdf", current=True, reason="a better scan"), evidence("old.exe", current=False))
    pane.show_facts(EntryFacts(ENTRY, (ENTRY,), files, ORIGIN))
    pane.show_evidence()
    assert pane.tabs.tabText(2) == "Evidence 2"
    assert pane.evidence.current == files[0]
    assert pane.evidence.selected == files[0]
    assert pane.evidence.details == {
        "File": "new.pdf",
        "Size": "1.5 kB",
        "Attached": shown_time(ENTRY.created_at),
        "By": "Ada Admin",
        "Why": "a better scan",
        "SHA-256": "\n".join(["ab" * 8] * 4),
    }
    assert pane.evidence.origin["File"] == "march.csv"
    assert pane.evidence.origin["Line"] == "17"
    listed = pane.findChild(QTreeWidget, "evidenceFiles")
    listed.setCurrentItem(listed.topLevelItem(1))
    assert pane.evidence.selected == files[1]
    assert pane.evidence.details["Why"] == BLANK
    assert [file.can_be_shown for file in files] == [True, False]


def test_an_entry_without_evidence_says_how_to_attach_some(pane: EntryPane) -> None:
    pane.show_facts(EntryFacts(ENTRY, (ENTRY,)))
    pane.show_evidence()
    assert pane.findChild(QLabel, "noEvidence").text().startswith("No evidence file yet.")
    assert pane.findChild(QLabel, "enteredByHand").isVisible()
    assert pane.evidence.selected is None
    assert pane.evidence.details == {}


def test_altered_evidence_is_said_in_red_until_another_entry_is_shown(pane: EntryPane) -> None:
    pane.show_facts(EntryFacts(ENTRY, (ENTRY,), (evidence("a.pdf", current=True),)))
    pane.show_evidence()
    pane.evidence.show_altered(evidence("a.pdf", current=True), f"The file was altered: {'ab' * 32}")
    assert pane.evidence.alarm.isVisible()
    assert pane.evidence.alarm.width() <= pane.width()
    pane.show_entry(ENTRY._replace(id=2))
    assert not pane.evidence.alarm.isVisible()


def test_what_was_read_of_one_entry_is_never_shown_beside_another(qtbot: QtBot, pane: EntryPane) -> None:
    other_line = ENTRY._replace(id=5)
    pane.show_facts(EntryFacts(ENTRY, (ENTRY, other_line), (evidence("a.pdf", current=True),), ORIGIN))
    pane.show_entry(ENTRY._replace(id=2, facility_name="Harbor Hospital"))
    assert pane.findChild(QTreeWidget, "shipmentLines").topLevelItemCount() == 0
    assert pane.evidence.current is None
    assert [pane.tabs.tabText(tab) for tab in range(4)] == ["Entry", "Shipment", "Evidence", "History"]
    reading = pane.findChild(QLabel, "entryReading")
    qtbot.waitUntil(reading.isVisible)
    pane.show_facts(EntryFacts(ENTRY._replace(id=2)))
    assert not reading.isVisible()


def test_an_entry_that_cannot_be_read_offers_to_try_again(qtbot: QtBot, pane: EntryPane) -> None:
    pane.show_entry(ENTRY)
    pane.show_trouble("The database is in use.")
    assert pane.trouble == "The database is in use."
    with qtbot.waitSignal(pane.retry):
        qtbot.mouseClick(pane.findChild(QPushButton, "entryRetry"), Qt.MouseButton.LeftButton)
    pane.show_facts(EntryFacts(ENTRY))
    assert pane.trouble == ""


def test_the_history_takes_the_keyboard(pane: EntryPane) -> None:
    pane.show_facts(EntryFacts(ENTRY))
    pane.show_history()
    assert pane.tabs.currentWidget() is pane.history
