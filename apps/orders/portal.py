"""Franchise portal: the orders of own stores, and what they sold today."""

from django.contrib import admin
from django.db.models import Count, Sum
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.dataclasses import SearchResult

from apps.common.money import format_money
from apps.orders import selectors as orders
from apps.orders.models import Order
from apps.orders.office import OrderPages, newest_orders, sales_today
from apps.org.models import Store
from apps.org.offices import columns
from apps.org.offices.access import actor_of
from apps.org.offices.filters import OwnStoreFilter, period, start_of_today
from apps.org.offices.home import Panel
from apps.org.offices.results import results_of
from apps.org.offices.sites import portal

STORES_AT_MOST = 20


@admin.register(Order, site=portal)
class PortalOrderAdmin(OrderPages):
    list_display = ("number", "state", "store_name", "buyer", "placed", "n_net")
    list_filter = (("status", ChoicesDropdownFilter), period("placed_at"), OwnStoreFilter)
    store_name = columns.text("store__display_name", _("store"))
    fields = (
        ("number", "state", "placed", "pay_by"),
        ("store_name", "way", "buyer", "business_day"),
        ("n_gross", "n_discount", "n_net"),
    )


portal.home.card(10)(sales_today)


@portal.home.panel(10)
def sales_by_store(request: HttpRequest) -> Panel | None:
    """Today, store by store. One statement."""
    actor = actor_of(request)
    if not actor.may("orders.see"):
        return None
    sold = orders.orders_visible_to(actor).filter(
        placed_at__gte=start_of_today(), status__in=[Order.Status.PAID, Order.Status.COMPLETED]
    )
    by_store = (
        sold.order_by()
        .values("store__code", "store__name", "store__name_en")
        .annotate(count=Count("pk"), net=Sum("net_amount"))
        .order_by("-net", "store__code")[:STORES_AT_MOST]
    )
    return Panel(
        _("Today by store"),
        [_("store code"), _("store"), columns.figures(_("orders")), columns.figures(_("sales"))],
        [
            [
                line["store__code"],
                Store(name=line["store__name"], name_en=line["store__name_en"]).display_name,
                columns.number(
                    ngettext("%(count)s order", "%(count)s orders", line["count"])
                    % {"count": line["count"]}
                ),
                columns.number(format_money(line["net"])),
            ]
            for line in by_store
        ],
        url="orders/order/?period=today",
        empty=_("Nothing sold yet today."),
        icon="storefront",
    )


@portal.home.panel(20)
def latest_orders(request: HttpRequest) -> Panel | None:
    """The last orders of own stores."""
    actor = actor_of(request)
    if not actor.may("orders.see"):
        return None
    return newest_orders("portal", orders.orders_visible_to(actor))


@portal.finder
def orders_by_number(request: HttpRequest, text: str) -> list[SearchResult]:
    """An order of own stores by its whole number."""
    own = orders.orders_visible_to(actor_of(request)).filter(number=text.upper())[:1]
    return results_of("portal", own)
