"""What a till that sells by itself has to know of the catalogue, and what of it changed since.

A reading begins with the mark up to which it is complete: every transaction before the mark has ended,
and what it changed is seen. The next reading takes what transactions from that mark on have changed, so
that a change may come twice and none is missed, however late it was committed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from apps.accounts.actor import Actor, ActorKind
from apps.common import clock, sql
from apps.common.errors import ActionNotPermitted, Conflict
from apps.org import selectors as org
from apps.products.models import PriceList

SEE = "products.see"
MOST = 2**63 - 1


class FeedTokenOutdated(Conflict):
    code = "feed_token_outdated"
    message = _("The database was restored since this token was given: read from the beginning.")


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a reader has seen: every transaction before ``xid``, in one life of the database."""

    life: str
    xid: int


@dataclass(frozen=True, slots=True)
class Reading:
    """One way through what changed, page by page: ``done`` holds for the reader at its end.

    The next page begins behind (``xid``, ``id``); what is at ``below`` or later is not of this reading.
    """

    done: Mark
    xid: int
    id: int
    below: int = MOST


@dataclass(frozen=True, slots=True)
class FeedPrice:
    """A price from ``starts_at`` on; an amount of None takes the SKU off the list."""

    price_list: str
    amount: int | None
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class FeedTax:
    """A tax rate from a day on."""

    basis_points: int
    starts_on: date


@dataclass(frozen=True, slots=True)
class FeedSku:
    """A SKU on sale, with its product. Of prices and tax rates: what holds now, and what will."""

    product: str
    name: str
    name_en: str
    option: str
    unit: str
    kind: str
    category: str
    barcodes: Sequence[str]
    taxes: Sequence[FeedTax]
    base_prices: Sequence[FeedPrice]
    list_prices: Sequence[FeedPrice]


@dataclass(frozen=True, slots=True)
class FeedChange:
    """A SKU that changed, as it is now; None where it is not sold any more, or never was."""

    code: str
    now: FeedSku | None


BEGIN = """
WITH told AS MATERIALIZED (
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS xmin,
        pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS xmax,
        concat_ws('-', system.system_identifier, checkpoint.timeline_id, own.oid) AS life
    FROM pg_control_system() system, pg_control_checkpoint() checkpoint, pg_database own
    WHERE own.datname = current_database()
), asked AS (
    SELECT coalesce(%(since)s::bigint, (
        SELECT max(horizon) FROM products_cataloguechange
        WHERE changed_at <= %(instant)s::timestamptz
    ), 0) AS since
)
SELECT told.xmin, told.xmax, told.life, least(asked.since, (
    SELECT min(horizon) FROM products_cataloguefanout WHERE xid >= asked.since
))
FROM told, asked
"""

TAXES = """
    SELECT array_agg(rate.basis_points ORDER BY rate.starts_on) AS points,
        array_agg(rate.starts_on ORDER BY rate.starts_on) AS days
    FROM (
        SELECT basis_points, starts_on, lead(starts_on) OVER (ORDER BY starts_on) AS until
        FROM products_taxrate WHERE tax_class_id = coalesce(sku.tax_class_id, (
            SELECT above.tax_class_id FROM products_category above
            WHERE above.id = ANY(category.path) AND above.tax_class_id IS NOT NULL
            ORDER BY cardinality(above.path) DESC LIMIT 1))
    ) rate WHERE rate.until IS NULL OR rate.until > %(day)s
"""
HELD = """
    SELECT array_agg(list.code ORDER BY list.code, held.starts_at) AS lists,
        array_agg(list.is_base ORDER BY list.code, held.starts_at) AS bases,
        array_agg(held.amount ORDER BY list.code, held.starts_at) AS amounts,
        array_agg(held.starts_at ORDER BY list.code, held.starts_at) AS instants
    FROM (
        SELECT price.price_list_id, price.amount, price.starts_at, lead(price.starts_at)
            OVER (PARTITION BY price.price_list_id ORDER BY price.starts_at) AS until
        FROM products_price price WHERE price.sku_id = sku.id
    ) held
    JOIN products_pricelist list ON list.id = held.price_list_id AND list.status = 'released'
        AND (list.ends_at IS NULL OR list.ends_at > %(at)s)
    WHERE (held.until IS NULL OR held.until > %(at)s)
        AND (held.amount IS NOT NULL OR held.starts_at > %(at)s)
"""
PAGE = f"""
WITH page AS MATERIALIZED (
    SELECT id, xid, sku_code FROM products_cataloguechange
    WHERE (xid, id) > (%(xid)s, %(id)s) AND xid < %(below)s
    ORDER BY xid, id LIMIT %(limit)s
)
SELECT page.xid, page.id, page.sku_code, product.code, product.name, product.name_en, sku.option,
    sku.unit, sku.kind, category.code,
    ARRAY(SELECT code FROM products_barcode WHERE sku_id = sku.id ORDER BY code),
    tax.points, tax.days, price.lists, price.bases, price.amounts, price.instants
FROM page
LEFT JOIN (products_sku sku
    JOIN products_product product ON product.id = sku.product_id AND product.status = 'active'
    JOIN products_category category ON category.id = product.category_id
) ON sku.code = page.sku_code AND sku.is_active
LEFT JOIN LATERAL ({TAXES}) tax ON sku.id IS NOT NULL
LEFT JOIN LATERAL ({HELD}) price ON sku.id IS NOT NULL
ORDER BY page.xid, page.id
"""  # noqa: S608 - constants of this module


def require_feed_reader(actor: Actor) -> None:
    """What will cost what, and for whom, is not for shoppers. Raises ActionNotPermitted."""
    org.require_action(actor, SEE)
    if actor.kind is ActorKind.MEMBER:
        raise ActionNotPermitted


def read_all(actor: Actor) -> Reading:
    """A reading of everything. One statement. Raises ActionNotPermitted."""
    return _begin(actor, None, None)


def read_since_instant(actor: Actor, instant: datetime) -> Reading:
    """A reading of what was committed after ``instant``, and perhaps of some before. One statement.

    Raises ActionNotPermitted.
    """
    return _begin(actor, None, instant)


def read_since(actor: Actor, mark: Mark) -> Reading:
    """A reading of what the reader at ``mark`` has not seen. One statement.

    Raises ActionNotPermitted, FeedTokenOutdated.
    """
    reading = _begin(actor, mark.xid, None)
    if mark.life != reading.done.life or mark.xid > reading.below:
        raise FeedTokenOutdated
    return reading


def _begin(actor: Actor, since: int | None, instant: datetime | None) -> Reading:
    require_feed_reader(actor)
    xmin, xmax, life, begins = sql.rows(BEGIN, {"since": since, "instant": instant})[0]
    # Rows that came with a backup may name transactions of another life, which lie ahead of ours:
    # whoever holds a mark of this life has had them.
    below = MOST if since is None else xmax
    return Reading(Mark(life, xmin), begins, 0, below)


def changes(
    actor: Actor, reading: Reading, limit: int, *, at: datetime
) -> tuple[list[FeedChange], Reading | None]:
    """The next page as of ``at``, the oldest change first, and how to go on; None at the end.

    One statement. Raises ActionNotPermitted.
    """
    require_feed_reader(actor)
    parameters = {
        "xid": reading.xid, "id": reading.id, "below": reading.below, "limit": limit + 1, "at": at,
        "day": clock.business_day(at, settings.TIME_ZONE),
    }  # fmt: skip
    found = sql.rows(PAGE, parameters)
    page = [FeedChange(line[2], _sku(*line[3:])) for line in found[:limit]]
    if len(found) <= limit:
        return page, None
    xid, last = found[limit - 1][:2]
    return page, Reading(reading.done, xid, last, reading.below)


def _sku(product: str | None, *columns: Any) -> FeedSku | None:
    if product is None:
        return None
    name, name_en, option, unit, kind, category, barcodes, points, days, *held = columns
    taxes = [FeedTax(*one) for one in zip(points or (), days or (), strict=True)]
    base: list[FeedPrice] = []
    lists: list[FeedPrice] = []
    for code, is_base, amount, instant in zip(*(one or () for one in held), strict=True):
        (base if is_base else lists).append(FeedPrice(code, amount, instant))
    return FeedSku(
        product, name, name_en, option, unit, kind, category, barcodes, taxes, base, lists
    )


def price_lists_to_know(actor: Actor) -> QuerySet[PriceList]:
    """Released lists that hold, or will. Raises ActionNotPermitted."""
    require_feed_reader(actor)
    lasting = Q(ends_at=None) | Q(ends_at__gt=clock.now())
    rows = PriceList.objects.filter(lasting, status=PriceList.Status.RELEASED)
    return rows.select_related("store", "region", "channel", "tier", "segment")
