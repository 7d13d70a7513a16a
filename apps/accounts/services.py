"""Writes of accounts: the audit line, staff tokens, API clients."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec
from django.contrib.auth import authenticate
from django.utils.translation import gettext_lazy as _

from apps.accounts.actor import Actor
from apps.accounts.models import ApiClient, StaffToken, User
from apps.common import clock, context, sql
from apps.common.errors import Unauthenticated
from apps.common.keys import random_key

STAFF_TOKEN_LIFETIME = timedelta(hours=12)


class SignInRefused(Unauthenticated):
    code = "sign_in_refused"
    message = _("User name or password is wrong, or the account is not active.")


RECORD = """
INSERT INTO accounts_auditline (at, actor_kind, actor_id, actor_label, action, object_type,
    object_key, changes, reason, request_id, address)
VALUES (clock_timestamp(), %(actor_kind)s, %(actor_id)s, %(actor_label)s, %(action)s,
    %(object_type)s, %(object_key)s, %(changes)s::jsonb, %(reason)s, %(request_id)s, %(address)s)
"""


def record(
    actor: Actor,
    action: str,
    *,
    target: tuple[str, str],
    changes: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Append the audit line of one act. ``target`` is object type and business key.

    ``changes`` maps field names to new values or ``[before, after]``, masked where personal.
    """
    sql.rows(
        RECORD,
        {
            "actor_kind": actor.kind.value,
            "actor_id": actor.id,
            "actor_label": actor.label[:64],
            "action": action,
            "object_type": target[0],
            "object_key": target[1],
            "changes": msgspec.json.encode(changes or {}, enc_hook=str).decode(),
            "reason": reason,
            "request_id": context.request_id.get(),
            "address": context.address.get(),
        },
    )


def hash_token(token: str) -> str:
    """SHA-256 in hex; enough for secrets of 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


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


def create_api_client(
    *, name: str, scopes: list[str], reach: str = ApiClient.Reach.STORES
) -> tuple[ApiClient, str]:
    """A new application and its key, which is returned this once."""
    secret = secrets.token_urlsafe(32)
    client = ApiClient.objects.create(
        key_id=random_key(12),
        name=name,
        secret_hash=hash_token(secret),
        scopes=scopes,
        reach=reach,
        created_at=clock.now(),
    )
    return client, f"qk_{client.key_id}_{secret}"


def revoke_api_client(client: ApiClient) -> None:
    """End an application's key at once."""
    ApiClient.objects.filter(pk=client.pk, revoked_at=None).update(revoked_at=clock.now())
