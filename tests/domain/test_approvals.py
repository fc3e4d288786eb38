"""Approval evidence: which report a mail speaks of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.approvals import Binding, Mail, MailAttachment, approval_request, binding_of, references_in
from desktop.domain.reports import reference

SHA256 = "9f3a2c41" + "5" * 56
OWN = "TR-000123-9F3A2C41"
OTHER = "TR-000122-00C0FFEE"


def mail(subject: str | None = None, text: str = "", html: str | None = None, attached: str | None = None) -> Mail:
    attachments = () if attached is None else (MailAttachment("report.csv", "text/csv", 10, attached),)
    return Mail(subject, None, (), None, (), None, None, text, html, attachments)


def bound(found: Mail) -> tuple[Binding, str | None]:
    return binding_of(found, 123, SHA256)


@given(
    st.integers(1, 10**12),
    st.from_regex("[0-9a-f]{64}", fullmatch=True),
    st.sampled_from(["", " ", "(", "\n> ", "Re: "]),
)
def test_a_reference_is_found_in_any_text(number: int, sha256: str, before: str) -> None:
    own = reference(number, sha256)
    assert references_in(f"{before}{own}.") == {own}
    assert references_in(f"{before}{own.lower()} and more") == {own}


@pytest.mark.parametrize(
    "text",
    [
        OWN,
        "tr-000123-9f3a2c41",
        "TR\u2011000123\u20119F3A2C41",
        "TR\u2013000123\u20139F3A2C41",
        "TR-000123-\r\n> > 9F3A2C41",
        "TR-000123- \n9F3A2C41",
        f"<b>{OWN}</b>",
        f"{OWN}_{OTHER}",
    ],
)
def test_what_mail_programs_make_of_a_reference_is_still_one(text: str) -> None:
    assert OWN in references_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "TR-123-9F3A2C41",
        "TR-000123-9F3A2C4",
        "TR-000123-9F3A2C411",
        "TR-000123",
        "TR 000123 9F3A2C41",
        "TR-０００１２３-9F3A2C41",
    ],
)
def test_what_only_looks_like_a_reference_is_none(text: str) -> None:
    assert references_in(text) == frozenset()


@pytest.mark.parametrize(
    "found",
    [
        mail(subject=f"Re: {OWN}"),
        mail(text=f"> Please approve {OWN}."),
        mail(html=f"<p>{OWN}</p>"),
        mail(html="<p>TR&#8209;000123&#45;9F3A2C41</p>"),
        mail(attached=SHA256),
        mail(subject=f"Re: {OTHER}", text=f"I meant {OWN}"),
        mail(subject=f"Re: {OTHER}", attached=SHA256),
    ],
)
def test_a_mail_that_speaks_of_the_report_is_bound(found: Mail) -> None:
    assert bound(found) == (Binding.BOUND, OWN)


@pytest.mark.parametrize("quoted", [OTHER, "TR-000123-00000000", "TR-000124-9F3A2C41"])
def test_a_mail_that_speaks_of_another_report_names_it(quoted: str) -> None:
    assert bound(mail(subject=f"Re: {quoted}", attached="0" * 64)) == (Binding.OTHER_REPORT, quoted)


def test_of_several_other_reports_the_same_one_is_always_named() -> None:
    assert bound(mail(text=f"TR-000130-AAAAAAAA {OTHER}"))[1] == OTHER
    assert bound(mail(text=f"{OTHER} TR-000130-AAAAAAAA"))[1] == OTHER


@pytest.mark.parametrize(
    "found", [mail(), mail(subject="Approved", text="ok", html="<p>ok</p>"), mail(attached="0" * 64)]
)
def test_a_mail_that_speaks_of_no_report_is_not_verified(found: Mail) -> None:
    assert bound(found) == (Binding.NOT_VERIFIED, None)


def test_the_reply_to_a_request_is_bound() -> None:
    request = approval_request(OWN, "March 2025", 214, 1930, SHA256)
    assert "March 2025; 214 lines, 1930 units" in request
    assert SHA256 in request
    reply = "Approved.\n\n" + "".join(f"> {line}\n" for line in request.splitlines())
    assert bound(mail(text=reply)) == (Binding.BOUND, OWN)
    assert references_in(request) == {OWN}
