"""The main job through the real window: clicks, keys and a real drop, with real workers, on both engines."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QTableView, QWidget
from pytestqt.qtbot import QtBot

from desktop.app import DesktopApp
from desktop.settings import Settings
from desktop.ui.dialogs.first_start import FirstStartDialog
from desktop.ui.dialogs.generate_report import GenerateReportDialog
from desktop.ui.dialogs.import_file import ImportDialog
from desktop.ui.dialogs.sign_in import SignInDialog
from desktop.ui.main_window import MainWindow
from desktop.ui.tasks import BackgroundTasks
from desktop.ui.theme import Look, Theme
from desktop.ui.widgets.status_light import StatusLight
from tests.support.drags import Drag, files
from tests.ui.conftest import ScriptedPrompter

Widget = TypeVar("Widget", bound=QWidget)

_HEADER = ("Ship Date", "Order #", "Facility", "City", "State", "SKU", "Lot", "Quantity")
_ROWS = (
    ("2025-03-03", "SO-501", "Lakeside Urology", "Fairview", "OK", "211810SPT", "SLQ-12345", "10"),
    ("2025-03-04", "SO-502", "Thornwick Hospital", "Riverton", "WY", "211610SPT", "SLQ-23456", "20"),
    ("2025-03-05", "SO-503", "Harrow Veterans Home", "Madison", "WI", "211410SPT", "SLQ-23456", "30"),
    ("2025-03-06", "SO-504", "Lakeside Urology", "Fairview", "OK", "211810SPT", "SLQ-234", "10"),
    ("2025-04-01", "SO-505", "Lakeside Urology", "Fairview", "OK", "211810SPT", "SLQ-12345", "40"),
)


class Person:
    """Somebody at the window, who sees only what is shown and does only what a mouse and a keyboard can."""

    def __init__(self, qtbot: QtBot, app: DesktopApp, tasks: BackgroundTasks, prompter: ScriptedPrompter) -> None:
        self._qtbot = qtbot
        self._tasks = tasks
        self.app = app
        self.prompter = prompter

    @property
    def window(self) -> MainWindow:
        assert self.app.window is not None
        return self.app.window

    def waits(self) -> None:
        """Until nothing works in the background any more."""
        self._qtbot.waitUntil(lambda: not self._tasks.is_busy(), timeout=20_000)

    def sees(self, condition: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(condition, timeout=20_000)

    def types(self, place: QWidget, name: str, text: str) -> None:
        """Into the editor of the form field called `name`."""
        editor = place.findChild(QLineEdit, name)
        assert editor is not None, name
        self._qtbot.mouseClick(editor, Qt.MouseButton.LeftButton)
        editor.selectAll()
        self._qtbot.keyClicks(editor, text)

    def clicks(self, place: QWidget, name: str) -> None:
        button = next(found for found in place.findChildren(QAbstractButton, name) if found.isVisible())
        assert button.isEnabled(), button.toolTip()
        self._qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def presses(self, keys: str) -> None:
        self.window.activateWindow()  # offscreen there is no window manager that does it when a dialog closes
        self.sees(lambda: QApplication.activeWindow() is self.window)
        self._qtbot.keySequence(QApplication.focusWidget() or self.window, keys)

    def dialog(self, kind: type[Widget]) -> Widget:
        self.sees(lambda: any(found.isVisible() for found in self.window.findChildren(kind)))
        return next(found for found in self.window.findChildren(kind) if found.isVisible())

    def table(self, name: str, place: QWidget | None = None) -> QTableView:
        found = (place or self.window).findChild(QTableView, name)
        assert found is not None, name
        return found


def texts(table: QTableView) -> list[list[str]]:
    model = table.model()
    return [
        [str(model.index(row, column).data()) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


@pytest.fixture
def person(empty_database_url: str, qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Person]:
    """Somebody who starts the application on a database that does not exist yet."""
    settings = Settings(empty_database_url, tmp_path / "evidence", tmp_path / "state")
    tasks = BackgroundTasks()
    prompter = ScriptedPrompter()
    app = DesktopApp(settings, tasks=tasks, prompter=prompter, theme=Theme(qapp, Look.LIGHT))
    app.start()
    yield Person(qtbot, app, tasks, prompter)
    tasks.shutdown()
    app.close()


def test_from_the_first_start_to_an_approved_report(person: Person, tmp_path: Path) -> None:
    # First start: the assistant asks who administers, and the empty log says what to do next.
    person.sees(lambda: isinstance(person.app.dialog, FirstStartDialog))
    first = person.app.dialog
    assert first is not None
    person.types(first, "name", "Ada Admin")
    person.types(first, "email", "ada@example.com")
    person.types(first, "password", "correct horse battery")
    person.types(first, "repeated", "correct horse battery")
    person.clicks(first, "createButton")
    person.sees(lambda: person.app.window is not None)
    person.waits()

    # Out, and in again with the password.
    person.presses("Ctrl+Shift+Q")
    person.sees(lambda: isinstance(person.app.dialog, SignInDialog) and person.app.dialog.isVisible())
    sign_in = person.app.dialog
    assert isinstance(sign_in, SignInDialog)
    person.waits()
    person.types(sign_in, "password", "wrong password")
    person.clicks(sign_in, "signInButton")
    person.sees(lambda: sign_in.problem == "E-mail address or password is not right.")
    person.types(sign_in, "password", "correct horse battery")
    person.clicks(sign_in, "signInButton")
    person.sees(lambda: person.app.window is not None)
    person.waits()

    # A file of shipments: reviewed, the good lines imported, the wrong lot left out and named.
    march = tmp_path / "march.csv"
    with march.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([_HEADER, *_ROWS])
    person.prompter.files = (march,)
    person.presses("Ctrl+I")
    dialog = person.dialog(ImportDialog)
    person.waits()
    person.clicks(dialog, "importNext")
    states = [row[0] for row in texts(person.table("importTable", dialog))]
    assert sorted(states) == ["New", "New", "New", "New", "Problem"]
    person.clicks(dialog, "importNow")
    person.waits()
    person.clicks(dialog, "importShowInLog")
    person.waits()
    log = person.table("logTable")
    assert [row[1] for row in texts(log)] == ["SO-505", "SO-503", "SO-502", "SO-501"]

    # The month's report.
    person.presses("Ctrl+3")
    person.presses("Ctrl+G")
    generate = person.dialog(GenerateReportDialog)
    choose_month(generate, 2025, "March")
    person.waits()
    assert "3 lines, 60 units" in label(generate, "reportCount")
    person.clicks(generate, "generateButton")
    person.waits()
    reports = person.table("reportTable")
    assert len(texts(reports)) == 1
    reference = texts(reports)[0][0]
    assert reference.startswith("TR-000001-")
    person.sees(lambda: label(person.window, "reportHeading") == reference)
    person.waits()
    assert len(texts(person.table("reportRows"))) == 3

    # The request is copied, answered, and the reply dropped on the open report: bound. The file stays where it was.
    person.presses("Ctrl+Shift+C")
    person.waits()
    request = QApplication.clipboard().text()
    assert reference in request
    reply = tmp_path / "reply.eml"
    quoted = "".join(f"> {line}\r\n" for line in request.splitlines())
    reply.write_bytes(
        b"From: Quinn Quality <quinn@example.com>\r\nTo: ada@example.com\r\nSubject: Re: March\r\n"
        b"Date: Tue, 01 Apr 2025 09:00:00 +0000\r\n\r\nApproved.\r\n" + quoted.encode()
    )
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
    zone = person.window.findChild(QWidget, "dropZone")
    assert zone is not None
    assert Drag(files(reply, picture)).drop(zone) == Qt.DropAction.CopyAction
    person.waits()
    assert reply.exists()
    approvals = texts(person.table("approvalTable"))
    assert len(approvals) == 1
    assert "Re: March" in approvals[0]
    assert "1 bound" in texts(reports)[0]

    # Everything is as it was recorded.
    person.presses("Ctrl+5")
    person.presses("F9")
    person.waits()
    result = person.window.findChild(StatusLight, "integrityResult")
    assert result is not None
    assert result.text.startswith("Everything is as it should be")


def choose_month(dialog: GenerateReportDialog, year: int, month: str) -> None:
    for box in dialog.findChildren(QComboBox):
        for wanted in (str(year), month):
            if (place := box.findText(wanted)) >= 0:
                box.setCurrentIndex(place)


def label(place: QWidget, name: str) -> str:
    found = place.findChild(QLabel, name)
    assert found is not None, name
    return found.text()
