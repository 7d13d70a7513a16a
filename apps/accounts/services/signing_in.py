"""Staff sign in and out: the password, and the tokens it opens."""

import secrets
from datetime import timedelta

from django.contrib.auth import authenticate
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import StaffToken, User
from apps.common import clock
from apps.common.errors import Unauthenticated
from apps.common.keys import hash_token

STAFF_TOKEN_LIFETIME = timedelta(hours=12)


class SignInRefused(Unauthenticated):
    code = "sign_in_refused"
    message = _("User name or password is wrong, or the account is not active.")


def sign_in(*, username: str, password: str) -> tuple[User, str, StaffToken]:
    """Check the password and issue a token; the plain token is returned this once.

    Raises SignInRefused.
    """
    user = authenticate(username=username, password=password)
    if not isinstance(user, User):
        raise SignInRefused
    token, row = issue_staff_token(user)
    return user, token, row


def issue_staff_token(user: User) -> tuple[str, StaffToken]:
    """A new token for ``user``, valid for STAFF_TOKEN_LIFETIME."""
    token = "qs_" + secrets.token_urlsafe(32)
    now = clock.now()
    row = StaffToken.objects.create(
        user=user,
        token_hash=hash_token(token),
        created_at=now,
        expires_at=now + STAFF_TOKEN_LIFETIME,
    )
    return token, row


def revoke_staff_token(*, token: str) -> None:
    """End a token at once; nothing happens if it has ended."""
    StaffToken.objects.filter(token_hash=hash_token(token), revoked_at=None).update(
        revoked_at=clock.now()
    )


def revoke_staff_tokens_of(user: User) -> None:
    """End every token of ``user`` at once: with a new password, none of the old sign-ins is left."""
    StaffToken.objects.filter(user=user, revoked_at=None).update(revoked_at=clock.now())
