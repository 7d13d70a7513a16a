"""The catalogue: SKUs, what they cost, and the first load of many."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.common import sql
from apps.common.errors import Conflict, Unprocessable
from apps.common.money import MAX_AMOUNT
from apps.products.models import Barcode, Category, Price, PriceList, Product, Sku

BASE_PRICE_LIST = "BASE"


class PriceOutOfRange(Unprocessable):
    code = "price_out_of_range"
    message = _("A price lies between 0 and 10^12 minor units.")


class UnknownCategory(Unprocessable):
    code = "unknown_category"
    message = _("%(count)s products name a category that does not exist.")


class CatalogueMoved(Conflict):
    code = "catalogue_moved"
    message = _("%(count)s rows name a SKU, a price list or a category that is no longer there.")


def base_price_list() -> PriceList:
    """The one base list, made at first use."""
    price_list, _created = PriceList.objects.get_or_create(
        is_base=True, defaults={"code": BASE_PRICE_LIST, "name": "基础价", "name_en": "Base prices"}
    )
    return price_list


def create_sku(
    *,
    code: str,
    name: str,
    name_en: str,
    category: Category,
    unit: str = Sku.Unit.EACH,
    barcodes: Sequence[str] = (),
) -> Sku:
    """A product with a single SKU of the same code."""
    product = Product.objects.create(code=code, name=name, name_en=name_en, category=category)
    sku = Sku.objects.create(product=product, code=code, unit=unit)
    Barcode.objects.bulk_create(Barcode(sku=sku, code=barcode) for barcode in barcodes)
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
        %(brand)s::text[], %(unit)s::text[], %(barcode)s::text[], %(price)s::bigint[])
        AS line (code, name, name_en, category, brand, unit, barcode, price)
    JOIN products_category category ON category.code = line.category
), new_product AS (
    INSERT INTO products_product (code, name, name_en, category_id, brand)
    SELECT code, name, name_en, category_id, brand FROM given ORDER BY code
    RETURNING id, code
), new_sku AS (
    INSERT INTO products_sku (product_id, code, option, unit, is_active)
    SELECT new_product.id, code, '', given.unit, true FROM new_product JOIN given USING (code)
    ORDER BY new_product.id
    RETURNING id, code
), new_barcode AS (
    INSERT INTO products_barcode (sku_id, code)
    SELECT new_sku.id, given.barcode FROM new_sku JOIN given USING (code)
    WHERE given.barcode <> '' ORDER BY new_sku.id
), new_price AS (
    INSERT INTO products_price (price_list_id, sku_id, amount)
    SELECT %(price_list)s, new_sku.id, given.price FROM new_sku JOIN given USING (code)
    ORDER BY new_sku.id
)
SELECT count(*) FROM new_sku
"""


def import_skus(actor: Actor, given: Sequence[ImportedSku]) -> int:
    """Create many products with SKU, barcode and base price; how many. One statement.

    Raises PriceOutOfRange; IntegrityError if a code exists; UnknownCategory.
    """
    prices = [one.price for one in given]
    if prices and not 0 <= min(prices) <= max(prices) <= MAX_AMOUNT:
        raise PriceOutOfRange
    columns = ("code", "name", "name_en", "category", "brand", "unit", "barcode", "price")
    parameters = {column: [getattr(one, column) for one in given] for column in columns}
    with accounts.noting(actor, under="products.manage"), transaction.atomic():
        created = int(sql.rows(IMPORT, {**parameters, "price_list": base_price_list().pk})[0][0])
        if created < len(given):
            raise UnknownCategory(count=len(given) - created)
        accounts.record(
            actor, "products.import", target=("import", "products"), changes={"created": created}
        )
    return created


def set_base_price(actor: Actor, *, sku: Sku, amount: int) -> Price:
    """Set the base unit price of ``sku`` in minor units. Raises PriceOutOfRange."""
    if not 0 <= amount <= MAX_AMOUNT:
        raise PriceOutOfRange(fields={"amount": amount})
    price_list = base_price_list()
    with accounts.noting(actor, under="products.change_price"), transaction.atomic():
        before = Price.objects.filter(sku=sku, price_list=price_list).values_list("amount").first()
        price, _created = Price.objects.update_or_create(
            sku=sku, price_list=price_list, defaults={"amount": amount}
        )
        accounts.record(
            actor,
            "products.set_price",
            target=("sku", sku.code),
            changes={"base_price": [before[0] if before else None, amount]},
            under="products.change_price",
        )
    return price
