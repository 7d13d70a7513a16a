"""The homes of both offices: cards, plots and the ranking, all from the same selectors."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from apps.accounts.actor import Actor
from apps.common import clock
from apps.common.money import format_money
from apps.insights import rules
from apps.insights import selectors as insights
from apps.insights.rules import Metric, Period, Value
from apps.insights.selectors import Sold, View
from apps.inventory.rules import LOW_AVAILABLE
from apps.org import selectors as org
from apps.org.models import Franchisee, Store
from apps.org.offices import columns, plots
from apps.org.offices.access import actor_of
from apps.org.offices.filters import FranchiseeFilter
from apps.org.offices.home import Board, Card, Choice, Panel, Plot
from apps.org.offices.paging import bounded_count
from apps.org.offices.sites import OfficeSite

PERIOD, OWNER = "period", "owner"
MUCH = 10
"""From here on a change is not told exactly: ten times as much says that little was there before."""
NOTHING = "–"
_KEPT = "_insights_view"


def view_of(request: HttpRequest, *, back: int) -> View:
    """Who looks at what: the period in the address, and a franchisee where one is named.

    Today is compared with the day ``back`` days earlier.
    """
    kept = request.__dict__.get(_KEPT)
    if isinstance(kept, View):
        return kept
    actor, now = actor_of(request), clock.now()
    today = clock.business_day(now, settings.TIME_ZONE)
    hour = now.astimezone(clock.zone(settings.TIME_ZONE)).hour
    chosen = request.GET.get(PERIOD, rules.TODAY)
    period = rules.period_of(chosen, today=today, hour=hour, back=back)
    view = _narrowed(View(actor, period), request)
    request.__dict__[_KEPT] = view
    return view


def _narrowed(view: View, request: HttpRequest) -> View:
    """To the franchisee that the address names; one that the person does not see has no rows."""
    code = request.GET.get(OWNER, "").strip().upper().replace("\0", "")
    if not code:
        return view
    found: Franchisee | None = org.franchisees_visible_to(view.actor).filter(code=code).first()
    return replace(view, owner=found.pk if found else 0, owner_code=code)


def view_of_store(actor: Actor, store: Store) -> View:
    """Today of the store's own clock beside its same day last week, for its page on either site."""
    now = clock.now().astimezone(clock.zone(store.time_zone))
    period = rules.period_of(rules.TODAY, today=now.date(), hour=now.hour, back=rules.WEEK)
    return View(actor, period, store=store.pk)


def shown(unit: str, value: Decimal | int | None) -> str:
    """A value for people: ¥1,234.50, 1,234, 2.5%; a dash where there is none."""
    if value is None:
        return NOTHING
    if unit == rules.MONEY:
        return format_money(int(value))
    return f"{value:.1%}" if unit == rules.RATE else f"{int(value):,}"


def compared_with(period: Period) -> str:
    """In words, with what the numbers of the period are compared."""
    if period.hour is None:
        return _("Previous %(days)s days") % {"days": period.days}
    until = f"{period.hour + 1:02}:00"
    if (period.first - period.before_first).days == rules.WEEK:
        return _("Same day last week until %(time)s") % {"time": until}
    return _("Yesterday until %(time)s") % {"time": until}


def metric_cards(view: View, site: OfficeSite) -> list[Card]:
    """The metrics that the person may see, linked to the lists that the office has."""
    words = compared_with(view.period)
    return [
        _card(rules.METRIC[code], value, view, words, site)
        for code, value in insights.overview(view).items()
    ]


def _card(metric: Metric, value: Value, view: View, words: str, site: OfficeSite) -> Card:
    return Card(
        metric.label,
        shown(metric.unit, value.now),
        f"{words}: {shown(metric.unit, value.before)}",
        _linked(metric.link.format(period=view.period.code), view, site),
        metric.icon,
        change=change_text(value),
        trend=trend_of(metric, value),
        help=metric.formula,
    )


def change_text(value: Value) -> str:
    """By how much the value grew, for people: ``+12.5%``; beyond a bound only that it is more."""
    if value.change is None:
        return ""
    return f"{value.change:+.1%}" if value.change < MUCH else f"> +{MUCH:.0%}"


def trend_of(metric: Metric, value: Value) -> str:
    """Whether the change is ``good`` or ``bad``; empty where it is neither."""
    if not value.change or not metric.more:
        return ""
    return metric.more if value.change > 0 else {"good": "bad", "bad": "good"}[metric.more]


def _linked(url: str, view: View, site: OfficeSite) -> str:
    """The list of the site behind a number, if the person may open it, narrowed to the franchisee of
    the view where the list can be."""
    label = ".".join(url.split("/")[:2])
    admin = site.admin_called(label)
    if admin is None or not view.actor.may(admin.see_action):
        return ""
    if view.owner_code and FranchiseeFilter in admin.list_filter:
        return f"{url}&{urlencode({FranchiseeFilter.parameter_name: view.owner_code})}"
    return url


def care_cards(view: View, site: OfficeSite) -> list[Card]:
    """What waits for a person: stock, money and own jobs."""
    found = [*_waiting_orders(view), *_waiting_goods_and_money(view), *_failed_jobs(view)]
    return [replace(card, url=_linked(card.url, view, site)) for card in found]


def _waiting_orders(view: View) -> list[Card]:
    if not view.actor.may("orders.see"):
        return []
    return [
        _care(
            _("Waiting for payment"),
            _("Goods are reserved"),
            insights.waiting_for_payment(view),
            "orders/order/?status__exact=pending_payment",
            ("pending_actions", ""),
        ),
        _care(
            _("Orders to fulfil"),
            _("Paid; the shopper waits for the goods"),
            insights.to_fulfil(view),
            "orders/order/?status__exact=paid",
            ("local_shipping", "warning"),
        ),
    ]


def _waiting_goods_and_money(view: View) -> list[Card]:
    found = []
    if view.actor.may("inventory.see"):
        note = _("No more than %(count)s available") % {"count": LOW_AVAILABLE}
        url, look = "inventory/stock/?available=low", ("inventory_2", "warning")
        found.append(_care(_("Low stock"), note, insights.low_stock(view), url, look))
    if view.actor.may("payments.see"):
        found += [
            _care(
                _("Refunds due"),
                _("Money that came and must go back"),
                insights.refunds_due(view),
                "payments/payment/?care=refund_due",
                ("currency_exchange", "danger"),
            ),
            _care(
                _("Not settled"),
                _("Captured; the order does not know yet"),
                insights.unsettled(view),
                "payments/payment/?care=unsettled",
                ("hourglass_top", "warning"),
            ),
        ]
    return found


def _failed_jobs(view: View) -> list[Card]:
    if not view.actor.may("jobs.see"):
        return []
    own, url = insights.failed_jobs(view.actor), "jobs/job/?status__exact=failed"
    look = ("sync_problem", "warning")
    return [_care(_("Failed jobs"), _("Started by you"), own, url, look)]


def _care(title: str, note: str, rows: Any, url: str, look: tuple[str, str]) -> Card:
    """``look``: the icon, and the tone where anything waits."""
    count, (icon, tone) = bounded_count(rows), look
    return Card(title, count, note, url, icon, "" if count == "0" else tone)


def board(request: HttpRequest, *, back: int) -> Board:
    """The switch, what the numbers are compared with, when they were made, and the plots."""
    view = view_of(request, back=back)
    sells = view.actor.may("orders.see")
    made = insights.as_of()
    return Board(
        choices=_choices(request, view.period),
        as_of=columns.local_time(made) if made else "",
        plots=_plots(view) if sells else [],
        hint=_hint(view),
    )


def _hint(view: View) -> str:
    """What comes first where there is no store yet."""
    actor = view.actor
    if not actor.may("org.see") or org.stores_visible_to(actor).exists():
        return ""
    if org.reach_of(actor, "org.manage").everything:
        return _("There is no store yet. Add regions and channels, then open the first store.")
    return _("No store is assigned to you. Ask whoever gave you your role.")


def _choices(request: HttpRequest, period: Period) -> list[Choice]:
    labels = {"today": _("Today"), "7": _("7 days"), "30": _("30 days")}
    owner = {OWNER: request.GET[OWNER]} if request.GET.get(OWNER) else {}
    return [
        Choice(label, "?" + urlencode({PERIOD: code, **owner}), code == period.code)
        for code, label in labels.items()
    ]


def _plots(view: View) -> list[Plot]:
    found = []
    if view.period.days <= rules.HOURS_UP_TO_DAYS:
        hours = insights.sales_by_hour(view)
        found.append(_plot(_("Sales by hour"), hours, [f"{sold.at:02}" for sold in hours]))
    days = insights.sales_by_day(view)
    found.append(_plot(_("Sales by day"), days, [date_format(s.at, "n/j") for s in days]))  # type: ignore[arg-type]
    return found


def _plot(title: str, sold: Sequence[Sold], names: Sequence[str]) -> Plot:
    drawn = [(name, one.now, one.before) for one, name in zip(sold, names, strict=True)]
    return plots.amounts(title, drawn)


def ranking(view: View, site: OfficeSite) -> Panel | None:
    """The stores that sold most, each with the way to its orders."""
    if not view.actor.may("orders.see"):
        return None
    base = reverse(f"{site.name}:orders_order_changelist")
    every = _linked(rules.SOLD.format(period=view.period.code), view, site)
    base += f"?{every.partition('?')[2]}&store="
    return Panel(
        _("Stores by sales"),
        [
            _("store"),
            columns.figures(_("orders")),
            columns.figures(_("sales")),
            columns.figures(pgettext("figure", "change")),
        ],
        [
            [
                columns.anchor(base + line.code, _name_of(line)),
                columns.number(f"{line.orders:,}"),
                columns.number(format_money(line.sales)),
                columns.number(change_text(Value(line.sales, line.before)) or NOTHING),
            ]
            for line in insights.stores_by_sales(view)
        ],
        url=every,
        empty=_("Nothing sold yet in this period."),
        icon="storefront",
    )


def _name_of(line: insights.Ranked) -> str:
    return Store(name=line.name, name_en=line.name_en).display_name or line.code
