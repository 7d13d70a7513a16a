"""What rows of a file are judged by: the catalogue as it is, a page of codes at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from apps.common import clock, sql
from apps.products.models import Barcode, PriceList
from apps.products.selectors.catalogue import Row


@dataclass(frozen=True, slots=True)
class SkuState:
    """A SKU with its product as a file may give it; ``base_price`` in minor units or None."""

    code: str
    product: str
    unit: str
    is_active: bool
    barcodes: tuple[str, ...]
    base_price: int | None


@dataclass(frozen=True, slots=True)
class ProductState:
    """A product as a file may give it."""

    code: str
    name: str
    name_en: str
    category: str


SKU_STATES = """
SELECT sku.code, product.code, sku.unit, sku.is_active,
    ARRAY(SELECT code FROM products_barcode WHERE sku_id = sku.id ORDER BY code),
    (SELECT price.amount FROM products_price price JOIN products_pricelist list
        ON list.id = price.price_list_id AND list.is_base
        WHERE price.sku_id = sku.id AND price.starts_at <= %(at)s
        ORDER BY price.starts_at DESC LIMIT 1)
FROM products_sku sku JOIN products_product product ON product.id = sku.product_id
WHERE sku.code = ANY(%(codes)s)
"""
PRODUCT_STATES = """
SELECT product.code, product.name, product.name_en, category.code
FROM products_product product JOIN products_category category ON category.id = product.category_id
WHERE product.code = ANY(%(codes)s)
"""
PRICES_ON_LISTS = """
SELECT sku.code, list.code, list.is_base, price.amount
FROM products_sku sku
CROSS JOIN products_pricelist list
JOIN LATERAL (
    SELECT amount FROM products_price price
    WHERE price.sku_id = sku.id AND price.price_list_id = list.id AND price.starts_at <= %(at)s
    ORDER BY price.starts_at DESC LIMIT 1
) price ON price.amount IS NOT NULL
WHERE sku.code = ANY(%(skus)s) AND (list.code = ANY(%(lists)s) OR list.is_base)
"""


def sku_states(codes: Sequence[str]) -> dict[str, SkuState]:
    """The SKUs of these codes, on sale or not, by code. One statement."""
    found = sql.rows(SKU_STATES, {"codes": list(codes), "at": clock.now()})
    return {
        code: SkuState(code, product, unit, is_active, tuple(barcodes), price)
        for code, product, unit, is_active, barcodes, price in found
    }


def product_states(codes: Sequence[str]) -> dict[str, ProductState]:
    """The products of these codes, by code. One statement."""
    found = sql.rows(PRODUCT_STATES, {"codes": list(codes)})
    return {line[0]: ProductState(*line) for line in found}


def prices_on_lists(
    skus: Sequence[str], lists: Sequence[str], *, at: datetime
) -> dict[tuple[str, str], int]:
    """Amounts by SKU code and list code, those of the base list also by an empty one. One statement."""
    found: dict[tuple[str, str], int] = {}
    for sku, price_list, is_base, amount in sql.rows(
        PRICES_ON_LISTS, {"skus": list(skus), "lists": list(lists), "at": at}
    ):
        found[sku, price_list] = amount
        if is_base:
            found[sku, ""] = amount
    return found


def list_names(codes: Iterable[str]) -> dict[str, str]:
    """The names of price lists by code, in the reader's language. One statement, none for no code."""
    wanted = set(codes)
    rows = PriceList.objects.filter(code__in=wanted) if wanted else ()
    return {row.code: row.display_name for row in rows}


def base_list_code() -> str:
    """The code of the base price list; empty before the first price."""
    return PriceList.objects.filter(is_base=True).values_list("code", flat=True).first() or ""


def known_codes(model: type[Row], codes: Sequence[str]) -> set[str]:
    """Which of these codes there are among categories, SKUs or price lists. One statement."""
    return set(model._default_manager.filter(code__in=set(codes)).values_list("code", flat=True))


def owners_of_barcodes(barcodes: Sequence[str]) -> dict[str, str]:
    """The SKU code of each barcode that leads to one. One statement."""
    return dict(Barcode.objects.filter(code__in=set(barcodes)).values_list("code", "sku__code"))
