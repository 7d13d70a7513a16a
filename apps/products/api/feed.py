"""The catalogue for those who keep a copy of it: what changed, and the price lists."""

import hashlib
from collections.abc import Sequence
from typing import Any, ClassVar

import msgspec
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from apps.accounts.actor import Actor
from apps.common import api, clock, keyset
from apps.common.authentication import actor
from apps.common.errors import Malformed
from apps.common.keyset import CursorInvalid
from apps.common.pagination import KeysetPagination, PageSizeInvalid
from apps.common.schema import operation
from apps.common.views import Endpoint, ListEndpoint
from apps.org.selectors import ActionNotPermitted
from apps.products.api import feed_shapes as shapes
from apps.products.models import PriceList
from apps.products.selectors import feed
from apps.products.selectors.feed import FeedTokenOutdated, Mark, Reading

PARAMETERS = ("updated_since", "cursor", "limit")
LIMIT, MAX_LIMIT = 500, 1_000
TAG_BYTES = 16
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    str,
    OpenApiParameter.HEADER,
    description="The `ETag` of an earlier answer of this address: 304 if it would say the same.",
)


class SinceInvalid(Malformed):
    code = "invalid_updated_since"
    message = _("`updated_since` is a token that this list gave out, or an RFC 3339 instant.")


class _Token(msgspec.Struct, tag="seen", forbid_unknown_fields=True):
    life: str
    xid: int


class _Place(msgspec.Struct, tag="reading", forbid_unknown_fields=True):
    life: str
    done: int
    xid: int
    id: int
    below: int


class CatalogueChanges(Endpoint):
    """What changed in the catalogue; without a beginning, all of it."""

    actions = {"get": "products.see"}

    @operation(
        "catalogue_changes",
        "Read what changed in the catalogue",
        description="For tills that sell by themselves, not for members. Follow `next` to the end, "
        "then keep `token` and send it as `updated_since` the next time. A change may come twice; "
        "none is missed. Prices come when they are set, with the instant from which they hold.",
        answers={200: shapes.CatalogueChanges, 304: None},
        refusals=[
            ActionNotPermitted,
            api.BodyInvalid,
            CursorInvalid,
            PageSizeInvalid,
            SinceInvalid,
            FeedTokenOutdated,
        ],
        parameters=[
            OpenApiParameter(
                "updated_since", str, description="A `token`, or an RFC 3339 instant."
            ),
            OpenApiParameter("cursor", str, description="Opaque place, from the `next` of a page."),
            OpenApiParameter("limit", int, description=f"1 to {MAX_LIMIT}, {LIMIT} if not said."),
            IF_NONE_MATCH,
        ],
    )
    def get(self, request: Request) -> HttpResponse:
        asked = _asked(request)
        limit = _limit(asked)
        caller = actor(request)
        reading = _reading(caller, asked)
        at = clock.now()
        found, following = feed.changes(caller, reading, limit, at=at)
        today = clock.business_day(at, settings.TIME_ZONE)
        results = [shapes.change(one, at, today) for one in found]
        content = shapes.CatalogueChanges(
            results, _next(request, following), keyset.seal(_token(reading.done))
        )
        return conditional(request, content, of=results)


class PriceLists(ListEndpoint):
    """The lists that a till chooses from, the same for every caller."""

    actions: ClassVar = {"get": "products.see"}
    queryset = PriceList.objects.none()
    order_by = ("code",)

    @operation(
        "price_list_list",
        "List price lists that hold, or will",
        description="Released lists by code, not for members. Of those that hold for a sale and "
        "have a price for the SKU, the one counts that is first by `priority` (higher), then by "
        "scope (store, region, channel, tier, segment, in this weight), then by the larger "
        "`min_quantity`, then by `code`.",
        answers={200: shapes.PriceList},
        refusals=[ActionNotPermitted, api.BodyInvalid, CursorInvalid, PageSizeInvalid],
        parameters=[IF_NONE_MATCH],
    )
    def get(self, request: Request) -> HttpResponse:  # type: ignore[override]
        self._refuse_unknown_parameters(request)
        paginator: KeysetPagination[PriceList] = KeysetPagination()
        page = paginator.paginate_queryset(self.get_queryset(), request, view=self)
        results = [self.shape(row) for row in page]
        content = {"results": results, "next": paginator.next_link()}
        return conditional(request, content, of=results)

    def get_queryset(self) -> QuerySet[PriceList]:
        return feed.price_lists_to_know(actor(self.request))

    def shape(self, row: PriceList) -> shapes.PriceList:
        return shapes.price_list(row)


def conditional(request: Request, content: Any, *, of: Sequence[Any]) -> HttpResponse:
    """``content`` with an ETag over what it tells, or 304. Cursors and tokens differ every time, and
    those of the answer that the caller has go on to count."""
    digest = hashlib.blake2b(msgspec.json.encode(of, enc_hook=str), digest_size=TAG_BYTES)
    tag = f'W/"{digest.hexdigest()}"'
    response = api.answer(content)
    response["ETag"] = tag
    plain: HttpRequest = request._request
    found = get_conditional_response(plain, etag=tag, response=response)
    return response if found is None else found


def _asked(request: Request) -> dict[str, str]:
    """Raises BodyInvalid for a parameter that there is not, or twice."""
    given = list(request.query_params.lists())
    wrong = sorted(name for name, said in given if name not in PARAMETERS or said[1:])
    if wrong:
        raise api.BodyInvalid(problem=", ".join(wrong), fields={"query": wrong})
    return {name: said[0] for name, said in given if said[0]}


def _limit(asked: dict[str, str]) -> int:
    text = asked.get("limit", str(LIMIT))
    short = text.isascii() and text.isdigit() and len(text) <= len(str(MAX_LIMIT))
    if not short or not 1 <= int(text) <= MAX_LIMIT:
        raise PageSizeInvalid(fields={"limit": text[:16]}, limit=MAX_LIMIT)
    return int(text)


def _reading(caller: Actor, asked: dict[str, str]) -> Reading:
    """A cursor goes on with its own reading, whatever else is asked."""
    if "cursor" in asked:
        place = keyset.unseal(asked["cursor"], _Place)
        return Reading(Mark(place.life, place.done), place.xid, place.id, place.below)
    if "updated_since" not in asked:
        return feed.read_all(caller)
    try:
        token = keyset.unseal(asked["updated_since"], _Token)
    except CursorInvalid:
        return feed.read_since_instant(caller, _instant(asked["updated_since"]))
    return feed.read_since(caller, Mark(token.life, token.xid))


def _instant(text: str) -> Any:
    try:
        return msgspec.convert(text, api.Instant)
    except msgspec.ValidationError as error:
        raise SinceInvalid(fields={"updated_since": text[:64]}) from error


def _token(done: Mark) -> _Token:
    return _Token(done.life, done.xid)


def _next(request: Request, following: Reading | None) -> str | None:
    if following is None:
        return None
    done = following.done
    place = _Place(done.life, done.xid, following.xid, following.id, following.below)
    return replace_query_param(request.build_absolute_uri(), "cursor", keyset.seal(place))
