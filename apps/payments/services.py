"""Writes of the payment center: payments, tenders, and the facts providers report."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from apps.accounts import services as accounts
from apps.accounts.actor import system_actor
from apps.common import clock, sql
from apps.common.keys import document_number
from apps.orders.models import Order
from apps.orders.services import Place
from apps.payments.models import Payment, PaymentEvent, Tender
from apps.payments.rules import TenderDraft
from apps.payments.selectors import PaymentNotFound

CREATE = """
WITH new_payment AS (
    INSERT INTO payments_payment (number, order_id, store_id, franchisee_id, region_id,
        business_day, provider, status, amount, captured_amount, created_at, captured_at,
        settled_at)
    VALUES (%(number)s, %(order_id)s, %(store_id)s, %(franchisee_id)s, %(region_id)s,
        %(business_day)s, %(provider)s, %(status)s, %(amount)s, %(captured_amount)s, %(at)s,
        %(captured_at)s, %(captured_at)s)
    RETURNING id
), new_tenders AS (
    INSERT INTO payments_tender (payment_id, kind, amount)
    SELECT new_payment.id, tender.kind, tender.amount
    FROM new_payment, unnest(%(kind)s::text[], %(tender)s::bigint[]) AS tender (kind, amount)
), new_events AS (
    INSERT INTO payments_paymentevent (payment_id, kind, provider, provider_ref, amount, at, reason)
    SELECT new_payment.id, event, %(provider)s, '', %(amount)s, %(at)s, ''
    FROM new_payment, unnest(%(event)s::text[]) AS event
)
SELECT id FROM new_payment
"""

IMPORT = """
WITH new_payment AS (
    INSERT INTO payments_payment (number, order_id, store_id, franchisee_id, region_id,
        business_day, provider, status, amount, captured_amount, created_at, captured_at,
        settled_at)
    SELECT number, order_id, store_id, franchisee_id, region_id, business_day, %(provider)s,
        'captured', amount, amount, at, at, at
    FROM unnest(%(number)s::text[], %(order_id)s::bigint[], %(store_id)s::bigint[],
        %(franchisee_id)s::bigint[], %(region_id)s::bigint[], %(business_day)s::date[],
        %(amount)s::bigint[], %(at)s::timestamptz[]) WITH ORDINALITY
        AS given (number, order_id, store_id, franchisee_id, region_id, business_day, amount, at,
            place)
    ORDER BY place
    RETURNING id, number, amount, captured_at
), new_tenders AS (
    INSERT INTO payments_tender (payment_id, kind, amount)
    SELECT new_payment.id, tender.kind, tender.amount
    FROM unnest(%(tender_of)s::text[], %(kind)s::text[], %(tender)s::bigint[])
        AS tender (number, kind, amount)
    JOIN new_payment USING (number)
    ORDER BY new_payment.id, tender.kind
), new_events AS (
    INSERT INTO payments_paymentevent (payment_id, kind, provider, provider_ref, amount, at, reason)
    SELECT new_payment.id, event.kind, %(provider)s, '', new_payment.amount,
        new_payment.captured_at, ''
    FROM new_payment, unnest(%(event)s::text[]) WITH ORDINALITY AS event (kind, place)
    ORDER BY new_payment.id, event.place
)
SELECT count(*) FROM new_payment
"""


@dataclass(frozen=True, slots=True)
class ImportedPayment:
    """Money that an imported order brings with it, received at ``at``."""

    order_id: int
    order_number: str
    place: Place
    tenders: Sequence[TenderDraft]
    at: datetime

    @property
    def number(self) -> str:
        return f"P{self.order_number}"


@dataclass(frozen=True, slots=True)
class CaptureNotice:
    """What a provider says happened: money of ``amount`` arrived under its own reference."""

    provider: str
    provider_ref: str
    payment_number: str
    amount: int


def take_at_counter(
    *, order_id: int, place: Place, tenders: Sequence[TenderDraft], at: datetime
) -> str:
    """Money taken by the store: a payment that is captured and settled at once; its number."""
    events = [PaymentEvent.Kind.CAPTURED, PaymentEvent.Kind.SETTLED]
    return _create(order_id, place, Payment.Provider.COUNTER, tenders, events, at)


def take_imported(payments: Sequence[ImportedPayment]) -> int:
    """Payments received elsewhere, captured and settled then; how many. One statement."""
    tenders = [(payment.number, given) for payment in payments for given in payment.tenders]
    found = sql.rows(
        IMPORT,
        {
            "provider": str(Payment.Provider.IMPORTED),
            "number": [payment.number for payment in payments],
            "order_id": [payment.order_id for payment in payments],
            "store_id": [payment.place.store_id for payment in payments],
            "franchisee_id": [payment.place.franchisee_id for payment in payments],
            "region_id": [payment.place.region_id for payment in payments],
            "business_day": [payment.place.business_day for payment in payments],
            "amount": [sum(given.amount for given in payment.tenders) for payment in payments],
            "at": [payment.at for payment in payments],
            "tender_of": [number for number, _given in tenders],
            "kind": [given.kind for _number, given in tenders],
            "tender": [given.amount for _number, given in tenders],
            "event": [str(PaymentEvent.Kind.CAPTURED), str(PaymentEvent.Kind.SETTLED)],
        },
    )
    return int(found[0][0])


def open_payment(*, order_id: int, place: Place, provider: str, amount: int) -> str:
    """A payment that waits for its provider; its number."""
    tenders = [TenderDraft(kind=provider, amount=amount)]
    return _create(order_id, place, provider, tenders, [PaymentEvent.Kind.OPENED], clock.now())


def _create(
    order_id: int,
    place: Place,
    provider: str,
    tenders: Sequence[TenderDraft],
    events: Sequence[str],
    at: datetime,
) -> str:
    number = document_number("P", place.business_day)
    amount = sum(tender.amount for tender in tenders)
    captured = PaymentEvent.Kind.CAPTURED in events
    sql.rows(
        CREATE,
        {
            "number": number,
            "order_id": order_id,
            "store_id": place.store_id,
            "franchisee_id": place.franchisee_id,
            "region_id": place.region_id,
            "business_day": place.business_day,
            "provider": str(provider),
            "status": "captured" if captured else "pending",
            "amount": amount,
            "captured_amount": amount if captured else None,
            "at": at,
            "captured_at": at if captured else None,
            "kind": [tender.kind for tender in tenders],
            "tender": [tender.amount for tender in tenders],
            "event": [str(event) for event in events],
        },
    )
    return number


def record_capture(notice: CaptureNotice) -> int | None:
    """Store the fact that money arrived; whatever breaks later, it is on record.

    Returns the id of the payment to settle, None for a notice that names no payment of ours. A
    notice seen before changes nothing. Money beyond the first capture of a payment becomes a
    payment of its own, which is due for refund.
    """
    try:
        return _record_capture(notice)
    except IntegrityError:
        # A twin with the same reference, under another payment's number, was stored meanwhile.
        kept = PaymentEvent.objects.get(provider=notice.provider, provider_ref=notice.provider_ref)
        return kept.payment_id


def _record_capture(notice: CaptureNotice) -> int | None:
    with transaction.atomic():
        asked = Payment.objects.filter(number=notice.payment_number)
        payment = asked.select_for_update(no_key=True).first()
        known = PaymentEvent.objects.filter(
            provider=notice.provider, provider_ref=notice.provider_ref
        ).first()
        if known is not None:
            return known.payment_id
        if payment is None or payment.provider != notice.provider:
            _keep_unmatched(notice)
            return None
        if payment.status != Payment.Status.PENDING:
            payment = _open_again(payment)
        _capture(payment, notice)
        return payment.pk


def _open_again(first: Payment) -> Payment:
    """A payment of its own for money that arrives again under an already captured one."""
    payment = Payment.objects.create(
        number=document_number("P", first.business_day),
        order_id=first.order_id,
        store_id=first.store_id,
        franchisee_id=first.franchisee_id,
        region_id=first.region_id,
        business_day=first.business_day,
        provider=first.provider,
        status=Payment.Status.PENDING,
        amount=first.amount,
        created_at=clock.now(),
    )
    Tender.objects.create(payment=payment, kind=payment.provider, amount=payment.amount)
    return payment


def _capture(payment: Payment, notice: CaptureNotice) -> None:
    now, before = clock.now(), payment.status
    payment.status = Payment.Status.CAPTURED
    payment.captured_at = now
    payment.captured_amount = notice.amount
    payment.save(update_fields=["status", "captured_at", "captured_amount"])
    PaymentEvent.objects.create(
        payment=payment,
        kind=PaymentEvent.Kind.CAPTURED,
        provider=notice.provider,
        provider_ref=notice.provider_ref,
        amount=notice.amount,
        at=now,
    )
    accounts.record(
        system_actor(notice.provider),
        "payments.capture",
        target=("payment", payment.number),
        changes={
            "status": [before, payment.status],
            "captured_amount": [None, notice.amount],
        },
    )


def _keep_unmatched(notice: CaptureNotice) -> None:
    """The notice names no payment of ours; twins may arrive at once, and one row is kept."""
    _event, kept = PaymentEvent.objects.get_or_create(
        provider=notice.provider,
        provider_ref=notice.provider_ref,
        defaults={
            "kind": PaymentEvent.Kind.UNMATCHED,
            "amount": notice.amount,
            "at": clock.now(),
            "reason": notice.payment_number,
        },
    )
    if kept:
        accounts.record(
            system_actor(notice.provider),
            "payments.keep_unmatched",
            target=("paymentevent", notice.payment_number[:64]),
            changes={"amount": notice.amount},
        )


def lock_payment(payment_id: int) -> Payment:
    """The payment under FOR NO KEY UPDATE. Raises PaymentNotFound."""
    payment = Payment.objects.select_for_update(no_key=True).filter(pk=payment_id).first()
    if payment is None:
        raise PaymentNotFound(fields={"id": payment_id})
    return payment


def order_id_of(payment_id: int) -> int:
    """The order that a payment belongs to; it never changes. Raises PaymentNotFound."""
    order_id = Payment.objects.filter(pk=payment_id).values_list("order_id", flat=True).first()
    if order_id is None:
        raise PaymentNotFound(fields={"id": payment_id})
    return order_id


def mark_settled(payment: Payment) -> None:
    """The order has taken the money; the row is locked."""
    _settle(payment, PaymentEvent.Kind.SETTLED)


def mark_refund_due(payment: Payment, *, reason: str) -> None:
    """The order cannot take the money, which must go back; the row is locked."""
    payment.status = Payment.Status.REFUND_DUE
    _settle(payment, PaymentEvent.Kind.REFUND_DUE, reason=reason)


def _settle(payment: Payment, kind: PaymentEvent.Kind, *, reason: str = "") -> None:
    payment.settled_at = clock.now()
    payment.save(update_fields=["status", "settled_at"])
    PaymentEvent.objects.create(
        payment=payment,
        kind=kind,
        provider=payment.provider,
        amount=payment.captured_amount or 0,
        at=payment.settled_at,
        reason=reason,
    )


def place_of(order: Order) -> Place:
    """The frozen place of an order, for documents that follow it."""
    return Place(order.store_id, order.franchisee_id, order.region_id, order.business_day)
