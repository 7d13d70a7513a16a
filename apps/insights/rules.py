"""Every metric, defined once: what it counts, in what unit, and which list stands behind it."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

MONEY, COUNT, RATE, POINTS = "money", "count", "rate", "points"
TODAY = "today"
DAYS = {TODAY: 1, "7": 7, "30": 30}
"""Periods that a home offers: name in the address → length in days, today included."""
HOURS_UP_TO_DAYS = 7
"""Longer periods are drawn by day only: by hour they would read too many rows."""
WEEK = 7


@dataclass(frozen=True, slots=True)
class Metric:
    """``formula`` says in words what is counted. ``link`` is the list behind the number, under a site;
    ``{period}`` in it is the period's name. Texts are translated when they are shown.
    ``more`` says whether more of it is ``good`` or ``bad``."""

    code: str
    label: Any
    unit: str
    action: str
    formula: Any
    link: str
    icon: str
    more: str = "good"


SOLD = "orders/order/?sold=1&day={period}"
METRICS = (
    Metric(
        "sales",
        _("Sales"),
        MONEY,
        "orders.see",
        _("Net amount of paid and completed orders, by business day"),
        SOLD,
        "payments",
    ),
    Metric(
        "orders",
        _("Orders"),
        COUNT,
        "orders.see",
        _("Paid and completed orders, by business day"),
        SOLD,
        "receipt_long",
    ),
    Metric(
        "basket",
        _("Average basket"),
        MONEY,
        "orders.see",
        _("Sales divided by orders"),
        SOLD,
        "shopping_basket",
    ),
    Metric(
        "members_new",
        _("New members"),
        COUNT,
        "members.see",
        _("Members enrolled in the period, by their home store"),
        "members/member/?known=acquired&period={period}",
        "person_add",
    ),
    Metric(
        "members_active",
        _("Active members"),
        COUNT,
        "orders.see",
        _("Different members with a paid or completed order; the list holds those whom you see"),
        "members/member/?bought={period}",
        "groups",
    ),
    Metric(
        "points_issued",
        _("Points issued"),
        POINTS,
        "points.see",
        _("Points added to members, by business day"),
        "loyalty/pointsentry/?change=added&period={period}",
        "stars",
    ),
    Metric(
        "points_burned",
        _("Points burned"),
        POINTS,
        "points.see",
        _("Points taken from members or expired, by business day"),
        "loyalty/pointsentry/?change=taken&period={period}",
        "local_fire_department",
        "",
    ),
    Metric(
        "refund_rate",
        _("Refund rate"),
        RATE,
        "payments.see",
        _("Payments due for refund divided by payments captured, by business day of the order"),
        "payments/payment/?care=refund_due&day={period}",
        "currency_exchange",
        "bad",
    ),
)
METRIC = {metric.code: metric for metric in METRICS}


@dataclass(frozen=True, slots=True)
class Period:
    """Business days ``first`` to ``last``, and as many before to compare with.

    ``hour``: of both, only hours of the day up to and with this one count; None for whole days.
    """

    code: str
    first: date
    last: date
    before_first: date
    before_last: date
    hour: int | None = None

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def period_of(code: str, *, today: date, hour: int, back: int = 1) -> Period:
    """The period of that name (today for an unknown one).

    Today is compared with the day ``back`` days earlier up to the end of the same hour; longer ones
    with the days right before them.
    """
    length = DAYS.get(code, 1)
    first = today - timedelta(days=length - 1)
    if length == 1:
        other = today - timedelta(days=back)
        return Period(TODAY, today, today, other, other, hour)
    return Period(code, first, today, first - timedelta(days=length), first - timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Value:
    """A metric of the period and of the one before; None where there is nothing to divide by.

    Money in minor units, a rate as a fraction.
    """

    now: Decimal | int | None
    before: Decimal | int | None

    @property
    def change(self) -> Decimal | None:
        """By what part the value grew: 0.25 for a quarter more; None without a value before."""
        if not self.before or self.now is None:
            return None
        return (Decimal(self.now) - Decimal(self.before)) / Decimal(self.before)


def ratio(part: int, whole: int) -> Decimal | None:
    """None where there is nothing to divide by."""
    return Decimal(part) / Decimal(whole) if whole else None


def average(total: int, count: int) -> int | None:
    """In whole minor units, halves away from zero; totals are never negative."""
    return (2 * total + count) // (2 * count) if count else None
