"""Where a table begins and what separates its cells."""

from __future__ import annotations

import pytest

from desktop.domain.imports import FileProblemKind
from desktop.importers.csv_dialect import Opening, read_opening
from desktop.importers.unreadable import Unreadable

NAMES = ("Ship Date", "Order #", "Facility", "SKU", "Lot", "Quantity")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_separator_with_the_most_known_names_wins(delimiter: str) -> None:
    others = "".join({",", ";", "|"} - {delimiter})
    lines = [delimiter.join([*NAMES, f'"Notes {others * 9}"']) + "\r\n"]
    assert read_opening(lines, {}) == Opening(delimiter, (*NAMES, f"Notes {others * 9}"), 1)


def test_chosen_headers_count_as_known() -> None:
    lines = ["Datum;Charge, Nummer, Art;Menge\n"]
    assert read_opening(lines, {"lot_number": "Charge, Nummer, Art"}).delimiter == ";"


@pytest.mark.parametrize("line", ["sep=^", "SEP=^\r\n", '"sep=^"\n', "sep=^^^^^\r"])
def test_a_sep_line_decides(line: str) -> None:
    assert read_opening([line, "\n", "^".join(NAMES)], {}) == Opening("^", NAMES, 3)


@pytest.mark.parametrize("line", ["sep=", "sep=\n", 'sep="', "sep=a", "sep= "])
def test_a_sep_line_must_name_a_separator(line: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_opening([line, ",".join(NAMES)], {})
    assert refused.value.problem.kind is FileProblemKind.DIALECT


def test_an_ordinary_header_may_begin_with_sep() -> None:
    assert read_opening(["sep=x and more,Lot,SKU\n"], {}).header == ("sep=x and more", "Lot", "SKU")


@pytest.mark.parametrize("lines", [[], ["\n"], ["sep=;\n"], [" ,; \n", '"","\u200b"\n']])
def test_nothing_is_empty(lines: list[str]) -> None:
    with pytest.raises(Unreadable) as refused:
        read_opening(lines, {})
    assert refused.value.problem.kind is FileProblemKind.EMPTY
