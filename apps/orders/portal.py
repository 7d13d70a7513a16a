"""Franchise portal: the orders of own stores, what they sold today, and what waits to be done."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter

from apps.common import clock
from apps.inventory.office import told_of_order as moved_for
from apps.loyalty.office import told_of_order as points_of
from apps.orders import rules
from apps.orders import selectors as orders
from apps.orders.models import Order
from apps.orders.office import (
    Cancelling,
    OrderDayFilter,
    OrderPages,
    SoldFilter,
    newest_orders,
    orders_found,
    why_not_cancelled,
)
from apps.org.offices import columns
from apps.org.offices.access import actor_of
from apps.org.offices.filters import DocumentStoreFilter, period
from apps.org.offices.home import Panel
from apps.org.offices.results import Hit
from apps.org.offices.sites import portal
from apps.org.offices.tasks import Task, waiting
from apps.payments.office import told_of_order as paid_for

TO_FULFIL = "status__exact=paid"
RUNS_OUT = "care=runs_out"
LIST = "orders/order/?"


class CareFilter(DropdownFilter):
    """Orders for which somebody at the store should do something soon."""

    title = _("needs care")
    parameter_name = "care"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("runs_out", _("payment runs out soon"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        return orders.running_out(queryset, clock.now()) if self.value() else queryset


@admin.register(Order, site=portal)
class PortalOrderAdmin(Cancelling, OrderPages):
    list_display = ("number", "state", "store_name", "buyer", "placed", "n_net")
    list_filter = (
        ("status", ChoicesDropdownFilter),
        period("placed_at"),
        OrderDayFilter,
        SoldFilter,
        DocumentStoreFilter,
        CareFilter,
    )
    quick_filters = (
        (_("All"), ""),
        (_("to fulfil"), TO_FULFIL),
        (_("payment runs out soon"), RUNS_OUT),
        (_("pending payment"), "status__exact=pending_payment"),
        (_("completed"), "status__exact=completed"),
        (_("cancelled"), "status__exact=cancelled"),
    )
    store_name = columns.text("store__display_name", _("store"))
    fields = (
        ("number", "state", "placed", "pay_by"),
        ("store_name", "way", "buyer", "business_day"),
        ("n_gross", "n_discount", "n_net"),
    )
    parts = (why_not_cancelled, *OrderPages.parts, paid_for, moved_for, points_of)


@portal.home.panel(20)
def latest_orders(request: HttpRequest) -> Panel | None:
    """The last orders of own stores."""
    actor = actor_of(request)
    if not actor.may("orders.see"):
        return None
    return newest_orders("portal", orders.orders_visible_to(actor))


@portal.tasks.kind(10)
def payment_runs_out(request: HttpRequest) -> Task | None:
    """Orders whose goods are given free again unless somebody pays in a moment."""
    actor = actor_of(request)
    if not actor.may("orders.see"):
        return None
    soon = orders.running_out(orders.orders_visible_to(actor), clock.now())
    note = _("Less than %(minutes)s minutes to pay; then the goods are free again")
    minutes = rules.RUNS_OUT_WITHIN.seconds // 60
    return Task(
        _("Payment runs out soon"),
        waiting(soon, "placed_at"),
        LIST + RUNS_OUT,
        "alarm",
        note % {"minutes": minutes},
        "danger",
    )


@portal.tasks.kind(20)
def fulfil_task(request: HttpRequest) -> Task | None:
    """Orders to hand over or to send."""
    actor = actor_of(request)
    if not actor.may("orders.see"):
        return None
    rows = orders.to_fulfil(orders.orders_visible_to(actor))
    url, note = LIST + TO_FULFIL, _("Paid; the shopper waits for the goods")
    return Task(_("Orders to fulfil"), waiting(rows, "placed_at"), url, "local_shipping", note)


@portal.finder
def orders_by_key(request: HttpRequest, text: str) -> list[Hit]:
    """An order of own stores, as head office finds it."""
    return orders_found(portal, request, text)
