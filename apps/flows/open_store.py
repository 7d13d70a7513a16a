"""Open a store: the place itself and the location that keeps its stock."""

from django.db import transaction

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.inventory import services as inventory
from apps.org.models import Store


def open_store(actor: Actor, store: Store) -> Store:
    """Save a new store and create its stock location."""
    with transaction.atomic():
        store.save()
        inventory.create_store_location(store)
        accounts.record(
            actor,
            "org.open_store",
            target=("store", store.code),
            changes={"region": store.region.code},
        )
    return store
