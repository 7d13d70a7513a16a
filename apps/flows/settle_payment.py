"""Money has arrived: give it to its order, or mark it due for refund.

Runs after the fact of the capture is stored; a sweep repeats it until it is done.
"""

from django.db import transaction

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.common import clock
from apps.inventory import services as inventory
from apps.loyalty import services as loyalty
from apps.orders import services as orders
from apps.orders.models import Order
from apps.payments import services as payments
from apps.payments.models import Payment


def settle_payment(actor: Actor, payment_id: int) -> None:
    """Settle one captured payment; nothing happens if it is settled or not captured.

    Raises PaymentNotFound.
    """
    with transaction.atomic(durable=True):
        order = orders.lock_order(payments.order_id_of(payment_id))
        payment = payments.lock_payment(payment_id)
        if payment.captured_at is None or payment.settled_at is not None:
            return
        settle_step(actor, order, payment)


def settle_step(actor: Actor, order: Order, payment: Payment) -> None:
    """The step inside a transaction that holds the locks of order and payment."""
    refusal, before = _refusal(order, payment), payment.status
    if refusal:
        payments.mark_refund_due(payment, reason=refusal)
    else:
        orders.mark_paid(actor, order)
        payments.mark_settled(payment)
    accounts.record(
        actor,
        "payments.settle",
        target=("payment", payment.number),
        changes={"status": [before, payment.status], "order": order.number},
        reason=refusal,
    )
    if not refusal:
        earn_and_hand_over_step(order)


def _refusal(order: Order, payment: Payment) -> str:
    """Why the order cannot take the money; empty if it can."""
    if order.status == Order.Status.CANCELLED:
        return "order_cancelled"
    if order.status != Order.Status.PENDING_PAYMENT:
        return "order_paid"
    return "" if payment.captured_amount == order.net_amount else "amount_differs"


def earn_and_hand_over_step(order: Order) -> None:
    """Points, then stock: the hot rows last."""
    place = payments.place_of(order)
    now = clock.now()
    if order.member_id is not None:
        earning = loyalty.EarningOrder(
            order.pk, order.number, order.member_id, order.net_amount, place, order.store.time_zone
        )
        loyalty.earn_for_order(earning, at=now)
    inventory.commit_reservations(inventory.Cause(order.pk, order.number, place, now))
