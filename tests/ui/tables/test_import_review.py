"""The table of a file's lines: what a line says, what is marked, and how little of a large file is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, overload

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from desktop.domain.distributions import LineChecker
from desktop.domain.import_review import (
    ConflictDecision,
    ImportChoices,
    ImportPreview,
    People,
)
from desktop.domain.imports import LINE_FIELDS, DateOrder, FileKind, ParsedFile, ParsedRow, Problem
from desktop.domain.line_comparison import LoggedLines, line_keys
from desktop.domain.lots import LotRule
from desktop.domain.reviewed_lines import ReviewedLines
from desktop.ui.tables.import_lines import REVIEW_COLUMNS, Review
from desktop.ui.tables.import_review import ImportReviewModel
from desktop.ui.tables.record_table import RecordTable
from desktop.ui.theme import Theme

DAY = date(2025, 3, 4)
GOOD = {
    "ship_date": "2025-03-04",
    "order_number": "SO-1",
    "facility_name": "Cedar Clinic",
    "sku": "211610SPT",
    "lot_number": "SLQ-12345",
    "quantity": "5",
}
IN_THE_LOG = [
    (DAY.isoformat(), "SO-DUP", "cedar clinic", "211610SPT", "SLQ-12345"),
    (DAY.isoformat(), "SO-CON", "cedar clinic", "211610SPT", "SLQ-12345"),
]
LOGGED = LoggedLines(line_keys(*zip(*IN_THE_LOG, strict=True)), (5, 10))


class Rows(Sequence[ParsedRow]):
    """Rows that keep which of them were asked for one by one."""

    def __init__(self, rows: Sequence[ParsedRow]) -> None:
        self._rows = rows
        self.asked: set[int] = set()

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> ParsedRow: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[ParsedRow]: ...
    def __getitem__(self, index: int | slice) -> ParsedRow | Sequence[ParsedRow]:
        if isinstance(index, int):
            self.asked.add(index)
        return self._rows[index]

    def __iter__(self) -> Any:
        return iter(self._rows)


def row(record: int, *problems: Problem, **values: str) -> ParsedRow:
    texts = GOOD | values
    return ParsedRow(record, record + 1, tuple(texts.get(name, "") for name in LINE_FIELDS), problems)


PEOPLE = People({}, {7: "Rita Rep"})


def review(rows: Sequence[ParsedRow], choices: ImportChoices | None = None) -> Review:
    """The rows, checked and compared with `LOGGED`."""
    choices = choices or ImportChoices()
    columns = {name: name for name in LINE_FIELDS}
    file = ParsedFile("march.csv", "00", 1, FileKind.CSV, rows, columns=columns, date_order=DateOrder.ISO)
    checker = LineChecker(today=date(2025, 6, 1), lot_rule=LotRule(), date_order=DateOrder.ISO)
    lines = ReviewedLines(file, checker, choices, PEOPLE)
    return Review.of(ImportPreview(file, choices, lines, lines.compare(LOGGED)))


MIXED = (
    row(1),
    row(2, order_number="SO-DUP"),
    row(3, order_number="SO-CON"),
    row(4, lot_number="SLQ-1234", quantity="2.5"),
    row(5, lot_number="slq-33333", facility_name="=HYPERLINK(1)", rep="Nobody Known"),
    row(6, Problem(None, "", "The row has 5 cells, the header has 6")),
)


@pytest.fixture
def model(theme: Theme) -> ImportReviewModel:  # noqa: ARG001 - its colours are used
    made = ImportReviewModel()
    made.show(review(MIXED), ImportChoices())
    return made


def column(name: str) -> int:
    return [found.name for found in REVIEW_COLUMNS].index(name)


def shown(model: ImportReviewModel, at: int, name: str, role: Qt.ItemDataRole = Qt.ItemDataRole.DisplayRole) -> Any:
    return model.data(model.index(at, column(name)), role)


def column_of(model: ImportReviewModel, name: str) -> list[str]:
    return [shown(model, at, name) for at in range(model.rowCount())]


def test_it_is_a_table_as_qt_expects(model: ImportReviewModel, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(model)


def test_columns_and_states_are_words(model: ImportReviewModel) -> None:
    titles = [model.headerData(at, Qt.Orientation.Horizontal) for at in range(model.columnCount())]
    assert titles == [
        *("Status", "Row", "Ship Date", "Order #", "Facility", "SKU"),
        *("Lot", "Quantity", "Remarks", "Rep", "City", "State"),
    ]
    assert column_of(model, "line_state") == ["New", "Duplicate", "Conflict", "Problem", "New", "Problem"]
    assert column_of(model, "row") == ["2", "3", "4", "5", "6", "7"]


def test_every_state_has_a_picture_of_its_own(model: ImportReviewModel) -> None:
    pictures = [shown(model, at, "line_state", Qt.ItemDataRole.DecorationRole) for at in range(4)]
    assert all(isinstance(picture, QIcon) and not picture.isNull() for picture in pictures)
    images = [picture.pixmap(16, 16).toImage() for picture in pictures]
    assert all(first != second for at, first in enumerate(images) for second in images[at + 1 :])


def test_a_wrong_value_is_shown_as_it_was_read_and_marked(model: ImportReviewModel) -> None:
    assert shown(model, 3, "lot_number") == "SLQ-1234"
    assert shown(model, 3, "quantity") == "2.5"
    assert shown(model, 3, "lot_number", Qt.ItemDataRole.DecorationRole) is not None
    assert shown(model, 3, "lot_number", Qt.ItemDataRole.BackgroundRole) is not None
    assert "Lot number must match format: SLQ-#####" in shown(model, 3, "lot_number", Qt.ItemDataRole.ToolTipRole)
    spoken = shown(model, 3, "quantity", Qt.ItemDataRole.AccessibleDescriptionRole)
    assert spoken == "Quantity must be a positive integer"
    assert shown(model, 3, "says") == ("Lot number must match format: SLQ-#####; Quantity must be a positive integer")
    assert shown(model, 3, "sku", Qt.ItemDataRole.DecorationRole) is None


def test_what_is_missing_is_seen_to_be_missing(model: ImportReviewModel) -> None:
    model.show(review([row(1, order_number=" ")]), ImportChoices())
    assert shown(model, 0, "order_number") == "—"
    assert shown(model, 0, "order_number", Qt.ItemDataRole.EditRole) == " "


def test_a_normalised_value_is_shown_with_what_was_read(model: ImportReviewModel) -> None:
    assert shown(model, 4, "lot_number") == "SLQ-33333"
    assert shown(model, 4, "lot_number", Qt.ItemDataRole.EditRole) == "slq-33333"
    assert "read from “slq-33333”" in shown(model, 4, "lot_number", Qt.ItemDataRole.ToolTipRole)
    assert "Nobody is called “Nobody Known” here" in shown(model, 4, "says")
    assert shown(model, 4, "lot_number", Qt.ItemDataRole.BackgroundRole) is None


def test_text_of_a_file_is_never_taken_for_html(model: ImportReviewModel) -> None:
    model.show(review([row(1, city='<img src="file:///x.png">')]), ImportChoices())
    assert shown(model, 0, "city") == '<img src="file:///x.png">'
    assert "<img" not in shown(model, 0, "city", Qt.ItemDataRole.ToolTipRole)


def test_a_value_of_many_lines_or_a_megabyte_stays_one_short_line(model: ImportReviewModel) -> None:
    model.show(review([row(1, city="Port\nland\t OR"), row(2, city="x" * 1_000_000)]), ImportChoices())
    assert shown(model, 0, "city") == "Port land OR"
    assert len(shown(model, 1, "city")) < 300


def test_a_conflict_says_what_the_log_has_and_what_was_decided(model: ImportReviewModel) -> None:
    assert shown(model, 2, "says") == "The log has this line with 10 units: decide which to keep"
    model.set_choices(ImportChoices(conflict_decisions={3: ConflictDecision.KEEP}))
    assert shown(model, 2, "line_state") == "Conflict: keep"
    assert shown(model, 2, "says") == "Both are kept: this line, and the logged one with 10 units"
    model.set_choices(ImportChoices(conflicts=ConflictDecision.SKIP))
    assert shown(model, 2, "line_state") == "Conflict: skip"
    assert shown(model, 2, "says") == "Skipped: the log stays at 10 units"


def test_some_lines_are_shown_alone(model: ImportReviewModel) -> None:
    model.show_lines([3, 5])
    assert column_of(model, "row") == ["5", "7"]
    assert (model.indexes([0, 1]), model.row_of(5), model.row_of(4)) == ([3, 5], 1, None)
    model.show_lines(range(6))
    assert model.rowCount() == 6
    assert (model.indexes(range(2, 4)), model.row_of(5)) == (range(2, 4), 5)


def test_conflicts_are_found_among_selected_rows(model: ImportReviewModel) -> None:
    assert model.conflicts_among(range(6)) == (3,)
    assert model.conflicts_among([0, 1]) == ()
    model.show_lines([2])
    assert model.conflicts_among(range(1)) == (3,)


def test_a_correction_is_handed_over_and_shown_until_it_was_checked(model: ImportReviewModel) -> None:
    asked: list[tuple[int, tuple[str, ...] | None]] = []
    model.corrected.connect(lambda record, values: asked.append((record, values)))
    lot = model.index(3, column("lot_number"))
    assert model.setData(lot, "SLQ-12349")
    [(record, values)] = asked
    assert record == 4
    assert values is not None
    assert dict(zip(LINE_FIELDS, values, strict=True))["lot_number"] == "SLQ-12349"

    choices = ImportChoices(corrections={4: values})
    model.set_choices(choices)
    assert (shown(model, 3, "line_state"), shown(model, 3, "lot_number")) == ("Checking…", "SLQ-12349")
    model.show_checked(review(MIXED, choices), choices)
    assert (shown(model, 3, "line_state"), shown(model, 3, "lot_number")) == ("Problem", "SLQ-12349")
    assert shown(model, 3, "says") == "Quantity must be a positive integer"
    assert "the file has “SLQ-1234”" in shown(model, 3, "lot_number", Qt.ItemDataRole.ToolTipRole)


def test_typing_what_the_file_has_takes_the_correction_back(model: ImportReviewModel) -> None:
    values = row(4, lot_number="SLQ-12349", quantity="2.5").values
    choices = ImportChoices(corrections={4: values})
    model.show(review(MIXED, choices), choices)
    asked: list[tuple[int, tuple[str, ...] | None]] = []
    model.corrected.connect(lambda record, texts: asked.append((record, texts)))
    assert model.setData(model.index(3, column("lot_number")), "SLQ-1234")
    assert asked == [(4, None)]
    assert not model.setData(model.index(3, column("lot_number")), "SLQ-12349"), "nothing is changed"


def test_a_corrected_line_stays_where_it_stands(model: ImportReviewModel) -> None:
    model.show_lines([3, 5])
    choices = ImportChoices(corrections={4: row(4, quantity="77").values})
    model.show_checked(review(MIXED, choices), choices)
    assert column_of(model, "row") == ["5", "7"]
    assert column_of(model, "line_state") == ["New", "Problem"]


def test_a_row_of_a_wrong_shape_cannot_be_corrected_here(model: ImportReviewModel) -> None:
    sku = column("sku")
    assert model.flags(model.index(3, sku)) & Qt.ItemFlag.ItemIsEditable
    assert not model.flags(model.index(5, sku)) & Qt.ItemFlag.ItemIsEditable
    assert not model.flags(model.index(3, column("says"))) & Qt.ItemFlag.ItemIsEditable
    assert not model.setData(model.index(5, sku), "211410SPT")
    assert model.problem_fields(5) == []
    assert model.problem_fields(3) == ["lot_number", "quantity"]


def test_the_next_line_that_is_left_out_is_found_both_ways(model: ImportReviewModel) -> None:
    assert [model.next_left_out(at, 1) for at in (-1, 0, 2, 3, 5)] == [2, 2, 3, 5, 2]
    assert [model.next_left_out(at, -1) for at in (5, 3, 2, 0)] == [3, 2, 5, 5]
    model.set_choices(ImportChoices(conflicts=ConflictDecision.SKIP))
    assert model.next_left_out(0, 1) == 3, "a conflict that is decided is not left out"
    model.show_lines([0, 1, 5])
    assert [model.next_left_out(at, 1) for at in (0, 2)] == [2, 2]
    model.show_lines([0, 1])
    assert model.next_left_out(0, 1) is None


def test_a_linked_rep_is_shown_by_name(model: ImportReviewModel) -> None:
    choices = ImportChoices(reps={"nobody known": 7, "": 7})
    model.show(review(MIXED, choices), choices)
    assert shown(model, 4, "rep") == "Nobody Known", "nobody is known by name yet"
    model.set_people({7: "Rita Rep"})
    assert [shown(model, at, "rep") for at in (0, 4)] == ["Rita Rep", "Rita Rep"]
    assert "The rep is Rita Rep" in shown(model, 4, "rep", Qt.ItemDataRole.ToolTipRole)
    assert shown(model, 4, "rep", Qt.ItemDataRole.EditRole) == "Nobody Known"


def test_only_what_is_shown_is_read(model: ImportReviewModel) -> None:
    rows = Rows([row(number, order_number=f"SO-{number}") for number in range(1, 20_001)])
    model.show(review(rows), ImportChoices())
    rows.asked.clear()
    assert model.rowCount() == 20_000
    for at in range(12_000, 12_030):
        for section in range(model.columnCount()):
            for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.DecorationRole, Qt.ItemDataRole.ForegroundRole):
                model.data(model.index(at, section), role)
    model.show_lines(range(20_000))
    assert model.conflicts_among(range(20_000)) == ()
    assert rows.asked == set(range(12_000, 12_030))


def test_selecting_everything_reads_no_more_than_what_is_shown(model: ImportReviewModel, qtbot: QtBot) -> None:
    rows = Rows([row(number, order_number=f"SO-{number}") for number in range(1, 20_001)])
    model.show(review(rows), ImportChoices())
    table = RecordTable("lines", "Lines")
    qtbot.addWidget(table)
    table.setModel(model)
    table.resize(900, 300)
    rows.asked.clear()
    table.selectAll()
    assert not table.grab().isNull()
    assert table.selected_rows() == range(20_000)
    assert len(rows.asked) < 100


def test_a_file_without_lines_is_an_empty_table(model: ImportReviewModel) -> None:
    empty = review(())
    model.show(Review.of(replace(empty.preview, lines=None)), ImportChoices())
    assert model.rowCount() == 0
