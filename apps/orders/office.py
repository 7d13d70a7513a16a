"""What head office and the portal both show of orders."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from apps.common.money import format_money
from apps.orders import selectors as orders
from apps.orders.models import Order, OrderEvent, OrderLine
from apps.org.offices import columns, words
from apps.org.offices.home import Panel
from apps.org.offices.records import RecordAdmin, RecordInline

PANEL_ROWS = 8
STATUS_TONES: dict[str, str] = {
    Order.Status.PENDING_PAYMENT: "warning",
    Order.Status.PAID: "info",
    Order.Status.COMPLETED: "success",
    Order.Status.CANCELLED: "plain",
}
QUICK_FILTERS = (
    (gettext_lazy("All"), ""),
    (gettext_lazy("pending payment"), "status__exact=pending_payment"),
    (gettext_lazy("paid"), "status__exact=paid"),
    (gettext_lazy("completed"), "status__exact=completed"),
    (gettext_lazy("cancelled"), "status__exact=cancelled"),
)


class SoldFilter(DropdownFilter):
    """What counts as a sale: paid and completed orders, as the overview counts them."""

    title = gettext_lazy("sale")
    parameter_name = "sold"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", gettext_lazy("paid or completed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        return orders.sold(queryset) if self.value() == "1" else queryset


class LinesOfOrder(RecordInline):
    model = OrderLine
    tab = False
    verbose_name_plural = gettext_lazy("Lines")
    see_action = "orders.see"
    visible = staticmethod(orders.lines_visible_to)
    related = ("sku",)
    prefetched = ("adjustments",)
    ordering = ("line_no",)
    item = columns.link("sku", gettext_lazy("SKU"))
    n_quantity = columns.quantity("quantity", gettext_lazy("quantity"))
    n_gross = columns.money("gross_amount", gettext_lazy("gross amount"))
    n_net = columns.money("net_amount", gettext_lazy("net amount"))
    fields = (
        "line_no",
        "item",
        "name",
        "n_quantity",
        "n_unit_price",
        "n_gross",
        "discounts",
        "n_net",
    )

    @display(description=gettext_lazy("unit price"))
    def n_unit_price(self, obj: OrderLine) -> str:
        """Imported lines have amounts only: their derived price is marked as such."""
        if obj.unit_price is not None:
            return columns.number(format_money(obj.unit_price))
        return columns.number("≈ " + format_money(round(obj.shown_unit_price)))

    @display(description=gettext_lazy("discounts"))
    def discounts(self, obj: OrderLine) -> str | None:
        taken = obj.adjustments.all()
        return ", ".join(f"{a.get_kind_display()} {format_money(-a.amount)}" for a in taken) or None


class EventsOfOrder(RecordInline):
    model = OrderEvent
    verbose_name_plural = gettext_lazy("Timeline")
    see_action = "orders.see"
    visible = staticmethod(orders.events_visible_to)
    related = ("order__store",)
    ordering = ("at", "id")
    time = columns.when("at", gettext_lazy("time"), zone="order__store__time_zone")
    state = columns.state("to_status", gettext_lazy("status"), STATUS_TONES)
    who = words.actor()
    why = words.reason()
    fields = ("time", "state", "who", "why")


class OrderPages(RecordAdmin):
    """List and page of orders, found by number or by the member's number."""

    see_action = "orders.see"
    visible = staticmethod(orders.orders_visible_to)
    icon = "receipt_long"
    related = ("store", "channel", "member", "franchisee", "region")
    exact = ("number", "member__number")
    search_help_text = gettext_lazy("Order number or member number")
    ordering = ("-placed_at", "-id")
    quick_filters = QUICK_FILTERS
    state = columns.state("status", gettext_lazy("status"), STATUS_TONES)
    placed = columns.when("placed_at", gettext_lazy("placed at"), zone="store__time_zone")
    pay_by = columns.when("pay_until", gettext_lazy("pay until"), zone="store__time_zone")
    shop = columns.link("store", gettext_lazy("store"))
    way = columns.text("channel__display_name", gettext_lazy("channel"))
    origin = columns.text("source", gettext_lazy("source"))
    buyer = columns.link("member", gettext_lazy("member"))
    n_gross = columns.money("gross_amount", gettext_lazy("gross amount"))
    n_discount = columns.money("discount_amount", gettext_lazy("discount"))
    n_net = columns.money("net_amount", gettext_lazy("net amount"))
    inlines: Sequence[Any] = (LinesOfOrder, EventsOfOrder)


def newest_orders(site: str, rows: QuerySet[Order], *, title: Promise | str = "") -> Panel:
    """The last few of ``rows``. One statement."""
    found = rows.select_related("store").order_by("-placed_at", "-id")[:PANEL_ROWS]
    return Panel(
        title or gettext_lazy("Newest orders"),
        [
            Order._meta.get_field("number").verbose_name,
            gettext_lazy("store"),
            gettext_lazy("placed at"),
            gettext_lazy("status"),
            columns.figures(_("net amount")),
        ],
        [
            [
                columns.link_to(site, order, order.number),
                order.store.display_name,
                columns.local_time(order.placed_at, order.store.time_zone),
                columns.toned(order.get_status_display(), STATUS_TONES[order.status]),
                columns.number(format_money(order.net_amount)),
            ]
            for order in found
        ],
        url="orders/order/",
        empty=gettext_lazy("No orders yet."),
        icon="receipt_long",
    )
