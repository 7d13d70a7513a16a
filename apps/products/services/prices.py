"""What SKUs cost from an instant on. A price is never rewritten: a change is a new row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.common import clock, sql
from apps.common.errors import Conflict, Malformed, Unprocessable
from apps.common.money import MAX_AMOUNT
from apps.products.models import Price, PriceList
from apps.products.services.guards import SHARE, require_within_guards, share_guards

CHANGE = "products.change_price"
BASE_PRICE_LIST = "BASE"


class PriceOutOfRange(Unprocessable):
    code = "price_out_of_range"
    message = _("A price lies between 0 and 10^12 minor units.")


class PriceInThePast(Malformed):
    code = "price_in_the_past"
    message = _("A price holds from now on or from a later instant.")


class PriceHasBegun(Conflict):
    code = "price_has_begun"
    message = _("This price holds already; set another one instead.")


class PriceSetAlready(Conflict):
    code = "price_set_already"
    message = _("Another price begins at the same instant; call it off first.")


class CatalogueMoved(Conflict):
    code = "catalogue_moved"
    message = _("%(count)s rows name a SKU, a price list or a category that is no longer there.")


@dataclass(frozen=True, slots=True)
class GivenPrice:
    """A unit price in minor units; an empty ``price_list`` is the base list, an ``amount`` of None takes
    the SKU off the list."""

    sku: str
    price_list: str
    amount: int | None


KEEP_PRICES = """
WITH given AS MATERIALIZED (
    SELECT sku.id AS sku_id, list.id AS price_list_id, line.amount
    FROM unnest(%(sku)s::text[], %(price_list)s::text[], %(amount)s::bigint[])
        AS line (sku, price_list, amount)
    JOIN products_sku sku ON sku.code = line.sku
    JOIN products_pricelist list ON list.code = line.price_list
        OR (line.price_list = '' AND list.is_base)
), differing AS (
    SELECT given.* FROM given LEFT JOIN LATERAL (
        SELECT amount FROM products_price price
        WHERE price.sku_id = given.sku_id AND price.price_list_id = given.price_list_id
            AND price.starts_at <= %(starts_at)s
        ORDER BY price.starts_at DESC LIMIT 1
    ) held ON true
    WHERE held.amount IS DISTINCT FROM given.amount
), kept AS (
    INSERT INTO products_price (sku_id, price_list_id, amount, starts_at, set_at, set_by, reason)
    SELECT sku_id, price_list_id, amount, %(starts_at)s, %(now)s, %(by)s, %(reason)s
    FROM differing ORDER BY sku_id, price_list_id
    RETURNING sku_id
)
SELECT (SELECT count(*) FROM given), (SELECT count(*) FROM kept),
    ARRAY(SELECT DISTINCT sku_id FROM kept)
"""
LOCK_SKUS = f"""
WITH shared AS MATERIALIZED ({SHARE})
SELECT sku.id FROM products_sku sku CROSS JOIN shared WHERE sku.code = ANY(%(skus)s)
ORDER BY sku.id FOR NO KEY UPDATE OF sku
"""  # noqa: S608 - constants; rows are locked once they are sorted, so the guards come before them


def base_price_list() -> PriceList:
    """The one base list, made at first use."""
    price_list, _created = PriceList.objects.get_or_create(
        is_base=True,
        defaults={
            "code": BASE_PRICE_LIST,
            "name": "基础价",
            "name_en": "Base prices",
            "status": PriceList.Status.RELEASED,
        },
    )
    return price_list


def lock_prices_of(codes: Sequence[str]) -> None:
    """Who sets prices of these SKUs, or guards of any, waits until the transaction ends; tills go on
    selling them."""
    sql.rows(LOCK_SKUS, {"skus": list(codes)})


def set_prices(
    actor: Actor,
    given: Sequence[GivenPrice],
    *,
    starts_at: datetime | None = None,
    reason: str = "",
) -> int:
    """Have these prices hold from ``starts_at`` (now if None), each SKU and list once; how many differed.

    One audit line. Raises PriceOutOfRange, PriceInThePast, PriceSetAlready, CatalogueMoved (a SKU or
    list is not there), PriceOutsideGuard; then nothing was written.
    """
    if not given:
        return 0
    with transaction.atomic():
        kept = keep_prices(actor, given, starts_at=starts_at, reason=reason)
        accounts.record(
            actor,
            "products.set_prices",
            target=("import", "products.prices"),
            changes={"rows": len(given), "set": kept} | _from(starts_at),
            reason=reason,
            under=CHANGE,
        )
    return kept


def keep_prices(
    actor: Actor,
    given: Sequence[GivenPrice],
    *,
    starts_at: datetime | None = None,
    reason: str = "",
) -> int:
    """The rows of ``set_prices`` without its audit line, in the caller's transaction."""
    now = clock.now()
    _check(given, starts_at, now)
    lock_prices_of([one.sku for one in given])
    if any(not one.price_list for one in given):
        base_price_list()
    now = clock.now()  # after the lock: who waited for it comes later
    said = {"now": now, "by": actor.label[:64], "reason": reason[:255]}
    found, kept, skus = _keep(given, said | {"starts_at": starts_at or now})
    if found < len(given):
        raise CatalogueMoved(count=len(given) - found)
    require_within_guards(skus, at=now)
    return int(kept)


def _keep(given: Sequence[GivenPrice], said: dict[str, Any]) -> tuple[int, int, list[int]]:
    names = ("sku", "price_list", "amount")
    lines = {name: [getattr(one, name) for one in given] for name in names}
    try:
        found, kept, skus = sql.rows(KEEP_PRICES, lines | said)[0]
    except IntegrityError as error:
        if sql.constraint_of(error) != "price_once_an_instant":
            raise
        raise PriceSetAlready(fields={"starts_at": clock.rfc3339(said["starts_at"])}) from error
    return found, kept, skus


def _check(given: Sequence[GivenPrice], starts_at: datetime | None, now: datetime) -> None:
    wrong = [one.sku for one in given if one.amount is not None and not _in_range(one.amount)]
    if wrong:
        raise PriceOutOfRange(fields={"skus": wrong[:10]})
    if starts_at is not None and starts_at < now:
        raise PriceInThePast(fields={"starts_at": starts_at.isoformat()})


def _in_range(amount: int) -> bool:
    return 0 <= amount <= MAX_AMOUNT


def _from(starts_at: datetime | None) -> dict[str, str]:
    return {"from": clock.rfc3339(starts_at)} if starts_at else {}


def set_price(
    actor: Actor,
    *,
    sku: str,
    price_list: str = "",
    amount: int | None,
    starts_at: datetime | None = None,
    reason: str = "",
) -> None:
    """The same for one SKU, whose audit line tells the price. An empty list is the base."""
    given = GivenPrice(sku, price_list, amount)
    with transaction.atomic():
        lock_prices_of([sku])
        before = _held(given, starts_at or clock.now())
        if keep_prices(actor, [given], starts_at=starts_at, reason=reason):
            changes = _told(price_list, before, amount) | _from(starts_at)
            accounts.record(
                actor,
                "products.set_price",
                target=("sku", sku),
                changes=changes,
                reason=reason,
                under=CHANGE,
            )


def _told(price_list: str, before: int | None, after: int | None) -> dict[str, Any]:
    if not price_list:
        return {"base_price": [before, after]}
    return {"price_list": price_list, "amount": [before, after]}


def _held(given: GivenPrice, at: datetime) -> int | None:
    named = {"price_list__code": given.price_list} if given.price_list else {}
    rows = Price.objects.filter(sku__code=given.sku, starts_at__lte=at, **named)
    rows = rows if named else rows.filter(price_list__is_base=True)
    return rows.order_by("-starts_at").values_list("amount", flat=True).first()


def call_off_price(actor: Actor, price_id: int, *, reason: str) -> None:
    """Take back a price that has not begun.

    Raises PriceHasBegun, also for one that is gone; PriceOutsideGuard if another price would be outside.
    """
    with transaction.atomic():
        share_guards()
        waiting = Price.objects.select_for_update(of=("self",)).select_related("sku", "price_list")
        price = waiting.filter(pk=price_id, starts_at__gt=clock.now()).first()
        if price is None:
            raise PriceHasBegun
        lock_prices_of([price.sku.code])
        price.delete()
        named = "" if price.price_list.is_base else price.price_list.code
        accounts.record(
            actor,
            "products.call_off_price",
            target=("sku", price.sku.code),
            changes=_told(named, price.amount, None) | _from(price.starts_at),
            reason=reason,
            under=CHANGE,
        )
        require_within_guards([price.sku_id], at=clock.now())
