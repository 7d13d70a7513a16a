"""Head office: orders with everything that hangs on them; an unpaid one can be cancelled."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from apps.inventory.office import told_of_order as moved_for
from apps.loyalty.office import told_of_order as points_of
from apps.orders import selectors as orders
from apps.orders.models import LineAdjustment, Order, OrderEvent, OrderLine
from apps.orders.office import (
    STATUS_TONES,
    Cancelling,
    OrderDayFilter,
    OrderPages,
    SoldFilter,
    newest_orders,
    orders_found,
    why_not_cancelled,
)
from apps.org.offices import columns, words
from apps.org.offices.access import actor_of
from apps.org.offices.filters import (
    ChannelFilter,
    FranchiseeFilter,
    RegionFilter,
    StoreCodeFilter,
    period,
)
from apps.org.offices.home import Panel
from apps.org.offices.lists import Hint
from apps.org.offices.records import RecordAdmin
from apps.org.offices.results import Hit
from apps.org.offices.sites import head_office
from apps.payments.office import told_of_order as paid_for


@admin.register(Order, site=head_office)
class OrderAdmin(Cancelling, OrderPages):
    list_display = (
        "number",
        "state",
        "shop",
        "way",
        "buyer",
        "placed",
        "n_discount",
        "n_net",
    )
    list_filter = (
        ("status", ChoicesDropdownFilter),
        period("placed_at"),
        OrderDayFilter,
        SoldFilter,
        StoreCodeFilter,
        RegionFilter,
        FranchiseeFilter,
        ChannelFilter,
    )
    fields = (
        ("number", "state", "placed", "pay_by"),
        ("shop", "franchisee", "region", "business_day"),
        ("way", "buyer", "origin", "source_key"),
        ("n_gross", "n_discount", "n_net"),
    )
    parts = (why_not_cancelled, *OrderPages.parts, paid_for, moved_for, points_of)


@admin.register(OrderLine, site=head_office)
class OrderLineAdmin(RecordAdmin):
    see_action = "orders.see"
    visible = staticmethod(orders.lines_visible_to)
    icon = "format_list_numbered"
    empty_hint = Hint(gettext_lazy("Rows appear with the first order."), "orders.order")
    in_sidebar = False
    related = ("order", "sku")
    document = columns.link("order", gettext_lazy("order"))
    item = columns.link("sku", gettext_lazy("SKU"))
    n_quantity = columns.quantity("quantity", gettext_lazy("quantity"))
    n_gross = columns.money("gross_amount", gettext_lazy("gross amount"))
    n_discount = columns.money("discount_amount", gettext_lazy("discount"))
    n_net = columns.money("net_amount", gettext_lazy("net amount"))
    list_display = ("name", "document", "item", "n_quantity", "n_gross", "n_discount", "n_net")
    exact = ("order__number", "sku__code")
    search_help_text = gettext_lazy("Order number or SKU code")
    ordering = ("-id",)
    fields = (
        ("document", "line_no"),
        ("item", "name", "price_list"),
        ("n_quantity", "n_gross", "n_discount", "n_net"),
    )


@admin.register(LineAdjustment, site=head_office)
class LineAdjustmentAdmin(RecordAdmin):
    see_action = "orders.see"
    visible = staticmethod(orders.adjustments_visible_to)
    icon = "sell"
    empty_hint = Hint(gettext_lazy("Rows appear with the first order."), "orders.order")
    in_sidebar = False
    related = ("line__order",)
    document = columns.link("line__order", gettext_lazy("order"))
    n_amount = columns.money("amount", gettext_lazy("amount"))
    list_display = ("kind", "document", "source", "n_amount")
    list_filter = (("kind", ChoicesDropdownFilter),)
    ordering = ("-id",)
    fields = ("document", "kind", "source", "n_amount")


@admin.register(OrderEvent, site=head_office)
class OrderEventAdmin(RecordAdmin):
    see_action = "orders.see"
    visible = staticmethod(orders.events_visible_to)
    icon = "timeline"
    empty_hint = Hint(gettext_lazy("Rows appear with the first order."), "orders.order")
    in_sidebar = False
    related = ("order",)
    document = columns.link("order", gettext_lazy("order"))
    time = columns.when("at", gettext_lazy("time"))
    state = columns.state("to_status", gettext_lazy("status"), STATUS_TONES)
    who = words.actor()
    why = words.reason()
    list_display = ("time", "document", "from_state", "state", "who", "why")
    exact = ("order__number",)
    search_help_text = gettext_lazy("Order number")
    ordering = ("-id",)
    fields = ("document", "time", "from_state", "state", "who", "why")

    @display(description=gettext_lazy("from"))
    def from_state(self, obj: OrderEvent) -> str | None:
        labels = dict(Order.Status.choices)
        return str(labels[obj.from_status]) if obj.from_status else None


@head_office.home.panel(10)
def latest_orders(request: HttpRequest) -> Panel | None:
    """The last orders that the person sees."""
    actor = actor_of(request)
    if not actor.may("orders.see"):
        return None
    return newest_orders("admin", orders.orders_visible_to(actor))


@head_office.finder
def orders_by_key(request: HttpRequest, text: str) -> list[Hit]:
    """An order by its whole number, or those that used a coupon."""
    return orders_found(head_office, request, text)
