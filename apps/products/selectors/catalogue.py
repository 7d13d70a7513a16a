"""The catalogue as people and applications read it."""

from typing import TypeVar

from django.db.models import Exists, Model, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from apps.accounts.actor import Actor
from apps.common import clock, sql
from apps.common.errors import Missing
from apps.products.barcodes import spellings
from apps.products.models import Barcode, Price, Sku

Row = TypeVar("Row", bound=Model)
BETWEEN = ":"
"""Stands between the source and the code of an external reference, and in no SKU code."""


class SkuNotFound(Missing):
    code = "sku_not_found"
    message = _("There is no such SKU.")


def skus_visible_to(actor: Actor) -> QuerySet[Sku]:
    """The catalogue is the brand's: every actor who may see products sees all of it."""
    if not actor.may("products.see"):
        return Sku.objects.none()
    return Sku.objects.all()


def skus_with_base_price(skus: QuerySet[Sku]) -> QuerySet[Sku]:
    """The same SKUs with product and category joined and ``base_price`` (minor units or None)."""
    held = Price.objects.filter(
        sku=OuterRef("pk"), price_list__is_base=True, starts_at__lte=clock.now()
    )
    base = held.order_by("-starts_at").values("amount")[:1]
    return skus.select_related("product__category").annotate(base_price=Subquery(base))


def present_prices(prices: QuerySet[Price]) -> QuerySet[Price]:
    """Those of ``prices`` that hold now: of each SKU and list the last that has begun, if it is one."""
    later = Price.objects.filter(
        sku=OuterRef("sku"),
        price_list=OuterRef("price_list"),
        starts_at__gt=OuterRef("starts_at"),
        starts_at__lte=clock.now(),
    )
    return prices.filter(~Exists(later), starts_at__lte=clock.now(), amount__isnull=False)


def with_key(skus: QuerySet[Sku], text: str) -> QuerySet[Sku]:
    """The SKUs of exactly this code, in capitals or as typed, or of this barcode.

    A scanner may leave out the leading 0 that makes a UPC an EAN, or add it.
    """
    codes = {text, text.upper()}
    barcodes = spellings(text) | codes
    by_code = Sku.objects.filter(code__in=codes).values_list("pk", flat=True)
    by_barcode = Barcode.objects.filter(code__in=barcodes).values_list("sku_id", flat=True)
    return skus.filter(pk__in=by_code.union(by_barcode, all=True))


def require_sku(actor: Actor, code: str) -> Sku:
    """One SKU with product, category, barcodes and ``base_price``, by its code or by ``source:code``.

    Raises SkuNotFound.
    """
    rows = skus_with_base_price(skus_visible_to(actor)).prefetch_related("barcodes")
    found = rows.filter(code=code).first()
    if found is None and BETWEEN in code:
        source, _between, theirs = code.partition(BETWEEN)
        found = rows.filter(references__source=source, references__code=theirs).first()
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
