"""The history of an entry in words: local times, names, before and after, why."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from desktop.domain.entry_life import FieldChange, HistoryEvent
from desktop.ui.formats import shown_time
from desktop.ui.tables.entry_history import HistoryText, told
from desktop.ui.theme import Look, Theme

MOMENT = datetime(2026, 3, 1, 12, 5, tzinfo=UTC)


def event(action: str, *changes: FieldChange, reason: str | None = None, **details: object) -> HistoryEvent:
    return HistoryEvent(1, MOMENT, "Ada Admin", f"distribution_log.{action}", reason, changes, details)


@pytest.mark.parametrize(
    ("happened", "word", "lines"),
    [
        (event("create"), "Entered", ()),
        (
            event(
                "update", FieldChange("quantity", 1000, 12), FieldChange("rep_id", None, "Rita Rep"), reason="the slip"
            ),
            "Changed",
            ("Quantity: 1,000 → 12", "Rep: — → Rita Rep", "Why: the slip"),
        ),
        (event("update", reason="Undone: typo", undoes=7), "Changed back", ("Why: Undone: typo",)),
        (event("delete", reason="twice"), "Deleted", ("Why: twice",)),
        (
            event("create", reason="Undone: twice", entered_again=12),
            "Entered",
            ("Entered again after entry 12 was deleted", "Why: Undone: twice"),
        ),
        (
            event(
                "import_csv",
                FieldChange("lot_number", "SLQ-1", "SLQ-00001"),
                **{"import": 3, "file": "march.csv", "line": 17},
            ),
            "Imported",
            ("Import 3, march.csv, line 17", "Corrected before import, Lot number: SLQ-1 → SLQ-00001"),
        ),
        (
            event("attach_evidence", file="slip.pdf", size=812, sha256="ab"),
            "Evidence attached",
            ("slip.pdf, 812 bytes", "SHA-256 ab"),
        ),
        (
            event("attach_evidence", reason="a better scan", file="b.pdf", size=1, sha256="ab"),
            "Evidence replaced",
            ("b.pdf, 1 byte", "SHA-256 ab", "Why: a better scan"),
        ),
    ],
)
def test_an_event_is_told_in_words(happened: HistoryEvent, word: str, lines: tuple[str, ...]) -> None:
    assert told(happened) == (f"{word} {shown_time(MOMENT)}", "Ada Admin", lines)


def test_a_finding_is_told_too() -> None:
    found = HistoryEvent(1, MOMENT, "Ada Admin", "data.altered", None, (), {"found": "The file is missing."})
    assert told(found).lines == ("The file is missing.",)
    assert told(found).heading.startswith("Evidence found altered")


def test_the_text_can_be_copied_and_is_never_taken_for_formatting(qtbot: QtBot, theme: Theme) -> None:
    text = HistoryText()
    qtbot.addWidget(text)
    text.show()
    text.show_events([event("update", FieldChange("city", "<b>Toledo</b>", "<img src=x>"), reason="<i>x</i>")])
    theme.choose(Look.DARK)
    assert text.toPlainText().splitlines() == [
        f"Changed {shown_time(MOMENT)}",
        "Ada Admin",
        "City: <b>Toledo</b> → <img src=x>",
        "Why: <i>x</i>",
    ]
    text.setFocus()
    qtbot.keyClick(text, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(text, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == text.toPlainText()
    qtbot.keyClicks(text, "x")
    assert "Changed" in text.toPlainText()
    text.show_events(())
    assert text.toPlainText() == ""
