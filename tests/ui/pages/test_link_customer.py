"""Entries that are selected in the log are linked to a customer that a person chooses."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop.domain.customers import NewCustomer
from desktop.domain.filters import DistributionFilter
from desktop.services import customers, distributions
from desktop.services.unit_of_work import Workspace
from desktop.ui import actions
from desktop.ui.dialogs.link_customer import LinkEntriesDialog
from desktop.ui.pages.distribution_log import DistributionLogPage, page_spec
from tests.ui.conftest import Desk, log_shipment

OpenPage = Callable[[], DistributionLogPage]


@pytest.fixture
def open_page(qtbot: QtBot, desk: Desk, workspace: Workspace) -> OpenPage:
    def make() -> DistributionLogPage:
        log_shipment(workspace, "SO-1", facility_name="CEDAR CLINIC")
        log_shipment(workspace, "SO-2", facility_name="Other Hospital")
        page = page_spec(lambda _page, _path: None, lambda _page: None).make(desk.context)
        assert isinstance(page, DistributionLogPage)
        qtbot.addWidget(page)
        page.resize(1200, 700)
        page.show()
        page.enter()
        return page

    return make


def add(workspace: Workspace, *names: str) -> None:
    for name in names:
        customers.create_customer(workspace, NewCustomer(name, city="Toledo"))


def ask(page: DistributionLogPage, qtbot: QtBot, *rows: int) -> LinkEntriesDialog:
    page.table.select_rows(rows)
    qtbot.waitUntil(lambda: page.context.actions.action(actions.LINK_ENTRIES).isEnabled())
    page.context.actions.action(actions.LINK_ENTRIES).trigger()
    return next(dialog for dialog in page.findChildren(LinkEntriesDialog) if dialog.isVisible())


def press(dialog: LinkEntriesDialog, name: str = "yesButton") -> None:
    button = dialog.findChild(QPushButton, name)
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def linked(workspace: Workspace) -> list[str | None]:
    return [entry.customer_name for entry in distributions.entries(workspace, [1, 2])]


def test_likely_customers_come_first_and_none_is_chosen(
    open_page: OpenPage, workspace: Workspace, qtbot: QtBot, desk: Desk
) -> None:
    add(workspace, "Alder Hospital", "Cedar Clinic")
    page = open_page()
    row = [page.table.model().index(place, 1).data() for place in (0, 1)].index("SO-1")
    dialog = ask(page, qtbot, row)
    model = dialog.table.model()
    assert [model.index(place, 0).data() for place in range(model.rowCount())] == ["Cedar Clinic", "Alder Hospital"]
    assert [model.index(place, 1).data() for place in range(2)] == ["same name, same city", ""]
    assert dialog.summary.text() == "No customer is chosen"
    press(dialog)
    assert dialog.isVisible()
    dialog.table.selectRow(0)
    press(dialog)
    assert dialog.problem("reason") == "Say why: a reason is required"
    reason = dialog.findChild(QLineEdit, "reason")
    assert reason is not None
    reason.setText("The order says so.")
    press(dialog)
    assert linked(workspace) == ["Cedar Clinic", None]
    assert desk.said[-1].text == "1 entry linked."


def test_a_link_is_taken_back(open_page: OpenPage, workspace: Workspace, qtbot: QtBot) -> None:
    add(workspace, "Cedar Clinic")
    page = open_page()
    for button, customer in (("yesButton", "Cedar Clinic"), ("unlinkButton", None)):
        dialog = ask(page, qtbot, 0, 1)
        dialog.table.selectRow(0)
        reason = dialog.findChild(QLineEdit, "reason")
        assert reason is not None
        reason.setText("So it is.")
        press(dialog, button)
        assert linked(workspace) == [customer, customer]


def test_without_customers_the_way_to_one_is_said(open_page: OpenPage, qtbot: QtBot, desk: Desk) -> None:
    page = open_page()
    page.table.select_rows([0])
    qtbot.waitUntil(lambda: page.context.actions.action(actions.LINK_ENTRIES).isEnabled())
    page.context.actions.action(actions.LINK_ENTRIES).trigger()
    assert desk.said[-1].text == "There is no customer yet: add one under Customers."


def test_the_log_shows_the_entries_another_page_asked_for(open_page: OpenPage) -> None:
    page = open_page()
    page.show_entries(DistributionFilter(text="cedar"))
    assert page.table.model().rowCount() == 1
