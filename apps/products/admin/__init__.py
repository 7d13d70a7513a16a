"""Head office: the catalogue and what it costs."""

# The sidebar shows them in this order: products before their SKUs.
from apps.products.admin import products

# isort: split
from apps.products.admin import (
    attributes,
    catalogue,
    categories,
    costs,
    guards,
    identifiers,
    price_lists,
    prices,
    taxes,
)

# isort: split
from apps.products.admin import assortment

__all__ = [
    "assortment",
    "attributes",
    "catalogue",
    "categories",
    "costs",
    "guards",
    "identifiers",
    "price_lists",
    "prices",
    "products",
    "taxes",
]
