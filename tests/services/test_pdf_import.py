"""A PDF through the import's services and command: previewed whole, and not written before a person can confirm it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from desktop.domain.errors import FileRefused
from desktop.domain.filters import EVERYTHING
from desktop.domain.import_review import LineState
from desktop.services import distributions, imports
from desktop.services.unit_of_work import Workspace
from tests.services import records
from tests.support.pdf_documents import write_mixed_file


@pytest.fixture
def pdf(tmp_path: Path) -> tuple[Path, str]:
    """The file and the tracking number on its label."""
    path = tmp_path / "slips.pdf"
    return path, write_mixed_file(path)


def test_a_preview_has_every_line_and_writes_nothing(workspace: Workspace, pdf: tuple[Path, str]) -> None:
    path, tracking = pdf
    was = records.dump(workspace)
    preview = imports.preview(workspace, path)
    assert records.dump(workspace) == was
    assert preview.lines is not None
    shipped = [line for line in preview.lines if line.page == 1]
    assert [(line.line.sku, line.line.lot_number, line.line.quantity, line.state) for line in shipped] == [
        ("211610SPT", "SLQ-12345", 20, LineState.NEW),
        ("211610SPT", "SLQ-12346", 10, LineState.NEW),
        # The lot as read, though the rule refuses it.
        ("211810SPT", "SLQ-12345678", 5, LineState.PROBLEM),
    ]
    assert {line.line.ship_date for line in shipped} == {date(2026, 1, 2)}
    assert {line.line.tracking_number for line in shipped} == {tracking}
    assert shipped[0].printed is not None
    assert shipped[0].printed.boxes
    assert all(line.state is LineState.PROBLEM for line in preview.lines if line.page == 2)


def test_a_pdf_is_not_imported_before_its_lines_can_be_confirmed(workspace: Workspace, pdf: tuple[Path, str]) -> None:
    path, _ = pdf
    preview = imports.preview(workspace, path)
    with pytest.raises(FileRefused, match="confirmed beside the page"):
        imports.import_lines(workspace, path, preview)
    assert distributions.totals(workspace, EVERYTHING).lines == 0
