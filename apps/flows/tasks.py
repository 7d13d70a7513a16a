"""Sweeps: each drains a state column that says "not yet done", a page at a time."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings

from apps.accounts.actor import system_actor
from apps.common import clock
from apps.flows.cancel_order import cancel_overdue
from apps.flows.settle_payment import settle_payment
from apps.loyalty import selectors as loyalty_selectors
from apps.loyalty import services as loyalty
from apps.orders import selectors as orders
from apps.payments import selectors as payments

PAGE = 200
SETTLE_AFTER = timedelta(seconds=10)
"""Younger captures are left to the request that brought them."""


@shared_task
def settle_captured_payments() -> None:
    """Settle what was captured and not settled, for example after a crash between the two."""
    for payment_id in payments.captured_but_unsettled(clock.now() - SETTLE_AFTER, PAGE):
        settle_payment(system_actor("settlement"), payment_id)


@shared_task
def cancel_overdue_orders() -> None:
    """Cancel orders that were not paid in time, so that their goods are free again."""
    now = clock.now()
    for order_id in orders.unpaid_past_due(now, PAGE):
        cancel_overdue(order_id, now=now)


@shared_task
def expire_points() -> None:
    """Expire lots past their date."""
    now = clock.now()
    for member_id in loyalty_selectors.members_with_expired_lots(now, PAGE):
        loyalty.expire_lots(member_id, now=now, time_zone=settings.TIME_ZONE)
