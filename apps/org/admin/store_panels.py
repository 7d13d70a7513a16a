"""The card of a store: is it open, what did it sell, what waits there; owners and staff below."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.contrib.admin.sites import AdminSite
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.common import clock
from apps.common.money import format_money
from apps.insights import office
from apps.insights import selectors as insights
from apps.insights.rules import METRIC
from apps.inventory import selectors as inventory
from apps.orders import selectors as orders
from apps.orders.models import Order
from apps.org import selectors as org
from apps.org.models import RoleAssignment, Store, StoreHours, Tenure
from apps.org.offices import columns, plots, store_card
from apps.org.offices.access import actor_of
from apps.org.offices.home import Card, Panel
from apps.org.offices.paging import bounded_count
from apps.org.offices.record import Part, listed

STAFF_ROWS = 50


def told_of_life(request: HttpRequest, site: AdminSite, store: Store) -> Part:
    """Is it open now, and whose is it. Two statements."""
    actor = actor_of(request)
    now = clock.now()
    hours = {one.weekday: one for one in org.hours_visible_to(actor).filter(store=store)}
    rows = org.tenures_visible_to(actor).filter(store=store).order_by("-starts_on")
    tenures = list(rows.select_related("franchisee", "region"))
    return Part(
        cards=[
            _open_card(store, hours, now),
            _owner_card(site, store, tenures, clock.business_day(now, store.time_zone)),
        ],
        sections=[tenure_panel(tenures)],
    )


def _open_card(store: Store, week: Mapping[int, StoreHours], now: datetime) -> Card:
    """A day without hours is a day it is closed."""
    today = week.get(now.astimezone(clock.zone(store.time_zone)).isoweekday())
    said = f"{today.opens_at:%H:%M}–{today.closes_at:%H:%M}" if today else _("closed")
    note = _("Today %(hours)s") % {"hours": said} if week else _("No opening hours are set")
    text = capfirst(store_card.open_text(store, week, now))
    tone = "warning" if store.status == Store.Status.FROZEN else ""
    return Card(_("Now"), text, note, icon="storefront", tone=tone)


def _owner_card(site: AdminSite, store: Store, tenures: Sequence[Tenure], today: date) -> Card:
    held = [one for one in tenures if one.starts_on <= today]
    current = next((one for one in held if one.ends_on is None or one.ends_on > today), None)
    owner = current.franchisee if current else store.franchisee
    since = _("Since %(day)s") % {"day": date_format(current.starts_on)} if current else ""
    name = owner.display_name if owner else str(_("The brand itself"))
    url = f"org/franchisee/{owner.pk}/change/" if owner else ""
    return Card(_("Owner"), name, since, url, "handshake")


def told_of_trade(request: HttpRequest, site: AdminSite, store: Store) -> Part:
    """Today beside the same day last week, and what waits for payment. Three statements at most."""
    actor = actor_of(request)
    if not actor.may("orders.see"):
        return Part()
    view = office.view_of_store(actor, store)
    sums, days = insights.sales_of_store(view), insights.sales_by_day(view)
    drawn = [(date_format(one.at, "n/j"), one.now, 0) for one in days]  # type: ignore[arg-type]
    base, today = listed(site, f"orders/order/?store={store.code}"), view.period.last.isoformat()
    unpaid = orders.orders_visible_to(actor).filter(
        store=store, status=Order.Status.PENDING_PAYMENT
    )
    return Part(
        cards=[
            _sales_card(sums, view.period.hour or 0, base and f"{base}&day={today}&sold=1"),
            Card(
                _("Waiting for payment"),
                bounded_count(unpaid),
                _("Goods are reserved"),
                base and f"{base}&status__exact=pending_payment",
                "pending_actions",
            ),
        ],
        sections=[plots.amounts(_("Sales by day"), drawn)],
    )


def _sales_card(sums: dict[str, Any], hour: int, url: str) -> Card:
    sales, count = sums["sales"], int(sums["orders"].now or 0)
    note = _("%(orders)s; same day last week until %(time)s: %(before)s") % {
        "orders": ngettext("%(n)s order", "%(n)s orders", count) % {"n": f"{count:,}"},
        "time": f"{hour + 1:02}:00",
        "before": format_money(int(sales.before or 0)),
    }
    change, trend = office.change_text(sales), office.trend_of(METRIC["sales"], sales)
    money = format_money(int(sales.now or 0))
    return Card(_("Sales today"), money, note, url, "payments", change=change, trend=trend)


def told_of_goods(request: HttpRequest, site: AdminSite, store: Store) -> Part:
    """Of how many SKUs little is left. One statement, none without the right."""
    actor = actor_of(request)
    if not actor.may("inventory.see"):
        return Part()
    little = bounded_count(
        inventory.low(inventory.stock_visible_to(actor).filter(location__store=store))
    )
    url = listed(site, f"inventory/stock/?store={store.code}&available=low")
    tone = "" if little == "0" else "warning"
    return Part(
        cards=[Card(_("Low stock"), little, _("SKUs to fill up"), url, "inventory_2", tone)]
    )


def told_of_staff(request: HttpRequest, site: AdminSite, store: Store) -> Part:
    """Whose role names this store now. Two statements, none for a person who may not see staff."""
    actor = actor_of(request)
    if not actor.may("staff.see"):
        return Part()
    rows = org.live_assignments(org.assignments_visible_to(actor).filter(store=store))
    found = list(rows.select_related("user").order_by("role", "user__username")[:STAFF_ROWS])
    count = f"{len(found)}" if len(found) < STAFF_ROWS else bounded_count(rows)
    url = listed(site, f"org/roleassignment/?q={store.code}&live=1")
    card = Card(_("Staff"), count, _("Roles that name this store"), url, "badge")
    return Part(cards=[card], sections=[staff_panel(store, found, url)])


def tenure_panel(tenures: Sequence[Tenure]) -> Panel:
    """The tenures that the person sees, newest first; what is written down for later is among them."""
    return Panel(
        _("Owners and regions"),
        [store_card.SINCE, store_card.UNTIL, _("franchisee"), _("region"), _("contract")],
        [
            [
                one.starts_on,
                one.ends_on or "–",
                one.franchisee or _("The brand itself"),
                one.region,
                one.contract or "–",
            ]
            for one in tenures
        ],
        empty=_("None that you see."),
        icon="history",
    )


def staff_panel(store: Store, found: Sequence[RoleAssignment], url: str) -> Panel:
    """Who holds which of these roles, and since when."""
    return Panel(
        _("Staff"),
        [_("user"), _("role"), store_card.SINCE, store_card.UNTIL],
        [
            [
                one.user.username,
                one.get_role_display(),
                columns.local_time(one.starts_at, store.time_zone),
                columns.local_time(one.ends_at, store.time_zone) if one.ends_at else "–",
            ]
            for one in found
        ],
        url=url,
        empty=_("Nobody has a role here."),
        icon="badge",
    )


def ahead_of(store: Store | None) -> bool:
    """Whether a change of owner or region is written down for a later day."""
    if store is None or store.status == Store.Status.CLOSED:
        return False
    last = org.last_tenure(store)
    today = clock.business_day(clock.now(), store.time_zone)
    return last is not None and last.starts_on > today
