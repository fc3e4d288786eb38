"""In which encoding a text is."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.imports import FileProblemKind
from desktop.importers.csv_decoding import recognise_encoding
from desktop.importers.unreadable import Unreadable

TEXT = "Ship Date,Facility\r\n2025-03-04,Clínica d’Exemple — 5 € Łódź\r\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (b"", "utf-8"),
        (TEXT.encode("utf-8"), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
        (b"\xff\xfe" + TEXT.encode("utf-16-le"), "utf-16-le"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16-be"),
        (b"\xff\xfe\0\0" + TEXT.encode("utf-32-le"), "utf-32-le"),
        ("é".encode("cp1252"), "cp1252"),
        (b"a\0", "utf-16-le"),
        (b"plain\0text with one NUL", "utf-8"),
        ("x" * 2_000_000 + "é", "utf-8"),
        # Words that are written in capitals before a sign are Windows-1252, not a mixture.
        ("CAFÉ’S, Hôtel, NESTLÉ®-like, STRAß®".encode("cp1252"), "cp1252"),
    ],
)
def test_encodings(content: bytes | str, encoding: str) -> None:
    data = content if isinstance(content, bytes) else content.encode(encoding)
    assert recognise_encoding(io.BytesIO(data)) == encoding


@pytest.mark.parametrize("utf8", ["é", "’", "—", "€", "Ł", "水", "\U0001f600", "Клиника"])
@pytest.mark.parametrize("before", [0, 1_048_573, 1_048_574, 1_048_575, 1_048_576])
def test_a_mixture_is_refused_wherever_its_parts_are(utf8: str, before: int) -> None:
    for parts in ([utf8.encode(), "Hôtel".encode("cp1252")], ["Hôtel".encode("cp1252"), utf8.encode()]):
        content = b"x" * before + b"\n".join(parts)
        with pytest.raises(Unreadable) as refused:
            recognise_encoding(io.BytesIO(content))
        assert refused.value.problem.kind is FileProblemKind.ENCODING
        assert f"line {parts.index(utf8.encode()) + 1} is UTF-8" in refused.value.problem.message


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_utf8_is_always_seen(text: str) -> None:
    assert recognise_encoding(io.BytesIO(text.encode())) == "utf-8"
