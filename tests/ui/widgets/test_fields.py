"""The fields of forms and filters: dates, searches, passwords, and what is wrong with them."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QCalendarWidget, QLabel, QLineEdit, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from desktop.ui.widgets.date_field import DateField, DateWithToday
from desktop.ui.widgets.form_field import FormField
from desktop.ui.widgets.password_field import PasswordField
from desktop.ui.widgets.search_field import SearchField


@pytest.fixture
def date_field(qtbot: QtBot) -> DateField:
    made = DateField()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.parametrize(
    ("text", "value", "readable"),
    [
        ("", None, True),
        ("  ", None, True),
        ("2025-03-04", date(2025, 3, 4), True),
        (" 2025-03-04 ", date(2025, 3, 4), True),
        ("2024-02-29", date(2024, 2, 29), True),
        ("2025-02-29", None, False),
        ("2025-13-01", None, False),
        ("03/04/2025", None, False),
        ("20250304", None, False),
        ("２０２５-03-04", None, False),
        ("today", None, False),
    ],
)
def test_a_date_is_written_one_way_only(date_field: DateField, text: str, value: date | None, readable: bool) -> None:
    date_field.setText(text)
    assert date_field.value == value
    assert date_field.is_readable is readable


def test_a_date_is_told_when_it_changes_not_when_its_text_does(qtbot: QtBot, date_field: DateField) -> None:
    told: list[date | None] = []
    date_field.date_changed.connect(told.append)
    qtbot.keyClicks(date_field, "2025-03-04")
    qtbot.keyClicks(date_field, " ")
    assert told == [date(2025, 3, 4)]
    date_field.set_value(None)
    assert told == [date(2025, 3, 4), None]


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_day_is_chosen_from_the_calendar(qtbot: QtBot, date_field: DateField) -> None:
    date_field.set_value(date(2025, 3, 4))
    qtbot.keyClick(date_field, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    calendar = date_field.findChild(QCalendarWidget)
    assert calendar.selectedDate() == QDate(2025, 3, 4)
    menu = date_field.findChild(QMenu, "calendarMenu")
    with qtbot.waitSignal(menu.aboutToHide):
        calendar.clicked.emit(QDate(2025, 3, 9))
    assert date_field.value == date(2025, 3, 9)


def test_today_is_one_click_but_never_assumed(qtbot: QtBot) -> None:
    both = DateWithToday(date(2025, 6, 15))
    qtbot.addWidget(both)
    assert both.field.value is None
    both.findChild(QPushButton, "todayButton").click()
    assert both.field.value == date(2025, 6, 15)


@pytest.fixture
def search(qtbot: QtBot) -> SearchField:
    made = SearchField("Find", picture="search")
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_search_settles_once_after_the_typing(qtbot: QtBot, search: SearchField) -> None:
    told: list[str] = []
    search.settled.connect(told.append)
    qtbot.keyClicks(search, "cedar ")
    qtbot.waitUntil(lambda: told == ["cedar"])
    qtbot.keyClick(search, Qt.Key.Key_Return)
    assert told == ["cedar"]


def test_escape_empties_a_search_at_once(qtbot: QtBot, search: SearchField) -> None:
    told: list[str] = []
    qtbot.keyClicks(search, "x")
    qtbot.keyClick(search, Qt.Key.Key_Return)
    search.settled.connect(told.append)
    qtbot.keyClick(search, Qt.Key.Key_Escape)
    assert told == [""]
    assert search.text() == ""


def test_a_text_that_is_already_in_use_is_not_told_again(qtbot: QtBot, search: SearchField) -> None:
    search.set_text_silently("cedar")
    with qtbot.assertNotEmitted(search.settled):
        qtbot.keyClick(search, Qt.Key.Key_Return)


def test_a_password_is_hidden_until_it_is_to_be_seen(qtbot: QtBot) -> None:
    field = PasswordField()
    qtbot.addWidget(field)
    field.show()
    field.setFocus()
    assert field.echoMode() == QLineEdit.EchoMode.Password
    eye = next(action for action in field.actions() if action.text() == "Show password")
    eye.trigger()
    assert field.echoMode() == QLineEdit.EchoMode.Normal
    eye.trigger()
    assert field.echoMode() == QLineEdit.EchoMode.Password


def test_a_problem_is_seen_and_heard_beside_its_field(qtbot: QtBot) -> None:
    editor = QLineEdit()
    field = FormField("city", "City", editor)
    qtbot.addWidget(field)
    field.show()
    assert (editor.objectName(), editor.accessibleName()) == ("city", "City")
    label = field.findChild(QLabel, "cityProblem")
    assert not label.isVisible()
    field.set_problem("City is required")
    assert label.isVisible()
    assert field.problem == "City is required"
    assert editor.accessibleDescription() == "City is required"
    assert editor.property("problem") is True
    field.set_problem(None)
    assert not label.isVisible()
    assert editor.accessibleDescription() == ""
    assert editor.property("problem") is False
