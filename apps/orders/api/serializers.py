"""Shapes of quotes and orders. Amounts are integers in minor units, quantities decimal strings."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal

import msgspec
from django.conf import settings
from msgspec import Meta

from apps.accounts.actor import Actor, ActorKind
from apps.common.api import Amount, Instant
from apps.orders import models, rules
from apps.payments.rules import TenderDraft

Code = Annotated[str, Meta(max_length=32)]
SkuKey = Annotated[str, Meta(max_length=64, examples=["TEA", "erp:100234"])]
QUANTITY = Meta(
    description="A decimal string or an integer: 0.001 to 999999.999, three decimals at most.",
    examples=["1.5", 2],
)
Quantity = Annotated[str | int, QUANTITY]


class LineAsked(msgspec.Struct, forbid_unknown_fields=True):
    """One line. `shown_unit_price` is what the shopper saw, if they saw one.

    `sku` is the SKU's code, or the key of another system: `source:code`. With a `pack` of the SKU the
    quantity counts packs; line and price are in the SKU's unit.
    """

    sku: SkuKey
    quantity: Quantity
    shown_unit_price: Amount | None = None
    pack: Annotated[str, Meta(max_length=16)] = ""


UndercutCode = Annotated[
    str,
    Meta(max_length=16, description="The code by which a price below the guard was allowed."),
]


class QuoteAsked(msgspec.Struct, forbid_unknown_fields=True):
    """Goods to be priced at a store, on a channel."""

    store: Code
    channel: Code
    lines: list[LineAsked]
    undercut_code: UndercutCode = ""


class TenderGiven(msgspec.Struct, forbid_unknown_fields=True):
    """One means of payment taken at the counter: `cash`."""

    kind: Annotated[str, Meta(max_length=32)]
    amount: Amount


class OrderAsked(msgspec.Struct, forbid_unknown_fields=True):
    """An order. With `tenders` it is a counter sale, paid and handed over; else it waits for payment.

    `shown_total` is the total the shopper was shown; another total is refused (`price_changed`).
    """

    store: Code
    channel: Code
    lines: list[LineAsked]
    shown_total: Amount
    member: Annotated[str, Meta(max_length=16)] | None = None
    tenders: Annotated[list[TenderGiven], Meta(max_length=20)] = []
    undercut_code: UndercutCode = ""


class CancellationAsked(msgspec.Struct, forbid_unknown_fields=True):
    """Why the order is cancelled. No personal data."""

    reason: Annotated[str, Meta(min_length=1, max_length=255)]


class PaymentAsked(msgspec.Struct, forbid_unknown_fields=True):
    """Either `tenders` taken at the counter, or a `provider` that will collect the whole amount."""

    tenders: Annotated[list[TenderGiven], Meta(max_length=20)] = []
    provider: Literal["sandbox"] | None = None


class Adjustment(msgspec.Struct):
    """What was taken off a line, and by what."""

    kind: str
    source: str
    amount: int


class Line(msgspec.Struct):
    """One line. Imported lines carry amounts and no `unit_price`."""

    sku: str
    name: str
    quantity: str
    unit_price: int | None
    price_list: str
    gross: int
    adjustments: list[Adjustment]
    net: int
    tax: int
    tax_basis_points: int


class OtherPrice(msgspec.Struct):
    """What a unit would cost if the chosen list did not hold."""

    price_list: str
    unit_price: int


class WhyThisPrice(msgspec.Struct):
    """The list that was chosen: for whom and where it is (`scope`: codes by kind), from how much of the
    SKU on, since when, and until when."""

    price_list: str
    scope: dict[str, str]
    min_quantity: str
    priority: int
    since: Instant
    until: Instant | None
    instead_of: OtherPrice | None


class QuotedLine(Line):
    """A line of a quote, with why its price is what it is. `base_price` is null without one."""

    base_price: int | None
    price: WhyThisPrice


class Quote(msgspec.Struct):
    """What the goods cost now. `total` is to be shown, and sent back with the order."""

    store: str
    channel: str
    currency: str
    lines: list[QuotedLine]
    gross: int
    discount: int
    total: int
    tax: int


class PlacedOrder(msgspec.Struct):
    """A new order. `payment` is the number of the counter payment; points are credited when paid."""

    number: str
    status: str
    store: str
    channel: str
    member: str | None
    placed_at: Instant
    pay_until: Instant | None
    currency: str
    lines: list[Line]
    gross: int
    discount: int
    total: int
    tax: int
    payment: str | None
    points_earned: int


class OpenedPayment(msgspec.Struct):
    """A payment of an order. `parameters` are for the provider's cashier; empty at the counter."""

    number: str
    order: str
    status: str
    parameters: dict[str, str | int]


class CancelledOrder(msgspec.Struct):
    """The order after its cancellation."""

    number: str
    status: str


class Order(msgspec.Struct):
    """An order as lists show it."""

    number: str
    status: str
    store: str
    channel: str
    member: str | None
    business_day: date
    placed_at: Instant
    pay_until: Instant | None
    currency: str
    gross: int
    discount: int
    total: int


class Event(msgspec.Struct):
    """One step of the order's state machine."""

    from_status: str
    to_status: str
    at: Instant
    reason: str


class OrderPayment(msgspec.Struct):
    """A payment of the order that the caller may see."""

    number: str
    provider: str
    status: str
    amount: int


class OrderDetail(Order):
    """An order with lines, steps and payments."""

    lines: list[Line]
    events: list[Event]
    payments: list[OrderPayment]


def line_requests(lines: list[LineAsked]) -> list[rules.LineRequest]:
    """The lines with their quantities read. Raises NoLines, TooManyLines, InvalidQuantity."""
    rules.check_line_count(len(lines))
    return [
        rules.LineRequest(
            line.sku, rules.parse_quantity(line.quantity), line.shown_unit_price, line.pack
        )
        for line in lines
    ]


def tender_drafts(tenders: list[TenderGiven]) -> list[TenderDraft]:
    """The tenders as the payment center takes them."""
    return [TenderDraft(kind=tender.kind, amount=tender.amount) for tender in tenders]


def order(row: models.Order) -> Order:
    """One order with store, channel and member loaded."""
    return Order(
        number=row.number,
        status=row.status,
        store=row.store.code,
        channel=row.channel.code,
        member=row.member.number if row.member else None,
        business_day=row.business_day,
        placed_at=row.placed_at,
        pay_until=row.pay_until,
        currency=settings.CURRENCY,
        gross=row.gross_amount,
        discount=row.discount_amount,
        total=row.net_amount,
    )


CANCELLED_BY_STAFF = "cancelled_by_staff"


def order_detail(row: models.Order, payments: Iterable[OrderPayment], reader: Actor) -> OrderDetail:
    """One order with lines (SKU, adjustments) and events loaded too, as ``reader`` may read it."""
    return OrderDetail(
        **msgspec.structs.asdict(order(row)),
        lines=[_line(line) for line in row.lines.all()],
        events=[
            Event(
                from_status=event.from_status,
                to_status=event.to_status,
                at=event.at,
                reason=_reason(event, reader),
            )
            for event in row.events.all()
        ],
        payments=list(payments),
    )


def _reason(event: models.OrderEvent, reader: Actor) -> str:
    """What staff wrote when they cancelled stays among staff; the other reasons are codes or one's own."""
    cancelled = event.to_status == models.Order.Status.CANCELLED
    by_staff = event.actor.startswith(f"{ActorKind.STAFF}:")
    hidden = cancelled and by_staff and reader.kind is not ActorKind.STAFF
    return CANCELLED_BY_STAFF if hidden else event.reason


def _line(row: models.OrderLine) -> Line:
    return Line(
        sku=row.sku.code,
        name=row.name,
        quantity=rules.quantity_text(row.quantity),
        unit_price=row.unit_price,
        price_list=row.price_list,
        gross=row.gross_amount,
        adjustments=[
            Adjustment(kind=given.kind, source=given.source, amount=given.amount)
            for given in row.adjustments.all()
        ],
        net=row.net_amount,
        tax=row.tax_amount,
        tax_basis_points=row.tax_basis_points,
    )
