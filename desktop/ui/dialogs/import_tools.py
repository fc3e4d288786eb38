"""The tools of an import's review that ask something first: fill, order numbers, reps."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol, TypeVar

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDialog

from desktop.domain.progress import Progress
from desktop.domain.users import Person
from desktop.ui.dialogs.import_bulk import BlankOrders, Lines, WrittenRep, blank_orders, fill, written_reps
from desktop.ui.dialogs.import_edits import Edit
from desktop.ui.dialogs.import_fill import FillDialog, FillWanted
from desktop.ui.dialogs.import_order_number import OrderNumberDialog
from desktop.ui.dialogs.import_reps import LinkRepDialog
from desktop.ui.dialogs.import_review import ImportReview
from desktop.ui.dialogs.import_work import ImportWork
from desktop.ui.formats import counted
from desktop.ui.tables.import_lines import FIELD_SECTIONS, REVIEW_COLUMNS

T = TypeVar("T")


class Gather(Protocol):
    """Does work on many lines in a worker and hands its result over; the lines stay as they are meanwhile."""

    def __call__(self, words: str, work: Callable[[Progress], T], on_done: Callable[[T], object]) -> object:
        """`words` are said meanwhile."""


_FIELDS = tuple(REVIEW_COLUMNS[section].name for section in sorted(FIELD_SECTIONS))


class ReviewTools(QObject):
    """Opens the dialogs on the review and takes their answers into it."""

    def __init__(self, review: ImportReview, work: ImportWork, gather: Gather) -> None:
        super().__init__(review)
        self._review = review
        self._work = work
        self._gather = gather
        review.fill_asked.connect(self._ask_fill)
        review.orders_asked.connect(self._find_blank_orders)
        review.reps_asked.connect(self._find_reps)

    # Fill.

    def _ask_fill(self) -> None:
        review = self._review
        review.finish_editing()
        selected, shown = len(review.selected.indexes), len(review.shown.indexes)
        if shown:
            dialog = FillDialog(_FIELDS, review.field, selected, shown, review)
            dialog.submitted.connect(self._fill)
            _open(dialog)

    def _fill(self, wanted: FillWanted) -> None:
        lines = self._review.shown if wanted.all_shown else self._review.selected
        self._review.show_field(wanted.field)
        self._gather(
            f"Filling {counted(len(lines.indexes), 'line', 'lines')}…",
            partial(fill, lines, wanted.field, wanted.text, wanted.only_problems),
            self._review.take,
        )

    # Order numbers.

    def _find_blank_orders(self) -> None:
        self._review.finish_editing()
        lines = self._selected_or_shown()
        self._gather("Looking for lines without an order number…", partial(blank_orders, lines), self._ask_order_number)

    def _ask_order_number(self, blank: BlankOrders) -> None:
        if not blank.shipment_of:
            self._review.said.emit("None of these lines lacks an order number.")
            return
        dialog = OrderNumberDialog(len(blank.shipment_of), blank.shipments, self._review)
        dialog.submitted.connect(partial(self._give_order_number, blank))
        _open(dialog)

    def _give_order_number(self, blank: BlankOrders, number: str) -> None:
        free = self._work.free_order_numbers

        def numbered(_progress: Progress) -> Edit:
            return blank.numbered([number] if number else free(blank.shipments))

        self._gather("Giving order numbers…", numbered, self._review.take)

    # Reps.

    def _find_reps(self) -> None:
        self._review.finish_editing()
        lines, people = self._review.all_lines, self._work.people

        def find(progress: Progress) -> tuple[tuple[WrittenRep, ...], tuple[Person, ...]]:
            return written_reps(lines, progress), people()

        self._gather("Looking for reps…", find, self._ask_rep)

    def _ask_rep(self, found: tuple[tuple[WrittenRep, ...], tuple[Person, ...]]) -> None:
        reps, people = found
        if not reps:
            self._review.said.emit("Every line has a rep who is known here.")
            return
        self._review.model.set_people({person.id: person.name for person in people})
        dialog = LinkRepDialog(reps, people, self._review)
        dialog.submitted.connect(self._link)
        _open(dialog)

    def _link(self, reps: dict[str, int | None]) -> None:
        self._review.show_field("rep")
        self._review.take(Edit(f"Link of {counted(len(reps), 'rep', 'reps')}", reps=reps))

    def _selected_or_shown(self) -> Lines:
        selected = self._review.selected
        return selected if len(selected.indexes) > 1 else self._review.shown


def _open(dialog: QDialog) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
