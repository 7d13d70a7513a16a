"""Write the roll-ups: one day, the days that something touched, or all of them again."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction

from apps.common import clock, sql
from apps.insights import statements
from apps.insights.models import Mark

LAG = timedelta(minutes=10)
"""Longer than a transaction lasts: what is older than that is committed, or never will be."""


def roll_up(day: date, *, now: datetime) -> None:
    """Bring the rows of one business day to what its documents say.

    Runs in a transaction of its own, one at a time for a day; rows that are right stay untouched.
    """
    given = {"day": day, "now": now, "zone": settings.TIME_ZONE}
    with transaction.atomic():
        sql.rows(statements.LOCK, {"day": day})
        sql.rows(statements.HOURS, given)
        sql.rows(statements.DAY, {"day": day, "now": now})


def refresh(*, now: datetime) -> int:
    """Roll up today and every day touched since the marks, newest first; returns how many days.

    The marks move only after that, and at least LAG behind.
    """
    newest = {str(source): int(id_) for source, id_ in sql.rows(statements.NEWEST, {})}
    touched = {line[0] for line in sql.rows(statements.TOUCHED, {})}
    days = touched | _moved_days() | {clock.business_day(now, settings.TIME_ZONE)}
    for day in sorted(days, reverse=True):
        roll_up(day, now=now)
    _move_marks(newest, now)
    return len(days)


def _moved_days() -> set[date]:
    """Days that another clock of their store cuts into other hours; those only that are wrong still."""
    stores = [line[0] for line in sql.rows(statements.CLOCKS, {})]
    if not stores:
        return set()
    given = {"stores": stores, "zone": settings.TIME_ZONE}
    return {line[0] for line in sql.rows(statements.MOVED, given)}


def _move_marks(newest: Mapping[str, int], now: datetime) -> None:
    with transaction.atomic():
        kept = {mark.source: mark for mark in Mark.objects.select_for_update().order_by("source")}
        for source, id_ in newest.items():
            mark = kept.get(source)
            if mark is None:
                Mark.objects.bulk_create(
                    [Mark(source=source, upcoming=id_, marked_at=now, ran_at=now)],
                    ignore_conflicts=True,
                )
            elif now - mark.marked_at >= LAG:
                Mark.objects.filter(pk=mark.pk).update(
                    low=mark.upcoming, upcoming=id_, marked_at=now, ran_at=now
                )
            else:
                Mark.objects.filter(pk=mark.pk).update(ran_at=now)


def rebuild(first: date | None, last: date | None, *, now: datetime) -> int:
    """Roll up every day from ``first`` to ``last`` again; without them, from the first document to the
    last. Returns how many days."""
    known = sql.rows(statements.SPAN, {})[0]
    first, last = first or known[0], last or known[1]
    if first is None or last is None:
        return 0
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    for day in days:
        roll_up(day, now=now)
    return len(days)
