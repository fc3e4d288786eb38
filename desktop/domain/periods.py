"""Periods that move with the calendar, and filters that are kept with one: “this month” is another month later."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from desktop.domain.filters import EVERYTHING, DistributionFilter, month_days


class Period(StrEnum):
    """What a person calls a stretch of days, seen from today."""

    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
    THIS_QUARTER = "this_quarter"
    THIS_YEAR = "this_year"
    LAST_12_MONTHS = "last_12_months"

    @property
    def label(self) -> str:
        """`This month`."""
        return self.value.replace("_", " ").capitalize()

    def narrow(self, wanted: DistributionFilter, today: date) -> DistributionFilter:
        """The filter with the days of this period in place of its own."""
        this_month = f"{today:%Y-%m}"
        month: str | None = None
        first: date | None = None
        last: date | None = None
        if self is Period.THIS_MONTH:
            month = this_month
        elif self is Period.LAST_MONTH:
            month = f"{today.replace(day=1) - timedelta(days=1):%Y-%m}"
        elif self is Period.THIS_QUARTER:
            begin = (today.month - 1) // 3 * 3 + 1
            first = date(today.year, begin, 1)
            last = month_days(f"{today.year:04d}-{begin + 2:02d}")[1]
        elif self is Period.THIS_YEAR:
            first, last = date(today.year, 1, 1), date(today.year, 12, 31)
        else:
            leap_day = today.month == 2 and today.day == 29
            year_ago = today.replace(year=today.year - 1, day=28 if leap_day else today.day)
            first, last = year_ago + timedelta(days=1), today
        return replace(wanted, month=month, date_from=first, date_to=last)


@dataclass(frozen=True, slots=True)
class FilterChoice:
    """A filter as a person chose it. With a `period`, `filter` has no days of its own."""

    filter: DistributionFilter = EVERYTHING
    period: Period | None = None

    def __post_init__(self) -> None:
        if self.period is not None:
            object.__setattr__(self, "filter", replace(self.filter, month=None, date_from=None, date_to=None))

    def on(self, today: date) -> DistributionFilter:
        """The filter that is meant on a day."""
        return self.filter if self.period is None else self.period.narrow(self.filter, today)

    def to_json(self) -> dict[str, Any]:
        """As JSON values; `from_json` gives the same choice back."""
        kept: dict[str, Any] = {"filter": self.filter.to_json()}
        if self.period is not None:
            kept["period"] = self.period.value
        return kept

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> FilterChoice:
        """The choice that `to_json` wrote."""
        period = stored.get("period")
        return cls(DistributionFilter.from_json(stored["filter"]), None if period is None else Period(period))
