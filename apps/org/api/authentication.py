"""Staff tokens and application keys: ``Authorization: Bearer qs_…`` and ``Bearer qk_…``."""

from apps.accounts.actor import Actor
from apps.common.authentication import BearerAuthentication
from apps.org import selectors as org


class StaffTokenAuthentication(BearerAuthentication):
    """A staff user with a live token."""

    prefix = "qs_"

    def actor_of(self, token: str) -> Actor | None:
        return org.staff_by_token(token)


class ApiKeyAuthentication(BearerAuthentication):
    """An application with a live key."""

    prefix = "qk_"

    def actor_of(self, token: str) -> Actor | None:
        return org.client_by_key(token)
