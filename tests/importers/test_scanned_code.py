"""Lots as they are typed, or as scanners send them: GS1 codes with and without brackets, separators and prefixes."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.lots import LotRule
from desktop.importers.scanned_code import ScannedCode, read_scanned_code

GTIN = "00850012345671"
IS_LOT = LotRule().accepts
WHOLE = ScannedCode("SLQ-12345", GTIN, None, date(2027, 12, 31))


@pytest.mark.parametrize(
    ("scanned", "read"),
    [
        ("SLQ-12345", ScannedCode("SLQ-12345")),
        ("  slq\u201312345\r\n", ScannedCode("SLQ-12345")),
        ("anything else", ScannedCode("ANYTHING ELSE")),
        ("", ScannedCode("")),
        (f"(01){GTIN}(17)271231(10)SLQ-12345", WHOLE),
        (f"(01){GTIN}(10)slq-12345(17)271231", WHOLE),
        (f"01{GTIN}1727123110SLQ-12345", WHOLE),
        (f"\x1d01{GTIN}1727123110SLQ-12345\x1d", WHOLE),
        (f"]d201{GTIN}1727123110SLQ-12345", WHOLE),
        (f"]C101{GTIN}10SLQ-12345\x1d17271231", WHOLE),
        (f"]Q301{GTIN}10SLQ-12345^17271231", WHOLE),
        (f"01{GTIN}10SLQ-12345~17271231", WHOLE),
        (f"01{GTIN}10SLQ-1234517271231", WHOLE),
        (f"01{GTIN}10SLQ-123451127010117271231", ScannedCode("SLQ-12345", GTIN, date(2027, 1, 1), date(2027, 12, 31))),
        ("10SLQ-12345", ScannedCode("SLQ-12345")),
        (f"01{GTIN}", ScannedCode("", GTIN)),
        (f"01{GTIN}10OTHER-77", ScannedCode("OTHER-77", GTIN)),
        (f"01{GTIN[:-1]}010SLQ-12345", ScannedCode("SLQ-12345")),
        (f"01{GTIN[:-4]}10SLQ-12345", ScannedCode(f"01{GTIN[:-4]}10SLQ-12345")),
    ],
)
def test_a_scan_gives_its_lot(scanned: str, read: ScannedCode) -> None:
    assert read_scanned_code(scanned, IS_LOT) == read


def test_a_lot_of_digits_only_is_no_code() -> None:
    rule = LotRule("[0-9]{10}")
    assert read_scanned_code("1012345678", rule.accepts) == ScannedCode("1012345678")
    assert read_scanned_code("10ABC", rule.accepts).lot == "ABC"


@given(
    st.from_regex("SLQ-[0-9]{5}", fullmatch=True),
    st.dates(date(2001, 1, 1), date(2040, 12, 31)),
    st.sampled_from(["", "]d2", "]C1", "\x1d"]),
    st.sampled_from(["", "\x1d", "^", "~", "|"]),
    st.booleans(),
)
def test_every_order_of_elements_gives_the_lot(
    lot: str, day: date, prefix: str, separator: str, lot_first: bool
) -> None:
    use_by = f"17{day:%y%m%d}"
    code = f"10{lot}{separator}{use_by}" if lot_first else f"{use_by}10{lot}"
    found = read_scanned_code(f"{prefix}01{GTIN}{code}", IS_LOT)
    assert (found.lot, found.gtin, found.use_by) == (lot, GTIN, day)


@given(st.text(max_size=300))
def test_whatever_is_typed_is_never_an_error(text: str) -> None:
    assert isinstance(read_scanned_code(text, IS_LOT).lot, str)
