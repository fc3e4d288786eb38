"""A field to choose one of thousands: offered while typing, never guessed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QListView, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.ui.theme import Theme
from desktop.ui.widgets.choice_field import ChoiceField

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def field(qtbot: QtBot, theme: Theme) -> Iterator[ChoiceField]:  # noqa: ARG001
    window = QWidget()
    qtbot.addWidget(window)
    made, other = ChoiceField("Any"), QLineEdit()
    column = QVBoxLayout(window)
    column.addWidget(made)
    column.addWidget(other)
    made.set_choices([(number, f"Clinic {number:04d}") for number in range(5000)] + [(9001, "Lakeside")])
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    made.setFocus()
    yield made
    window.close()


def offered(field: ChoiceField) -> list[str]:
    popup = field.completer().popup()
    assert isinstance(popup, QListView)
    model = popup.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())] if popup.isVisible() else []


def test_what_holds_the_typed_text_is_offered_and_a_choice_is_made_by_keys(qtbot: QtBot, field: ChoiceField) -> None:
    qtbot.keyClicks(field, "ic 499")
    assert offered(field) == [f"Clinic {number}" for number in range(4990, 5000)]
    popup = field.completer().popup()
    qtbot.keyClick(popup, Qt.Key.Key_Down)
    qtbot.keyClick(popup, Qt.Key.Key_Down)
    with qtbot.waitSignal(field.chosen) as blocker:
        qtbot.keyClick(popup, Qt.Key.Key_Return)
    assert blocker.args == [4991]
    assert (field.key, field.choice, field.text()) == (4991, "Clinic 4991", "Clinic 4991")


def test_the_only_one_left_is_taken_and_several_are_not(qtbot: QtBot, field: ChoiceField) -> None:
    qtbot.keyClicks(field, "clin")
    with qtbot.assertNotEmitted(field.chosen):
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.property("problem") is True
    assert len(offered(field)) == 5000
    field.completer().popup().hide()
    field.selectAll()
    qtbot.keyClicks(field, "lake")
    assert field.property("problem") is False
    with qtbot.waitSignal(field.chosen) as blocker:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert blocker.args == [9001]


def test_leaving_without_choosing_keeps_what_was_chosen_and_an_empty_field_means_nothing(
    qtbot: QtBot, field: ChoiceField
) -> None:
    field.choose(9001, "Lakeside")
    qtbot.keyClicks(field, " unknown")
    field.completer().popup().hide()
    other = field.parentWidget().findChildren(QLineEdit)[-1]
    with qtbot.assertNotEmitted(field.chosen):
        other.setFocus()
    assert (field.text(), field.key) == ("Lakeside", 9001)
    field.setFocus()
    field.clear()
    with qtbot.waitSignal(field.chosen) as blocker:
        other.setFocus()
    assert blocker.args == [None]
    assert (field.key, field.choice) == (None, "")


def test_all_are_shown_on_alt_down(qtbot: QtBot, field: ChoiceField) -> None:
    qtbot.keyClick(field, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert len(offered(field)) == 5001
    field.completer().popup().hide()


def test_choices_that_come_while_somebody_types_are_offered(qtbot: QtBot, field: ChoiceField) -> None:
    field.set_choices([])
    qtbot.keyClicks(field, "har")
    assert offered(field) == []
    field.set_choices([(1, "Harbor Group"), (2, "Cedar")])
    assert offered(field) == ["Harbor Group"]
    field.completer().popup().hide()
