"""Mails: what is one, how the rest is refused, what is read of it, and that nothing makes it fail or hang."""

from __future__ import annotations

import base64
import contextlib
import email.policy
import hashlib
import random
from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.domain.approvals import Binding, Mail, binding_of
from desktop.domain.errors import FileRefused
from desktop.importers.email_message import read_mail, refuse_unless_mail

SAMPLES = Path(__file__).parents[1] / "samples" / "mail"
HEADERS = b"From: dana.hill@example.com\r\nTo: quality@example.org\r\nSubject: Approved\r\n"
MEGABYTE = 1024 * 1024


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def with_header(header: bytes) -> Mail:
    return read_mail(header + b"\r\n\r\nText\r\n")


# Is it a mail?


@pytest.mark.parametrize("path", sorted(SAMPLES.iterdir()), ids=lambda path: path.name)
def test_mails_are_accepted(path: Path) -> None:
    refuse_unless_mail(path.name, path.read_bytes())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "“x.eml” is empty"),
        (b" \r\n\r\n", "is empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), r"an Outlook message container \(\.msg\)"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
        (b"\xff\xd8\xff\xe0", "a JPEG picture"),
        (b"GIF89a", "a GIF picture"),
        (b"PK\x03\x04" + bytes(30), "a ZIP archive or an Office document"),
        (b"\x1f\x8b\x08", "a gzip archive"),
        (b"\x78\x9f\x3e\x22\x01", "an Outlook attachment container"),
        (HEADERS.decode().encode("utf-16"), "text saved as UTF-16"),
        (HEADERS.decode().encode("utf-16-le"), "text saved as UTF-16"),
        (b"From: a\x00b\r\nTo: c\r\nSubject: d\r\n\r\n", "a binary file"),
        (b"Ship Date,Order #\r\n2025-03-04,SO-1\r\n", "is not an e-mail"),
        (b"<!DOCTYPE html><html></html>", "is not an e-mail"),
        (b"Dear all,\r\nFrom: a\r\nTo: b\r\n", "is not an e-mail"),
        (b"From: a@example.com\r\nFrom: b@example.com\r\n\r\nSubject: in the text", "is not an e-mail"),
        (b"X-One: 1\r\nX-Two: 2\r\n\r\n", "is not an e-mail"),
    ],
)
def test_what_is_no_mail_is_refused_with_what_to_do(content: bytes, said: str) -> None:
    with pytest.raises(FileRefused, match=said) as refused:
        refuse_unless_mail("x.eml", content)
    assert "Save the message as an .eml file" in str(refused.value)


def test_a_mail_may_hold_nul_below_its_headers() -> None:
    refuse_unless_mail("x.eml", HEADERS + b"\r\n\x00\x00")


def test_a_mail_that_is_too_large_is_refused_with_its_size() -> None:
    at_most = HEADERS + b"\r\n" + bytes(25 * MEGABYTE - len(HEADERS) - 2)
    refuse_unless_mail("x.eml", at_most)
    with pytest.raises(FileRefused, match=r"“x\.eml” is too large: 25\.1 MB, and a mail may have 25 MB"):
        refuse_unless_mail("x.eml", at_most + b"x")


# What is read of it


def test_a_plain_reply() -> None:
    mail = read_mail(sample("plain_reply.eml"))
    assert mail.subject == "Re: Please approve tracing report TR-000123-9F3A2C41"
    assert (mail.from_email, mail.from_all) == ("dana.hill@example.com", ("dana.hill@example.com",))
    assert (mail.to_email, mail.to_all) == ("quality@example.org", ("quality@example.org", "sam.reed@example.org"))
    assert mail.date == datetime(2025, 3, 4, 15, 15, 1, tzinfo=UTC)
    assert mail.date_text == "Tue, 4 Mar 2025 09:15:01 -0600"
    assert mail.text.startswith("Approved – thank you.\n\nDana Hill\n")
    assert (mail.html, mail.attachments, mail.notes) == (None, (), ())


def test_encoded_words_alternatives_and_attachments() -> None:
    mail = read_mail(sample("html_with_report.eml"))
    assert mail.subject == "Freigabe – März 2025"
    assert mail.from_email == "juergen.mueller@example.com"
    assert mail.text == "Freigegeben für März.\n"
    assert mail.html == ('<p>Freigegeben für <b>März</b>.<img src="https://tracker.invalid/x.png"></p>')
    report, picture = mail.attachments
    assert (report.filename, report.media_type, report.size) == ("report.csv", "text/csv", 151)
    assert (picture.filename, picture.size) == ("Unterschrift Müller.png", 8)
    assert picture.sha256 == sha256(b"\x89PNG\r\n\x1a\n")
    assert mail.notes == ()
    assert binding_of(mail, 7, report.sha256)[0] is Binding.BOUND


def test_an_attached_message_is_one_attachment_with_its_bytes_as_they_are() -> None:
    content = sample("attached_message.eml")
    mail = read_mail(content)
    assert mail.subject == "Forwarded as attachment"
    assert mail.text == "See the attached message."
    (attached,) = mail.attachments
    start = content.index(b"From: dana.hill")
    expected = content[start : content.index(b"\n--fwd--")]
    assert (attached.filename, attached.media_type) == ("Approval.eml", "message/rfc822")
    assert (attached.size, attached.sha256) == (len(expected), sha256(expected))


def test_broken_headers_are_read_as_far_as_possible() -> None:
    mail = read_mail(sample("broken_headers.eml"))
    assert mail.subject == "Café und =?utf-8?B?@@@?="
    assert mail.from_all == ("apotheke@example.com", "second@example.com")
    assert (mail.to_email, mail.to_all) == (None, ())
    assert (mail.date, mail.date_text) == (None, "yesterday at noon")
    assert mail.text == "Kein Teil, nur Text mit ä.\n"
    assert mail.notes == (
        "Date header could not be read: yesterday at noon",
        "The mail has several From headers; all are shown",
    )


def test_an_mbox_line_a_byte_order_mark_and_blank_lines_come_before_the_headers() -> None:
    mail = read_mail(sample("mailbox.eml"))
    assert (mail.subject, mail.from_email, mail.text) == ("Approved", "dana.hill@example.com", "Approved.\n")


def test_a_mail_without_headers_is_empty_not_guessed() -> None:
    mail = read_mail(b"\r\nText")
    assert (mail.subject, mail.from_email, mail.to_email, mail.date, mail.date_text) == (None,) * 5
    assert mail.text == "Text"
    assert mail.notes == ("The mail has no From header", "The mail has no Date header")


@pytest.mark.parametrize(
    ("header", "date", "note"),
    [
        (b"Date: Tue, 4 Mar 2025 09:15:01 -0600 (CST)", datetime(2025, 3, 4, 15, 15, 1, tzinfo=UTC), None),
        (b"Date: 4 Mar 2025 09:15 GMT", datetime(2025, 3, 4, 9, 15, tzinfo=UTC), None),
        (b"Date: Tue, 4 Mar 2025 09:15:01 -0000", datetime(2025, 3, 4, 9, 15, 1, tzinfo=UTC), None),
        (b"Date: Tue, 4 Mar 2025 09:15:01 CEST", datetime(2025, 3, 4, 9, 15, 1, tzinfo=UTC), "no time zone"),
        (b"Date: Tue, 4 Mar 2025 09:15:01", datetime(2025, 3, 4, 9, 15, 1, tzinfo=UTC), "no time zone"),
        (b"Date: Tue, 31 Feb 2025 09:15:01 +0000", None, "could not be read"),
        (b"Date: Fri, 31 Dec 9999 23:00:00 -1200", None, "could not be read"),
        (b"Date: 2025", None, "could not be read"),
        (b"Date: \xff\xfe", None, "could not be read"),
        (b"Date:   ", None, "no Date header"),
    ],
)
def test_a_date_is_read_or_said_to_be_unreadable(header: bytes, date: datetime | None, note: str | None) -> None:
    mail = with_header(b"From: a@example.com\r\n" + header)
    assert mail.date == date
    assert len(mail.notes) == (0 if note is None else 1)
    assert note is None or note in mail.notes[0]


@pytest.mark.parametrize(
    ("header", "subject"),
    [
        (b"Subject: plain", "plain"),
        (b"subject : odd case", "odd case"),
        (b"Subject: folded\r\n over\r\n\tlines", "folded over lines"),
        (b"Subject: caf\xc3\xa9", "café"),
        (b"Subject: caf\xe9", "café"),
        (b"Subject: =?utf-8?q?caf=C3=A9?= =?utf-8?q?_bar?=", "café bar"),
        (b"Subject: =?utf-8?b?w6k=?=\r\n =?utf-8?b?w6k?= end", "éé end"),
        (b"Subject: =?utf-8?q?split_=C3?= =?utf-8?q?=A9?=", "split é"),
        (b"Subject: =?iso-8859-1?q?=E9?= and =?utf-8?q?=C3=A9?=", "é and é"),
        (b"Subject: =?utf-8*en?q?caf=C3=A9?=", "café"),
        (b"Subject: =?no-such-charset?q?caf=C3=A9?=", "café"),
        (b"Subject: =?idna?q?caf=C3=A9?=", "café"),
        (b"Subject: =?utf-8?q?why??=", "why?"),
        (b"Subject: =?utf-8?b?!!!!?=", "=?utf-8?b?!!!!?="),
        (b"Subject: a=?utf-8?q?b?=c", "abc"),
        (b"Subject: control\x07\x1b[31m\x85", "control [31m"),
        (b"Subject: one\r\nSubject: two", "one"),
        (b"Subject:", None),
        (b"Subject: =?utf-8?q??=", None),
        (b"X: y", None),
    ],
)
def test_subjects(header: bytes, subject: str | None) -> None:
    assert with_header(header).subject == subject


@pytest.mark.parametrize(
    ("header", "addresses"),
    [
        (b"From: a@example.com", ["a@example.com"]),
        (b'From: "Hill, Dana" <a@example.com>', ["a@example.com"]),
        (b"From: Hill, Dana <a@example.com>", ["a@example.com"]),
        (b'From: "boss@example.com" <a@example.org>', ["a@example.org"]),
        (b"From: =?utf-8?q?H=2C_b=40example=2Ecom?= <a@example.com>", ["a@example.com"]),
        (b"From: Dana (a comment) <a@example.com>", ["a@example.com"]),
        (b"From: <a@example.com", ["a@example.com"]),
        (
            b"From: a@example.com, b@example.com\r\nFrom: a@example.com, c@example.com",
            ["a@example.com", "b@example.com", "c@example.com"],
        ),
        (b"From: nobody", []),
        (b"From: <>", []),
        (b"From: " + b"(" * 5_000, []),
    ],
)
def test_senders(header: bytes, addresses: list[str]) -> None:
    mail = with_header(b"Date: 4 Mar 2025 09:15 GMT\r\n" + header)
    assert list(mail.from_all) == addresses
    assert mail.from_email == (addresses[0] if addresses else None)
    assert addresses or mail.notes[0].startswith("From header could not be read: ")


@pytest.mark.parametrize(
    ("headers", "body", "text"),
    [
        (b"Content-Type: text/plain; charset=iso-8859-1", b"caf\xe9", "café"),
        (b"Content-Type: text/plain; charset=us-ascii", b"caf\xc3\xa9", "café"),
        (b"Content-Type: text/plain; charset=no-such", b"caf\xc3\xa9", "café"),
        (b"Content-Type: text/plain; charset=utf-8", b"caf\xe9", "café"),
        (b"Content-Type: text/plain; charset=punycode", b"caf\xe9", "café"),
        (b"Content-Type: text/plain; charset=utf-16", "café".encode("utf-16"), "café"),
        (b"Content-Transfer-Encoding: quoted-printable", b"soft=\r\n break=21=XY", "soft break!=XY"),
        (b"Content-Transfer-Encoding: BASE64", base64.b64encode(b"Approved.\r\nDana"), "Approved.\nDana"),
        (b"Content-Transfer-Encoding: base64", b"QXBwcm92ZWQ", "Approved"),
        (b"Content-Transfer-Encoding: base64", b"QXBwcm92ZWQu\r\nR", "Approved."),
        (b"Content-Type: text/plain; charset", b"a\rb\x00c", "a\nbc"),
        (b"Content-Type: nonsense", b"x", "x"),
        (b"Content-Type: multipart/mixed; boundary=none", b"x", "x"),
    ],
)
def test_texts(headers: bytes, body: bytes, text: str) -> None:
    assert read_mail(HEADERS + headers + b"\r\n\r\n" + body).text == text


def test_several_inline_texts_are_shown_one_below_the_other() -> None:
    parts = (b"", b"Content-Type: text/plain; name=notes.txt\n", b"Content-Disposition: inline\n")
    body = b"".join(b"--b\n" + head + b"\npart %d\n" % number for number, head in enumerate(parts))
    mail = read_mail(HEADERS + b"Content-Type: multipart/mixed; boundary=b\n\n" + body + b"--b--\n")
    assert mail.text == "part 0\npart 2"
    assert [(part.filename, part.size) for part in mail.attachments] == [("notes.txt", 6)]


def test_the_name_of_an_attachment_never_has_control_characters() -> None:
    head = b'Content-Disposition: attachment; filename="..\\..\\=?utf-8?q?caf=C3=A9=0A?=\x1b.csv"\n'
    mail = read_mail(HEADERS + head + b"Content-Type: application/octet-stream\n\nx")
    assert [part.filename for part in mail.attachments] == ["..\\..\\café .csv"]


# The same as the standard library where that can read a mail at all

_PLAIN = st.text(st.characters(whitelist_categories=("L", "N", "P", "Zs"), max_codepoint=0xFFFF), max_size=60)
_NAMES = st.from_regex(r"[a-zé]{1,12}\.(csv|pdf)", fullmatch=True)


@given(
    subject=_PLAIN,
    text=_PLAIN,
    html=st.none() | _PLAIN,
    files=st.lists(st.tuples(_NAMES, st.binary(max_size=200)), max_size=3),
    moment=st.datetimes(datetime(1990, 1, 1), datetime(2050, 1, 1)),  # noqa: DTZ001
    hours=st.integers(-12, 14),
    utf8=st.booleans(),
)
def test_a_mail_made_by_the_standard_library_is_read_back(
    subject: str,
    text: str,
    html: str | None,
    files: list[tuple[str, bytes]],
    moment: datetime,
    hours: int,
    utf8: bool,
) -> None:
    sent = moment.replace(microsecond=0, tzinfo=timezone(timedelta(hours=hours)))
    made = EmailMessage(policy=email.policy.SMTPUTF8 if utf8 else email.policy.SMTP)
    made["From"] = "Dana Hill <dana.hill@example.com>"
    made["To"] = "Quality <quality@example.org>, sam.reed@example.org"
    made["Date"] = format_datetime(sent)
    made["Subject"] = subject
    made.set_content(text)
    if html is not None:
        made.add_alternative(html, subtype="html")
    for name, content in files:
        made.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    content = made.as_bytes()
    refuse_unless_mail("x.eml", content)
    mail = read_mail(content)
    assert (mail.subject or "").split() == subject.split()
    assert (mail.from_email, mail.to_all) == ("dana.hill@example.com", ("quality@example.org", "sam.reed@example.org"))
    assert mail.date == sent
    assert mail.text.strip("\n") == text
    assert (mail.html is None) is (html is None)
    assert mail.html is None or mail.html.strip("\n") == html
    assert [(part.filename, part.sha256) for part in mail.attachments] == [(n, sha256(c)) for n, c in files]
    assert mail.notes == ()


# Nothing makes it fail


def check(content: bytes) -> None:
    """No exception, and nothing that a database, a file name or a window could not take."""
    mail = read_mail(content)
    shown = [mail.subject, mail.date_text, *mail.from_all, *mail.to_all, *(part.filename for part in mail.attachments)]
    for text in filter(None, shown):
        assert text.isprintable() or not any(ord(character) < 32 for character in text)
        text.encode()
    mail.text.encode()
    (mail.html or "").encode()
    assert "\x00" not in mail.text
    assert mail.date is None or mail.date.tzinfo is UTC
    assert len(mail.attachments) <= 500
    binding_of(mail, 1, "0" * 64)
    with contextlib.suppress(FileRefused):
        refuse_unless_mail("x", content)


_PIECES = (
    *(b"", b"\x00", b"\r", b"\n", b"\r\n\r\n", b":", b";", b'"', b"=?", b"?=", b"--", b"(", b"<", b"\xff", b"%E9"),
    *(b"\xed\xa0\x80", b"=?utf-8?q?", b"charset=utf-16", b"charset=punycode", b"filename*0*=", b"boundary="),
)


def mutate(content: bytes, source: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(source.randrange(1, 8)):
        start = source.randrange(len(changed) + 1)
        stop = min(len(changed), start + source.choice([0, 1, 1, 4, 40]))
        piece = source.choice([*_PIECES, source.randbytes(3), bytes(changed[:stop][-60:])])
        changed[start:stop] = piece
    return bytes(changed)


def mutations(rounds: int) -> None:
    source = random.Random(20250331)  # noqa: S311  repeatable, not secret
    for path in sorted(SAMPLES.iterdir()):
        content = path.read_bytes()
        for _ in range(rounds):
            check(mutate(content, source))


def test_no_mutation_of_a_mail_makes_it_fail() -> None:
    mutations(300)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_none_of_many_mutations_of_a_mail_makes_it_fail() -> None:
    mutations(20_000)


@settings(max_examples=150)
@given(
    st.binary(max_size=300),
    st.sampled_from([b"", HEADERS, HEADERS + b"Content-Type: multipart/mixed; boundary=b\n\n--b\n"]),
)
def test_no_bytes_make_it_fail(content: bytes, before: bytes) -> None:
    check(before + content)


@given(
    st.sampled_from([b"From", b"To", b"Subject", b"Date", b"Content-Type", b"Content-Disposition"]),
    st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")),
)
def test_no_header_makes_it_fail(name: bytes, value: bytes) -> None:
    check(name + b": " + value + b"\r\n\r\nText")


# Limits: each is far below the time limit of a test, where the standard library's parser needs minutes


def nested(levels: int, inner: bytes) -> bytes:
    for level in range(levels):
        boundary = b"b%d" % level
        head = b"Content-Type: multipart/mixed; boundary=" + boundary
        inner = b"\n".join([head, b"", b"--" + boundary, inner, b"--" + boundary + b"--", b""])
    return HEADERS + inner


def test_parts_are_counted_and_cut() -> None:
    part = b"--b\nContent-Disposition: attachment; filename=x\n\nx\n"
    mail = read_mail(HEADERS + b"Content-Type: multipart/mixed; boundary=b\n\n" + part * 499 + b"--b--")
    assert (len(mail.attachments), mail.notes) == (499, ("The mail has no Date header",))
    mail = read_mail(HEADERS + b"Content-Type: multipart/mixed; boundary=b\n\n" + part * 200_000)
    assert len(mail.attachments) == 499
    assert "Attachment list was cut after 500 parts" in mail.notes


def test_parts_nested_too_deep_are_not_opened() -> None:
    inner = b"Content-Type: text/plain\n\ninnermost"
    assert read_mail(nested(30, inner)).text == "innermost"
    for levels in (31, 5_000):
        mail = read_mail(nested(levels, inner))
        assert "Parts nested deeper than 30 levels were not opened" in mail.notes


def test_very_many_recipients_do_not_hide_what_follows() -> None:
    recipients = b", ".join(b"Person %d <person%d@example.com>" % (number, number) for number in range(20_000))
    mail = read_mail(b"To: " + recipients + b"\r\n" + HEADERS + b"Date: 4 Mar 2025 09:15 GMT\r\n\r\nText")
    assert len(recipients) > 661 * 1024
    assert mail.to_email == "person0@example.com"
    assert 1_000 < len(mail.to_all) < 20_000
    assert all(address.endswith("@example.com") for address in mail.to_all)
    assert (mail.subject, mail.from_email, mail.text) == ("Approved", "dana.hill@example.com", "Text")
    assert mail.notes == ("The To header is too long and was cut",)


@pytest.mark.parametrize(
    "header",
    [
        b"(" * 70_000,
        b'"a" <' * 20_000,
        b"a:;" * 25_000,
        b"," * 70_000,
        b"=?a?q?" * 12_000,
        b"=?utf-8?q?a?= " * 6_000,
        b"=?" * 35_000,
    ],
)
def test_hostile_headers_are_bounded(header: bytes) -> None:
    for name in (b"To: ", b"Subject: ", b"From: ", b"Date: ", b"Content-Type: text/plain; ", b"Content-Disposition: "):
        check(name + header + b"\r\n\r\n")


@pytest.mark.parametrize(
    "content",
    [
        HEADERS + b"\r\n" + b"\n" * (10 * MEGABYTE),
        b"\n" * (10 * MEGABYTE) + HEADERS,
        HEADERS + b"To:\n" * (3 * MEGABYTE),
        HEADERS + b"To: a" + b"\n a" * (3 * MEGABYTE),
        nested(29, b"\n" + b"x--b1\n" * MEGABYTE),
        nested(29, b"\n" + b"--" * (3 * MEGABYTE)),
        HEADERS + b"Content-Type: text/plain; charset=punycode\n\n" + b"a-" * (2 * MEGABYTE),
        HEADERS + b"Content-Type: text/html\n\n" + b"&amp;TR-\n> " * MEGABYTE,
    ],
    ids=["lines", "blank lines first", "headers", "folds", "false boundaries", "dashes", "punycode", "html"],
)
def test_hostile_bodies_are_bounded(content: bytes) -> None:
    check(content)


def test_text_and_html_are_cut_with_a_note() -> None:
    for kind, said in ((b"plain", "The text was cut after 2 MB"), (b"html", "The formatted text was cut after 2 MB")):
        mail = read_mail(HEADERS + b"Content-Type: text/%s\n\n" % kind + b"x" * (2 * MEGABYTE + 1))
        assert len(mail.html or mail.text) == 2 * MEGABYTE
        assert said in mail.notes
