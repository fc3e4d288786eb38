"""The integrity page: one run, one row a check, and what is wrong is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QProgressBar
from pytestqt.qtbot import QtBot

from desktop.domain.filters import DistributionFilter
from desktop.services import tracing_reports
from desktop.services.unit_of_work import Workspace
from desktop.ui import actions
from desktop.ui.pages.integrity import IntegrityPage, page_spec
from desktop.ui.widgets.action_button import ActionButton
from desktop.ui.widgets.status_light import StatusLight
from tests.ui.conftest import Desk, log_shipment


@pytest.fixture
def open_page(qtbot: QtBot) -> Iterator[Callable[[Desk], IntegrityPage]]:
    def make(desk: Desk) -> IntegrityPage:
        page = page_spec().make(desk.context)
        assert isinstance(page, IntegrityPage)
        qtbot.addWidget(page)
        page.resize(1000, 600)
        page.show()
        page.enter()
        return page

    return make


def light(page: IntegrityPage, name: str) -> str:
    found = page.findChild(StatusLight, name)
    assert found is not None, name
    return found.text


def words(page: IntegrityPage) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())


def test_what_was_not_run_yet_says_so(open_page: Callable[[Desk], IntegrityPage], desk: Desk) -> None:
    page = open_page(desk)
    assert light(page, "integrityResult") == "Not verified since this window was opened"
    assert "as it should be" not in words(page)


def test_everything_is_checked_by_one_key(
    open_page: Callable[[Desk], IntegrityPage], desk: Desk, workspace: Workspace
) -> None:
    log_shipment(workspace, "SO-1")
    page = open_page(desk)
    desk.context.actions.action(actions.VERIFY).trigger()
    assert light(page, "integrityResult").startswith("Everything is as it should be, verified ")
    assert light(page, "check-audit-chain") == "Audit chain"
    progress = page.findChild(QProgressBar)
    assert progress is not None
    assert not progress.isVisible()


def test_a_flipped_bit_is_named_and_a_mended_file_is_well_again(
    open_page: Callable[[Desk], IntegrityPage], desk: Desk, workspace: Workspace, qtbot: QtBot, tmp_path: Path
) -> None:
    log_shipment(workspace, "SO-1")
    report_id = tracing_reports.generate(workspace, DistributionFilter(month="2025-03")).ids[0]
    key = tracing_reports.get_report(workspace, report_id).storage_key
    file = tmp_path / "evidence" / key
    kept = file.read_bytes()
    file.write_bytes(kept[:-3] + bytes([kept[-3] ^ 1]) + kept[-2:])
    page = open_page(desk)
    button = page.findChild(ActionButton)
    assert isinstance(button, QAbstractButton)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert light(page, "integrityResult").startswith("1 of 7 checks failed")
    assert f"The stored file “{key}” was altered" in words(page)
    file.write_bytes(kept)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert light(page, "integrityResult").startswith("Everything is as it should be")
    assert "was altered" not in words(page)


def test_who_may_not_see_the_audit_trail_is_told_why(
    open_page: Callable[[Desk], IntegrityPage], desk_for: Callable[..., Desk]
) -> None:
    desk = desk_for(frozenset())
    open_page(desk)
    action = desk.context.actions.action(actions.VERIFY)
    assert not action.isEnabled()
    assert "Audit Trail: view" in action.toolTip()
