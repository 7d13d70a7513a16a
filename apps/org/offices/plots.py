"""Bars drawn on the server, on a field of WIDTH × HEIGHT; the tallest fills it."""

from collections.abc import Sequence

from apps.common.money import format_money
from apps.org.offices.home import Bar, Plot, Text

HEIGHT, WIDTH = 120, 480
Drawn = tuple[str, int, int]
"""The name of a bar, its amount in minor units, and the amount that it is compared with."""


def amounts(title: Text, drawn: Sequence[Drawn]) -> Plot:
    """A bar per amount, with the one before behind it where there is any."""
    top = max([1, *(max(now, before) for _name, now, before in drawn)])
    step = WIDTH / max(len(drawn), 1)
    bars = [
        Bar(
            name=name,
            value=format_money(now),
            before=format_money(before),
            x=round(n * step + step * 0.15, 1),
            width=round(step * 0.7, 1),
            height=round(now / top * HEIGHT, 1),
            before_height=round(before / top * HEIGHT, 1),
        )
        for n, (name, now, before) in enumerate(drawn)
    ]
    return Plot(
        title,
        bars,
        format_money(top),
        compares=any(before for _name, _now, before in drawn),
        empty=not any(now or before for _name, now, before in drawn),
    )
