"""Staff sign in and out: the password, and the tokens it opens."""

import secrets
from collections.abc import Callable

from django.contrib.auth import authenticate
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts import rules
from apps.accounts.actor import Actor
from apps.accounts.models import StaffToken, User
from apps.accounts.services import attempts, second_factor
from apps.accounts.services.recording import record
from apps.common import clock, context
from apps.common.errors import Unauthenticated
from apps.common.keys import hash_token


class SignInRefused(Unauthenticated):
    code = "sign_in_refused"
    message = _("User name or password is wrong, or the account is not active.")


class PasswordChangeWanted(Unauthenticated):
    code = "password_change_wanted"
    message = _("The password must be changed first: sign in at the site to do so.")


def check_password(*, username: str, password: str) -> User:
    """The active person of this name and password. Raises TooManyAttempts, SignInRefused.

    An unknown name is counted, answered and timed like a known one.
    """
    buckets = attempts.at_password(username)
    attempts.count(buckets, username=username)
    user = authenticate(username=username, password=password)
    if not isinstance(user, User):
        raise SignInRefused
    attempts.uncount(buckets)
    return user


def sign_in(
    *,
    username: str,
    password: str,
    code: str = "",
    device: str = "",
    actor_of: Callable[[User], Actor],
) -> tuple[Actor, str, StaffToken]:
    """Check password and second factor and issue a token; the plain token is returned this once.

    ``actor_of`` tells what the person may do: by it the second factor is owed or not. Raises
    TooManyAttempts, SignInRefused, PasswordChangeWanted and what ``second_factor.check`` raises.
    """
    user = check_password(username=username, password=password)
    actor = actor_of(user)
    factor = second_factor.check(actor, user, code)
    if user.must_change_password:
        raise PasswordChangeWanted
    with transaction.atomic():
        token, row = issue_staff_token(user, device=device)
        record_sign_in(actor, site="api", factor=factor)
    return actor, token, row


def record_sign_in(actor: Actor, *, site: str, factor: str) -> None:
    """The audit line of a sign-in; attempts that fail are counted, not written down one by one."""
    changes = {"site": site, "second_factor": factor}
    record(actor, "staff.sign_in", target=("user", actor.label), changes=changes)


def issue_staff_token(user: User, *, device: str = "") -> tuple[str, StaffToken]:
    """A new token for ``user``, valid for STAFF_TOKEN_LIFETIME."""
    token = "qs_" + secrets.token_urlsafe(32)
    now = clock.now()
    row = StaffToken.objects.create(
        user=user,
        token_hash=hash_token(token),
        device=device[:200],
        address=context.address.get()[:64],
        created_at=now,
        expires_at=now + rules.STAFF_TOKEN_LIFETIME,
    )
    return token, row


def sign_out(actor: Actor, *, token: str) -> None:
    """The person gives their token back."""
    with transaction.atomic():
        if revoke_staff_token(token=token):
            changes = {"site": "api"}
            record(actor, "staff.sign_out", target=("user", actor.label), changes=changes)


def revoke_staff_token(*, token: str) -> bool:
    """End a token at once; False if it has ended."""
    live = StaffToken.objects.filter(token_hash=hash_token(token), revoked_at=None)
    return bool(live.update(revoked_at=clock.now()))
