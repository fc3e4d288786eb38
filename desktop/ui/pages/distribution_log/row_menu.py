"""The menu of a row: copy, and narrow the filter to what the row says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from PySide6.QtWidgets import QMenu

from desktop.domain.distributions import DistributionEntry
from desktop.domain.filters import DistributionFilter
from desktop.domain.periods import FilterChoice
from desktop.ui.formats import shown_date
from desktop.ui.tables.filter_bar import FilterBar

_LETTERS = 40


class _Narrower(NamedTuple):
    """One offer: the name its action is found by, what it says, and what it changes in the filter."""

    name: str
    text: str
    changes: dict[str, Any]


def add_narrowers(
    menu: QMenu, entry: DistributionEntry, bar: FilterBar, only_customer: Callable[[str], object]
) -> None:
    """Offers to narrow the filter of `bar` to the lot, facility, order, customer, day or month of an entry."""
    for offer in _offers(entry):
        action = menu.addAction(_short(offer.text))
        action.setObjectName(offer.name)
        action.triggered.connect(lambda _checked=False, changes=offer.changes: _narrow(bar, changes))
        if offer.name == "onlyThisOrder" and entry.customer_name is not None:
            customer = menu.addAction(_short(f"Only customer {entry.customer_name}"))
            customer.setObjectName("onlyThisCustomer")
            customer.triggered.connect(lambda _checked=False, name=entry.customer_name: only_customer(name))


def _offers(entry: DistributionEntry) -> Iterator[_Narrower]:
    no_days = {"month": None, "date_from": None, "date_to": None}
    day, month = entry.ship_date, f"{entry.ship_date:%Y-%m}"
    yield _Narrower("onlyThisLot", f"Only lot {entry.lot_number}", {"lot_number": entry.lot_number})
    yield _Narrower("onlyThisFacility", f"Only facility {entry.facility_name}", {"facility_name": entry.facility_name})
    yield _Narrower("onlyThisOrder", f"Only order {entry.order_number}", {"order_number": entry.order_number})
    yield _Narrower("onlyThisDay", f"Only {shown_date(day)}", no_days | {"date_from": day, "date_to": day})
    yield _Narrower("onlyThisMonth", f"Only {DistributionFilter(month=month).in_words()}", no_days | {"month": month})


def _narrow(bar: FilterBar, changes: dict[str, Any]) -> None:
    period = None if "month" in changes else bar.choice.period
    bar.set_choice(FilterChoice(replace(bar.choice.filter, **changes), period))


def _short(text: str) -> str:
    shown = text if len(text) <= _LETTERS else f"{text[:_LETTERS]}…"
    return shown.replace("&", "&&")
