"""An unpaid order is cancelled on its page: what that does, why it is done, and that it counts once."""

import hashlib
import secrets
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.sites import AdminSite
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action
from unfold.enums import ActionVariant

from apps.accounts.actor import Actor
from apps.common.errors import DomainError
from apps.common.idempotency import Once
from apps.common.money import format_money
from apps.flows.cancel_order import cancel_order
from apps.flows.cancel_plan import plan_cancelling
from apps.orders import selectors as orders
from apps.orders.models import Order
from apps.orders.office.pages import quantities
from apps.org.offices import lookups
from apps.org.offices.access import actor_of
from apps.org.offices.dialogs import ReasonForm
from apps.org.offices.record import Part
from apps.org.offices.refusals import say_refusal
from apps.payments import selectors as payments
from apps.payments.models import Payment


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


class Cancelling:
    """The button on the page of an order, for those who cancel orders there."""

    get_queryset: Any
    back_to: Any
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
        answer: HttpResponse = self.back_to(request, object_id)
        return answer
