"""A report on paper has every row and every value of its file, and on every page what proves them."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.domain.approvals import Approval, Binding
from desktop.domain.filters import DistributionFilter
from desktop.domain.progress import Cancelled
from desktop.domain.reports import (
    RECORD_COLUMNS,
    ChainHead,
    Meaning,
    OpenedReport,
    Printing,
    ReportStatus,
    Signature,
    TracingReport,
)
from desktop.reports.rendition import write_rendition

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
HEAD = ChainHead(1234, "ab" * 32)
REPORT = TracingReport(
    id=6,
    reference="TR-000006-88EBA16D",
    generated_at=NOON,
    generated_by="Quinn Quality",
    filter=DistributionFilter(month="2026-01"),
    rows=0,
    units=0,
    sha256="88eba16d" * 8,
    storage_key="tracing_reports/2026-01/a.csv",
    status=ReportStatus.DRAFT,
    approvals=0,
    bound_approvals=0,
)
MAIL = Approval(
    id=1,
    report_id=6,
    original_filename="reply.eml",
    subject="Re: approval",
    from_email="maren.oakes@example.org",
    to_email="quinn.quality@example.com",
    email_date=NOON,
    uploaded_at=NOON,
    uploaded_by="Quinn Quality",
    binding=Binding.BOUND,
    sha256="cd" * 32,
    size=100,
    storage_key="approvals/6/a.eml",
    notes=None,
)
ROW = ("2026-01-05", "SO 1", "Lakeside Urology", "Toledo", "OH", "211810SPT", "SLQ-12345", "10", "Rita Rep", "manual")


def opened(rows: Sequence[Sequence[str]], **changes: Any) -> OpenedReport:
    """A report with these rows, filled up with blank cells."""
    whole = tuple((*row, *[""] * (len(RECORD_COLUMNS) - len(row))) for row in rows)
    report = replace(REPORT, rows=len(rows), units=sum(int(row[7]) for row in rows), **changes)
    return OpenedReport(report, tuple(column.header for column in RECORD_COLUMNS), whole)


def pages_of(found: OpenedReport, mails: Sequence[Approval] = ()) -> list[str]:
    """The text of each page, without white space: lines are broken where there is no room."""
    file = io.BytesIO()
    count = write_rendition(file, found, mails, Printing(NOON, "Dana Whitlock", HEAD))
    document = pypdfium2.PdfDocument(file.getvalue())
    try:
        pages = []
        for page in document:
            text = page.get_textpage()
            pages.append(re.sub(r"\s", "", text.get_text_range()))
            text.close()
            page.close()
    finally:
        document.close()
    assert len(pages) == count
    return pages


def packed(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_the_first_page_says_what_the_report_is_and_who_signed_and_approved_it() -> None:
    signature = Signature("Quinn Quality", NOON, Meaning.APPROVED, REPORT.sha256)
    final = opened([ROW], status=ReportStatus.FINAL, signature=signature, changes=3, supersedes="TR-000001-00000000")
    (page,) = pages_of(final, [MAIL, replace(MAIL, binding=Binding.NOT_VERIFIED, email_date=None, from_email=None)])
    for said in (
        "Tracing report TR-000006-88EBA16D",
        "Content: January 2026",
        "1 lines, 10 units. Made 2026-03-04 12:00 UTC by Quinn Quality. Supersedes TR-000001-00000000.",
        "Stale: 3 lines",
        "Signed: approved by Quinn Quality, 2026-03-04 12:00 UTC.",
        "Approval e-mail (bound): “Re: approval” from maren.oakes@example.org, 2026-03-04 12:00 UTC; SHA-256",
        MAIL.sha256,
        "Approval e-mail (not verified): “Re: approval” from nobody named, no readable date",
        "Total: 1 lines, 10 units. 211810SPT 10",
        "Approval e-mails: 1 bound, 1 not verified.",
    ):
        assert packed(said) in page
    (draft,) = pages_of(opened([ROW]))
    assert packed("Draft: not signed.") in draft
    assert packed("No approval e-mail is attached.") in draft


def test_every_page_carries_what_proves_it() -> None:
    pages = pages_of(opened([ROW] * 120))
    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        for said in (
            "Tracing report TR-000006-88EBA16D",
            f"Page {number} of {len(pages)}",
            f"SHA-256 of the report file {REPORT.sha256}",
            f"Audit chain: event 1,234, {HEAD.event_hash}. Printed 2026-03-04 12:00 UTC by Dana Whitlock.",
            "Ship Date Order #",
        ):
            assert packed(said) in page, number
    assert sum(page.count(packed("SLQ-12345 10 Rita Rep manual")) for page in pages) == 120


def test_an_empty_report_is_a_page_that_says_so() -> None:
    (page,) = pages_of(opened([]))
    assert packed("0 lines, 0 units.") in page


printable = st.text(st.characters(codec="latin-1", categories=["L", "N", "P", "S"]), min_size=1, max_size=60)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(printable, printable, printable, st.integers(1, 10**9)), min_size=1, max_size=12))
def test_no_value_is_lost_or_cut(values: list[tuple[str, str, str, int]]) -> None:
    rows = [
        ("2026-01-05", order, facility, "Toledo", "OH", "211810SPT", "SLQ-12345", str(quantity), "", "manual", street)
        for order, facility, street, quantity in values
    ]
    text = "".join(pages_of(opened(rows)))
    for row in rows:
        # Columns stand side by side, so that a value in several lines has others in between; its signs are all there.
        for value in (row[1], row[2], row[10], row[7]):
            assert not set(packed(value)) - set(text)
    assert text.count("2026-01-05") == len(rows)


def test_what_the_font_cannot_draw_is_written_as_its_code() -> None:
    (page,) = pages_of(opened([(*ROW[:2], "東 Clinic\nDock 2", *ROW[3:])]))
    assert packed("<U+6771> Clinic↵Dock 2") in page


def test_equal_input_gives_equal_bytes_and_it_can_be_cancelled() -> None:
    def stop(_done: int, _total: int | None) -> None:
        raise Cancelled

    files = [io.BytesIO(), io.BytesIO()]
    for file in files:
        write_rendition(file, opened([ROW] * 50), [MAIL], Printing(NOON, "Dana", HEAD))
    assert files[0].getvalue() == files[1].getvalue()
    with pytest.raises(Cancelled):
        write_rendition(io.BytesIO(), opened([ROW] * 50), [MAIL], Printing(NOON, "Dana", HEAD), stop)
