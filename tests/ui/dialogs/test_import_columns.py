"""The columns step: which column is which field, dates, encoding and sheet, with real files."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.services.unit_of_work import Workspace
from desktop.ui.tables.record_table import RecordTable
from desktop.ui.widgets.notice import Notice
from tests.ui.dialogs.import_desk import HEADER, MARCH, Desk, Opener, choose_in, logged, written

# Said of every list that opens.
pytestmark = pytest.mark.qt_log_ignore("plugin does not support")

ROW = "2025-03-04,SO-1,Cedar Clinic,211610SPT,SLQ-12345,5"


def step(desk: Desk) -> QWidget:
    return desk.find(QWidget, "importColumnStep")


def columns(desk: Desk) -> list[tuple[str, str, str, str]]:
    """Header, first values, field and remark of every column."""
    model = desk.find(RecordTable, "importColumnTable").model()
    return [
        (
            str(model.index(row, 0).data()),
            str(model.index(row, 1).data()),
            str(model.index(row, 2).data()),
            str(model.index(row, 3).data()),
        )
        for row in range(model.rowCount())
    ]


def take_for(desk: Desk, header: str, field: str) -> None:
    """With the keyboard: Enter on the column, the field in the list that opens, Enter."""
    table = desk.find(RecordTable, "importColumnTable")
    row = [column[0] for column in columns(desk)].index(header)
    table.setCurrentIndex(table.model().index(row, 0))
    QtBot.keyClick(table, Qt.Key.Key_Return)
    box = desk.find(QComboBox, "importField")
    desk.qtbot.waitUntil(lambda: box.view().isVisible())
    box.view().setCurrentIndex(box.model().index(box.findText(field), 0))
    QtBot.keyClick(box.view(), Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: desk.dialog.findChild(QComboBox, "importField") is None)


def problem(desk: Desk) -> str:
    return desk.find(Notice, "importColumnProblem").text


def go_on(desk: Desk) -> QPushButton:
    return desk.find(QPushButton, "importNext")


def test_it_is_passed_by_when_nothing_must_be_decided(open_import: Opener, march: Path) -> None:
    desk = open_import(march)
    assert not step(desk).isVisible()
    desk.click("importNext")
    assert desk.table.isVisible()


def test_whoever_asks_sees_every_column_with_its_values(open_import: Opener, march: Path) -> None:
    desk = open_import(march)
    desk.click("importChangeColumns")
    assert step(desk).isVisible()
    assert desk.label("importSteps").startswith("File&nbsp; › &nbsp;<b>Columns</b>")
    assert columns(desk)[0] == ("Ship Date", "2025-03-04  ·  2025-03-05  ·  2025-03-06  ·  2025-03-07", "Ship date", "")
    assert columns(desk)[-1][0::2] == ("Remark", "Not used")
    assert (problem(desk), go_on(desk).text()) == ("", "&Review 10 lines")
    desk.press(Qt.Key.Key_Return)
    assert desk.table.isVisible(), "Enter goes on to the review"


def test_another_column_is_read_for_a_field(open_import: Opener, tmp_path: Path) -> None:
    lines = ["Ship Date,Order #,Facility,SKU,Lot,Qty,City,Town", f"{ROW},Toledo,Duluth"]
    desk = open_import(written(tmp_path / "town.csv", lines))
    desk.click("importChangeColumns")
    take_for(desk, "Town", "City")
    assert problem(desk) == "“City” and “Town” are both taken for city: choose one."
    assert not go_on(desk).isEnabled()
    assert go_on(desk).toolTip() == problem(desk)
    assert [remark for _, _, _, remark in columns(desk) if remark] == [
        "Another column is taken for city too: choose one"
    ] * 2
    table = desk.find(RecordTable, "importColumnTable")
    table.setCurrentIndex(table.model().index(6, 0))
    QtBot.keyClick(table, Qt.Key.Key_Delete)
    assert (problem(desk), go_on(desk).text()) == ("", "&Continue")
    desk.click("importNext")
    assert (desk.cell(0, "City"), desk.cell(0, "Status")) == ("Duluth", "New")


def test_a_required_column_that_is_missing_is_named_here(open_import: Opener, tmp_path: Path) -> None:
    lines = ["Ship Date,Order #,Facility,SKU,Batch,Number of pieces", ROW]
    desk = open_import(written(tmp_path / "batch.csv", lines))
    assert step(desk).isVisible()
    assert "“Lot Number” and “Quantity” are missing" in problem(desk)
    assert "Lot number and Quantity have no column yet" in problem(desk)
    assert not go_on(desk).isEnabled()
    take_for(desk, "Batch", "Lot number *")
    assert "Quantity has no column yet" in problem(desk)
    take_for(desk, "Number of pieces", "Quantity *")
    assert problem(desk) == ""
    desk.click("importNext")
    assert (desk.cell(0, "Lot"), desk.cell(0, "Quantity"), desk.cell(0, "Status")) == ("SLQ-12345", "5", "New")


def test_two_columns_that_could_be_one_field_are_told_apart_here(open_import: Opener, tmp_path: Path) -> None:
    lines = ["Ship Date,Order #,Facility,SKU,Lot,Qty,Lot Number", f"{ROW},SLQ-77777"]
    desk = open_import(written(tmp_path / "lots.csv", lines))
    assert step(desk).isVisible()
    assert "“Lot” and “Lot Number” could both be Lot Number" in problem(desk)
    take_for(desk, "Lot Number", "Lot number *")
    desk.click("importNext")
    assert desk.cell(0, "Lot") == "SLQ-77777"


def test_a_header_that_occurs_twice_and_is_not_needed_is_let_pass(open_import: Opener, tmp_path: Path) -> None:
    lines = ["Ship Date,Order #,Facility,SKU,Lot,Qty,Remark,Remark", f"{ROW},a,b"]
    desk = open_import(written(tmp_path / "remarks.csv", lines))
    assert "“Remark” occurs 2 times" in problem(desk)
    desk.click("importNext")
    assert desk.cell(0, "Status") == "New"


def test_a_header_that_occurs_twice_cannot_be_chosen(open_import: Opener, tmp_path: Path) -> None:
    lines = ["Ship Date,Order #,Facility,SKU,Lot,Qty,Lot,Code", f"{ROW},SLQ-77777,SLQ-88888"]
    desk = open_import(written(tmp_path / "twice.csv", lines))
    remarks = [remark for header, _, _, remark in columns(desk) if header == "Lot"]
    assert remarks == ["This header occurs 2 times, so that nobody can tell which is meant: rename it in the file"] * 2
    table = desk.find(RecordTable, "importColumnTable")
    table.setCurrentIndex(table.model().index(4, 0))
    QtBot.keyClick(table, Qt.Key.Key_Return)
    assert desk.dialog.findChild(QComboBox, "importField") is None
    take_for(desk, "Code", "Lot number *")
    desk.click("importNext")
    assert desk.cell(0, "Lot") == "SLQ-88888"


def test_dates_that_can_be_read_both_ways_are_asked_about(open_import: Opener, tmp_path: Path) -> None:
    path = written(tmp_path / "us.csv", [HEADER, "3/4/2025,SO-1,Cedar Clinic,211610SPT,SLQ-12345,5,Toledo,"])
    desk = open_import(path)
    assert step(desk).isVisible()
    assert "such as “3/4/2025”" in desk.find(Notice, "importDateQuestion").text
    assert desk.find(QPushButton, "importDates_mdy").text() == "&Month first: 4 March 2025"
    assert desk.find(QPushButton, "importDates_dmy").text() == "&Day first: 3 April 2025"
    assert desk.dialog.focusWidget() is desk.find(QPushButton, "importDates_mdy")
    assert (go_on(desk).isEnabled(), go_on(desk).toolTip()) == (False, "Choose the date order.")
    desk.click("importDates_dmy")
    desk.click("importNext")
    assert desk.cell(0, "Ship Date") == "2025-04-03"
    desk.click("importBack")
    assert not desk.find(Notice, "importDateQuestion").isVisible()
    assert desk.label("importLines").startswith("1: 1 new")
    assert desk.label("importDates").startswith("Day first")
    desk.click("importChangeColumns")
    order = desk.find(QComboBox, "importDateOrder")
    order.setFocus()
    QtBot.keyClick(order, Qt.Key.Key_Up)
    desk.click("importNext")
    assert desk.cell(0, "Ship Date") == "2025-03-04"


def test_the_date_question_cannot_be_passed_by(open_import: Opener, tmp_path: Path) -> None:
    path = written(tmp_path / "us.csv", [HEADER, "3/4/2025,SO-1,Cedar Clinic,211610SPT,SLQ-12345,5,Toledo,"])
    desk = open_import(path)
    desk.click("importBack")
    assert desk.label("importLines").endswith("1 problem")
    desk.click("importNext")
    assert step(desk).isVisible()


def test_another_encoding_is_read_at_once(open_import: Opener, tmp_path: Path) -> None:
    path = written(tmp_path / "dos.csv", [HEADER, "2025-03-04,SO-1,Clínica Sur,211610SPT,SLQ-12345,5,,"], "cp437")
    desk = open_import(path)
    assert desk.label("importEncodingShown") == "Windows-1252 (Western Europe)"
    desk.click("importChangeColumns")
    encodings = desk.find(QComboBox, "importEncoding")
    assert encodings.currentText() == "Windows-1252 (Western Europe), as recognised"
    choose_in(encodings, "DOS (code page 437)")
    assert step(desk).isVisible()
    assert encodings.currentText() == "DOS (code page 437)"
    assert columns(desk)[2][1] == "Clínica Sur"
    desk.click("importNext")
    assert desk.cell(0, "Facility") == "Clínica Sur"
    desk.correct(0, "City", "Bilbao")
    desk.click("importBack")
    desk.click("importChangeColumns")

    choose_in(encodings, "Windows-1252 (Western Europe), as recognised")
    assert desk.prompter.asked == ["Read the file again in another way?"]
    assert encodings.currentText() == "DOS (code page 437)", "the correction is not given up unasked"
    desk.prompter.yes = True
    choose_in(encodings, "Windows-1252 (Western Europe), as recognised")
    desk.click("importNext")
    assert (desk.cell(0, "Facility"), desk.cell(0, "City")) == ("Cl¡nica Sur", "")


def test_other_columns_are_not_read_over_corrections_unasked(open_import: Opener, march: Path) -> None:
    desk = open_import(march)
    desk.click("importNext")
    desk.correct(2, "Lot", "SLQ-12349")
    desk.click("importBack")
    desk.click("importChangeColumns")
    take_for(desk, "Remark", "Rep")
    desk.click("importNext")
    assert desk.prompter.asked == ["Read the file again in another way?"]
    assert step(desk).isVisible()
    desk.prompter.yes = True
    desk.click("importNext")
    assert desk.cell(2, "Lot") == "SLQ-1234"
    assert not desk.table.isColumnHidden(desk.column("Rep"))


def test_what_was_chosen_once_is_remembered_for_the_header(
    open_import: Opener, tmp_path: Path, workspace: Workspace
) -> None:
    header = "Ship Date,Order #,Facility,SKU,Batch,Qty"
    first = open_import(written(tmp_path / "one.csv", [header, ROW.replace("2025-03-04", "3/4/2025")]))
    take_for(first, "Batch", "Lot number *")
    first.click("importNext")
    first.click("importDates_dmy")
    first.click("importNext")
    first.click("importNow")
    assert logged(workspace) == 1
    second = open_import(written(tmp_path / "two.csv", [header, ROW.replace("2025-03-04", "5/6/2025")]))
    assert not step(second).isVisible()
    assert second.label("importRead") == "As last time for files with this header"
    assert second.label("importDates").startswith("Day first")
    second.click("importNext")
    assert (second.cell(0, "Lot"), second.cell(0, "Ship Date")) == ("SLQ-12345", "2025-06-05")


def workbook(path: Path, **sheets: list[list[str]]) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
    return path


def test_a_workbook_is_read_and_another_sheet_of_it(open_import: Opener, tmp_path: Path, workspace: Workspace) -> None:
    rows = [line.split(",") for line in MARCH[:3]]
    other = [MARCH[0].split(","), MARCH[-1].split(",")]
    path = workbook(tmp_path / "office.xlsx", March=rows, April=other)
    desk = open_import(path)
    assert desk.label("importKind").startswith("Workbook (XLSX), ")
    assert desk.label("importSheetShown") == "March"
    assert not desk.find(QWidget, "importSeparator").isVisible()
    desk.click("importChangeColumns")
    assert not desk.find(QComboBox, "importEncoding").isVisible()
    choose_in(desk.find(QComboBox, "importSheet"), "April")
    assert go_on(desk).text() == "&Review 1 line"
    desk.click("importNext")
    assert desk.cell(0, "Lot") == "SLQ-20012"
    desk.click("importNow")
    assert logged(workspace) == 1
