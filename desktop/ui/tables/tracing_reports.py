"""The columns of the list of tracing reports."""

from __future__ import annotations

from operator import attrgetter

from desktop.domain.reports import TracingReport
from desktop.ui.formats import counted, shown_number, shown_time
from desktop.ui.tables.windowed import Column


def approvals_in_words(report: TracingReport) -> str:
    """`2 bound, 1 not verified`, or `none`."""
    unverified = report.approvals - report.bound_approvals
    words = []
    if report.bound_approvals:
        words.append(f"{report.bound_approvals} bound")
    if unverified:
        words.append(f"{unverified} not verified")
    return ", ".join(words) or "none"


def staleness_in_words(report: TracingReport) -> str:
    """`3 lines changed`, with `superseded` when there is a newer report; "" when the log still says the same."""
    words = [counted(report.changes, "line changed", "lines changed")] if report.is_stale else []
    words += ["superseded"] if report.superseded_by else []
    return ", ".join(words)


REPORT_COLUMNS: tuple[Column[TracingReport], ...] = (
    Column("reference", "Reference", attrgetter("reference"), attrgetter("id"), 19),
    Column("generated_at", "Made", lambda report: shown_time(report.generated_at), attrgetter("generated_at"), 16),
    Column("generated_by", "By", attrgetter("generated_by"), lambda report: report.generated_by.casefold(), 13),
    Column(
        "filter",
        "Content",
        lambda report: report.filter.in_words(),
        lambda report: report.filter.in_words().casefold(),
        24,
    ),
    Column("rows", "Rows", lambda report: shown_number(report.rows), attrgetter("rows"), 8, align_right=True),
    Column("units", "Units", lambda report: shown_number(report.units), attrgetter("units"), 9, align_right=True),
    Column("status", "Status", lambda report: report.status.value, attrgetter("status"), 6),
    Column(
        "approvals",
        "Approvals",
        approvals_in_words,
        lambda report: (report.bound_approvals, report.approvals),
        17,
    ),
    Column("stale", "Log since", staleness_in_words, attrgetter("changes"), 16),
)
