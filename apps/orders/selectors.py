"""Reads of the order center."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.accounts.actor import Actor, ActorKind
from apps.common.errors import Missing
from apps.orders.models import Order, OrderLine
from apps.org import selectors as org


class OrderNotFound(Missing):
    code = "order_not_found"
    message = _("There is no such order.")


def orders_visible_to(actor: Actor, action: str = "orders.see") -> QuerySet[Order]:
    """Orders on which ``actor`` may do ``action``; by the owner and region frozen on them.

    A member sees their own.
    """
    if actor.kind is ActorKind.MEMBER:
        return Order.objects.filter(member_id=actor.id)
    reach = org.reach_of(actor, action)
    return Order.objects.filter(reach.where(store="store", franchisee="franchisee", region="region"))


def lines_visible_to(actor: Actor) -> QuerySet[OrderLine]:
    """The lines of the orders that ``actor`` sees."""
    return OrderLine.objects.filter(order__in=orders_visible_to(actor))


def require_order(actor: Actor, action: str, number: str) -> Order:
    """The order, if ``actor`` may do ``action`` on it. Raises OrderNotFound."""
    order = orders_visible_to(actor, action).filter(number=number).first()
    if order is None:
        raise OrderNotFound(fields={"number": number})
    return order


def unpaid_past_due(now: datetime, limit: int) -> list[int]:
    """Ids of orders that were not paid in time, oldest first: the outbox of the expiry sweep."""
    due = Order.objects.filter(status=Order.Status.PENDING_PAYMENT, pay_until__lt=now)
    return list(due.order_by("pay_until").values_list("id", flat=True)[:limit])
