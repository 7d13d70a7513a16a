"""Figures of a period beside those of the one before; both homes read nothing else."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Count, Min, Model, Q, QuerySet, Sum

from apps.accounts.actor import Actor
from apps.common import clock
from apps.insights import rules
from apps.insights.models import Mark, StoreDay, StoreHour
from apps.insights.rules import Period, Value
from apps.inventory import selectors as inventory
from apps.inventory.models import Stock
from apps.jobs import selectors as jobs
from apps.jobs.models import Job
from apps.members import selectors as members
from apps.orders import selectors as orders
from apps.orders.models import Order
from apps.org import selectors as org
from apps.payments import selectors as payments
from apps.payments.models import Payment

Rolled = TypeVar("Rolled", StoreDay, StoreHour)
Row = TypeVar("Row", bound=Model)

STORES_AT_MOST = 10
DAYS_DRAWN = 7


@dataclass(frozen=True, slots=True)
class View:
    """Who looks at which period; ``owner`` narrows it to one franchisee's stores.

    ``store`` narrows roll-ups to one store, for its own page.
    """

    actor: Actor
    period: Period
    owner: int | None = None
    store: int | None = None
    owner_code: str = ""

    def of_owner(self, rows: QuerySet[Row], path: str = "franchisee") -> QuerySet[Row]:
        return rows if self.owner is None else rows.filter(**{path: self.owner})


def _visible(rows: QuerySet[Rolled], view: View, action: str) -> QuerySet[Rolled]:
    """The roll-ups of rows on which the actor may do ``action``, as frozen on their documents."""
    rows = rows if view.store is None else rows.filter(store=view.store)
    return view.of_owner(rows.filter(org.reach_of(view.actor, action).where_frozen()))


def _days(view: View, action: str) -> QuerySet[StoreDay]:
    return _visible(StoreDay.objects.all(), view, action)


def _hours(view: View, action: str) -> QuerySet[StoreHour]:
    return _visible(StoreHour.objects.all(), view, action)


def _now(period: Period) -> Q:
    return _span(period.first, period.last, period.hour)


def _before(period: Period) -> Q:
    return _span(period.before_first, period.before_last, period.hour)


def _span(first: date, last: date, hour: int | None) -> Q:
    days = Q(business_day__range=(first, last))
    return days if hour is None else days & Q(hour__lte=hour)


def _sums(view: View, action: str, *names: str) -> dict[str, Value]:
    """The measures of both periods. One statement."""
    period = view.period
    rows: QuerySet[Any] = _days(view, action) if period.hour is None else _hours(view, action)
    wanted = {f"{name}_now": Sum(name, filter=_now(period)) for name in names}
    wanted |= {f"{name}_before": Sum(name, filter=_before(period)) for name in names}
    found = rows.filter(_now(period) | _before(period)).aggregate(**wanted)
    return {
        name: Value(int(found[f"{name}_now"] or 0), int(found[f"{name}_before"] or 0))
        for name in names
    }


def _of_sales(view: View) -> dict[str, Value]:
    sums = _sums(view, "orders.see", "sales", "orders")
    sales, count = sums["sales"], sums["orders"]
    basket = Value(
        rules.average(int(sales.now or 0), int(count.now or 0)),
        rules.average(int(sales.before or 0), int(count.before or 0)),
    )
    return sums | {"basket": basket, "members_active": _active_members(view)}


def sales_of_store(view: View) -> dict[str, Value]:
    """Sales and orders of the store that the view names. One statement."""
    return _sums(view, "orders.see", "sales", "orders")


def _of_payments(view: View) -> dict[str, Value]:
    sums = _sums(view, "payments.see", "captured", "refunds_due")
    due, captured = sums["refunds_due"], sums["captured"]
    return {
        "refund_rate": Value(
            rules.ratio(int(due.now or 0), int(captured.now or 0)),
            rules.ratio(int(due.before or 0), int(captured.before or 0)),
        )
    }


def _of_points(view: View) -> dict[str, Value]:
    return _sums(view, "points.see", "points_issued", "points_burned")


def _instants(first: date, last: date, hour: int | None) -> tuple[datetime, datetime]:
    """From the first instant of ``first`` to the end of ``last``, or of its hour; UTC."""
    start = clock.start_of_day(first, settings.TIME_ZONE)
    if hour is None:
        return start, clock.start_of_day(last + timedelta(days=1), settings.TIME_ZONE)
    return start, clock.start_of_day(last, settings.TIME_ZONE) + timedelta(hours=hour + 1)


def _both(view: View, path: str) -> tuple[Q, Q]:
    """The instants of both periods, over the column at ``path``."""
    period = view.period
    spans = (
        _instants(period.first, period.last, period.hour),
        _instants(period.before_first, period.before_last, period.hour),
    )
    now, before = (Q(**{f"{path}__gte": start, f"{path}__lt": end}) for start, end in spans)
    return now, before


def _active_members(view: View) -> Value:
    """Different members: they do not add up over days, so the orders themselves are asked."""
    now, before = _both(view, "placed_at")
    rows = view.of_owner(orders.orders_visible_to(view.actor)).filter(now | before)
    found = orders.buyers(rows).aggregate(
        now=Count("member_id", distinct=True, filter=now),
        before=Count("member_id", distinct=True, filter=before),
    )
    return Value(found["now"], found["before"])


def _of_members(view: View) -> dict[str, Value]:
    """By today's owner of the home store, as the list of acquired members goes."""
    now, before = _both(view, "enrolled_at")
    rows = view.of_owner(members.members_acquired_by(view.actor), "home_store__franchisee")
    found = rows.filter(now | before).aggregate(
        now=Count("pk", filter=now), before=Count("pk", filter=before)
    )
    return {"members_new": Value(found["now"], found["before"])}


READERS: dict[str, Callable[[View], dict[str, Value]]] = {
    "orders.see": _of_sales,
    "members.see": _of_members,
    "points.see": _of_points,
    "payments.see": _of_payments,
}


def overview(view: View) -> dict[str, Value]:
    """Metric code → value, of the metrics whose action the actor holds. Five statements at most."""
    found: dict[str, Value] = {}
    for action, read in READERS.items():
        if view.actor.may(action):
            found |= read(view)
    return {metric.code: found[metric.code] for metric in rules.METRICS if metric.code in found}


@dataclass(frozen=True, slots=True)
class Sold:
    """Sales of a day or an hour in minor units, and of the one it is compared with."""

    at: date | int
    now: int
    before: int = 0


def sales_by_hour(view: View) -> list[Sold]:
    """The 24 hours of the day, summed over the period. One statement."""
    period = view.period
    whole = (
        _span(period.first, period.last, None),
        _span(period.before_first, period.before_last, None),
    )
    rows = _hours(view, "orders.see").filter(whole[0] | whole[1])
    found = {
        hour: (now, before)
        for hour, now, before in rows.order_by()
        .values_list("hour")
        .annotate(now=Sum("sales", filter=whole[0]), before=Sum("sales", filter=whole[1]))
    }
    sums = (found.get(hour, (0, 0)) for hour in range(24))
    return [Sold(n, int(now or 0), int(before or 0)) for n, (now, before) in enumerate(sums)]


def sales_by_day(view: View) -> list[Sold]:
    """The days of the period, a week at least. One statement."""
    last = view.period.last
    count = max(view.period.days, DAYS_DRAWN)
    days = [last - timedelta(days=n) for n in reversed(range(count))]
    rows = _days(view, "orders.see").filter(business_day__range=(days[0], last))
    found = dict(rows.order_by().values_list("business_day").annotate(Sum("sales")))
    return [Sold(day, int(found.get(day) or 0)) for day in days]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A store and what it sold in the period; minor units."""

    code: str
    name: str
    name_en: str
    orders: int
    sales: int
    before: int


def stores_by_sales(view: View, *, limit: int = STORES_AT_MOST) -> list[Ranked]:
    """The stores that sold most in the period. One statement."""
    period = view.period
    rows: QuerySet[Any] = (
        _days(view, "orders.see") if period.hour is None else _hours(view, "orders.see")
    )
    groups = (
        rows.filter(_now(period) | _before(period), store__isnull=False)
        .order_by()
        .values_list("store__code", "store__name", "store__name_en")
        .annotate(
            count=Sum("orders", filter=_now(period), default=0),
            net=Sum("sales", filter=_now(period), default=0),
            past=Sum("sales", filter=_before(period), default=0),
        )
        .filter(count__gt=0)
        .order_by("-net", "store__code")[:limit]
    )
    return [
        Ranked(code, name, name_en, int(count), int(net), int(past))
        for code, name, name_en, count, net, past in groups
    ]


def low_stock(view: View) -> QuerySet[Stock]:
    """Stock rows of which little is left to sell."""
    actor = view.actor
    rows = inventory.low(inventory.stock_visible_to(actor))
    return view.of_owner(rows, "location__store__franchisee")


def waiting_for_payment(view: View) -> QuerySet[Order]:
    """Orders that keep goods reserved until somebody pays."""
    actor = view.actor
    rows = view.of_owner(orders.orders_visible_to(actor))
    return rows.filter(status=Order.Status.PENDING_PAYMENT)


def to_fulfil(view: View) -> QuerySet[Order]:
    """Orders that are paid and that the shopper has not got yet."""
    actor = view.actor
    return view.of_owner(orders.to_fulfil(orders.orders_visible_to(actor)))


def refunds_due(view: View) -> QuerySet[Payment]:
    """Payments whose money must go back."""
    actor = view.actor
    return view.of_owner(payments.refund_due(payments.payments_visible_to(actor)))


def unsettled(view: View) -> QuerySet[Payment]:
    """Payments whose money has been here for a while, and whose order does not know."""
    actor = view.actor
    rows = payments.payments_visible_to(actor)
    return view.of_owner(payments.unsettled_too_long(rows, clock.now()))


def failed_jobs(actor: Actor) -> QuerySet[Job]:
    """Jobs that the person started and that failed."""
    return jobs.jobs_visible_to(actor).filter(status=Job.Status.FAILED)


def as_of() -> datetime | None:
    """When the roll-ups were last brought up to date, UTC; None before the first time."""
    found: datetime | None = Mark.objects.aggregate(at=Min("ran_at"))["at"]
    return found
