"""The line that says what happened, and the notices inside forms."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from desktop.ui.theme import Look, Theme, Tone
from desktop.ui.widgets.banner import Banner, Message
from desktop.ui.widgets.notice import Notice
from desktop.ui.widgets.status_light import StatusLight


@pytest.fixture
def banner(qtbot: QtBot, theme: Theme) -> Banner:  # noqa: ARG001
    made = Banner()
    qtbot.addWidget(made)
    return made


def timer(banner: Banner) -> QTimer:
    return banner.findChild(QTimer)


def test_the_newest_message_is_shown(banner: Banner) -> None:
    assert not banner.isVisible()
    banner.say(Message(Tone.SUCCESS, "Saved."))
    banner.say(Message(Tone.PROBLEM, "The disk is full."))
    assert banner.isVisible()
    assert banner.findChild(QLabel, "bannerText").text() == "The disk is full."
    assert banner.accessibleName() == "The disk is full."
    assert banner.message == Message(Tone.PROBLEM, "The disk is full.")


@pytest.mark.parametrize(
    ("tone", "passes"), [(Tone.SUCCESS, True), (Tone.INFO, True), (Tone.WARNING, False), (Tone.PROBLEM, False)]
)
def test_good_news_goes_away_and_trouble_stays(qtbot: QtBot, banner: Banner, tone: Tone, passes: bool) -> None:
    banner.say(Message(tone, "Something."))
    assert timer(banner).isActive() is passes
    if passes:
        timer(banner).setInterval(0)
        qtbot.waitUntil(lambda: not banner.isVisible())
        assert banner.message is None


def test_trouble_after_good_news_does_not_go_away_with_it(banner: Banner) -> None:
    banner.say(Message(Tone.SUCCESS, "Saved."))
    banner.say(Message(Tone.PROBLEM, "The disk is full."))
    assert not timer(banner).isActive()


def test_its_button_acts_and_closes_it(qtbot: QtBot, banner: Banner) -> None:
    done: list[str] = []
    banner.say(Message(Tone.INFO, "Exported.", "Show", lambda: done.append("shown")))
    qtbot.mouseClick(banner.findChild(QPushButton, "bannerAction"), Qt.MouseButton.LeftButton)
    assert done == ["shown"]
    assert not banner.isVisible()


def test_what_the_button_says_next_stays(qtbot: QtBot, banner: Banner) -> None:
    banner.say(Message(Tone.INFO, "First.", "Next", lambda: banner.say(Message(Tone.WARNING, "Second."))))
    qtbot.mouseClick(banner.findChild(QPushButton, "bannerAction"), Qt.MouseButton.LeftButton)
    assert banner.message == Message(Tone.WARNING, "Second.")


def test_it_can_be_closed(qtbot: QtBot, banner: Banner) -> None:
    banner.say(Message(Tone.PROBLEM, "The disk is full."))
    qtbot.mouseClick(banner.findChild(QToolButton, "bannerClose"), Qt.MouseButton.LeftButton)
    assert banner.message is None
    assert not banner.isVisible()


def test_it_follows_the_theme(qtbot: QtBot, theme: Theme, banner: Banner) -> None:
    banner.say(Message(Tone.PROBLEM, "The disk is full."))
    light = banner.grab().toImage()
    with qtbot.waitSignal(theme.changed):
        theme.choose(Look.DARK)
    assert banner.grab().toImage() != light


def test_text_is_never_taken_for_formatting(banner: Banner) -> None:
    banner.say(Message(Tone.INFO, "<b>Cedar</b>"))
    assert banner.findChild(QLabel, "bannerText").textFormat() == Qt.TextFormat.PlainText


def test_a_notice_is_there_while_it_has_something_to_say(qtbot: QtBot) -> None:
    notice = Notice("notice", Tone.WARNING)
    qtbot.addWidget(notice)
    assert not notice.isVisible()
    notice.say("Look here.")
    assert notice.isVisible()
    assert notice.text == notice.accessibleName() == "Look here."
    notice.say("")
    assert not notice.isVisible()


def test_a_light_has_words(qtbot: QtBot, theme: Theme) -> None:
    light = StatusLight()
    qtbot.addWidget(light)
    light.show()
    light.set_status(Tone.SUCCESS, "Integrity verified")
    assert light.text == light.accessibleName() == "Integrity verified"
    before = light.grab().toImage()
    light.set_status(Tone.PROBLEM, "Integrity verified")
    assert light.grab().toImage() != before
    with qtbot.waitSignal(theme.changed):
        theme.choose(Look.DARK)
    assert light.text == "Integrity verified"
