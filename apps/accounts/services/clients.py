"""Applications: made, changed and ended; their secrets are shown once, and two of them may live.

What an application may be given, and by whom, is decided in ``org.services``, which calls these.
"""

import secrets
from collections.abc import Mapping
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.actor import Actor
from apps.accounts.models import ApiClient, ClientSecret
from apps.accounts.services.noting import noting
from apps.accounts.services.recording import record
from apps.common import clock, crypto
from apps.common.errors import Conflict
from apps.common.keys import hash_token, random_key

SLOTS = (1, 2)
SETTINGS = ("name", "scopes", "reach", "sign_in", "rate")


class ClientOptions(TypedDict, total=False):
    """What has a usual value; ``rate`` is requests a second."""

    reach: str
    sign_in: str
    rate: int


class ClientSettings(ClientOptions, total=False):
    """What head office sets of an application."""

    name: str
    scopes: list[str]


class ClientRevoked(Conflict):
    code = "client_revoked"
    message = _("This application is revoked.")


class TwoSecretsLive(Conflict):
    code = "client_secrets_two"
    message = _("This application has two secrets that work; retire one of them first.")


class SecretRetired(Conflict):
    code = "client_secret_retired"
    message = _("This secret is retired already.")


def create_api_client(
    actor: Actor, *, name: str, scopes: list[str], **options: Unpack[ClientOptions]
) -> tuple[ApiClient, str]:
    """A new application and its key, which is returned this once."""
    client = ApiClient(
        key_id=random_key(12), name=name, scopes=scopes, created_at=clock.now(), **options
    )
    with noting(actor, under="clients.manage"), transaction.atomic():
        client.save(force_insert=True)
        _secret, key = _new_secret(client, SLOTS[0])
        given = {field: getattr(client, field) for field in SETTINGS}
        _record(actor, "create_apiclient", client, given)
    return client, key


def change_api_client(
    actor: Actor, client: ApiClient, **settings: Unpack[ClientSettings]
) -> ApiClient:
    """The application as it is after the change. Raises ClientRevoked."""
    with noting(actor, under="clients.manage"), transaction.atomic():
        held = _lock(client)
        changes: dict[str, Any] = {}
        for name, value in settings.items():
            if getattr(held, name) != value:
                changes[name] = [getattr(held, name), value]
                setattr(held, name, value)
        if changes:
            held.save(update_fields=list(changes))
            _record(actor, "change_apiclient", held, changes)
    return held


def revoke_api_client(actor: Actor, client: ApiClient, *, reason: str = "") -> None:
    """End an application at once, with every secret; nothing happens if it has ended."""
    with noting(actor, reason=reason, under="clients.manage"), transaction.atomic():
        now = clock.now()
        if ApiClient.objects.filter(pk=client.pk, revoked_at=None).update(revoked_at=now):
            _record(actor, "revoke_apiclient", client, {"revoked_at": [None, now]}, reason)


def add_client_secret(
    actor: Actor, client: ApiClient, *, reason: str = ""
) -> tuple[ClientSecret, str]:
    """A second secret beside the first, and the key with it, which is returned this once.

    Raises ClientRevoked, TwoSecretsLive.
    """
    with transaction.atomic():
        held = _lock(client)
        taken = set(held.secrets.filter(retired_at=None).values_list("slot", flat=True))
        free = [slot for slot in SLOTS if slot not in taken]
        if not free:
            raise TwoSecretsLive(fields={"client": held.key_id})
        secret, key = _new_secret(held, free[0])
        _record(actor, "create_clientsecret", held, {"slot": secret.slot}, reason)
    return secret, key


def retire_client_secret(actor: Actor, secret: ClientSecret, *, reason: str = "") -> None:
    """End one secret at once; the other goes on. Raises SecretRetired."""
    with transaction.atomic():
        client = ApiClient.objects.select_for_update().get(pk=secret.client_id)
        live = ClientSecret.objects.filter(pk=secret.pk, retired_at=None)
        now = clock.now()
        if not live.update(retired_at=now):
            raise SecretRetired
        changes = {"slot": secret.slot, "retired_at": [None, now]}
        _record(actor, "revoke_clientsecret", client, changes, reason)


def _lock(client: ApiClient) -> ApiClient:
    """Raises ClientRevoked."""
    held = ApiClient.objects.select_for_update().get(pk=client.pk)
    if held.revoked_at is not None:
        raise ClientRevoked(fields={"client": held.key_id})
    return held


def _new_secret(client: ApiClient, slot: int) -> tuple[ClientSecret, str]:
    plain = secrets.token_urlsafe(32)
    row = ClientSecret.objects.create(
        client=client,
        slot=slot,
        secret_hash=hash_token(plain),
        ciphertext=crypto.encrypt(plain),
        created_at=clock.now(),
    )
    return row, f"qk_{client.key_id}_{plain}"


def _record(
    actor: Actor, verb: str, client: ApiClient, changes: Mapping[str, Any], reason: str = ""
) -> None:
    record(
        actor,
        f"accounts.{verb}",
        target=(verb.partition("_")[2], client.key_id),
        changes=changes,
        reason=reason,
        under="clients.manage",
    )
