"""Writes of the product center."""

from apps.products.services.bulk import (
    GivenPrice,
    GivenSku,
    keep_skus,
    lock_prices_of,
    lock_skus,
    set_prices,
)
from apps.products.services.catalogue import (
    BASE_PRICE_LIST,
    CatalogueMoved,
    ImportedSku,
    PriceOutOfRange,
    UnknownCategory,
    base_price_list,
    create_sku,
    import_skus,
    set_base_price,
)

__all__ = [
    "BASE_PRICE_LIST",
    "CatalogueMoved",
    "GivenPrice",
    "GivenSku",
    "ImportedSku",
    "PriceOutOfRange",
    "UnknownCategory",
    "base_price_list",
    "create_sku",
    "import_skus",
    "keep_skus",
    "lock_prices_of",
    "lock_skus",
    "set_base_price",
    "set_prices",
]
