"""Member tokens: ``Authorization: Bearer qm_…``."""

from apps.accounts.actor import Actor
from apps.common.authentication import BearerAuthentication
from apps.members import selectors as members


class MemberTokenAuthentication(BearerAuthentication):
    """A member with a live token."""

    prefix = "qm_"

    def actor_of(self, token: str) -> Actor | None:
        return members.member_by_token(token)
