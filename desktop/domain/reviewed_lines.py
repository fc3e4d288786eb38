"""The lines of a file in review: checked by the rules, compared with the log, read again only where they are shown."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from datetime import date
from itertools import compress
from typing import cast, overload

from desktop.domain.checked_rows import CheckedRows, iso_day
from desktop.domain.column_reading import ColumnReader
from desktop.domain.distributions import Line, LineChecker, fold_facility
from desktop.domain.import_review import (
    ChosenRep,
    ConflictDecision,
    Correction,
    ImportChoices,
    ImportCounts,
    LineState,
    People,
    ReviewedLine,
)
from desktop.domain.imports import LINE_FIELDS, ParsedFile, ParsedRow, Problem, RowBlock, row_blocks
from desktop.domain.line_comparison import CONFLICT, NEW, PROBLEM, LoggedLines, Settled, settle
from desktop.domain.lots import LotRule
from desktop.domain.progress import Progress, no_progress

# Some lines to write, column by column, by the names of the log's columns: dates as ISO text, `rep_id`, and
# `import_line`, the line of the file where the record starts.
LineColumns = Mapping[str, Sequence[object]]

_STATES = tuple(LineState)
_ROWS_PER_PROGRESS = 5_000
_GIVEN_TWICE = "The file has this SKU and lot of the shipment on an earlier line, too: put all units on one line"
_NOT_BESIDE = "The log has this line of the shipment with another quantity: edit that entry, it cannot be kept twice"


class ReviewedLines(Sequence[ReviewedLine]):
    """The lines of a file, checked and compared with the log.

    Only what a comparison needs is kept of each; the line itself is read and checked again when it is asked for, so
    that memory does not grow with the width of the rows.
    """

    def __init__(
        self,
        file: ParsedFile,
        checker: LineChecker,
        choices: ImportChoices,
        people: People,
        progress: Progress = no_progress,
    ) -> None:
        self._file = file
        self._checker = checker
        self._choices = choices
        self._people = people
        self._columns = ColumnReader(checker)
        self._rows = CheckedRows(by_shipment=checker.one_id_a_line)
        told = 0
        for block in self._blocks():
            if block.first >= told:
                progress(block.first, len(file.rows))
                told += _ROWS_PER_PROGRESS
            self._rows.add(self._columns, block)
        self._times = self._rows.times()
        self._logged = LoggedLines()
        self._settled = Settled(bytes(self._rows.states), {})
        self._taken: frozenset[str] = frozenset()

    def again(self, choices: ImportChoices) -> tuple[ReviewedLines, CheckedRows]:
        """The same lines with other choices for rows already read, and what to look for in the log in addition.

        Only rows whose corrections differ are checked. Compare the new lines with what is found in addition.
        """
        lines = copy(self)
        lines._choices = choices
        before, after = self._choices.corrections, choices.corrections
        changed = sorted(record for record in before.keys() | after.keys() if before.get(record) != after.get(record))
        checked = CheckedRows(by_shipment=self._checker.one_id_a_line)
        if changed:
            rows = [self._file.rows[record - 1] for record in changed]
            for block in row_blocks([row._replace(values=lines._values(row)) for row in rows]):
                checked.add(self._columns, block)
            lines._rows = self._rows.copy()
            lines._rows.replace({record - 1: number for number, record in enumerate(changed)}, checked)
            lines._times = lines._rows.times()
        return lines, checked

    def wanted(self) -> CheckedRows:
        """What to look for in the log."""
        return self._rows

    def given_orders(self) -> frozenset[str]:
        """The order numbers that were given to lines in the review."""
        return frozenset(change.corrected for change in self.corrections() if change.field == "order_number")

    def compare(self, logged: LoggedLines, taken: frozenset[str] = frozenset()) -> ImportCounts:
        """Settle the state of every line by the lines of the log that were found in addition to those known.

        `taken` are those of the given order numbers that the log has.
        """
        self._taken = taken
        self._logged = self._logged.with_more(logged)
        self._settled = self._settle(self._logged)
        per_state = [self._settled.states.count(state) for state in range(len(_STATES))]
        return ImportCounts(len(self), *per_state)

    def would_change(self, logged: LoggedLines) -> bool:
        """Whether another comparison, with the whole log of now, would settle any line in another way."""
        return self._settle(logged) != self._settled

    def newly_taken(self, taken: frozenset[str]) -> frozenset[str]:
        """Those of the given order numbers that the log got since the lines were compared."""
        return taken - self._taken

    def indexes(self, state: LineState) -> list[int]:
        """Where the lines of one state are."""
        wanted = _STATES.index(state)
        return [number for number, found in enumerate(self._settled.states) if found == wanted]

    def importable(self) -> Iterator[LineColumns]:
        """What an import writes: the new lines, and those in conflict that are kept beside the logged line.

        Given block by block; a block may be empty.
        """
        for block in self._blocks():
            states = self._settled.states[block.first : block.first + len(block.lines)]
            chosen = [
                state == NEW or (state == CONFLICT and self._decision(record) is ConflictDecision.KEEP)
                for record, state in enumerate(states, block.first + 1)
            ]
            values, _ = self._columns.read(block.columns, len(block.lines))
            written: dict[str, Sequence[object]] = {**values, "import_line": block.lines}
            if not all(chosen):
                written = {name: list(compress(column, chosen)) for name, column in written.items()}
            written["ship_date"] = list(map(iso_day, cast(Sequence[date], written["ship_date"])))
            reps = cast(Sequence[str | None], written.pop("rep"))
            rep_ids = {rep: self.rep_id(rep) for rep in set(reps)}
            written["rep_id"] = list(map(rep_ids.__getitem__, reps))
            yield written

    def corrections(self) -> Iterator[Correction]:
        """What a person corrected in the review."""
        for record, values in sorted(self._choices.corrections.items()):
            row = self._file.rows[record - 1]
            for name, read, corrected in zip(LINE_FIELDS, row.values, values, strict=True):
                if read != corrected:
                    yield Correction(row.line, name, read, corrected)

    @property
    def lot_rule(self) -> LotRule:
        """The rule that lots were checked by."""
        return self._checker.lot_rule

    def chosen_reps(self) -> Iterator[ChosenRep]:
        """Who was chosen as rep in the review."""
        for written, user_id in sorted(self._choices.reps.items()):
            yield ChosenRep(written, user_id, self._people.names.get(user_id, ""))

    def rep_id(self, rep: str | None) -> int | None:
        """The person who was chosen for a rep as written, else the one it names or whose address it is."""
        written = fold_facility(rep or "")
        return self._choices.reps.get(written, self._people.ids.get(written))

    def problem_of(self, field: str, text: str) -> str | None:
        """What is wrong with one text of a field, without its line; None when nothing is."""
        return self._checker.reader(field)(text).problem

    def __len__(self) -> int:
        return len(self._rows.keys)

    @overload
    def __getitem__(self, index: int) -> ReviewedLine: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[ReviewedLine]: ...
    def __getitem__(self, index: int | slice) -> ReviewedLine | Sequence[ReviewedLine]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        number = range(len(self))[index]
        return self._line(number, self._file.rows[number])

    def __iter__(self) -> Iterator[ReviewedLine]:
        return map(self._line, range(len(self)), self._file.rows)

    def _settle(self, logged: LoggedLines) -> Settled:
        states = bytearray(self._rows.states)
        for at in self._rows.given_twice():
            states[at] = PROBLEM
        return settle(bytes(states), self._rows.keys, self._rows.quantities, logged)

    def _blocks(self) -> Iterator[RowBlock]:
        """The rows as read, or corrected."""
        records = sorted(self._choices.corrections)
        for block in row_blocks(self._file.rows):
            size = len(block.lines)
            inside = records[bisect_left(records, block.first + 1) : bisect_left(records, block.first + size + 1)]
            if not inside:
                yield block
                continue
            absent = [""] * size
            columns = {name: list(block.columns.get(name, absent)) for name in LINE_FIELDS}
            for record in inside:
                for name, text in zip(LINE_FIELDS, self._choices.corrections[record], strict=True):
                    columns[name][record - 1 - block.first] = text
            yield block._replace(columns=columns)

    def _values(self, row: ParsedRow) -> tuple[str, ...]:
        return self._choices.corrections.get(row.record, row.values)

    def _decision(self, record: int) -> ConflictDecision | None:
        return self._choices.conflict_decisions.get(record, self._choices.conflicts)

    def _line(self, number: int, row: ParsedRow) -> ReviewedLine:
        values = self._values(row)
        line, problems, notes = self._checker.check(values)
        problems = row.problems + problems
        if self._settled.states[number] == PROBLEM and not problems:
            problems = (Problem("ss_shipment_id", line.ss_shipment_id or "", _GIVEN_TWICE),)
        return ReviewedLine(
            record=row.record,
            row=row.line,
            state=_STATES[self._settled.states[number]],
            values=values,
            line=line,
            problems=problems,
            notes=notes + tuple(self._remarks(number, row, line)),
            page=row.page,
            part=row.part,
            differs_from=self._settled.differs.get(number),
            printed=row.printed,
        )

    def _remarks(self, number: int, row: ParsedRow, line: Line) -> Iterator[Problem]:
        """What is to be known of a line beyond its own values."""
        if row.printed is not None:
            yield from row.printed.notes
        times = self._times.get(self._rows.identity(number))
        if times is not None:
            yield Problem(None, "", f"This line is in the file {times} times; each one counts")
        if number in self._settled.differs and self._checker.one_id_a_line and line.ss_shipment_id:
            yield Problem("ss_shipment_id", line.ss_shipment_id, _NOT_BESIDE)
        if line.order_number in self._taken and row.record in self._choices.corrections:
            yield Problem("order_number", line.order_number, "The log has this order number already")
        chosen = self._choices.reps.get(fold_facility(line.rep or ""))
        if chosen is not None:
            name = self._people.names.get(chosen, "")
            yield Problem("rep", line.rep or "", f"The rep is {name}, as was chosen in this review")
        elif line.rep is not None and self.rep_id(line.rep) is None:
            yield Problem("rep", line.rep, f"Nobody is called “{line.rep}” here: the line is kept without a rep")
