"""Member tokens: ``Authorization: Bearer qm_…``. One statement."""

from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from apps.accounts.actor import Actor
from apps.common.authentication import bearer
from apps.members import selectors as members


class MemberTokenAuthentication(BaseAuthentication):
    """A member with a live token."""

    def authenticate(self, request: Request) -> tuple[None, Actor] | None:
        token = bearer(request, "qm_")
        if token is None:
            return None
        actor = members.member_by_token(token)
        if actor is None:
            raise AuthenticationFailed(_("The token is unknown, expired or revoked."), "invalid_token")
        return None, actor

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
