"""What happened to one entry, as text that can be read with the keyboard, selected and copied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QFont, QTextBlockFormat, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QTextEdit, QWidget

from desktop.domain.audit import AuditAction
from desktop.domain.entry_edits import ENTRY_LABELS
from desktop.domain.entry_life import FieldChange, HistoryEvent
from desktop.ui.formats import BLANK, shown_number, shown_size, shown_time
from desktop.ui.theme import tokens_in_use
from desktop.ui.widgets.named import named

_WORDS = {
    AuditAction.LOG_CREATE: "Entered",
    AuditAction.LOG_UPDATE: "Changed",
    AuditAction.LOG_DELETE: "Deleted",
    AuditAction.LOG_IMPORT_CSV: "Imported",
    AuditAction.LOG_IMPORT_PDF: "Imported",
    AuditAction.EVIDENCE_ATTACH: "Evidence attached",
    AuditAction.DATA_ALTERED: "Evidence found altered",
}
_SPACE_ABOVE = 10
_MARGIN = 12


class ToldEvent(NamedTuple):
    """One event in words: what and when, by whom, and the lines that say what of it and why."""

    heading: str
    actor: str
    lines: tuple[str, ...]


def told(event: HistoryEvent) -> ToldEvent:
    """An event as people read it: times local, people and customers by name, a dash for what was empty."""
    details = event.details
    word = _WORDS.get(AuditAction(event.action), event.action)
    if event.action == AuditAction.LOG_UPDATE and "undoes" in details:
        word = "Changed back"
    elif event.action == AuditAction.EVIDENCE_ATTACH and event.reason:
        word = "Evidence replaced"
    lines = list(map(change_in_words, event.changes))
    if event.action in (AuditAction.LOG_IMPORT_CSV, AuditAction.LOG_IMPORT_PDF):
        lines.insert(0, f"Import {details['import']}, {details['file']}, line {details['line']}")
        lines[1:] = [f"Corrected before import, {line}" for line in lines[1:]]
    elif event.action == AuditAction.EVIDENCE_ATTACH:
        lines += [f"{details['file']}, {shown_size(details['size'])}", f"SHA-256 {details['sha256']}"]
    elif event.action == AuditAction.DATA_ALTERED:
        lines.append(str(details.get("found", "")))
    if "entered_again" in details:
        lines.append(f"Entered again after entry {details['entered_again']} was deleted")
    if event.reason:
        lines.append(f"Why: {event.reason}")
    return ToldEvent(f"{word} {shown_time(event.moment)}", event.actor, tuple(lines))


def change_in_words(change: FieldChange) -> str:
    """`Quantity: 10 → 12`."""
    return f"{ENTRY_LABELS.get(change.field, change.field)}: {_value(change.before)} → {_value(change.after)}"


def _value(value: object) -> str:
    if value is None or value == "":
        return BLANK
    return shown_number(value) if isinstance(value, int) else str(value)


class HistoryText(QTextEdit):
    """The events, newest first. Text from outside is only ever inserted as text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "entryHistory", "History of the entry")
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.document().setDocumentMargin(_MARGIN)
        self._events: Sequence[ToldEvent] = ()

    def show_events(self, events: Sequence[HistoryEvent]) -> None:
        """Shows what happened, or nothing."""
        self._events = [told(event) for event in events]
        self._write()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_events"):
            self._write()

    def _write(self) -> None:
        self.clear()
        tokens = tokens_in_use()
        bold, quiet, plain = QTextCharFormat(), QTextCharFormat(), QTextCharFormat()
        bold.setFontWeight(QFont.Weight.DemiBold)
        for form, color in ((bold, tokens.text), (quiet, tokens.muted), (plain, tokens.text)):
            form.setForeground(QColor(color))
        apart, together = QTextBlockFormat(), QTextBlockFormat()
        apart.setTopMargin(_SPACE_ABOVE)
        cursor = QTextCursor(self.document())
        for number, event in enumerate(self._events):
            for form, text in ((bold, event.heading), (quiet, event.actor), *((plain, line) for line in event.lines)):
                block = apart if form is bold else together
                if number == 0 and form is bold:
                    cursor.setBlockFormat(together)
                else:
                    cursor.insertBlock(block)
                cursor.insertText(text, form)
        self.moveCursor(QTextCursor.MoveOperation.Start)
