"""Members: find one by identity, enrol, list, read."""

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from apps.accounts.actor import Actor, ActorKind
from apps.common import api
from apps.common.authentication import actor
from apps.common.errors import Malformed
from apps.common.keyset import CursorInvalid
from apps.common.pagination import PageSizeInvalid
from apps.common.permissions import SignedIn
from apps.common.schema import example, operation
from apps.common.views import Endpoint, ListEndpoint
from apps.members import selectors as members
from apps.members import services
from apps.members.api import serializers as shapes
from apps.members.api.filters import MemberFilter
from apps.members.models import Member
from apps.members.selectors import MemberNotFound
from apps.members.services import (
    IdentityInvalid,
    IdentityMissing,
    IdentityTaken,
    NameInvalid,
    OneIdentityWanted,
    ReasonWanted,
)
from apps.org import selectors as org
from apps.org.models import Store
from apps.org.selectors import ActionNotPermitted, StoreClosed, StoreFrozen, StoreNotFound


class StoreWanted(Malformed):
    code = "store_wanted"
    message = _("Name the store that acquires the member.")


class MemberLookups(Endpoint):
    """Find a member by phone, openid or card."""

    actions = {"post": "members.lookup"}

    @operation(
        "member_lookup",
        "Find a member by an exact identity",
        description="A POST, so that no personal value stands in an address or a log. A store serves "
        "every member of the brand: the exact identity is the proof of having met them. Many misses by one "
        "person answer 429.",
        body=shapes.MemberLookup,
        answers={200: shapes.Member},
        refusals=[ActionNotPermitted, OneIdentityWanted, MemberNotFound],
        examples=[example("Phone", {"phone": "13800001234"})],
    )
    def post(self, request: Request) -> HttpResponse:
        caller = actor(request)
        org.require_action(caller, "members.lookup")
        given = shapes.given_identities(api.decode(request.body, shapes.MemberLookup))
        if len(given) != 1:
            raise OneIdentityWanted(fields={"given": sorted(given)})
        ((kind, value),) = given.items()
        return api.answer(shapes.member(services.look_up(caller, kind, value), caller))


class Members(ListEndpoint):
    """The members that the caller's stores acquired or that consent to one; head office sees all."""

    actions = {"get": "members.see", "post": "members.enrol"}
    queryset = Member.objects.none()
    filterset_class = MemberFilter
    order_by = ("-enrolled_at", "-id")

    @operation(
        "member_list",
        "List members",
        answers={200: shapes.Member},
        refusals=[ActionNotPermitted, api.BodyInvalid, CursorInvalid, PageSizeInvalid],
    )
    def get(self, request: Request) -> HttpResponse:
        return self.list(request)

    @operation(
        "member_enrol",
        "Enrol a member",
        body=shapes.Enrolment,
        answers={201: shapes.Member},
        refusals=[
            ActionNotPermitted,
            StoreWanted,
            StoreNotFound,
            StoreClosed,
            StoreFrozen,
            IdentityMissing,
            IdentityInvalid,
            IdentityTaken,
            NameInvalid,
        ],
        examples=[
            example("At the counter", {"phone": "13800001234", "name": "张小明", "store": "A1"})
        ],
    )
    def post(self, request: Request) -> HttpResponse:
        caller = actor(request)
        org.require_action(caller, "members.enrol")
        body = api.decode(request.body, shapes.Enrolment)
        row = services.enrol_member(
            caller,
            identities=shapes.given_identities(body),
            name=body.name,
            home_store=_acquiring_store(caller, body.store),
        )
        return api.answer(shapes.member(row, caller), http_status=201)

    def get_queryset(self) -> QuerySet[Member]:
        caller = actor(self.request)
        org.require_action(caller, "members.see")
        return members.members_visible_to(caller)

    def related(self, rows: QuerySet[Member]) -> QuerySet[Member]:
        return members.with_profile(rows)

    def shape(self, row: Member) -> shapes.Member:
        return shapes.member(row, actor(self.request))


class OneMember(Endpoint):
    """One member by number; ``me`` for the member who asks."""

    actions = {"get": SignedIn("a member reads themselves; the selector asks the others")}

    @operation(
        "member_read",
        "Read one member",
        description="`me` is the member who asks; another member's number answers 404. Staff and "
        "applications with `members.lookup` read any active member by exact number (it is random: who "
        "knows it has met the member), with `members.see` those that their stores acquired or that "
        "consent to one of them.",
        answers={200: shapes.Member},
        refusals=[ActionNotPermitted, MemberNotFound],
    )
    def get(self, request: Request, number: str) -> HttpResponse:
        caller = actor(request)
        return api.answer(shapes.member(members.require_profile(caller, number), caller))


class Reveals(Endpoint):
    """Personal values of one member in clear."""

    actions = {"post": "members.see_personal"}

    @operation(
        "member_reveal",
        "Show personal values in clear",
        description="For those who hold `members.see_personal`, over the members on whom they hold it. "
        "Who looked at whom, at which fields and why is on record before the answer is given. It is "
        "never to be stored.",
        body=shapes.RevealRequest,
        answers={200: shapes.RevealedMember},
        refusals=[ActionNotPermitted, MemberNotFound, ReasonWanted],
        examples=[example("A call", {"fields": ["phone"], "reason": "returns the shopper's call"})],
    )
    def post(self, request: Request, number: str) -> HttpResponse:
        caller = actor(request)
        org.require_action(caller, "members.see_personal")
        body = api.decode(request.body, shapes.RevealRequest)
        found = services.reveal(caller, number, fields=body.fields, reason=body.reason, via="api")
        response = api.answer(shapes.revealed(found))
        response["Cache-Control"] = "no-store"
        return response


def _acquiring_store(caller: Actor, code: str | None) -> Store | None:
    """The store named, if the caller enrols there; only an application of the brand may name none."""
    if code is not None:
        return org.require_trading_store(caller, "members.enrol", code)
    if caller.kind is ActorKind.APP and org.reach_of(caller, "members.enrol").everything:
        return None
    raise StoreWanted
