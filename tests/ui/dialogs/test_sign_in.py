"""The sign-in: typed, sent once, answered inline."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop.domain.errors import SignInRefused
from desktop.ui.dialogs.sign_in import SignInDialog, SignInRequest
from desktop.ui.widgets.password_field import PasswordField
from desktop.ui.widgets.problem_label import ProblemLabel


@pytest.fixture
def dialog(qtbot: QtBot) -> SignInDialog:
    made = SignInDialog("silqeqms.db")
    qtbot.addWidget(made)
    made.open()
    return made


def email(dialog: SignInDialog) -> QLineEdit:
    return dialog.findChild(QLineEdit, "email")


def password(dialog: SignInDialog) -> PasswordField:
    return dialog.findChild(PasswordField, "password")


def button(dialog: SignInDialog) -> QPushButton:
    return dialog.findChild(QPushButton, "signInButton")


def test_enter_sends_what_was_typed(qtbot: QtBot, dialog: SignInDialog) -> None:
    qtbot.keyClicks(email(dialog), " ada@example.com ")
    qtbot.keyClicks(password(dialog), " a secret ")
    with qtbot.waitSignal(dialog.submitted) as blocker:
        qtbot.keyClick(password(dialog), Qt.Key.Key_Return)
    assert blocker.args == [SignInRequest("ada@example.com", " a secret ")]


def test_the_password_cannot_reach_a_log() -> None:
    assert "secret" not in repr(SignInRequest("ada@example.com", "secret"))


def test_a_blank_field_is_told_and_nothing_is_sent(qtbot: QtBot, dialog: SignInDialog) -> None:
    with qtbot.assertNotEmitted(dialog.submitted):
        button(dialog).click()
    assert dialog.findChild(ProblemLabel, "emailProblem").text() == "Enter your e-mail address"
    assert dialog.findChild(ProblemLabel, "passwordProblem").text() == "Enter your password"
    assert email(dialog).accessibleDescription() == "Enter your e-mail address"


def test_nothing_is_sent_twice_while_the_password_is_checked(qtbot: QtBot, dialog: SignInDialog) -> None:
    email(dialog).setText("ada@example.com")
    password(dialog).setText("secret")
    button(dialog).click()
    assert not button(dialog).isEnabled()
    assert not password(dialog).isEnabled()
    assert button(dialog).text() == "Signing in…"
    with qtbot.assertNotEmitted(dialog.submitted):
        qtbot.keyClick(dialog, Qt.Key.Key_Return)


def test_a_refusal_is_said_inline_and_the_typing_is_kept(dialog: SignInDialog) -> None:
    email(dialog).setText("ada@example.com")
    password(dialog).setText("wrong")
    button(dialog).click()
    dialog.show_trouble(SignInRefused("The e-mail address and password do not open an account."))
    assert dialog.problem == "The e-mail address and password do not open an account."
    assert button(dialog).isEnabled()
    assert email(dialog).text() == "ada@example.com"
    assert password(dialog).selectedText() != ""


def test_a_person_can_type_while_the_database_is_opened(qtbot: QtBot, dialog: SignInDialog) -> None:
    dialog.set_opening(True)
    qtbot.keyClicks(email(dialog), "ada@example.com")
    qtbot.keyClicks(password(dialog), "secret")
    with qtbot.assertNotEmitted(dialog.submitted):
        qtbot.keyClick(password(dialog), Qt.Key.Key_Return)
    dialog.set_opening(False)
    with qtbot.waitSignal(dialog.submitted):
        qtbot.keyClick(password(dialog), Qt.Key.Key_Return)


def test_the_last_person_only_types_the_password(qtbot: QtBot) -> None:
    dialog = SignInDialog("silqeqms.db", "ada@example.com")
    qtbot.addWidget(dialog)
    assert email(dialog).text() == "ada@example.com"
    assert dialog.focusWidget() is password(dialog)


def test_the_password_can_be_shown(dialog: SignInDialog) -> None:
    assert password(dialog).echoMode() == QLineEdit.EchoMode.Password
    password(dialog).set_shown(True)
    assert password(dialog).echoMode() == QLineEdit.EchoMode.Normal


def test_escape_leaves(qtbot: QtBot, dialog: SignInDialog) -> None:
    with qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
