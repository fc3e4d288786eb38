"""Rows, or that they are being read, or why there are none, or what went wrong; and the small parts beside them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.ui.formats import BLANK
from desktop.ui.widgets.action_button import ActionButton
from desktop.ui.widgets.chip_bar import ChipBar
from desktop.ui.widgets.detail_list import DetailList
from desktop.ui.widgets.empty_state import EmptyState
from desktop.ui.widgets.fit_height import fit_height
from desktop.ui.widgets.view_states import ViewStates


@pytest.fixture
def content() -> QWidget:
    return QLabel("rows")


@pytest.fixture
def states(qtbot: QtBot, content: QWidget) -> ViewStates:
    made = ViewStates(content)
    qtbot.addWidget(made)
    made.show()
    return made


def test_the_rows_are_shown_at_first(states: ViewStates, content: QWidget) -> None:
    assert states.currentWidget() is content
    assert states.error == ""


def test_quick_reading_is_not_mentioned(qtbot: QtBot, states: ViewStates, content: QWidget) -> None:
    states.show_loading()
    assert states.currentWidget() is content
    states.show_content()
    assert not states.findChild(QTimer).isActive()
    assert qtbot is not None


def test_slow_reading_is_said(qtbot: QtBot, states: ViewStates, content: QWidget) -> None:
    states.show_loading()
    states.show_loading()
    qtbot.waitUntil(lambda: states.currentWidget().objectName() == "loadingState")
    assert states.currentWidget().accessibleName() == "Reading…"
    states.show_content()
    assert states.currentWidget() is content


def test_an_error_has_a_way_out(qtbot: QtBot, states: ViewStates) -> None:
    states.show_error("The database is locked.")
    assert states.error == "The database is locked."
    with qtbot.waitSignal(states.retry):
        qtbot.mouseClick(states.findChild(QPushButton, "retryButton"), Qt.MouseButton.LeftButton)


def test_an_empty_state_says_what_to_do_next(states: ViewStates) -> None:
    button = QPushButton("Import")
    empty = EmptyState("nothing", "log", "No entries yet", "Import a file.", [button])
    states.show_empty(empty)
    assert states.currentWidget() is empty
    assert empty.sentence == empty.accessibleName() == "Import a file."
    assert button.isVisible()
    empty.set_sentence("Looked for: lot SLQ-12345.")
    assert empty.sentence == "Looked for: lot SLQ-12345."
    states.show_empty(empty)
    assert states.count() == 4


def test_a_button_follows_its_action(qtbot: QtBot) -> None:
    done: list[str] = []
    action = QAction("Import…")
    action.setObjectName("import_file")
    action.triggered.connect(lambda: done.append("imported"))
    button = ActionButton(action, primary=True)
    qtbot.addWidget(button)
    assert (button.objectName(), button.text(), button.accessibleName()) == ("import_fileButton", "Import…", "Import")
    button.click()
    action.setEnabled(False)
    action.setToolTip("Your account does not have the permission")
    button.click()
    assert done == ["imported"]
    assert not button.isEnabled()
    assert button.toolTip() == "Your account does not have the permission"


def test_a_chip_says_which_condition_it_takes_away(qtbot: QtBot) -> None:
    clear = QPushButton("Clear")
    bar = ChipBar("Only:", [clear])
    qtbot.addWidget(bar)
    assert not bar.isVisible()
    bar.set_chips([("sku", "SKU 211610SPT"), ("lot", "lot SLQ-12345")])
    assert bar.isVisible()
    assert bar.texts == ("SKU 211610SPT", "lot SLQ-12345")
    chip = bar.findChild(QToolButton, "chip_lot")
    assert chip.accessibleName() == "Remove the condition lot SLQ-12345"
    chip.setFocus()
    with qtbot.waitSignal(bar.removed) as blocker:
        qtbot.keyClick(chip, Qt.Key.Key_Space)
    assert blocker.args == ["lot"]
    bar.set_chips([])
    assert not bar.isVisible()


def test_details_are_read_and_copied_field_by_field(qtbot: QtBot) -> None:
    details = DetailList("details", ("City", "Phone"))
    qtbot.addWidget(details)
    details.set_values(("Toledo", None))
    assert details.values == ("Toledo", BLANK)
    value = next(label for label in details.findChildren(QLabel) if label.text() == "Toledo")
    assert value.accessibleName() == "City"
    assert value.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse
    with pytest.raises(ValueError, match="shorter"):
        details.set_values(("Toledo",))


def test_a_dialog_becomes_as_high_as_its_texts(qtbot: QtBot) -> None:
    dialog = QDialog()
    qtbot.addWidget(dialog)
    dialog.setFixedWidth(200)
    text = QLabel("short", wordWrap=True)
    QVBoxLayout(dialog).addWidget(text)
    dialog.show()
    fit_height(dialog)
    low = dialog.height()
    text.setText("a much longer text that does not fit into one line of this dialog " * 3)
    fit_height(dialog)
    assert dialog.height() >= low + 4 * text.fontMetrics().height()
    assert text.height() >= text.heightForWidth(text.width())
