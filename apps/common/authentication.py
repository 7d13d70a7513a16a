"""Reading tokens and signatures, and the actor they stand for."""

from abc import abstractmethod
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from apps.common import limits
from apps.common.api import CHALLENGE

MAX_TOKEN_LENGTH = 256


class BearerAuthentication(BaseAuthentication):
    """``Authorization: Bearer <prefix>…``; a token of another prefix is left to the next class.

    The actor becomes ``request.auth``. Each kind of token takes one statement, which also counts the
    call; a token that stands for nobody is counted against the address it came from.
    """

    prefix: ClassVar[str]

    @abstractmethod
    def actor_of(self, token: str) -> Any | None:
        """The actor behind a live token, else None. Raises TooManyRequests."""

    def authenticate(self, request: Request) -> tuple[None, Any] | None:
        token = bearer(request, self.prefix)
        if token is None:
            return None
        found = self.actor_of(token)
        if found is None:
            count_failure()
            raise AuthenticationFailed(
                _("The token is unknown, expired or revoked."), "invalid_token"
            )
        return None, found

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE


def count_failure() -> None:
    """Note a sign-in that failed. Raises TooManyRequests for an address with too many of them.

    Only what fails is held up: whoever has a right token is let in beside a neighbour who guesses.
    """
    limits.take_address("failed", limits.RATES.failed)


def bearer(request: Request, prefix: str) -> str | None:
    """The bearer token of the request if it starts with ``prefix``, else None."""
    token = credentials(request, "Bearer")
    if token is None or not token.startswith(prefix):
        return None
    return token.strip()[:MAX_TOKEN_LENGTH]


def credentials(request: Request, scheme: str) -> str | None:
    """What the Authorization header says after ``scheme``, else None."""
    named, _space, rest = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    return str(rest) if named.lower() == scheme.lower() else None


def actor(request: Request) -> Any:
    """The Actor that authentication found; views are closed to callers without one."""
    return request.auth
