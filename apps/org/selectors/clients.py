"""What belongs to applications: their secrets, never with a value, and what they are bound to."""

from django.db.models import QuerySet

from apps.accounts.actor import Actor
from apps.accounts.models import ClientSecret
from apps.org.models import ClientChannel
from apps.org.selectors.reach import brand_rows


def client_secrets_visible_to(actor: Actor) -> QuerySet[ClientSecret]:
    """When secrets were made, used and retired; what they are stays in the database."""
    rows = ClientSecret.objects.defer("secret_hash", "ciphertext")
    return brand_rows(actor, "clients.see", rows)


def client_channels_visible_to(actor: Actor) -> QuerySet[ClientChannel]:
    """The channels that applications are limited to."""
    return brand_rows(actor, "clients.see", ClientChannel.objects.all())
