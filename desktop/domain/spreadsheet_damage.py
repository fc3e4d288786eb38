"""What a spreadsheet does to values it takes for numbers or dates, and how that is seen afterwards.

Each function tells whether a text, trimmed, looks like one kind of damage. What is certain is refused where a field is
required; what may also be meant so is noted.
"""

from __future__ import annotations

import re

_SHORTENED_NUMBER = re.compile(r"[0-9](?:[.,][0-9]+)?[Ee]\+?[0-9]+")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_DATE = re.compile(
    r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"|[0-9]{1,2}/[0-9]{1,2}/(?:[0-9]{2}){1,2}"
    rf"|[0-9]{{1,2}}-{_MONTH}(?:-(?:[0-9]{{2}}){{1,2}})?"
    rf"|{_MONTH}-(?:[0-9]{{2}}){{1,2}})"
    r"(?:[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?: ?[AP]M)?)?",
    re.I,
)
# Support.microsoft.com: a spreadsheet keeps 15 digits of a number and writes zeros for the others.
_ZEROS_AFTER_15_DIGITS = re.compile(r"[1-9][0-9]{14}0+")
_ERROR_VALUE = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|SPILL!|CALC!|#+)", re.I)
_SHORT_ZIP = re.compile(r"[0-9]{3,4}")

_UNITED_STATES = frozenset({"US", "USA", "UNITED STATES", "UNITED STATES OF AMERICA"})
# The states and territories whose zip codes begin with a zero.
_STATES = frozenset(
    {"CT", "CONNECTICUT", "MA", "MASSACHUSETTS", "ME", "MAINE", "NH", "NEW HAMPSHIRE", "NJ", "NEW JERSEY"}
    | {"NY", "NEW YORK", "PR", "PUERTO RICO", "RI", "RHODE ISLAND", "VT", "VERMONT", "VI", "VIRGIN ISLANDS"}
)

SHORTENED = "a spreadsheet shortened this number"
IS_A_DATE = "this is a date: a spreadsheet may have made it of something else"
LOST_DIGITS = "a spreadsheet keeps 15 digits: the zeros at the end may stand for others"
LOST_ZERO = "a spreadsheet may have removed a leading zero"
ERROR_VALUE = "this is a spreadsheet's error, not a value"


def is_shortened(text: str) -> bool:
    """`1.23E+05`: the digits are lost."""
    return _SHORTENED_NUMBER.fullmatch(text) is not None


def is_date(text: str) -> bool:
    """`2025-03-12`, `3/12/2025`, `12-Mar`, `Mar-25`: numbers with hyphens or slashes become dates."""
    return _DATE.fullmatch(text) is not None


def has_lost_digits(text: str) -> bool:
    """More than 15 digits, all zeros from the sixteenth on."""
    return _ZEROS_AFTER_15_DIGITS.fullmatch(text) is not None


def is_error_value(text: str) -> bool:
    """`#N/A`, `#REF!` and the like, or a column that was too narrow to show its value."""
    return _ERROR_VALUE.fullmatch(text) is not None


def is_too_short(text: str, width: int | None) -> bool:
    """A plain number below the width that the numbers of its column are filled up to."""
    return width is not None and len(text) < width and text.isascii() and text.isdigit()


def is_short_zip(text: str) -> bool:
    """Three or four digits: a zip of the United States has five."""
    return _SHORT_ZIP.fullmatch(text) is not None


def has_zip_with_zero(state: str | None, country: str | None) -> bool:
    """Whether an address can have a zip that begins with zero: a country decides, else the state."""
    if country is not None:
        return country.replace(".", "").upper() in _UNITED_STATES
    return state is not None and state.upper() in _STATES
