"""Shapes of payments. Amounts are integers in minor units."""

import msgspec

from apps.common.api import Instant
from apps.payments import models


class Tender(msgspec.Struct):
    """One means of payment inside a payment."""

    kind: str
    amount: int


class Payment(msgspec.Struct):
    """One attempt to pay an order. `refund_due`: the money came and must go back."""

    number: str
    order: str
    store: str
    provider: str
    status: str
    amount: int
    captured_amount: int | None
    created_at: Instant
    captured_at: Instant | None
    settled_at: Instant | None
    tenders: list[Tender]


class NoticeReceived(msgspec.Struct):
    """The notice is on record, whatever it says; it need not be sent again."""

    received: bool


def payment(row: models.Payment) -> Payment:
    """One payment with order, store and tenders loaded."""
    return Payment(
        number=row.number,
        order=row.order.number,
        store=row.store.code,
        provider=row.provider,
        status=row.status,
        amount=row.amount,
        captured_amount=row.captured_amount,
        created_at=row.created_at,
        captured_at=row.captured_at,
        settled_at=row.settled_at,
        tenders=[Tender(kind=tender.kind, amount=tender.amount) for tender in row.tenders.all()],
    )
