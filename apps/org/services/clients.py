"""What applications may do where, and who may give it to them.

Nobody gives an application a scope, or a store, that they do not hold themselves: whoever can make a
key can use it. The same goes for a new secret of an application that is there already.
"""

from collections.abc import Iterable
from typing import Unpack

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts import services as accounts
from apps.accounts.actor import Actor, ActorKind
from apps.accounts.models import ApiClient, ClientSecret
from apps.common.errors import ActionNotPermitted, Malformed
from apps.org import rules
from apps.org.models import Channel, ClientBinding, ClientChannel, Store, right_text
from apps.org.selectors import reach_of
from apps.org.services.roles import GrantExceedsOwn


class ScopeUnknown(Malformed):
    code = "scope_unknown"
    message = _("An application cannot be given this: %(scopes)s.")


def create_client(
    actor: Actor, *, name: str, scopes: list[str], **options: Unpack[accounts.ClientOptions]
) -> tuple[ApiClient, str]:
    """A new application and its key, which is returned this once.

    Raises ActionNotPermitted, ScopeUnknown, GrantExceedsOwn.
    """
    _require_known(scopes)
    reach = options.get("reach", ApiClient.Reach.STORES)
    _require_may_give(actor, ApiClient(name=name, scopes=scopes, reach=reach))
    return accounts.create_api_client(actor, name=name, scopes=scopes, **options)


def change_client(
    actor: Actor, client: ApiClient, **settings: Unpack[accounts.ClientSettings]
) -> ApiClient:
    """The application with other settings.

    Raises ActionNotPermitted, ScopeUnknown, GrantExceedsOwn, ClientRevoked.
    """
    _require_known(settings.get("scopes", []))
    with transaction.atomic():
        held = _lock(client)
        held.scopes = settings.get("scopes", held.scopes)
        held.reach = settings.get("reach", held.reach)
        _require_may_give(actor, held)
        return accounts.change_api_client(actor, held, **settings)


def revoke_client(actor: Actor, client: ApiClient, *, reason: str = "") -> None:
    """End an application at once. Raises ActionNotPermitted."""
    _require_manage(actor)
    accounts.revoke_api_client(actor, client, reason=reason)


def add_secret(actor: Actor, client: ApiClient, *, reason: str = "") -> str:
    """A key with a second secret, which is returned this once.

    Raises ActionNotPermitted, GrantExceedsOwn, ClientRevoked, TwoSecretsLive.
    """
    with transaction.atomic():
        held = _lock(client)
        _require_may_give(actor, held)
        _secret, key = accounts.add_client_secret(actor, held, reason=reason)
    return key


def retire_secret(actor: Actor, secret: ClientSecret, *, reason: str = "") -> None:
    """End one secret at once. Raises ActionNotPermitted, SecretRetired."""
    _require_manage(actor)
    accounts.retire_client_secret(actor, secret, reason=reason)


def bind_client(actor: Actor, client: ApiClient, store: Store) -> ClientBinding:
    """Open ``store`` to an application of limited reach; nothing happens if it is open.

    Raises ActionNotPermitted, GrantExceedsOwn.
    """
    with accounts.noting(actor, under="clients.manage"), transaction.atomic():
        held = _lock(client)
        _require_may_give(actor, held, also=(store,))
        binding, created = ClientBinding.objects.get_or_create(client=held, store=store)
        if created:
            _record(actor, "create_clientbinding", held, store.code)
    return binding


def unbind_client(actor: Actor, binding: ClientBinding, *, reason: str = "") -> None:
    """Close a store to an application. Raises ActionNotPermitted."""
    _require_manage(actor)
    with accounts.noting(actor, under="clients.manage"), transaction.atomic():
        held = _lock(binding.client)
        if ClientBinding.objects.filter(pk=binding.pk).delete()[0]:
            _record(actor, "delete_clientbinding", held, binding.store.code, reason)


def bind_channel(actor: Actor, client: ApiClient, channel: Channel) -> ClientChannel:
    """Limit an application to ``channel`` (and to others it is bound to).

    Raises ActionNotPermitted, GrantExceedsOwn.
    """
    with accounts.noting(actor, under="clients.manage"), transaction.atomic():
        held = _lock(client)
        _require_may_give(actor, held)
        binding, created = ClientChannel.objects.get_or_create(client=held, channel=channel)
        if created:
            _record(actor, "create_clientchannel", held, channel.code)
    return binding


def unbind_channel(actor: Actor, binding: ClientChannel, *, reason: str = "") -> None:
    """Take a channel from an application; with the last one goes the limit.

    Raises ActionNotPermitted, GrantExceedsOwn.
    """
    with accounts.noting(actor, under="clients.manage"), transaction.atomic():
        held = _lock(binding.client)
        _require_may_give(actor, held)
        if ClientChannel.objects.filter(pk=binding.pk).delete()[0]:
            _record(actor, "delete_clientchannel", held, binding.channel.code, reason)


def _lock(client: ApiClient) -> ApiClient:
    """So that what it may do and where is judged, and changed, by one at a time."""
    return ApiClient.objects.select_for_update().get(pk=client.pk)


def _require_manage(actor: Actor) -> None:
    """Applications are the brand's. Raises ActionNotPermitted."""
    if not reach_of(actor, "clients.manage").everything:
        raise ActionNotPermitted


def _require_known(scopes: list[str]) -> None:
    """Raises ScopeUnknown."""
    unknown = sorted(set(scopes) - rules.CLIENT_SCOPES)
    if unknown:
        raise ScopeUnknown(fields={"scopes": unknown}, scopes=", ".join(unknown))


def _require_may_give(actor: Actor, client: ApiClient, also: Iterable[Store] = ()) -> None:
    """Raises ActionNotPermitted, or GrantExceedsOwn unless ``actor`` holds all that ``client`` does.

    ``also`` are stores that are about to be bound.
    """
    _require_manage(actor)
    if actor.kind is ActorKind.SYSTEM:
        return
    stores = [*also]
    if client.pk is not None:
        stores += [bound.store for bound in client.bindings.select_related("store")]
    missing = [scope for scope in sorted(client.scopes) if not _holds(actor, scope, client, stores)]
    if missing:
        names = ", ".join(right_text(scope) for scope in missing)
        raise GrantExceedsOwn(fields={"client": client.name}, missing=names)


def _holds(actor: Actor, scope: str, client: ApiClient, stores: Iterable[Store]) -> bool:
    """Whether ``actor`` may do ``scope`` wherever ``client`` may, or is about to."""
    reach = reach_of(actor, scope)
    if client.reach == ApiClient.Reach.BRAND:
        return reach.everything
    return actor.may(scope) and all(
        reach.covers(store=store.pk, franchisee=store.franchisee_id, region=store.region_id)
        for store in stores
    )


def _record(actor: Actor, verb: str, client: ApiClient, code: str, reason: str = "") -> None:
    kind = verb.partition("_")[2]
    target = (kind, f"{client.key_id} {code}"[:64])
    accounts.record(actor, f"org.{verb}", target=target, reason=reason, under="clients.manage")
