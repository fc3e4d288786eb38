"""A report is printed from its verified file only."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest

from desktop.domain.errors import EvidenceAltered
from desktop.domain.filters import DistributionFilter
from desktop.services import report_rendition, tracing_reports
from desktop.services.unit_of_work import Workspace
from tests.services import records
from tests.services.tampering import stored_path


def test_a_report_is_saved_as_pdf_with_the_head_of_the_chain(workspace_on: Workspace, tmp_path: Path) -> None:
    records.log(workspace_on)
    (report_id,) = tracing_reports.generate(workspace_on, DistributionFilter(month=records.MONTH)).ids
    head = records.events(workspace_on)[-1]
    report_rendition.save_as_pdf(workspace_on, report_id, tmp_path / "report.pdf")
    document = pypdfium2.PdfDocument(tmp_path / "report.pdf")
    page = document[0]
    text_page = page.get_textpage()
    text = text_page.get_text_range()
    for opened in (text_page, page, document):
        opened.close()
    assert f"Audit chain: event {head.position:,}, {head.event_hash}." in text
    assert "SLQ-12345" in text
    event = records.events(workspace_on)[-1]
    assert (event.action, event.metadata_json["format"]) == ("tracing_reports.download", "pdf")  # type: ignore[index]


def test_an_altered_report_is_not_printed(workspace: Workspace, tmp_path: Path) -> None:
    records.log(workspace)
    (report_id,) = tracing_reports.generate(workspace, DistributionFilter(month=records.MONTH)).ids
    path = stored_path(workspace, tracing_reports.get_report(workspace, report_id).storage_key)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1])
    target = tmp_path / "report.pdf"
    with pytest.raises(EvidenceAltered):
        report_rendition.save_as_pdf(workspace, report_id, target)
    assert not target.exists()
    assert records.events(workspace)[-1].action == "data.altered"
