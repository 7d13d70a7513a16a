"""SKUs and prices by the thousand: what a request gives is kept as a file of them would be."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec
from django.http import HttpResponse
from rest_framework.request import Request

from apps.common import api
from apps.common.authentication import actor
from apps.common.errors import DomainError
from apps.common.schema import ONCE, example, operation
from apps.common.views import Endpoint
from apps.jobs.models import Job
from apps.org.selectors import ActionNotPermitted
from apps.products.api import views
from apps.products.services import (
    CatalogueMoved,
    PriceInThePast,
    PriceOutOfRange,
    PriceOutsideGuard,
    PriceSetAlready,
    upserting,
)
from apps.products.services.upserting import ItemsOvertaken, ItemsRefused

AT_MOST = 1_000
OnError = Literal["reject_all", "reject_rows", "dry_run"]
BarcodeText = Annotated[str, msgspec.Meta(pattern=r"^\S+$")]
REFUSALS: tuple[type[DomainError], ...] = (
    ActionNotPermitted,
    ItemsRefused,
    ItemsOvertaken,
    CatalogueMoved,
    PriceOutOfRange,
    PriceOutsideGuard,
    *ONCE,
)
HOW = (
    "At most 1,000 items. `on_error`: `reject_all` keeps all or none (422 `items_refused` names the "
    "bad ones), `reject_rows` keeps the good ones, `dry_run` none. Each item is judged as a row of "
    "the file is. Prices that leave what head office allows refuse the whole request."
)


class SkuGiven(msgspec.Struct, forbid_unknown_fields=True):
    """A SKU with its product as both are to be; what is absent or null stays as it is. `barcodes` are
    all of them. `base_price` in minor units."""

    sku: str
    product: str | None = None
    name: str | None = None
    name_en: str | None = None
    category: str | None = None
    unit: str | None = None
    barcodes: Annotated[list[BarcodeText], msgspec.Meta(min_length=1)] | None = None
    on_sale: bool | None = None
    base_price: int | None = None


class PriceGiven(msgspec.Struct, forbid_unknown_fields=True):
    """A unit price in minor units, tax included; without a list the base price."""

    sku: str
    amount: int
    price_list: str | None = None


class SkusGiven(msgspec.Struct, forbid_unknown_fields=True):
    """SKUs to create or change, each once."""

    on_error: OnError
    items: Annotated[list[SkuGiven], msgspec.Meta(min_length=1, max_length=AT_MOST)]


class PricesGiven(msgspec.Struct, forbid_unknown_fields=True):
    """Prices to set, each SKU and list once; all from `starts_at` on, or from now."""

    on_error: OnError
    items: Annotated[list[PriceGiven], msgspec.Meta(min_length=1, max_length=AT_MOST)]
    starts_at: api.Instant | None = None


class ItemError(msgspec.Struct):
    """What is wrong with an item: the field, a stable code, a text for people."""

    field: str
    code: str
    detail: str


class SkuKept(msgspec.Struct):
    """What became of an item; `changes` is field → before and after, as people read them."""

    sku: str
    outcome: Literal["new", "changed", "same", "error"]
    changes: dict[str, list[str]]
    errors: list[ItemError]


class PriceKept(SkuKept):
    """The same of a price."""

    price_list: str | None


class Counts(msgspec.Struct):
    """How many items had each outcome."""

    new: int
    changed: int
    same: int
    error: int


class SkusKept(msgspec.Struct):
    """What became of the items, in order."""

    on_error: OnError
    counts: Counts
    results: list[SkuKept]


class PricesKept(msgspec.Struct):
    """What became of the items, in order."""

    on_error: OnError
    counts: Counts
    results: list[PriceKept]


TEA = {
    "sku": "TEA-250", "product": "TEA", "name": "绿茶 250 克", "category": "FOOD",
    "barcodes": ["6901234567892"], "base_price": 1990,
}  # fmt: skip
PRICE = {"sku": "TEA-250", "amount": 1790}


class Skus(views.Skus):
    """The list, and many of its rows at once."""

    actions = {**views.Skus.actions, "put": "products.manage"}

    @operation(
        "sku_upsert",
        "Create or change SKUs",
        description=f"{HOW} `base_price` needs the right to change prices, item by item.",
        body=SkusGiven,
        answers={200: SkusKept},
        refusals=REFUSALS,
        examples=[example("One SKU", {"on_error": "reject_rows", "items": [TEA]})],
    )
    def put(self, request: Request) -> HttpResponse:
        given = api.decode(request.body, SkusGiven)
        items = [
            msgspec.structs.asdict(one) | {"barcodes": " ".join(one.barcodes or ()) or None}
            for one in given.items
        ]
        return _kept(request, "products.skus", items, given.on_error)


class Prices(Endpoint):
    """Many prices at once."""

    actions = {"put": "products.change_price"}

    @operation(
        "price_upsert",
        "Set prices",
        description=HOW,
        body=PricesGiven,
        answers={200: PricesKept},
        refusals=[*REFUSALS, PriceInThePast, PriceSetAlready],
        examples=[example("One price", {"on_error": "reject_all", "items": [PRICE]})],
    )
    def put(self, request: Request) -> HttpResponse:
        given = api.decode(request.body, PricesGiven)
        common = {"starts_at": given.starts_at}
        items = [msgspec.structs.asdict(one) | common for one in given.items]
        return _kept(request, "products.prices", items, given.on_error)


def _kept(
    request: Request, subject: str, items: Sequence[dict[str, Any]], on_error: OnError
) -> HttpResponse:
    caller = actor(request)
    once = api.once_of(request, caller.caller)
    return api.answer(upserting.upsert(caller, subject, items, Job.Policy(on_error), once))
