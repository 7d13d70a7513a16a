"""Tokens of members' devices."""

import secrets
from datetime import timedelta

from apps.accounts import services as accounts
from apps.common import clock
from apps.members.models import Member, MemberToken

MEMBER_TOKEN_LIFETIME = timedelta(days=90)


def issue_member_token(member: Member) -> str:
    """A new opaque token, valid for MEMBER_TOKEN_LIFETIME; it is returned this once."""
    token = "qm_" + secrets.token_urlsafe(32)
    now = clock.now()
    MemberToken.objects.create(
        member=member,
        token_hash=accounts.hash_token(token),
        created_at=now,
        expires_at=now + MEMBER_TOKEN_LIFETIME,
    )
    return token


def revoke_member_token(*, token: str) -> None:
    """End a token at once; nothing happens if it has ended."""
    MemberToken.objects.filter(token_hash=accounts.hash_token(token), revoked_at=None).update(
        revoked_at=clock.now()
    )
