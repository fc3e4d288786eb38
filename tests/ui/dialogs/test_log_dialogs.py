"""The small dialogs of the log: columns, the name of a filter, what to export."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLineEdit, QListWidget, QPushButton, QRadioButton
from pytestqt.qtbot import QtBot

from desktop.domain.reports import WORKBOOK_LINES
from desktop.ui.dialogs.columns import ColumnsDialog
from desktop.ui.dialogs.export_entries import ExportDialog, ExportFormat, ExportWanted
from desktop.ui.dialogs.name_filter import FilterName, NameFilterDialog
from desktop.ui.tables.record_table import PlacedColumn

PLACED = (PlacedColumn("lot", "Lot", True), PlacedColumn("city", "City", False), PlacedColumn("rep", "Rep", True))
DEFAULT = tuple(reversed(PLACED))


@pytest.fixture
def columns(qtbot: QtBot) -> ColumnsDialog:
    dialog = ColumnsDialog(PLACED, DEFAULT)
    qtbot.addWidget(dialog)
    dialog.open()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


def test_columns_are_shown_hidden_and_moved_by_keys(qtbot: QtBot, columns: ColumnsDialog) -> None:
    listed = columns.findChild(QListWidget, "columnList")
    assert columns.focusWidget() is listed
    qtbot.keyClick(listed, Qt.Key.Key_Space)
    qtbot.keyClick(listed, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClick(listed, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClick(listed, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClick(listed, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    with qtbot.waitSignal(columns.submitted) as blocker:
        qtbot.keyClick(columns, Qt.Key.Key_Return)
    assert blocker.args == [
        (PLACED[1], PlacedColumn("lot", "Lot", False), PLACED[2]),
    ]


def test_columns_can_be_as_at_first_and_one_must_be_shown(qtbot: QtBot, columns: ColumnsDialog) -> None:
    columns.findChild(QPushButton, "resetColumns").click()
    assert columns.placed == DEFAULT
    listed = columns.findChild(QListWidget, "columnList")
    for row in range(listed.count()):
        listed.item(row).setCheckState(Qt.CheckState.Unchecked)
    with qtbot.assertNotEmitted(columns.submitted):
        columns.findChild(QPushButton, "useColumns").click()
    assert columns.problem == "At least one column must be shown."


def name_dialog(qtbot: QtBot, name: str = "", *, renames: bool = False) -> NameFilterDialog:
    dialog = NameFilterDialog("March 2025", ["March", "April"], name, renames=renames)
    qtbot.addWidget(dialog)
    dialog.open()
    return dialog


def test_a_filter_gets_a_name_or_replaces_another(qtbot: QtBot) -> None:
    dialog = name_dialog(qtbot)
    save, edit = dialog.findChild(QPushButton, "saveButton"), dialog.findChild(QLineEdit, "filterName")
    save.click()
    assert dialog.problem == "Name is required"
    edit.setText("  MARCH ")
    assert (dialog.problem, save.text()) == ("", "Replace")
    edit.setText("  Last   month ")
    assert save.text() == "Save"
    dialog.findChild(QCheckBox, "beginWithFilter").setChecked(True)
    with qtbot.waitSignal(dialog.submitted) as blocker:
        qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert blocker.args == [FilterName("Last month", at_start=True)]


def test_another_filters_name_is_not_taken_by_renaming(qtbot: QtBot) -> None:
    dialog = name_dialog(qtbot, "March", renames=True)
    save, edit = dialog.findChild(QPushButton, "saveButton"), dialog.findChild(QLineEdit, "filterName")
    assert (edit.text(), save.text()) == ("March", "Rename")
    edit.setText("april")
    save.click()
    assert dialog.problem == "Another filter has this name"
    edit.setText("MARCH")
    with qtbot.waitSignal(dialog.submitted) as blocker:
        save.click()
    assert blocker.args == [FilterName("MARCH", at_start=False)]


def export_dialog(qtbot: QtBot, found: int | None, selected: int) -> ExportDialog:
    dialog = ExportDialog("lot SLQ-1", found, selected)
    qtbot.addWidget(dialog)
    dialog.open()
    return dialog


def test_the_record_of_all_that_is_found_is_what_is_exported_unless_told(qtbot: QtBot) -> None:
    dialog = export_dialog(qtbot, 1204, 0)
    assert dialog.findChild(QRadioButton, "exportFound").text() == "What the filter finds: 1,204 entries"
    assert not dialog.findChild(QRadioButton, "exportSelected").isEnabled()
    with qtbot.waitSignal(dialog.submitted) as blocker:
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert blocker.args == [ExportWanted(only_selected=False, format=ExportFormat.RECORD)]


def test_more_than_a_workbook_holds_is_said_before_anything_is_written(qtbot: QtBot) -> None:
    dialog = export_dialog(qtbot, WORKBOOK_LINES + 1, 2)
    choose = dialog.findChild(QPushButton, "chooseFile")
    assert dialog.problem == ""
    dialog.findChild(QRadioButton, "exportWorkbook").click()
    assert dialog.problem == "A workbook holds at most 1,048,575 entries. Export as CSV, or choose fewer entries."
    assert not choose.isEnabled()
    dialog.findChild(QRadioButton, "exportSelected").click()
    assert dialog.problem == ""
    with qtbot.waitSignal(dialog.submitted) as blocker:
        choose.click()
    assert blocker.args == [ExportWanted(only_selected=True, format=ExportFormat.WORKBOOK)]
