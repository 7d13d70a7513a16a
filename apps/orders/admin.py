"""Head office: orders with everything that hangs on them; an unpaid one can be cancelled."""

import hashlib
import secrets
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.sites import AdminSite
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from apps.accounts.actor import Actor
from apps.common.errors import DomainError
from apps.common.idempotency import Once
from apps.common.money import format_money
from apps.flows.cancel_order import cancel_order
from apps.flows.cancel_plan import plan_cancelling
from apps.inventory.office import told_of_order as moved_for
from apps.loyalty.office import told_of_order as points_of
from apps.orders import selectors as orders
from apps.orders.models import LineAdjustment, Order, OrderEvent, OrderLine
from apps.orders.office import (
    STATUS_TONES,
    OrderPages,
    SoldFilter,
    newest_orders,
    orders_found,
    quantities,
)
from apps.org.offices import columns, lookups, words
from apps.org.offices.access import actor_of
from apps.org.offices.dialogs import ReasonForm
from apps.org.offices.filters import (
    ChannelFilter,
    FranchiseeFilter,
    RegionFilter,
    StoreCodeFilter,
    period,
)
from apps.org.offices.home import Panel
from apps.org.offices.lists import Hint
from apps.org.offices.record import Part
from apps.org.offices.records import RecordAdmin
from apps.org.offices.refusals import say_refusal
from apps.org.offices.results import Hit
from apps.org.offices.sites import head_office
from apps.payments import selectors as payments
from apps.payments.models import Payment
from apps.payments.office import told_of_order as paid_for


def why_not_cancelled(request: HttpRequest, site: AdminSite, order: Order) -> Part:
    """Why an order is not cancelled, for those who cancel orders. One statement at most."""
    if not actor_of(request).may("orders.cancel"):
        return Part()
    if order.status in (Order.Status.PAID, Order.Status.COMPLETED):
        return Part(
            notes=[
                _(
                    "This order is paid, so it is not cancelled: its money would have to go back first."
                )
            ]
        )
    if order.status == Order.Status.PENDING_PAYMENT and payments.money_waits_for(order.pk):
        return Part(
            notes=[
                _("Money for this order has arrived and is being settled, so it is not cancelled.")
            ]
        )
    return Part()


class CancelForm(ReasonForm):
    """What it does, and why; and a key, so that a form sent twice cancels once."""

    form_before_template = "offices/cancel_plan.html"
    key = forms.CharField(
        max_length=64, widget=forms.HiddenInput, initial=lambda: secrets.token_hex(16)
    )

    def get_before_template_context(
        self, request: HttpRequest, object_id: int | str | None = None
    ) -> dict[str, Any]:
        own = orders.orders_visible_to(actor_of(request), "orders.cancel")
        order = lookups.with_key(own.select_related("member"), object_id).first()
        if order is None:
            return {}
        plan = plan_cancelling(order)
        return {
            "plan": plan,
            "goods": [(one, quantities([(one.quantity, one.unit)])) for one in plan.kept],
            "waiting": [(one.number, format_money(one.amount)) for one in plan.waiting],
            "member": order.member,
        }

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
    parts = (why_not_cancelled, *OrderPages.parts, paid_for, moved_for, points_of)
    actions_detail = ("cancel",)

    def has_cancel_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """For unpaid orders on which the person may do it."""
        own = orders.orders_visible_to(actor_of(request), "orders.cancel")
        arrived = payments.unsettled(Payment.objects.filter(order=OuterRef("pk")))
        waiting = own.filter(~Exists(arrived), status=Order.Status.PENDING_PAYMENT)
        return lookups.with_key(waiting, object_id).exists()

    @action(
        description=gettext_lazy("Cancel order"),
        permissions=["cancel"],
        icon="cancel",
        variant=ActionVariant.DANGER,
        dialog={
            "title": gettext_lazy("Cancel this order?"),
            "description": gettext_lazy("This cannot be undone; the shopper may order again."),
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
            say_refusal(request, refusal)
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
