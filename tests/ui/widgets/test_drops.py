"""Where something is dropped, and how it is answered: always as a copy, in every place, line by line."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtWidgets import QLabel, QPushButton, QScrollArea, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.ui.theme import Theme, Tone
from desktop.ui.widgets.alarm import Alarm
from desktop.ui.widgets.drop_mark import DropMark
from desktop.ui.widgets.drop_target import DropTarget
from desktop.ui.widgets.drop_zone import DropZone
from desktop.ui.widgets.result_panel import Result, ResultPanel
from tests.support.drags import Drag

COPY, MOVE, LINK, NONE = (
    Qt.DropAction.CopyAction,
    Qt.DropAction.MoveAction,
    Qt.DropAction.LinkAction,
    Qt.DropAction.IgnoreAction,
)


class Place:
    """A shown widget that takes drops, with a label in it and beside it; what it was told is kept."""

    def __init__(self, qtbot: QtBot) -> None:
        self.window = QWidget()
        self.inside = QLabel("inside")
        self.outside = QLabel("outside")
        self.taking = QWidget()
        QVBoxLayout(self.taking).addWidget(self.inside)
        column = QVBoxLayout(self.window)
        column.addWidget(self.taking)
        column.addWidget(self.outside)
        self.hovered: list[QPoint | None] = []
        self.dropped: list[tuple[str, QPoint]] = []
        target = DropTarget(self.taking)
        target.hovered.connect(self.hovered.append)
        target.dropped.connect(lambda mime, place: self.dropped.append((mime.text(), place)))
        qtbot.addWidget(self.window)
        self.window.resize(300, 200)
        with qtbot.waitExposed(self.window):
            self.window.show()


@pytest.fixture
def place(qtbot: QtBot, theme: Theme) -> Place:  # noqa: ARG001
    return Place(qtbot)


def words(text: str = "a mail") -> QMimeData:
    mime = QMimeData()
    mime.setText(text)
    return mime


def test_a_drop_is_a_copy_in_every_step_whatever_the_source_prefers(place: Place) -> None:
    drag = Drag(words(), COPY | MOVE | LINK)
    assert drag.over(place.inside) == COPY
    assert drag.over(place.inside, QPoint(3, 3)) == COPY
    assert drag.drop(place.inside) == COPY
    assert [text for text, _ in place.dropped] == ["a mail"]


def test_a_source_that_only_moves_is_refused_because_it_would_delete(place: Place) -> None:
    assert Drag(words(), MOVE).drop(place.inside) == NONE
    assert place.dropped == []


def test_a_link_deletes_nothing_and_is_taken(place: Place) -> None:
    assert Drag(words(), LINK).drop(place.inside) == LINK
    assert len(place.dropped) == 1


def test_places_are_told_in_the_widget_and_leaving_is_told_once(place: Place) -> None:
    drag = Drag(words())
    drag.over(place.taking, QPoint(5, 7))
    drag.over(place.taking, QPoint(6, 8))
    drag.over(place.outside)
    assert place.hovered == [QPoint(5, 7), QPoint(6, 8), None]
    drag.over(place.taking, QPoint(5, 7))
    drag.leave()
    assert place.hovered[-1] is None
    assert place.dropped == []


def test_what_does_not_take_drops_takes_none(place: Place) -> None:
    assert Drag(words()).drop(place.outside) == NONE


def test_the_zone_lights_up_and_says_what_happens(qtbot: QtBot, theme: Theme) -> None:  # noqa: ARG001
    button = QPushButton("Choose")
    zone = DropZone("zone", "approval", "Drop the mail here", button, "Ctrl+V pastes")
    qtbot.addWidget(zone)
    zone.resize(240, 160)
    zone.show()
    dark = zone.grab().toImage()
    zone.set_lit(True)
    assert zone.is_lit
    assert zone.grab().toImage() != dark
    zone.say("Attaching 2 files…")
    assert (zone.sentence, zone.accessibleName()) == ("Attaching 2 files…", "Attaching 2 files…")
    assert zone.isAncestorOf(button)


def test_the_mark_lets_clicks_and_drops_through(qtbot: QtBot, place: Place) -> None:  # noqa: ARG001
    mark = DropMark("mark", place.taking)
    mark.setGeometry(place.taking.rect())
    mark.show()
    assert Drag(words()).drop(place.inside) == COPY


RESULTS = (
    Result(Tone.SUCCESS, "a.eml", "Attached", "It was attached."),
    Result(Tone.PROBLEM, "b.png", "Refused", "“b.png” is a picture."),
    Result(Tone.WARNING, "", "Refused", "No <b>file</b> arrived."),
)


@pytest.fixture
def holder(qtbot: QtBot) -> QWidget:
    """Kept by the test: a widget is deleted with its parent."""
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def panel(theme: Theme, holder: QWidget) -> ResultPanel:  # noqa: ARG001
    made = ResultPanel("results")
    column = QVBoxLayout(holder)
    column.addWidget(made)
    column.addStretch(1)
    holder.resize(700, 400)
    holder.show()
    return made


def shown_texts(panel: ResultPanel) -> list[str]:
    lines = panel.findChild(QScrollArea, "resultsLines").widget()
    return [label.text() for label in lines.findChildren(QLabel) if label.text()]


def test_every_result_has_its_line_and_names_no_file_twice(panel: ResultPanel) -> None:
    assert not panel.isVisible()
    panel.show_results("1 of 3 attached", RESULTS)
    assert panel.isVisible()
    assert (panel.heading, panel.results) == ("1 of 3 attached", RESULTS)
    assert shown_texts(panel) == [
        *("Attached", "a.eml: It was attached."),
        *("Refused", "“b.png” is a picture."),
        *("Refused", "No <b>file</b> arrived."),
    ]
    assert "b.png Refused. “b.png” is a picture." in panel.accessibleName()


def test_results_replace_each_other_and_can_be_closed(panel: ResultPanel, qtbot: QtBot) -> None:
    panel.show_results("first", RESULTS)
    panel.show_results("second", RESULTS[:1])
    assert shown_texts(panel) == ["Attached", "a.eml: It was attached."]
    qtbot.mouseClick(panel.findChild(QToolButton, "resultsClose"), Qt.MouseButton.LeftButton)
    assert not panel.isVisible()
    assert panel.results == ()


def test_a_hundred_results_are_scrolled_not_stacked(panel: ResultPanel, qtbot: QtBot) -> None:
    panel.show_results("many", RESULTS * 40)
    qtbot.waitUntil(lambda: 0 < panel.height() < 200)


def test_the_alarm_is_raised_and_cleared(qtbot: QtBot, theme: Theme) -> None:  # noqa: ARG001
    alarm = Alarm("alarm", "Call somebody.")
    qtbot.addWidget(alarm)
    assert not alarm.isVisible()
    alarm.raise_alarm("The file was altered", "Its SHA-256 differs.")
    assert alarm.isVisible()
    assert alarm.property("tone") == "problem"
    assert (alarm.finding, alarm.accessibleName()) == (
        "Its SHA-256 differs.",
        "The file was altered. Its SHA-256 differs.",
    )
    alarm.clear()
    assert (alarm.isVisible(), alarm.finding) == (False, "")
