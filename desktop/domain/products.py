"""The catheters that are shipped. Source: the traceability plan's `ck_distribution_log_sku`."""

from __future__ import annotations

from typing import NamedTuple


class Product(NamedTuple):
    """One stock-keeping unit; `french` is the outer diameter on the French scale (1 Fr = 1/3 mm)."""

    sku: str
    french: int


PRODUCTS = (Product("211810SPT", 18), Product("211610SPT", 16), Product("211410SPT", 14))
SKUS = tuple(product.sku for product in PRODUCTS)
