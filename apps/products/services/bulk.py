"""Many prices and SKUs at once, in a number of statements that does not grow with them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.common import sql
from apps.products.search_text import search_text_of
from apps.products.services.barcodes import known_barcodes
from apps.products.services.prices import LOCK_SKUS, CatalogueMoved, GivenPrice, keep_prices
from apps.products.services.search_text import lock_brands


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


LOCK_PRODUCTS = """
SELECT id FROM products_product WHERE code = ANY(%(products)s) OR id IN (
    SELECT product_id FROM products_sku WHERE code = ANY(%(skus)s)
) ORDER BY id FOR NO KEY UPDATE
"""
KEEP_PRODUCTS = """
WITH given AS MATERIALIZED (
    SELECT DISTINCT ON (line.code) line.code, line.name, line.name_en, category.id AS category_id,
        line.search_text
    FROM unnest(%(product)s::text[], %(name)s::text[], %(name_en)s::text[], %(category)s::text[],
        %(search_text)s::text[]) AS line (code, name, name_en, category, search_text)
    JOIN products_category category ON category.code = line.category
    ORDER BY line.code
), kept AS (
    INSERT INTO products_product AS product
        (code, name, name_en, category_id, brand, search_text, status)
    SELECT code, name, name_en, category_id, '', search_text, 'draft' FROM given ORDER BY code
    ON CONFLICT (code) DO UPDATE SET name = EXCLUDED.name, name_en = EXCLUDED.name_en,
        category_id = EXCLUDED.category_id, search_text = EXCLUDED.search_text
    WHERE (product.name, product.name_en, product.category_id, product.search_text)
        IS DISTINCT FROM (EXCLUDED.name, EXCLUDED.name_en, EXCLUDED.category_id, EXCLUDED.search_text)
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
INSERT INTO products_barcode (sku_id, code, kind)
SELECT sku.id, line.barcode, line.kind
FROM unnest(%(skus)s::text[], %(barcodes)s::text[], %(kinds)s::text[]) AS line (sku, barcode, kind)
JOIN products_sku sku ON sku.code = line.sku
WHERE NOT EXISTS (
    SELECT FROM products_barcode old WHERE old.sku_id = sku.id AND old.code = line.barcode
)
ORDER BY line.barcode
"""


def lock_skus(codes: Sequence[str], *, products: Sequence[str]) -> None:
    """These SKUs, their products and ``products`` stay as they are until the transaction ends."""
    sql.rows(LOCK_PRODUCTS, {"skus": list(codes), "products": list(products)})
    sql.rows(LOCK_SKUS, {"skus": list(codes)})


def keep_skus(actor: Actor, given: Sequence[GivenSku], *, prices: Sequence[GivenPrice]) -> int:
    """Create SKUs with their products, or make them as given; how many SKUs were new or differed.

    A product that several SKUs name is given alike by all of them; a new one is a draft. ``prices``
    are prices of these SKUs. One audit line. Raises CatalogueMoved (a category is not there),
    PriceOutOfRange; IntegrityError where a barcode is another SKU's.
    """
    if not given:
        return 0
    names = ("code", "product", "name", "name_en", "category", "unit", "is_active")
    parameters = {name: [getattr(one, name) for one in given] for name in names}
    with accounts.noting(actor, under="products.manage"), transaction.atomic():
        brands = lock_brands([one.product for one in given])
        parameters["search_text"] = [
            search_text_of(one.name, one.name_en, brands.get(one.product, "")) for one in given
        ]
        _all_found(KEEP_PRODUCTS, parameters, wanted=len({one.product for one in given}))
        kept = _all_found(KEEP_SKUS, parameters, wanted=len(given))
        _keep_barcodes(given)
        priced = keep_prices(actor, prices) if prices else 0
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
    kinds = [one.kind for one in known_barcodes(lines["barcodes"])]
    sql.rows(ADD_BARCODES, lines | {"kinds": kinds})


def _all_found(statement: str, parameters: dict[str, list[object]], *, wanted: int) -> int:
    found, kept = sql.rows(statement, parameters)[0]
    if found < wanted:
        raise CatalogueMoved(count=wanted - found)
    return int(kept)
