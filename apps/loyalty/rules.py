"""Points arithmetic. Plain values in, plain values out."""

from datetime import datetime

from apps.common import clock, money

LOT_MONTHS = 24
"""A lot expires at the end of the 24th month after the one it was earned in."""

POINTS_ADJUST_LIMIT = 1_000
"""Points that requester and approver may add or take without the right to go above the limit."""
POINTS_ADJUST_MOST = 10_000_000
"""No single adjustment is larger; a typing error is."""


def points_for(net_amount: int) -> int:
    """1 point per whole major unit (¥1) of an order's net amount, floored once per order."""
    return net_amount // money.minor_per_major()


def lot_expiry(earned_at: datetime, time_zone: str) -> datetime:
    """The instant at which a lot earned at ``earned_at`` is no longer valid."""
    return clock.end_of_month_after(earned_at, LOT_MONTHS, time_zone)


def action_to_adjust(points: int) -> str:
    """The right that adding or taking ``points`` needs, of the requester and of the approver."""
    above = abs(points) > POINTS_ADJUST_LIMIT
    return "points.adjust_above_limit" if above else "points.adjust"
