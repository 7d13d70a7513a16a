"""Reads of the product center."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Model, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from apps.accounts.actor import Actor
from apps.common import sql
from apps.common.errors import Missing, Unprocessable
from apps.products.models import Barcode, Price, PriceList, Sku

Row = TypeVar("Row", bound=Model)


class UnknownSku(Unprocessable):
    code = "unknown_sku"
    message = _("There is no such SKU on sale: %(skus)s.")


class SkuNotPriced(Unprocessable):
    code = "sku_not_priced"
    message = _("There is no price for: %(skus)s.")


class SkuNotFound(Missing):
    code = "sku_not_found"
    message = _("There is no such SKU.")


@dataclass(frozen=True, slots=True)
class SkuPrice:
    """A SKU with the price that holds for it, as one sale needs it. ``amount`` in minor units."""

    sku_id: int
    code: str
    name: str
    unit: str
    amount: int
    price_list: str


PRICES = """
SELECT sku.id, sku.code, product.name, sku.unit, price.amount, list.code
FROM products_sku sku
JOIN products_product product ON product.id = sku.product_id
LEFT JOIN (products_price price JOIN products_pricelist list
           ON list.id = price.price_list_id AND list.is_base) ON price.sku_id = sku.id
WHERE sku.code = ANY(%(codes)s) AND sku.is_active
"""


def require_prices(codes: Sequence[str]) -> dict[str, SkuPrice]:
    """The base price of each SKU code. One statement for any number of codes.

    Raises UnknownSku (also for SKUs that are not on sale), SkuNotPriced.
    """
    found = {line[1]: SkuPrice(*line) for line in sql.rows(PRICES, {"codes": list(set(codes))})}
    unknown = sorted(set(codes) - found.keys())
    if unknown:
        raise UnknownSku(fields={"lines": unknown}, skus=", ".join(unknown[:10]))
    unpriced = sorted(code for code, price in found.items() if price.amount is None)
    if unpriced:
        raise SkuNotPriced(fields={"lines": unpriced}, skus=", ".join(unpriced[:10]))
    return found


def skus_visible_to(actor: Actor) -> QuerySet[Sku]:
    """The catalogue is the brand's: every actor who may see products sees all of it."""
    if not actor.may("products.see"):
        return Sku.objects.none()
    return Sku.objects.all()


def skus_with_base_price(skus: QuerySet[Sku]) -> QuerySet[Sku]:
    """The same SKUs with product and category joined and ``base_price`` (minor units or None)."""
    base = Price.objects.filter(sku=OuterRef("pk"), price_list__is_base=True).values("amount")
    return skus.select_related("product__category").annotate(base_price=Subquery(base))


def search(skus: QuerySet[Sku], text: str) -> QuerySet[Sku]:
    """SKUs by exact code or barcode, or by a part of the product's name in either language."""
    text = text.strip()
    return skus.filter(
        Q(code=text.upper())
        | Q(pk__in=Barcode.objects.filter(code=text).values("sku"))
        | Q(product__name__icontains=text)
        | Q(product__name_en__icontains=text)
    )


def with_key(skus: QuerySet[Sku], text: str) -> QuerySet[Sku]:
    """The SKUs of exactly this code, in capitals or as typed, or of this barcode.

    A scanner may leave out the leading 0 that makes a UPC an EAN, or add it.
    """
    codes = {text, text.upper()}
    barcodes = {text, f"0{text}", text.removeprefix("0")} if text.isdigit() else codes
    by_code = Sku.objects.filter(code__in=codes).values_list("pk", flat=True)
    by_barcode = Barcode.objects.filter(code__in=barcodes).values_list("sku_id", flat=True)
    return skus.filter(pk__in=by_code.union(by_barcode, all=True))


def require_sku(actor: Actor, code: str) -> Sku:
    """One SKU with product, category, barcodes and ``base_price``. Raises SkuNotFound."""
    rows = skus_with_base_price(skus_visible_to(actor)).prefetch_related("barcodes")
    found = rows.filter(code=code).first()
    if found is None:
        raise SkuNotFound(fields={"sku": code})
    return found


CATEGORY_AND_BELOW = """
WITH RECURSIVE below AS (
    SELECT id FROM products_category WHERE code = %(code)s
    UNION
    SELECT child.id FROM products_category child JOIN below ON child.parent_id = below.id
)
SELECT id FROM below
"""


def category_and_below(code: str) -> list[int]:
    """Ids of a category and of everything below it; none for an unknown code. One statement."""
    return [line[0] for line in sql.rows(CATEGORY_AND_BELOW, {"code": code})]


def catalogue_rows(actor: Actor, rows: QuerySet[Row]) -> QuerySet[Row]:
    """``rows`` of the catalogue (categories, prices …): the brand's, like its SKUs."""
    return rows if actor.may("products.see") else rows.none()


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
        ON list.id = price.price_list_id AND list.is_base WHERE price.sku_id = sku.id)
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
FROM products_price price
JOIN products_sku sku ON sku.id = price.sku_id
JOIN products_pricelist list ON list.id = price.price_list_id
WHERE sku.code = ANY(%(skus)s) AND (list.code = ANY(%(lists)s) OR list.is_base)
"""


def sku_states(codes: Sequence[str]) -> dict[str, SkuState]:
    """The SKUs of these codes, on sale or not, by code. One statement."""
    found = sql.rows(SKU_STATES, {"codes": list(codes)})
    return {
        code: SkuState(code, product, unit, is_active, tuple(barcodes), price)
        for code, product, unit, is_active, barcodes, price in found
    }


def product_states(codes: Sequence[str]) -> dict[str, ProductState]:
    """The products of these codes, by code. One statement."""
    found = sql.rows(PRODUCT_STATES, {"codes": list(codes)})
    return {line[0]: ProductState(*line) for line in found}


def prices_on_lists(skus: Sequence[str], lists: Sequence[str]) -> dict[tuple[str, str], int]:
    """Amounts by SKU code and list code, those of the base list also by an empty one. One statement."""
    found: dict[tuple[str, str], int] = {}
    for sku, price_list, is_base, amount in sql.rows(
        PRICES_ON_LISTS, {"skus": list(skus), "lists": list(lists)}
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
