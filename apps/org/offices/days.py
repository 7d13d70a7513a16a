"""Days and instants that people enter: far off is a slip of the hand, and no clock can reckon with it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from apps.common import clock

YEAR = timedelta(days=365)


def within(before: timedelta, after: timedelta) -> Callable[[Any], None]:
    """A validator of a form field: from ``before`` ago up to ``after`` from now, in whole UTC days,
    one more on either side for the time zones. Raises ValidationError."""

    def check(value: date | datetime) -> None:
        today = clock.now().astimezone(UTC).date()
        first, last = today - before - timedelta(days=1), today + after + timedelta(days=1)
        # Of an instant the day that was typed: the first and last instants have no UTC.
        day = value.date() if isinstance(value, datetime) else value
        if not first <= day <= last:
            said = {"first": first.isoformat(), "last": last.isoformat()}
            raise ValidationError(_("Enter a day from %(first)s up to %(last)s.") % said)

    return check


AROUND_NOW = within(YEAR, 20 * YEAR)
"""For what begins and ends: from a year ago up to twenty years ahead."""
IN_BUSINESS = within(100 * YEAR, 20 * YEAR)
"""For when a store opened: it may be older than the platform."""
