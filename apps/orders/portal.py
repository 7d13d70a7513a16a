"""Franchise portal: the orders of own stores, and what they sold today."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.dataclasses import SearchResult

from apps.orders import selectors as orders
from apps.orders.models import Order
from apps.orders.office import OrderPages, SoldFilter, newest_orders
from apps.org.offices import columns
from apps.org.offices.access import actor_of
from apps.org.offices.filters import OwnStoreFilter, period
from apps.org.offices.home import Panel
from apps.org.offices.results import results_of
from apps.org.offices.sites import portal


@admin.register(Order, site=portal)
class PortalOrderAdmin(OrderPages):
    list_display = ("number", "state", "store_name", "buyer", "placed", "n_net")
    list_filter = (
        ("status", ChoicesDropdownFilter),
        period("placed_at"),
        SoldFilter,
        OwnStoreFilter,
    )
    store_name = columns.text("store__display_name", _("store"))
    fields = (
        ("number", "state", "placed", "pay_by"),
        ("store_name", "way", "buyer", "business_day"),
        ("n_gross", "n_discount", "n_net"),
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
