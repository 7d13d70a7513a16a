"""Middleware of every request. On the hot path: no query, no allocation that is not needed."""

import os
import re
from collections.abc import Callable
from typing import cast

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from apps.common import context

ADDRESS_LENGTH = 64
"""More than any address has; less than a proxy that appends none would let through."""
_SANE = re.compile(r"(?!(?:86[.-]?)?1[3-9](?:[.-]?[0-9]){9}\Z)[A-Za-z0-9._-]{8,64}")


class RequestIdMiddleware:
    """Gives each request an id, keeps it for logs and audit lines, and echoes ``X-Request-Id``.

    A sane id that the caller sends is kept, so that its logs and ours can be joined; a phone is none.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        # Behind our own proxy the last entry is the address that the proxy saw; the ones before it
        # are the caller's own word.
        self.behind_proxy = bool(settings.SECURE_PROXY_SSL_HEADER)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        sent = request.META.get("HTTP_X_REQUEST_ID", "")
        current = sent if sent and _SANE.fullmatch(sent) else os.urandom(16).hex()
        # Left set until the thread's next request: Django and the access log write after us.
        context.request_id.set(current)
        context.address.set(self._address(request))
        response = self.get_response(request)
        response["X-Request-Id"] = current
        return response

    def _address(self, request: HttpRequest) -> str:
        if self.behind_proxy and (forwarded := request.META.get("HTTP_X_FORWARDED_FOR")):
            return str(forwarded).rpartition(",")[2].strip()[:ADDRESS_LENGTH]
        return str(request.META.get("REMOTE_ADDR", ""))


class ContentPolicyMiddleware(CSPMiddleware):
    """Sends the content policy: of the view, else the one of the settings. Data gets the shortest."""

    async_capable = False
    data = "default-src 'none'; frame-ancestors 'none'"

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith("/api/v1/"):
            return cast(HttpResponseBase, super().__call__(request))
        response = cast(HttpResponseBase, self.get_response(request))
        response[HEADER] = self.data
        return response

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if response.get("Content-Type", "").startswith("text/html"):
            return super().process_response(request, response)
        response[HEADER] = self.data
        return response
