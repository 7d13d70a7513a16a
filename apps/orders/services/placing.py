"""Writes of the order center: the document and its state machine. Knows no stock, money or points."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from apps.accounts.actor import Actor
from apps.common import clock, sql
from apps.common.errors import Conflict
from apps.common.keys import document_number
from apps.orders import rules
from apps.orders.models import Order, OrderEvent
from apps.orders.selectors import OrderNotFound


class OrderPaid(Conflict):
    code = "order_paid"
    message = _("This order is paid already.")


class OrderCancelled(Conflict):
    code = "order_cancelled"
    message = _("This order is cancelled.")


@dataclass(frozen=True, slots=True)
class Place:
    """Where and under whom: the columns every document of a sale freezes."""

    store_id: int
    franchisee_id: int | None
    region_id: int
    business_day: date


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """Everything that makes an order, priced. ``path`` lists the states it enters at once."""

    place: Place
    channel_id: int
    member_id: int | None
    placed_at: datetime
    pay_until: datetime | None
    lines: Sequence[rules.OrderLineDraft]
    totals: rules.OrderTotals
    path: tuple[str, ...]


CREATE = """
WITH new_order AS (
    INSERT INTO orders_order (number, store_id, franchisee_id, region_id, business_day, channel_id,
        member_id, status, placed_at, pay_until, gross_amount, discount_amount, net_amount,
        source, source_key)
    VALUES (%(number)s, %(store_id)s, %(franchisee_id)s, %(region_id)s, %(business_day)s,
        %(channel_id)s, %(member_id)s, %(status)s, %(placed_at)s, %(pay_until)s, %(gross)s,
        %(discount)s, %(net)s, '', '')
    RETURNING id
), new_lines AS (
    INSERT INTO orders_orderline (order_id, line_no, sku_id, name, quantity, unit_price, price_list,
        gross_amount, discount_amount, net_amount, tax_basis_points, tax_amount, kind)
    SELECT new_order.id, line.*
    FROM new_order, unnest(%(line_no)s::int[], %(sku_id)s::bigint[], %(name)s::text[],
        %(quantity)s::numeric[], %(unit_price)s::bigint[], %(price_list)s::text[],
        %(line_gross)s::bigint[], %(line_discount)s::bigint[], %(line_net)s::bigint[],
        %(tax_basis_points)s::int[], %(line_tax)s::bigint[], %(line_kind)s::text[]) AS line
    RETURNING id, line_no
), new_components AS (
    INSERT INTO orders_linecomponent (line_id, sku_id, quantity)
    SELECT new_lines.id, given.sku_id, given.quantity
    FROM unnest(%(bundle_line_no)s::int[], %(component)s::bigint[], %(taken)s::numeric[])
        AS given (line_no, sku_id, quantity)
    JOIN new_lines USING (line_no)
), new_adjustments AS (
    INSERT INTO orders_lineadjustment (line_id, kind, source, amount)
    SELECT new_lines.id, given.kind, given.source, given.amount
    FROM unnest(%(adjusted_line_no)s::int[], %(kind)s::text[], %(source)s::text[],
        %(amount)s::bigint[]) AS given (line_no, kind, source, amount)
    JOIN new_lines USING (line_no)
), new_events AS (
    INSERT INTO orders_orderevent (order_id, from_status, to_status, at, actor, reason)
    SELECT new_order.id, step.from_status, step.to_status, %(placed_at)s, %(actor)s, ''
    FROM new_order, unnest(%(from_status)s::text[], %(to_status)s::text[])
        WITH ORDINALITY AS step (from_status, to_status, place)
    ORDER BY step.place
)
SELECT id FROM new_order
"""


def create_order(actor: Actor, draft: OrderDraft) -> tuple[int, str]:
    """Write order, lines, components, adjustments and first events in one statement; (id, number)."""
    number = document_number("S", draft.place.business_day)
    lines = list(enumerate(draft.lines, start=1))
    adjusted = [(no, given) for no, line in lines for given in line.adjustments]
    inside = [(no, taken) for no, line in lines for taken in line.components]
    found = sql.rows(
        CREATE,
        {
            "number": number,
            "store_id": draft.place.store_id,
            "franchisee_id": draft.place.franchisee_id,
            "region_id": draft.place.region_id,
            "business_day": draft.place.business_day,
            "channel_id": draft.channel_id,
            "member_id": draft.member_id,
            "status": draft.path[-1],
            "placed_at": draft.placed_at,
            "pay_until": draft.pay_until,
            "gross": draft.totals.gross,
            "discount": draft.totals.discount,
            "net": draft.totals.net,
            "line_no": [no for no, _line in lines],
            "sku_id": [line.sku_id for line in draft.lines],
            "name": [line.name for line in draft.lines],
            "quantity": [line.quantity for line in draft.lines],
            "unit_price": [line.unit_price for line in draft.lines],
            "price_list": [line.price_list for line in draft.lines],
            "line_gross": [line.gross for line in draft.lines],
            "line_discount": [line.discount for line in draft.lines],
            "line_net": [line.net for line in draft.lines],
            "tax_basis_points": [line.tax_basis_points for line in draft.lines],
            "line_tax": [line.tax for line in draft.lines],
            "line_kind": [line.kind for line in draft.lines],
            "bundle_line_no": [no for no, _taken in inside],
            "component": [taken.sku_id for _no, taken in inside],
            "taken": [taken.quantity for _no, taken in inside],
            "adjusted_line_no": [no for no, _given in adjusted],
            "kind": [given.kind for _no, given in adjusted],
            "source": [given.source for _no, given in adjusted],
            "amount": [given.amount for _no, given in adjusted],
            "actor": actor.caller,
            "from_status": [rules.NEW, *draft.path[:-1]],
            "to_status": list(draft.path),
        },
    )
    return found[0][0], number


def lock_order(order_id: int) -> Order:
    """The order under FOR NO KEY UPDATE. Raises OrderNotFound.

    Rows that point at the order may still be added meanwhile: money that arrives for it is put on
    record under the lock of its payment alone.
    """
    order = Order.objects.select_for_update(no_key=True).filter(pk=order_id).first()
    if order is None:
        raise OrderNotFound(fields={"id": order_id})
    return order


def require_payable(order: Order) -> None:
    """Raises OrderPaid, OrderCancelled unless the order waits for payment."""
    if order.status == Order.Status.CANCELLED:
        raise OrderCancelled(fields={"number": order.number})
    if order.status != Order.Status.PENDING_PAYMENT:
        raise OrderPaid(fields={"number": order.number})


def mark_paid(actor: Actor, order: Order) -> None:
    """pending payment → paid; the row is locked. Raises TransitionRefused."""
    _enter(actor, order, rules.PAID)


def mark_completed(actor: Actor, order: Order) -> None:
    """paid → completed, the goods are handed over; the row is locked. Raises TransitionRefused."""
    _enter(actor, order, rules.COMPLETED)


def mark_cancelled(actor: Actor, order: Order, *, reason: str) -> None:
    """pending payment → cancelled; the row is locked. Raises TransitionRefused."""
    _enter(actor, order, rules.CANCELLED, reason=reason)


def _enter(actor: Actor, order: Order, target: str, *, reason: str = "") -> None:
    rules.check_transition(order.status, target)
    OrderEvent.objects.create(
        order=order,
        from_status=order.status,
        to_status=target,
        at=clock.now(),
        actor=actor.caller,
        reason=reason,
    )
    order.status = target
    order.save(update_fields=["status"])
