"""The parts of a mail as slices of its bytes: headers found, boundaries found, contents decoded.

The standard library's parser reads line by line and by recursion: a hostile mail of 25 MB takes it minutes and
gigabytes, and it gives an attached message only re-serialised. Here the bytes are searched by compiled patterns and
stay as they are; single headers are still read by the standard library, each step guarded.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import quopri
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import Message
from itertools import islice
from typing import NamedTuple, ParamSpec, TypeVar

from desktop.importers.mail_recognition import BLANK_LINE, header_start

MAX_PARTS = 500
MAX_DEPTH = 30

_LONG = 64 * 1024
_STRUCTURE = 8 * 1024
# How many bytes of all headers of a name are read; what is cut is said. Only these names are read at all.
_HEADER_BYTES = {
    "from": _LONG,
    "to": _LONG,
    "subject": _LONG,
    "date": 1024,
    "content-type": _STRUCTURE,
    "content-transfer-encoding": _STRUCTURE,
    "content-disposition": _STRUCTURE,
}
_MOST_FOLDS = 2_000
_MOST_HEADERS = 1_000
_HEADER = re.compile(
    rb"^(" + "|".join(_HEADER_BYTES).encode() + rb")[ \t]*:(.*(?:\n[ \t].*){0,%d})" % _MOST_FOLDS,
    re.IGNORECASE | re.MULTILINE,
)
_HEADER_NAME = re.compile(rb"[!-9;-~]+[ \t]*:")
_LINE_BREAK = re.compile(rb"\r\n|\r|\n")
_LINE_BREAKS = re.compile(r"[\r\n]+")
# RFC 2047, read leniently: spaces and lone question marks inside a word happen. Bounded, for speed.
_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,80})\?([bBqQ])\?([^?]{0,2000}(?:\?(?!=)[^?]{0,2000}){0,10}?)\?=")
_UNPRINTABLE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
# Codecs that are no character set of any mail: they evaluate escapes, or need quadratic time.
_NO_CHARSETS = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"})

P = ParamSpec("P")
T = TypeVar("T")


def attempt(step: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
    """The result of reading one thing of a mail, or None.

    The standard library's mail functions fail on real mail in more ways than they document (RecursionError,
    IndexError, AttributeError, ...), and whatever one header does must not hide the others.
    """
    try:
        return step(*args, **kwargs)
    except Exception:  # noqa: BLE001
        return None


@dataclass(frozen=True, slots=True)
class Head:
    """The headers of a mail or part that are read: raw values by name in lower case, unfolded, in order.

    `start` is where the content below them begins; `cut` names the headers that were longer than is read.
    """

    start: int
    values: dict[str, list[str]] = field(default_factory=dict)
    cut: tuple[str, ...] = ()

    def structure(self, default_type: str) -> Message:
        """The Content headers for the standard library's functions, which know their parameters' rules."""
        message = Message()
        message.set_default_type(default_type)
        for name, values in self.values.items():
            if name.startswith("content-"):
                message[name] = values[0]
        return message


class Part(NamedTuple):
    """A part without parts of its own: its Content headers, and where its bytes are."""

    structure: Message
    start: int
    end: int


def read_parts(content: bytes) -> tuple[Head, list[Part], list[str]]:
    """The mail's own headers, its leaf parts in order, and what was left out, in sentences.

    An attached message is one leaf: its bytes are what was attached, and nobody has said that what it holds was
    attached by the sender of this mail.
    """
    top = _read_head(content, header_start(content), len(content))
    parts: list[Part] = []
    notes: list[str] = []
    waiting = [(top, top.structure("text/plain"), len(content), 1)]
    seen = 1
    while waiting:
        head, structure, end, depth = waiting.pop()
        regions = None
        if structure.get_content_maintype() == "multipart":
            if depth > MAX_DEPTH:
                notes.append(f"Parts nested deeper than {MAX_DEPTH} levels were not opened")
            else:
                regions = _split(content, structure, head.start, end, MAX_PARTS - seen + 1)
        if regions is None:
            parts.append(Part(structure, head.start, end))
            continue
        if seen + len(regions) > MAX_PARTS:
            notes.append(f"Attachment list was cut after {MAX_PARTS} parts")
            regions = regions[: MAX_PARTS - seen]
        seen += len(regions)
        default_type = "message/rfc822" if structure.get_content_subtype() == "digest" else "text/plain"
        heads = [(_read_head(content, start, stop), stop) for start, stop in regions]
        waiting += [(inner, inner.structure(default_type), stop, depth + 1) for inner, stop in reversed(heads)]
    return top, parts, list(dict.fromkeys(notes))


def decoded(part: Part, content: bytes) -> bytes:
    """The bytes of a part, base64 and quoted-printable undone; what cannot be decoded stays as it appears."""
    raw = content[part.start : part.end]
    encoding = str(part.structure.get("content-transfer-encoding", "")).strip().lower()
    if encoding == "base64":
        return _from_base64(raw)
    if encoding == "quoted-printable":
        return quopri.decodestring(raw)
    return raw


def decoded_text(data: bytes, charset: str | None) -> str:
    """Text in its declared character set, else UTF-8, else Latin-1, which takes every byte."""
    for name in (charset, "utf-8"):
        text = attempt(_in_charset, data, name) if name else None
        if text is not None:
            return text
    return data.decode("latin-1")


def decoded_header(value: str) -> str | None:
    """A raw header value as people read it, on one line; None when nothing is left."""
    words: list[tuple[str | None, bytes]] = []
    position = 0
    for word in _ENCODED_WORD.finditer(value):
        charset = word.group(1).partition("*")[0].lower()
        data = attempt(_from_encoded_word, word.group(2), word.group(3))
        between = value[position : word.start()]
        if data is None:
            words.append((None, value[position : word.end()].encode("utf-8", "replace")))
        else:
            # White space between two encoded words is no part of the text (RFC 2047, 6.2).
            if between.strip() or not words or words[-1][0] is None:
                words.append((None, between.encode("utf-8", "replace")))
            if words[-1][0] == charset:  # a character may be split between two words
                words[-1] = (charset, words[-1][1] + data)
            else:
                words.append((charset, data))
        position = word.end()
    words.append((None, value[position:].encode("utf-8", "replace")))
    text = "".join(decoded_text(data, charset) for charset, data in words)
    return _UNPRINTABLE.sub(" ", text).strip() or None


def _read_head(content: bytes, start: int, end: int) -> Head:
    if not _HEADER_NAME.match(content, start, end):  # no headers at all
        return Head(min(_after_line_break(content, start), end))
    blank = BLANK_LINE.search(content, start, end)
    head = content[start : blank.start() if blank else end]
    if b"\n" not in head:
        head = head.replace(b"\r", b"\n")
    values: dict[str, list[str]] = {}
    left = dict(_HEADER_BYTES)
    cut: list[str] = []
    for header in islice(_HEADER.finditer(head), _MOST_HEADERS):
        name = header.group(1).decode().lower()
        raw = header.group(2)
        if len(raw) > left[name]:
            cut.append(name)
            raw = raw[: left[name]]
            if name in ("from", "to"):  # no half address
                raw = raw.rpartition(b",")[0]
        left[name] -= len(raw)
        if raw:
            values.setdefault(name, []).append(_LINE_BREAKS.sub("", decoded_text(raw, "utf-8")).strip())
    return Head(blank.end() if blank else end, values, tuple(dict.fromkeys(cut)))


def _split(content: bytes, structure: Message, start: int, end: int, limit: int) -> list[tuple[int, int]] | None:
    """Where the parts of a multipart are, at most `limit` of them; None when there are none."""
    boundary = attempt(structure.get_boundary)
    if not boundary:
        return None
    delimiter = b"--" + boundary.encode("utf-8", "replace")
    pattern = re.compile(re.escape(delimiter) + rb"(--)?[ \t]*(?=[\r\n]|\Z)")
    found = (line for line in pattern.finditer(content, start, end) if line.start() == start or _begins(content, line))
    regions: list[tuple[int, int]] = []
    opened: int | None = None
    for line in islice(found, limit + 1):
        if opened is not None:
            regions.append((opened, max(opened, _before_line_break(content, line.start()))))
        if line.group(1):
            return regions or None
        opened = min(_after_line_break(content, line.end()), end)
    if opened is not None and len(regions) < limit:
        regions.append((opened, end))
    return regions or None


def _begins(content: bytes, line: re.Match[bytes]) -> bool:
    return content[line.start() - 1] in b"\r\n"


def _after_line_break(content: bytes, position: int) -> int:
    found = _LINE_BREAK.match(content, position)
    return found.end() if found else position


def _before_line_break(content: bytes, position: int) -> int:
    """Where the line before `position` ends: the line break belongs to the boundary, not to the part."""
    if content[position - 2 : position] == b"\r\n":
        return position - 2
    return position - 1


def _from_base64(raw: bytes) -> bytes:
    try:
        return binascii.a2b_base64(raw)
    except binascii.Error:
        # The end is missing or wrong: keep what whole groups of four characters say.
        letters = _NOT_BASE64.sub(b"", raw.partition(b"=")[0])
        whole = letters[: len(letters) - (1 if len(letters) % 4 == 1 else 0)]
        return base64.b64decode(whole + b"=" * (-len(whole) % 4))


def _from_encoded_word(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8")
    if encoding in "qQ":
        return quopri.decodestring(data, header=True)
    if _NOT_BASE64.search(data.strip().rstrip(b"=")):
        raise binascii.Error(text)
    return _from_base64(data)


def _in_charset(data: bytes, charset: str) -> str:
    if codecs.lookup(charset).name in _NO_CHARSETS:
        raise LookupError(charset)
    return data.decode(charset)
