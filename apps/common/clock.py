"""Time: instants are UTC, a business day belongs to a store's time zone."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The current instant, UTC."""
    return datetime.now(UTC)


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def business_day(at: datetime, time_zone: str) -> date:
    """The calendar day of the instant ``at`` in ``time_zone``."""
    return at.astimezone(zone(time_zone)).date()


def end_of_month_after(at: datetime, months: int, time_zone: str) -> datetime:
    """The first instant after the calendar month that lies ``months`` after the one of ``at``.

    The month is counted in ``time_zone``; the result is UTC. 2026-11-24 with 24 months gives the
    start of 2028-12-01 there: the last instant of November 2028 is still before it.
    """
    local = at.astimezone(zone(time_zone))
    month = local.month - 1 + months + 1
    first = datetime(local.year + month // 12, month % 12 + 1, 1, tzinfo=zone(time_zone))
    return first.astimezone(UTC)


def start_of_day(day: date, time_zone: str) -> datetime:
    """The first instant of ``day`` in ``time_zone``, UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=zone(time_zone)).astimezone(UTC)


def rfc3339(at: datetime) -> str:
    """``2026-11-24T08:00:00.123456Z``: an instant as the API shows it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def days_ago(days: int) -> datetime:
    """The instant ``days`` times 24 hours before now, UTC."""
    return now() - timedelta(days=days)
