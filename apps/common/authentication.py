"""Reading bearer tokens and the actor they stand for."""

from typing import Any

from rest_framework.request import Request


def bearer(request: Request, prefix: str) -> str | None:
    """The bearer token of the request if it starts with ``prefix``, else None."""
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.startswith(prefix):
        return None
    return token.strip()[:256]


def actor(request: Request) -> Any:
    """The Actor that authentication found; views are closed to callers without one."""
    return request.auth
