"""Reading an approval mail: inert, whatever it holds, and quick however large it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QTableView
from pytestqt.qtbot import QtBot

from desktop.domain.approvals import Approval, Binding, Mail, MailAttachment
from desktop.ui.dialogs.view_mail import MailDialog, text_to_show, words_of
from desktop.ui.formats import shown_time
from desktop.ui.theme import Theme

REFERENCE = "TR-000001-9F3A2C41"
SENT = datetime(2025, 3, 4, 14, 12, tzinfo=UTC)
APPROVAL = Approval(
    id=5,
    report_id=1,
    original_filename="Re approval.eml",
    subject="Re: approval",
    from_email="quentin@example.com",
    to_email="ada@example.com",
    email_date=SENT,
    uploaded_at=SENT,
    uploaded_by="Ada Admin",
    binding=Binding.BOUND,
    sha256="ab" * 32,
    size=1_500,
    storage_key="approvals/1/x.eml",
    notes=None,
)
MAIL = Mail(
    subject="Re: approval",
    from_email="quentin@example.com",
    from_all=("quentin@example.com", "second@example.com"),
    to_email="ada@example.com",
    to_all=("ada@example.com",),
    date=SENT,
    date_text="Tue, 04 Mar 2025 09:12:00 -0500",
    text="Approved.\nQuentin",
    html="<p>other words</p>",
    attachments=(),
)
HTML = (
    "<html><head><title>no</title><style>p { color: red }</style></head><body>"
    "<p>Dear&nbsp;Ada,</p>\n<p>the <b>report</b>\nis &lt;fine&gt;</p><!-- hidden <b>words</b> -->"
    "<ul><li>rows</li>\n<li>units</li></ul>yes<br>no<br><br>maybe"
    "<table><tr><td>lot</td><td>5</td></tr></table><img src='http://tracker.invalid/x.png'>"
    "<script>fetch('http://tracker.invalid')</script></body></html>"
)


def opened(qtbot: QtBot, mail: Mail = MAIL, approval: Approval = APPROVAL) -> MailDialog:
    dialog = MailDialog(approval, mail, text_to_show(mail), REFERENCE)
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.open()
    return dialog


def test_headers_and_plain_text_are_shown_with_where_the_mail_came_from(qtbot: QtBot, theme: Theme) -> None:  # noqa: ARG001
    dialog = opened(qtbot)
    assert dialog.headers.values == (
        "Re: approval",
        "quentin@example.com, second@example.com",
        "ada@example.com",
        f"{shown_time(SENT)}  (Tue, 04 Mar 2025 09:12:00 -0500)",
        f"{shown_time(SENT)} by Ada Admin",
        "Re approval.eml, 1.5 kB",
        "ab" * 32,
    )
    assert dialog.text.toPlainText() == "Approved.\nQuentin"
    assert dialog.text.isReadOnly()
    assert dialog.binding_text == f"Bound: the mail speaks of {REFERENCE}"
    assert dialog.notes.text == ""


def test_missing_headers_are_dashes_and_an_unreadable_date_is_shown_as_sent(qtbot: QtBot, theme: Theme) -> None:  # noqa: ARG001
    bare = Mail(None, None, (), None, (), None, "once upon a time", "", None, (), ("Date header could not be read",))
    dialog = opened(qtbot, bare, replace(APPROVAL, binding=Binding.NOT_VERIFIED, notes="kept by hand"))
    assert dialog.headers.values[:4] == ("—", "—", "—", "once upon a time")
    assert dialog.text.toPlainText() == "This mail has no text."
    assert dialog.notes.text == "kept by hand\nDate header could not be read"
    assert dialog.binding_text == f"Not verified: the mail does not quote {REFERENCE}"


def test_markup_in_headers_is_only_text(qtbot: QtBot, theme: Theme) -> None:  # noqa: ARG001
    dialog = opened(qtbot, replace(MAIL, subject="<img src='http://tracker.invalid'><b>hi</b>"))
    assert dialog.headers.values[0] == "<img src='http://tracker.invalid'><b>hi</b>"
    values = [label for label in dialog.headers.findChildren(QLabel) if label.accessibleName()]
    assert {label.textFormat() for label in values} == {Qt.TextFormat.PlainText}


def test_formatted_text_is_shown_as_words_and_said_to_be(qtbot: QtBot, theme: Theme) -> None:  # noqa: ARG001
    dialog = opened(qtbot, replace(MAIL, text=" \n", html=HTML))
    assert dialog.text.toPlainText() == (
        "Dear Ada,\n\nthe report is <fine>\n\nrows\nunits\n\nyes\nno\n\nmaybe\n\nlot 5"
    )
    assert dialog.notes.text.startswith("This mail has formatted text only.")


def test_attachments_are_listed_with_size_and_hash_and_cannot_be_opened(qtbot: QtBot, theme: Theme) -> None:  # noqa: ARG001
    parts = (
        MailAttachment("scan.pdf", "application/pdf", 12_345, "cd" * 32),
        MailAttachment("", "text/csv", 0, "ef" * 32),
    )
    dialog = opened(qtbot, replace(MAIL, attachments=parts))
    model = dialog.findChild(QTableView, "mailAttachments").model()
    rows = [[model.data(model.index(row, section)) for section in range(4)] for row in range(2)]
    assert rows == [
        ["scan.pdf", "application/pdf", "12.3 kB", "cd" * 32],
        ["without a name", "text/csv", "0 bytes", "ef" * 32],
    ]


def test_the_original_is_asked_for_by_button_and_key(qtbot: QtBot, theme: Theme) -> None:  # noqa: ARG001
    dialog = opened(qtbot)
    with qtbot.waitSignal(dialog.save_asked):
        qtbot.mouseClick(dialog.findChild(QPushButton, "saveOriginalButton"), Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(dialog.save_asked):
        qtbot.keyClick(dialog, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


@pytest.mark.parametrize("run", ["a", "word ", "😀", "\u05d0\u05d1 ", "\n"])
def test_two_megabytes_in_one_line_open_at_once(qtbot: QtBot, theme: Theme, run: str) -> None:  # noqa: ARG001
    """Qt needs many minutes to lay out one such line, and the test's time would run out."""
    mail = replace(MAIL, text=(run * 2_000_000)[:2_000_000], subject="x" * 60_000, to_all=("a@example.com",) * 4_000)
    dialog = opened(qtbot, mail)
    dialog.grab()
    assert dialog.text.height() > 150
    assert len(dialog.headers.values[0]) == 2_001
    broken = "Lines of more than 5,000 characters are broken for display."
    assert (broken in dialog.notes.text) == (run != "\n")


@given(st.text(alphabet=st.sampled_from("<>!-/ abpscritdlhe&;\n\"'="), max_size=200))
def test_words_of_any_markup_never_fail_and_hold_no_tag(formatted: str) -> None:
    words = words_of(formatted)
    assert words == words.strip()
    assert "\n\n\n" not in words


@pytest.mark.parametrize("piece", ["<", "<!--", "<script ", "<p>", "<p> ", "<td>", "&amp", "&", " ", "\n", "-->"])
def test_hostile_markup_is_read_once(piece: str) -> None:
    """A quadratic reader would need hours for this, and the test's time would run out."""
    words_of(piece * (1_000_000 // len(piece)))
