"""Which prices leave the floor or the band that head office set for their SKU."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from apps.accounts.actor import Actor
from apps.common import sql
from apps.common.money import format_money
from apps.products.models import UndercutCode

GUARD_OF_SKU = """
    SELECT guard.floor, guard.lowest, guard.highest FROM products_priceguard guard
    WHERE guard.sku_id = sku.id OR guard.category_id = ANY(category.path)
    ORDER BY guard.sku_id IS NOT NULL DESC, array_position(category.path, guard.category_id) DESC
    LIMIT 1
"""
"""The nearest guard of ``sku`` in ``category``: its own, else of the nearest category."""


def _broken(chosen: str) -> str:
    """The statement for the prices whose ``sku_id`` is as ``chosen`` says."""
    return f"""
WITH held AS MATERIALIZED (
    SELECT price.sku_id, price.price_list_id, price.amount, price.starts_at,
        lead(price.starts_at) OVER (
            PARTITION BY price.sku_id, price.price_list_id ORDER BY price.starts_at) AS until
    FROM products_price price WHERE price.sku_id {chosen}
), lasting AS (
    SELECT * FROM held WHERE amount IS NOT NULL AND (until IS NULL OR until > %(at)s)
)
SELECT sku.code, list.code, lasting.amount,
    coalesce(greatest(guard.floor, ceil(base.amount::numeric * guard.lowest / 10000)), 0)::bigint,
    floor(base.amount::numeric * guard.highest / 10000)::bigint
FROM lasting
JOIN products_pricelist list ON list.id = lasting.price_list_id
    AND (list.ends_at IS NULL OR list.ends_at > %(at)s)
JOIN products_sku sku ON sku.id = lasting.sku_id
JOIN products_product product ON product.id = sku.product_id
JOIN products_category category ON category.id = product.category_id
JOIN LATERAL ({GUARD_OF_SKU}) guard ON true
LEFT JOIN LATERAL (
    SELECT price.amount, price.starts_at,
        lead(price.starts_at) OVER (ORDER BY price.starts_at) AS until
    FROM products_price price JOIN products_pricelist base ON base.id = price.price_list_id
    WHERE price.sku_id = lasting.sku_id AND base.is_base
) base ON base.amount IS NOT NULL AND tstzrange(base.starts_at, base.until)
        && tstzrange(greatest(lasting.starts_at, %(at)s), lasting.until)
WHERE lasting.amount < coalesce(
        greatest(guard.floor, ceil(base.amount::numeric * guard.lowest / 10000)), 0)
    OR lasting.amount > floor(base.amount::numeric * guard.highest / 10000)
ORDER BY sku.code, list.code, lasting.starts_at
LIMIT %(limit)s
"""  # noqa: S608 - of constants of this module


BROKEN = _broken("= ANY(%(skus)s)")
BROKEN_BELOW = _broken(
    """IN (
        SELECT sku.id FROM products_category category
        JOIN products_product product ON product.category_id = category.id
        JOIN products_sku sku ON sku.product_id = product.id
        WHERE category.path @> ARRAY[%(category)s])"""
)


def undercut_codes_visible_to(actor: Actor) -> QuerySet[UndercutCode]:
    """Whoever knows a code may sell by it: all of them for those who change prices, else none."""
    may = actor.may("products.change_price")
    return UndercutCode.objects.all() if may else UndercutCode.objects.none()


@dataclass(frozen=True, slots=True)
class Broken:
    """A price that is outside, and between what it should lie; minor units."""

    sku: str
    price_list: str
    amount: int
    lowest: int
    highest: int | None

    @property
    def text(self) -> str:
        """For people: ``TEA ¥9.00 (BASE, ¥10.00–¥20.00)``."""
        top = "" if self.highest is None else format_money(self.highest)
        span = f"{format_money(self.lowest)}–{top}"
        return f"{self.sku} {format_money(self.amount)} ({self.price_list}, {span})"


UNDERCUT = """
SELECT sku.code, code.lowest FROM products_undercutcode code
JOIN products_sku sku ON sku.id = code.sku_id
WHERE code.code = %(code)s AND code.used < code.uses AND code.valid_until > %(at)s
    AND (code.store_id IS NULL OR code.store_id = %(store)s)
"""


def undercut_by(code: str, *, store_id: int, at: datetime) -> tuple[str, int] | None:
    """The SKU that the code lets go lower at this store, and how low; None for any other text.

    None for no text without a statement, else one.
    """
    return sql.row(UNDERCUT, {"code": code, "store": store_id, "at": at}) if code else None


def broken_guards(skus: Sequence[int], *, at: datetime, limit: int) -> list[Broken]:
    """Prices of these SKUs that hold now or later and are outside their guard. One statement."""
    found = sql.rows(BROKEN, {"skus": list(skus), "at": at, "limit": limit})
    return [Broken(*line) for line in found]


def broken_guards_below(category: int, *, at: datetime, limit: int) -> list[Broken]:
    """The same of every SKU in a category and below it. One statement."""
    found = sql.rows(BROKEN_BELOW, {"category": category, "at": at, "limit": limit})
    return [Broken(*line) for line in found]
