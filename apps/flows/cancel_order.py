"""Cancel an order that was not paid: its goods are free again."""

from datetime import datetime
from typing import Any

from django.db import transaction

from apps.accounts import services as accounts
from apps.accounts.actor import Actor, system_actor
from apps.common import idempotency
from apps.common.idempotency import Once
from apps.inventory import services as inventory
from apps.orders import selectors as order_selectors
from apps.orders import services as orders
from apps.orders.models import Order
from apps.org import selectors as org
from apps.payments import selectors as payments


def cancel_order(actor: Actor, number: str, *, reason: str, once: Once) -> dict[str, Any]:
    """The stored result of the cancellation.

    A paid order is refused (OrderPaid) until refunds exist, and so is one whose money is here and
    about to be settled. Raises ActionNotPermitted,
    OrderNotFound, OrderPaid, OrderCancelled, KeyInUse, KeyReused; then nothing was written.
    """
    org.require_action(actor, "orders.cancel")
    with transaction.atomic(durable=True):
        done = idempotency.begin(once)
        if done is not None:
            return done
        found = order_selectors.require_order(actor, "orders.cancel", number)
        order = orders.lock_order(found.pk)
        orders.require_payable(order)
        if payments.money_waits_for(order.pk):
            raise orders.OrderPaid(fields={"number": order.number})
        result = idempotency.finish(once, {"number": order.number, "status": "cancelled"})
        _cancel_step(actor, order, reason)
        return result


def cancel_overdue(order_id: int, *, now: datetime) -> bool:
    """Cancel an order whose time to pay is over; False if it was paid or cancelled meanwhile.

    One whose money is here and about to be settled was paid in time, and is left to its settlement.
    """
    actor = system_actor("expiry")
    with transaction.atomic(durable=True):
        order = orders.lock_order(order_id)
        waits = order.status == Order.Status.PENDING_PAYMENT
        if not waits or order.pay_until is None or order.pay_until >= now:
            return False
        if payments.money_waits_for(order.pk):
            return False
        _cancel_step(actor, order, "not_paid_in_time")
        return True


def _cancel_step(actor: Actor, order: Order, reason: str) -> None:
    orders.mark_cancelled(actor, order, reason=reason)
    accounts.record(
        actor,
        "orders.cancel",
        target=("order", order.number),
        changes={"status": ["pending_payment", "cancelled"]},
        reason=reason,
        place=order,
    )
    inventory.release_reservations(order.pk)
