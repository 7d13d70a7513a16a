"""Columns of lists and fields of detail pages: money, quantities, times, states and links.

Each function makes a display method. Names of numeric columns start with ``n_``: the style sheet
aligns their headings to the right by that.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.text import capfirst
from unfold.decorators import display

from apps.common import clock
from apps.common.money import exponent, format_money

Column = Callable[[Any, Any], Any]
Label = str | Promise


def with_plain(column: Column, plain: Column) -> Column:
    """``column`` with its value for files: numbers as numbers, times as local ones, links as text."""
    column.__dict__["plain"] = plain
    return column


def follow(obj: Any, path: str) -> Any:
    """``obj.a.b`` for the path ``a__b``; ``obj`` for no path, None where a step is empty."""
    for name in path.split("__") if path else ():
        if obj is None:
            return None
        try:
            obj = getattr(obj, name)
        except ObjectDoesNotExist:  # the far side of a one-to-one relation that is not there
            return None
    return obj


def number(text: object) -> str:
    """Right-aligned figures of equal width."""
    return format_html('<span class="qy-number">{}</span>', text)


def named(heading: Label, text: object) -> str:
    """A cell that says what it is where a phone shows no headings."""
    return format_html('<span class="qy-cell-name">{}</span>{}', capfirst(str(heading)), text)


def figures(heading: Label) -> str:
    """The heading of a column of figures."""
    return number(capfirst(str(heading)))


def plain_quantity(value: Decimal) -> str:
    """``1.500`` → ``1.5``, ``1000.000`` → ``1,000``."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def plain_money(minor: int | None) -> Decimal | None:
    """``123450`` → 1234.50: major units, as a file holds them."""
    return None if minor is None else Decimal(int(minor)).scaleb(-exponent())


def _float(value: Any) -> float | None:
    return None if value is None else float(value)


def _said(value: Any) -> Any:
    """A value as a file holds it: numbers and days as they are, all else as text."""
    return value if value is None or isinstance(value, bool | int | float | date) else str(value)


def local_time(at: datetime, time_zone: str = "") -> str:
    """``2026-11-24 21:03`` in the store's time zone, which is named where it is not ours."""
    return _in_zone(at, time_zone, "%Y-%m-%d %H:%M")


def exact_time(at: datetime, time_zone: str = "") -> str:
    """The same to the second: what came first within a minute."""
    return _in_zone(at, time_zone, "%Y-%m-%d %H:%M:%S")


def _in_zone(at: datetime, time_zone: str, form: str) -> str:
    text = format(at.astimezone(clock.zone(time_zone or settings.TIME_ZONE)), form)
    return f"{text} {time_zone}" if time_zone and time_zone != settings.TIME_ZONE else text


def money(path: str, label: Label, *, ordering: str = "") -> Column:
    """An amount in minor units as ¥1,234.50."""

    @display(description=label, ordering=ordering or None)
    def column(_admin: Any, obj: Any) -> str | None:
        value = follow(obj, path)
        return None if value is None else number(format_money(int(value)))

    return with_plain(column, lambda _admin, obj: plain_money(follow(obj, path)))


def quantity(path: str, label: Label) -> Column:
    """A quantity without trailing zeros."""

    @display(description=label)
    def column(_admin: Any, obj: Any) -> str | None:
        value = follow(obj, path)
        return None if value is None else number(plain_quantity(Decimal(value)))

    return with_plain(column, lambda _admin, obj: _float(follow(obj, path)))


def count(path: str, label: Label) -> Column:
    """Points and other whole numbers, with separators."""

    @display(description=label)
    def column(_admin: Any, obj: Any) -> str | None:
        value = follow(obj, path)
        return None if value is None else number(f"{value:,}")

    return with_plain(column, lambda _admin, obj: follow(obj, path))


def when(path: str, label: Label, *, zone: str = "", ordering: str = "") -> Column:
    """An instant in the time zone found at ``zone``, else in the deployment's; with its seconds
    where the pointer rests."""

    @display(description=label, ordering=ordering or None)
    def column(_admin: Any, obj: Any) -> str | None:
        at = follow(obj, path)
        if at is None:
            return None
        where = (follow(obj, zone) or "") if zone else ""
        text, exact = local_time(at, where), exact_time(at, where)
        return format_html('<span class="qy-time" title="{}">{}</span>', exact, text)

    def plain(_admin: Any, obj: Any) -> datetime | str | None:
        """As the list shows it: a moment of ours, or the text that names its time zone."""
        at = follow(obj, path)
        where = (follow(obj, zone) or "") if zone else ""
        if at is None or where in ("", settings.TIME_ZONE):
            return at and at.astimezone(clock.zone(settings.TIME_ZONE))
        return local_time(at, where)

    return with_plain(column, plain)


def state(name: str, label: Label, tones: Mapping[str, str]) -> Column:
    """A choice as a coloured label; ``tones`` maps values to info, success, warning or danger."""

    @display(description=label)
    def column(_admin: Any, obj: Any) -> str | None:
        value = getattr(obj, name)
        return toned(getattr(obj, f"get_{name}_display")(), tones.get(value, "plain"))

    def plain(_admin: Any, obj: Any) -> str:
        return capfirst(str(getattr(obj, f"get_{name}_display")()))

    return with_plain(column, plain)


def toned(text: object, tone: str) -> str:
    """A coloured label; ``tone`` is info, success, warning, danger or plain."""
    return format_html('<span class="qy-state qy-{}">{}</span>', tone, capfirst(str(text)))


def toned_down(text: object) -> str:
    """Text of less weight: what explains, or stands for nothing."""
    return format_html('<span class="qy-quiet">{}</span>', text)


def link(path: str, label: Label, *, text: str = "", seen: str = "") -> Column:
    """The row that ``path`` leads to (itself for no path), linked to its page on the same site.

    ``text`` names the attribute that is shown; by default the row itself. ``seen`` names the annotation
    that says whether the person sees that row; where they do not, the text leads nowhere.
    """

    @display(description=label)
    def column(admin: Any, obj: Any) -> str | None:
        target = follow(obj, path)
        if target is None:
            return None
        shown = follow(target, text) if text else target
        if seen and not getattr(obj, seen):
            return str(shown)
        return link_to(admin.admin_site.name, target, shown)

    def plain(_admin: Any, obj: Any) -> str | None:
        target = follow(obj, path)
        shown = follow(target, text) if text and target is not None else target
        return None if shown is None else str(shown)

    return with_plain(column, plain)


def link_to(site: str, target: Model, text: object) -> str:
    """``text`` as a link to the page of ``target`` on ``site``; plain where there is no page."""
    name = f"{site}:{target._meta.app_label}_{target._meta.model_name}_change"
    try:
        url = reverse(name, args=[target.pk])
    except NoReverseMatch:
        return str(text)
    return anchor(url, text)


def anchor(url: str, text: object) -> str:
    """``text`` as a link to ``url``."""
    return format_html('<a class="qy-link" href="{}">{}</a>', url, text)


def code(path: str, label: Label) -> Column:
    """A value for machines: a hash, a stored result."""

    @display(description=label)
    def column(_admin: Any, obj: Any) -> str | None:
        value = follow(obj, path)
        return None if value is None else format_html('<code class="qy-code">{}</code>', value)

    return with_plain(column, lambda _admin, obj: _said(follow(obj, path)))


def text(path: str, label: Label) -> Column:
    """A value as it is."""

    @display(description=label)
    def column(_admin: Any, obj: Any) -> Any:
        return follow(obj, path)

    return with_plain(column, lambda _admin, obj: _said(follow(obj, path)))
