"""Which columns are filled up with leading zeros."""

from __future__ import annotations

import pytest

from desktop.importers.number_widths import WidthEvidence


@pytest.mark.parametrize(
    ("texts", "width"),
    [
        (["0001", "0002", "0003"], 4),
        (["0001", "0002", "3", "x", "", " 0004 "], 4),
        (["0001", "0002", "0003", "1234567"], 4),
        (["0001", "0002"], None),
        (["1001", "1002", "1003"], None),
        (["0001", "1002", "1003", "1004"], None),
        (["0001", "002", "03", "4"], None),
        (["SO-0001", "SO-0002", "SO-0003"], None),
        (["０００１", "０００２", "０００３"], None),
        (["0001", "", "", ""], None),
        ([], None),
    ],
)
def test_widths(texts: list[str], width: int | None) -> None:
    together, one_by_one = WidthEvidence(), WidthEvidence()
    together.add(texts)
    for text in sorted(texts):  # nothing is counted before the first zero
        one_by_one.add([text])
    assert (together.width, one_by_one.width) == (width, width)
