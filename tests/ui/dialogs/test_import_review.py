"""The review's tools on many lines at once: filters, fill, paste, order numbers, reps, undo, problem rows."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QLineEdit, QRadioButton, QToolButton, QTreeWidget
from pytestqt.qtbot import QtBot

from desktop.domain.distributions import NewLine
from desktop.domain.filters import EVERYTHING, SortOrder
from desktop.domain.permissions import Role
from desktop.domain.users import NewUser
from desktop.services import distributions, users
from desktop.services.unit_of_work import Workspace
from desktop.ui.widgets.search_field import SearchField
from tests.ui.conftest import log_shipment
from tests.ui.dialogs.import_desk import Desk, Opener, logged, written

# Said of every list that opens.
pytestmark = pytest.mark.qt_log_ignore("plugin does not support")

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier

HEADER = "Ship Date,Order #,Facility,SKU,Lot,Qty,City,Rep"
MESSY = [
    HEADER,
    "2025-03-04,SO-1,Cedar Clinic,211610SPT,SLQ-12345,5,Toledo,Ada Admin",
    "2025-03-04,SO-2,Harbor Hospital,211610SPT,SLQ-12345,7,Duluth,A. Admin",
    "2025-03-05,,Lakeside Urology,211410SPT,,4,Salem,A. Admin",
    "2025-03-05,,LAKESIDE  Urology,211810SPT,,6,Salem,",
    "2025-03-06,,Lakeside Urology,211810SPT,,2.5,Salem,",
    "2025-03-07,SO-6,Prairie Center,211810SPT,SLQ-12345,12,Moline,Nobody Known",
    "2025-03-07,SO-7,Prairie Center,211810SPT",
]


@pytest.fixture
def desk(open_import: Opener, tmp_path: Path, workspace: Workspace) -> Desk:
    """Seven lines: one like the log's but for the quantity, three without order number and lot, one cut short."""
    log_shipment(workspace, "SO-2", NewLine("211610SPT", "SLQ-12345", "10"), facility_name="Harbor Hospital")
    opened = open_import(written(tmp_path / "messy.csv", MESSY))
    opened.click("importNext")
    assert opened.filters() == ["All 7", "New 2", "Duplicate 0", "Conflict 1", "Problem 4"]
    return opened


def press(desk: Desk, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    desk.qtbot.waitUntil(desk.dialog.isActiveWindow)  # a shortcut of a window that is not active does nothing
    QtBot.keyClick(desk.table, key, modifiers)


def current(desk: Desk) -> tuple[str, str]:
    """The row of the file and the column of the current cell."""
    index = desk.table.currentIndex()
    title = desk.table.model().headerData(index.column(), Qt.Orientation.Horizontal)
    return desk.cell(index.row(), "Row"), str(title)


def column(desk: Desk, title: str) -> list[str]:
    return [desk.cell(row, title) for row in range(desk.table.model().rowCount())]


def ask(desk: Desk, name: str) -> QDialog:
    found = [dialog for dialog in desk.dialog.findChildren(QDialog, name) if dialog.isVisible()]
    assert len(found) == 1, name
    return found[0]


def select(desk: Desk, *rows: int) -> None:
    desk.table.select_rows(rows)


def edit(dialog: QDialog, name: str) -> QLineEdit:
    found = dialog.findChild(QLineEdit, name)
    assert found is not None
    return found


def choose(dialog: QDialog, name: str, text: str) -> None:
    """With the arrow keys."""
    box = dialog.findChild(QComboBox, name)
    assert box is not None
    box.setFocus()
    way = Qt.Key.Key_Down if box.findText(text) > box.currentIndex() else Qt.Key.Key_Up
    while box.currentText() != text:
        QtBot.keyClick(box, way)


def enter(dialog: QDialog) -> None:
    QtBot.keyClick(dialog, Qt.Key.Key_Return)


# From problem to problem.


def test_f8_goes_from_problem_to_problem_and_round(desk: Desk) -> None:
    seen = []
    for _ in range(9):
        press(desk, Qt.Key.Key_F8)
        seen.append(current(desk))
    assert seen[:4] == [("3", "Quantity"), ("4", "Order #"), ("4", "Lot"), ("5", "Order #")]
    assert seen[5:] == [("6", "Order #"), ("6", "Lot"), ("6", "Quantity"), ("8", "Quantity")]
    press(desk, Qt.Key.Key_Down, CTRL)
    assert current(desk) == ("3", "Quantity"), "from the last to the first"
    assert list(desk.table.selected_rows()) == [1], "Ctrl, which is held, adds nothing to the selection"
    press(desk, Qt.Key.Key_F8, SHIFT)
    assert current(desk) == ("8", "Quantity")
    press(desk, Qt.Key.Key_Up, CTRL)
    assert current(desk) == ("6", "Quantity")


def test_f8_from_a_cell_that_is_edited_takes_it_in_and_goes_on(desk: Desk) -> None:
    select(desk, 2)
    desk.go_to(2, "Order #")
    QtBot.keyClick(desk.table, Qt.Key.Key_S)  # a letter begins the edit
    editor = desk.find(QLineEdit, "importCell")
    QtBot.keyClicks(editor, "O-3")
    QtBot.keyClick(editor, Qt.Key.Key_F8)
    assert desk.cell(2, "Order #").casefold() == "so-3"
    assert current(desk) == ("4", "Lot")


def test_f8_leaves_a_filter_that_has_no_problem(desk: Desk) -> None:
    desk.click("importFilter_new")
    press(desk, Qt.Key.Key_F8)
    assert desk.find(QToolButton, "importFilter_all").isChecked()
    assert current(desk) == ("3", "Quantity")


def test_when_nothing_is_left_out_f8_says_so(open_import: Opener, tmp_path: Path) -> None:
    opened = open_import(written(tmp_path / "good.csv", MESSY[:2]))
    opened.click("importNext")
    assert not opened.find(QToolButton, "importNextProblem").isEnabled()


# Filters.


def test_problems_are_filtered_by_kind(desk: Desk) -> None:
    kinds = desk.find(QComboBox, "importKindFilter")
    assert not kinds.isVisible()
    desk.click("importFilter_problem")
    assert kinds.isVisible()
    assert [kinds.itemText(at) for at in range(kinds.count())] == [
        "Every kind of problem",
        "Order number: 3",
        "Lot number: 4",
        "Quantity: 2",
        "Shape of the row: 1",
    ]
    kinds.setFocus()
    QtBot.keyClicks(kinds, "Quan")
    QtBot.keyClick(kinds, Qt.Key.Key_Return)
    assert column(desk, "Row") == ["6", "8"]
    desk.correct(0, "Quantity", "3")
    assert [kinds.itemText(at) for at in range(kinds.count())][3] == "Quantity: 1"
    assert column(desk, "Row") == ["6", "8"], "the corrected line stays where it is"
    desk.click("importFilter_all")
    assert not kinds.isVisible()
    assert len(column(desk, "Row")) == 7


def test_lines_are_searched_and_the_search_holds_with_the_states(desk: Desk, qtbot: QtBot) -> None:
    press(desk, Qt.Key.Key_F, CTRL)
    search = desk.find(SearchField, "importSearch")
    assert desk.dialog.focusWidget() is search
    QtBot.keyClicks(search, "lakeside 4")
    qtbot.waitUntil(lambda: column(desk, "Row") == ["4"])
    search.clear()
    QtBot.keyClicks(search, "salem")
    qtbot.waitUntil(lambda: column(desk, "Row") == ["4", "5", "6"])
    desk.click("importFilter_new")
    assert column(desk, "Row") == []
    assert desk.label("importSays") == "There is no such line."
    QtBot.keyClick(search, Qt.Key.Key_Escape)
    assert column(desk, "Row") == ["2", "7"]
    assert desk.dialog.isVisible()


def test_what_was_corrected_is_found_as_corrected(desk: Desk, qtbot: QtBot) -> None:
    desk.correct(0, "City", "Keokuk")
    QtBot.keyClicks(desk.find(SearchField, "importSearch"), "keokuk")
    qtbot.waitUntil(lambda: column(desk, "Row") == ["2"])


# Many cells at once.


def test_one_value_is_filled_into_every_problem_cell(desk: Desk) -> None:
    press(desk, Qt.Key.Key_F8)
    press(desk, Qt.Key.Key_F8)
    press(desk, Qt.Key.Key_F8)
    assert current(desk) == ("4", "Lot")
    press(desk, Qt.Key.Key_D, CTRL)
    dialog = ask(desk, "fillDialog")
    box = dialog.findChild(QComboBox, "fillField")
    assert box is not None
    assert box.currentText() == "Lot number"
    QtBot.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.isVisible(), "a blank lot is told, not filled in"
    QtBot.keyClicks(edit(dialog, "fillValue"), "SLQ-55555")
    enter(dialog)
    assert column(desk, "Lot")[:6] == ["SLQ-12345", "SLQ-12345", *["SLQ-55555"] * 3, "SLQ-12345"]
    assert column(desk, "Lot")[6] == "—", "a row that was cut short is corrected in the file"
    assert desk.find(QToolButton, "importUndo").toolTip().startswith("Undo: Lot number of 3 lines")
    press(desk, Qt.Key.Key_Z, CTRL)
    assert column(desk, "Lot")[2:5] == ["—"] * 3
    press(desk, Qt.Key.Key_Y, CTRL)
    assert column(desk, "Lot")[2:5] == ["SLQ-55555"] * 3


def test_a_value_is_filled_into_the_selected_lines_only(desk: Desk) -> None:
    select(desk, 0, 3)
    press(desk, Qt.Key.Key_D, CTRL)
    dialog = ask(desk, "fillDialog")
    choose(dialog, "fillField", "City")
    QtBot.keyClicks(edit(dialog, "fillValue"), "Ely")
    problems, selected = dialog.findChild(QCheckBox, "fillOnlyProblems"), dialog.findChild(QRadioButton, "fillSelected")
    assert problems is not None
    assert selected is not None
    assert selected.isChecked()
    problems.click()
    enter(dialog)
    assert column(desk, "City")[:5] == ["Ely", "Duluth", "Salem", "Ely", "Salem"]


def test_filling_where_nothing_is_wrong_says_so(desk: Desk) -> None:
    select(desk, 0, 5)
    press(desk, Qt.Key.Key_D, CTRL)
    dialog = ask(desk, "fillDialog")
    choose(dialog, "fillField", "City")
    QtBot.keyClicks(edit(dialog, "fillValue"), "Ely")
    enter(dialog)
    assert desk.notice.startswith("Nothing was changed")
    assert column(desk, "City")[0] == "Toledo"


def test_a_column_of_cells_is_pasted_downwards(desk: Desk) -> None:
    QGuiApplication.clipboard().setText("SLQ-11111\r\nslq-22222\r\nSLQ-33333\r\n")
    desk.go_to(2, "Lot")
    press(desk, Qt.Key.Key_V, CTRL)
    assert column(desk, "Lot")[2:5] == ["SLQ-11111", "SLQ-22222", "SLQ-33333"]
    press(desk, Qt.Key.Key_Z, CTRL)
    assert column(desk, "Lot")[2:5] == ["—"] * 3, "one step takes it all back"


def test_a_block_of_cells_goes_to_the_right_and_what_finds_no_line_is_told(desk: Desk) -> None:
    QGuiApplication.clipboard().setText("SLQ-11111\t9\nSLQ-22222\t8\nSLQ-33333\t7")
    desk.go_to(5, "Lot")
    press(desk, Qt.Key.Key_V, CTRL)
    assert (desk.cell(5, "Lot"), desk.cell(5, "Quantity")) == ("SLQ-11111", "9")
    assert desk.cell(6, "Lot") == "—"
    assert desk.notice == "1 row of the clipboard found no line to go to."


def test_one_cell_is_pasted_into_every_selected_line(desk: Desk) -> None:
    QGuiApplication.clipboard().setText("SLQ-11111")
    desk.go_to(2, "Lot")
    press(desk, Qt.Key.Key_Down, SHIFT)
    press(desk, Qt.Key.Key_Down, SHIFT)
    press(desk, Qt.Key.Key_V, CTRL)
    assert column(desk, "Lot")[2:6] == ["SLQ-11111"] * 3 + ["SLQ-12345"]


# Order numbers.


def test_every_shipment_without_an_order_number_gets_a_free_one(desk: Desk, workspace: Workspace) -> None:
    press(desk, Qt.Key.Key_G, CTRL)
    dialog = ask(desk, "orderNumberDialog")
    free = dialog.findChild(QRadioButton, "orderFree")
    assert free is not None
    assert free.text().replace("&", "") == "A free number for each shipment: 2 numbers"
    enter(dialog)
    first, second, third = column(desk, "Order #")[2:5]
    assert first == second, "two lines of one facility and ship date are one shipment"
    assert third != first
    assert first == f"MAN-{workspace.today():%Y%m%d}-0001"
    press(desk, Qt.Key.Key_Z, CTRL)
    assert column(desk, "Order #")[2:5] == ["—"] * 3


def test_one_typed_number_for_the_selected_lines(desk: Desk) -> None:
    select(desk, 1, 2, 3)
    press(desk, Qt.Key.Key_G, CTRL)
    dialog = ask(desk, "orderNumberDialog")
    one = dialog.findChild(QRadioButton, "orderOne")
    assert one is not None
    one.click()
    enter(dialog)
    assert dialog.isVisible(), "a blank number is told"
    QtBot.keyClicks(edit(dialog, "orderNumber"), "1.23E+05")
    enter(dialog)
    assert dialog.isVisible(), "so is one that a spreadsheet shortened"
    edit(dialog, "orderNumber").clear()
    QtBot.keyClicks(edit(dialog, "orderNumber"), "SO-77")
    enter(dialog)
    assert column(desk, "Order #")[1:5] == ["SO-2", "SO-77", "SO-77", "—"]


def test_lines_that_all_have_an_order_number_are_told(desk: Desk) -> None:
    select(desk, 0, 1)
    press(desk, Qt.Key.Key_G, CTRL)
    assert desk.notice == "None of these lines lacks an order number."


# Reps.


def test_a_person_is_linked_to_a_written_name_and_to_lines_without_one(desk: Desk, workspace: Workspace) -> None:
    users.add_user(workspace, NewUser("rita@example.com", "Rita Rep", (Role.REP,)))
    press(desk, Qt.Key.Key_L, CTRL)
    dialog = ask(desk, "linkRepDialog")
    listed = dialog.findChild(QTreeWidget, "repList")
    assert listed is not None
    shown = [(listed.topLevelItem(at).text(0), listed.topLevelItem(at).text(1)) for at in range(3)]
    assert shown == [("A. Admin", "2"), ("Nobody Known", "1"), ("(lines without a rep)", "3")]
    enter(dialog)
    assert dialog.isVisible(), "nothing was chosen yet"
    choose(dialog, "repPerson", "Ada Admin")
    listed.setCurrentItem(listed.topLevelItem(2))
    choose(dialog, "repPerson", "Rita Rep")
    enter(dialog)
    assert column(desk, "Rep") == [
        *("Ada Admin", "Ada Admin", "Ada Admin", "Rita Rep", "Rita Rep", "Nobody Known", "Rita Rep")
    ]
    desk.correct(3, "Lot", "SLQ-12345")
    desk.correct(3, "Order #", "SO-8")
    desk.click("importNow")
    entries = distributions.first_entries(workspace, EVERYTHING, SortOrder(), 50)
    assert {entry.order_number: entry.rep_name for entry in entries} == {
        "SO-2": None,
        "SO-1": "Ada Admin",
        "SO-8": "Rita Rep",
        "SO-6": None,
    }


def test_a_link_is_taken_back(desk: Desk) -> None:
    press(desk, Qt.Key.Key_L, CTRL)
    dialog = ask(desk, "linkRepDialog")
    choose(dialog, "repPerson", "Ada Admin")
    enter(dialog)
    assert column(desk, "Rep")[1] == "Ada Admin"
    desk.click("importClose")
    assert desk.prompter.asked == ["Close without importing?"], "a link is something that would be lost"
    press(desk, Qt.Key.Key_L, CTRL)
    dialog = ask(desk, "linkRepDialog")
    choose(dialog, "repPerson", "Nobody")
    enter(dialog)
    assert column(desk, "Rep")[1] == "A. Admin"


# Problem rows.


def test_problem_rows_are_saved_and_import_once_corrected(
    desk: Desk, open_import: Opener, tmp_path: Path, workspace: Workspace
) -> None:
    target = tmp_path / "problems.csv"
    desk.prompter.files = (target,)
    press(desk, Qt.Key.Key_S, CTRL)
    assert desk.prompter.asked == ["Save problem rows"]
    assert desk.notice.startswith("4 problem rows saved to problems.csv.")
    text = target.read_text("utf-8-sig")
    assert text.splitlines()[0] == f"{HEADER},Problems"
    desk.click("importNow")
    assert logged(workspace) == 1 + 2
    header, first, *_ = text.splitlines()
    corrected = first.replace(",,Lakeside", ",SO-3,Lakeside").replace("211410SPT,,", "211410SPT,SLQ-12345,")
    written(target, [header, corrected])
    again = open_import(target)
    again.click("importNext")
    assert again.filters()[1] == "New 1"


def test_the_file_that_is_imported_is_never_written_over(desk: Desk, tmp_path: Path) -> None:
    source = tmp_path / "messy.csv"
    before = source.read_bytes()
    desk.prompter.files = (source,)
    desk.click("importSaveProblems")
    assert desk.notice == "messy.csv is the file that is being imported: choose another name."
    assert source.read_bytes() == before


def test_problem_rows_that_cannot_be_written_are_told(desk: Desk, tmp_path: Path) -> None:
    desk.prompter.files = (tmp_path / "no such folder" / "problems.csv",)
    desk.click("importSaveProblems")
    assert "problems.csv" in desk.notice
    assert desk.find(QToolButton, "importSaveProblems").isEnabled()


# ShipStation.


def test_the_lot_of_a_shipstation_export_is_filled_in(
    open_import: Opener, tmp_path: Path, workspace: Workspace
) -> None:
    header = (
        "Order - Number,Date - Shipped Date,Ship To - Company,Ship To - City,Item - SKU,Item - Qty,"
        "Shipment - Tracking Number,Shipment - Void Flag"
    )
    lines = [
        "SO-1,3/4/2025 4:00:00 AM,Cedar Clinic,Toledo,211610SPT,5,1Z001,False",
        "SO-1,3/24/2025 4:00:00 AM,Cedar Clinic,Toledo,211810SPT,2,1Z001,False",
        "SO-2,3/25/2025 4:00:00 AM,Harbor Hospital,Duluth,211610SPT,7,1Z002,True",
    ]
    desk = open_import(written(tmp_path / "shipstation.csv", [header, *lines]))
    assert desk.label("importKind").startswith("ShipStation export, ")
    assert "void" in desk.label("importNotes").lower()
    assert "Lot number" in desk.label("importMissing")
    desk.click("importNext")
    assert desk.filters() == ["All 2", "New 0", "Duplicate 0", "Conflict 0", "Problem 2"]
    press(desk, Qt.Key.Key_F8)
    press(desk, Qt.Key.Key_D, CTRL)
    dialog = ask(desk, "fillDialog")
    QtBot.keyClicks(edit(dialog, "fillValue"), "SLQ-12345")
    enter(dialog)
    assert column(desk, "Lot") == ["SLQ-12345", "SLQ-12345"]
    desk.click("importNow")
    entries = distributions.first_entries(workspace, EVERYTHING, SortOrder(), 50)
    assert {entry.source.value for entry in entries} == {"shipstation"}
