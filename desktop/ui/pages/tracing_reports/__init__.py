"""The page of the tracing reports, and the parts of its work."""

from desktop.ui.pages.tracing_reports.page import TracingReportsPage, page_spec

__all__ = ["TracingReportsPage", "page_spec"]
