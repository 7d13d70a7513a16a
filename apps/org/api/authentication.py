"""Staff tokens and application keys: ``Authorization: Bearer qs_…`` and ``Bearer qk_…``.

The actor is ``request.auth``; each takes one statement.
"""

from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from apps.accounts.actor import Actor
from apps.common.authentication import bearer
from apps.org import selectors as org


class StaffTokenAuthentication(BaseAuthentication):
    """A staff user with a live token."""

    def authenticate(self, request: Request) -> tuple[None, Actor] | None:
        token = bearer(request, "qs_")
        if token is None:
            return None
        actor = org.staff_by_token(token)
        if actor is None:
            raise AuthenticationFailed(_("The token is unknown, expired or revoked."), "invalid_token")
        return None, actor

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class ApiKeyAuthentication(BaseAuthentication):
    """An application with a live key."""

    def authenticate(self, request: Request) -> tuple[None, Actor] | None:
        key = bearer(request, "qk_")
        if key is None:
            return None
        actor = org.client_by_key(key)
        if actor is None:
            raise AuthenticationFailed(_("The key is unknown or revoked."), "invalid_token")
        return None, actor

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
