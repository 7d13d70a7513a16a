"""Many orders at once: those that were not paid are cancelled."""

import hashlib
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy

from apps.accounts.actor import Actor
from apps.common.idempotency import Once
from apps.flows.cancel_order import cancel_order
from apps.jobs.registry import Change, Options
from apps.jobs.rules import Skip, Step
from apps.orders.models import Order
from apps.orders.services import OrderCancelled, OrderPaid
from apps.payments import selectors as payments
from apps.payments.models import Payment

CANCEL = "orders.cancel"


def judge(actor: Actor, orders: Sequence[Any], options: Options) -> list[Step]:
    """What cancelling these orders would do. One statement."""
    arrived = payments.unsettled(Payment.objects.filter(order__in=[one.pk for one in orders]))
    paid = set(arrived.values_list("order_id", flat=True))
    return [_step(one, waits=one.pk in paid) for one in orders]


def _step(order: Order, *, waits: bool) -> Step:
    if order.status == Order.Status.CANCELLED:
        return Step(order.number, skip=_skip(OrderCancelled()))
    if order.status != Order.Status.PENDING_PAYMENT or waits:
        return Step(order.number, skip=_skip(OrderPaid()))
    return Step(order.number, {"status": (order.status, Order.Status.CANCELLED.value)})


def _skip(refusal: OrderPaid | OrderCancelled) -> Skip:
    return Skip(refusal.code, refusal.detail)


def cancel(actor: Actor, order: Any, options: Options, key: str) -> None:
    """Cancel one, once for this job: a worker that takes the job over gets the first answer again."""
    reason = options["reason"]
    said = f"cancel_order\n{order.number}\n{reason}"
    once = Once(actor.caller, f"job-{key}", hashlib.sha256(said.encode()).hexdigest())
    cancel_order(actor, order.number, reason=reason, once=once)


CANCEL_UNPAID = Change(
    subject="orders.cancel_unpaid",
    title=gettext_lazy("cancel unpaid orders"),
    listing="orders.order",
    offices=("admin",),
    action=CANCEL,
    labels={"status": gettext_lazy("status")},
    values={"status": dict(Order.Status.choices)},
    judge=judge,
    each=cancel,
)
CHANGES = (CANCEL_UNPAID,)
