"""The import dialog as the tests sit before it: with keys, clicks and what can be read on the screen."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Event
from typing import TypeVar

from PySide6.QtCore import QItemSelectionModel, QObject, Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QMenu, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.changes import Changes
from desktop.domain.filters import EVERYTHING
from desktop.domain.import_review import ImportReceipt
from desktop.domain.progress import Progress
from desktop.services import distributions, imports, users
from desktop.services.unit_of_work import Workspace
from desktop.ui.dialogs.import_file import ImportDialog
from desktop.ui.dialogs.import_work import ImportWork
from desktop.ui.tables.record_table import RecordTable
from desktop.ui.widgets.notice import Notice
from desktop.ui.widgets.status_light import StatusLight
from tests.ui.conftest import ScriptedPrompter

Found = TypeVar("Found", bound=QObject)

HEADER = "Ship Date,Order #,Facility,SKU,Lot,Qty,City,Remark"
# Ten lines: seven new, one as in the log, one that differs from the log in quantity, one with a wrong lot.
MARCH = [
    HEADER,
    "2025-03-04,SO-1,Cedar Clinic,211610SPT,SLQ-12345,5,Toledo,",
    "2025-03-04,SO-2,Harbor Hospital,211610SPT,SLQ-12345,7,Duluth,",
    "2025-03-05,SO-3,Lakeside Urology,211410SPT,SLQ-1234,4,Salem,",
    ",,,,,,,",
    *(f"2025-03-{day:02d},SO-1{day},Lakeside Urology,211810SPT,slq-2{day:04d},{day},Salem," for day in range(6, 13)),
]


class Desk:
    """The dialog with its file, and what it said to the page."""

    def __init__(self, dialog: ImportDialog, prompter: ScriptedPrompter, qtbot: QtBot) -> None:
        self.dialog = dialog
        self.qtbot = qtbot
        self.prompter = prompter
        self.imported: list[tuple[Changes, ImportReceipt]] = []
        self.to_log: list[ImportReceipt] = []
        dialog.imported.connect(lambda changes, receipt: self.imported.append((changes, receipt)))
        dialog.show_in_log.connect(self.to_log.append)

    def find(self, kind: type[Found], name: str) -> Found:
        found = self.dialog.findChild(kind, name)
        assert found is not None, name
        return found

    def click(self, name: str) -> None:
        button = self.find(QAbstractButton, name)
        assert button.isVisible(), f"{name} is not to be seen"
        assert button.isEnabled(), f"{name}: {button.toolTip()}"
        button.click()

    def choose(self, menu: str, action: str) -> None:
        found = self.find(QMenu, menu)
        [wanted] = [offered for offered in found.actions() if action in (offered.objectName(), offered.text())]
        assert wanted.isEnabled()
        wanted.trigger()

    def press(self, key: Qt.Key, name: str | None = None) -> None:
        widget = self.dialog.focusWidget() if name is None else self.find(QWidget, name)
        assert widget is not None
        QtBot.keyClick(widget, key)

    def label(self, name: str) -> str:
        return self.find(QLabel, name).text()

    @property
    def table(self) -> RecordTable:
        return self.find(RecordTable, "importTable")

    @property
    def notice(self) -> str:
        return self.find(Notice, "importNotice").text

    @property
    def summary(self) -> str:
        return self.find(StatusLight, "importSummary").text

    @property
    def button(self) -> str:
        return self.find(QPushButton, "importNow").text().replace("&", "")

    def filters(self) -> list[str]:
        names = ("all", "new", "duplicate", "conflict", "problem")
        return [self.find(QToolButton, f"importFilter_{name}").text().replace("&", "") for name in names]

    def cell(self, row: int, title: str) -> str:
        return str(self.table.model().index(row, self.column(title)).data())

    def column(self, title: str) -> int:
        model = self.table.model()
        titles = [model.headerData(at, Qt.Orientation.Horizontal) for at in range(model.columnCount())]
        return titles.index(title)

    def go_to(self, row: int, title: str) -> None:
        """As with a click on the cell."""
        flags = QItemSelectionModel.SelectionFlag
        index = self.table.model().index(row, self.column(title))
        self.table.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)

    def correct(self, row: int, title: str, text: str) -> None:
        """As with the keyboard: Enter on the cell, the text, Enter."""
        self.go_to(row, title)
        self.press(Qt.Key.Key_Return, "importTable")
        editor = self.find(QLineEdit, "importCell")
        editor.selectAll()
        QtBot.keyClicks(editor, text)
        QtBot.keyClick(editor, Qt.Key.Key_Return)
        # The view takes the text from its event loop, after the key was handled.
        self.qtbot.waitUntil(lambda: self.dialog.findChild(QLineEdit, "importCell") is None)


Opener = Callable[..., Desk]


def work_on(workspace: Workspace) -> ImportWork:
    return ImportWork(
        preview=partial(imports.preview, workspace),
        review_again=partial(imports.review_again, workspace),
        write=partial(imports.import_lines, workspace),
        save_problem_rows=partial(imports.save_problem_rows, workspace),
        free_order_numbers=partial(imports.free_order_numbers, workspace),
        people=partial(users.people, workspace),
        undo=partial(imports.undo_import, workspace),
    )


def written(path: Path, lines: list[str], encoding: str = "utf-8") -> Path:
    path.write_bytes("\r\n".join(lines).encode(encoding))
    return path


def logged(workspace: Workspace) -> int:
    return distributions.totals(workspace, EVERYTHING).lines


def choose_in(box: QComboBox, text: str) -> None:
    """As a person does: open the list, go to the line, Enter."""
    box.showPopup()
    box.view().setCurrentIndex(box.model().index(box.findText(text), 0))
    QtBot.keyClick(box.view(), Qt.Key.Key_Return)


class Gate:
    """Holds work up at its first progress, until it is opened or the work is cancelled."""

    def __init__(self) -> None:
        self._open = Event()

    def open(self) -> None:
        self._open.set()

    def close(self) -> None:
        self._open.clear()

    def hold(self, progress: Progress) -> Progress:
        def held(done: int, total: int | None) -> None:
            while not self._open.wait(0.01):
                progress(3, 10)
            progress(done, total)

        return held
