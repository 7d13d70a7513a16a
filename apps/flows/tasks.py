"""Sweeps: each drains a state column that says "not yet done", a page at a time."""

import time
from collections.abc import Callable
from datetime import timedelta

from celery import shared_task
from django.conf import settings

from apps.accounts import selectors as accounts
from apps.accounts.actor import system_actor
from apps.common import clock
from apps.flows import approvals
from apps.flows.cancel_order import cancel_overdue
from apps.flows.hand_over import hand_over_due
from apps.flows.settle_payment import settle_payment
from apps.loyalty import selectors as loyalty_selectors
from apps.loyalty import services as loyalty
from apps.orders import selectors as orders
from apps.org import selectors as org
from apps.payments import selectors as payments

PAGE = 200
DRAIN_SECONDS = 240  # well before Celery's soft time limit; the next run goes on from here
SETTLE_AFTER = timedelta(seconds=10)
"""Younger captures are left to the request that brought them."""


@shared_task
def settle_captured_payments() -> None:
    """Settle what was captured and not settled, for example after a crash between the two."""
    before, actor = clock.now() - SETTLE_AFTER, system_actor("settlement")
    _drain(
        lambda limit: payments.captured_but_unsettled(before, limit),
        lambda payment_id: settle_payment(actor, payment_id),
    )


@shared_task
def cancel_overdue_orders() -> None:
    """Cancel orders that were not paid in time, so that their goods are free again."""
    now = clock.now()
    _drain(
        lambda limit: orders.unpaid_past_due(now, limit),
        lambda order_id: cancel_overdue(order_id, now=now),
    )


@shared_task
def expire_approvals() -> None:
    """Mark requests that no second person decided in time."""
    now = clock.now()
    _drain(
        lambda limit: accounts.overdue_approvals(now, limit),
        lambda approval_id: approvals.expire_overdue(approval_id, now=now),
    )


@shared_task
def hand_over_stores() -> None:
    """Turn stores whose new owner's or region's day has begun; those with open orders wait."""
    _drain(lambda limit: org.stores_to_hand_over(clock.now(), limit), hand_over_due)


@shared_task
def expire_points() -> None:
    """Expire lots past their date."""
    now = clock.now()
    _drain(
        lambda limit: loyalty_selectors.members_with_expired_lots(now, limit),
        lambda member_id: loyalty.expire_lots(member_id, now=now, time_zone=settings.TIME_ZONE),
    )


def _drain(page: Callable[[int], list[int]], handle: Callable[[int], object]) -> None:
    """Handle everything that ``page`` (of at most so many ids) still names, each once.

    What is done leaves the page; what failed or had to be left is stepped over. One that fails holds
    up no other; all failures are raised together at the end.
    """
    deadline = time.monotonic() + DRAIN_SECONDS
    tried: set[int] = set()
    failures: list[Exception] = []
    left = 0
    while time.monotonic() <= deadline:
        found = page(PAGE + left)
        fresh = [key for key in found if key not in tried]
        if not fresh and len(found) < PAGE + left:
            break
        left = len(found) - len(fresh)
        for key in fresh:
            if time.monotonic() > deadline:
                break
            try:
                handle(key)
            except Exception as error:  # noqa: BLE001 - raised below, after the others had their turn
                failures.append(error)
        tried.update(fresh)
    if failures:
        raise ExceptionGroup("some could not be handled", failures)
