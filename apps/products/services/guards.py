"""Guards of prices: none that is set leaves the floor or the band of its SKU.

Whoever sets prices shares one lock, whoever sets a guard holds it alone: neither is judged by what the
other has not committed yet. It is taken before the rows of SKUs.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.common import clock, sql
from apps.common.errors import Unprocessable
from apps.products.models import PriceGuard
from apps.products.selectors.guarding import Broken, broken_guards, broken_guards_below

CHANGE = "products.change_price"
NAMED_AT_MOST = 10
TERMS = ("floor", "lowest", "highest")
SHARE = "SELECT pg_advisory_xact_lock_shared(hashtextextended('products.guards', 0))"
ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('products.guards', 0))"


class PriceOutsideGuard(Unprocessable):
    code = "price_outside_guard"
    message = _("Prices would leave what head office allows: %(prices)s.")


def share_guards() -> None:
    """No guard changes until the transaction ends; others may set prices too."""
    sql.rows(SHARE, {})


def require_within_guards(skus: Sequence[int], *, at: datetime) -> None:
    """Raises PriceOutsideGuard if a price of these SKUs, now or scheduled, is outside. One statement."""
    _refuse(broken_guards(skus, at=at, limit=NAMED_AT_MOST))


def save_guard(actor: Actor, guard: PriceGuard, *, reason: str = "") -> None:
    """Have ``guard`` hold from now on, new or as changed. One audit line where it differs.

    Raises PriceOutsideGuard if a price that holds now or later would be outside; then nothing was
    written.
    """
    with transaction.atomic():
        sql.rows(ALONE, {})
        before = PriceGuard.objects.filter(pk=guard.pk).values(*TERMS).first()
        with accounts.noting(actor, reason=reason, under=CHANGE):
            guard.save()
        _require_prices_within(guard)
        after = {name: getattr(guard, name) for name in TERMS}
        _record(actor, "products.save_guard", guard, _changes(before or {}, after), reason)


def drop_guard(actor: Actor, guard: PriceGuard, *, reason: str) -> None:
    """Have ``guard`` hold no longer: a category above guards its SKUs then, if any does.

    Raises PriceOutsideGuard if a price would leave the guard that holds instead.
    """
    with transaction.atomic():
        sql.rows(ALONE, {})
        before = {name: getattr(guard, name) for name in TERMS}
        with accounts.noting(actor, reason=reason, under=CHANGE):
            PriceGuard.objects.filter(pk=guard.pk).delete()
        _require_prices_within(guard)
        _record(actor, "products.drop_guard", guard, _changes(before, {}), reason)


def _require_prices_within(guard: PriceGuard) -> None:
    now = clock.now()
    if guard.sku_id is not None:
        require_within_guards([guard.sku_id], at=now)
    elif guard.category_id is not None:
        _refuse(broken_guards_below(guard.category_id, at=now, limit=NAMED_AT_MOST))


def _refuse(broken: Sequence[Broken]) -> None:
    if broken:
        raise PriceOutsideGuard(
            fields={"skus": sorted({one.sku for one in broken})},
            prices=", ".join(one.text for one in broken),
        )


def _changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Term → ``[before, after]`` of what differs."""
    pairs = {name: [before.get(name), after.get(name)] for name in TERMS}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _record(
    actor: Actor, action: str, guard: PriceGuard, changes: dict[str, Any], reason: str
) -> None:
    if changes:
        accounts.record(
            actor,
            action,
            target=("priceguard", str(guard)[:64]),
            changes=changes,
            reason=reason,
            under=CHANGE,
        )
