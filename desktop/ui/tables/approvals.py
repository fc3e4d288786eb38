"""The columns of the list of approval mails on a report."""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter

from desktop.domain.approvals import Approval, Binding
from desktop.ui.formats import shown_time
from desktop.ui.tables.windowed import Column

BINDING_LABELS: Mapping[Binding, str] = {
    Binding.BOUND: "bound",
    Binding.NOT_VERIFIED: "not verified",
    Binding.OTHER_REPORT: "another report",
}
_MOST_CHARACTERS = 300


def shortened(text: str | None) -> str:
    """A header of a mail as it fits a line: senders may write tens of thousands of characters into one."""
    text = text or ""
    return text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]}…"


def _text(title: str, field: str, width: int) -> Column[Approval]:
    read = attrgetter(field)
    return Column(field, title, lambda mail: shortened(read(mail)), lambda mail: (read(mail) or "").casefold(), width)


def _time(title: str, field: str) -> Column[Approval]:
    read = attrgetter(field)
    return Column(field, title, lambda mail: shown_time(read(mail)), read, 16)


APPROVAL_COLUMNS: tuple[Column[Approval], ...] = (
    Column("binding", "Binding", lambda mail: BINDING_LABELS[mail.binding], attrgetter("binding"), 11),
    _text("Subject", "subject", 22),
    _text("From", "from_email", 20),
    _text("To", "to_email", 20),
    _time("Date", "email_date"),
    _time("Attached", "uploaded_at"),
    _text("By", "uploaded_by", 16),
)
