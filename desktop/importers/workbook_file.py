"""A workbook (.xlsx) in, rows of text out: each cell as a person sees it, each row with its number in the sheet."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from desktop.domain.import_review import ImportChoices
from desktop.domain.imports import FileProblemKind, ParsedFile
from desktop.domain.progress import Progress
from desktop.importers.block import Block
from desktop.importers.header import ROWS_ABOVE, clean_header, find_header, known_names
from desktop.importers.merged_cells import MergedCells
from desktop.importers.source_file import SourceFile
from desktop.importers.table import Layouts, chosen_columns, match_columns, read_table, titles_note
from desktop.importers.unreadable import Unreadable
from desktop.importers.workbook_cells import CellTexts
from desktop.importers.workbook_container import DAMAGED, LOCKED, check_container
from desktop.importers.workbook_formats import ShownCells

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

_ROWS_A_BLOCK = 400
_NAMES_LISTED = 20


class _Opening(NamedTuple):
    """A sheet and its header: `above` counts all rows before it, `titles` those that are not blank."""

    sheet: CalamineSheet
    header: tuple[str, ...]
    above: int
    titles: int


def read_workbook(
    source: SourceFile, found: ParsedFile, choices: ImportChoices, layouts: Layouts, progress: Progress
) -> ParsedFile:
    """Reads one sheet of a workbook: the chosen one, else the first whose header has the most known names.

    `found` is what is known of the file. Raises what `progress` raises and `OSError`; never for what is in the file.
    """
    try:
        content = source.whole()
        total = check_container(content, progress)
        with _parsing():
            book = _open(content)
            hidden = _sheets(book, hidden=True)
            shown = _sheets(book, hidden=False)
            found = replace(found, sheets=(*shown, *hidden))
            opening = _open_sheet(book, _candidates(shown, hidden, choices.sheet), choices, layouts)
            book.close()
    except Unreadable as reason:
        return replace(found, file_problem=reason.problem)
    found = replace(found, sheet=opening.sheet.name, header=opening.header)
    rows = _Rows(opening, ShownCells(content, opening.sheet.name), choices, layouts)
    del content
    read = read_table(found, rows.blocks(total, progress), choices, layouts)
    return (
        read
        if read.file_problem is not None
        else replace(read, notes=(*_left_out(found, opening, hidden), *rows.notes(), *read.notes))
    )


@contextmanager
def _parsing() -> Iterator[None]:
    """Turns what the parser raises into a sentence; it has one error for each part of a workbook that is amiss."""
    from python_calamine import CalamineError, PasswordError

    try:
        yield
    except PasswordError as error:
        raise Unreadable(FileProblemKind.NOT_THIS_KIND, LOCKED) from error
    except (CalamineError, OSError, ValueError) as error:
        raise Unreadable(FileProblemKind.DAMAGED, DAMAGED) from error
    except BaseException as error:
        # What the parser did not expect ends in a panic, which is no `Exception` and has no name to import.
        if type(error).__name__ != "PanicException":
            raise
        raise Unreadable(FileProblemKind.DAMAGED, DAMAGED) from error


def _open(content: bytes) -> CalamineWorkbook:
    from python_calamine import CalamineWorkbook

    return CalamineWorkbook.from_filelike(io.BytesIO(content))


def _sheets(book: CalamineWorkbook, *, hidden: bool) -> tuple[str, ...]:
    """The names of the sheets with cells."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    return tuple(
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet and (sheet.visible != SheetVisibleEnum.Visible) == hidden
    )


def _candidates(shown: Sequence[str], hidden: Sequence[str], chosen: str | None) -> Sequence[str]:
    if chosen is None:
        return shown or hidden
    if chosen not in (*shown, *hidden):
        raise Unreadable(FileProblemKind.NO_HEADER, f"The workbook has no sheet “{chosen}”.")
    return (chosen,)


def _open_sheet(book: CalamineWorkbook, names: Sequence[str], choices: ImportChoices, layouts: Layouts) -> _Opening:
    """The best sheet: the first with all columns that are needed, else the one with the most known names.

    A sheet is loaded whole, so at most two are held at a time.
    """
    best: _Opening | None = None
    most = (False, -1)
    for name in names:
        opening = _opening(book.get_sheet_by_name(name), choices, layouts)
        if opening is None:
            continue
        if match_columns(opening.header, choices, layouts).problem is None:
            return opening
        known = known_names(opening.header, chosen_columns(opening.header, choices, layouts))
        worth = (opening.header in layouts, known)
        if worth > most:
            best, most = opening, worth
    if best is None:
        raise Unreadable(FileProblemKind.EMPTY, "The workbook holds no rows.")
    return best


def _opening(sheet: CalamineSheet, choices: ImportChoices, layouts: Layouts) -> _Opening | None:
    """Where the table of a sheet begins; None when the sheet shows nothing."""
    if sheet.start is None:
        return None
    texts = CellTexts()
    rows = ([clean_header(texts.text(cell)) for cell in row] for row in sheet.iter_rows())
    first = 0
    head: list[list[str]] = []
    for number, row in enumerate(rows):
        if head or any(row):
            head.append(row)
        else:
            first = number + 1
        if len(head) == ROWS_ABOVE:
            break
    if not head:
        return None
    place = find_header(head, choices.columns, layouts)
    header = head[place]
    while not header[-1]:
        header.pop()
    return _Opening(sheet, tuple(header), first + place, sum(map(any, head[:place])))


class _Rows:
    """The rows below the header of a sheet, as text."""

    def __init__(self, opening: _Opening, shown: ShownCells, choices: ImportChoices, layouts: Layouts) -> None:
        self._opening = opening
        self._shown = shown
        self._texts = CellTexts()
        self._first_column = (opening.sheet.start or (0, 0))[1]
        self._right_of_header = 0
        quantity = match_columns(opening.header, choices, layouts).positions.get("quantity")
        self._merged = MergedCells(
            opening.sheet.merged_cell_ranges or (),
            below=opening.above,
            first_column=self._first_column,
            width=len(opening.header),
            counted=quantity,
        )

    def blocks(self, total: int, progress: Progress) -> Iterator[Block]:
        """The rows, some at a time; `progress` is told how far the second half of the work of `total` is."""
        first = self._opening.above + 1
        width = len(self._opening.header)
        sheet = self._opening.sheet
        rows = sheet.iter_rows()
        next(islice(rows, first - 1, first), None)
        number, count = first, max(1, sheet.total_height)
        while part := [self._texts.row(row) for row in islice(rows, _ROWS_A_BLOCK)]:
            if len(part[0]) > width:
                self._right_of_header += sum(any(row[width:]) for row in part)
                part = [row[:width] for row in part]
            self._shown.complete(part, number, self._first_column)
            self._merged.fill(part, number)
            yield Block(part, list(range(number + 1, number + 1 + len(part))))
            number += len(part)
            progress(min(total * 2, total + total * number // count), total * 2)

    def notes(self) -> tuple[str, ...]:
        """What a person should know of the cells, once all were read."""
        notes = []
        if self._merged.filled:
            notes.append("Merged cells: each row they cover has their value, but for quantities.")
        if times := self._texts.times:
            dates = f"{times:,} date{'' if times == 1 else 's'}"
            notes.append(f"The time of day of {dates} was left out.")
        if self._right_of_header:
            rows = "row has" if self._right_of_header == 1 else "rows have"
            notes.append(
                f"{self._right_of_header:,} {rows} cells to the right of the last column name; they are not read."
            )
        return tuple(notes)


def _left_out(found: ParsedFile, opening: _Opening, hidden: Sequence[str]) -> Iterator[str]:
    """What of a workbook is not read."""
    others = [name for name in found.sheets if name != found.sheet]
    if others:
        more = len(others) - _NAMES_LISTED
        names = ", ".join(f"{name} (hidden)" if name in hidden else name for name in others[:_NAMES_LISTED])
        yield f"Other sheets that are not read: {names}{f' and {more} more' if more > 0 else ''}."
    if opening.titles:
        yield titles_note(f"row {opening.above + 1}")
