"""Sign-in of staff, and "who am I" for every caller."""

from django.http import HttpResponse
from rest_framework.request import Request

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.accounts.services import (
    PasswordChangeWanted,
    RecoveryCodeUsed,
    SecondFactorNotEnrolled,
    SecondFactorWanted,
    SecondFactorWrong,
    SignInRefused,
    TooManyAttempts,
)
from apps.common import api
from apps.common.authentication import actor, bearer
from apps.common.permissions import Public, SignedIn
from apps.common.schema import example, operation
from apps.common.views import Endpoint
from apps.org import selectors as org
from apps.org.api import serializers as shapes
from apps.org.selectors import ActionNotPermitted

STORES_SHOWN = 200


class StaffTokens(Endpoint):
    """Sign-in with user name and password, and the code of those who have a second factor."""

    authentication_classes = ()
    actions = {"post": Public("user name and password are the sign-in")}

    @operation(
        "staff_token_create",
        "Sign in a staff user",
        body=shapes.SignIn,
        answers={201: shapes.IssuedToken},
        refusals=[
            SignInRefused,
            TooManyAttempts,
            SecondFactorWanted,
            SecondFactorWrong,
            RecoveryCodeUsed,
            SecondFactorNotEnrolled,
            PasswordChangeWanted,
        ],
        sign_in={},
        examples=[example("Clerk", {"username": "clerk", "password": "a long enough password"})],
    )
    def post(self, request: Request) -> HttpResponse:
        body = api.decode(request.body, shapes.SignIn)
        signed_in, token, row = accounts.sign_in(
            username=body.username,
            password=body.password,
            code=body.code,
            device=request.headers.get("User-Agent", ""),
            actor_of=org.actor_of_user,
        )
        roles = sorted({grant.role for grant in signed_in.grants})
        issued = shapes.IssuedToken(token=token, expires_at=row.expires_at, roles=roles)
        return api.answer(issued, http_status=201)


class CurrentStaffToken(Endpoint):
    """The token that this request carries."""

    actions = {"delete": SignedIn("a token may always be given back")}

    @operation(
        "staff_token_revoke",
        "Sign out: end the token of this request",
        answers={204: None},
        refusals=[ActionNotPermitted],
    )
    def delete(self, request: Request) -> HttpResponse:
        token = bearer(request, "qs_")
        if token is None:
            raise ActionNotPermitted
        accounts.sign_out(actor(request), token=token)
        return HttpResponse(status=204)


class WhoAmI(Endpoint):
    """The caller as the platform sees them."""

    actions = {"get": SignedIn("everybody may know who they are")}

    @operation("me_read", "Who am I, and what may I do where", answers={200: shapes.Me})
    def get(self, request: Request) -> HttpResponse:
        return api.answer(_me(actor(request)))


def _me(caller: Actor) -> shapes.Me:
    codes = org.scope_codes(caller)
    return shapes.Me(
        kind=caller.kind.value,
        name=caller.label,
        grants=[
            shapes.Grant(
                role=grant.role,
                scope=grant.scope.value,
                codes=sorted(codes[grant.scope][row] for row in grant.ids),
                actions=sorted(grant.actions),
            )
            for grant in caller.grants
        ],
        stores=_stores(caller),
    )


def _stores(caller: Actor) -> list[str] | None:
    if org.reach_of(caller, "org.see").everything:
        return None
    stores = org.stores_visible_to(caller).order_by("code")
    return list(stores.values_list("code", flat=True)[:STORES_SHOWN])
