"""Payments: list, read, and what providers report. Paying an order stands with the orders."""

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from apps.common import api
from apps.common.authentication import actor
from apps.common.keyset import CursorInvalid
from apps.common.pagination import PageSizeInvalid
from apps.common.permissions import Public
from apps.common.schema import example, operation
from apps.common.views import Endpoint, ListEndpoint
from apps.flows.receive_notice import receive_notice
from apps.org import selectors as org
from apps.org.selectors import ActionNotPermitted
from apps.payments import selectors as payments
from apps.payments.api import serializers as shapes
from apps.payments.api.filters import PaymentFilter
from apps.payments.models import Payment
from apps.payments.providers import sandbox
from apps.payments.selectors import PaymentNotFound

SIGNED = (
    OpenApiParameter(
        "X-Sandbox-Timestamp",
        str,
        OpenApiParameter.HEADER,
        required=True,
        description="Unix seconds, at most five minutes off.",
    ),
    OpenApiParameter(
        "X-Sandbox-Signature",
        str,
        OpenApiParameter.HEADER,
        required=True,
        description="HMAC-SHA-256 in hex over `<timestamp>.<body>` with the shared secret.",
    ),
)


class Payments(ListEndpoint):
    """Payments by the owner and region frozen on them; those of a member's own orders."""

    actions = {"get": "payments.see"}
    queryset = Payment.objects.none()
    filterset_class = PaymentFilter
    order_by = ("-created_at", "-id")

    @operation(
        "payment_list",
        "List payments, newest first",
        answers={200: shapes.Payment},
        refusals=[ActionNotPermitted, api.BodyInvalid, CursorInvalid, PageSizeInvalid],
    )
    def get(self, request: Request) -> HttpResponse:
        return self.list(request)

    def get_queryset(self) -> QuerySet[Payment]:
        caller = actor(self.request)
        org.require_action(caller, "payments.see")
        return payments.payments_visible_to(caller)

    def related(self, rows: QuerySet[Payment]) -> QuerySet[Payment]:
        return payments.with_tenders(rows)

    def shape(self, row: Payment) -> shapes.Payment:
        return shapes.payment(row)


class OnePayment(Endpoint):
    """One payment by its number."""

    actions = {"get": "payments.see"}

    @operation(
        "payment_read",
        "Read one payment",
        answers={200: shapes.Payment},
        refusals=[ActionNotPermitted, PaymentNotFound],
    )
    def get(self, request: Request, number: str) -> HttpResponse:
        caller = actor(request)
        org.require_action(caller, "payments.see")
        return api.answer(shapes.payment(payments.require_payment(caller, number)))


class SandboxNotices(Endpoint):
    """Where the sandbox provider reports captures; its signature is the sign-in."""

    authentication_classes = ()
    throttle_classes = ()  # all payments of a peak day are reported from a few addresses
    actions = {"post": Public("the provider signs what it sends")}

    @operation(
        "sandbox_notice_receive",
        "Receive a capture notice of the sandbox provider",
        description="A genuine notice is a fact and is kept and answered 200, also when it comes "
        "twice, names no payment of ours, or its order is cancelled, paid or of another amount: then "
        "the payment becomes `refund_due`.",
        body=sandbox.NoticeBody,
        answers={200: shapes.NoticeReceived},
        refusals=[sandbox.NoticeInvalid],
        sign_in={},
        parameters=SIGNED,
        examples=[
            example("Captured", {"payment": "P26112400000000", "reference": "sb-1", "amount": 5273})
        ],
    )
    def post(self, request: Request) -> HttpResponse:
        notice = sandbox.read_notice(
            request.body,
            timestamp=request.headers.get("X-Sandbox-Timestamp", ""),
            signature=request.headers.get("X-Sandbox-Signature", ""),
        )
        receive_notice(notice)
        return api.answer(shapes.NoticeReceived(received=True))
