"""Lot numbers: what is normalised, and that a lot is matched as a whole, in ASCII digits."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.lots import DEFAULT_LOT_PATTERN, LotRule, normalise_lot

RULE = LotRule()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("SLQ-12345", "SLQ-12345"),
        ("  slq-12345\t\n", "SLQ-12345"),
        ("\u00a0Slq-12345\u00a0", "SLQ-12345"),
        ("SLQ\u00ad12345", "SLQ-12345"),  # soft hyphen, as the slips print it
        ("SLQ\u201312345", "SLQ-12345"),  # en dash
        ("SLQ\u201112345", "SLQ-12345"),  # non-breaking hyphen
        ("SLQ\u201012345", "SLQ-12345"),
        ("SLQ-１２３４５", "SLQ-１２３４５"),
        ("ſlq-12345", "ſLQ-12345"),  # a long s is no S: only ASCII letters are raised
        ("SLQ 12345", "SLQ 12345"),
        ("SLQ--12345", "SLQ--12345"),
        ("", ""),
    ],
)
def test_normalising(text: str, kept: str) -> None:
    assert normalise_lot(text) == kept


@pytest.mark.parametrize("lot", ["SLQ-00000", "SLQ-12345", "SLQ-99999"])
def test_accepted(lot: str) -> None:
    assert RULE.accepts(lot)


@pytest.mark.parametrize(
    "lot",
    [
        "SLQ-12345\n",
        "\nSLQ-12345",
        "SLQ-１２３４５",
        "SLQ-1234",
        "SLQ-123456",
        "slq-12345",
        "SLQ12345",
        "SLQ-1234a",
        "",
        " ",
    ],
)
def test_refused(lot: str) -> None:
    assert not RULE.accepts(lot)


def test_backslash_d_is_ascii_too() -> None:
    assert LotRule(r"SLQ-\d{5}").accepts("SLQ-12345")
    assert not LotRule(r"SLQ-\d{5}").accepts("SLQ-１２３４５")


@given(st.text(st.sampled_from("SLQslq-\u2013\u00ad0129０ \n") | st.characters(), max_size=12))
def test_a_lot_is_accepted_exactly_when_it_has_the_default_shape(text: str) -> None:
    by_hand = len(text) == 9 and text.startswith("SLQ-") and all(char in "0123456789" for char in text[4:])
    assert RULE.accepts(text) == by_hand
    assert normalise_lot(normalise_lot(text)) == normalise_lot(text)


@given(st.from_regex(re.compile(r"[0-9]{5}", re.ASCII), fullmatch=True), st.sampled_from("-\u00ad\u2010\u2011\u2013"))
def test_every_hyphen_and_case_of_a_good_lot_is_accepted(digits: str, hyphen: str) -> None:
    assert RULE.accepts(normalise_lot(f" sLq{hyphen}{digits}\n"))


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (DEFAULT_LOT_PATTERN, "SLQ-#####"),
        (r"SLQ-\d{8}", "SLQ-########"),
        ("[0-9]{2}/[0-9]{3}", "##/###"),
        ("SLQ-[0-9]{8,11}", "SLQ-[0-9]{8,11}"),
        ("SLQ-.", "SLQ-."),
        ("[0-9]{999999999}", "[0-9]{999999999}"),
    ],
)
def test_the_rule_in_words(pattern: str, words: str) -> None:
    assert LotRule(pattern).message == f"Lot number must match format: {words}"


def test_a_pattern_that_is_none_is_a_value_error() -> None:
    with pytest.raises(ValueError, match=r"^The lot rule is not a regular expression: "):
        LotRule("SLQ-[0-9").accepts("SLQ-12345")
