"""In which order a column writes day and month, judged over the whole column."""

from __future__ import annotations

from collections.abc import Set
from datetime import date

from desktop.domain.distributions import is_blank, read_ship_date
from desktop.domain.imports import DateOrder


class DateEvidence:
    """Gathers what the distinct texts of a date column prove.

    A date with slashes proves an order when the other order makes no real date of it. `blank` holds the texts that
    show nothing, as they were met.
    """

    # Bounds of memory for files of garbage; a text that is not remembered is judged again.
    _REMEMBERED = 20_000
    _LONGEST = 40  # characters

    def __init__(self) -> None:
        self.blank: set[str] = set()
        self._seen: set[str] = set()
        self._ordered = False
        self._ambiguous: str | None = None
        self._proofs: dict[DateOrder, str] = {}

    def add(self, texts: Set[str]) -> None:
        """Takes in the texts of some rows; those met before cost nothing."""
        for text in texts - self._seen:
            if is_blank(text):
                self.blank.add(text)
            else:
                self._judge(text)
        if len(self._seen) < self._REMEMBERED:
            self._seen.update(text for text in texts if len(text) <= self._LONGEST)

    @property
    def order(self) -> DateOrder | None:
        """ISO when no date needs an order; None when none is proved, or both are."""
        if len(self._proofs) == 1:
            return next(iter(self._proofs))
        return DateOrder.ISO if self._ordered and not self._proofs and self._ambiguous is None else None

    @property
    def contradiction(self) -> str | None:
        """A sentence when the column proves both orders, else None."""
        if len(self._proofs) < 2:
            return None
        return (
            f"The dates contradict each other: “{self._proofs[DateOrder.MDY]}” has the month first, "
            f"“{self._proofs[DateOrder.DMY]}” the day."
        )

    def _judge(self, text: str) -> None:
        if read_ship_date(text, None, date.max).value is not None:
            self._ordered = True
            return
        orders = [
            order for order in (DateOrder.MDY, DateOrder.DMY) if read_ship_date(text, order, date.max).value is not None
        ]
        if len(orders) == 1:
            self._proofs.setdefault(orders[0], text.strip())
        elif orders:
            self._ambiguous = text
