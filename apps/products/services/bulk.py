"""Many prices and SKUs at once, in a number of statements that does not grow with them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.common import sql
from apps.common.money import MAX_AMOUNT
from apps.products.services.catalogue import (
    CatalogueMoved,
    PriceOutOfRange,
    base_price_list,
)


@dataclass(frozen=True, slots=True)
class GivenPrice:
    """A unit price in minor units; an empty ``price_list`` is the base list."""

    sku: str
    price_list: str
    amount: int


@dataclass(frozen=True, slots=True)
class GivenSku:
    """A SKU with its product as both are to be; ``barcodes`` None leaves them, else it is all of them."""

    code: str
    product: str
    name: str
    name_en: str
    category: str
    unit: str
    is_active: bool
    barcodes: tuple[str, ...] | None


KEEP_PRICES = """
WITH given AS MATERIALIZED (
    SELECT sku.id AS sku_id, list.id AS price_list_id, line.amount
    FROM unnest(%(sku)s::text[], %(price_list)s::text[], %(amount)s::bigint[])
        AS line (sku, price_list, amount)
    JOIN products_sku sku ON sku.code = line.sku
    JOIN products_pricelist list ON list.code = line.price_list
        OR (line.price_list = '' AND list.is_base)
), kept AS (
    INSERT INTO products_price AS price (sku_id, price_list_id, amount)
    SELECT sku_id, price_list_id, amount FROM given ORDER BY sku_id, price_list_id
    ON CONFLICT (sku_id, price_list_id) DO UPDATE SET amount = EXCLUDED.amount
    WHERE price.amount <> EXCLUDED.amount
    RETURNING 1
)
SELECT (SELECT count(*) FROM given), (SELECT count(*) FROM kept)
"""

LOCK_PRODUCTS = """
SELECT id FROM products_product WHERE code = ANY(%(products)s) OR id IN (
    SELECT product_id FROM products_sku WHERE code = ANY(%(skus)s)
) ORDER BY id FOR NO KEY UPDATE
"""
LOCK_SKUS = "SELECT id FROM products_sku WHERE code = ANY(%(skus)s) ORDER BY id FOR NO KEY UPDATE"
LOCK_PRICES = """
SELECT price.id FROM products_price price JOIN products_sku sku ON sku.id = price.sku_id
WHERE sku.code = ANY(%(skus)s) ORDER BY price.sku_id, price.price_list_id FOR NO KEY UPDATE OF price
"""

KEEP_PRODUCTS = """
WITH given AS MATERIALIZED (
    SELECT DISTINCT ON (line.code) line.code, line.name, line.name_en, category.id AS category_id
    FROM unnest(%(product)s::text[], %(name)s::text[], %(name_en)s::text[], %(category)s::text[])
        AS line (code, name, name_en, category)
    JOIN products_category category ON category.code = line.category
    ORDER BY line.code
), kept AS (
    INSERT INTO products_product AS product (code, name, name_en, category_id, brand)
    SELECT code, name, name_en, category_id, '' FROM given ORDER BY code
    ON CONFLICT (code) DO UPDATE
    SET name = EXCLUDED.name, name_en = EXCLUDED.name_en, category_id = EXCLUDED.category_id
    WHERE (product.name, product.name_en, product.category_id)
        IS DISTINCT FROM (EXCLUDED.name, EXCLUDED.name_en, EXCLUDED.category_id)
    RETURNING 1
)
SELECT (SELECT count(*) FROM given), (SELECT count(*) FROM kept)
"""

KEEP_SKUS = """
WITH given AS MATERIALIZED (
    SELECT line.code, line.unit, line.is_active, product.id AS product_id
    FROM unnest(%(code)s::text[], %(product)s::text[], %(unit)s::text[], %(is_active)s::boolean[])
        AS line (code, product, unit, is_active)
    JOIN products_product product ON product.code = line.product
), kept AS (
    INSERT INTO products_sku AS sku (product_id, code, option, unit, is_active)
    SELECT product_id, code, '', unit, is_active FROM given ORDER BY code
    ON CONFLICT (code) DO UPDATE SET product_id = EXCLUDED.product_id, unit = EXCLUDED.unit,
        is_active = EXCLUDED.is_active
    WHERE (sku.product_id, sku.unit, sku.is_active)
        IS DISTINCT FROM (EXCLUDED.product_id, EXCLUDED.unit, EXCLUDED.is_active)
    RETURNING 1
)
SELECT (SELECT count(*) FROM given), (SELECT count(*) FROM kept)
"""

DROP_BARCODES = """
DELETE FROM products_barcode barcode USING products_sku sku
WHERE sku.id = barcode.sku_id AND sku.code = ANY(%(told)s) AND NOT EXISTS (
    SELECT FROM unnest(%(skus)s::text[], %(barcodes)s::text[]) AS line (sku, barcode)
    WHERE line.sku = sku.code AND line.barcode = barcode.code
)
"""
ADD_BARCODES = """
INSERT INTO products_barcode (sku_id, code)
SELECT sku.id, line.barcode
FROM unnest(%(skus)s::text[], %(barcodes)s::text[]) AS line (sku, barcode)
JOIN products_sku sku ON sku.code = line.sku
WHERE NOT EXISTS (
    SELECT FROM products_barcode old WHERE old.sku_id = sku.id AND old.code = line.barcode
)
ORDER BY line.barcode
"""


def lock_prices_of(codes: Sequence[str]) -> None:
    """What these SKUs cost stays as it is until the transaction ends. One statement."""
    sql.rows(LOCK_PRICES, {"skus": list(codes)})


def lock_skus(codes: Sequence[str], *, products: Sequence[str]) -> None:
    """These SKUs, their products and ``products`` stay as they are until the transaction ends."""
    sql.rows(LOCK_PRODUCTS, {"skus": list(codes), "products": list(products)})
    sql.rows(LOCK_SKUS, {"skus": list(codes)})


def set_prices(actor: Actor, given: Sequence[GivenPrice]) -> int:
    """Set unit prices, each SKU and list once; how many were new or differed. One audit line.

    Raises PriceOutOfRange, CatalogueMoved (a SKU or list is not there).
    """
    if not given:
        return 0
    with accounts.noting(actor, under="products.change_price"), transaction.atomic():
        kept = _keep_prices(given)
        accounts.record(
            actor,
            "products.set_prices",
            target=("import", "products.prices"),
            changes={"rows": len(given), "set": kept},
            under="products.change_price",
        )
    return kept


def _keep_prices(given: Sequence[GivenPrice]) -> int:
    amounts = [one.amount for one in given]
    if not 0 <= min(amounts) <= max(amounts) <= MAX_AMOUNT:
        raise PriceOutOfRange
    if any(not one.price_list for one in given):
        base_price_list()
    parameters = {
        name: [getattr(one, name) for one in given] for name in ("sku", "price_list", "amount")
    }
    return _all_found(KEEP_PRICES, parameters, wanted=len(given))


def keep_skus(actor: Actor, given: Sequence[GivenSku], *, prices: Sequence[GivenPrice]) -> int:
    """Create SKUs with their products, or make them as given; how many SKUs were new or differed.

    A product that several SKUs name is given alike by all of them. ``prices`` are prices of these
    SKUs. One audit line. Raises CatalogueMoved (a category is not there), PriceOutOfRange;
    IntegrityError where a barcode is another SKU's.
    """
    if not given:
        return 0
    names = ("code", "product", "name", "name_en", "category", "unit", "is_active")
    parameters = {name: [getattr(one, name) for one in given] for name in names}
    with accounts.noting(actor, under="products.manage"), transaction.atomic():
        _all_found(KEEP_PRODUCTS, parameters, wanted=len({one.product for one in given}))
        kept = _all_found(KEEP_SKUS, parameters, wanted=len(given))
        _keep_barcodes(given)
        priced = _keep_prices(prices) if prices else 0
        accounts.record(
            actor,
            "products.keep_skus",
            target=("import", "products.skus"),
            changes={"rows": len(given), "skus": kept, "prices": priced},
            under="products.manage",
        )
    return kept


def _keep_barcodes(given: Sequence[GivenSku]) -> None:
    told = [one for one in given if one.barcodes is not None]
    pairs = [(one.code, barcode) for one in told for barcode in one.barcodes or ()]
    lines = {
        "skus": [sku for sku, _barcode in pairs],
        "barcodes": [barcode for _sku, barcode in pairs],
    }
    sql.rows(DROP_BARCODES, {"told": [one.code for one in told], **lines})
    sql.rows(ADD_BARCODES, lines)


def _all_found(statement: str, parameters: dict[str, list[object]], *, wanted: int) -> int:
    found, kept = sql.rows(statement, parameters)[0]
    if found < wanted:
        raise CatalogueMoved(count=wanted - found)
    return int(kept)
