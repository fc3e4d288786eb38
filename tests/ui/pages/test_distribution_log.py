"""The Distribution Log on a real database: reading, filtering, entering, handing on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTableView,
    QTreeWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.domain.changes import Changes, Subject
from desktop.domain.distributions import NewLine
from desktop.domain.filters import DistributionFilter, SortField, SortOrder
from desktop.domain.permissions import ROLE_PERMISSIONS, Role
from desktop.services import distributions
from desktop.services.unit_of_work import Workspace
from desktop.ui import actions
from desktop.ui.dialogs.export_entries import ExportDialog
from desktop.ui.dialogs.new_shipment import NewShipmentDialog
from desktop.ui.page import Page
from desktop.ui.pages.distribution_log import DistributionLogPage, page_spec
from desktop.ui.theme import Tone
from desktop.ui.widgets.action_button import ActionButton
from tests.ui.conftest import Desk, log_shipment


@pytest.fixture
def imports() -> list[Path | None]:
    """The files with which the import was opened."""
    return []


@pytest.fixture
def open_page(qtbot: QtBot, imports: list[Path | None]) -> Callable[[Desk], DistributionLogPage]:
    def open_import(_page: Page, path: Path | None) -> None:
        imports.append(path)

    def make(desk: Desk) -> DistributionLogPage:
        page = page_spec(open_import, lambda _page: None).make(desk.context)
        assert isinstance(page, DistributionLogPage)
        qtbot.addWidget(page)
        page.resize(1200, 700)
        page.show()
        page.enter()
        return page

    return make


@pytest.fixture
def page(open_page: Callable[[Desk], DistributionLogPage], desk: Desk, workspace: Workspace) -> DistributionLogPage:
    """The log with three shipments of four lines, 24 units."""
    log_shipment(workspace, "SO-1", NewLine("211610SPT", "SLQ-10001", "5"), NewLine("211410SPT", "SLQ-10002", "7"))
    log_shipment(workspace, "SO-2", ship_date=date(2025, 4, 1), facility_name="Harbor Hospital", city="Duluth")
    log_shipment(workspace, "SO-3", NewLine("211810SPT", "SLQ-10001", "7"), ship_date=date(2025, 5, 1))
    return open_page(desk)


def column(page: DistributionLogPage, section: int) -> list[str]:
    model = page.table.model()
    return [model.data(model.index(row, section)) for row in range(model.rowCount())]


def orders(page: DistributionLogPage) -> list[str]:
    return column(page, 1)


def select(qtbot: QtBot, page: DistributionLogPage, *rows: int) -> None:
    page.table.select_rows(rows)
    qtbot.waitUntil(lambda: status(page)[1].startswith("Selected"))


def status(page: DistributionLogPage) -> tuple[str, str]:
    """What the page tells the status bar when it is asked again."""
    told: list[tuple[str, str]] = []
    page.status_changed.connect(lambda shown, selected: told.append((shown, selected)))
    page.enter()
    return told[-1]


def state(page: DistributionLogPage) -> str:
    """Which of rows, emptiness, loading or error is shown."""
    for name in ("logTable", "noEntries", "noMatch", "loadingState", "errorState"):
        if page.findChild(QWidget, name) is not None and page.findChild(QWidget, name).isVisible():
            return name
    return ""


def test_the_newest_shipment_comes_first(page: DistributionLogPage) -> None:
    assert orders(page) == ["SO-3", "SO-2", "SO-1", "SO-1"]
    assert state(page) == "logTable"
    assert status(page) == ("4 entries, 24 units", "")


def test_an_empty_log_says_what_to_do_next(
    open_page: Callable[[Desk], DistributionLogPage], desk: Desk, imports: list[Path | None]
) -> None:
    page = open_page(desk)
    assert state(page) == "noEntries"
    empty = page.findChild(QWidget, "noEntries")
    buttons = {button.text(): button for button in empty.findChildren(ActionButton)}
    assert list(buttons) == ["Import…", "New shipment…"]
    buttons["Import…"].click()
    assert imports == [None]
    assert status(page) == ("0 entries, 0 units", "")


def test_a_filter_that_finds_nothing_says_so_and_can_be_cleared(qtbot: QtBot, page: DistributionLogPage) -> None:
    page.filter_bar.set_value(DistributionFilter(lot_number="SLQ-99999"))
    assert state(page) == "noMatch"
    empty = page.findChild(QWidget, "noMatch")
    assert "lot SLQ-99999" in empty.accessibleName()
    qtbot.mouseClick(empty.findChild(QPushButton, "clear_filterButton"), Qt.MouseButton.LeftButton)
    assert state(page) == "logTable"
    assert len(orders(page)) == 4


def test_the_filter_row_filters(qtbot: QtBot, page: DistributionLogPage) -> None:
    box = page.findChild(QComboBox, "filterSku")
    box.setCurrentIndex(box.findData("211610SPT"))
    assert orders(page) == ["SO-2", "SO-1"]
    page.filter_bar.clear()
    search = page.findChild(QLineEdit, "filterText")
    qtbot.keyClicks(search, "harbor")
    qtbot.waitUntil(lambda: orders(page) == ["SO-2"])
    assert status(page)[0] == "1 entry, 5 units"


def test_a_click_on_a_header_sorts_by_sql(qtbot: QtBot, page: DistributionLogPage) -> None:
    header = page.table.horizontalHeader()
    place = header.sectionViewportPosition(7) + 10
    page.table.horizontalScrollBar().setValue(0)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place, 5))
    assert column(page, 7) == sorted(column(page, 7), key=int)
    header.setSortIndicator(2, Qt.SortOrder.DescendingOrder)
    assert column(page, 2)[0] == "Harbor Hospital"


def test_one_entry_is_shown_with_the_other_lines_of_its_shipment(qtbot: QtBot, page: DistributionLogPage) -> None:
    select(qtbot, page, 2)
    entry = page.pane.entry
    assert entry is not None
    assert entry.order_number == "SO-1"
    assert status(page) == ("4 entries, 24 units", f"Selected: 1 entry, {entry.quantity} units")
    lines = page.findChild(QTreeWidget, "shipmentLines")
    qtbot.waitUntil(lambda: lines.topLevelItemCount() == 1)
    lines.itemActivated.emit(lines.topLevelItem(0), 0)
    qtbot.waitUntil(lambda: page.pane.entry is not None and page.pane.entry.id != entry.id)
    assert page.pane.entry is not None
    assert page.pane.entry.order_number == "SO-1"


def test_a_line_that_the_filter_hides_can_be_had(qtbot: QtBot, page: DistributionLogPage, desk: Desk) -> None:
    page.filter_bar.set_value(DistributionFilter(lot_number="SLQ-10002"))
    select(qtbot, page, 0)
    lines = page.findChild(QTreeWidget, "shipmentLines")
    qtbot.waitUntil(lambda: lines.topLevelItemCount() == 1)
    lines.itemActivated.emit(lines.topLevelItem(0), 0)
    assert desk.said[-1].text == "The filter hides that line."
    assert desk.said[-1].on_action is not None
    desk.said[-1].on_action()
    assert page.filter_bar.value == DistributionFilter()


def test_several_entries_are_summed(qtbot: QtBot, page: DistributionLogPage) -> None:
    select(qtbot, page, 0, 1)
    assert status(page)[1] == "Selected: 2 entries, 12 units"
    assert page.pane.entry is None
    page.table.selectAll()
    qtbot.waitUntil(lambda: status(page)[1] == "Selected: 4 entries, 24 units")


def test_commands_depend_on_what_is_selected(qtbot: QtBot, page: DistributionLogPage, desk: Desk) -> None:
    qtbot.waitUntil(desk.context.actions.action(actions.EXPORT_ENTRIES).isEnabled)
    copy = desk.context.actions.action(actions.COPY_ENTRIES)
    assert not copy.isEnabled()
    select(qtbot, page, 0)
    assert copy.isEnabled()


def test_selected_rows_are_copied_for_a_spreadsheet(qtbot: QtBot, page: DistributionLogPage, desk: Desk) -> None:
    for section in (3, 4, 8, 9, 10):
        page.table.setColumnHidden(section, True)
    page.table.horizontalHeader().moveSection(7, 0)
    select(qtbot, page, 0, 1)
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().splitlines() == [
        "Quantity\tShip Date\tOrder #\tFacility\tSKU\tLot",
        "7\t2025-05-01\tSO-3\tCedar Clinic\t211810SPT\tSLQ-10001",
        "5\t2025-04-01\tSO-2\tHarbor Hospital\t211610SPT\tSLQ-12345",
    ]
    assert desk.said[-1].text == "Copied 2 entries."


def export(page: DistributionLogPage) -> None:
    page.export()
    page.findChildren(ExportDialog)[-1].findChild(QPushButton, "chooseFile").click()


@pytest.mark.parametrize(("name", "starts"), [("log.csv", b"Ship Date,"), ("log.xlsx", b"PK")])
def test_what_the_filter_finds_is_exported(
    page: DistributionLogPage, desk: Desk, tmp_path: Path, name: str, starts: bytes
) -> None:
    desk.prompter.files = (tmp_path / name,)
    page.filter_bar.set_value(DistributionFilter(lot_number="SLQ-10001"))
    export(page)
    assert (tmp_path / name).read_bytes().startswith(starts)
    assert desk.said[-1].tone is Tone.SUCCESS
    assert desk.said[-1].text == f"Exported 2 entries, 12 units, to {name}."
    assert desk.said[-1].on_action is not None
    desk.said[-1].on_action()
    assert desk.prompter.asked[-1] == f"folder {tmp_path.name}"


def test_an_export_that_fails_says_why(page: DistributionLogPage, desk: Desk, tmp_path: Path) -> None:
    desk.prompter.files = (tmp_path / "no such folder" / "log.csv",)
    export(page)
    assert desk.said[-1].tone is Tone.PROBLEM


def form(page: DistributionLogPage) -> NewShipmentDialog:
    page.work.new_shipment()
    return page.findChildren(NewShipmentDialog)[-1]


def fill(dialog: NewShipmentDialog, lot: str = "SLQ-20001") -> None:
    dialog.findChild(QLineEdit, "ship_date").setText("2025-06-01")
    dialog.findChild(QLineEdit, "facility_name").setText("Mesa Home Care")
    dialog.findChild(QComboBox, "sku_0").setEditText("211610SPT")
    dialog.findChild(QLineEdit, "lot_number_0").setText(lot)
    dialog.findChild(QLineEdit, "quantity_0").setText("3")


def save(dialog: NewShipmentDialog, button: str = "saveButton") -> None:
    dialog.findChild(QPushButton, button).click()


def test_a_saved_shipment_is_in_the_list_at_once_and_selected(
    qtbot: QtBot, page: DistributionLogPage, desk: Desk, workspace: Workspace
) -> None:
    dialog = form(page)
    fill(dialog)
    with qtbot.waitSignals([dialog.accepted, desk.context.changes.changed]):
        save(dialog)
    first = distributions.first_entries(workspace, DistributionFilter(), SortOrder(SortField.SHIP_DATE), 1)[0]
    assert first.order_number.startswith("MAN-")
    assert orders(page)[0] == first.order_number
    assert desk.said[-1].text == f"Saved 1 line of order {first.order_number}, Mesa Home Care."
    qtbot.waitUntil(lambda: page.pane.entry == first)
    assert status(page)[0] == "5 entries, 27 units"


def test_a_saved_shipment_that_the_filter_hides_is_not_lost_sight_of(page: DistributionLogPage, desk: Desk) -> None:
    page.filter_bar.set_value(DistributionFilter(lot_number="SLQ-10001"))
    dialog = form(page)
    fill(dialog)
    save(dialog)
    assert desk.said[-1].text == "Saved. The filter hides it."
    assert desk.said[-1].on_action is not None
    desk.said[-1].on_action()
    assert len(orders(page)) == 5


def test_problems_are_told_beside_their_fields_and_nothing_is_saved(page: DistributionLogPage) -> None:
    dialog = form(page)
    fill(dialog, lot="SLQ-1234")
    dialog.findChild(QComboBox, "sku_0").setEditText("999")
    dialog.findChild(QLineEdit, "quantity_0").setText("-5")
    dialog.findChild(QLineEdit, "ship_date").setText("2999-01-01")
    save(dialog)
    assert dialog.isVisible()
    assert dialog.problem("ship_date") == "Ship date cannot be in the future"
    assert dialog.lines[0].problem("sku") == "SKU must be one of: 211810SPT, 211610SPT, 211410SPT"
    assert dialog.lines[0].problem("lot_number") == "Lot number must match format: SLQ-#####"
    assert dialog.lines[0].problem("quantity") == "Quantity must be a positive integer"
    assert len(orders(page)) == 4


def test_a_repeated_line_is_saved_only_on_purpose(page: DistributionLogPage) -> None:
    for _ in range(2):
        dialog = form(page)
        fill(dialog)
        dialog.findChild(QLineEdit, "order_number").setText("SO-9")
        save(dialog)
    assert orders(page).count("SO-9") == 1
    assert "SO-9" in dialog.repeats
    save(dialog, "saveAnywayButton")
    assert orders(page).count("SO-9") == 2


@pytest.mark.parametrize("yes", [True, False])
def test_a_form_with_something_in_it_is_dropped_only_on_purpose(
    qtbot: QtBot, page: DistributionLogPage, desk: Desk, yes: bool
) -> None:
    dialog = form(page)
    fill(dialog)
    desk.prompter.yes = yes
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert desk.prompter.asked == ["Close without saving?"]
    assert dialog.isVisible() is not yes
    dialog.reject()


def test_refreshing_keeps_the_selection(qtbot: QtBot, page: DistributionLogPage, workspace: Workspace) -> None:
    select(qtbot, page, 1)
    assert page.pane.entry is not None
    before = page.pane.entry
    log_shipment(workspace, "SO-4", ship_date=date(2025, 6, 1))
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_F5)
    assert orders(page)[0] == "SO-4"
    assert list(page.table.selected_rows()) == [2]
    qtbot.waitUntil(lambda: page.pane.entry == before)


def test_a_write_elsewhere_is_seen_at_once_or_when_the_page_is_entered(
    page: DistributionLogPage, desk: Desk, workspace: Workspace
) -> None:
    log_shipment(workspace, "SO-4", ship_date=date(2025, 6, 1))
    desk.context.changes.announce(Changes.of(Subject.TRACING_REPORTS))
    assert len(orders(page)) == 4
    desk.context.changes.announce(Changes.of(Subject.DISTRIBUTIONS))
    assert len(orders(page)) == 5
    page.hide()
    log_shipment(workspace, "SO-5", ship_date=date(2025, 6, 2))
    desk.context.changes.announce(Changes.of(Subject.IMPORTS))
    assert len(orders(page)) == 5
    page.show()
    page.enter()
    assert len(orders(page)) == 6


def test_an_unreadable_database_is_said_with_a_way_out(
    page: DistributionLogPage, workspace: Workspace, tmp_path: Path
) -> None:
    workspace.sessions.close()
    database = tmp_path / "silqeqms.db"
    kept = database.read_bytes()
    database.write_bytes(b"not a database" * 1000)
    for rest in tmp_path.glob("silqeqms.db-*"):
        rest.unlink()
    page.filter_bar.set_value(DistributionFilter(sku="211610SPT"))
    assert state(page) == "errorState"
    database.write_bytes(kept)
    page.findChild(QPushButton, "retryButton").click()
    assert state(page) == "logTable"
    assert orders(page) == ["SO-2", "SO-1"]


def test_filter_sort_and_columns_are_remembered(
    open_page: Callable[[Desk], DistributionLogPage], page: DistributionLogPage, desk_for: Callable[..., Desk]
) -> None:
    wanted = DistributionFilter(month="2025-03", sku="211610SPT")
    page.filter_bar.set_value(wanted)
    page.table.setColumnWidth(2, 321)
    page.table.horizontalHeader().setSortIndicator(1, Qt.SortOrder.AscendingOrder)
    again = open_page(desk_for())
    assert again.filter_bar.value == wanted
    assert again.table.columnWidth(2) == 321
    assert again.table.horizontalHeader().sortIndicatorSection() == 1
    assert orders(again) == ["SO-1"]


def drop(page: DistributionLogPage, *files: Path) -> QDropEvent:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    moved = Qt.DropAction.MoveAction | Qt.DropAction.CopyAction
    no_modifier = Qt.KeyboardModifier.NoModifier
    entered = QDragEnterEvent(QPoint(9, 9), moved, data, Qt.MouseButton.LeftButton, no_modifier)
    page.dragEnterEvent(entered)
    assert entered.isAccepted()
    assert entered.dropAction() == Qt.DropAction.CopyAction
    dropped = QDropEvent(QPointF(9, 9), moved, data, Qt.MouseButton.LeftButton, no_modifier)
    page.dropEvent(dropped)
    return dropped


def test_a_dropped_file_opens_the_import_and_is_only_copied(
    page: DistributionLogPage, imports: list[Path | None], tmp_path: Path
) -> None:
    event = drop(page, tmp_path / "march.csv")
    assert imports == [tmp_path / "march.csv"]
    assert event.dropAction() == Qt.DropAction.CopyAction


def test_several_dropped_files_are_answered(
    page: DistributionLogPage, desk: Desk, imports: list[Path | None], tmp_path: Path
) -> None:
    drop(page, tmp_path / "a.csv", tmp_path / "b.csv")
    assert imports == []
    assert desk.said[-1].text.startswith("Drop one file at a time")


def test_a_link_is_not_a_file(page: DistributionLogPage) -> None:
    data = QMimeData()
    data.setUrls([QUrl("https://example.com/march.csv")])
    event = QDragEnterEvent(
        QPoint(9, 9),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    page.dragEnterEvent(event)
    assert not event.isAccepted()


def test_who_may_only_read_finds_no_way_to_change_anything(
    open_page: Callable[[Desk], DistributionLogPage],
    page: DistributionLogPage,  # noqa: ARG001
    desk_for: Callable[..., Desk],
    imports: list[Path | None],
    tmp_path: Path,
) -> None:
    desk = desk_for(ROLE_PERMISSIONS[Role.READONLY])
    reader = open_page(desk)
    assert len(orders(reader)) == 4
    for command in (actions.NEW_SHIPMENT, actions.IMPORT_FILE, actions.EXPORT_ENTRIES):
        action = desk.context.actions.action(command)
        assert not action.isEnabled()
        assert "permission" in action.toolTip()
    drop(reader, tmp_path / "march.csv")
    assert imports == []
    assert "permission" in desk.said[-1].text


def test_ctrl_f_goes_to_the_search(qtbot: QtBot, page: DistributionLogPage) -> None:
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert page.focusWidget().objectName() == "filterText"


def test_everything_to_act_on_has_its_names(qtbot: QtBot, page: DistributionLogPage) -> None:
    select(qtbot, page, 2)
    page.filter_bar.set_value(DistributionFilter(month="2025-03"))
    kinds = (QAbstractButton, QLineEdit, QComboBox, QAbstractItemView)
    for widget in (found for kind in kinds for found in page.findChildren(kind)):
        inside_another = isinstance(widget.parent(), (QComboBox, QLineEdit, QTableView)) or not widget.isVisible()
        if not inside_another and not isinstance(widget, QHeaderView):
            assert widget.objectName(), widget
            assert widget.accessibleName(), widget.objectName()
