"""The first start: an administrator, and where the records live."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop.domain.errors import RuleBroken, StorageTrouble
from desktop.domain.imports import Problem
from desktop.domain.permissions import Role
from desktop.domain.users import NewUser
from desktop.ui.dialogs.first_start import FirstStartDialog
from desktop.ui.widgets.detail_list import DetailList
from desktop.ui.widgets.notice import Notice


@pytest.fixture
def dialog(qtbot: QtBot) -> FirstStartDialog:
    made = FirstStartDialog("/data/silqeqms.db", "/data/silqeqms-evidence")
    qtbot.addWidget(made)
    made.open()
    return made


def fill(dialog: FirstStartDialog, **texts: str) -> None:
    for name, text in texts.items():
        dialog.findChild(QLineEdit, name).setText(text)


def submit(dialog: FirstStartDialog) -> None:
    dialog.findChild(QPushButton, "createButton").click()


def test_it_says_where_the_records_will_live(dialog: FirstStartDialog) -> None:
    assert dialog.findChild(DetailList, "places").values == ("/data/silqeqms.db", "/data/silqeqms-evidence")


def test_an_administrator_is_handed_over(qtbot: QtBot, dialog: FirstStartDialog) -> None:
    fill(dialog, name=" Ada ", email="ada@example.com", password="long enough", repeated="long enough")
    with qtbot.waitSignal(dialog.submitted) as blocker:
        submit(dialog)
    assert blocker.args == [NewUser("ada@example.com", "Ada", (Role.ADMIN,), "long enough")]
    assert not dialog.findChild(QPushButton, "createButton").isEnabled()


def test_everything_wrong_is_told_beside_its_field(qtbot: QtBot, dialog: FirstStartDialog) -> None:
    fill(dialog, email="ada", password="short", repeated="other")
    with qtbot.assertNotEmitted(dialog.submitted):
        submit(dialog)
    assert dialog.problem("name") == "Name is required"
    assert dialog.problem("email") == "E-mail address is not complete"
    assert dialog.problem("password") == "Password must have at least 10 characters"
    assert dialog.problem("repeated") == "The two passwords differ"
    assert dialog.focusWidget().objectName() == "name"


def test_what_is_corrected_is_no_longer_told(dialog: FirstStartDialog) -> None:
    submit(dialog)
    fill(dialog, name="Ada", email="ada@example.com", password="long enough", repeated="long enough")
    submit(dialog)
    assert [dialog.problem(name) for name in ("name", "email", "password", "repeated")] == ["", "", "", ""]


def test_trouble_while_saving_is_said_and_nothing_is_lost(dialog: FirstStartDialog) -> None:
    fill(dialog, name="Ada", email="ada@example.com", password="long enough", repeated="long enough")
    submit(dialog)
    dialog.show_trouble(StorageTrouble("The disk is full."))
    assert dialog.findChild(Notice, "firstStartProblem").text == "The disk is full."
    assert dialog.findChild(QLineEdit, "name").text() == "Ada"
    assert dialog.findChild(QPushButton, "createButton").isEnabled()
    dialog.show_trouble(RuleBroken([Problem("email", "ada@example.com", "Somebody has this address")]))
    assert dialog.problem("email") == "Somebody has this address"
    assert dialog.findChild(Notice, "firstStartProblem").text == ""
