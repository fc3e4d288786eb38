"""Approval evidence: what is read of a mail, and which report a mail speaks of."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from desktop.domain.reports import reference

# Mail programs print other hyphens, and break a line after one (with ">" where they quote); bounded, for speed.
_HYPHEN = r"[-\u00ad\u2010-\u2014\u2212](?:[ \t]{0,3}\r?\n[> \t]{0,20})?"
REFERENCE = re.compile(rf"TR{_HYPHEN}([0-9]{{6,18}}){_HYPHEN}([0-9A-F]{{8}})(?![0-9A-F])", re.IGNORECASE | re.ASCII)


class Binding(StrEnum):
    """What a mail says about the report it was dropped on."""

    BOUND = "bound"
    NOT_VERIFIED = "not_verified"
    OTHER_REPORT = "other_report"


@dataclass(frozen=True, slots=True)
class MailAttachment:
    """An attachment as it is listed: name as sent, media type as sent, size in bytes, SHA-256 of the decoded bytes."""

    filename: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Mail:
    """What is read of a mail for display. A header that is missing or broken is None, never an error.

    `date_text` is the Date header as received; `date` is None when it cannot be read. `from_all` holds every From
    address. `text` is the plain text; `html` the formatted text as received, not sanitised.
    """

    subject: str | None
    from_email: str | None
    from_all: tuple[str, ...]
    to_email: str | None
    to_all: tuple[str, ...]
    date: datetime | None
    date_text: str | None
    text: str
    html: str | None
    attachments: tuple[MailAttachment, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Approval:
    """One mail bound to a report, as the list shows it."""

    id: int
    report_id: int
    original_filename: str
    subject: str | None
    from_email: str | None
    to_email: str | None
    email_date: datetime | None
    uploaded_at: datetime
    uploaded_by: str
    binding: Binding
    sha256: str
    size: int
    storage_key: str
    notes: str | None


@dataclass(frozen=True, slots=True)
class DroppedMail:
    """What became of one file that was dropped on a report; `message` is the sentence a person reads.

    `mail` is None for a file that is no mail, `approval` for one that was not accepted.
    """

    filename: str
    accepted: bool
    binding: Binding | None
    message: str
    mail: Mail | None = None
    approval: Approval | None = None


def references_in(text: str) -> frozenset[str]:
    """Every report reference that a text quotes, as `reports.reference` writes it."""
    return frozenset(reference(int(number), digits) for number, digits in REFERENCE.findall(text))


def binding_of(mail: Mail, report_id: int, report_sha256: str) -> tuple[Binding, str | None]:
    """Whether a mail speaks of this report; with OTHER_REPORT, the reference it quotes instead.

    Bound: the report's own reference stands in subject, text or HTML, or the identical CSV is attached.
    """
    own = reference(report_id, report_sha256)
    quoted = references_in("\n".join((mail.subject or "", mail.text, html.unescape(mail.html or ""))))
    if own in quoted or any(attachment.sha256 == report_sha256 for attachment in mail.attachments):
        return Binding.BOUND, own
    if quoted:
        return Binding.OTHER_REPORT, min(quoted)
    return Binding.NOT_VERIFIED, None


def approval_request(report_reference: str, filter_in_words: str, rows: int, units: int, sha256: str) -> str:
    """The text of a mail that asks for approval; the reply quotes the reference and so can be bound to the report."""
    return (
        f"Please approve tracing report {report_reference}.\n\n"
        f"Content: {filter_in_words}; {rows} lines, {units} units.\n"
        f"SHA-256 of the report file: {sha256}\n\n"
        f"Keep the reference {report_reference} in your reply.\n"
    )
