"""What goods cost the brand, and what is left of their price: for people with the right alone."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet

from apps.accounts.actor import Actor
from apps.common import clock, sql
from apps.products import rules
from apps.products.models import Sku, Supplier, SupplierCost
from apps.products.selectors.pricing import TAX

SEE_COST = "products.see_cost"


@dataclass(frozen=True, slots=True)
class Margin:
    """What is left of the base price of a unit after tax and its dearest supplier; minor units.

    ``net`` is the base price without the tax that it contains.
    """

    net: int
    cost: int
    supplier: str

    @property
    def amount(self) -> int:
        return self.net - self.cost


def costs_visible_to(actor: Actor) -> QuerySet[SupplierCost]:
    """All costs for who may see costs, none for anybody else."""
    return SupplierCost.objects.all() if actor.may(SEE_COST) else SupplierCost.objects.none()


def suppliers_visible_to(actor: Actor) -> QuerySet[Supplier]:
    """Whom the brand buys from: with the costs, or not at all."""
    return Supplier.objects.all() if actor.may(SEE_COST) else Supplier.objects.none()


MARGIN = f"""
SELECT base.amount, coalesce(tax.basis_points, 0), cost.amount, cost.supplier
FROM products_sku sku
JOIN products_product product ON product.id = sku.product_id
JOIN products_category category ON category.id = product.category_id
JOIN LATERAL (
    SELECT price.amount FROM products_price price
    JOIN products_pricelist list ON list.id = price.price_list_id AND list.is_base
    WHERE price.sku_id = sku.id AND price.starts_at <= %(at)s
    ORDER BY price.starts_at DESC LIMIT 1
) base ON base.amount IS NOT NULL
JOIN LATERAL (
    SELECT held.amount, supplier.code AS supplier FROM (
        SELECT DISTINCT ON (given.supplier_id) given.supplier_id, given.amount
        FROM products_suppliercost given
        WHERE given.sku_id = sku.id AND given.starts_at <= %(at)s
        ORDER BY given.supplier_id, given.starts_at DESC
    ) held
    JOIN products_supplier supplier ON supplier.id = held.supplier_id
    WHERE held.amount IS NOT NULL
    ORDER BY held.amount DESC, supplier.code LIMIT 1
) cost ON true
LEFT JOIN LATERAL ({TAX}) tax ON true
WHERE sku.id = %(sku)s
"""  # noqa: S608 - constants of this module and the one beside


def margin(actor: Actor, sku: Sku, *, at: datetime) -> Margin | None:
    """What is left of the base price of ``sku``; None without a price, a cost or the right to see it.

    One statement, none without the right.
    """
    if not actor.may(SEE_COST):
        return None
    day = clock.business_day(at, settings.TIME_ZONE)
    found = sql.row(MARGIN, {"sku": sku.pk, "at": at, "day": day})
    if found is None:
        return None
    price, basis_points, cost, supplier = found
    return Margin(price - rules.tax_within(price, basis_points), cost, supplier)
