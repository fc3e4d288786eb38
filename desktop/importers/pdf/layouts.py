"""The layouts that are known. A fourth one is one module with `NAME` and `find`, and its name here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from desktop.domain.imports import DateOrder
from desktop.domain.products import ProductTable
from desktop.importers.pdf import packing_slip, sales_order, shipping_label
from desktop.importers.pdf.documents import Found
from desktop.importers.pdf.grid import TextLine


class Layout(Protocol):
    """A module that knows one kind of document."""

    NAME: str

    @staticmethod
    def find(lines: Sequence[TextLine], table: ProductTable, dates: DateOrder) -> Found:
        """Its documents among the lines of one reading direction of one page; never raises for what they say."""


LAYOUTS: tuple[Layout, ...] = (packing_slip, sales_order, shipping_label)  # type: ignore[assignment]
