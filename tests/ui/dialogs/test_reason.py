"""Asking for a reason: what will change is said, and nothing happens by accident."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop.domain.errors import RuleBroken, StaleEdit
from desktop.domain.imports import Problem
from desktop.ui.dialogs.reason import ReasonDialog
from desktop.ui.theme import Theme
from desktop.ui.widgets.notice import Notice


@pytest.fixture
def dialog(qtbot: QtBot, theme: Theme) -> ReasonDialog:  # noqa: ARG001
    made = ReasonDialog("Undo import", "Undo the import of march.csv?", "7 lines are taken out.", "Undo import")
    qtbot.addWidget(made)
    made.open()
    return made


def text(dialog: ReasonDialog) -> QPlainTextEdit:
    return dialog.findChild(QPlainTextEdit, "reason")


def yes(dialog: ReasonDialog) -> QPushButton:
    return dialog.findChild(QPushButton, "reasonYes")


def test_what_is_asked_and_what_becomes_of_it_are_said(dialog: ReasonDialog) -> None:
    said = [dialog.findChild(QLabel, name).text() for name in ("reasonSentence", "reasonDetail")]
    assert said == ["Undo the import of march.csv?", "7 lines are taken out."]
    assert dialog.focusWidget() is text(dialog)


@pytest.mark.parametrize("how", ["button", "keys"])
def test_the_reason_is_handed_over_trimmed(qtbot: QtBot, dialog: ReasonDialog, how: str) -> None:
    qtbot.keyClicks(text(dialog), "  Last year's file ")
    with qtbot.waitSignal(dialog.submitted) as blocker:
        if how == "button":
            qtbot.mouseClick(yes(dialog), Qt.MouseButton.LeftButton)
        else:
            qtbot.keyClick(text(dialog), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert blocker.args == ["Last year's file"]
    assert not yes(dialog).isEnabled()
    with qtbot.assertNotEmitted(dialog.submitted):
        qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


@pytest.mark.parametrize("typed", ["", "  \n "])
def test_a_blank_reason_is_a_problem_beside_the_field(qtbot: QtBot, dialog: ReasonDialog, typed: str) -> None:
    text(dialog).setPlainText(typed)
    with qtbot.assertNotEmitted(dialog.submitted):
        qtbot.mouseClick(yes(dialog), Qt.MouseButton.LeftButton)
    assert dialog.problem == "Say why: a reason is required"
    assert dialog.focusWidget() is text(dialog)
    text(dialog).setPlainText("Wrong month")
    qtbot.mouseClick(yes(dialog), Qt.MouseButton.LeftButton)
    assert dialog.problem == ""


def test_cancel_is_the_default(qtbot: QtBot, dialog: ReasonDialog) -> None:
    cancel = dialog.findChild(QPushButton, "reasonCancel")
    assert cancel.isDefault()
    assert not yes(dialog).isDefault()
    with qtbot.assertNotEmitted(dialog.submitted):
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert not dialog.isVisible()


def test_trouble_is_said_and_the_reason_stays(qtbot: QtBot, dialog: ReasonDialog) -> None:
    qtbot.keyClicks(text(dialog), "Wrong month")
    qtbot.mouseClick(yes(dialog), Qt.MouseButton.LeftButton)
    dialog.show_trouble(StaleEdit("Somebody undid it already."))
    assert dialog.findChild(Notice, "reasonTrouble").text == "Somebody undid it already."
    assert (text(dialog).toPlainText(), yes(dialog).isEnabled()) == ("Wrong month", True)
    dialog.show_trouble(RuleBroken([Problem("reason", "Wrong month", "Say more")]))
    assert dialog.problem == "Say more"
    assert dialog.findChild(Notice, "reasonTrouble").text == ""
