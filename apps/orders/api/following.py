"""What follows an order: its payment, its cancellation."""

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from apps.accounts.actor import Actor
from apps.common import api
from apps.common.authentication import actor
from apps.common.errors import Malformed
from apps.common.permissions import SignedIn
from apps.common.schema import ONCE, example, operation
from apps.common.views import Endpoint
from apps.flows.cancel_order import cancel_order
from apps.flows.pay_order import pay_at_counter, pay_with_provider
from apps.orders.api import serializers as shapes
from apps.orders.selectors import OrderNotFound
from apps.orders.services import OrderCancelled, OrderPaid
from apps.org.selectors import ActionNotPermitted
from apps.payments.rules import TenderMismatch, UnknownTender


class PaymentMeansWanted(Malformed):
    code = "payment_means_wanted"
    message = _("Name either tenders or a provider.")


class OrderPayments(Endpoint):
    """Payments of one order."""

    actions = {
        "post": SignedIn("the body says which: with tenders payments.take, else orders.place")
    }

    @operation(
        "order_pay",
        "Pay an order",
        description="With `tenders` the store takes the money: the order is completed, points credited "
        "and the goods handed over. With `provider` a payment is opened; its `parameters` go to the "
        "provider's cashier, and the provider's notice settles it.",
        body=shapes.PaymentAsked,
        answers={201: shapes.OpenedPayment},
        refusals=[
            ActionNotPermitted,
            PaymentMeansWanted,
            OrderNotFound,
            OrderPaid,
            OrderCancelled,
            UnknownTender,
            TenderMismatch,
            *ONCE,
        ],
        examples=[
            example("Cash", {"tenders": [{"kind": "cash", "amount": 5273}]}),
            example("Sandbox", {"provider": "sandbox"}),
        ],
    )
    def post(self, request: Request, number: str) -> HttpResponse:
        caller: Actor = actor(request)
        once = api.once_of(request, caller.caller)
        body = api.decode(request.body, shapes.PaymentAsked)
        if bool(body.tenders) == bool(body.provider):
            raise PaymentMeansWanted
        if body.provider:
            opened = pay_with_provider(caller, number, once)
        else:
            opened = pay_at_counter(caller, number, shapes.tender_drafts(body.tenders), once)
        return api.answer(opened, http_status=201)


class OrderCancellation(Endpoint):
    """The cancellation of one order."""

    actions = {"post": "orders.cancel"}

    @operation(
        "order_cancel",
        "Cancel an unpaid order",
        description="The reserved goods are free again. A paid order is refused (`order_paid`).",
        body=shapes.CancellationAsked,
        answers={200: shapes.CancelledOrder},
        refusals=[ActionNotPermitted, OrderNotFound, OrderPaid, OrderCancelled, *ONCE],
        examples=[example("Changed mind", {"reason": "shopper_changed_mind"})],
    )
    def post(self, request: Request, number: str) -> HttpResponse:
        caller: Actor = actor(request)
        once = api.once_of(request, caller.caller)
        body = api.decode(request.body, shapes.CancellationAsked)
        return api.answer(cancel_order(caller, number, reason=body.reason, once=once))
