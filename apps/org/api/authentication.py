"""Staff tokens, application keys and signatures.

``Authorization: Bearer qs_…``, ``Bearer qk_…`` and ``QY-HMAC-SHA256 key_id=…, …``.
"""

from typing import Any

from rest_framework.request import Request

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.common import clock, signatures
from apps.common.authentication import BearerAuthentication, count_failure, credentials
from apps.org import selectors as org


class StaffTokenAuthentication(BearerAuthentication):
    """A staff user with a live token, and with a second factor where a role of today demands it."""

    prefix = "qs_"

    def actor_of(self, token: str) -> Actor | None:
        found = org.staff_by_token(token)
        if found is not None:
            accounts.second_factor.require_enrolled(found)
        return found


class ApiKeyAuthentication(BearerAuthentication):
    """An application: its key, where it is trusted with that, or a signature of the request."""

    prefix = "qk_"

    def authenticate(self, request: Request) -> tuple[None, Any] | None:
        parameters = credentials(request, signatures.SCHEME)
        if parameters is None:
            return super().authenticate(request)
        return None, _signer(request, parameters)

    def actor_of(self, token: str) -> Actor | None:
        return org.client_by_key(token)


def _signer(request: Request, parameters: str) -> Actor:
    """Raises SignatureMalformed, ClockSkew, SignatureInvalid, NonceReplayed, TooManyRequests."""
    claim = signatures.read_claim(parameters)
    signatures.check_clock(claim, clock.now())
    text = signatures.signed_text(
        claim,
        method=str(request.method),
        path=request.path,
        query=request.META.get("QUERY_STRING", ""),
        body=request.body,
    )
    try:
        found = org.client_by_signature(claim, text)
    except signatures.NonceReplayed:
        count_failure()
        raise
    if found is None:
        count_failure()
        raise signatures.SignatureInvalid
    return found
