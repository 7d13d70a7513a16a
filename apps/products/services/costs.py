"""What SKUs cost from a supplier from an instant on. A cost is never rewritten: a change is a new row.

The audit trail is read by people who may not see costs: its lines name the SKU and hide the amount.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.common import clock, sql
from apps.common.errors import ActionNotPermitted, Conflict
from apps.common.money import MAX_AMOUNT
from apps.org import selectors as org
from apps.products.models import Sku, Supplier, SupplierCost
from apps.products.selectors.costs import SEE_COST
from apps.products.services.prices import LOCK_SKUS, PriceHasBegun, PriceInThePast, PriceOutOfRange

MANAGE = "products.manage"
HIDDEN = "***"


class CostSetAlready(Conflict):
    code = "cost_set_already"
    message = _("Another cost of this supplier begins at the same instant; call it off first.")


def set_cost(
    actor: Actor,
    *,
    sku: Sku,
    supplier: Supplier,
    amount: int | None,
    starts_at: datetime | None = None,
    reason: str = "",
) -> SupplierCost | None:
    """Have a unit of ``sku`` cost ``amount`` minor units before tax from ``starts_at`` (now if None);
    an amount of None is "not delivered from here on". The new row; None where nothing differed.

    One audit line. Raises ActionNotPermitted, PriceOutOfRange, PriceInThePast, CostSetAlready.
    """
    _require_rights(actor)
    if amount is not None and not 0 <= amount <= MAX_AMOUNT:
        raise PriceOutOfRange(fields={"sku": sku.code})
    if starts_at is not None and starts_at < clock.now():
        raise PriceInThePast(fields={"starts_at": clock.rfc3339(starts_at)})
    with transaction.atomic():
        sql.rows(LOCK_SKUS, {"skus": [sku.code]})
        now = clock.now()  # after the lock: who waited for it comes later
        row = SupplierCost(sku=sku, supplier=supplier, amount=amount, starts_at=starts_at or now)
        row.set_at, row.set_by, row.reason = now, actor.label[:64], reason[:255]
        if _held(row) == amount:
            return None
        _insert(row)
        _record(actor, "products.set_cost", row, reason)
    return row


def call_off_cost(actor: Actor, cost_id: int, *, reason: str) -> None:
    """Take back a cost that has not begun.

    Raises ActionNotPermitted; PriceHasBegun, also for one that is gone.
    """
    _require_rights(actor)
    with transaction.atomic():
        waiting = SupplierCost.objects.select_for_update(of=("self",)).select_related("sku")
        row = waiting.filter(pk=cost_id, starts_at__gt=clock.now()).first()
        if row is None:
            raise PriceHasBegun
        row.delete()
        _record(actor, "products.call_off_cost", row, reason)


def _require_rights(actor: Actor) -> None:
    """Costs are the brand's: who sets them sees them, and reaches everything."""
    rights = (MANAGE, SEE_COST)
    if not all(org.reach_of(actor, one).everything for one in rights):
        raise ActionNotPermitted


def _held(row: SupplierCost) -> int | None:
    rows = SupplierCost.objects.filter(sku=row.sku, supplier=row.supplier)
    begun = rows.filter(starts_at__lte=row.starts_at).order_by("-starts_at")
    return begun.values_list("amount", flat=True).first()


def _insert(row: SupplierCost) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if sql.constraint_of(error) != "cost_once_an_instant":
            raise
        raise CostSetAlready(fields={"starts_at": clock.rfc3339(row.starts_at)}) from error


def _record(actor: Actor, action: str, row: SupplierCost, reason: str) -> None:
    accounts.record(
        actor,
        action,
        target=("sku", row.sku.code),
        changes={"cost": HIDDEN, "from": clock.rfc3339(row.starts_at)},
        reason=reason,
        under=MANAGE,
    )
