"""Calls that need no sign-in are counted by the address they come from."""

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from apps.common import limits


class ByAddress(BaseThrottle):
    """Whoever signed in was counted there already. Raises TooManyRequests."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        if request.auth is None:
            limits.take_address("anonymous", limits.RATES.anonymous)
        return True
