"""Rows in the order of RECORD_COLUMNS, for both kinds of file."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from desktop.domain.reports import RECORD_COLUMNS

# What the rules let into the log: no control characters but tab and line ends, no lone surrogates.
_CONTROLS = [chr(code) for code in range(32) if chr(code) not in "\t\n\r"]
KEPT_TEXT = st.text(
    st.sampled_from(",\"\r\n\t =+-@'<>&;_é水\u00a0\u2028\U0001f600")
    | st.characters(blacklist_categories=["Cs"], blacklist_characters=_CONTROLS),
    max_size=12,
)

ROWS = st.tuples(
    *(
        {
            "ship_date": st.dates(date(1900, 1, 1), date(2100, 1, 1)),
            "quantity": st.integers(1, 999_999_999),
        }.get(column.field, st.none() | KEPT_TEXT)
        for column in RECORD_COLUMNS
    )
)


def row(**values: object) -> tuple[object, ...]:
    """One row; fields that are not named are empty."""
    return tuple(values.get(column.field) for column in RECORD_COLUMNS)
