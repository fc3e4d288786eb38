"""An approval mail as it was received, for reading: nothing in it is fetched, run, or shown as a page."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from operator import attrgetter
from typing import NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.domain.approvals import Approval, Binding, Mail, MailAttachment
from desktop.ui.formats import counted, shown_size, shown_time
from desktop.ui.tables.approvals import BINDING_LABELS
from desktop.ui.tables.record_table import RecordTable
from desktop.ui.tables.short_list import ShortListModel
from desktop.ui.tables.windowed import Column
from desktop.ui.theme import Tone
from desktop.ui.widgets.detail_list import DetailList
from desktop.ui.widgets.named import muted, named
from desktop.ui.widgets.notice import Notice
from desktop.ui.widgets.status_light import StatusLight

_ONLY_HTML = "This mail has formatted text only. Its words are shown without layout, pictures and links."
_NO_TEXT = "This mail has no text."
_MOST_ATTACHMENT_ROWS = 4

_TAG = re.compile(r"(<[^<>]*>)")
_TAG_NAME = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
_HIDDEN = frozenset({"head", "script", "style", "template", "title"})
# How many line breaks stand at least between what is before and after such a tag.
_BREAKS = {
    **dict.fromkeys(("p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "table", "ul", "ol", "hr"), 2),
    **dict.fromkeys(("address", "div", "dd", "dt", "li", "pre", "section", "tr"), 1),
}
_MOST_BREAKS = 2
# Laying out one line of two million characters takes Qt many minutes; 400 of these take it 20 ms.
_LONGEST_LINE = 5_000
_LONG_LINE = re.compile(rf"([^\n]{{{_LONGEST_LINE}}})(?=[^\n])")
_LONGEST_HEADER = 2_000
_BLANKS = re.compile(r"[ \t\r\n\u00a0]+")

_ATTACHMENT_COLUMNS: tuple[Column[MailAttachment], ...] = (
    Column("filename", "Attachment", lambda part: part.filename or "without a name", attrgetter("filename"), 26),
    Column("media_type", "Type", attrgetter("media_type"), attrgetter("media_type"), 20),
    Column("size", "Size", lambda part: shown_size(part.size), attrgetter("size"), 11, align_right=True),
    Column("sha256", "SHA-256", attrgetter("sha256"), attrgetter("sha256"), 66),
)


def words_of(formatted: str) -> str:
    """The words of an HTML text, line by line, for display; each character is looked at a fixed number of times."""
    # A comment goes up to its end, or up to the next beginning of one: mail programs hide markup for each other there.
    visible = "".join(
        part if number == 0 else part.partition("-->")[2] for number, part in enumerate(formatted.split("<!--"))
    )
    words: list[str] = []
    breaks = 0
    hidden_in: str | None = None
    for place, piece in enumerate(_TAG.split(visible)):
        if place % 2:
            tag = _TAG_NAME.match(piece)
            closes, name = (bool(tag.group(1)), tag.group(2).lower()) if tag else (False, "")
            if hidden_in is not None:
                hidden_in = None if closes and name == hidden_in else hidden_in
            elif name in _HIDDEN and not closes:
                hidden_in = name
            elif name == "br":
                breaks += 1
            elif name in ("td", "th"):
                words.append(" ")
            else:
                breaks = max(breaks, _BREAKS.get(name, 0))
        elif hidden_in is None:
            text = _BLANKS.sub(" ", html.unescape(piece))
            if text.strip() and breaks:
                words.append("\n" * min(breaks, _MOST_BREAKS))
                breaks = 0
            words.append(text)
    return "\n".join(_BLANKS.sub(" ", line).strip() for line in "".join(words).split("\n")).strip()


class ShownText(NamedTuple):
    """A mail's text as it is shown, and what was done to it, in sentences."""

    text: str
    notes: tuple[str, ...]


def text_to_show(mail: Mail) -> ShownText:
    """The plain text of a mail, or else the words of its formatted text.

    A large mail takes a second: call it in a worker.
    """
    notes = []
    text = mail.text
    if not text.strip() and mail.html is not None:
        text = words_of(mail.html)
        notes.append(_ONLY_HTML)
    shown = _LONG_LINE.sub(r"\1\n", text)
    if shown != text:
        notes.append(f"Lines of more than {_LONGEST_LINE:,} characters are broken for display.")
    return ShownText(shown, tuple(notes))


class MailDialog(QDialog):
    """Shows one mail whose bytes were found unaltered; `text` is what `text_to_show` gives of it.

    `save_asked` asks to save the bytes as they were received.
    """

    save_asked = Signal()

    def __init__(
        self, approval: Approval, mail: Mail, text: ShownText, report_reference: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("mailDialog")
        self.setWindowTitle(f"Approval e-mail on {report_reference}")
        self.approval = approval
        self._binding = named(StatusLight(), "mailBinding")
        bound = approval.binding is Binding.BOUND
        self._binding.set_status(
            Tone.SUCCESS if bound else Tone.WARNING,
            f"Bound: the mail speaks of {report_reference}"
            if bound
            else f"{BINDING_LABELS[approval.binding].capitalize()}: the mail does not quote {report_reference}",
        )
        self.headers = DetailList("mailHeaders", ("Subject", "From", "To", "Date", "Attached", "File", "SHA-256"))
        self.headers.set_values(_header_values(approval, mail))
        self._scroll = _scrolled(self.headers)
        self.notes = Notice("mailNotes", Tone.WARNING)
        self.notes.say("\n".join([*filter(None, [approval.notes]), *mail.notes, *text.notes]))
        self.text = named(QPlainTextEdit(), "mailText", "Text of the mail")
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setPlainText(text.text if text.text.strip() else _NO_TEXT)
        self._save = named(QPushButton("Save original…"), "saveOriginalButton", "Save the mail as it was received")
        self._save.setToolTip("Save the mail as it was received, byte for byte (Ctrl+S)")
        self._save.setShortcut("Ctrl+S")
        self._save.setAutoDefault(False)
        self._save.clicked.connect(self.save_asked)
        self._close = named(QPushButton("Close"), "closeButton")
        self._close.setDefault(True)
        self._close.clicked.connect(self.reject)
        self._arrange(mail)

    @property
    def binding_text(self) -> str:
        """What is said of the mail and the report."""
        return self._binding.text

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        # Headers may be very long: then they are scrolled, so that the text below keeps its place.
        needed = self.headers.heightForWidth(self._scroll.viewport().width())
        self._scroll.setFixedHeight(min(needed, self.height() // 3))

    def _arrange(self, mail: Mail) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(8)
        column.addWidget(self._binding)
        column.addWidget(self._scroll)
        column.addWidget(self.notes)
        column.addWidget(self.text, 1)
        if mail.attachments:
            caption = QLabel(counted(len(mail.attachments), "attachment", "attachments"))
            caption.setProperty("section", True)
            column.addWidget(caption)
            column.addWidget(_attachment_table(mail.attachments))
        buttons = QHBoxLayout()
        buttons.addWidget(muted(QLabel("Nothing in the mail is fetched or run.")))
        buttons.addStretch(1)
        buttons.addWidget(self._save)
        buttons.addWidget(self._close)
        column.addLayout(buttons)
        self.resize(820, 640)
        self.text.setFocus()


def _header_values(approval: Approval, mail: Mail) -> tuple[str | None, ...]:
    date = shown_time(mail.date)
    if mail.date_text:
        date = f"{date}  ({mail.date_text})" if date else mail.date_text
    return (
        _cut(mail.subject or ""),
        _cut(", ".join(mail.from_all)),
        _cut(", ".join(mail.to_all)),
        _cut(date),
        f"{shown_time(approval.uploaded_at)} by {approval.uploaded_by}",
        f"{approval.original_filename}, {shown_size(approval.size)}",
        approval.sha256,
    )


def _cut(header: str) -> str:
    return header if len(header) <= _LONGEST_HEADER else f"{header[:_LONGEST_HEADER]}…"


def _scrolled(headers: DetailList) -> QScrollArea:
    scroll = named(QScrollArea(widgetResizable=True), "mailHeadersScroll", "Headers of the mail")
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setWidget(headers)
    return scroll


def _attachment_table(attachments: Sequence[MailAttachment]) -> RecordTable:
    table = RecordTable("mailAttachments", "Attachments")
    model = ShortListModel(_ATTACHMENT_COLUMNS)
    model.setParent(table)
    model.show(attachments)
    table.setModel(model)
    table.set_columns(_ATTACHMENT_COLUMNS)
    rows = min(len(attachments), _MOST_ATTACHMENT_ROWS)
    row_height = table.verticalHeader().defaultSectionSize()
    chrome = table.horizontalHeader().sizeHint().height() + table.horizontalScrollBar().sizeHint().height() + 4
    table.setFixedHeight(rows * row_height + chrome)
    return table
