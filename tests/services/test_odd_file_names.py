"""File names that are not valid UTF-8: they come from other systems, and no database keeps them as they are."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from desktop.domain.filters import EVERYTHING, DistributionFilter
from desktop.services import approvals, distributions, imports, integrity, tracing_reports
from desktop.services.approvals import MailFile
from desktop.services.unit_of_work import Workspace
from tests.support.command_line import write_csv, write_mail

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere every file name is Unicode")


def odd(folder: Path, name: str) -> Path:
    return folder / os.fsdecode(b"\xff" + name.encode())


def test_files_with_odd_names_are_imported_exported_and_attached(workspace_on: Workspace, tmp_path: Path) -> None:
    file = write_csv(odd(tmp_path, "in.csv"), ["2025-01-14,SO-1,Lakeside,211810SPT,SLQ-12345,5"])
    imports.import_lines(workspace_on, file, imports.preview(workspace_on, file))
    earlier = imports.preview(workspace_on, file).earlier
    assert earlier is not None
    assert distributions.export_csv(workspace_on, EVERYTHING, odd(tmp_path, "out.csv")).rows == 1
    report_id = tracing_reports.generate(workspace_on, DistributionFilter(month="2025-01")).ids[0]
    tracing_reports.export_report(workspace_on, report_id, odd(tmp_path, "report.csv"))
    mail = write_mail(odd(tmp_path, "mail.eml"), "January", "Approved.")
    _, (answer,) = approvals.attach(workspace_on, report_id, [MailFile(mail.name, mail.read_bytes())])
    assert answer.approval is not None
    assert answer.approval.original_filename.endswith("mail.eml")
    approvals.export_mail(workspace_on, answer.approval.id, odd(tmp_path, "copy.eml"))
    assert integrity.verify(workspace_on).ok
