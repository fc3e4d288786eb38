"""Filters with a name, kept among a person's settings."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings

from desktop.domain.filters import DistributionFilter
from desktop.domain.periods import FilterChoice, Period
from desktop.ui.tables.saved_filters import SavedFilters

MARCH = FilterChoice(DistributionFilter(month="2025-03"))
MOVING = FilterChoice(DistributionFilter(sku="211610SPT"), Period.LAST_MONTH)


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)


def test_they_are_kept_by_name(settings: QSettings) -> None:
    saved = SavedFilters(settings)
    saved.save("moving", MOVING)
    saved.save("March", MARCH)
    saved.save("zoë", MARCH)
    saved.delete("zoë")
    again = SavedFilters(settings)
    assert again.names == ("March", "moving")
    assert (again.get("March"), again.get("moving")) == (MARCH, MOVING)
    assert (again.name_of(MOVING), again.name_of(FilterChoice())) == ("moving", None)


def test_a_name_is_one_however_it_is_written(settings: QSettings) -> None:
    saved = SavedFilters(settings)
    saved.save("March", MARCH)
    saved.begin_with("March")
    saved.save("MARCH", MOVING)
    assert SavedFilters(settings).names == ("MARCH",)
    assert SavedFilters(settings).to_begin_with() == MOVING


def test_the_log_begins_with_the_last_filter_or_with_the_chosen_one(settings: QSettings) -> None:
    saved = SavedFilters(settings)
    assert saved.to_begin_with() == FilterChoice()
    saved.keep_last(MARCH)
    assert SavedFilters(settings).to_begin_with() == MARCH
    saved.save("moving", MOVING)
    saved.begin_with("moving")
    saved.rename("moving", "Every month")
    assert SavedFilters(settings).first == "Every month"
    assert SavedFilters(settings).to_begin_with() == MOVING
    saved.delete("Every month")
    saved.save("Every month", MOVING)
    assert SavedFilters(settings).first is None


@pytest.mark.parametrize(
    "stored",
    [
        "not JSON", "[]", '{"March": 1}', '{"March": {"filter": {"colour": "blue"}}}',
        '{"March": {"filter": {"month": "13"}}}', '{"March": {"filter": {}, "period": "next_year"}}',
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_left_out(settings: QSettings, stored: str) -> None:
    settings.setValue("log/saved_filters", stored)
    settings.setValue("log/filter", stored)
    assert SavedFilters(settings).names == ()
    assert SavedFilters(settings).to_begin_with() == FilterChoice()
