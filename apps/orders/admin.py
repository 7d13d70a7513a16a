"""Head office: orders with everything that hangs on them; an unpaid one can be cancelled."""

import hashlib
import secrets
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.dataclasses import SearchResult
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextInputWidget

from apps.accounts.actor import Actor
from apps.common.errors import DomainError
from apps.common.idempotency import Once
from apps.common.money import format_money
from apps.flows.cancel_order import cancel_order
from apps.inventory.office import MovementsOfOrder, ReservationsOfOrder
from apps.loyalty.office import PointsOfOrder
from apps.orders import selectors as orders
from apps.orders.models import LineAdjustment, Order, OrderEvent, OrderLine
from apps.orders.office import (
    STATUS_TONES,
    EventsOfOrder,
    LinesOfOrder,
    OrderPages,
    SoldFilter,
    newest_orders,
)
from apps.org.offices import columns, lookups, words
from apps.org.offices.access import actor_of
from apps.org.offices.filters import (
    ChannelFilter,
    FranchiseeFilter,
    RegionFilter,
    StoreCodeFilter,
    period,
)
from apps.org.offices.home import Panel
from apps.org.offices.records import RecordAdmin
from apps.org.offices.results import results_of
from apps.org.offices.sites import head_office
from apps.payments.office import PaymentsOfOrder


class CancelForm(BaseDialogForm):
    """Why; and a key, so that a form sent twice cancels once."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=255, widget=UnfoldAdminTextInputWidget
    )
    key = forms.CharField(
        max_length=64, widget=forms.HiddenInput, initial=lambda: secrets.token_hex(16)
    )

    def once(self, actor: Actor) -> Once:
        said = f"cancel_order\n{self.object_id}\n{self.cleaned_data['reason']}"
        digest = hashlib.sha256(said.encode()).hexdigest()
        return Once(actor.caller, f"office-{self.cleaned_data['key']}", digest)


@admin.register(Order, site=head_office)
class OrderAdmin(OrderPages):
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
    inlines = (
        LinesOfOrder,
        PaymentsOfOrder,
        MovementsOfOrder,
        ReservationsOfOrder,
        PointsOfOrder,
        EventsOfOrder,
    )
    actions_detail = ("cancel",)

    def has_cancel_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """For unpaid orders on which the person may do it."""
        own = orders.orders_visible_to(actor_of(request), "orders.cancel")
        waiting = own.filter(status=Order.Status.PENDING_PAYMENT)
        return lookups.with_key(waiting, object_id).exists()

    @action(
        description=gettext_lazy("Cancel order"),
        permissions=["cancel"],
        icon="cancel",
        variant=ActionVariant.DANGER,
        dialog={
            "title": gettext_lazy("Cancel this order?"),
            "description": gettext_lazy("Its goods are free again. This cannot be undone."),
            "form_class": CancelForm,
            "form_submit_text": gettext_lazy("Cancel order"),
        },
    )
    def cancel(self, request: HttpRequest, form: CancelForm, object_id: str) -> HttpResponse:
        actor = actor_of(request)
        order = self.get_queryset(request).get(pk=object_id)
        reason = form.cleaned_data["reason"]
        try:
            cancel_order(actor, order.number, reason=reason, once=form.once(actor))
        except DomainError as refusal:
            messages.error(request, refusal.detail)
        else:
            messages.success(
                request, _("Order %(number)s is cancelled.") % {"number": order.number}
            )
        return self.back_to(request, object_id)


@admin.register(OrderLine, site=head_office)
class OrderLineAdmin(RecordAdmin):
    see_action = "orders.see"
    visible = staticmethod(orders.lines_visible_to)
    icon = "format_list_numbered"
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
def orders_by_number(request: HttpRequest, text: str) -> list[SearchResult]:
    """An order by its whole number."""
    own = orders.orders_visible_to(actor_of(request)).filter(number=text.upper())[:1]
    return results_of("admin", own, text=lambda row: f"{row.number} {format_money(row.net_amount)}")
