"""Is it an e-mail? Told by content, never by name; what is not one is answered with what it is and what to do."""

from __future__ import annotations

import re

MAX_MAIL_BYTES = 25 * 1024 * 1024
_HEAD_BYTES = 64 * 1024

HOW_TO_SAVE = (
    "Save the message as an .eml file and add that: “Save as” in Thunderbird and the new Outlook, "
    "“Download” in Outlook on the web, “Download message” in Gmail."
)

_SIGNATURES = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Outlook message container (.msg) or an old Office document"),
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF87a", "a GIF picture"),
    (b"GIF89a", "a GIF picture"),
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"PK\x05\x06", "a ZIP archive or an Office document"),
    (b"PK\x07\x08", "a ZIP archive or an Office document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x78\x9f\x3e\x22", "an Outlook attachment container (TNEF, winmail.dat)"),
    (b"\xff\xfe", "text saved as UTF-16"),
    (b"\xfe\xff", "text saved as UTF-16"),
)

_WELL_KNOWN = frozenset(
    b"bcc cc content-transfer-encoding content-type date delivered-to dkim-signature from in-reply-to message-id "
    b"mime-version received references reply-to return-path sender subject to x-mailer".split()
)
_BEFORE_HEADERS = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t]*+(?:\r\n|\r|\n))*+(?:>?From [^\r\n]*+(?:\r\n|\r|\n))?")
_HEADER_LINE = re.compile(rb"([!-9;-~]+)[ \t]*:[^\r\n]*(?:\r\n|\r|\n|\Z)|[ \t][^\r\n]*(?:\r\n|\r|\n|\Z)")
# Atomic: the two halves of one CRLF are no blank line.
BLANK_LINE = re.compile(rb"(?>\r\n|\r|\n){2}")


def why_not_mail(content: bytes) -> str | None:
    """What a file is instead of an e-mail and what to do, to be put after its name; None for an e-mail."""
    if not content.strip():
        return f"is empty. {HOW_TO_SAVE}"
    for signature, kind in _SIGNATURES:
        if content.startswith(signature):
            return f"is {kind}, not an e-mail. {HOW_TO_SAVE}"
    start = header_start(content)
    head = content[start : start + _HEAD_BYTES]
    if end := BLANK_LINE.search(head):
        head = head[: end.start()]
    if b"\x00" in head:
        kind = "text saved as UTF-16" if _looks_like_utf16(head) else "a binary file"
        return f"is {kind}, not an e-mail. {HOW_TO_SAVE}"
    if len(_header_names(head) & _WELL_KNOWN) < 2:
        return f"is not an e-mail: it does not begin with e-mail headers such as From and Subject. {HOW_TO_SAVE}"
    if len(content) > MAX_MAIL_BYTES:
        megabytes = -(-len(content) * 10 // (1024 * 1024)) / 10
        return (
            f"is too large: {megabytes} MB, and a mail may have {MAX_MAIL_BYTES // (1024 * 1024)} MB. "
            "Ask for the mail without its large attachments."
        )
    return None


def header_start(content: bytes) -> int:
    """Where the headers begin: after a byte order mark, blank lines and an mbox “From ” line."""
    found = _BEFORE_HEADERS.match(content)
    return found.end() if found else 0


def _header_names(head: bytes) -> set[bytes]:
    """The names of the headers before the first line that is none, lower case."""
    names: set[bytes] = set()
    position = 0
    while position < len(head) and (line := _HEADER_LINE.match(head, position)):
        if line.group(1):
            names.add(line.group(1).lower())
        position = line.end()
    return names


def _looks_like_utf16(head: bytes) -> bool:
    """Latin text in UTF-16 has a NUL as every other byte."""
    start = head[:200]
    return max(start[::2].count(0), start[1::2].count(0)) > len(start) // 4
