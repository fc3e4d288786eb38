"""The page of the Distribution Log, and the parts of its work."""

from desktop.ui.pages.distribution_log.page import DistributionLogPage, page_spec

__all__ = ["DistributionLogPage", "page_spec"]
