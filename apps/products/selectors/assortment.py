"""What is sold at a store through a channel at an instant, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from apps.accounts.actor import Actor
from apps.common import clock, sql
from apps.common.errors import Malformed
from apps.org import selectors as org
from apps.products.models import AssortmentRule, Price, Product, Sku
from apps.products.selectors.catalogue import catalogue_rows
from apps.products.selectors.listing import DECIDED, GOODS, HOLDS
from apps.products.selectors.pricing import LIVE


class CounterIncomplete(Malformed):
    code = "counter_incomplete"
    message = _("Name both the store and the channel.")


class Why(StrEnum):
    """What decided, in the order in which it is asked."""

    PRODUCT_NOT_ACTIVE = "product_not_active"
    OFF_SALE = "off_sale"
    EXCLUDED = "excluded"
    NOT_LISTED = "not_listed"
    NO_PRICE = "no_price"
    INCLUDED = "included"
    LISTED = "listed"


@dataclass(frozen=True, slots=True)
class Counter:
    """Where and when something is to be sold; the region is that of the store on that day. Store groups
    and the tree of categories are those of today, whatever the instant."""

    at: datetime
    store_id: int
    region_id: int
    channel_id: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a SKU is sold, and why; ``rule_id`` is the rule that decided about the assortment,
    ``since`` when it began, None for always."""

    sku_id: int
    why: Why
    rule_id: int | None
    reason: str
    since: datetime | None

    @property
    def is_sold(self) -> bool:
        return self.why in (Why.INCLUDED, Why.LISTED)


PRICED = """
    SELECT FROM live JOIN LATERAL (
        SELECT price.amount FROM products_price price
        WHERE price.sku_id = sku.id AND price.price_list_id = live.id
            AND price.starts_at <= %(at)s
        ORDER BY price.starts_at DESC LIMIT 1
    ) held ON held.amount IS NOT NULL
    WHERE live.min_quantity <= 1
"""
VERDICTS = f"""
WITH live AS MATERIALIZED ({LIVE})
SELECT sku.id, CASE
        WHEN product.status <> 'active' THEN 'product_not_active'
        WHEN NOT sku.is_active THEN 'off_sale'
        WHEN decided.action = 'exclude' THEN 'excluded'
        WHEN decided.action IS NULL AND product.listing <> 'everywhere' THEN 'not_listed'
        WHEN NOT EXISTS ({PRICED}) THEN 'no_price'
        WHEN decided.action IS NULL THEN 'listed'
        ELSE 'included'
    END, decided.id, coalesce(decided.reason, ''), decided.starts_at
FROM products_sku sku
JOIN products_product product ON product.id = sku.product_id
JOIN products_category category ON category.id = product.category_id
CROSS JOIN LATERAL ({GOODS}) goods
LEFT JOIN LATERAL ({DECIDED}) decided ON true
WHERE sku.id = ANY(%(skus)s)
"""  # noqa: S608 - constants of this module

# A category that stands below one that a rule names is decided by it, like a SKU of its own would be.
EXCEPTIONS = f"""
WITH live AS MATERIALIZED ({LIVE}), named AS MATERIALIZED (
    SELECT rule.sku_id, rule.product_id, rule.category_id FROM products_assortmentrule rule
    WHERE {HOLDS}
), goods AS MATERIALIZED (
    SELECT 'sku' AS kind, sku.id, sku.id AS sku_id, sku.product_id, category.path
    FROM products_sku sku
    JOIN products_product product ON product.id = sku.product_id
    JOIN products_category category ON category.id = product.category_id
    WHERE sku.id IN (SELECT sku_id FROM named)
    UNION ALL
    SELECT 'product', product.id, NULL, product.id, category.path
    FROM products_product product
    JOIN products_category category ON category.id = product.category_id
    WHERE product.id IN (SELECT product_id FROM named)
    UNION ALL
    SELECT 'category', category.id, NULL, NULL, category.path
    FROM products_category category
    WHERE category.path && ARRAY(SELECT category_id FROM named WHERE category_id IS NOT NULL)
)
SELECT goods.kind, goods.id, decided.action = 'include'
FROM goods JOIN LATERAL ({DECIDED}) decided ON true
UNION ALL SELECT 'list', live.id, true FROM live WHERE live.min_quantity <= 1
"""  # noqa: S608 - constants of this module


def assortment_of(counter: Counter, skus: Sequence[int]) -> dict[int, Verdict]:
    """Whether each SKU is sold there then to anybody, and why, by id. One statement."""
    found = sql.rows(VERDICTS, _parameters(counter) | {"skus": list(skus)})
    return {line[0]: Verdict(line[0], Why(line[1]), *line[2:]) for line in found}


def sold_at(skus: QuerySet[Sku], counter: Counter) -> QuerySet[Sku]:
    """Those of ``skus`` that are sold there then to anybody. One statement for the exceptions; what
    comes back is asked along any order of the list, without looking at the rest of the catalogue."""
    lists: list[int] = []
    decided: dict[str, tuple[list[int], list[int]]] = {
        kind: ([], []) for kind in ("sku", "product", "category")
    }
    for kind, key, includes in sql.rows(EXCEPTIONS, _parameters(counter)):
        if kind == "list":
            lists.append(key)
        else:
            decided[kind][includes].append(key)
    return skus.filter(
        _listed(decided),
        Exists(_held(lists, counter.at)),
        is_active=True,
        product__status=Product.Status.ACTIVE,
    )


def _listed(decided: dict[str, tuple[list[int], list[int]]]) -> Q:
    """By the closest thing for which a rule decides: of each kind the excluded and the included ids."""
    listed = Q(product__listing=Product.Listing.EVERYWHERE)
    paths = {"category": "product__category_id__in", "product": "product_id__in", "sku": "pk__in"}
    for kind, path in paths.items():
        out, kept = decided[kind]
        listed = Q(**{path: kept}) | (~Q(**{path: [*out, *kept]}) & listed)
    return listed


def _held(lists: Sequence[int], at: datetime) -> QuerySet[Price]:
    """Prices of the outer SKU that hold on one of these lists at ``at``."""
    later = Price.objects.filter(
        sku=OuterRef("sku"),
        price_list=OuterRef("price_list"),
        starts_at__gt=OuterRef("starts_at"),
        starts_at__lte=at,
    )
    return Price.objects.filter(
        ~Exists(later),
        sku=OuterRef("pk"),
        price_list__in=lists,
        starts_at__lte=at,
        amount__isnull=False,
    )


def _parameters(counter: Counter) -> dict[str, Any]:
    return {
        "at": counter.at,
        "store": counter.store_id,
        "region": counter.region_id,
        "channel": counter.channel_id,
        "tier": "",
        "segments": [],
    }


def assortment_rules_visible_to(actor: Actor) -> QuerySet[AssortmentRule]:
    """Rules are the brand's, but for those of a store or region that ``actor`` does not see."""
    rules = catalogue_rows(actor, AssortmentRule.objects.all())
    reach = org.reach_of(actor, "products.see")
    if reach.everything:
        return rules
    own = reach.where(store="store", franchisee="store__franchisee", region="store__region")
    regions = Q(region=None) | Q(region__in=org.regions_visible_to(actor).values("pk"))
    return rules.filter(Q(store=None) | own, regions)


def rules_about(rules: QuerySet[AssortmentRule], sku: Sku) -> QuerySet[AssortmentRule]:
    """Those of ``rules`` that name the SKU, its product or a category above, and are not over."""
    named = Q(sku=sku) | Q(product=sku.product_id) | Q(category__in=sku.product.category.path)
    lasting = Q(ends_at=None) | Q(ends_at__gt=clock.now())
    return rules.filter(named & lasting)
