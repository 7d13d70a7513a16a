"""Reads of the order center."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import Count, Max, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.utils.translation import gettext_lazy as _

from apps.accounts.actor import Actor, ActorKind
from apps.common.errors import Missing
from apps.orders import rules
from apps.orders.models import LineAdjustment, Order, OrderEvent, OrderLine
from apps.org import selectors as org
from apps.org.models import Tenure

COUPON_USES = 1_000
TAKEN = """
    SELECT line.order_id, line.sku_id, line.quantity
    FROM orders_orderline line WHERE line.kind = 'goods'
    UNION ALL
    SELECT line.order_id, part.sku_id, part.quantity
    FROM orders_orderline line JOIN orders_linecomponent part ON part.line_id = line.id
    WHERE line.kind = 'bundle'
"""
"""What orders take from stock: goods themselves, bundles what they were made of when they were sold."""


class OrderNotFound(Missing):
    code = "order_not_found"
    message = _("There is no such order.")


def orders_visible_to(actor: Actor, action: str = "orders.see") -> QuerySet[Order]:
    """Orders on which ``actor`` may do ``action``; by the owner and region frozen on them.

    A member sees their own, an application that is bound to channels those of its channels.
    """
    if actor.kind is ActorKind.MEMBER:
        return Order.objects.filter(member_id=actor.id)
    reach = org.reach_of(actor, action)
    return Order.objects.filter(reach.where_frozen(), reach.where_channel("channel"))


def lines_visible_to(actor: Actor) -> QuerySet[OrderLine]:
    """The lines of the orders that ``actor`` sees."""
    return OrderLine.objects.filter(_of_visible_order(actor, "order"))


def adjustments_visible_to(actor: Actor) -> QuerySet[LineAdjustment]:
    """What was taken off the lines of the orders that ``actor`` sees."""
    return LineAdjustment.objects.filter(_of_visible_order(actor, "line__order"))


def events_visible_to(actor: Actor) -> QuerySet[OrderEvent]:
    """The steps of the orders that ``actor`` sees."""
    return OrderEvent.objects.filter(_of_visible_order(actor, "order"))


def _of_visible_order(actor: Actor, path: str) -> Q:
    """The filter of ``orders_visible_to`` seen from a row whose ``path`` leads to the order."""
    if actor.kind is ActorKind.MEMBER:
        return Q(**{f"{path}__member_id": actor.id})
    reach = org.reach_of(actor, "orders.see")
    return reach.where_frozen(path) & reach.where_channel(f"{path}__channel")


def with_coupon(orders: QuerySet[Order], code: str) -> QuerySet[Order]:
    """Those of ``orders`` on which this coupon took something off, as typed or in capitals.

    Looked for among the last ``COUPON_USES`` lines that it was used on: a code may be given to
    everybody.
    """
    uses = LineAdjustment.objects.filter(
        source__in={code, code.upper()}, kind__in=rules.COUPON_KINDS
    ).exclude(source="")
    lines = uses.order_by("-id").values("line_id")[:COUPON_USES]
    return orders.filter(pk__in=OrderLine.objects.filter(pk__in=lines).values("order_id"))


def require_order(actor: Actor, action: str, number: str) -> Order:
    """The order, if ``actor`` may do ``action`` on it. Raises OrderNotFound."""
    order = orders_visible_to(actor, action).filter(number=number).first()
    if order is None:
        raise OrderNotFound(fields={"number": number})
    return order


def require_order_detail(actor: Actor, number: str) -> Order:
    """The order with place, member, lines and events, five statements. Raises OrderNotFound."""
    lines = OrderLine.objects.select_related("sku").prefetch_related("adjustments")
    rows = (
        orders_visible_to(actor)
        .select_related("store", "channel", "member")
        .prefetch_related(
            Prefetch("lines", lines.order_by("line_no")),
            Prefetch("events", OrderEvent.objects.order_by("at", "id")),
        )
    )
    order = rows.filter(number=number).first()
    if order is None:
        raise OrderNotFound(fields={"number": number})
    return order


def unpaid_past_due(now: datetime, limit: int) -> list[int]:
    """Ids of orders that were not paid in time, oldest first: the outbox of the expiry sweep."""
    due = Order.objects.filter(status=Order.Status.PENDING_PAYMENT, pay_until__lt=now)
    return list(due.order_by("pay_until").values_list("id", flat=True)[:limit])


def sold(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Those that count as sales: paid and completed."""
    return orders.filter(status__in=[Order.Status.PAID, Order.Status.COMPLETED])


def buyers(orders: QuerySet[Order]) -> QuerySet[Order, int]:
    """The ids of the members behind those of ``orders`` that count as sales; one may stand there twice."""
    bought = sold(orders).filter(member__isnull=False).order_by()
    return bought.values_list("member_id", flat=True)


def of_days(orders: QuerySet[Order], first: date, last: date) -> QuerySet[Order]:
    """Those of the business days ``first`` to ``last``, found by when they were placed: that is
    indexed, and a business day anywhere on earth lies from 14 hours before to 36 hours behind the
    first instant of its UTC day."""
    since = datetime.combine(first, time.min, UTC) - timedelta(hours=14)
    until = datetime.combine(last, time.min, UTC) + timedelta(hours=36)
    placed = orders.filter(placed_at__gte=since, placed_at__lt=until)
    return placed.filter(business_day__range=(first, last))


def to_fulfil(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Those that are paid and that the shopper has not got yet."""
    return orders.filter(status=Order.Status.PAID)


def running_out(orders: QuerySet[Order], now: datetime) -> QuerySet[Order]:
    """Those that nobody has paid and whose time to pay is over in a moment, or just over."""
    soon = now + rules.RUNS_OUT_WITHIN
    return orders.filter(status=Order.Status.PENDING_PAYMENT, pay_until__lte=soon)


@dataclass(frozen=True, slots=True)
class Totals:
    """Sales: how many, their net in minor units, and when the last one was placed."""

    count: int
    net: int
    last_at: datetime | None

    @property
    def average(self) -> int | None:
        """In whole minor units, halves up; None without a sale."""
        return (2 * self.net + self.count) // (2 * self.count) if self.count else None


def totals(orders: QuerySet[Order]) -> Totals:
    """Of those among ``orders`` that count as sales. One statement."""
    found = (
        sold(orders)
        .order_by()
        .aggregate(count=Count("pk"), net=Sum("net_amount"), last=Max("placed_at"))
    )
    return Totals(found["count"], int(found["net"] or 0), found["last"])


@dataclass(frozen=True, slots=True)
class SkuDay:
    """What was sold of one SKU on a business day; net in minor units."""

    day: date
    quantity: Decimal
    net: int


def sold_by_day(lines: QuerySet[OrderLine], first: date, last: date) -> list[SkuDay]:
    """Those of ``lines`` that were sold from ``first`` to ``last``, a day each. One statement."""
    sales = lines.filter(
        order__business_day__range=(first, last),
        order__status__in=[Order.Status.PAID, Order.Status.COMPLETED],
    )
    days = sales.order_by().values_list("order__business_day")
    found = days.annotate(Sum("quantity"), Sum("net_amount")).order_by("order__business_day")
    return [SkuDay(day, quantity, int(net)) for day, quantity, net in found]


def ever_sold(sku_id: int) -> bool:
    """Whether an order names the SKU, paid or not."""
    return OrderLine.objects.filter(sku=sku_id).exists()


def open_at(store_id: int, before: date) -> int:
    """How many orders of business days before ``before`` still wait for payment at a store."""
    waiting = Order.objects.filter(status=Order.Status.PENDING_PAYMENT)
    return waiting.filter(store_id=store_id, business_day__lt=before).count()


def placed_since(store_id: int, start: datetime) -> int:
    """How many orders were placed at a store since ``start``."""
    return Order.objects.filter(store_id=store_id, placed_at__gte=start).count()


@dataclass(frozen=True, slots=True)
class OwnerSales:
    """Sales of one owner (None: the brand itself) in one region; net in minor units."""

    franchisee: str | None
    region: str
    count: int
    net: int


def sales_by_owner(orders: QuerySet[Order], first: date, last: date) -> list[OwnerSales]:
    """The sales among ``orders`` of the business days from ``first`` to ``last``, as frozen on them."""
    return _sales_by(orders, first, last, "franchisee__code", "region__code")


def sales_by_tree(orders: QuerySet[Order], first: date, last: date) -> list[OwnerSales]:
    """The same, asked of the organisation as it was on each order's business day."""
    tenures = Tenure.objects.filter(
        Q(ends_on=None) | Q(ends_on__gt=OuterRef("business_day")),
        store=OuterRef("store"),
        starts_on__lte=OuterRef("business_day"),
    )
    placed = orders.annotate(
        owner_of_day=Subquery(tenures.values("franchisee__code")),
        region_of_day=Subquery(tenures.values("region__code")),
    )
    return _sales_by(placed, first, last, "owner_of_day", "region_of_day")


def _sales_by(
    orders: QuerySet[Order], first: date, last: date, owner: str, region: str
) -> list[OwnerSales]:
    sold = orders.filter(
        business_day__range=(first, last), status__in=[Order.Status.PAID, Order.Status.COMPLETED]
    )
    groups = sold.order_by().values_list(owner, region).annotate(Count("pk"), Sum("net_amount"))
    return [OwnerSales(*group) for group in groups.order_by(owner, region)]
