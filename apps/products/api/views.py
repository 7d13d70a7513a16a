"""The catalogue: list, search, one SKU."""

from django.db.models import QuerySet
from django.http import HttpResponse
from rest_framework.request import Request

from apps.common import api
from apps.common.authentication import actor
from apps.common.keyset import CursorInvalid
from apps.common.pagination import PageSizeInvalid
from apps.common.schema import operation
from apps.common.views import Endpoint, ListEndpoint
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
from apps.products import selectors as products
from apps.products.api import serializers as shapes
from apps.products.api.filters import SkuFilter
from apps.products.models import Sku
from apps.products.selectors import CounterIncomplete, SkuNotFound

SOLD_AT = (
    CounterIncomplete,
    StoreNotFound,
    ChannelNotFound,
    StoreClosed,
    StoreFrozen,
    StoreNotTrading,
    ChannelNotAtStore,
)


class Skus(ListEndpoint):
    """The brand's catalogue, the same for every caller."""

    actions = {"get": "products.see"}
    queryset = Sku.objects.none()
    filterset_class = SkuFilter
    order_by = ("code",)

    @operation(
        "sku_list",
        "List and search SKUs",
        answers={200: shapes.Sku},
        refusals=[
            ActionNotPermitted,
            api.BodyInvalid,
            CursorInvalid,
            PageSizeInvalid,
            *SOLD_AT,
        ],
    )
    def get(self, request: Request) -> HttpResponse:
        return self.list(request)

    def get_queryset(self) -> QuerySet[Sku]:
        caller = actor(self.request)
        org.require_action(caller, "products.see")
        return products.skus_visible_to(caller)

    def related(self, rows: QuerySet[Sku]) -> QuerySet[Sku]:
        return products.skus_with_base_price(rows).prefetch_related("barcodes")

    def shape(self, row: Sku) -> shapes.Sku:
        return shapes.sku(row)


class OneSku(Endpoint):
    """One SKU by its code."""

    actions = {"get": "products.see"}

    @operation(
        "sku_read",
        "Read one SKU",
        answers={200: shapes.Sku},
        refusals=[ActionNotPermitted, SkuNotFound],
    )
    def get(self, request: Request, code: str) -> HttpResponse:
        caller = actor(request)
        org.require_action(caller, "products.see")
        return api.answer(shapes.sku(products.require_sku(caller, code)))
