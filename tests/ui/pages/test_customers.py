"""The customers page: find, add, edit, link facilities, and show in the log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QDialog, QLineEdit, QPushButton, QTableView
from pytestqt.qtbot import QtBot

from desktop.domain.customers import Customer, NewCustomer
from desktop.domain.filters import DistributionFilter
from desktop.domain.permissions import ROLE_PERMISSIONS, Role
from desktop.services import customers, distributions
from desktop.services.unit_of_work import Workspace
from desktop.ui import actions
from desktop.ui.pages.customers import CustomersPage, page_spec
from desktop.ui.widgets.empty_state import EmptyState
from tests.services.records import events
from tests.ui.conftest import Desk, log_shipment

OpenPage = Callable[[Desk], CustomersPage]
_TICK = Qt.ItemDataRole.CheckStateRole


@pytest.fixture
def open_page(qtbot: QtBot) -> Iterator[OpenPage]:
    def make(desk: Desk) -> CustomersPage:
        page = page_spec().make(desk.context)
        assert isinstance(page, CustomersPage)
        qtbot.addWidget(page)
        page.resize(1100, 700)
        page.show()
        page.enter()
        return page

    return make


def add(workspace: Workspace, name: str = "Cedar Clinic", **fields: str) -> Customer:
    made = customers.create_customer(workspace, NewCustomer(name, **fields))
    return customers.get_customer(workspace, made.ids[0])


def trigger(page: CustomersPage, command: actions.Command) -> None:
    page.context.actions.action(command).trigger()


def dialog_of(page: CustomersPage) -> QDialog:
    return next(dialog for dialog in page.findChildren(QDialog) if dialog.isVisible())


def type_into(dialog: QDialog, **texts: str) -> None:
    for name, text in texts.items():
        field = dialog.findChild(QLineEdit, name)
        assert field is not None, name
        field.setText(text)


def press(dialog: QDialog, button: str = "yesButton") -> None:
    found = dialog.findChild(QPushButton, button)
    assert found is not None
    QTest.mouseClick(found, Qt.MouseButton.LeftButton)


def names(page: CustomersPage) -> list[str]:
    model = page.table.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def table_of(dialog: QDialog) -> QTableView:
    found = dialog.findChild(QTableView, "linkTable")
    assert found is not None
    return found


def offered(dialog: QDialog) -> list[str]:
    model = table_of(dialog).model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def ticked(dialog: QDialog) -> list[bool]:
    model = table_of(dialog).model()
    return [model.index(row, 0).data(_TICK) == Qt.CheckState.Checked for row in range(model.rowCount())]


def test_without_customers_the_page_says_what_they_are_and_how_to_begin(open_page: OpenPage, desk: Desk) -> None:
    page = open_page(desk)
    empty = page.findChild(EmptyState, "noCustomers")
    assert empty is not None
    assert empty.isVisible()
    assert "never automatically" in empty.sentence


def test_a_customer_is_added_edited_and_found(open_page: OpenPage, desk: Desk, workspace: Workspace) -> None:
    page = open_page(desk)
    trigger(page, actions.NEW_CUSTOMER)
    dialog = dialog_of(page)
    press(dialog)
    assert dialog.problem("name") == "Name is required"  # type: ignore[attr-defined]
    type_into(dialog, name="Cedar Clinic", city="Toledo")
    press(dialog)
    assert not dialog.isVisible()
    assert desk.said[-1].text == "Cedar Clinic is added."
    add(workspace, "Alder Hospital", city="Reno", contact_name="Zoë Receiver")
    page.load()
    assert names(page) == ["Alder Hospital", "Cedar Clinic"]
    assert page.selected is not None
    assert page.selected.name == "Cedar Clinic"
    trigger(page, actions.EDIT_CUSTOMER)
    type_into(dialog_of(page), contact_phone="555-0142")
    press(dialog_of(page))
    assert page.pane.details[4] == "555-0142"
    page.search.setText("zoë")
    QTest.keyClick(page.search, Qt.Key.Key_Return)
    assert names(page) == ["Alder Hospital"]
    page.search.setText("nobody")
    QTest.keyClick(page.search, Qt.Key.Key_Return)
    state = page.findChild(EmptyState, "noCustomerMatch")
    assert state is not None
    assert state.isVisible()


def test_the_name_of_another_customer_is_kept_by_a_second_click_only(
    open_page: OpenPage, desk: Desk, workspace: Workspace
) -> None:
    add(workspace, city="Toledo")
    page = open_page(desk)
    trigger(page, actions.NEW_CUSTOMER)
    dialog = dialog_of(page)
    type_into(dialog, name="CEDAR clinic")
    press(dialog)
    assert "There is a customer called “Cedar Clinic” already" in dialog.warning  # type: ignore[attr-defined]
    type_into(dialog, name="CEDAR  clinic")  # another name takes the warning back
    assert dialog.warning == ""  # type: ignore[attr-defined]
    press(dialog)
    press(dialog)
    assert len(customers.list_customers(workspace, "cedar")) == 2


@pytest.mark.parametrize(
    ("button", "city", "phone"), [("keepMineButton", "Mine", ""), ("takeTheirsButton", "Theirs", "555-0143")]
)
def test_a_stale_edit_shows_both_versions_and_the_person_chooses(
    open_page: OpenPage, desk: Desk, workspace: Workspace, button: str, city: str, phone: str
) -> None:
    customer = add(workspace, city="Toledo")
    page = open_page(desk)
    trigger(page, actions.EDIT_CUSTOMER)
    dialog = dialog_of(page)
    type_into(dialog, city="Mine")
    theirs = replace(customer.as_typed(), city="Theirs", contact_phone="555-0143")
    customers.edit_customer(workspace, customer.id, 1, theirs)
    press(dialog)
    assert "City: yours is “Mine”, theirs “Theirs”" in dialog.warning  # type: ignore[attr-defined]
    press(dialog)  # not before the person chose
    assert customers.get_customer(workspace, customer.id).version == 2
    press(dialog, button)
    type_into(dialog, zip="43604")
    press(dialog)
    kept = customers.get_customer(workspace, customer.id)
    assert (kept.city, kept.contact_phone or "", kept.zip, kept.version) == (city, phone, "43604", 3)


def test_likely_facilities_are_offered_and_nothing_is_ticked(
    open_page: OpenPage, desk: Desk, workspace: Workspace
) -> None:
    log_shipment(workspace, "SO-1", facility_name="CEDAR CLINIC")
    log_shipment(workspace, "SO-2", facility_name="Quite Another Hospital")
    add(workspace, city="Toledo")
    page = open_page(desk)
    trigger(page, actions.LINK_FACILITIES)
    dialog = dialog_of(page)
    assert offered(dialog) == ["CEDAR CLINIC, Toledo"]
    assert ticked(dialog) == [False]
    press(dialog)
    assert dialog.isVisible()
    everything = dialog.findChild(QCheckBox, "allFacilities")
    assert everything is not None
    everything.click()
    assert offered(dialog) == ["CEDAR CLINIC, Toledo", "Quite Another Hospital, Toledo"]
    table_of(dialog).setFocus()
    QTest.keyClick(table_of(dialog), Qt.Key.Key_Space)
    assert ticked(dialog) == [True, False]
    press(dialog)
    assert dialog.problem("reason") == "Say why: a reason is required"  # type: ignore[attr-defined]
    type_into(dialog, reason="The orders name them.")
    press(dialog)
    assert desk.said[-1].text == "1 entry linked to Cedar Clinic."
    (entry,) = distributions.entries(workspace, [1])
    assert (entry.facility_name, entry.customer_name) == ("CEDAR CLINIC", "Cedar Clinic")
    assert [event.reason for event in events(workspace, "distribution_log.update")] == ["The orders name them."]
    assert [use.facility.name for use in page.pane.facilities] == ["CEDAR CLINIC"]
    assert [shown.order_number for shown in page.pane.shipments] == ["SO-1"]


def test_customers_are_created_from_facilities_that_are_ticked(
    open_page: OpenPage, desk: Desk, workspace: Workspace
) -> None:
    log_shipment(workspace, "SO-1")
    log_shipment(workspace, "SO-2", facility_name="Alder Hospital")
    page = open_page(desk)
    trigger(page, actions.CUSTOMERS_FROM_FACILITIES)
    dialog = dialog_of(page)
    type_into(dialog, reason="Our first customers.", linkSearch="cedar")
    QTest.keyClick(dialog.findChild(QLineEdit, "linkSearch"), Qt.Key.Key_Return)
    assert offered(dialog) == ["Cedar Clinic, Toledo"]
    QTest.keyClick(table_of(dialog), Qt.Key.Key_Space)
    press(dialog)
    assert names(page) == ["Cedar Clinic"]
    assert customers.list_customers(workspace)[0].entries == 1
    # The other facility with the same name is a second customer only on purpose.
    log_shipment(workspace, "SO-3", city="Reno")
    trigger(page, actions.CUSTOMERS_FROM_FACILITIES)
    dialog = dialog_of(page)
    assert offered(dialog) == ["Alder Hospital, Toledo", "Cedar Clinic, Reno"]
    model = table_of(dialog).model()
    model.setData(model.index(1, 0), Qt.CheckState.Checked, _TICK)
    type_into(dialog, reason="Another site.")
    press(dialog)
    assert "create another one on purpose" in dialog.warning  # type: ignore[attr-defined]
    press(dialog)
    assert names(page) == ["Cedar Clinic", "Cedar Clinic"]


def test_a_log_without_such_facilities_says_so(open_page: OpenPage, desk: Desk) -> None:
    page = open_page(desk)
    trigger(page, actions.CUSTOMERS_FROM_FACILITIES)
    dialog = dialog_of(page)
    assert "every entry of the log is linked to a customer, or the log is empty" in dialog.summary.text()  # type: ignore[attr-defined]


def test_show_in_log_asks_the_window_for_the_customers_entries(
    open_page: OpenPage, desk: Desk, workspace: Workspace, qtbot: QtBot
) -> None:
    customer = add(workspace)
    page = open_page(desk)
    with qtbot.waitSignal(page.log_asked) as asked:
        trigger(page, actions.SHOW_IN_LOG)
    assert asked.args == [DistributionFilter(customer_id=customer.id, customer_name="Cedar Clinic")]


def test_who_may_only_look_is_told_why(
    open_page: OpenPage, desk_for: Callable[..., Desk], workspace: Workspace
) -> None:
    add(workspace)
    page = open_page(desk_for(ROLE_PERMISSIONS[Role.READONLY]))
    board = page.context.actions
    assert board.action(actions.SHOW_IN_LOG).isEnabled()
    for command in (actions.NEW_CUSTOMER, actions.EDIT_CUSTOMER, actions.LINK_FACILITIES):
        assert not board.action(command).isEnabled()
        assert "does not have the permission" in board.action(command).toolTip()
