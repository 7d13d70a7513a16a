"""Place an order: a counter sale when tenders come with it, else an order that waits for payment.

One durable transaction in the house's lock order; stock is taken last, just before commit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts import services as accounts
from apps.accounts.actor import Actor, ActorKind
from apps.common import clock, idempotency
from apps.common.errors import NotPermitted
from apps.common.idempotency import Once
from apps.flows.pricing import Buyer, PricedLines, price_at
from apps.flows.results import order_result
from apps.inventory import services as inventory
from apps.loyalty import services as loyalty
from apps.members import selectors as members
from apps.members.selectors import MemberRef
from apps.orders import rules as order_rules
from apps.orders import services as orders
from apps.org import selectors as org
from apps.payments import rules as payment_rules
from apps.payments import services as payments
from apps.products import services as products

PAY_WITHIN = timedelta(minutes=30)
"""How long an unpaid order keeps its goods reserved."""


class MemberMismatch(NotPermitted):
    code = "member_mismatch"
    message = _("A member orders for themselves only.")


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """What the caller asks for. ``shown_total`` is the net amount the shopper was shown."""

    store: str
    channel: str
    lines: Sequence[order_rules.LineRequest]
    shown_total: int
    member: str | None = None
    tenders: Sequence[payment_rules.TenderDraft] = ()
    undercut_code: str = ""


def place_order(actor: Actor, request: OrderRequest, once: Once) -> dict[str, Any]:
    """The stored result of the order: number, status, lines, amounts, payment, points.

    Raises ActionNotPermitted, the refusals of ``org.require_selling_point``, MemberNotFound,
    MemberClosed, MemberMismatch, those of ``pricing.price_at`` and of tenders, PriceChanged, OutOfStock, KeyInUse, KeyReused; then nothing was written.
    """
    org.require_action(actor, "orders.place")
    if request.tenders:
        org.require_action(actor, "payments.take")
    order_rules.check_line_count(len(request.lines))
    with transaction.atomic(durable=True):
        done = idempotency.begin(once)
        return done if done is not None else _place(actor, request, once)


def _place(actor: Actor, request: OrderRequest, once: Once) -> dict[str, Any]:
    now = clock.now()
    point = _selling_point(actor, request, now)
    member = _member(actor, request)
    priced = price_at(point, request.lines, Buyer(undercut_code=request.undercut_code), at=now)
    totals = priced.totals
    order_rules.check_shown_total(request.shown_total, totals)
    if request.tenders:
        payment_rules.check_counter_tenders(request.tenders, due=totals.net)
    draft = _draft(request, point, member, priced, now)
    order_id, number = orders.create_order(actor, draft)
    result = order_result(draft, number, point, member)
    if request.tenders:
        result["payment"] = payments.take_at_counter(
            order_id=order_id, place=draft.place, tenders=request.tenders, at=now
        )
        if member:
            earning = loyalty.EarningOrder(
                order_id, number, member.id, totals.net, draft.place, point.time_zone
            )
            result["points_earned"] = loyalty.earn_for_order(earning, at=now)
    accounts.record(
        actor,
        "orders.place",
        target=("order", number),
        changes={"status": ["", draft.path[-1]], "net": totals.net, "store": point.store_code},
        place=point,
    )
    idempotency.finish(once, result)
    if priced.undercuts:
        products.use_undercut_code(request.undercut_code, store_id=point.store_id, at=now)
    _take_stock(order_id, number, draft)
    return result


def _selling_point(actor: Actor, request: OrderRequest, now: datetime) -> org.SellingPoint:
    actions = ("orders.place", "payments.take")[: 2 if request.tenders else 1]
    store, channel = request.store, request.channel
    return org.hold_selling_point(actor, *actions, store_code=store, channel_code=channel, at=now)


def _member(actor: Actor, request: OrderRequest) -> MemberRef | None:
    if actor.kind is ActorKind.MEMBER:
        if request.member not in (None, actor.label):
            raise MemberMismatch(fields={"member": request.member})
        return MemberRef(actor.id, actor.label)
    return members.require_member(request.member) if request.member else None


def _draft(
    request: OrderRequest,
    point: org.SellingPoint,
    member: MemberRef | None,
    priced: PricedLines,
    now: datetime,
) -> orders.OrderDraft:
    place = orders.Place(
        store_id=point.store_id,
        franchisee_id=point.franchisee_id,
        region_id=point.region_id,
        business_day=point.business_day,
    )
    return orders.OrderDraft(
        place=place,
        channel_id=point.channel_id,
        member_id=member.id if member else None,
        placed_at=now,
        pay_until=None if request.tenders else now + PAY_WITHIN,
        lines=priced.lines,
        totals=priced.totals,
        path=(order_rules.COMPLETED if request.tenders else order_rules.PENDING_PAYMENT,),
    )


def _take_stock(order_id: int, number: str, draft: orders.OrderDraft) -> None:
    cause = inventory.Cause(order_id, number, draft.place, draft.placed_at)
    wanted = order_rules.sum_by_sku(draft.lines)
    codes = order_rules.codes_taken(draft.lines)
    if draft.pay_until is None:
        inventory.sell(cause, wanted, codes)
    else:
        inventory.reserve_for_order(cause, wanted, codes, expires_at=draft.pay_until)
