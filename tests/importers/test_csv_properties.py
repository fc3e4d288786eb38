"""Whatever the bytes: no exception, nothing lost, and the standard parser's own opinion where it has one."""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.distributions import is_blank
from desktop.domain.import_review import ImportChoices
from desktop.domain.imports import LINE_FIELDS, FileKind, ParsedFile
from tests.importers.csv_texts import HEADER, read, required

NAMES = HEADER.split(",")
CELLS = st.text(
    st.sampled_from(",;\t|\"'\r\n =+é€\u00a0\u2028\u200b")
    | st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffd\ufeff"),
    max_size=8,
)
ROWS = st.lists(st.tuples(*[CELLS] * 6), max_size=6)
Quoting = Literal[0, 1]
# With other line ends, the standard writer leaves a lone CR or LF without quotation marks.
STYLES: tuple[tuple[str, Quoting], ...] = (
    ("\r\n", csv.QUOTE_MINIMAL),
    ("\r\n", csv.QUOTE_ALL),
    ("\n", csv.QUOTE_ALL),
    ("\r", csv.QUOTE_ALL),
)
SOUP = st.lists(
    st.sampled_from(
        ['"', '""', ",", "\n", "\r\n", "\r", "a", " ", "\u200b", "é", "2025-03-04", '"a\nb",', '\n"a,,,,,b\n']
    )
    | st.text(max_size=3),
    max_size=40,
).map("".join)


def written(rows: list[tuple[str, ...]], delimiter: str, line_end: str, quoting: Quoting = csv.QUOTE_ALL) -> str:
    target = io.StringIO()
    writer = csv.writer(target, delimiter=delimiter, lineterminator=line_end, quoting=quoting)
    writer.writerows([NAMES, *rows])
    return target.getvalue()


def check_promises(parsed: ParsedFile, content: bytes) -> None:
    """What holds for every file."""
    rows = list(parsed.rows)
    assert parsed.size == len(content)
    assert parsed.sha256 == hashlib.sha256(content).hexdigest()
    assert parsed.file_problem is None or not rows
    assert [row.record for row in rows] == list(range(1, len(rows) + 1))
    lines = [row.line for row in rows]
    assert lines == sorted(set(lines))
    assert all(len(row.values) == len(LINE_FIELDS) for row in rows)


def blank_rows(parsed: ParsedFile) -> int:
    return next((int(note.split()[0]) for note in parsed.notes if "blank row" in note), 0)


@given(
    rows=ROWS,
    delimiter=st.sampled_from(",;\t|"),
    style=st.sampled_from(STYLES),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]),
    separator_line=st.booleans(),
)
def test_what_was_written_is_read(
    rows: list[tuple[str, ...]],
    delimiter: str,
    style: tuple[str, Quoting],
    encoding: str,
    separator_line: bool,
    tmp_path: Path,
) -> None:
    line_end, quoting = style
    first = f"sep={delimiter}{line_end}" if separator_line else ""
    content = (first + written(rows, delimiter, line_end, quoting)).encode(encoding)
    parsed = read(tmp_path, content)
    check_promises(parsed, content)
    assert parsed.file_problem is None
    assert parsed.delimiter == delimiter
    assert required(parsed) == [row for row in rows if not all(map(is_blank, row))]


@given(st.lists(st.tuples(*[st.text(st.characters(codec="cp1252", exclude_categories=["Cc"]), max_size=5)] * 6)))
def test_windows_text_is_read_when_chosen(tmp_path: Path, rows: list[tuple[str, ...]]) -> None:
    content = written(rows, ",", "\r\n").encode("cp1252")
    parsed = read(tmp_path, content, ImportChoices(encoding="cp1252"))
    assert required(parsed) == [row for row in rows if not all(map(is_blank, row))]


@given(SOUP)
def test_the_standard_parser_agrees_where_it_can_read(tmp_path: Path, soup: str) -> None:
    text = f"{HEADER}\n{soup}"
    content = text.encode("utf-8", "replace")
    parsed = read(tmp_path, content)
    check_promises(parsed, content)
    if parsed.file_problem is not None:
        return
    try:
        records = list(csv.reader(io.StringIO(text, newline=""), strict=True))[1:]
    except csv.Error:
        assert any(row.problems for row in parsed.rows)
        return
    assert len(parsed.rows) + blank_rows(parsed) == len(records)
    kept = [record for record in records if not all(map(is_blank, record))]
    assert required(parsed) == [tuple((record + [""] * 6)[:6]) for record in kept]
    assert [len(record) != 6 for record in kept] == [
        any("cell" in problem.message for problem in row.problems) for row in parsed.rows
    ]


@given(
    st.binary(max_size=200),
    st.sampled_from([b"", HEADER.encode() + b"\n", HEADER.encode("utf-16"), b"sep=", b"\xff\xfe"]),
)
def test_no_bytes_raise(tmp_path: Path, content: bytes, before: bytes) -> None:
    check_promises(read(tmp_path, before + content), before + content)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-16", "cp1252", "utf-7", "shift_jis", "iso2022_jp", "punycode", "idna"]
)
@given(content=st.binary(max_size=200))
def test_no_bytes_raise_under_a_chosen_encoding(tmp_path: Path, encoding: str, content: bytes) -> None:
    content = HEADER.encode() + b"\n" + content
    parsed = read(tmp_path, content, ImportChoices(encoding=encoding))
    if parsed.kind is FileKind.CSV:
        check_promises(parsed, content)
