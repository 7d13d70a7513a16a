"""Reads of the payment center."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.accounts.actor import Actor, ActorKind
from apps.common.errors import Missing
from apps.org import selectors as org
from apps.payments.models import Payment


class PaymentNotFound(Missing):
    code = "payment_not_found"
    message = _("There is no such payment.")


def payments_visible_to(actor: Actor) -> QuerySet[Payment]:
    """Payments by the owner and region frozen on them; a member sees those of their orders."""
    if actor.kind is ActorKind.MEMBER:
        return Payment.objects.filter(order__member_id=actor.id)
    reach = org.reach_of(actor, "payments.see")
    return Payment.objects.filter(
        reach.where(store="store", franchisee="franchisee", region="region")
    )


def captured_but_unsettled(before: datetime, limit: int) -> list[int]:
    """Payments whose money is here but whose order does not know: the settlement outbox."""
    waiting = Payment.objects.filter(captured_at__lt=before, settled_at=None)
    return list(waiting.order_by("captured_at").values_list("id", flat=True)[:limit])
