"""Order numbers of our own for shipments that came without one: `MAN-YYYYMMDD-NNNN`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from desktop.services.log_query import ENTRY

_FORM = re.compile(r"MAN-[0-9]{8}-[0-9]{4,}")
_NUMBERS_PER_QUERY = 500


def free_numbers(session: Session, day: date, count: int) -> tuple[str, ...]:
    """The next `count` free numbers of a day; under the write lock nobody else can take them."""
    prefix = f"MAN-{day:%Y%m%d}-"
    taken = session.scalars(select(ENTRY.order_number).where(ENTRY.order_number.like(f"{prefix}%"))).all()
    numbers = [int(number) for order in taken if (number := order.removeprefix(prefix)).isdecimal()]
    first = max(numbers, default=0) + 1
    return tuple(f"{prefix}{number:04d}" for number in range(first, first + count))


def taken_numbers(session: Session, order_numbers: Iterable[str]) -> frozenset[str]:
    """Which of these order numbers are of our form and in the log."""
    wanted = sorted(filter(_FORM.fullmatch, set(order_numbers)))
    taken: set[str] = set()
    for start in range(0, len(wanted), _NUMBERS_PER_QUERY):
        part = wanted[start : start + _NUMBERS_PER_QUERY]
        taken.update(session.scalars(select(ENTRY.order_number).where(ENTRY.order_number.in_(part)).distinct()))
    return frozenset(taken)
