"""Members: find one by identity, enrol, list, read."""

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from apps.accounts.actor import Actor, ActorKind
from apps.common import api
from apps.common.authentication import actor
from apps.common.errors import Malformed
from apps.common.pagination import CursorInvalid, PageSizeInvalid
from apps.common.schema import example, operation
from apps.common.views import Endpoint, ListEndpoint
from apps.members import selectors as members
from apps.members import services
from apps.members.api import serializers as shapes
from apps.members.models import Member
from apps.members.selectors import MemberNotFound
from apps.members.services import IdentityInvalid, IdentityMissing, IdentityTaken
from apps.org import selectors as org
from apps.org.models import Store
from apps.org.selectors import ActionNotPermitted, StoreNotFound


class OneIdentityWanted(Malformed):
    code = "one_identity_wanted"
    message = _("Name exactly one of phone, openid and card.")


class StoreWanted(Malformed):
    code = "store_wanted"
    message = _("Name the store that acquires the member.")


class MemberLookups(Endpoint):
    """Find a member by phone, openid or card."""

    @operation(
        "member_lookup",
        "Find a member by an exact identity",
        description="A POST, so that no personal value stands in an address or a log. A store serves "
        "every member of the brand: the exact identity is the proof of having met them.",
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
        return api.answer(shapes.member(members.require_by_identity(kind, value)))


class Members(ListEndpoint):
    """The members that the caller's stores acquired; head office sees all of them."""

    queryset = Member.objects.none()
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
            IdentityMissing,
            IdentityInvalid,
            IdentityTaken,
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
        return api.answer(shapes.member(row), http_status=201)

    def get_queryset(self) -> QuerySet[Member]:
        caller = actor(self.request)
        org.require_action(caller, "members.see")
        return members.members_visible_to(caller)

    def related(self, rows: QuerySet[Member]) -> QuerySet[Member]:
        return members.with_profile(rows)

    def shape(self, row: Member) -> shapes.Member:
        return shapes.member(row)


class OneMember(Endpoint):
    """One member by number; ``me`` for the member who asks."""

    @operation(
        "member_read",
        "Read one member",
        description="`me` is the member who asks; another member's number answers 404. Staff and "
        "applications with `members.lookup` read any active member by exact number (it is random: who "
        "knows it has met the member), with `members.see` those that their stores acquired.",
        answers={200: shapes.Member},
        refusals=[ActionNotPermitted, MemberNotFound],
    )
    def get(self, request: Request, number: str) -> HttpResponse:
        return api.answer(shapes.member(members.require_profile(actor(request), number)))


def _acquiring_store(caller: Actor, code: str | None) -> Store | None:
    """The store named, if the caller enrols there; only an application of the brand may name none."""
    if code is not None:
        return org.require_store(caller, "members.enrol", code)
    if caller.kind is ActorKind.APP and org.reach_of(caller, "members.enrol").everything:
        return None
    raise StoreWanted
