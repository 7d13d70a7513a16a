"""Pay an order that waits: money taken at the counter, or a payment opened with a provider."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.common import clock, idempotency
from apps.common.idempotency import Once
from apps.flows.settle_payment import earn_and_hand_over_step
from apps.orders import selectors as order_selectors
from apps.orders import services as orders
from apps.orders.models import Order
from apps.org import selectors as org
from apps.payments import rules as payment_rules
from apps.payments import selectors as payment_selectors
from apps.payments import services as payments
from apps.payments.providers import sandbox


def pay_at_counter(
    actor: Actor, number: str, tenders: Sequence[payment_rules.TenderDraft], once: Once
) -> dict[str, Any]:
    """Take the money of an order at the counter: paid, points credited, goods handed over.

    Raises ActionNotPermitted, OrderNotFound, OrderPaid, OrderCancelled, UnknownTender,
    TenderMismatch, KeyInUse, KeyReused; then nothing was written.
    """
    org.require_action(actor, "payments.take")
    with transaction.atomic(durable=True):
        done = idempotency.begin(once)
        if done is not None:
            return done
        order = _lock_payable(actor, "payments.take", number)
        payment_rules.check_counter_tenders(tenders, due=order.net_amount)
        orders.mark_paid(actor, order)
        orders.mark_completed(actor, order)
        payment = payments.take_at_counter(
            order_id=order.pk, place=payments.place_of(order), tenders=tenders, at=clock.now()
        )
        _record(actor, order, payment, "payments.take", under="payments.take")
        result = idempotency.finish(
            once, {"number": payment, "order": order.number, "status": "captured", "parameters": {}}
        )
        earn_and_hand_over_step(order)
        return result


def pay_with_provider(actor: Actor, number: str, once: Once) -> dict[str, Any]:
    """Open a payment of the whole amount with the sandbox provider and return its parameters.

    Raises ActionNotPermitted, OrderNotFound, OrderPaid, OrderCancelled, KeyInUse, KeyReused.
    """
    org.require_action(actor, "orders.place")
    with transaction.atomic(durable=True):
        done = idempotency.begin(once)
        if done is not None:
            return done
        order = _lock_payable(actor, "orders.place", number)
        payment = payments.open_payment(
            order_id=order.pk,
            place=payments.place_of(order),
            provider=sandbox.NAME,
            amount=order.net_amount,
        )
        _record(actor, order, payment, "payments.open", under="orders.place")
        parameters = sandbox.payment_parameters(number=payment, amount=order.net_amount)
        return idempotency.finish(
            once,
            {
                "number": payment,
                "order": order.number,
                "status": "pending",
                "parameters": parameters,
            },
        )


def _lock_payable(actor: Actor, action: str, number: str) -> Order:
    """The order, locked. Money that is here and about to be settled counts as payment."""
    order = orders.lock_order(order_selectors.require_order(actor, action, number).pk)
    orders.require_payable(order)
    if payment_selectors.money_waits_for(order.pk):
        raise orders.OrderPaid(fields={"number": order.number})
    return order


def _record(actor: Actor, order: Order, payment: str, action: str, *, under: str) -> None:
    accounts.record(
        actor,
        action,
        target=("payment", payment),
        changes={"order": order.number, "amount": order.net_amount},
        under=under,
        place=order,
    )
