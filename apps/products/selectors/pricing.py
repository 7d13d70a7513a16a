"""What goods cost at a place, at a time, for somebody: one statement for any number of lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.common import sql
from apps.common.errors import Unprocessable
from apps.products import packing, rules
from apps.products.selectors.bundles import RECIPE, components_in
from apps.products.selectors.guarding import GUARD_OF_SKU
from apps.products.selectors.listing import DECIDED, GOODS, NotSoldHere


class UnknownSku(Unprocessable):
    code = "unknown_sku"
    message = _("There is no such SKU on sale: %(skus)s.")


class SkuNotPriced(Unprocessable):
    code = "sku_not_priced"
    message = _("There is no price for: %(skus)s.")


@dataclass(frozen=True, slots=True)
class Sale:
    """For whom, where and when: what price lists may be narrowed to. ``day`` is the business day.

    ``tier`` and ``segments`` are codes of audiences; who belongs to them, the apps above know.
    """

    at: datetime
    day: date
    store_id: int
    region_id: int
    channel_id: int
    tier: str = ""
    segments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SkuPrice:
    """A SKU with the price that holds for it, as one sale needs it. Amounts in minor units.

    ``lowest`` is the lowest price of a unit that the guards allow, everything taken off;
    ``components`` are what a bundle is made of.
    """

    sku_id: int
    code: str
    name: str
    unit: str
    kind: str
    tax_basis_points: int
    lowest: int
    price: rules.UnitPrice
    components: tuple[packing.Component, ...] = ()

    @property
    def amount(self) -> int:
        return self.price.chosen.amount

    @property
    def price_list(self) -> str:
        return self.price.chosen.terms.code


LIVE = """
    SELECT list.id, list.code, list.code COLLATE "C" AS letters, list.is_base, list.priority,
        list.min_quantity,
        list.starts_at, list.ends_at, store.code AS store, region.code AS region,
        channel.code AS channel, tier.code AS tier, segment.code AS segment,
        (list.store_id IS NOT NULL)::int * 16 + (list.region_id IS NOT NULL)::int * 8
            + (list.channel_id IS NOT NULL)::int * 4 + (list.tier_id IS NOT NULL)::int * 2
            + (list.segment_id IS NOT NULL)::int AS weight
    FROM products_pricelist list
    LEFT JOIN org_store store ON store.id = list.store_id
    LEFT JOIN org_region region ON region.id = list.region_id
    LEFT JOIN org_channel channel ON channel.id = list.channel_id
    LEFT JOIN products_audience tier ON tier.id = list.tier_id
    LEFT JOIN products_audience segment ON segment.id = list.segment_id
    WHERE list.status = 'released'
        AND (list.starts_at IS NULL OR list.starts_at <= %(at)s)
        AND (list.ends_at IS NULL OR list.ends_at > %(at)s)
        AND (list.store_id IS NULL OR list.store_id = %(store)s)
        AND (list.region_id IS NULL OR list.region_id = %(region)s)
        AND (list.channel_id IS NULL OR list.channel_id = %(channel)s)
        AND (list.tier_id IS NULL OR tier.code = %(tier)s)
        AND (list.segment_id IS NULL OR segment.code = ANY(%(segments)s::text[]))
    ORDER BY priority DESC, weight DESC, min_quantity DESC, letters
"""
"""The lists that hold in this sale, whatever the quantity; in their order already, so that the search for
the first two of a SKU ends with them."""

FIRST_TWO = """
    SELECT live.code, live.priority, live.min_quantity, live.starts_at, live.ends_at,
        live.store, live.region, live.channel, live.tier, live.segment, held.amount,
        held.starts_at AS since
    FROM live JOIN LATERAL (
        SELECT price.amount, price.starts_at FROM products_price price
        WHERE price.sku_id = sku.id AND price.price_list_id = live.id
            AND price.starts_at <= %(at)s
        ORDER BY price.starts_at DESC LIMIT 1
    ) held ON held.amount IS NOT NULL
    WHERE live.min_quantity <= asked.quantity
    ORDER BY live.priority DESC, live.weight DESC, live.min_quantity DESC, live.letters
    LIMIT 2
"""
"""The order of ``rules.rank``: what is chosen, and what it would be without that."""

TAX = """
    SELECT rate.basis_points FROM products_taxrate rate
    WHERE rate.starts_on <= %(day)s AND rate.tax_class_id = coalesce(sku.tax_class_id, (
        SELECT above.tax_class_id FROM products_category above
        WHERE above.id = ANY(category.path) AND above.tax_class_id IS NOT NULL
        ORDER BY cardinality(above.path) DESC LIMIT 1))
    ORDER BY rate.starts_on DESC LIMIT 1
"""

PRICES = f"""
WITH live AS MATERIALIZED ({LIVE})
SELECT sku.code, sku.id, product.name, sku.unit, sku.kind, coalesce(tax.basis_points, 0),
    guard.floor, guard.lowest, base.amount,
    coalesce(decided.action = 'include', product.listing = 'everywhere'), {RECIPE}, first.*
FROM unnest(%(codes)s::text[], %(quantities)s::numeric[]) AS asked (code, quantity)
JOIN products_sku sku ON sku.code = asked.code AND sku.is_active
JOIN products_product product ON product.id = sku.product_id AND product.status = 'active'
JOIN products_category category ON category.id = product.category_id
CROSS JOIN LATERAL ({GOODS}) goods
LEFT JOIN LATERAL ({DECIDED}) decided ON true
LEFT JOIN LATERAL ({TAX}) tax ON true
LEFT JOIN LATERAL ({GUARD_OF_SKU}) guard ON true
LEFT JOIN LATERAL (
    SELECT price.amount FROM live JOIN products_price price ON price.price_list_id = live.id
    WHERE live.is_base AND price.sku_id = sku.id AND price.starts_at <= %(at)s
    ORDER BY price.starts_at DESC LIMIT 1
) base ON true
LEFT JOIN LATERAL ({FIRST_TWO}) first ON true
"""  # noqa: S608 - constants of this module
LISTED, MADE_OF, HEAD = 9, 10, 11
"""The columns that say whether a SKU is in the assortment and what a bundle is made of, and how many
there are before those of a price."""


def require_prices(wanted: Mapping[str, Decimal], sale: Sale) -> dict[str, SkuPrice]:
    """The price of each SKU code, of which so much is sold. One statement for any number of codes.

    Raises UnknownSku (also for SKUs that are not on sale), NotSoldHere, BundleEmpty,
    ComponentFraction, SkuNotPriced.
    """
    found: dict[str, list[tuple[Any, ...]]] = {}
    for line in sql.rows(PRICES, _parameters(wanted, sale)):
        found.setdefault(line[0], []).append(line)
    unknown = sorted(wanted.keys() - found.keys())
    if unknown:
        raise UnknownSku(fields={"lines": unknown}, skus=", ".join(unknown[:10]))
    elsewhere = sorted(code for code, lines in found.items() if not lines[0][LISTED])
    if elsewhere:
        raise NotSoldHere(fields={"lines": elsewhere}, skus=", ".join(elsewhere[:10]))
    prices = {code: _priced(lines) for code, lines in found.items()}
    unpriced = sorted(code for code, price in prices.items() if price is None)
    if unpriced:
        raise SkuNotPriced(fields={"lines": unpriced}, skus=", ".join(unpriced[:10]))
    return {code: price for code, price in prices.items() if price is not None}


def _parameters(wanted: Mapping[str, Decimal], sale: Sale) -> dict[str, Any]:
    return {
        "codes": list(wanted),
        "quantities": list(wanted.values()),
        "at": sale.at,
        "day": sale.day,
        "store": sale.store_id,
        "region": sale.region_id,
        "channel": sale.channel_id,
        "tier": sale.tier,
        "segments": list(sale.segments),
    }


def _priced(lines: Sequence[tuple[Any, ...]]) -> SkuPrice | None:
    code, sku_id, name, unit, kind, tax, floor, lowest, base = lines[0][:9]
    candidates = [_candidate(*line[HEAD:]) for line in lines if line[HEAD] is not None]
    price = rules.choose(candidates, base=base)
    if price is None:
        return None
    allowed = rules.lowest_allowed(base, floor, lowest)
    parts = components_in(lines[0][MADE_OF])
    if kind == packing.BUNDLE:
        packing.require_recipe(parts, bundle=code)
    return SkuPrice(sku_id, code, name, unit, kind, tax, allowed, price, parts)


def _candidate(
    code: str,
    priority: int,
    min_quantity: Decimal,
    starts_at: datetime | None,
    ends_at: datetime | None,
    *scope_and_price: Any,
) -> rules.Candidate:
    *codes, amount, since = scope_and_price
    scope = {kind: place for kind, place in zip(rules.SCOPES, codes, strict=True) if place}
    terms = rules.ListTerms(code, priority, min_quantity, scope, starts_at, ends_at)
    return rules.Candidate(terms, amount, since)
