"""Prices and SKUs as spreadsheets."""

from apps.products.files.prices import PRICES, apply_prices, check_prices
from apps.products.files.skus import SKUS, apply_skus, check_skus

IMPORTS = (PRICES, SKUS)

__all__ = [
    "IMPORTS", "PRICES", "SKUS", "apply_prices", "apply_skus", "check_prices", "check_skus",
]  # fmt: skip
