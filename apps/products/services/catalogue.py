"""The catalogue: SKUs, what they cost, and the first load of many."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.common import clock, sql
from apps.common.errors import Unprocessable
from apps.common.money import MAX_AMOUNT
from apps.products.models import Category, Product, Sku
from apps.products.search_text import search_text_of
from apps.products.services.barcodes import give_barcodes, known_barcodes
from apps.products.services.prices import PriceOutOfRange, base_price_list, set_price
from apps.products.services.search_text import save_product


class UnknownCategory(Unprocessable):
    code = "unknown_category"
    message = _("%(count)s products name a category that does not exist.")


def create_sku(
    *,
    code: str,
    name: str,
    name_en: str,
    category: Category,
    unit: str = Sku.Unit.EACH,
    barcodes: Sequence[str] = (),
) -> Sku:
    """A product with a single SKU of the same code. Raises BarcodeInvalid, BarcodeCheckDigit."""
    product = Product(code=code, name=name, name_en=name_en, category=category)
    save_product(product)
    sku = Sku.objects.create(product=product, code=code, unit=unit)
    give_barcodes(sku, barcodes)
    return sku


@dataclass(frozen=True, slots=True)
class ImportedSku:
    """A product with a single SKU of the same code; ``price`` is its base price in minor units."""

    code: str
    name: str
    name_en: str
    category: str
    brand: str
    unit: str
    barcode: str
    price: int


IMPORT = """
WITH given AS MATERIALIZED (
    SELECT line.*, category.id AS category_id
    FROM unnest(%(code)s::text[], %(name)s::text[], %(name_en)s::text[], %(category)s::text[],
        %(brand)s::text[], %(unit)s::text[], %(barcode)s::text[], %(price)s::bigint[],
        %(search_text)s::text[], %(kind)s::text[])
        AS line (code, name, name_en, category, brand, unit, barcode, price, search_text, kind)
    JOIN products_category category ON category.code = line.category
), new_product AS (
    INSERT INTO products_product (code, name, name_en, category_id, brand, search_text)
    SELECT code, name, name_en, category_id, brand, search_text FROM given ORDER BY code
    RETURNING id, code
), new_sku AS (
    INSERT INTO products_sku (product_id, code, option, unit, is_active)
    SELECT new_product.id, code, '', given.unit, true FROM new_product JOIN given USING (code)
    ORDER BY new_product.id
    RETURNING id, code
), new_barcode AS (
    INSERT INTO products_barcode (sku_id, code, kind)
    SELECT new_sku.id, given.barcode, given.kind FROM new_sku JOIN given USING (code)
    WHERE given.barcode <> '' ORDER BY new_sku.id
), new_price AS (
    INSERT INTO products_price (price_list_id, sku_id, amount, starts_at, set_at, set_by, reason)
    SELECT %(price_list)s, new_sku.id, given.price, %(now)s, %(now)s, %(by)s, '' FROM new_sku JOIN given USING (code)
    ORDER BY new_sku.id
)
SELECT count(*) FROM new_sku
"""


def import_skus(actor: Actor, given: Sequence[ImportedSku]) -> int:
    """Create many products with SKU, barcode and base price; how many. One statement, another where
    barcodes may be those of weighed goods. One whose check digit is wrong is kept as the shop's own.

    Raises PriceOutOfRange; IntegrityError if a code exists; UnknownCategory.
    """
    prices = [one.price for one in given]
    if prices and not 0 <= min(prices) <= max(prices) <= MAX_AMOUNT:
        raise PriceOutOfRange
    columns = ("code", "name", "name_en", "category", "brand", "unit", "price")
    parameters = {column: [getattr(one, column) for one in given] for column in columns}
    parameters["search_text"] = [search_text_of(one.name, one.name_en, one.brand) for one in given]
    barcodes = known_barcodes(one.barcode for one in given)
    parameters["barcode"] = [one.code for one in barcodes]
    parameters["kind"] = [one.kind for one in barcodes]
    with accounts.noting(actor, under="products.manage"), transaction.atomic():
        said = {"price_list": base_price_list().pk, "now": clock.now(), "by": actor.label[:64]}
        created = int(sql.rows(IMPORT, {**parameters, **said})[0][0])
        if created < len(given):
            raise UnknownCategory(count=len(given) - created)
        accounts.record(
            actor, "products.import", target=("import", "products"), changes={"created": created}
        )
    return created


def set_base_price(actor: Actor, *, sku: Sku, amount: int) -> None:
    """Have the base unit price of ``sku`` be ``amount`` minor units from now on.

    Raises PriceOutOfRange, PriceOutsideGuard.
    """
    with accounts.noting(actor, under="products.change_price"):
        set_price(actor, sku=sku.code, amount=amount)
