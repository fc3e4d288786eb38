"""What is done to many lines of a file at once. All of it reads lines, so it is done in a worker."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from desktop.domain.distributions import FIELD_LABELS, fold_facility, is_blank
from desktop.domain.import_review import ImportChoices
from desktop.domain.imports import LINE_FIELDS, ParsedRow
from desktop.domain.progress import Progress
from desktop.ui.dialogs.import_edits import Edit
from desktop.ui.formats import counted
from desktop.ui.tables.import_lines import Review

_LINES_PER_PROGRESS = 1_000
_ORDER_NUMBER = LINE_FIELDS.index("order_number")
_SHIP_DATE = LINE_FIELDS.index("ship_date")
_REP = LINE_FIELDS.index("rep")

# The kind of problem that is no field's.
WHOLE_ROW = ""

# Texts by record number; None where they are as in the file.
Corrections = dict[int, tuple[str, ...] | None]


@dataclass(frozen=True, slots=True)
class Lines:
    """Some lines of a review as they stand, by their indexes in the file."""

    review: Review
    choices: ImportChoices
    indexes: Sequence[int]

    def rows(self, progress: Progress) -> Iterator[tuple[int, ParsedRow]]:
        """The rows of the file with their indexes."""
        rows = self.review.preview.file.rows
        for number, index in enumerate(self.indexes):
            if number % _LINES_PER_PROGRESS == 0:
                progress(number, len(self.indexes))
            yield index, rows[index]

    def values(self, row: ParsedRow) -> tuple[str, ...]:
        """The texts of one row, corrected or as read."""
        return self.choices.corrections.get(row.record, row.values)

    def correct(self, corrections: Corrections, row: ParsedRow, changes: Mapping[int, str]) -> None:
        """Adds the row with some texts changed, by their places in LINE_FIELDS, if anything changes by that and the row
        can be corrected here; None when its texts are again as in the file.
        """
        if not can_be_corrected(row):
            return
        before = self.values(row)
        after = tuple(changes.get(place, text) for place, text in enumerate(before))
        if after != before:
            corrections[row.record] = None if after == row.values else after


class _WrongFields:
    """Which fields of a line are wrong: a field's own text decides, so that each different one is checked once."""

    def __init__(self, review: Review) -> None:
        self._preview = review.preview
        self._known: dict[str, dict[str, bool]] = {field: {} for field in LINE_FIELDS}

    def of(self, row: ParsedRow) -> list[str]:
        """The wrong fields of a row as it was reviewed, in order."""
        values = self._preview.choices.corrections.get(row.record, row.values)
        fields = []
        for (field, known), text in zip(self._known.items(), values, strict=True):
            wrong = known.get(text)
            if wrong is None:
                wrong = known[text] = self._is_wrong(field, text)
            if wrong:
                fields.append(field)
        return fields

    def _is_wrong(self, field: str, text: str) -> bool:
        lines = self._preview.lines
        return lines is not None and lines.problem_of(field, text) is not None


def can_be_corrected(row: ParsedRow) -> bool:
    """A row whose shape is wrong stays wrong whatever its cells say: its file must be corrected."""
    return all(problem.field is not None for problem in row.problems)


def fill(lines: Lines, field: str, text: str, only_problems: bool, progress: Progress) -> Edit:
    """One text into a field of many lines; with `only_problems` only where the field is a problem."""
    place = LINE_FIELDS.index(field)
    wrong = _WrongFields(lines.review)
    corrections: Corrections = {}
    for _index, row in lines.rows(progress):
        if not only_problems or field in wrong.of(row):
            lines.correct(corrections, row, {place: text})
    return Edit(f"{FIELD_LABELS[field]} of {counted(len(corrections), 'line', 'lines')}", corrections)


def paste(lines: Lines, fields: Sequence[str], cells: Sequence[Sequence[str]], progress: Progress) -> Edit:
    """Cells of a spreadsheet, row below row, into the fields of the lines; one row of cells goes into every line."""
    places = [LINE_FIELDS.index(field) for field in fields]
    corrections: Corrections = {}
    for number, (_index, row) in enumerate(lines.rows(progress)):
        texts = cells[number if len(cells) > 1 else 0]
        lines.correct(corrections, row, dict(zip(places, texts, strict=False)))
    return Edit(f"Pasted into {counted(len(corrections), 'line', 'lines')}", corrections)


@dataclass(frozen=True, slots=True)
class BlankOrders:
    """The lines without an order number, each with the number of its shipment (facility and ship date) from 0."""

    lines: Lines
    shipment_of: Mapping[int, int]

    @property
    def shipments(self) -> int:
        """How many shipments these lines make."""
        return len(set(self.shipment_of.values()))

    def numbered(self, numbers: Sequence[str]) -> Edit:
        """Gives every line an order number: that of its shipment, or the one there is."""
        corrections: Corrections = {}
        rows = self.lines.review.preview.file.rows
        for index, shipment in self.shipment_of.items():
            number = numbers[shipment if len(numbers) > 1 else 0]
            self.lines.correct(corrections, rows[index], {_ORDER_NUMBER: number})
        return Edit(f"Order number of {counted(len(corrections), 'line', 'lines')}", corrections)


def blank_orders(lines: Lines, progress: Progress) -> BlankOrders:
    """Finds the lines whose order number is blank and can be corrected."""
    shipments: dict[tuple[object, str], int] = {}
    shipment_of: dict[int, int] = {}
    reviewed = lines.review.preview.lines
    for index, row in lines.rows(progress):
        values = lines.values(row)
        if is_blank(values[_ORDER_NUMBER]) and can_be_corrected(row) and reviewed is not None:
            line = reviewed[index].line
            shipment = (line.ship_date or values[_SHIP_DATE], fold_facility(line.facility_name))
            shipment_of[index] = shipments.setdefault(shipment, len(shipments))
    return BlankOrders(lines, shipment_of)


class WrittenRep(NamedTuple):
    """A rep as the lines of a file write it, that nobody is called or that was linked: `folded` is how it is compared,
    `lines` how many write it so, `user_id` who is linked. "" for lines without a rep.
    """

    written: str
    folded: str
    lines: int
    user_id: int | None


def written_reps(lines: Lines, progress: Progress) -> tuple[WrittenRep, ...]:
    """The reps that a person can be linked to, those of most lines first; lines without a rep come last."""
    preview = lines.review.preview
    found: Counter[str] = Counter()
    as_written: dict[str, str] = {}
    for _index, row in lines.rows(progress):
        written = lines.values(row)[_REP]
        folded = "" if is_blank(written) else fold_facility(written)
        found[folded] += 1
        as_written.setdefault(folded, written.strip())
    linked = lines.choices.reps
    reps = []
    for folded, count in found.most_common():
        known = preview.lines is not None and preview.lines.rep_id(folded) is not None
        if folded in linked or not known:
            reps.append(WrittenRep(as_written[folded] if folded else "", folded, count, linked.get(folded)))
    return tuple(sorted(reps, key=lambda rep: not rep.folded))


def search(lines: Lines, text: str, progress: Progress) -> Sequence[int]:
    """The indexes of the lines that hold every word of the text in their values, without case."""
    words = text.casefold().split()
    found = array("L")
    for index, row in lines.rows(progress):
        values = "\n".join(lines.values(row)).casefold()
        if all(word in values for word in words):
            found.append(index)
    return found


def problem_kinds(lines: Lines, progress: Progress) -> Mapping[str, Sequence[int]]:
    """The indexes of the lines by the field that is wrong, WHOLE_ROW for a row whose shape is.

    A line with two wrong fields is of two kinds.
    """
    kinds: dict[str, array[int]] = {}
    wrong = _WrongFields(lines.review)
    for index, row in lines.rows(progress):
        for kind in wrong.of(row):
            kinds.setdefault(kind, array("L")).append(index)
        if not can_be_corrected(row):
            kinds.setdefault(WHOLE_ROW, array("L")).append(index)
    return {kind: kinds[kind] for kind in (*LINE_FIELDS, WHOLE_ROW) if kind in kinds}
