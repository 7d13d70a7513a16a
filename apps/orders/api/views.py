"""Quotes and orders: place, list, read. Placing decodes, calls the flow, and answers its result."""

from django.db.models import QuerySet
from django.http import HttpResponse
from rest_framework.request import Request

from apps.accounts.actor import Actor
from apps.common import api
from apps.common.authentication import actor
from apps.common.keyset import CursorInvalid
from apps.common.pagination import PageSizeInvalid
from apps.common.schema import ONCE, example, operation
from apps.common.views import Endpoint, ListEndpoint
from apps.flows.place_order import MemberMismatch, OrderRequest, place_order
from apps.flows.pricing import Buyer
from apps.flows.quote import QuoteRequest, quote
from apps.inventory.services import OutOfStock
from apps.members.selectors import MemberClosed, MemberNotFound
from apps.orders import rules
from apps.orders import selectors as orders
from apps.orders.api import serializers as shapes
from apps.orders.api.filters import OrderFilter
from apps.orders.models import Order
from apps.orders.selectors import OrderNotFound
from apps.org import selectors as org
from apps.org.selectors import (
    ActionNotPermitted,
    ChannelNotAtStore,
    ChannelNotFound,
    StoreClosed,
    StoreFrozen,
    StoreNotFound,
    StoreNotTrading,
)
from apps.payments import selectors as payments
from apps.payments.rules import TenderMismatch, UnknownTender
from apps.products.packing import BundleEmpty, ComponentFraction
from apps.products.rules import BelowPriceGuard
from apps.products.selectors import NotSoldHere, SkuNotPriced, UnknownPack, UnknownSku
from apps.products.services import UndercutCodeRefused

PRICING = (
    ActionNotPermitted,
    StoreNotFound,
    ChannelNotFound,
    StoreClosed,
    StoreFrozen,
    StoreNotTrading,
    ChannelNotAtStore,
    rules.NoLines,
    rules.TooManyLines,
    rules.InvalidQuantity,
    rules.FractionOfPiece,
    rules.AmountTooLarge,
    rules.PriceChanged,
    UnknownSku,
    NotSoldHere,
    SkuNotPriced,
    BelowPriceGuard,
    UnknownPack,
    BundleEmpty,
    ComponentFraction,
)
PLACING = (*PRICING, UndercutCodeRefused, MemberNotFound, MemberClosed, MemberMismatch, OutOfStock)
GOODS = [{"sku": "TEA", "quantity": 2}, {"sku": "RICE", "quantity": "1.5"}]
QUOTE = {"store": "A1", "channel": "pos", "lines": GOODS}
COUNTER_SALE = QUOTE | {
    "shown_total": 5273,
    "member": "312345678907",
    "tenders": [{"kind": "cash", "amount": 5273}],
}
UNPAID = {"store": "A1", "channel": "mini", "lines": GOODS, "shown_total": 5273}


class Quotes(Endpoint):
    """What would these goods cost."""

    actions = {"post": "orders.place"}

    @operation(
        "quote_create",
        "Price goods at a store",
        description="Writes nothing. Show `total` to the shopper and send it as `shown_total`.",
        body=shapes.QuoteAsked,
        answers={200: shapes.Quote},
        refusals=PRICING,
        examples=[example("Two goods", QUOTE)],
    )
    def post(self, request: Request) -> HttpResponse:
        body = api.decode(request.body, shapes.QuoteAsked)
        asked = QuoteRequest(
            store=body.store,
            channel=body.channel,
            lines=shapes.line_requests(body.lines),
            buyer=Buyer(undercut_code=body.undercut_code),
        )
        return api.answer(quote(actor(request), asked))


class Orders(ListEndpoint):
    """Orders by the owner and region frozen on them; a member's own."""

    actions = {"get": "orders.see", "post": "orders.place"}
    queryset = Order.objects.none()
    filterset_class = OrderFilter
    order_by = ("-placed_at", "-id")

    @operation(
        "order_list",
        "List orders, newest first",
        answers={200: shapes.Order},
        refusals=[ActionNotPermitted, api.BodyInvalid, CursorInvalid, PageSizeInvalid],
    )
    def get(self, request: Request) -> HttpResponse:
        return self.list(request)

    @operation(
        "order_place",
        "Place an order",
        description="With `tenders` a counter sale: paid, handed over, points credited, all or "
        "nothing. Without, the goods are reserved for 30 minutes and the order waits for payment.",
        body=shapes.OrderAsked,
        answers={201: shapes.PlacedOrder},
        refusals=[*PLACING, UnknownTender, TenderMismatch, *ONCE],
        examples=[example("Counter sale", COUNTER_SALE), example("Mini-program", UNPAID)],
    )
    def post(self, request: Request) -> HttpResponse:
        caller: Actor = actor(request)
        once = api.once_of(request, caller.caller)
        body = api.decode(request.body, shapes.OrderAsked)
        asked = OrderRequest(
            store=body.store,
            channel=body.channel,
            lines=shapes.line_requests(body.lines),
            shown_total=body.shown_total,
            member=body.member,
            tenders=shapes.tender_drafts(body.tenders),
            undercut_code=body.undercut_code,
        )
        return api.answer(place_order(caller, asked, once), http_status=201)

    def get_queryset(self) -> QuerySet[Order]:
        caller = actor(self.request)
        org.require_action(caller, "orders.see")
        return orders.orders_visible_to(caller)

    def related(self, rows: QuerySet[Order]) -> QuerySet[Order]:
        return rows.select_related("store", "channel", "member")

    def shape(self, row: Order) -> shapes.Order:
        return shapes.order(row)


class OneOrder(Endpoint):
    """One order with lines, steps and payments."""

    actions = {"get": "orders.see"}

    @operation(
        "order_read",
        "Read one order",
        answers={200: shapes.OrderDetail},
        refusals=[ActionNotPermitted, OrderNotFound],
    )
    def get(self, request: Request, number: str) -> HttpResponse:
        caller = actor(request)
        org.require_action(caller, "orders.see")
        found = orders.require_order_detail(caller, number)
        paid = [
            shapes.OrderPayment(
                number=payment.number,
                provider=payment.provider,
                status=payment.status,
                amount=payment.amount,
            )
            for payment in payments.payments_of_order(caller, found.pk)
        ]
        return api.answer(shapes.order_detail(found, paid, caller))
