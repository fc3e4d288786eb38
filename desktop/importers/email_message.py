"""E-mail: refused unless it is one, then read for display. The bytes are kept elsewhere and never written anew.

A mail is editable text: what is read here says what was filed, not who really wrote it.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from email.utils import getaddresses, parsedate_to_datetime

from desktop.domain.approvals import Mail, MailAttachment
from desktop.domain.errors import FileRefused
from desktop.importers.mail_parts import Head, Part, attempt, decoded, decoded_header, decoded_text, read_parts
from desktop.importers.mail_recognition import why_not_mail

MAX_TEXT = 2 * 1024 * 1024

_ADDRESS = re.compile(r"[^\s<>\"(),:;@]{1,200}@[^\s<>\"(),:;@]{1,255}")
_NAMES = {"from": "From", "to": "To", "subject": "Subject", "date": "Date"}


def refuse_unless_mail(filename: str, content: bytes) -> None:
    """Raises `FileRefused`, saying what the file is and what to do, unless `content` is an e-mail that can be kept."""
    if reason := why_not_mail(content):
        raise FileRefused(f"“{filename}” {reason}")


def read_mail(content: bytes) -> Mail:
    """What a mail says, for display. Never raises: what is broken is left empty, and `notes` say so in sentences.

    Attachments have the SHA-256 of their decoded bytes. A mail program that sent a text file not as base64 may have
    changed its line ends; such a file has another SHA-256, and nothing is guessed. Text and HTML are cut after 2 MB.
    """
    head, parts, notes = read_parts(content)
    notes = [f"The {_NAMES[name]} header is too long and was cut" for name in head.cut if name in _NAMES] + notes
    texts: list[str] = []
    html: list[str] = []
    attachments: list[MailAttachment] = []
    for part in parts:
        kind = _inline_kind(part)
        if kind is None:
            attachments.append(_attachment(part, content))
        else:
            charset = attempt(part.structure.get_content_charset)
            (texts if kind == "text/plain" else html).append(decoded_text(decoded(part, content), charset))
    from_all = _addresses(head, "from", notes)
    to_all = _addresses(head, "to", notes)
    date, date_text = _date(head, notes)
    for name in ("from", "subject", "date"):
        if len(head.values.get(name, ())) > 1:
            shown = "all are shown" if name == "from" else "the first is shown"
            notes.append(f"The mail has several {_NAMES[name]} headers; {shown}")
    return Mail(
        subject=decoded_header(head.values.get("subject", [""])[0]),
        from_email=from_all[0] if from_all else None,
        from_all=from_all,
        to_email=to_all[0] if to_all else None,
        to_all=to_all,
        date=date,
        date_text=date_text,
        text=_shown("\n".join(texts), "text", notes),
        html=_shown("\n".join(html), "formatted text", notes) if html else None,
        attachments=tuple(attachments),
        notes=tuple(notes),
    )


def _inline_kind(part: Part) -> str | None:
    """`text/plain` or `text/html` for a part that is the message itself, None for an attachment."""
    structure = part.structure
    kind = structure.get_content_type()
    if structure.get_content_maintype() == "multipart":
        kind = "text/plain"  # a multipart whose parts cannot be found: its bytes are shown as they are
    attached = attempt(structure.get_content_disposition) == "attachment" or bool(_filename(part))
    return kind if kind in ("text/plain", "text/html") and not attached else None


def _attachment(part: Part, content: bytes) -> MailAttachment:
    data = decoded(part, content)
    media_type = decoded_header(part.structure.get_content_type()) or ""
    return MailAttachment(_filename(part), media_type, len(data), hashlib.sha256(data).hexdigest())


def _filename(part: Part) -> str:
    """The name as sent, "" without one."""
    return decoded_header(attempt(part.structure.get_filename, "") or "") or ""


def _addresses(head: Head, name: str, notes: list[str]) -> tuple[str, ...]:
    """Every address of all headers of that name, without the names beside them, each once."""
    raw = head.values.get(name, [])
    found = [address for _, address in attempt(getaddresses, raw) or []]
    addresses = [address for text in found if "@" in text and (address := decoded_header(text))]
    if not addresses:
        addresses = [address for value in raw for address in _ADDRESS.findall(decoded_header(value) or "")]
    if name == "from" and not raw:
        notes.append("The mail has no From header")
    elif name == "from" and not addresses:
        notes.append(f"From header could not be read: {_quoted(raw[0])}")
    return tuple(dict.fromkeys(addresses))


def _date(head: Head, notes: list[str]) -> tuple[datetime | None, str | None]:
    """The Date header, UTC, and its text as received. Never a guess: today is not when a mail was sent."""
    raw = head.values.get("date", [""])[0]
    text = decoded_header(raw)
    if text is None:
        notes.append("The mail has no Date header")
        return None, None
    parsed = attempt(parsedate_to_datetime, text)
    if parsed is not None and parsed.tzinfo is None:
        # RFC 5322 writes -0000 for a time in UTC whose place is unknown.
        if "-0000" not in text:
            notes.append(f"Date header names no time zone that is known, it was read as UTC: {_quoted(text)}")
        parsed = parsed.replace(tzinfo=UTC)
    date = None if parsed is None else attempt(parsed.astimezone, UTC)
    if date is None:
        notes.append(f"Date header could not be read: {_quoted(text)}")
    return date, text


def _shown(text: str, what: str, notes: list[str]) -> str:
    """Text with line ends as `\\n`, without NUL, at most MAX_TEXT characters."""
    if len(text) > MAX_TEXT:
        notes.append(f"The {what} was cut after {MAX_TEXT // (1024 * 1024)} MB")
        text = text[:MAX_TEXT]
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return text.encode("utf-8", "replace").decode()


def _quoted(text: str) -> str:
    return text if len(text) <= 100 else f"{text[:100]}…"
