"""Consents of a member to stores: read, given, withdrawn."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from apps.common import api
from apps.common.authentication import actor
from apps.common.keyset import CursorInvalid
from apps.common.limits import TooManyRequests
from apps.common.pagination import PageSizeInvalid
from apps.common.permissions import SignedIn
from apps.common.schema import example, operation
from apps.common.views import Endpoint, ListEndpoint
from apps.members import selectors as members
from apps.members import services
from apps.members.api import serializers as shapes
from apps.members.models import StoreConsent
from apps.members.selectors import MemberClosed, MemberNotFound
from apps.members.services import ConsentNotFound, OneIdentityWanted
from apps.org.selectors import ActionNotPermitted, StoreClosed, StoreFrozen, StoreNotFound

OWN = SignedIn("a member does it for themselves; of the others the service asks members.enrol")


class Consents(ListEndpoint):
    """The consents of one member to stores within the caller's reach."""

    actions = {
        "get": SignedIn("a member reads their own; of the others the selector asks members.see"),
        "post": OWN,
    }
    queryset = StoreConsent.objects.none()
    order_by = ("-given_at", "-id")

    @operation(
        "consent_list",
        "List a member's consents",
        description="A member sees all they ever gave, also those that ended; others those given to "
        "stores of theirs by members whom they see.",
        answers={200: shapes.Consent},
        refusals=[
            ActionNotPermitted,
            MemberNotFound,
            api.BodyInvalid,
            CursorInvalid,
            PageSizeInvalid,
        ],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @operation(
        "consent_give",
        "Consent to be seen by a store",
        description="The store sees the member, masked, from now on. A member needs a token only; staff "
        "and applications with `members.enrol` at the store name one identity, for they have the member "
        "before them. A consent that is live already is answered with 200.",
        body=shapes.ConsentRequest,
        answers={201: shapes.Consent, 200: shapes.Consent},
        refusals=[
            ActionNotPermitted,
            OneIdentityWanted,
            MemberNotFound,
            MemberClosed,
            StoreNotFound,
            StoreClosed,
            StoreFrozen,
            TooManyRequests,
        ],
        examples=[
            example("By the member", {"store": "A1"}),
            example("At the counter", {"store": "A1", "phone": "13800001234"}),
        ],
    )
    def post(self, request: Request, number: str) -> HttpResponse:
        body = api.decode(request.body, shapes.ConsentRequest)
        given = services.give_consent(
            actor(request),
            number,
            store_code=body.store,
            identities=shapes.given_identities(body),
        )
        return api.answer(shapes.consent(given.row), http_status=201 if given.is_new else 200)

    def get_queryset(self) -> QuerySet[StoreConsent]:
        caller = actor(self.request)
        member = members.require_visible(caller, self.kwargs["number"])
        return members.consents_visible_to(caller).filter(member=member)

    def related(self, rows: QuerySet[StoreConsent]) -> QuerySet[StoreConsent]:
        return rows.select_related("store")

    def shape(self, row: StoreConsent) -> shapes.Consent:
        return shapes.consent(row)


class OneConsent(Endpoint):
    """The live consent of one member to one store."""

    actions = {"delete": OWN}

    @operation(
        "consent_withdraw",
        "Withdraw a consent",
        description="As easy as giving it, and at once: from the next request on the store sees the "
        "member no more, unless it acquired them.",
        answers={204: None},
        refusals=[ActionNotPermitted, ConsentNotFound],
    )
    def delete(self, request: Request, number: str, store: str) -> HttpResponse:
        services.withdraw_consent(actor(request), number, store_code=store)
        return HttpResponse(status=204)
