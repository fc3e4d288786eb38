"""Questions are opened, never executed; only a real answer calls back."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from desktop.ui.prompter import ANY_FILE, FileType, Prompter, Question

CSV = FileType("CSV file", ("csv",))
XLSX = FileType("Workbook", ("xlsx",))
QUESTION = Question("Undo", "Undo this import?", "12 entries are removed.", "Undo import", destructive=True)


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    return window


def question_box(parent: QWidget) -> QMessageBox:
    box = parent.findChild(QMessageBox)
    assert isinstance(box, QMessageBox)
    return box


def file_dialog(parent: QWidget) -> QFileDialog:
    dialog = parent.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    return dialog


def test_yes_is_told_once(qtbot: QtBot, parent: QWidget) -> None:
    answers: list[str] = []
    Prompter().confirm(parent, QUESTION, lambda: answers.append("yes"))
    box = question_box(parent)
    assert (box.text(), box.informativeText()) == (QUESTION.text, QUESTION.detail)
    button = next(button for button in box.buttons() if button.text() == QUESTION.yes)
    with qtbot.waitSignal(box.finished):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert answers == ["yes"]


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Return])
def test_escape_and_enter_cancel_what_cannot_be_taken_back(qtbot: QtBot, parent: QWidget, key: Qt.Key) -> None:
    answers: list[str] = []
    Prompter().confirm(parent, QUESTION, lambda: answers.append("yes"))
    box = question_box(parent)
    with qtbot.waitSignal(box.finished):
        qtbot.keyClick(box, key)
    assert answers == []


def test_enter_confirms_what_is_harmless(qtbot: QtBot, parent: QWidget) -> None:
    answers: list[str] = []
    harmless = Question("Open", "Open it?", "", "Open")
    Prompter().confirm(parent, harmless, lambda: answers.append("yes"))
    box = question_box(parent)
    with qtbot.waitSignal(box.finished):
        qtbot.keyClick(box, Qt.Key.Key_Return)
    assert answers == ["yes"]


def test_a_warning_says_its_sentence(qtbot: QtBot, parent: QWidget) -> None:
    Prompter().warn(parent, "Evidence altered", "The file is missing.")
    box = question_box(parent)
    assert box.text() == "The file is missing."
    with qtbot.waitSignal(box.finished):
        qtbot.keyClick(box, Qt.Key.Key_Escape)


def test_an_existing_file_is_chosen_and_its_folder_remembered(qtbot: QtBot, parent: QWidget, tmp_path: Path) -> None:
    file = tmp_path / "march.csv"
    file.write_text("x")
    settings = QSettings(str(tmp_path / "files.ini"), QSettings.Format.IniFormat)
    chosen: list[tuple[Path, ...]] = []
    Prompter(settings).open_files(parent, "Import", (CSV, ANY_FILE), chosen.append)
    dialog = file_dialog(parent)
    assert dialog.nameFilters() == ["CSV file (*.csv)", "All files (*)"]
    dialog.setDirectory(str(tmp_path))
    dialog.selectFile(str(file))
    with qtbot.waitSignal(dialog.finished):
        dialog.accept()
    assert chosen == [(file,)]
    again = Prompter(settings)
    again.open_files(parent, "Import again", (CSV,), chosen.append)
    latest = next(found for found in parent.findChildren(QFileDialog) if found.windowTitle() == "Import again")
    assert Path(latest.directory().absolutePath()) == tmp_path
    with qtbot.waitSignal(latest.finished):
        latest.reject()
    assert len(chosen) == 1


def test_the_ending_of_the_kind_is_added_to_a_new_file(qtbot: QtBot, parent: QWidget, tmp_path: Path) -> None:
    chosen: list[Path] = []
    Prompter().save_file(parent, "Export", "log.csv", (CSV, XLSX), chosen.append)
    dialog = file_dialog(parent)
    assert dialog.acceptMode() == QFileDialog.AcceptMode.AcceptSave
    dialog.setDirectory(str(tmp_path))
    dialog.selectNameFilter(XLSX.pattern)
    dialog.filterSelected.emit(XLSX.pattern)
    dialog.selectFile(str(tmp_path / "log"))
    with qtbot.waitSignal(dialog.finished):
        dialog.accept()
    assert chosen == [tmp_path / "log.xlsx"]
