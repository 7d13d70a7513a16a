"""Applications: their keys are made, and end."""

import secrets

from apps.accounts.models import ApiClient
from apps.common import clock
from apps.common.keys import hash_token, random_key


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
