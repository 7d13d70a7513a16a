"""Reading bearer tokens and the actor they stand for."""

from abc import abstractmethod
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from apps.common.api import CHALLENGE

MAX_TOKEN_LENGTH = 256


class BearerAuthentication(BaseAuthentication):
    """``Authorization: Bearer <prefix>…``; a token of another prefix is left to the next class.

    The actor becomes ``request.auth``. Each kind of token takes one statement.
    """

    prefix: ClassVar[str]

    @abstractmethod
    def actor_of(self, token: str) -> Any | None:
        """The actor behind a live token, else None."""

    def authenticate(self, request: Request) -> tuple[None, Any] | None:
        token = bearer(request, self.prefix)
        if token is None:
            return None
        found = self.actor_of(token)
        if found is None:
            raise AuthenticationFailed(
                _("The token is unknown, expired or revoked."), "invalid_token"
            )
        return None, found

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE


def bearer(request: Request, prefix: str) -> str | None:
    """The bearer token of the request if it starts with ``prefix``, else None."""
    scheme, _space, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if not token.startswith(prefix) or scheme.lower() != "bearer":
        return None
    return str(token).strip()[:MAX_TOKEN_LENGTH]


def actor(request: Request) -> Any:
    """The Actor that authentication found; views are closed to callers without one."""
    return request.auth
