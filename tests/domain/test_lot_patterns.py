"""What may be the lot rule: understood wholly, the same on both engines, and quick whatever the lot."""

from __future__ import annotations

import re
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.errors import RuleBroken
from desktop.domain.lot_patterns import MOST_WAYS, read_lot_pattern
from desktop.domain.lots import LONGEST_LOT, LotRule


@pytest.mark.parametrize(
    ("pattern", "on_postgresql"),
    [
        ("SLQ-[0-9]{5}", "^(SLQ-[0-9]{5})$"),
        (r"SLQ-\d{8,11}", "^(SLQ-[0-9]{8,11})$"),
        ("SLQ-[0-9]{5}|SLQ-[0-9]{8,11}", "^(SLQ-[0-9]{5}|SLQ-[0-9]{8,11})$"),
        ("SLQ-?[A-F0-9-]+", "^(SLQ-?[0-9A-F-]+)$"),
        ("(?:SLQ|SILQ)-[0-9]{5}(-[A-Z])?", "^((?:SLQ|SILQ)-[0-9]{5}(?:-[A-Z])?)$"),
        (r"A\.B\(C\)\$", "^(A[.]B[(]C[)][$])$"),
        ("[-AB'./]{2}X{3}", "^(['./AB-]{2}X{3})$"),
        ("(AB){2}(C|D){3}", "^((?:AB){2}(?:C|D){3})$"),
        ("((?:A{2}){3}){2,}", "^((?:(?:A{2}){3}){2,})$"),
    ],
)
def test_a_pattern_is_understood_and_written_for_postgresql(pattern: str, on_postgresql: str) -> None:
    assert read_lot_pattern(pattern).as_postgresql == on_postgresql


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("", "Enter a pattern, such as SLQ-"),
        ("A" * 201, "at most 200 characters"),
        ("[A-Z]{0,9}", "would take an empty lot"),
        ("A?|B", "would take an empty lot"),
        ("A*", "would take an empty lot"),
        (".*", "“.”, which would take any character"),
        ("[^0-9]{5}", "would take nearly any character"),
        ("A{101}", "more than 100 characters"),
        ("A{101,}", "more than 100 characters"),
        ("(A{50}){3}", "more than 100 characters"),
        ("SLQ-[0-9", "has a “[” without its “]”"),
        ("SLQ-[0-9]]", "has a “]” with nothing that it closes"),
        ("A}", "has a “}” with nothing that it closes"),
        ("(A", "has a “(” without its “)”"),
        ("A)", "has a “)” without its “(”"),
        ("()A", "nothing beside it"),
        ("A|", "nothing beside it"),
        ("A[]", "brackets with nothing between them"),
        ("*A", "“*” with nothing before it"),
        ("{5}", "“{” with nothing before it"),
        ("A{x}", "not read as a number of times"),
        ("A{1", "not read as a number of times"),
        ("A{,5}", "not read as a number of times"),
        ("A{٣}", "not read as a number of times"),
        ("A{0}", "no number of times"),
        ("A{5,2}", "no number of times"),
        ("A+?", "says twice how often"),
        ("A{2}{3}", "says twice how often"),
        ("A++", "says twice how often"),
        ("(?=A)A", "looks around, refers back"),
        ("(?P<x>A)(?P=x)", "looks around, refers back"),
        (r"(A)\1", r"“\1”, which is not understood"),
        (r"\w{5}", r"“\w”, which is not understood"),
        (r"A\b", r"“\b”, which is not understood"),
        ("A\\", "is not understood"),
        (r"A\[B\]", r"“\[”, which is not understood"),
        ("^SLQ-[0-9]{5}$", "matches the whole lot always: take out “^”"),
        ("A$", "take out “$”"),
        ("slq-[0-9]{5}", "small letter “s”: lots are kept in capitals"),
        ("[a-z]{5}", "small letter “a”"),
        ("[A-z]{5}", "the range “A-z”"),
        ("[9-0]{5}", "the range “9-0”"),
        ("[+-/]{5}", "the range “+-/”"),
        ("[A-Z-9]", "“-” between brackets that is no range"),
        ("[&&A]", "has “&” twice"),
        ("[[:alpha:]]", "has “[”, which no lot can have"),
        ("SLQ\u201312345", "has “\u2013”, which no lot can have"),
        ("A\n", "which no lot can have"),
        ("(A+)+", "could take too long"),
        ("(A|A){20}", "could take too long"),
        ("A?" * 20 + "A", "could take too long"),
        ("[0-9]*" * 4 + "A", "could take too long"),
        ("(A|B+)*C", "could take too long"),
    ],
)
def test_what_cannot_be_the_lot_rule_is_refused_with_a_sentence(pattern: str, said: str) -> None:
    with pytest.raises(RuleBroken, match=re.escape(said)) as refused:
        read_lot_pattern(pattern)
    assert [problem.field for problem in refused.value.problems] == ["pattern"]


@given(st.text(st.sampled_from("ABZ09-.|()[]{}?*+,\\d^$:=#&~ "), max_size=14) | st.text(max_size=10))
def test_whatever_is_typed_is_a_regular_expression_or_refused(pattern: str) -> None:
    try:
        read = read_lot_pattern(pattern)
    except RuleBroken:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # Python warns of what it would read otherwise one day
        typed = re.compile(pattern, re.ASCII)
    assert not typed.fullmatch("")
    assert re.compile(read.as_postgresql)


def test_a_rule_without_an_end_ends_with_the_longest_lot() -> None:
    rule = LotRule("SLQ-[0-9]+")
    assert read_lot_pattern(rule.pattern).has_no_end
    assert rule.accepts("SLQ-" + "1" * (LONGEST_LOT - 4))
    assert not rule.accepts("SLQ-" + "1" * (LONGEST_LOT - 3))


@pytest.mark.parametrize("pattern", ["[A-Z0-9-]+[0-9]+X", "A?" * 13 + "A{13}X", "([A-Z]{1,2}[0-9]){1,6}X"])
def test_the_slowest_rules_that_are_taken_end(pattern: str) -> None:
    """The worst lots for them: nearly matching to the end. The test's own time limit is the judge."""
    assert MOST_WAYS == 10_000
    rule = LotRule(read_lot_pattern(pattern).text)
    for lot in ("A" * LONGEST_LOT, "9" * LONGEST_LOT, "A9" * (LONGEST_LOT // 2)):
        assert not rule.accepts(lot)
