"""What a report is made of: the period, what narrows it, its size before, and what is said of mistakes."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDialog, QLineEdit, QProgressBar, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.distributions import LogTotals, Source
from desktop.domain.errors import StorageTrouble
from desktop.domain.filters import DistributionFilter
from desktop.domain.progress import Cancelled
from desktop.domain.users import Person
from desktop.ui.dialogs.generate_report import GenerateReportDialog, ReportWanted, last_full_month
from desktop.ui.theme import Theme

TODAY = date(2025, 4, 15)
MARCH = DistributionFilter(month="2025-03")


class Answers:
    """What the dialog emitted."""

    def __init__(self, dialog: GenerateReportDialog) -> None:
        self.counts: list[DistributionFilter] = []
        self.wanted: list[ReportWanted] = []
        self.stops = 0
        dialog.count_asked.connect(self.counts.append)
        dialog.submitted.connect(self.wanted.append)
        dialog.stop_asked.connect(self._stop)

    def _stop(self) -> None:
        self.stops += 1


@pytest.fixture
def made(qtbot: QtBot, theme: Theme) -> GenerateReportDialog:  # noqa: ARG001
    dialog = GenerateReportDialog(TODAY)
    dialog.set_people((Person(7, "ruth@example.com", "Ruth Rivers", True, ("rep",)),))
    qtbot.addWidget(dialog)
    return dialog


@pytest.fixture
def answers(made: GenerateReportDialog) -> Answers:
    return Answers(made)


@pytest.fixture
def dialog(qtbot: QtBot, made: GenerateReportDialog, answers: Answers) -> GenerateReportDialog:  # noqa: ARG001
    with qtbot.waitExposed(made):
        made.open()
    return made


def choose(dialog: QWidget, name: str, text: str) -> None:
    dialog.findChild(QComboBox, name).setCurrentText(text)


def type_into(dialog: QWidget, name: str, text: str) -> None:
    dialog.findChild(QLineEdit, name).setText(text)


def make(dialog: QWidget) -> QPushButton:
    return dialog.findChild(QPushButton, "generateButton")


@pytest.mark.parametrize(
    ("today", "expected"),
    [(date(2025, 4, 15), (2025, 3)), (date(2025, 1, 1), (2024, 12)), (date(2025, 3, 31), (2025, 2))],
)
def test_the_last_full_month_is_the_one_before(today: date, expected: tuple[int, int]) -> None:
    assert last_full_month(today) == expected


def test_the_last_full_month_is_offered_and_called_so(dialog: GenerateReportDialog) -> None:
    assert dialog.value == MARCH
    note = dialog.findChild(QWidget, "monthNote")
    assert note.text() == "The last full month"
    choose(dialog, "month", "February")
    assert dialog.value == DistributionFilter(month="2025-02")
    assert note.text().strip() == ""


def test_everything_can_narrow_a_month(dialog: GenerateReportDialog) -> None:
    choose(dialog, "year", "2023")
    choose(dialog, "sku", "211610SPT  (16 Fr)")
    choose(dialog, "source", "CSV import")
    choose(dialog, "rep", "Ruth Rivers")
    type_into(dialog, "lot_number", " slq-12345 ")
    assert dialog.value == DistributionFilter(
        month="2023-03",
        sku="211610SPT",
        source=Source.CSV_IMPORT,
        rep_id=7,
        rep_name="Ruth Rivers",
        lot_number="SLQ-12345",
    )


def test_a_range_and_a_lot_alone_are_asked_for_without_a_month(dialog: GenerateReportDialog) -> None:
    choose(dialog, "period", "A date range")
    type_into(dialog, "date_from", "2025-01-31")
    type_into(dialog, "date_to", "2025-02-01")
    assert dialog.value == DistributionFilter(date_from=date(2025, 1, 31), date_to=date(2025, 2, 1))
    choose(dialog, "period", "Any time, for one lot")
    type_into(dialog, "lot_number", "SLQ-12345")
    assert dialog.value == DistributionFilter(lot_number="SLQ-12345")


def test_the_size_is_counted_when_it_opens_and_after_each_change(
    dialog: GenerateReportDialog, answers: Answers, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: answers.counts == [MARCH])
    assert dialog.count_text == "Counting…"
    dialog.show_count(MARCH, LogTotals(214, 1930))
    assert dialog.count_text == "March 2025: 214 lines, 1,930 units"
    type_into(dialog, "lot_number", "SLQ")
    type_into(dialog, "lot_number", "SLQ-12345")
    assert dialog.count_text.strip() == ""
    qtbot.waitUntil(lambda: len(answers.counts) == 2)
    assert answers.counts[1] == DistributionFilter(month="2025-03", lot_number="SLQ-12345")


def test_an_answer_that_comes_late_is_dropped(dialog: GenerateReportDialog, answers: Answers, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: answers.counts == [MARCH])
    choose(dialog, "month", "February")
    dialog.show_count(MARCH, LogTotals(0, 0))
    dialog.show_count_trouble(MARCH, StorageTrouble("The disk is gone."))
    assert (dialog.count_text.strip(), dialog.empty_text, dialog.trouble) == ("", "", "")


def test_an_empty_report_is_said_before_and_made_on_purpose(
    dialog: GenerateReportDialog, answers: Answers, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: answers.counts == [MARCH])
    dialog.show_count(MARCH, LogTotals(0, 0))
    assert dialog.empty_text == "No entry matches March 2025: the report would be empty."
    assert make(dialog).text() == "Make an empty report"
    qtbot.mouseClick(make(dialog), Qt.MouseButton.LeftButton)
    assert answers.wanted == [ReportWanted(MARCH, allow_empty=True)]


def test_a_change_takes_back_that_it_is_empty(dialog: GenerateReportDialog, answers: Answers, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: answers.counts == [MARCH])
    dialog.show_count(MARCH, LogTotals(0, 0))
    choose(dialog, "month", "January")
    assert (dialog.empty_text, make(dialog).text()) == ("", "Generate report")
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert answers.wanted == [ReportWanted(DistributionFilter(month="2025-01"), allow_empty=False)]


@pytest.mark.parametrize(
    ("texts", "problems"),
    [
        (("", ""), {"date_from": "Enter both dates, or a lot", "date_to": "Enter both dates, or a lot"}),
        (("2025-01-01", ""), {"date_to": "Enter both dates, or a lot"}),
        (("2025-13-01", "2025-02-01"), {"date_from": "Write the date as YYYY-MM-DD"}),
        (("2025-02-02", "2025-02-01"), {"date_to": "The date range ends before it begins"}),
    ],
)
def test_problems_of_a_range_are_said_beside_the_dates(
    dialog: GenerateReportDialog, answers: Answers, qtbot: QtBot, texts: tuple[str, str], problems: dict[str, str]
) -> None:
    choose(dialog, "period", "A date range")
    type_into(dialog, "date_from", texts[0])
    type_into(dialog, "date_to", texts[1])
    qtbot.mouseClick(make(dialog), Qt.MouseButton.LeftButton)
    said = {name: dialog.problem(name) for name in ("date_from", "date_to", "lot_number") if dialog.problem(name)}
    assert said == problems
    assert answers.wanted == []
    assert dialog.focusWidget().objectName() in problems
    type_into(dialog, "date_from", "2025-01-02")
    assert dialog.problem("date_from") == ""


def test_a_date_that_cannot_be_read_is_not_ignored_because_a_lot_is_given(
    dialog: GenerateReportDialog, answers: Answers, qtbot: QtBot
) -> None:
    choose(dialog, "period", "A date range")
    type_into(dialog, "date_to", "yesterday")
    type_into(dialog, "lot_number", "SLQ-12345")
    qtbot.mouseClick(make(dialog), Qt.MouseButton.LeftButton)
    assert dialog.problem("date_to") == "Write the date as YYYY-MM-DD"
    assert answers.wanted == []


def test_any_time_needs_a_lot(dialog: GenerateReportDialog, answers: Answers, qtbot: QtBot) -> None:
    choose(dialog, "period", "Any time, for one lot")
    qtbot.mouseClick(make(dialog), Qt.MouseButton.LeftButton)
    assert dialog.problem("lot_number") == "Enter the lot, or choose a month or a date range"
    assert answers.wanted == []


def test_while_it_is_made_nothing_can_be_changed_and_escape_asks_to_stop(
    dialog: GenerateReportDialog, answers: Answers, qtbot: QtBot
) -> None:
    qtbot.mouseClick(make(dialog), Qt.MouseButton.LeftButton)
    assert not dialog.findChild(QWidget, "reportForm").isEnabled()
    dialog.show_progress(5_000, 214_000)
    bar = dialog.findChild(QProgressBar, "reportProgress")
    assert (bar.isVisible(), bar.value(), bar.text()) == (True, 5_000, "5,000 of 214,000 lines")
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert (answers.stops, dialog.isVisible()) == (1, True)
    dialog.close()
    assert (answers.stops, dialog.isVisible()) == (2, True)
    dialog.show_trouble(Cancelled())
    assert dialog.trouble == "Cancelled. Nothing was changed."
    assert dialog.findChild(QWidget, "reportForm").isEnabled()
    assert not bar.isVisible()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.result() == QDialog.DialogCode.Rejected
    assert not dialog.isVisible()


def test_trouble_leaves_what_was_chosen(dialog: GenerateReportDialog, qtbot: QtBot) -> None:
    choose(dialog, "month", "January")
    qtbot.mouseClick(make(dialog), Qt.MouseButton.LeftButton)
    dialog.show_trouble(StorageTrouble("The disk is full."))
    assert dialog.trouble == "The disk is full."
    assert dialog.value == DistributionFilter(month="2025-01")
    assert make(dialog).isEnabled()


def test_the_dialog_is_as_high_as_what_it_says(dialog: GenerateReportDialog, qtbot: QtBot) -> None:
    before = dialog.height()
    dialog.show_trouble(StorageTrouble("The disk is full. " * 20))
    qtbot.waitUntil(lambda: dialog.height() > before)
    choose(dialog, "month", "January")
    qtbot.waitUntil(lambda: dialog.height() == before)
