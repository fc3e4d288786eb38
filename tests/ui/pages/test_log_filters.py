"""Filters, columns, order, selection and export of the Distribution Log, by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QLineEdit, QListWidget, QMenu, QPushButton, QRadioButton
from pytestqt.qtbot import QtBot
from sqlalchemy import insert, update

from desktop.db.tables import CustomerRow, DistributionEntryRow
from desktop.domain.changes import Changes, Subject
from desktop.domain.distributions import NewLine
from desktop.domain.filters import EVERYTHING, DistributionFilter, MissingField
from desktop.domain.periods import FilterChoice, Period
from desktop.domain.permissions import Role
from desktop.domain.users import NewUser
from desktop.services import users
from desktop.services.unit_of_work import Workspace
from desktop.ui import actions
from desktop.ui.pages.distribution_log import DistributionLogPage, page_spec
from desktop.ui.widgets.action_button import ActionButton
from desktop.ui.widgets.empty_state import EmptyState
from tests.ui.conftest import Desk, log_shipment

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

CTRL, ALT, SHIFT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
)


@pytest.fixture
def open_page(qtbot: QtBot) -> Callable[[Desk], DistributionLogPage]:
    def make(desk: Desk) -> DistributionLogPage:
        page = page_spec(lambda _page, _path: None, lambda _page: None).make(desk.context)
        assert isinstance(page, DistributionLogPage)
        qtbot.addWidget(page)
        page.resize(1200, 700)
        page.show()
        page.activateWindow()
        qtbot.waitUntil(page.isActiveWindow)
        page.enter()
        return page

    return make


@pytest.fixture
def page(open_page: Callable[[Desk], DistributionLogPage], desk: Desk, workspace: Workspace) -> DistributionLogPage:
    """Three shipments of four lines, 24 units; the first belongs to a customer."""
    log_shipment(workspace, "SO-1", NewLine("211610SPT", "SLQ-10001", "5"), NewLine("211410SPT", "SLQ-10002", "7"))
    log_shipment(workspace, "SO-2", ship_date=date(2025, 4, 1), facility_name="Harbor & Co", city="Duluth")
    log_shipment(workspace, "SO-3", NewLine("211810SPT", "SLQ-10001", "7"), ship_date=date(2025, 5, 1))
    with workspace.sessions.writing() as session:
        session.execute(insert(CustomerRow), [{"name": "Cedar Group"}, {"name": "Twin"}, {"name": "Twin"}])
        row = DistributionEntryRow
        session.execute(update(row).where(row.order_number == "SO-1").values(customer_id=1))
        session.execute(update(row).where(row.order_number == "SO-3").values(customer_id=2))
        session.commit()
    return open_page(desk)


def orders(page: DistributionLogPage) -> list[str]:
    model = page.table.model()
    return [model.data(model.index(row, 1)) for row in range(model.rowCount())]


def command(page: DistributionLogPage, wanted: actions.Command) -> QAction:
    return page.context.actions.action(wanted)


def opened(page: DistributionLogPage) -> QDialog:
    return next(dialog for dialog in page.findChildren(QDialog) if dialog.isVisible())


def popup(name: str) -> QMenu:
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert menu.objectName() == name
    return menu


def choose(menu: QMenu, text: str) -> None:
    action = next(action for action in menu.actions() if action.text() == text)
    action.trigger()
    menu.close()


def save_as(page: DistributionLogPage, qtbot: QtBot, name: str) -> None:
    qtbot.keyClick(page.table, Qt.Key.Key_S, CTRL)
    dialog = opened(page)
    dialog.findChild(QLineEdit, "filterName").setText(name)
    qtbot.keyClick(dialog.findChild(QLineEdit, "filterName"), Qt.Key.Key_Return)


def button_text(page: DistributionLogPage) -> str:
    return page.findChild(ActionButton, "saved_filtersButton").text()


# What the filter row finds.


def test_customers_are_read_once_somebody_is_about_to_choose_one(
    qtbot: QtBot, page: DistributionLogPage, desk: Desk, workspace: Workspace
) -> None:
    customer = page.findChild(QLineEdit, "filterCustomer")
    assert customer.completer().model().rowCount() == 0
    qtbot.keyClick(page, Qt.Key.Key_C, ALT)
    assert page.focusWidget() is customer
    qtbot.keyClicks(customer, "cedar")
    qtbot.keyClick(customer, Qt.Key.Key_Return)
    assert orders(page) == ["SO-1", "SO-1"]
    with workspace.sessions.writing() as session:
        session.execute(insert(CustomerRow), [{"name": "Harbor Group"}])
        session.commit()
    desk.context.changes.announce(Changes.of(Subject.CUSTOMERS))
    page.table.setFocus()
    qtbot.keyClick(page, Qt.Key.Key_C, ALT)
    customer.selectAll()
    qtbot.keyClicks(customer, "harbor")
    qtbot.keyClick(customer, Qt.Key.Key_Return)
    assert page.filter_bar.value.customer_name == "Harbor Group"


def test_a_rep_without_a_password_and_one_who_left_can_be_looked_for(
    page: DistributionLogPage, desk: Desk, workspace: Workspace
) -> None:
    gone = users.add_user(workspace, NewUser("gone@example.com", "Gail Gone", (Role.REP,))).ids[0]
    users.add_user(workspace, NewUser("rita@example.com", "Rita Rep", (Role.REP,)))
    with workspace.sessions.writing() as session:
        row = DistributionEntryRow
        session.execute(update(row).where(row.order_number == "SO-2").values(rep_id=gone))
        session.connection().exec_driver_sql("UPDATE users SET is_active = 0 WHERE id = ?", (gone,))
        session.commit()
    desk.context.changes.announce(Changes.of(Subject.USERS))
    reps = page.findChild(QComboBox, "filterRep")
    assert [reps.itemText(place) for place in range(reps.count())] == [
        "Any", "Ada Admin", "Gail Gone (not active)", "Rita Rep",
    ]  # fmt: skip
    reps.setCurrentIndex(2)
    assert orders(page) == ["SO-2"]
    command(page, actions.NEW_SHIPMENT).trigger()
    offered = opened(page).findChild(QComboBox, "rep")
    assert offered.findText("Rita Rep") >= 0
    assert offered.findText("Gail Gone", Qt.MatchFlag.MatchStartsWith) < 0


@pytest.mark.parametrize(
    ("missing", "found"),
    [
        (MissingField.CUSTOMER, ["SO-2"]),
        (MissingField.REP, ["SO-3", "SO-2", "SO-1", "SO-1"]),
        (MissingField.RECALL_CONTACT, ["SO-3", "SO-2", "SO-1", "SO-1"]),
    ],
)
def test_entries_that_lack_something_are_found(
    page: DistributionLogPage, missing: MissingField, found: list[str]
) -> None:
    page.filter_bar.set_value(DistributionFilter(missing=missing))
    assert orders(page) == found


def test_a_scanned_code_is_read_for_its_lot(qtbot: QtBot, page: DistributionLogPage) -> None:
    qtbot.keyClick(page, Qt.Key.Key_L, ALT)
    lot = page.focusWidget()
    qtbot.keyClicks(lot, "(01)00850012345671(10)SLQ-10002")
    qtbot.keyClick(lot, Qt.Key.Key_Return)
    assert page.filter_bar.value == DistributionFilter(lot_number="SLQ-10002")
    assert page.findChild(QLineEdit, "filterLot").text() == "SLQ-10002"
    assert orders(page) == ["SO-1"]


def test_esc_goes_back_to_the_rows(qtbot: QtBot, page: DistributionLogPage) -> None:
    qtbot.keyClick(page.table, Qt.Key.Key_F, CTRL)
    qtbot.keyClicks(page.focusWidget(), "harbor")
    qtbot.keyClick(page.focusWidget(), Qt.Key.Key_Return)
    assert orders(page) == ["SO-2"]
    qtbot.keyClick(page.focusWidget(), Qt.Key.Key_Escape)
    assert len(orders(page)) == 4
    qtbot.keyClick(page.focusWidget(), Qt.Key.Key_Escape)
    assert page.focusWidget() is page.table


def test_a_range_that_ends_before_it_begins_is_told(page: DistributionLogPage) -> None:
    page.filter_bar.set_value(DistributionFilter(date_from=date(2025, 4, 2), date_to=date(2025, 4, 1)))
    assert page.findChild(EmptyState, "noMatch").sentence.endswith("The range ends before it begins.")


# The menu of a row.


def row_menu(page: DistributionLogPage, row: int, section: int = 2) -> QMenu:
    index = page.table.model().index(row, section)
    place = page.table.visualRect(index).center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, page.table.viewport().mapToGlobal(place))
    QApplication.sendEvent(page.table.viewport(), event)
    return popup("logMenu")


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("onlyThisLot", "Only lot SLQ-12345", DistributionFilter(lot_number="SLQ-12345")),
        ("onlyThisFacility", "Only facility Harbor && Co", DistributionFilter(facility_name="Harbor & Co")),
        ("onlyThisOrder", "Only order SO-2", DistributionFilter(order_number="SO-2")),
        (
            "onlyThisDay",
            "Only 2025-04-01",
            DistributionFilter(date_from=date(2025, 4, 1), date_to=date(2025, 4, 1)),
        ),
        ("onlyThisMonth", "Only April 2025", DistributionFilter(month="2025-04")),
    ],
)
def test_a_row_narrows_the_filter(page: DistributionLogPage, name: str, text: str, wanted: DistributionFilter) -> None:
    menu = row_menu(page, 1)
    action = next(action for action in menu.actions() if action.objectName() == name)
    assert action.text() == text
    assert command(page, actions.CLEAR_FILTER) not in menu.actions()
    action.trigger()
    menu.close()
    assert page.filter_bar.value == wanted
    assert orders(page) == ["SO-2"]
    menu = row_menu(page, 0)
    assert "onlyThisCustomer" not in [action.objectName() for action in menu.actions()]
    choose(menu, "Clear the filter")
    assert page.filter_bar.value == EVERYTHING


def test_a_row_narrows_the_filter_to_its_customer_unless_several_have_the_name(
    page: DistributionLogPage, desk: Desk
) -> None:
    choose(row_menu(page, 2), "Only customer Cedar Group")
    assert page.filter_bar.value == DistributionFilter(customer_id=1, customer_name="Cedar Group")
    assert orders(page) == ["SO-1", "SO-1"]
    page.filter_bar.clear()
    told: list[str] = []
    desk.context.tasks.failed.connect(lambda trouble: told.append(str(trouble)))
    choose(row_menu(page, 0), "Only customer Twin")
    assert page.filter_bar.value == EVERYTHING
    assert told == ["2 customers are called “Twin”."]


def test_the_menu_key_opens_the_menu_of_the_current_row(page: DistributionLogPage) -> None:
    page.table.select_rows([1])
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(0, 0), QPoint(0, 0))
    QApplication.sendEvent(page.table.viewport(), event)
    choose(popup("logMenu"), "Only order SO-2")
    assert orders(page) == ["SO-2"]


def test_one_cell_or_rows_without_a_header_are_copied(qtbot: QtBot, page: DistributionLogPage, desk: Desk) -> None:
    clipboard = QGuiApplication.clipboard()
    page.table.select_rows([1, 2])
    qtbot.waitUntil(command(page, actions.COPY_WITHOUT_HEADER).isEnabled)
    qtbot.keyClick(page.table, Qt.Key.Key_C, CTRL | SHIFT)
    assert [line.split("\t")[1] for line in clipboard.text().splitlines()] == ["SO-2", "SO-1"]
    choose(row_menu(page, 1), "Copy Facility")
    assert clipboard.text() == "Harbor & Co"
    assert desk.said[-1].text == "Copied Facility."
    page.table.setCurrentIndex(page.table.model().index(0, 7))
    qtbot.waitUntil(command(page, actions.COPY_CELL).isEnabled)
    command(page, actions.COPY_CELL).trigger()
    assert clipboard.text() == "7"


# Saved filters.


def test_a_filter_is_saved_changed_and_used_again(qtbot: QtBot, page: DistributionLogPage) -> None:
    assert button_text(page) == "Saved filters"
    page.filter_bar.set_value(DistributionFilter(month="2025-03"))
    save_as(page, qtbot, "March & more")
    assert button_text(page) == "March && more"
    page.filter_bar.set_value(DistributionFilter(month="2025-03", sku="211610SPT"))
    assert button_text(page) == "March && more*"
    assert page.filter_menu.is_changed
    page.filter_bar.clear()
    assert button_text(page) == "Saved filters"
    qtbot.keyClick(page.table, Qt.Key.Key_L, CTRL)
    choose(popup("savedFiltersMenu"), "March && more")
    assert orders(page) == ["SO-1", "SO-1"]
    assert button_text(page) == "March && more"


def test_a_changed_filter_is_saved_over_the_old_one(qtbot: QtBot, page: DistributionLogPage) -> None:
    page.filter_bar.set_value(DistributionFilter(month="2025-03"))
    save_as(page, qtbot, "March")
    page.filter_bar.set_value(DistributionFilter(month="2025-03", sku="211610SPT"))
    qtbot.keyClick(page.table, Qt.Key.Key_S, CTRL)
    dialog = opened(page)
    assert dialog.findChild(QPushButton, "saveButton").text() == "Replace"
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert not page.filter_menu.is_changed
    page.filter_bar.clear()
    page.filter_menu.use("March")
    assert page.filter_bar.value.sku == "211610SPT"


def test_saved_filters_are_renamed_and_deleted(qtbot: QtBot, page: DistributionLogPage, desk: Desk) -> None:
    page.filter_bar.set_value(DistributionFilter(month="2025-03"))
    save_as(page, qtbot, "March")
    command(page, actions.SAVED_FILTERS).trigger()
    choose(popup("savedFiltersMenu"), "Rename “March”…")
    dialog = opened(page)
    dialog.findChild(QLineEdit, "filterName").setText("Spring")
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert button_text(page) == "Spring"
    desk.prompter.yes = True
    command(page, actions.SAVED_FILTERS).trigger()
    choose(popup("savedFiltersMenu"), "Delete “Spring”…")
    assert desk.prompter.asked == ["Delete the saved filter “Spring”?"]
    assert button_text(page) == "Saved filters"
    assert page.filter_bar.value == DistributionFilter(month="2025-03")


def test_nothing_is_saved_of_an_empty_filter(qtbot: QtBot, page: DistributionLogPage, desk: Desk) -> None:
    qtbot.keyClick(page.table, Qt.Key.Key_S, CTRL)
    assert desk.said[-1].text.startswith("Nothing is filtered")


def test_the_log_begins_with_the_filter_that_was_chosen_for_it(
    qtbot: QtBot,
    page: DistributionLogPage,
    open_page: Callable[[Desk], DistributionLogPage],
    desk_for: Callable[..., Desk],
) -> None:
    page.filter_bar.set_choice(FilterChoice(DistributionFilter(sku="211610SPT"), Period.THIS_YEAR))
    save_as(page, qtbot, "Mine")
    command(page, actions.SAVED_FILTERS).trigger()
    choose(popup("savedFiltersMenu"), "Begin with “Mine”")
    page.filter_bar.set_value(DistributionFilter(month="2025-03"))
    again = open_page(desk_for())
    assert again.filter_bar.choice == FilterChoice(DistributionFilter(sku="211610SPT"), Period.THIS_YEAR)
    assert button_text(again) == "Mine"
    command(again, actions.SAVED_FILTERS).trigger()
    choose(popup("savedFiltersMenu"), "Begin with “Mine”")
    again.filter_bar.set_value(DistributionFilter(month="2025-04"))
    assert open_page(desk_for()).filter_bar.value == DistributionFilter(month="2025-04")


# Columns and order.


def test_columns_are_chosen_moved_and_remembered(
    qtbot: QtBot,
    page: DistributionLogPage,
    open_page: Callable[[Desk], DistributionLogPage],
    desk_for: Callable[..., Desk],
) -> None:
    qtbot.keyClick(page.table, Qt.Key.Key_L, CTRL | SHIFT)
    dialog = opened(page)
    qtbot.waitUntil(dialog.isActiveWindow)
    listed = dialog.findChild(QListWidget, "columnList")
    customer = listed.findItems("Customer", Qt.MatchFlag.MatchExactly)[0]
    customer.setCheckState(Qt.CheckState.Checked)
    listed.setCurrentRow(0)
    qtbot.keyClick(listed, Qt.Key.Key_Down, ALT)
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    shown = [column.title for column in page.table.placed_columns() if column.shown]
    assert (shown[:2], shown[-1]) == (["Order #", "Ship Date"], "Customer")
    again = open_page(desk_for())
    assert again.table.placed_columns() == page.table.placed_columns()
    command(again, actions.RESET_COLUMNS).trigger()
    assert again.table.placed_columns() == again.table.default_columns()


def test_every_column_can_be_sorted_by_without_a_mouse(qtbot: QtBot, page: DistributionLogPage) -> None:
    header = page.table.horizontalHeader()
    qtbot.keyClick(page.table, Qt.Key.Key_O, CTRL | SHIFT)
    menu = popup("sortMenu")
    assert [action.text() for action in menu.actions() if action.isChecked()] == ["Ship Date", "Descending"]
    choose(menu, "Customer")
    assert not page.table.isColumnHidden(header.sortIndicatorSection())
    assert orders(page) == ["SO-3", "SO-1", "SO-1", "SO-2"]
    command(page, actions.SORT_ENTRIES).trigger()
    choose(popup("sortMenu"), "Ascending")
    assert orders(page) == ["SO-2", "SO-1", "SO-1", "SO-3"]
    for column in range(header.count()):
        header.setSortIndicator(column, Qt.SortOrder.AscendingOrder)
        assert sorted(orders(page)) == ["SO-1", "SO-1", "SO-2", "SO-3"]


def test_an_order_that_no_header_shows_is_said(page: DistributionLogPage) -> None:
    told: list[str] = []
    page.status_changed.connect(lambda shown, _selected: told.append(shown))
    page.table.horizontalHeader().setSortIndicator(3, Qt.SortOrder.AscendingOrder)
    page.table.setColumnHidden(3, True)
    page.enter()
    assert told[-1] == "4 entries, 24 units, sorted by City"


# Selection and export.


def selected(page: DistributionLogPage) -> str:
    told: list[str] = []
    page.status_changed.connect(lambda _shown, text: told.append(text))
    page.enter()
    return told[-1]


def test_any_selection_is_summed(qtbot: QtBot, page: DistributionLogPage) -> None:
    qtbot.keyClick(page.table, Qt.Key.Key_A, CTRL)
    qtbot.waitUntil(lambda: selected(page) == "Selected: 4 entries, 24 units")
    page.table.select_rows([0, 1, 3])  # all but a few
    qtbot.waitUntil(lambda: selected(page).startswith("Selected: 3 entries, "))
    left_out = int(page.table.model().data(page.table.model().index(2, 7)))
    assert selected(page) == f"Selected: 3 entries, {24 - left_out} units"
    page.table.clearSelection()
    qtbot.waitUntil(lambda: selected(page) == "")


def export(page: DistributionLogPage, *chosen: str) -> None:
    command(page, actions.EXPORT_ENTRIES).trigger()
    dialog = opened(page)
    for name in chosen:
        dialog.findChild(QRadioButton, name).click()
    dialog.findChild(QPushButton, "chooseFile").click()


def test_only_what_is_selected_is_exported(qtbot: QtBot, page: DistributionLogPage, desk: Desk, tmp_path: Path) -> None:
    page.table.select_rows([0, 1])
    qtbot.waitUntil(lambda: selected(page).startswith("Selected: 2"))
    desk.prompter.files = (tmp_path / "two.csv",)
    export(page, "exportSelected")
    lines = (tmp_path / "two.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[1] for line in lines] == ["Order #", "SO-3", "SO-2"]
    assert lines[0].endswith("Contact Email,Tracking #")
    assert desk.said[-1].text == "Exported 2 entries, 12 units, to two.csv."
    page.table.selectAll()
    export(page, "exportSelected", "exportWorkbook")
    assert desk.said[-1].text == "Exported 4 entries, 24 units, to two.csv."
    assert (tmp_path / "two.csv").read_bytes().startswith(b"Ship Date")


def test_the_kind_that_was_chosen_is_written(page: DistributionLogPage, desk: Desk, tmp_path: Path) -> None:
    desk.prompter.files = (tmp_path / "log",)
    export(page, "exportWorkbook")
    assert (tmp_path / "log").read_bytes().startswith(b"PK")
    assert (desk.said[0].text, desk.said[0].action) == ("Exporting…", "Cancel")
    assert desk.said[-1].text == "Exported 4 entries, 24 units, to log."
