"""Points arithmetic. Plain values in, plain values out."""

from datetime import datetime

from apps.common import clock, money

LOT_MONTHS = 24
"""A lot expires at the end of the 24th month after the one it was earned in."""


def points_for(net_amount: int) -> int:
    """1 point per whole major unit (¥1) of an order's net amount, floored once per order."""
    return net_amount // money.minor_per_major()


def lot_expiry(earned_at: datetime, time_zone: str) -> datetime:
    """The instant at which a lot earned at ``earned_at`` is no longer valid."""
    return clock.end_of_month_after(earned_at, LOT_MONTHS, time_zone)
