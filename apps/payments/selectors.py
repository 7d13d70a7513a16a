"""Reads of the payment center."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from apps.accounts.actor import Actor, ActorKind
from apps.common.errors import Missing
from apps.org import selectors as org
from apps.payments.models import Payment, PaymentEvent, Tender

CARE_AFTER = timedelta(minutes=5)
"""The sweep runs every minute; money that waits longer than this waits for a person."""


class PaymentNotFound(Missing):
    code = "payment_not_found"
    message = _("There is no such payment.")


def payments_visible_to(actor: Actor) -> QuerySet[Payment]:
    """Payments by the owner and region frozen on them; a member sees those of their orders."""
    if actor.kind is ActorKind.MEMBER:
        return Payment.objects.filter(order__member_id=actor.id)
    reach = org.reach_of(actor, "payments.see")
    return Payment.objects.filter(reach.where_frozen(), reach.where_channel("order__channel"))


def payments_of_order(actor: Actor, order_id: int) -> QuerySet[Payment]:
    """The payments of one order that ``actor`` sees, oldest first."""
    return payments_visible_to(actor).filter(order_id=order_id).order_by("id")


def with_tenders(payments: QuerySet[Payment]) -> QuerySet[Payment]:
    """The same payments with order, store and tenders loaded, in one statement more."""
    return payments.select_related("order", "store").prefetch_related("tenders")


def require_payment(actor: Actor, number: str) -> Payment:
    """The payment with order, store and tenders. Raises PaymentNotFound."""
    payment = with_tenders(payments_visible_to(actor)).filter(number=number).first()
    if payment is None:
        raise PaymentNotFound(fields={"number": number})
    return payment


def tenders_visible_to(actor: Actor) -> QuerySet[Tender]:
    """The tenders of the payments that ``actor`` sees."""
    return Tender.objects.filter(_of_visible_payment(actor))


def events_visible_to(actor: Actor) -> QuerySet[PaymentEvent]:
    """The facts about those payments; notices that name none of ours only with everything."""
    return PaymentEvent.objects.filter(_of_visible_payment(actor))


def _of_visible_payment(actor: Actor) -> Q:
    if actor.kind is ActorKind.MEMBER:
        return Q(payment__order__member_id=actor.id)
    reach = org.reach_of(actor, "payments.see")
    return reach.where_frozen("payment") & reach.where_channel("payment__order__channel")


def refund_due(payments: QuerySet[Payment]) -> QuerySet[Payment]:
    """Money that came and must go back."""
    return payments.filter(status=Payment.Status.REFUND_DUE)


@dataclass(frozen=True, slots=True)
class Owed:
    """Money that must go back: how many payments, and how much in minor units."""

    count: int
    amount: int


def owed(payments: QuerySet[Payment]) -> Owed:
    """What of ``payments`` must go back. One statement."""
    found = refund_due(payments).order_by().aggregate(n=Count("pk"), sum=Sum("captured_amount"))
    return Owed(found["n"], int(found["sum"] or 0))


def unsettled(payments: QuerySet[Payment]) -> QuerySet[Payment]:
    """Money that came and of which the order does not know yet."""
    return payments.filter(captured_at__isnull=False, settled_at=None)


def unsettled_too_long(payments: QuerySet[Payment], now: datetime) -> QuerySet[Payment]:
    """Those of which the sweep should have told the order by now: somebody has to look."""
    return unsettled(payments).filter(captured_at__lt=now - CARE_AFTER)


def money_waits_for(order_id: int) -> bool:
    """Whether money for the order is here that it does not know of yet."""
    return unsettled(Payment.objects.filter(order_id=order_id)).exists()


@dataclass(frozen=True, slots=True)
class Waiting:
    """A payment that was opened and has not come; amount in minor units."""

    number: str
    amount: int


def waiting_for(order_id: int) -> list[Waiting]:
    """The payments of an order that have not come yet. One statement."""
    rows = Payment.objects.filter(order_id=order_id, status=Payment.Status.PENDING)
    return [Waiting(*row) for row in rows.order_by("pk").values_list("number", "amount")]


def captured_but_unsettled(before: datetime, limit: int) -> list[int]:
    """Payments whose money is here but whose order does not know: the settlement outbox."""
    waiting = Payment.objects.filter(captured_at__lt=before, settled_at=None)
    return list(waiting.order_by("captured_at").values_list("id", flat=True)[:limit])


def unsettled_at(store_id: int, before: date) -> int:
    """How many payments of business days before ``before`` are captured and not settled."""
    return unsettled(Payment.objects.filter(store_id=store_id, business_day__lt=before)).count()


def refund_due_at(store_id: int, franchisee_id: int | None) -> int:
    """How many payments that a store took under this owner must go back."""
    taken = Payment.objects.filter(Q(franchisee_id=franchisee_id), store_id=store_id)
    return refund_due(taken).count()
