"""A CSV file in, rows of text out: separator, encoding, columns and date order are recognised, nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from io import TextIOWrapper

from desktop.domain.import_review import ImportChoices
from desktop.domain.imports import FileProblemKind, ParsedFile
from desktop.domain.progress import Progress
from desktop.importers.block import Block
from desktop.importers.csv_decoding import chosen_encoding, open_text, recognise_encoding
from desktop.importers.csv_records import CsvRecords
from desktop.importers.source_file import SourceFile
from desktop.importers.table import Layouts, read_table, titles_note
from desktop.importers.unreadable import Unreadable


def read_csv(
    source: SourceFile, found: ParsedFile, choices: ImportChoices, layouts: Layouts, progress: Progress
) -> ParsedFile:
    """Reads a text as a table; `found` is what is known of the file. `progress` is told bytes.

    Raises what `progress` raises and `OSError`; never for what is in the file.
    """
    try:
        if choices.encoding is None:
            encoding = recognise_encoding(source.unhashed)
        else:
            encoding = chosen_encoding(choices.encoding, source.unhashed)
        found = replace(found, encoding=encoding)
        with open_text(source, encoding) as text:
            return _read(text, source, found, choices, layouts, progress)
    except Unreadable as reason:
        return replace(found, file_problem=reason.problem)


def _read(
    text: TextIOWrapper,
    source: SourceFile,
    found: ParsedFile,
    choices: ImportChoices,
    layouts: Layouts,
    progress: Progress,
) -> ParsedFile:
    records = CsvRecords(text)
    try:
        opening = records.open(choices.columns, layouts)
    except UnicodeError:
        return replace(found, file_problem=_not_all_through(text.encoding).problem)
    found = replace(found, delimiter=opening.delimiter, header=opening.header)
    if opening.titles:
        found = replace(found, notes=(titles_note(f"line {records.first_line - 1}"),))
    return read_table(found, _blocks(records, source, text.encoding, progress), choices, layouts, joined=True)


def _blocks(records: CsvRecords, source: SourceFile, encoding: str, progress: Progress) -> Iterator[Block]:
    try:
        for block in records.blocks():
            yield block
            progress(source.done, source.size)
    except UnicodeError:
        raise _not_all_through(encoding) from None


def _not_all_through(encoding: str) -> Unreadable:
    message = f"The file is not {encoding.upper()} text all through: export it again as UTF-8, or choose the encoding."
    return Unreadable(FileProblemKind.ENCODING, message)
